"""The last weeks of key results, from the stored values of all of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.lib.charts import sparkline
from crmkpi.lib.money import to_major
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.catalog import METRICS
from metrics.models import Snapshot
from metrics.queries import MONEY
from metrics.scopes import ScopeKey
from objectives.printing import Print

WEEKS = 13
Series = tuple[str, ScopeKey]  # metric and whose


def last_weeks(day: int, calendar: Calendar) -> list[Period]:
    """Return the week that holds a day and the twelve before it, in order."""
    weeks = [calendar.period(day, Grain.WEEK)]
    while len(weeks) < WEEKS:
        weeks.insert(0, calendar.previous(weeks[0]))
    return weeks


def read_weeks(
    wanted: Iterable[Series], weeks: list[Period], *, currency: str
) -> dict[Series, list[Decimal | None]]:
    """Return the stored values of the weeks, in their order, in the metric's unit.

    Empty: None for a week without a value; of a total the weeks after its first one
    are 0 then, for a total without rows is not stored.

    Queries: 1
    """
    series = {(key, scope) for key, scope in wanted if key in METRICS}
    if not series:
        return {}
    found: dict[Series, dict[int, tuple[int, Decimal | None]]] = defaultdict(dict)
    for key, number, cut, member, other, start, value in _rows(series, weeks):
        each = found[key, ScopeKey(cut, member, other)]
        if start not in each or number > each[start][0]:
            each[start] = (number, value)
    return {
        each: _in_order(each[0], found[each], weeks, currency)
        for each in series
        if each in found
    }


def _rows(series: set[Series], weeks: list[Period]) -> Iterable[Any]:
    members: dict[tuple[int, int], set[int]] = defaultdict(set)
    for _key, scope in series:
        members[scope.cut, scope.other].add(scope.member)
    scopes = Q()
    for (cut, other), some in members.items():
        scopes |= Q(cut=cut, other=other, member__in=some)
    return Snapshot.objects.filter(
        scopes,
        grain=Grain.WEEK,
        start__in=[week.start for week in weeks],
        version__key__in={key for key, _scope in series},
    ).values_list(
        "version__key", "version__number", "cut", "member", "other", "start", "value"
    )


def _in_order(
    key: str,
    by_start: Mapping[int, tuple[int, Decimal | None]],
    weeks: list[Period],
    currency: str,
) -> list[Decimal | None]:
    metric = METRICS[key]
    unit = to_major(1, currency) if metric.unit in MONEY else Decimal(1)
    first = min(by_start)
    found: list[Decimal | None] = []
    for week in weeks:
        _number, value = by_start.get(week.start, (0, None))
        if value is None and metric.is_flow and week.start > first:
            value = Decimal(0)
        found.append(None if value is None else value * unit)
    return found


def spark(
    title: str,
    values: list[Decimal | None],
    *,
    printed: Print,
    goal: Decimal | None,
    is_open: bool,
    steps: str,
) -> SafeString:
    """Return the line of values with its words: `steps` is "last 13 weeks"."""
    known = [value for value in values if value is not None]
    words = _("%(title)s, %(steps)s") % {"title": title, "steps": steps}
    if is_open:
        words = _("%(words)s, the last one still open") % {"words": words}
    if known:
        words = _("%(words)s: from %(first)s to %(last)s") % {
            "words": words,
            "first": printed.text(known[0]),
            "last": printed.text(known[-1]),
        }
    is_dashed = is_open and bool(values) and values[-1] is not None
    return sparkline(values, open_last=is_dashed, goal=goal, title=words)
