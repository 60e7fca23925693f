"""How close customers were, by the last day that was looked at."""

from django.db.models import BigIntegerField, F, Q, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from metrics.analytics.models import CustomerStanding
from metrics.analytics.relationship import ENOUGH, LONG, LOOKS_BACK, RECENT, WEIGHTS
from metrics.dimensions import Cut
from metrics.expressions import Cohort, Span, Told
from metrics.measures.base import Cells, Rows, Total

BIG = BigIntegerField()
LATEST_DAYS = 35  # an older look says nothing of a day any more


class Standings(Cells):
    fact, when = CustomerStanding, "as_of_day"
    cuts = (Cut.SEGMENT, Cut.INDUSTRY)
    base = Q(customer__exclusion=0)
    rows = Rows()
    points = Total("points", where=Q(weight__gte=ENOUGH))
    weight = Total("weight", where=Q(weight__gte=ENOUGH))


def _latest(span: Span) -> Q:
    """Return the filter for the rows of the last look before a span ends."""
    recent = CustomerStanding.objects.filter(
        as_of_day__lt=span.end, as_of_day__gte=span.end - LATEST_DAYS
    )
    latest = recent.order_by("-as_of_day").values("as_of_day")[:1]
    return Q(as_of_day=Subquery(latest))


def _tells(ends: set[int]) -> dict[int, Told]:
    reason = _("Too little is known of any customer, or nobody looked in five weeks.")
    return dict.fromkeys(ends, Told(reason))


_OPTIONS = (
    *WEIGHTS.items(),
    ("enough", ENOUGH),
    ("looks_back", LOOKS_BACK),
    *((f"recent_{number}", days) for number, days in enumerate(RECENT)),
    *((f"long_{number}", days) for number, days in enumerate(LONG)),
)

CLOSENESS = Cohort(
    name="relationship index",
    axis=Standings.key(),
    rows=lambda span: _latest(span) & Q(weight__gte=ENOUGH),
    above=lambda span: F("points"),
    below=lambda span: Cast(F("weight"), BIG),
    options=_OPTIONS,
    tells=_tells,
)
TOO_LITTLE_KNOWN = Cohort(
    name="relationship unknown",
    axis=Standings.key(),
    rows=lambda span: _latest(span) & Q(weight__lt=ENOUGH),
    options=_OPTIONS,
    is_sum=True,
)
