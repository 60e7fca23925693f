"""What a metric that is not saved yet gives on the rows there are."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.lib.charts import sparkline
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.custom import loading
from metrics.custom.definitions import Definition, build, member_names
from metrics.custom.models import PREFIX
from metrics.custom.sharing import PRIVATE, Audience
from metrics.figures import backing, text_of
from metrics.queries import Asked, Value, read_values
from metrics.scopes import Scope

DRAFT = f"{PREFIX}draft~"  # a key that no saved metric can have
MONTHS = 13


@dataclass(frozen=True)
class Month:
    """One month of a preview."""

    label: str
    text: str
    backing: str
    is_open: bool


@dataclass(frozen=True)
class Preview:
    """The value of a draft, and the months up to it, latest first."""

    scope_label: str
    period_label: str
    text: str
    backing: str
    reason: str  # why there is no value
    is_uncertain: bool
    spark: SafeString | str
    months: list[Month]
    formula: str  # in words


def preview(
    definition: Definition,
    *,
    scope: Scope,
    calendar: Calendar,
    currency: str,
    today: int,
    now: datetime,
) -> Preview:
    """Return what a definition without faults gives for a scope, this quarter first.

    Queries: those of read_values, and 1 for each dimension that is named.

    Raises: Undefined, FormulaError.
    """
    named = definition if definition.title else replace(definition, title=_("Preview"))
    metric = build(named, DRAFT, names=member_names(definition.lines))
    quarter = calendar.period(today, Grain.QUARTER)
    months = _months(calendar, today)
    asked: list[Asked] = [(DRAFT, scope.key, each) for each in (quarter, *months)]
    with loading.trying(metric, Audience(PRIVATE)):
        found = read_values(asked, today=today, now=now, snapshots=False)
    value, *monthly = (found[each] for each in asked)
    drawn = [each.value for each in monthly]
    spark: SafeString | str = ""
    if any(each is not None for each in drawn):
        title = _("%(metric)s, last 13 months, the last one still open")
        spark = sparkline(drawn, open_last=True, title=title % {"metric": named.title})

    def month(period: Period, each: Value) -> Month:
        text = text_of(each.value, metric.unit, currency)
        return Month(period.label, text, backing(metric, each), each.is_partial)

    return Preview(
        scope_label=scope.label,
        period_label=quarter.label,
        text=text_of(value.value, metric.unit, currency),
        backing=backing(metric, value),
        reason=value.reason,
        is_uncertain=value.is_uncertain,
        spark=spark,
        months=[
            month(*each) for each in reversed(list(zip(months, monthly, strict=True)))
        ],
        formula=str(metric.formula),
    )


def _months(calendar: Calendar, today: int) -> list[Period]:
    months = [calendar.period(today, Grain.MONTH)]
    while len(months) < MONTHS:
        months.append(calendar.previous(months[-1]))
    return months[::-1]
