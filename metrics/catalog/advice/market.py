"""What moves the place in the market, and what each role can try."""

from django.utils.translation import gettext_lazy as _

from metrics.metric import Advice

MARKET_SHARE = Advice(
    moves=_(
        "Our own sales, and the size of the market, which comes from outside and may "
        "be an estimate. A new estimate moves the share without one order more."
    ),
    manager=_(
        "Keep to one source for the size, and to one that counts the same kind of "
        "sales as ours. A share won by low prices costs margin, and in a shrinking "
        "market it can rise while sales fall."
    ),
)

BRAND_EQUITY = Advice(
    moves=_(
        "How many people know us, prefer us and would pay more, as asked in each "
        "wave, and the NPS of our own surveys."
    ),
    manager=_(
        "See which component moved, and ask each wave in the same way among the same "
        "kind of people. Advertising can make us known; what people prefer depends "
        "more on what they meet with afterwards."
    ),
)

COMPETITIVE_BENCHMARK = Advice(
    moves=_(
        "Our own value, and the figures of competitors, on which we have no hold and "
        "which are seldom measured just as ours are. What moves our own value stands "
        "with that metric."
    ),
    manager=_(
        "Before you act on a difference, find out how the competitors' figures were "
        "measured and when. With three or four competitors, one new figure can change "
        "the rank."
    ),
)
