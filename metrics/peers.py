"""What others say of a metric beside our own value: competitors, published figures."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.crm.figures import COMPARABLE
from crmkpi.crm.queries.figures import FigureLine, line_of, may_read_figures
from metrics.dimensions import Cut
from metrics.engine.spans import BEGINNING
from metrics.figures import text_of
from metrics.market import LEAST_PEERS, competitors_taken, sign_of, standing
from metrics.metric import Better, Metric
from metrics.pickers import Picked
from metrics.queries import Value


@dataclass(frozen=True)
class Peers:
    """The figures that hold for a period, and how the own value stands among them."""

    figures: list[FigureLine]
    own: str
    median: str  # empty below three of them
    rank: str  # "2 of 4", 1 being best; empty where no direction is better


def peers(
    metric: Metric, value: Value, *, picked: Picked, access: Access, currency: str
) -> Peers | None:
    """Return what is entered of others for a metric and the days picked.

    Empty: None for teams and people, of whom nobody else tells, for readers who may not
    see the figures, and when none is entered.

    Queries: 1.
    """
    is_told = metric.key in COMPARABLE and picked.scope.cut is Cut.COMPANY
    if not is_told or not may_read_figures(access):
        return None
    period, end = picked.period, access.day + 1
    start = period.start if period else BEGINNING
    held = competitors_taken(metric.key)(start, min(period.end, end) if period else end)
    if not held:
        return None
    median = rank = ""
    if value.value is not None and len(held) >= LEAST_PEERS:
        found = standing(value.value, [each.value for each in held], sign_of(metric))
        median = text_of(found.median, metric.unit, currency)
        if metric.better in (Better.HIGHER, Better.LOWER):
            places = {"rank": found.rank, "of": found.of}
            rank = _("%(rank)s of %(of)s") % places
    return Peers(
        figures=[line_of(each) for each in held],
        own=text_of(value.value, metric.unit, currency),
        median=median,
        rank=rank,
    )
