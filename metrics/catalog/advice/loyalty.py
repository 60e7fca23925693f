"""What moves loyalty and retention, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

ACTIVE_CUSTOMERS = Advice(
    moves=_(
        "New customers and those who come back, less those who stop: a contract that "
        "runs out, or 365 days without an order. It reacts late, as who bought once "
        "counts for a year."
    ),
    agent=_(
        "Get in touch with your customers before their contract or their year without "
        "an order is over, with a reason that is of use to them."
    ),
    lead=_(
        "Share out the customers who have not ordered for most of a year, so that "
        "somebody speaks to each. Look at the repeat purchase rate too: many who "
        "bought once make this number look healthier than it is."
    ),
    manager=_(
        "Compare how many came with how many left: a steady number may hide that both "
        "are high. Growth bought with deep discounts can be gone a year later."
    ),
)

CUSTOMER_RETENTION_RATE = Advice(
    moves=_(
        "Whether customers have a reason to stay: a product that works, problems that "
        "get settled, a renewal without trouble. As an order counts for 365 days, "
        "what is done today shows late."
    ),
    agent=_(
        "Before a contract ends or the last order is nearly a year old, ask your "
        "customers how things work for them. Pass on early what you cannot mend "
        "yourself."
    ),
    lead=_(
        "Go through the customers who left and look for what came before: an open "
        "complaint, a new price, a change of the person looking after them. Give "
        "customers without an owner to somebody."
    ),
    manager=_(
        "Look at it by segment and product. Long terms and discounts keep it up "
        "without giving anybody a reason to stay, so read it with NPS and margin."
    ),
)

CHURN_RATE = Advice(
    moves=_(
        "Contracts that end, and customers whose last order is more than 365 days "
        "old. Problems left open, a better offer elsewhere and a need that has gone "
        "are common causes; some of it nobody can prevent."
    ),
    agent=_(
        "When a customer speaks of leaving, ask why and write the reason down in "
        "their words, also when you cannot change it. Offer what removes the reason "
        "before you offer a discount."
    ),
    lead=_(
        "Sort the losses into those that could have been prevented and the others, "
        "and work on the first. Complaints that come again are a sign worth a call "
        "before the contract ends."
    ),
    manager=_(
        "Making it hard to cancel lowers the number for a while and costs trust. A "
        "year's churn is not twelve times a month's, so compare periods of the same "
        "length."
    ),
)

RETAINED_CUSTOMERS = Advice(
    moves=_(
        "How many customers there were at the start and how many of them stayed. New "
        "customers do not count before the next period."
    ),
    agent=_(
        "Know which of your customers are near the end of a contract or of a year "
        "without an order, and speak to these first."
    ),
    lead=_(
        "Use the retention rate to compare teams, as the count grows with the "
        "customers a team began with. When somebody leaves the team, hand their "
        "customers over in a talk and not only as a list."
    ),
    manager=_(
        "Read it with the rate and with what these customers bring: keeping many of "
        "them at any price may cost more than it earns."
    ),
)

NEW_CUSTOMER_RETENTION_RATE = Advice(
    moves=_(
        "Whether the product does what was promised at the sale, and how the first "
        "weeks go: delivery, set-up, first questions. It also depends on who is won, "
        "as people who came for a discount may buy just once."
    ),
    agent=_(
        "Promise what the product can do. Get in touch within the first weeks and ask "
        "what does not work yet."
    ),
    lead=_(
        "Agree who looks after a customer between the sale and the first question. "
        "Compare channels, and where few stay look at what is promised there."
    ),
    manager=_(
        "Read it with the number of new customers: a campaign that wins many and "
        "keeps few may cost more than it brings. Goods that people need once a year "
        "will be low here whatever anybody does."
    ),
)

REPEAT_PURCHASE_RATE = Advice(
    moves=_(
        "How often people need the product at all, whether the first purchase went "
        "well, and whether they think of us when they need it again."
    ),
    agent=_(
        "Look at what the customer bought and when it is used up or due, and mention "
        "it when that helps. Leave it out when it does not fit, as unwanted offers "
        "drive people away."
    ),
    lead=_(
        "Pick customers with one order whose next need is near, and share them out. "
        "Compare products before people: some things are bought once."
    ),
    manager=_(
        "Spreading one purchase over several days lifts it without selling more. If "
        "vouchers lifted it, check the margin."
    ),
)

RENEWAL_RATE = Advice(
    moves=_(
        "Whether customers used what they paid for, whether their problems were "
        "settled in the months before, the price of the next term, and whether "
        "anybody asked in time."
    ),
    agent=_(
        "Speak to your customers well before the due day, first about use and open "
        "problems and then about the contract. A renewal more than 30 days after the "
        "due day does not count here."
    ),
    lead=_(
        "Keep a list of the contracts due in the next three months with a person for "
        "each. Read the reasons why contracts were not renewed, by product."
    ),
    manager=_(
        "Look at the share by value beside it: one large contract lost may weigh more "
        "than ten small ones kept. Notice periods that customers overlook lift the "
        "rate and cost trust."
    ),
)

SERVICE_RENEWAL_RATE = Advice(
    moves=_(
        "What the service contract was worth to the customer in the past term: how "
        "soon help came, whether it worked afterwards, and the price beside what they "
        "used."
    ),
    agent=_(
        "In each service case, tell the customer what their contract covered. Note "
        "when a visit or an answer did not help, so that it is settled before the due "
        "day."
    ),
    lead=_(
        "List the service contracts due soon whose customers have open tickets, and "
        "get the tickets settled before anybody speaks of renewal."
    ),
    manager=_(
        "Check whether the terms fit how customers use the service: who never needed "
        "it may see no reason to renew. A deep discount renews the contract and may "
        "leave a loss in serving it."
    ),
)

CUSTOMER_REFERRALS = Advice(
    moves=_(
        "How content customers are, whether they know somebody with the same need, "
        "and whether anybody asks. It also depends on the recommendation being "
        "written down."
    ),
    agent=_(
        "When a customer is plainly pleased, ask whether somebody they know has the "
        "same need. When a new customer says who recommended us, record it."
    ),
    lead=_(
        "Check with a few new customers that they were asked who recommended us: a "
        "low number may be a gap in the records."
    ),
    manager=_(
        "A reward brings more names, also of people who do not need us, so look at "
        "how many of them stay. A word of thanks costs little and suits everybody."
    ),
)

UPSELL_RATE = Advice(
    moves=_(
        "How many customers would do better with a larger version, whether somebody "
        "notices it, and whether the orders are marked as upsell."
    ),
    agent=_(
        "Listen for limits that customers run into, and offer the larger version when "
        "it removes one. Say also when the present one is enough: too much sold comes "
        "back as a complaint or a refund."
    ),
    lead=_(
        "Collect the remarks by customers that led to an upsell and tell them to the "
        "team. Check that everybody marks such orders in the same way."
    ),
    manager=_(
        "Read it with retention and with refunds in the months after: pressure lifts "
        "this number first and loses customers later."
    ),
)

CROSS_SELL_RATE = Advice(
    moves=_(
        "Whether there is something that goes well with what customers have, whether "
        "they know of it, and whether it is offered when it helps. The orders have to "
        "be marked as cross-sell."
    ),
    agent=_(
        "Once the customer's own matter is settled, name one thing that fits what "
        "they have and say why. One suggestion is enough."
    ),
    lead=_(
        "Find out which two products are often bought together and when, and give the "
        "team that instead of a list of everything."
    ),
    manager=_(
        "Look at it by segment: where hardly anybody buys a second product, it may "
        "not fit. Bundles can lift it although nobody chose the second product."
    ),
)

DEFECTION_PROPENSITY = Advice(
    moves=_(
        "The time since customers last bought, held against how often they used to "
        "buy. A new order usually lowers a customer's chance at the next weekly "
        "prediction; many customers with a single order raise the mean."
    ),
    agent=_(
        "Begin with the quiet customers who used to buy often, and ask how things "
        "work for them before you offer anything. If you know why somebody is quiet, "
        "trust that more than the model and note it."
    ),
    lead=_(
        "Share out the customers at risk, and leave some of them without a call to "
        "see whether calling changes anything."
    ),
    manager=_(
        "It is a forecast and no fact, so look at the error shown beside it. Goods "
        "bought in one season look like defection each year when the season is over."
    ),
)

RELATIONSHIP_INDEX = Advice(
    moves=_(
        "When customers were last in contact and by how many ways, how long they have "
        "been with us, their latest NPS answer and their open complaints. Time as a "
        "customer lifts it by itself; silence lowers it."
    ),
    agent=_(
        "Begin with those of your customers who have a complaint open and those you "
        "have not heard from in months. A call without a reason brings points and "
        "does not bring anybody closer."
    ),
    lead=_(
        "Share out the open complaints of good customers first, then the silent ones. "
        "Check that contacts are recorded with their customer, as others do not "
        "count."
    ),
    manager=_(
        "The weights are our own, so compare customers and periods and not other "
        "companies. Look at the count of customers of whom too little is known: they "
        "are not in the number."
    ),
)
