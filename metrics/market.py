"""Rules over figures from outside: share of a market, worth of a brand, competitors.

A figure holds for its days and for no other: it is never carried forward.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.figures import AUDIT, MARKET_SIZE
from crmkpi.crm.models import MarketFigure
from crmkpi.lib.money import to_major
from crmkpi.lib.periods import Grain, Period, from_day
from metrics.dimensions import Cut
from metrics.engine.cohorts import CohortWindow
from metrics.engine.once import once
from metrics.engine.spans import BEGINNING
from metrics.expressions import Outcome
from metrics.measures.orders import OrdersPaid
from metrics.metric import Better, Metric

if TYPE_CHECKING:
    from metrics.engine.arithmetic import Computed

Windows = Iterable[CohortWindow]
Beside = Mapping[CohortWindow, "tuple[Computed, ...]"]  # windows with other values
Found = dict[CohortWindow, Outcome]
Rule = Callable[[Beside], Found]
Figures = list[MarketFigure]
Holding = dict[tuple[str, str], MarketFigure]  # by key and whose it is
Taken = Callable[[int, int], Figures]  # for the days [start, end)

WEIGHTS = {"awareness": 30, "preference": 30, "nps": 20, "price_premium": 20}
LEAST_WEIGHT = 70  # of 100, that must be present
LEAST_PEERS = 3


def market_share(windows: Windows) -> Found:
    """Return own sales of each window, and the size of the market on the same days.

    A market size is spread evenly over its days, as costs are; of two for the same day
    the one written last counts.

    Empty: none with a reason where a day has no market size, or no order ever came.

    Queries: 2, 1 more without any sale before the first window ends; and 1 for the
    organisation unless this computation has read it.

    Example: 365,000 for 2025 is 31,000 for January; orders of 3,100 are 10 % of it.
    """
    wanted = list(windows)
    currency = once("organisation", get_organisation).currency
    held = counted(MARKET_SIZE)
    sales = _sales(wanted)
    first = min(sales, default=None)
    if first is None or first >= min(window.end for window in wanted):
        first = _orders().order_by("start").values_list("start", flat=True).first()
    return {
        window: _share(window, held, currency, sales)
        if first is not None and first < window.end
        else Outcome(reason=_("No orders reach back so far."))
        for window in wanted
    }


def brand_equity(windows: Beside) -> Found:
    """Return the weighted mean of what is known of a brand in each window.

    Components are figures that hold for a day of the window, of several the one that
    holds longest; NPS is that of the window.

    Empty: none with a reason when less than 70 % of the weight is present.

    Queries: 1, none where this computation has read figures.

    Example: awareness 60, preference 40 and NPS +20 (60 of 100) without a price
    premium: (30·60 + 30·40 + 20·60) ÷ 80 = 52.5.
    """
    held = counted(*(f"brand_{name}" for name in WEIGHTS))
    found: Found = {}
    for window, (nps,) in windows.items():
        here = holding(held, window)
        known: dict[str, Decimal | None] = dict.fromkeys(WEIGHTS)
        for each in here.values():
            known[each.metric_key.removeprefix("brand_")] = each.value
        if nps.value is not None:
            known["nps"] = (nps.value + 100) / 2
        found[window] = _brand(known)
    return found


def _brand(known: dict[str, Decimal | None]) -> Outcome:
    present = {name: value for name, value in known.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in present)
    if weight < LEAST_WEIGHT:
        missing = [name for name in WEIGHTS if name not in present]
        return Outcome(
            reason=_(
                "Only %(weight)s of 100 points of weight are there; missing: %(what)s."
            )
            % {
                "weight": weight,
                "what": ", ".join(_component(each) for each in missing),
            }
        )
    total = sum((WEIGHTS[name] * value for name, value in present.items()), Decimal(0))
    return Outcome(value=total / weight, n=len(present), stats=known)


def _component(name: str) -> str:
    return {
        "awareness": _("aided awareness"),
        "preference": _("preference"),
        "nps": _("NPS"),
        "price_premium": _("price premium"),
    }[name]


def against_competitors(key: str, metric: Metric) -> Callable[[Beside], Found]:
    """Return the rule that holds the own value of a metric against competitors'.

    The rule gives by how many per cent of their median it is better (+) or worse (−),
    and beside it the median and the own rank; a competitor counts with the figure that
    holds for a day of the window, of several with the one that holds longest.

    Empty: none with a reason below three competitors, or without an own value.

    Example: own CSAT 84 against 79, 80 and 88: median 80, +5 %, rank 2 of 4.
    """
    sign = sign_of(metric)

    def rule(windows: Beside) -> Found:
        held = counted(key)
        return {
            window: _against(own, holding(held, window), sign)
            for window, (own,) in windows.items()
        }

    return rule


def _against(own: "Computed", peers: Holding, sign: int) -> Outcome:
    values = [each.value for each in peers.values()]
    if len(values) < LEAST_PEERS:
        reason = _(
            "At least %(needed)s competitors with a figure for this time are needed; "
            "there are %(count)s."
        )
        return Outcome(reason=reason % {"needed": LEAST_PEERS, "count": len(values)})
    if own.value is None:
        reason = _("There is no value of our own: %(reason)s")
        return Outcome(reason=reason % {"reason": own.reason})
    found = standing(own.value, values, sign)
    middle = found.median
    stats: dict[str, Decimal | None] = {
        "peer_median": middle,
        "rank": Decimal(found.rank),
        "ranked": Decimal(found.of),
    }
    if middle == 0:
        return Outcome(reason=_("The median of the competitors is 0."), stats=stats)
    better = (own.value - middle) / abs(middle) * 100 * sign
    return Outcome(value=better, n=len(values), stats=stats)


class Standing(NamedTuple):
    """How an own value stands among those of others."""

    median: Decimal  # of the others
    rank: int  # 1 is best
    of: int  # ourselves included


def standing(own: Decimal, others: Sequence[Decimal], sign: int) -> Standing:
    """Return how a value stands among others; a sign of −1 means that less is better.

    Example: 84 among 79, 80 and 88 has the median 80 and is second of 4.
    """
    rank = 1 + sum((each - own) * sign > 0 for each in others)
    return Standing(Decimal(median(others)), rank, len(others) + 1)


def sign_of(metric: Metric) -> int:
    return -1 if metric.better is Better.LOWER else 1


def sizes_taken(start: int, end: int) -> Figures:
    """Return the market sizes that a share of these days takes. Queries: 1."""
    taken = _size_of_days(_named(figures(MARKET_SIZE)), start, end)
    return sorted(set(taken.values()), key=lambda each: (each.first_day, each.pk))


def brand_taken(start: int, end: int) -> Figures:
    """Return the components of a brand that hold for a day. Queries: 1."""
    named = _named(figures(*(f"brand_{name}" for name in WEIGHTS)))
    return list(_holding_within(named, start, end).values())


def competitors_taken(key: str) -> Taken:
    """Return what finds the competitors' figures of a metric that hold for a day."""

    def taken(start: int, end: int) -> Figures:
        found = _holding_within(_named(figures(key)), start, end)
        return sorted(found.values(), key=lambda each: each.subject.casefold())

    return taken


