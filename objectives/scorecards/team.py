"""The scorecard of a team or of the company, worst first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, Team
from crmkpi.accounts.queries import get_business_calendar, get_calendar
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.periods import Period, from_day
from metrics.scopes import Scope, ScopeKey, labels
from metrics.why.earlier import with_revisions
from objectives.evaluation import rolled_up
from objectives.lines import ORDER, KeyResultLine, lines
from objectives.models import CheckIn, Evaluation, KeyResult, Objective, TargetVersion
from objectives.printing import share_text
from objectives.querysets import KeyResultQuerySet
from objectives.scorecards.decisions import Decision, claims, decisions
from objectives.scorecards.movements import Movement, movements
from objectives.scorecards.revision import Revision, revision_of
from objectives.scorecards.rows import Row, Rows
from objectives.scoring import KrStatus
from objectives.scoring.rollup import CLOSED, OFF, OK, TO_WATCH

WEEK = 7  # days back to what is compared under "what changed"
MOVEMENTS = 3  # shown before "and 2 more"


@dataclass(frozen=True)
class Tally:
    """How many key results stand alike."""

    status: str  # a key of BADGES
    count: int
    word: str = ""  # where it is not that of the status


@dataclass(frozen=True)
class Scorecard:
    """All that the page of a team shows."""

    team: Team
    scope: Scope
    period: Period
    lede: str
    rows: list[Row]  # worst first
    tally: list[Tally]
    coverage: str
    movements: list[Movement]  # of the last week, worst first
    since: date  # the day they are counted from
    is_current: bool  # whether today lies in the period
    decisions: list[Decision]
    closed_day: date | None  # the last one that counts; None before the first one
    ends: str  # "31 March", when all key results end together
    revision: Revision

    @property
    def computed_at(self) -> datetime | None:
        return self.revision.judged_at

    @property
    def lines(self) -> list[KeyResultLine]:
        return [row.line for row in self.rows]

    @property
    def worst(self) -> KeyResult | None:
        """Return the worst key result that has a trend."""
        with_metric = [line.key_result for line in self.lines if line.key_result.metric]
        return with_metric[0] if with_metric else None

    @property
    def first_movements(self) -> list[Movement]:
        return self.movements[:MOVEMENTS]

    @property
    def more_movements(self) -> int:
        return max(0, len(self.movements) - MOVEMENTS)


def key_results_of(team: Team, period: Period, *, access: Access) -> KeyResultQuerySet:
    """Return the key results on a team's scorecard: of the cycles of its period."""
    found: KeyResultQuerySet = KeyResult.objects.visible_to(access).filter(
        objective__team=team,
        objective__state__in=(Objective.State.ACTIVE, Objective.State.CLOSED),
        objective__cycle__start_day__lt=period.end,
        objective__cycle__end_day__gt=period.start,
        is_cancelled=False,
    )
    return found


def team_scorecard(
    team: Team,
    *,
    scope: Scope,
    period: Period,
    comparison: str,
    access: Access,
    organisation: Organisation,
) -> Scorecard:
    """Return the scorecard of a team and period as the reader may see it.

    Queries: 4 (key results, evaluations, weeks, holidays), and 1 for each kind of
    scope other than the page's.
    """
    since = access.day - WEEK
    on_it = key_results_of(team, period, access=access)
    results = _read(with_revisions(on_it, period=period), since=since)
    now, before = _evaluations(results)
    printed = lines(
        results,
        evaluations=now,
        versions=_versions(now),
        labels=_labels(results, scope),
        access=access,
        currency=organisation.currency,
        calendar=get_calendar(organisation),
    )
    business = get_business_calendar(organisation)
    rows = Rows(
        scope=scope,
        period=period,
        comparison=comparison,
        today=access.day,
        calendar=get_calendar(organisation),
        business=business,
        currency=organisation.currency,
    ).build(printed)
    rows.sort(key=lambda row: row.line.rank)
    pairs = [(row.line, before.get(row.line.key_result.pk)) for row in rows]
    is_current = access.day in period
    return Scorecard(
        team=team,
        scope=scope,
        period=period,
        lede=lede(period, today=access.day, business=business),
        rows=rows,
        tally=tally(printed),
        coverage=_coverage(printed),
        movements=movements(pairs) if is_current else [],
        since=from_day(since),
        is_current=is_current,
        decisions=decisions(claims(printed), access=access, zone=organisation.zone),
        closed_day=_closed_day(now.values()),
        ends=_ends(results),
        revision=revision_of(results, now.values()),
    )


