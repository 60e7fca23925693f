"""What moves revenue, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

REVENUE = Advice(
    moves=_(
        "How many customers order, how often and for how much. The season, prices and "
        "single large orders often move it more than any one step."
    ),
    agent=_(
        "Settle what keeps a customer from ordering, such as an open question or a "
        "fault, and get back to those who asked."
    ),
    lead=_(
        "Take it apart before you act: customers, orders for each of them, value of "
        "an order. Compare with the same days of the year before."
    ),
    manager=_(
        "Discounts and orders brought forward lift it now and cost the margin or the "
        "next period. It is not what is earned, so read it with the margin."
    ),
)

RECURRING_REVENUE = Advice(
    moves=_(
        "Contracts won, renewed, changed and ended, and their prices. It counts "
        "orders that are paid, so bills paid late move it from one month to the next."
    ),
    agent=_(
        "Tell customers when a contract would serve them better than single orders, "
        "and also when it would not. Clear up questions about a bill soon, as it "
        "counts only when it is paid."
    ),
    lead=_(
        "Keep a list of the contracts that fall due and of those with an unpaid bill, "
        "with a person for each."
    ),
    manager=_(
        "Look at new, changed and ended contracts apart. Long terms hold it up for a "
        "while even when customers are unhappy, so read it with the renewal rate."
    ),
)

SALES_GROWTH = Advice(
    moves=_(
        "Revenue now and revenue in the period before: after a weak period growth "
        "looks strong, and the other way round. The season and the number of working "
        "days count too."
    ),
    lead=_(
        "Find out what made the change: more customers, more orders or higher "
        "amounts. Look at the same period a year ago before you speak of a trend."
    ),
    manager=_(
        "See in the growth with existing customers how much of it came from new ones. "
        "Orders brought forward to the end of a period are missing in the next."
    ),
)

EXISTING_CUSTOMER_REVENUE_GROWTH = Advice(
    moves=_(
        "Whether those who were customers already buy more, less or nothing this "
        "time. One large customer can decide it."
    ),
    agent=_("Know which of your customers order less than they did, and ask them why."),
    lead=_(
        "List the customers with the largest fall and the largest rise, and look into "
        "both."
    ),
    manager=_(
        "Higher prices lift it until customers leave, so read it with the retention "
        "rate. Goods bought once a year move it up and down without a meaning."
    ),
)

REVENUE_PER_REP = Advice(
    moves=_(
        "Revenue, and the number of people who sold or tried to. It rises when people "
        "leave and falls when new ones start."
    ),
    lead=_(
        "Look at what keeps people from talking to customers, such as reports and "
        "looking for prices, and take some of it off them. Expect it to dip while new "
        "people learn."
    ),
    manager=_(
        "Fewer people make it higher at once; the customers they no longer call are "
        "missed later. All paid orders count above the line, also those that nobody "
        "sold in person."
    ),
)
