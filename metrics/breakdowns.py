"""One value split by a dimension or by team: every member with its own value."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil, floor

from django.db.models import Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from crmkpi.lib.charts import range_bar
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Grain, Period
from metrics.behind import axes_above, main_axes
from metrics.dimensions import BY_KEY, NOBODY, Cut, Dimension
from metrics.engine.spans import BEGINNING
from metrics.figures import alone, backing, interval_text, text_of
from metrics.metric import Better, Metric
from metrics.pickers import teams_above
from metrics.pooling import small_ones, together
from metrics.queries import Asked, Value, read_values
from metrics.scopes import Scope, ScopeKey, labels
from metrics.splits import dimensions_of, in_use

MOST = 50  # members that are shown, those with most rows first
TEAM = "team"


@dataclass(frozen=True)
class Way:
    """One way to split that a page offers."""

    key: str
    label: str


@dataclass(frozen=True)
class MemberLine:
    """One member with its value."""

    label: str
    scope: str  # text for addresses
    value: Value
    text: str
    count: str  # what it is of: "612 replies", "574 of 612"; nothing for a count
    bar: SafeString | str
    against: str  # how it stands against the whole


@dataclass(frozen=True)
class Breakdown:
    """A value split into members, the small ones also counted together."""

    way: Way
    lines: list[MemberLine]
    hidden: int  # members beyond those shown
    low: str  # ends of the common axis of the bars, empty without bars
    high: str
    small: list[MemberLine]  # those too small to be judged alone
    pooled: MemberLine | None  # and all of these together


def ways_of(metric: Metric, scope: Scope, access: Access) -> list[Way]:
    """Return by what the value of a scope can be split for a reader.

    Empty: for agents and for members of a dimension, which are split no further.

    Queries: those of in_use.
    """
    if scope.cut not in (Cut.COMPANY, Cut.TEAM):
        return []
    offered = in_use(dimensions_of(metric))
    found = [Way(each.key, str(each.label)) for each in offered]
    if metric.teams and (access.sees_company or len(access.team_ids) > 1):
        found.append(Way(TEAM, str(_("Team"))))
    return found


def breakdown(
    metric: Metric,
    way: Way,
    *,
    scope: Scope,
    period: Period | None,
    whole: Value,
    access: Access,
    currency: str,
    today: int,
    now: datetime,
) -> Breakdown:
    """Return the members of one way to split, those with most rows first.

    Members with too few rows are set apart and counted together; teams are not.

    Queries: 1 for each axis of the metric, those of read_values, 1 or 2 for names.
    """
    keys = member_keys(metric, way, scope, period, access, today)
    wanted: list[Asked] = [(metric.key, key, period) for key in keys]
    values = list(read_values(wanted, today=today, now=now).values())
    names = labels(keys)
    shown = sorted(
        (each for each in values if each.n or each.numerator or each.has_value),
        key=lambda value: (-(value.n or 0), names[value.scope]),
    )
    small = small_ones(shown, metric) if way.key != TEAM else []
    large = [value for value in shown if value not in small]
    axis = _axis(large[:MOST], metric)
    texts = _texts(way, scope, [*large[:MOST], *small], names)

    def line(value: Value) -> MemberLine:
        return MemberLine(
            label=names[value.scope],
            scope=texts[value.scope],
            value=value,
            text=text_of(value.value, metric.unit, currency),
            count=backing(metric, value) or alone(metric, value, currency),
            bar=_bar(value, whole, axis, names[value.scope], metric, currency),
            against=_against(value, whole, metric),
        )

    return Breakdown(
        way,
        [line(value) for value in large[:MOST]],
        hidden=max(0, len(large) - MOST),
        low=text_of(axis[0], metric.unit, currency) if axis else "",
        high=text_of(axis[1], metric.unit, currency) if axis else "",
        small=[line(value) for value in small],
        pooled=_pooled(small, metric, currency),
    )


def _pooled(small: list[Value], metric: Metric, currency: str) -> MemberLine | None:
    if not small:
        return None
    value = together(small, metric)
    label = _("%(count)s with fewer than %(least)s each") % {
        "count": len(small),
        "least": metric.min_n,
    }
    text = text_of(value.value, metric.unit, currency)
    return MemberLine(label, "", value, text, backing(metric, value), "", "")


def member_keys(
    metric: Metric,
    way: Way,
    scope: Scope,
    period: Period | None,
    access: Access,
    today: int,
) -> list[ScopeKey]:
    """Return the members of one way to split that add to the value in the period.

    Those that only stand above the line are among them: a campaign that cost money
    and brought nobody.
    Queries: 1 for teams, else 1 for each axis of the metric.
    """
    if way.key == TEAM:
        return _teams_below(scope, access)
    dimension = next(each for each in dimensions_of(metric) if each.key == way.key)
    return _members(metric, dimension, scope, period, today)


def _teams_below(scope: Scope, access: Access) -> list[ScopeKey]:
    """Return the teams right below a team, or below the root team for the company."""
    above = teams_above(access.day)
    if scope.cut is Cut.TEAM:
        parents = {scope.key.member}
    else:
        parents = {team for team, chain in above.items() if len(chain) == 1}
    below = [
        team
        for team, chain in above.items()
        for parent in parents & (chain - {team})
        if len(chain) == len(above[parent]) + 1
    ]
    return [
        ScopeKey(int(Cut.TEAM), team) for team in below if access.may_read_team(team)
    ]


def _members(
    metric: Metric,
    dimension: Dimension,
    scope: Scope,
    period: Period | None,
    today: int,
) -> list[ScopeKey]:
    """Return the members that have rows in the period, or before where these count."""
    team = scope.key.member if scope.cut is Cut.TEAM else 0
    reaches_back = metric.is_state or metric.reads_rows
    start = BEGINNING if period is None or reaches_back else period.start
    end = today + 1 if period is None else min(period.end, today + 1)
    found: set[int] = set()
    for axis in (*main_axes(metric), *axes_above(metric)):
        cells = axis._default_manager.filter(
            cut=dimension.cut,
            grain=Grain.DAY,
            other=team,
            start__gte=start,
            start__lt=end,
        )
        counted = cells.order_by().values("member").annotate(count=Sum("rows"))
        found |= {each["member"] for each in counted if each["count"]}
    return [ScopeKey(int(dimension.cut), member, team) for member in sorted(found)]


def _texts(
    way: Way, scope: Scope, values: list[Value], names: dict[ScopeKey, str]
) -> dict[ScopeKey, str]:
    """Return the members' scopes as addresses write them. Queries: 1 for teams."""
    members = [value.scope.member for value in values]
    if way.key == TEAM:
        slugs = dict(Team.objects.filter(pk__in=members).values_list("pk", "slug"))
        return {each.scope: f"team:{slugs[each.scope.member]}" for each in values}
    within = f"@{scope.text}" if scope.cut is Cut.TEAM else ""
    dimension = BY_KEY[way.key]
    known = {value.scope.member: names[value.scope] for value in values}
    called = known | {0: NOBODY} if dimension.choices is None else dimension.texts([])
    return {
        each.scope: f"{way.key}:{called[each.scope.member]}{within}" for each in values
    }


