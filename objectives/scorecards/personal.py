"""The scorecard of one person: self first, the team's middle half, nobody's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q
from django.utils.dateformat import format as date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Membership, Organisation, Team, User
from crmkpi.lib.numbers import Figure
from crmkpi.lib.periods import Grain, Period
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.pickers import query
from metrics.queries import Value, read_values
from metrics.scopes import ScopeKey, agent_scope
from metrics.why.earlier import Asked, Revised, revised
from objectives.aims import target_of, version_in_force
from objectives.evaluation import latest_evaluations
from objectives.lines import ORDER
from objectives.models import KeyResult, Objective
from objectives.printing import Print, rests_on
from objectives.scorecards import lever
from objectives.scorecards.changes import measured
from objectives.scorecards.comparing import (
    Range,
    Verdict,
    drawn,
    is_too_few,
    team_half,
    verdict,
)
from objectives.scorecards.lever import Lever
from objectives.scorecards.readers import Look, looks_at, readers_of, readers_text
from objectives.scoring import KrStatus, Target
from surveys.queries.releases import PassedOn, passed_on

Role = Membership.Role
MOST_ROWS = 8
# What tells something about single people, in the order of the page.
FITTING = (
    "csat",
    "first_contact_resolution",
    "average_handle_time",
    "first_response_time",
    "average_resolution_time",
    "same_day_closure_rate",
    "sla_compliance",
    "tickets_handled",
    "win_rate",
    "won_deals",
    "won_value",
    "sales_cycle_length",
)
COMMENTS_SHOWN = 3
AIMS_SHOWN = 6


@dataclass(frozen=True)
class OwnRow:
    """One metric of a person."""

    key: str
    title: str | Promise
    me: Figure
    under: str  # "38 of 44"
    range: Range | None  # None without a value
    verdict: Verdict
    metric_query: str  # of the metric's pages
    revised: Revised | None  # the figure moved after its period had closed

    @property
    def passport_id(self) -> str:
        return f"passport-{self.key}"


@dataclass(frozen=True)
class Aim:
    """A key result of the team, by its status alone."""

    objective: Objective
    title: str
    status: str


@dataclass(frozen=True)
class PersonalScorecard:
    """All that the page of a person shows."""

    person: User
    team: Team | None  # where the person works at the end of the period
    heading: str  # "My week"
    lede: str
    rows: list[OwnRow]
    readers: str  # who may open the page, as a sentence
    looks: list[Look]  # latest first
    thanks: list[PassedOn]  # comments of pleased customers, latest first
    lessons: list[PassedOn]  # comments of others
    aims: list[Aim]  # of the team, worst first
    lever: Lever | None  # None when no topic stands out
    lever_query: str  # of the page with its tickets
    computed_at: datetime | None


def personal_scorecard(
    person: User,
    *,
    period: Period,
    access: Access,
    organisation: Organisation,
    now: datetime,
) -> PersonalScorecard:
    """Return a person's scorecard as the reader may see it.

    Queries: 10, 1 more for a period that has closed, and those of read_values, however
    many colleagues there are.
    """
    day = min(access.day, period.end - 1)
    team = _team(person, day=day)
    values = _values(person, _colleagues(person, team, period), period, access, now)
    results = _key_results(person, team, access=access, day=day)
    is_own = person.pk == access.user_id
    readers = readers_of(person, day=access.day)
    comments = passed_on(person, access=access)
    return PersonalScorecard(
        person=person,
        team=team,
        heading=_heading(period) if is_own else str(person),
        lede=_lede(period, team if not is_own else None, today=access.day),
        rows=_rows(
            person,
            values,
            _targets(results, team, day),
            _moved(person, values, period, today=access.day),
            period,
            organisation.currency,
        ),
        readers=readers_text(person, readers, is_own=is_own),
        looks=looks_at(person, day=access.day),
        thanks=[each for each in comments if each.is_top][:COMMENTS_SHOWN],
        lessons=[each for each in comments if not each.is_top][:COMMENTS_SHOWN],
        aims=_aims(results, team),
        lever=_lever(values, period, access, organisation.currency),
        lever_query=query(agent_scope(person), period),
        computed_at=max(
            (each.computed_at for each, _others in values.values()), default=None
        ),
    )


Values = Mapping[str, tuple[Value, list[Value]]]  # by metric: own, the colleagues'


def _team(person: User, *, day: int) -> Team | None:
    """Return where a person works on a day, else leads. Queries: 1."""
    held = Membership.objects.on(day).filter(
        user=person, role__in=(Role.AGENT, Role.LEAD)
    )
    # "agent" sorts before "lead"
    first = held.select_related("team").order_by("role", "-since_day", "pk").first()
    return first.team if first else None


def _colleagues(person: User, team: Team | None, period: Period) -> list[int]:
    """Return the other agents of the team within the period. Queries: 1."""
    if team is None:
        return []
    held = Membership.objects.filter(
        team=team,
        role=Role.AGENT,
        since_day__lt=period.end,
        until_day__gt=period.start,
    )
    others = held.exclude(user=person).order_by().values_list("user_id", flat=True)
    return sorted(set(others))


def _values(
    person: User,
    colleagues: Iterable[int],
    period: Period,
    access: Access,
    now: datetime,
) -> Values:
    """Return the metrics that fit what the person, or most of the team, does."""
    me = _scope(person.pk)
    others = [_scope(pk) for pk in colleagues]
    found = read_values(
        [(key, scope, period) for key in FITTING for scope in (me, *others)],
        today=access.day,
        now=now,
    )
    kept: dict[str, tuple[Value, list[Value]]] = {}
    for key in FITTING:
        mine = found[key, me, period]
        theirs = [found[key, scope, period] for scope in others]
        with_rows = sum(bool(each.n) for each in theirs)
        if mine.n or 2 * with_rows > len(theirs):
            kept[key] = (mine, theirs)
    return dict(list(kept.items())[:MOST_ROWS])


def _moved(
    person: User, values: Values, period: Period, *, today: int
) -> Mapping[Asked, Revised]:
    """Return the own figures of a closed period that moved. Queries: 1 or none."""
    if period.end > today:
        return {}
    return revised((key, _scope(person.pk), period) for key in values)


def _rows(
    person: User,
    values: Values,
    targets: Mapping[str, Target],
    moved: Mapping[Asked, Revised],
    period: Period,
    currency: str,
) -> list[OwnRow]:
    rows = []
    for key, (me, others) in values.items():
        metric, printed = METRICS[key], Print.of(key, currency)
        half, target = team_half(metric, others), targets.get(key)
        rows.append(
            OwnRow(
                key=key,
                title=metric.title,
                me=printed.figure(me.value, compact=True),
                under=rests_on(metric, me.numerator, me.denominator, me.n),
                range=drawn(metric, me, half, target, printed),
                verdict=verdict(metric, _with_interval(me), half, target, printed),
                metric_query=query(agent_scope(person), period),
                revised=moved.get((key, _scope(person.pk), period)),
            )
        )
    return rows


def _with_interval(me: Value) -> Value:
    """Return a value with an interval to judge by, if only a cautious one."""
    if me.value is None:
        return me
    found = measured(METRICS[me.key], me.value, me.low, me.high, me.n)
    return replace(me, low=found.low, high=found.high)


def _key_results(
    person: User, team: Team | None, *, access: Access, day: int
) -> list[KeyResult]:
    """Return running key results of the team or about the person, with targets.

    Queries: 2
    """
    about = Q(cut=Cut.AGENT, member=person.pk)
    if team is not None:
        about |= Q(objective__team=team) | Q(cut=Cut.TEAM, member=team.pk)
    found = KeyResult.objects.visible_to(access).filter(
        about,
        objective__state=Objective.State.ACTIVE,
        objective__cycle__start_day__lte=day,
        objective__cycle__end_day__gt=day,
        is_cancelled=False,
    )
    return list(found.select_related("objective").prefetch_related("targets"))


def _targets(
    results: Iterable[KeyResult], team: Team | None, day: int
) -> dict[str, Target]:
    """Return what the person is to reach: the own target, else that of the team.

    A total of the team is no target for one of its people.
    """
    found: dict[str, Target] = {}
    own: set[str] = set()
    for each in results:
        is_own = each.cut == Cut.AGENT
        is_team = team is not None and each.scope == ScopeKey(int(Cut.TEAM), team.pk)
        if not is_own and (not is_team or each.is_flow or each.metric in own):
            continue
        version = version_in_force(list(each.targets.all()), day)
        if version is not None and each.metric:
            found[each.metric] = target_of(each, version)
            if is_own:
                own.add(each.metric)
    return found


def _aims(results: Iterable[KeyResult], team: Team | None) -> list[Aim]:
    """Return the team's key results by status, worst first. Queries: 1."""
    if team is None:
        return []
    of_team = [
        each
        for each in results
        if each.objective.team_id == team.pk and each.cut != Cut.AGENT
    ]
    evaluations = latest_evaluations(of_team) if of_team else {}
    aims = [
        Aim(each.objective, each.title, found.status)
        for each in of_team
        if (found := evaluations.get(each.pk)) is not None
    ]
    aims.sort(key=lambda aim: ORDER.index(KrStatus(aim.status)))
    return aims[:AIMS_SHOWN]


