"""What moves engagement, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

ENGAGEMENT_RATE = Advice(
    moves=_(
        "Whether what is sent or shown matters to the people it reaches. A wider "
        "reach often lowers it, as the added people care less."
    ),
    lead=_(
        "Pass on what customers ask about most, as this is what they may want to "
        "read. Try two versions of a text and keep the better one."
    ),
    manager=_(
        "Compare within one channel only, as each counts its reach in its own way. "
        "Prize draws and provoking posts lift it and bring few customers."
    ),
)

WEBSITE_VISITS = Advice(
    moves=_(
        "Campaigns, search engines, the season and how often the same people come "
        "back. Faults bring visits too, when many look for help."
    ),
    lead=_(
        "When visits to the help pages rise, find out about what and tell the team "
        "before the calls come."
    ),
    manager=_(
        "A visit is no customer, so look at leads and orders beside it. Robots or a "
        "new way of counting can move it overnight."
    ),
)

WEBSITE_VISITORS = Advice(
    moves=_(
        "How many different people find a reason to come on a day: campaigns, search "
        "engines, links, the season."
    ),
    lead=_(
        "Compare the same weekdays before and during a campaign, and plan people for "
        "questions that follow."
    ),
    manager=_(
        "Do not add up days to get people, as those who come back count on each of "
        "them. A new counting tool or a new question about cookies moves it while "
        "people do the same."
    ),
)

TIME_ON_SITE = Advice(
    moves=_(
        "How much there is to read and how soon people find it. A long visit can be "
        "interest, or somebody who does not find the way."
    ),
    lead=_(
        "Have the team ask callers what they looked for on the website, and pass on "
        "what they could not find."
    ),
    manager=_(
        "See on which pages the time is spent: on a help page a short visit that "
        "answers the question is the good one. A slow or confusing page lengthens "
        "visits too."
    ),
)

SOCIAL_ENGAGEMENTS = Advice(
    moves=_(
        "What is posted and how often, how many people follow, and what they talk "
        "about anyway. Anger counts like praise."
    ),
    lead=_(
        "Agree who answers comments and how soon, and have complaints entered as "
        "tickets."
    ),
    manager=_(
        "Read some of the comments before you call a peak a success. Paid posts lift "
        "the count for as long as they are paid for."
    ),
)

APP_USAGE = Advice(
    moves=_(
        "How many people have the app and how often they need it. Messages from the "
        "app and new functions bring them in; a fault can do so too."
    ),
    lead=_(
        "Have the team show customers what they can do in the app, where this spares "
        "them the next call."
    ),
    manager=_(
        "Frequent messages bring people in and make others delete the app. Look at "
        "whether its use spares contacts or brings orders."
    ),
)

CUSTOMER_INTERACTIONS = Advice(
    moves=_(
        "How many customers there are, how often they need us and how often we get in "
        "touch with them. Our own mistakes raise it too, so more contacts are not "
        "always good news."
    ),
    agent=_(
        "Record every contact with its channel, customer and topic. Settle the matter "
        "in one contact where you can, even though the count is lower for it."
    ),
    lead=_(
        "Split it by channel and look at the topics behind a rise, to see whether it "
        "is sales, service or trouble."
    ),
    manager=_(
        "It is of use for planning people. As a target for a person it leads to one "
        "matter being split into several contacts."
    ),
)
