"""What moves the figures of marketing, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

CAMPAIGNS = Advice(
    moves=_(
        "How many campaigns are planned and how long they run. It says how much goes "
        "on, not whether it works."
    ),
    lead=_(
        "Know which campaigns run and what they promise, so that people who answer "
        "customers have heard of them."
    ),
    manager=_(
        "Fewer campaigns at a time are easier to tell apart in what they bring. Enter "
        "the first day of each, as one without it is not counted."
    ),
)

CAMPAIGN_RESPONSES = Advice(
    moves=_(
        "Who is reached, what is offered and how easily people can answer. A contact "
        "counts only if it names the campaign."
    ),
    agent=_("Ask what made the customer get in touch, and record the campaign."),
    lead=_(
        "Before a campaign starts, tell the team what it promises and plan people for "
        "its first days. Check that contacts name it."
    ),
    manager=_(
        "Responses are no purchases: a prize brings people who want the prize. "
        "Questions about an unclear offer count as well."
    ),
)

CAMPAIGN_PURCHASES = Advice(
    moves=_(
        "Whether the offer fits the people it reaches, how easily they can order, and "
        "whether the order names the campaign."
    ),
    agent=_(
        "Know the terms of the campaign, so that you can answer without asking back. "
        "Record it on the order when the customer names it."
    ),
    lead=_(
        "Look at contacts that answered the campaign and led to no purchase, and pass "
        "on what those customers asked."
    ),
    manager=_(
        "Some would have bought anyway, and their orders count too. Leave a small "
        "group out of the campaign and compare."
    ),
)

CAMPAIGN_REVENUE = Advice(
    moves=_(
        "How many orders name a campaign and how large they are. Discounts lift the "
        "number of orders and lower their value."
    ),
    agent=_(
        "Tell customers what the offer covers and what it does not, and check that "
        "the order names the right campaign."
    ),
    lead=_(
        "Compare the value of the campaign's orders with the usual one to see what "
        "the discount did."
    ),
    manager=_(
        "It leaves out what the campaign cost and what would have been sold anyway, "
        "so read it with the campaign's return. Compare campaigns of the same season."
    ),
)

CAMPAIGN_NEW_CUSTOMERS = Advice(
    moves=_(
        "Whether the campaign reaches people who do not know us yet, and whether the "
        "customer's record names it."
    ),
    agent=_("Ask new customers how they found us, and record it."),
    lead=_(
        "See how many of them buy a second time, and tell those who plan the campaigns."
    ),
    manager=_(
        "Compare campaigns by what a new customer cost and by how many stay, not by "
        "the count alone."
    ),
)

COST_PER_INTERACTION = Advice(
    moves=_(
        "What is spent and how many people answer. Costs are spread evenly over their "
        "days while responses come in bursts, so single days say little."
    ),
    lead=_(
        "Check that incoming contacts name their campaign: where the name is missing, "
        "the campaign looks dearer than it is."
    ),
    manager=_(
        "A cheap response may lead to nothing, so look at the purchases too. Book "
        "every cost on its campaign, also that of agencies and prizes."
    ),
)

LEAD_GENERATION_COST = Advice(
    moves=_(
        "What marketing costs and how many leads come in. A campaign paid for now may "
        "bring its leads later, so a single month can mislead."
    ),
    lead=_(
        "Sort out spam and duplicate leads. The number then rises, and it is the true "
        "one."
    ),
    manager=_(
        "Bought lists lower it and fill the team's day with people who did not ask "
        "for a call. Compare channels over several months, together with their "
        "conversion rate."
    ),
)
