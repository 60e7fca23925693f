"""What moves cost and value of customers, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

CUSTOMER_ACQUISITION_COST = Advice(
    moves=_(
        "What marketing and sales cost and how many new customers there are. The cost "
        "comes first and the customers may come later, so a single month can mislead."
    ),
    lead=_(
        "Find out where time goes that wins nobody, such as leads that never fit, and "
        "tell those who plan the campaigns."
    ),
    manager=_(
        "Look at several months together, and at how many of the customers stay. "
        "Cutting advertising lowers it at once and the number of new customers later."
    ),
)

PREDICTED_LIFETIME_VALUE = Advice(
    moves=_(
        "How often customers have bought, how lately and for how much. Many customers "
        "with a single order lower the mean."
    ),
    agent=_(
        "Use it to decide whom to call first, and not how well to treat somebody. The "
        "next order moves it, and that depends on how the last one went."
    ),
    lead=_(
        "Pick customers of high value who have become quiet, and give each a person."
    ),
    manager=_(
        "It is a forecast of purchases and not of profit, so look at the error shown "
        "beside it. The model knows nothing of new products or of what you plan."
    ),
)

CUSTOMER_LIFETIME_VALUE = Advice(
    moves=_(
        "The parts that stand beside it: the value of an order, orders a year, and "
        "how long customers stay. When churn is low, a small change in it moves the "
        "value a lot, up to the limit of 5 years."
    ),
    lead=_(
        "See which of the parts is lowest for your customers beside those of others, "
        "and begin there."
    ),
    manager=_(
        "It counts revenue before the cost of goods and takes churn to stay as it is. "
        "Spending as much as this on winning a customer would leave a loss."
    ),
)

CLV_TO_CAC = Advice(
    moves=_(
        "The lifetime value of a year on one side, the cost of winning a customer in "
        "the period on the other. The first moves slowly, the second from month to "
        "month."
    ),
    manager=_(
        "See which of the two moved. It rises when advertising is cut, while fewer "
        "customers come; and as the value is revenue and not margin, a ratio above 1 "
        "may still earn nothing."
    ),
)

CUSTOMER_RETENTION_COST = Advice(
    moves=_(
        "What is spent on service and on keeping customers, and how many customers "
        "there were at the start."
    ),
    lead=_(
        "Contacts that could have been spared, such as repeat calls, are the part "
        "that a team can lower."
    ),
    manager=_(
        "Hold it against the cost of winning a customer, for periods of the same "
        "length. Cutting it shows at once, and the customers who leave for it show "
        "months later."
    ),
)

CRM_ATTRIBUTED_REVENUE = Advice(
    moves=_(
        "How many orders name a campaign, or come within 30 days after a contact that "
        "answers one or serves to sell, and whether this is recorded. It says what "
        "came after a contact, not what came because of it."
    ),
    agent=_(
        "Record your talks with the customer, mark those that serve to sell and name "
        "the campaign if there is one."
    ),
    lead=_(
        "Take a few large orders without a contact and see whether there was one that "
        "nobody recorded."
    ),
    manager=_(
        "Contacting everybody lifts it without selling more, as the last contact gets "
        "the credit. To see what contacts do, leave a group out and compare."
    ),
)

CRM_ROI = Advice(
    moves=_(
        "The margin of the orders that go back to campaigns and contacts, and what "
        "the system and its campaigns cost."
    ),
    lead=_(
        "What is recorded decides what is credited: check for a few orders that their "
        "contacts and campaigns are there."
    ),
    manager=_(
        "What the people who use it cost is not in it, and an order may have come "
        "without the contact. Costs are spread over their days, so judge it over a "
        "year rather than a month."
    ),
)

CAMPAIGN_ROI = Advice(
    moves=_(
        "The margin of the orders that go back to campaigns, and what the campaigns "
        "cost. Discounts lower the margin of each of these orders."
    ),
    lead=_(
        "Check that answers and orders name their campaign: where the name is "
        "missing, the return looks lower than it is."
    ),
    manager=_(
        "Judge a campaign when its orders have had time to come. Some would have come "
        "anyway, so leave a group out and compare."
    ),
)

MARGIN = Advice(
    moves=_(
        "Prices, discounts, the cost of goods, and how much is sold of each product. "
        "Orders whose cost is unknown are left out and counted beside it."
    ),
    agent=_(
        "Give a discount for something in return, and know from what amount on you "
        "have to ask."
    ),
    lead=_(
        "Look at discounts by product first and by person second, and hear the reasons."
    ),
    manager=_(
        "Selling only what has the best margin lifts the share and may lower what is "
        "earned in all. If the cost of many orders is unknown, fill that in before "
        "you act."
    ),
)