def _named(found: QuerySet[MarketFigure]) -> Figures:
    """Return figures in the order they were written, with who brought them."""
    related = found.select_related("author", "source")
    return list(related.order_by("written_at", "pk"))


def counted(*keys: str) -> Figures:
    """Return the figures of these keys that count, in the order they were written.

    Queries: 1 for all keys of a computation.
    """
    every = once("market figures", lambda: list(_of_rules()))
    return [each for each in every if each.metric_key in keys]


def _of_rules() -> QuerySet[MarketFigure]:
    """Return the figures that rules are over: all but audits, which are counted."""
    rest = MarketFigure.objects.counted().exclude(metric_key=AUDIT)
    ordered: QuerySet[MarketFigure] = rest.order_by("written_at", "pk")
    return ordered


def figures(*keys: str) -> QuerySet[MarketFigure]:
    """Return the figures of these keys that count."""
    found: QuerySet[MarketFigure] = MarketFigure.objects.counted()
    return found.filter(metric_key__in=keys)


def holding(held: Figures, window: CohortWindow | Period) -> Holding:
    """Return which figure of each key and subject holds for a day of a window.

    Of several the one that holds longest, then the one written last.
    """
    found: Holding = {}
    for each in sorted(held, key=lambda one: (one.end_day, one.written_at, one.pk)):
        if each.first_day < window.end and each.end_day > window.start:
            found[each.metric_key, each.subject.casefold()] = each
    return found


def _holding_within(held: Figures, start: int, end: int) -> Holding:
    """Return what holds for a day of [start, end); nothing for days still to come."""
    return holding(held, Period(start, end)) if start < end else {}


def _share(
    window: CohortWindow,
    held: Figures,
    currency: str,
    sales: Mapping[int, tuple[int, int]],
) -> Outcome:
    start, end = window.start, window.end
    if start == BEGINNING:
        return Outcome(reason=_("A market size holds for certain days: pick a period."))
    of_day = _size_of_days(held, start, end)
    if missing := [day for day in range(start, end) if day not in of_day]:
        return Outcome(reason=_no_size(missing))
    foreign = {each.unit for each in of_day.values()} - {"", currency, currency.lower()}
    if foreign:
        reason = _("A market size is in %(unit)s, not in %(currency)s.")
        return Outcome(reason=reason % {"unit": min(foreign), "currency": currency})
    size = sum(
        (each.value / (each.end_day - each.first_day) for each in of_day.values()),
        Decimal(0),
    )
    if size <= 0:
        return Outcome(reason=_("The market size is 0."))
    sold = [sales.get(day, (0, 0)) for day in range(start, end)]
    return Outcome(
        numerator=sum(amount for amount, _count in sold),
        denominator=round(size / to_major(1, currency)),
        n=sum(count for _amount, count in sold),
    )


def _size_of_days(held: Figures, start: int, end: int) -> dict[int, MarketFigure]:
    """Return the market size of each day that has one: of two the last of `held`."""
    known = [each for each in held if each.first_day < end and each.end_day > start]
    return {
        day: each
        for each in known
        for day in range(max(start, each.first_day), min(end, each.end_day))
    }


def _no_size(missing: list[int]) -> str:
    """Say for which days a market size lacks: the first stretch of them."""
    last = missing[0]
    for day in missing[1:]:
        if day != last + 1:
            break
        last = day
    return _("No market size is entered for %(first)s to %(last)s.") % {
        "first": date_format(from_day(missing[0]), "j M Y"),
        "last": date_format(from_day(last), "j M Y"),
    }


def _orders() -> QuerySet[OrdersPaid]:
    """Return the company's days with paid orders."""
    return OrdersPaid._default_manager.filter(
        cut=Cut.COMPANY, grain=Grain.DAY, member=0, other=0, start__gt=BEGINNING
    )


def _sales(windows: list[CohortWindow]) -> dict[int, tuple[int, int]]:
    """Return the amount and number of orders of each day of windows. Queries: 1."""
    first = min(window.start for window in windows)
    last = max(window.end for window in windows)
    days = _orders().filter(start__gte=first, start__lt=last)
    return {
        day: (amount, count)
        for day, amount, count in days.values_list("start", "amount", "rows")
    }