def _axis(values: list[Value], metric: Metric) -> tuple[Decimal, Decimal] | None:
    """Return the ends of an axis that holds every interval, better to the right."""
    ends = [
        end
        for value in values
        for end in (value.low, value.high, value.value)
        if end is not None
    ]
    if not any(value.low is not None for value in values) or not ends:
        return None
    low, high = min(ends), max(ends)
    if metric.unit is Unit.PERCENT:
        low, high = Decimal(floor(low / 10) * 10), Decimal(ceil(high / 10) * 10)
    if low == high:
        return None
    return (high, low) if metric.better is Better.LOWER else (low, high)


def _bar(
    value: Value,
    whole: Value,
    axis: tuple[Decimal, Decimal] | None,
    label: str,
    metric: Metric,
    currency: str,
) -> SafeString | str:
    if axis is None or value.value is None:
        return ""
    title = f"{label} {text_of(value.value, metric.unit, currency)}"
    if between := interval_text(value, currency):
        title = _("%(value)s, the real value between %(interval)s") % {
            "value": title,
            "interval": between,
        }
    return range_bar(
        low=axis[0],
        high=axis[1],
        me=value.value,
        me_low=value.low,
        me_high=value.high,
        target=whole.value,
        title=title,
    )


def _against(value: Value, whole: Value, metric: Metric) -> str:
    """Return how sure it is that a member differs from the whole, in words."""
    if value.low is None or value.high is None or whole.value is None:
        return ""
    if value.status == "low_n":
        return _("too few to judge")
    if value.low <= whole.value <= value.high:
        return _("too close to tell")
    return _("above all") if value.low > whole.value else _("below all")
