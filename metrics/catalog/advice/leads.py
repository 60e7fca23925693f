"""What moves the figures of leads, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

NEW_LEADS = Advice(
    moves=_(
        "Campaigns, recommendations, the season and how easily people can reach us. "
        "How strictly spam and duplicates are sorted out counts as well, for these "
        "are left out."
    ),
    agent=_(
        "Record every serious enquiry as a lead with its channel, and look first "
        "whether the person is there already."
    ),
    lead=_(
        "See which channels bring leads that become customers later, and give these "
        "the team's time first. More leads than the team can answer make all of them "
        "wait."
    ),
    manager=_(
        "Read it with the lead conversion rate: prize draws and bought lists bring "
        "many leads and few customers."
    ),
)

LEAD_CONVERSION_RATE = Advice(
    moves=_(
        "Which leads come in, how soon and how well they are answered, and whether "
        "the offer fits. It shows late: a lead counts when its 90 days are over."
    ),
    agent=_(
        "Ask what the person needs, and end each talk with a next step and a date. "
        "Close a lead without a need: it counts the same as one left lying, and your "
        "time goes to the others."
    ),
    lead=_(
        "Compare channels before people, as their leads differ. Listen to some first "
        "talks together and see where people lose interest."
    ),
    manager=_(
        "Entering a lead only when it is nearly sold lifts the rate and hides the "
        "rest, so agree what a lead is. Converting too early lifts it too and comes "
        "back as lost deals."
    ),
)

LEAD_TO_CUSTOMER_RATIO = Advice(
    moves=_(
        "Two numbers at once: customers won now, often from leads of earlier months, "
        "and leads that come in now. A campaign that brings many leads lowers it at "
        "first."
    ),
    agent=_(
        "Go back to older leads too: a customer won from one of them counts on the "
        "day they are won."
    ),
    lead=_(
        "Look at several months together, as the two sides belong to different "
        "people. To judge the work on leads use the lead conversion rate, which "
        "follows the same ones."
    ),
    manager=_(
        "It rises when fewer leads come in, which is no success. Look at both counts "
        "before you draw a conclusion."
    ),
)

LEAD_RESPONSE_TIME = Advice(
    moves=_(
        "How leads reach the people who answer them, how many are free to do so, and "
        "the nights and weekends between. Leads that nobody has answered are not in "
        "it, so a short time may hide them."
    ),
    agent=_(
        "Look at new leads at fixed times in the day. A short honest answer with the "
        "next step today is worth more to most people than a full one tomorrow."
    ),
    lead=_(
        "Have each lead given to somebody at once, also during breaks and absences. "
        "Look at the count of unanswered leads beside it every day."
    ),
    manager=_(
        "See by channel when leads wait longest, and plan people for it. Quick "
        "answers that say nothing shorten it, so look at the lead conversion rate "
        "too."
    ),
)