def lede(period: Period, *, today: int, business: BusinessCalendar) -> str:
    """Return the period and how much of it has closed, in words.

    Example: "Q1 2026, closed to Thursday 12 February: 30 of 63 business days"
    """
    days = business.business_days(period.start, period.end)
    words = {"period": period.label, "days": days}
    if today >= period.end:
        return _("%(period)s, closed: %(days)s business days") % words
    if today < period.start:
        first = date_format(period.first_date, "j F")
        return _("%(period)s begins on %(first)s") % {**words, "first": first}
    if today == period.start:
        return _("%(period)s, no day has closed yet") % words
    closed = business.business_days(period.start, today)
    last = date_format(from_day(today - 1), "l j F")
    return _("%(period)s, closed to %(day)s: %(closed)s of %(days)s business days") % {
        **words,
        "day": last,
        "closed": closed,
    }


def tally(printed: Sequence[KeyResultLine]) -> list[Tally]:
    """Return how many are off track, to watch and on track, and how many are neither.

    Shape: the first three always, a fourth only if there are any. Results of a closed
    cycle are counted under the words for results.
    """
    statuses = [KrStatus(line.status) for line in printed]
    is_closed = bool(statuses) and set(statuses) <= {*CLOSED, KrStatus.NO_RESULT}
    names = _RESULTS if is_closed else _RUNNING
    counts = [
        Tally(name, sum(status in group for status in statuses))
        for name, group in zip(names, _GROUPS, strict=True)
    ]
    others = [status for status in statuses if not any(status in g for g in _GROUPS)]
    if not others:
        return counts
    kinds = set(others)
    word = str(_("No verdict")) if len(kinds) > 1 else ""
    return [*counts, Tally(min(kinds, key=ORDER.index), len(others), word)]


_GROUPS = (OFF, TO_WATCH, OK)
_RUNNING = ("off_track", "watch", "on_track")
_RESULTS = ("missed", "partly", "met")


def _read(found: QuerySet[KeyResult], *, since: int) -> list[KeyResult]:
    """Return key results with what was last said, and the days of two evaluations."""
    said = CheckIn.objects.filter(objective=OuterRef("objective"))
    said = said.order_by("-at", "-pk")
    judged = Evaluation.objects.filter(key_result=OuterRef("pk")).order_by("-day")
    return list(
        found.select_related("objective__owner", "objective__cycle").annotate(
            said_at=Subquery(said.values("at")[:1]),
            confidence=Subquery(said.values("confidence")[:1]),
            last_day=Subquery(judged.values("day")[:1]),
            earlier_day=Subquery(judged.filter(day__lte=since).values("day")[:1]),
        )
    )


ByKeyResult = dict[int, Evaluation]


def _evaluations(results: Iterable[KeyResult]) -> tuple[ByKeyResult, ByKeyResult]:
    """Return the last evaluations, and those of a week ago. Queries: 1."""
    last = {each.pk: getattr(each, "last_day", None) for each in results}
    earlier = {each.pk: getattr(each, "earlier_day", None) for each in results}
    keys = {
        (pk, day)
        for days in (last, earlier)
        for pk, day in days.items()
        if day is not None
    }
    if not keys:
        return {}, {}
    columns = [F("key_result_id"), F("day")]
    rows = Evaluation.objects.filter(KeysIn(columns, sorted(keys)))
    now: ByKeyResult = {}
    before: ByKeyResult = {}
    for row in rows.select_related("target_version"):
        if row.day == last[row.key_result_id]:
            now[row.key_result_id] = row
        if row.day == earlier[row.key_result_id]:
            before[row.key_result_id] = row
    return now, before


def _versions(found: Mapping[int, Evaluation]) -> dict[int, list[TargetVersion]]:
    """Return the target that each evaluation judged by."""
    return {
        pk: [each.target_version]
        for pk, each in found.items()
        if each.target_version is not None
    }


def _labels(results: Iterable[KeyResult], scope: Scope) -> dict[ScopeKey, str]:
    others = {each.scope for each in results if each.metric} - {scope.key}
    return {scope.key: scope.label} | labels(sorted(others))


def _coverage(printed: Sequence[KeyResultLine]) -> str:
    found = rolled_up((line.key_result, line.evaluation) for line in printed)
    if found.coverage is None:
        return _("No key result has weight")
    if found.coverage == 1:
        return _("All of the weight has data")
    share = share_text(found.coverage)
    return _("%(share)s of the weight has data") % {"share": share}


def _closed_day(found: Iterable[Evaluation]) -> date | None:
    days = [each.closed_to - 1 for each in found if each.value_closed is not None]
    return from_day(max(days)) if days else None


def _ends(results: Iterable[KeyResult]) -> str:
    ends = {each.objective.cycle.end_day for each in results}
    if len(ends) != 1:
        return ""
    return str(date_format(from_day(ends.pop() - 1), "j F"))
