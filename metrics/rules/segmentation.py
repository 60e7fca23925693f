"""How far segments tell customers apart: the share of variance between them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from crmkpi.crm.models import CustomerSpell, Order
from metrics.dimensions import Cut
from metrics.engine.ancestry import Ancestry
from metrics.engine.cohorts import CohortWindow
from metrics.expressions import Outcome, Span
from metrics.measures.cohorts import active_on
from metrics.measures.customers import CustomersEnded, CustomersStarted
from metrics.measures.orders import OrdersPaid

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

    Queries: 3 for each span and 1 for the teams.
    """
    teams = Ancestry(window.scope for window in windows)
    by_span: dict[Span, list[CohortWindow]] = defaultdict(list)
    for window in windows:
        by_span[window.span].append(window)
    found: dict[CohortWindow, Outcome] = {}
    for span, some in by_span.items():
        groups = _groups(span, teams)
        for window in some:
            member = window.scope.member if window.scope.cut == Cut.TEAM else 0
            found[window] = _outcome(groups[member])
    return found


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


def _groups(span: Span, teams: Ancestry) -> dict[int, Groups]:
    """Return the groups of each team; team 0 is the company."""
    paid = Order.objects.filter(
        OrdersPaid.base,
        customer__isnull=False,
        paid_day__gte=span.start,
        paid_day__lt=span.end,
    ).order_by()
    summed = paid.values("customer_id").annotate(paid=Sum("amount"), count=Count("pk"))
    bought = {
        customer: (amount or 0, count)
        for customer, amount, count in summed.values_list(
            "customer_id", "paid", "count"
        )
    }
    spells = CustomerSpell.objects.filter(customer__exclusion=0)
    stayed = set(
        spells.filter(active_on(span.end)).values_list("customer_id", flat=True)
    )
    there = spells.filter(active_on(span.start), segment__isnull=False)
    groups: dict[int, Groups] = defaultdict(Groups)
    rows = there.order_by("pk").values_list("customer_id", "segment_id", "team_id")
    for customer, segment, team in rows:
        brought = Brought(*bought.get(customer, (0, 0)), customer in stayed)
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
