"""How far segments tell customers apart: the share of variance between them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, F, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crmkpi.crm.models import CustomerSpell, Order
from metrics.dimensions import Cut
from metrics.engine.ancestry import Ancestry
from metrics.engine.cohorts import CohortWindow
from metrics.expressions import Outcome, Span
from metrics.measures.cohorts import active_on
from metrics.measures.customers import CustomersEnded, CustomersStarted
from metrics.measures.orders import OrdersPaid

BIG = BigIntegerField()
SPANS = 100  # of one statement with three selections each; SQLite takes 500 of these
_BOUGHT, _STAYED, _THERE = range(3)
MIN_CUSTOMERS = 30  # of a segment; smaller ones do not count
AXES_OF_SEGMENTS = (CustomersStarted.key(), CustomersEnded.key(), OrdersPaid.key())


@dataclass
class Group:
    """The customers of one segment: how many, Σ and Σ² of what they brought."""

    n: int = 0
    total: int = 0
    squares: int = 0

    def add(self, amount: int) -> None:
        self.n += 1
        self.total += amount
        self.squares += amount * amount


def eta_squared(groups: Iterable[Group]) -> tuple[Decimal, Decimal] | None:
    """Return η² and how much more the best group brings than all do, in per cent.

    η² is the sum of squares between groups divided by that of all.

    Empty: None when all customers brought the same.

    Example: groups of 2 with 1, 3 and 5, 7: means 2 and 6 of 4 in all; between them
    2 × 2² + 2 × 2² = 16 of 9 + 1 + 1 + 9 = 20: 0.8; the best brings 50 % more.
    """
    some = list(groups)
    n, total = sum(each.n for each in some), sum(each.total for each in some)
    # All sums are multiplied by n, so that they stay whole.
    whole = n * sum(each.squares for each in some) - total * total
    if whole <= 0:
        return None
    means = (Decimal(n * each.total**2) / each.n for each in some)
    between = sum(means, start=Decimal(0)) - total**2
    best = max(Decimal(each.total) / each.n for each in some)
    lift = (best * n / total - 1) * 100 if total else Decimal(0)
    return between / whole, lift


def segmentation(windows: set[CohortWindow]) -> dict[CohortWindow, Outcome]:
    """Return how far segments tell apart what customers bring, for each window.

    Customers are those active when the window begins, with the segment and team of
    that stretch; what each brings are its paid orders within the window, 0 without.
    Beside it stands how far segments tell apart how many orders these are, and who is
    still a customer when the window ends.

    Queries: 1 for every SPANS spans and 1 for the teams.
    """
    teams = Ancestry(window.scope for window in windows)
    spans = sorted({window.span for window in windows})
    groups: dict[Span, dict[int, Groups]] = {}
    for start in range(0, len(spans), SPANS):
        for span, rows in _read(spans[start : start + SPANS]).items():
            groups[span] = _groups(rows, span, teams)
    return {
        window: _outcome(
            groups[window.span][
                window.scope.member if window.scope.cut == Cut.TEAM else 0
            ]
        )
        for window in windows
    }


class Brought(NamedTuple):
    """What a customer brought in a window."""

    revenue: int = 0
    orders: int = 0
    stayed: int = 0


class Groups:
    """The customers of a team by segment, for each outcome."""

    def __init__(self) -> None:
        self.of: dict[str, dict[int, Group]] = {
            outcome: defaultdict(Group) for outcome in Brought._fields
        }

    def add(self, segment: int, brought: Brought) -> None:
        for outcome, amount in brought._asdict().items():
            self.of[outcome][segment].add(amount)


class Rows(NamedTuple):
    """What is known of customers in a window."""

    bought: dict[int, tuple[int, int]]  # amount and number of orders, by customer
    stayed: set[int]  # who is a customer when it ends
    there: list[tuple[int, int, int]]  # customer, segment and team when it begins


def _read(spans: Sequence[Span]) -> dict[Span, Rows]:
    """Return the rows of spans. Queries: 1."""
    found = {span: Rows({}, set(), []) for span in spans}
    first, *others = (arm for at, span in enumerate(spans) for arm in _arms(at, span))
    for at, kind, customer, one, other in first.union(*others, all=True):
        rows = found[spans[at]]
        if kind == _BOUGHT:
            rows.bought[customer] = (one, other)
        elif kind == _STAYED:
            rows.stayed.add(customer)
        else:
            rows.there.append((customer, one, other))
    return found


def _arms(at: int, span: Span) -> Iterator[Any]:
    """Return three selections of a span with the same columns, each with its kind."""
    spells = CustomerSpell.objects.filter(customer__exclusion=0).order_by()
    paid = Order.objects.filter(
        OrdersPaid.base,
        customer__isnull=False,
        paid_day__gte=span.start,
        paid_day__lt=span.end,
    ).order_by()
    summed = {"one": Coalesce(Sum("amount"), 0), "other": Count("pk")}
    nothing = {"one": Value(0, BIG), "other": Value(0, BIG)}
    segment_and_team = {"one": F("segment_id"), "other": F("team_id")}
    there = spells.filter(active_on(span.start), segment__isnull=False)
    for kind, rows, numbers in (
        (_BOUGHT, paid, summed),
        (_STAYED, spells.filter(active_on(span.end)), nothing),
        (_THERE, there, segment_and_team),
    ):
        keys = {"at": Value(at, BIG), "kind": Value(kind, BIG), "who": F("customer_id")}
        named = rows.annotate(**keys).values(*keys).annotate(**numbers)
        yield named.values_list(*keys, *numbers)


def _groups(rows: Rows, span: Span, teams: Ancestry) -> dict[int, Groups]:
    """Return the groups of each team; team 0 is the company."""
    groups: dict[int, Groups] = defaultdict(Groups)
    for customer, segment, team in rows.there:
        amount, orders = rows.bought.get(customer, (0, 0))
        brought = Brought(amount, orders, customer in rows.stayed)
        for each in (0, *teams.above(team, span.start - 1)):
            groups[each].add(segment, brought)
    return groups


def _outcome(groups: Groups) -> Outcome:
    large = _large(groups, "revenue")
    if len(large) < 2:
        return Outcome(reason=_("Fewer than two segments have 30 customers."))
    told = eta_squared(large)
    if told is None:
        return Outcome(reason=_("All customers brought the same."))
    eta, lift = told
    stats: dict[str, Decimal | None] = {
        "segments": Decimal(len(large)),
        "best_segment": lift,
    }
    for outcome in ("orders", "stayed"):
        beside = eta_squared(_large(groups, outcome))
        stats[f"by_{outcome}"] = beside[0] if beside else None
    return Outcome(value=eta, n=sum(each.n for each in large), stats=stats)


def _large(groups: Groups, outcome: str) -> list[Group]:
    return [each for each in groups.of[outcome].values() if each.n >= MIN_CUSTOMERS]