def _lever(
    values: Values, period: Period, access: Access, currency: str
) -> Lever | None:
    if lever.KEY not in values:
        return None
    me, _others = values[lever.KEY]
    if is_too_few(METRICS[lever.KEY], me):
        return None
    return lever.best_lever(me, period=period, access=access, currency=currency)


def _heading(period: Period) -> str:
    match period.grain:
        case Grain.DAY:
            return _("My day")
        case Grain.WEEK:
            return _("My week")
        case Grain.MONTH:
            return _("My month")
        case Grain.QUARTER:
            return _("My quarter")
        case Grain.YEAR:
            return _("My year")
    return _("My figures")


def _lede(period: Period, team: Team | None, *, today: int) -> str:
    """Return the days in words, and whether they are over.

    Example: "Monday 9 to Sunday 15 February, still open"
    """
    days = period.label
    if period.grain is Grain.WEEK:
        is_one = period.first_date.month == period.last_date.month
        days = _("%(first)s to %(last)s") % {
            "first": date_format(period.first_date, "l j" if is_one else "l j F"),
            "last": date_format(period.last_date, "l j F"),
        }
    if today in period:
        days = _("%(days)s, still open") % {"days": days}
    if team is None:
        return days
    return _("%(team)s, %(days)s") % {"team": team, "days": days}


def _scope(pk: int) -> ScopeKey:
    return ScopeKey(int(Cut.AGENT), pk)
