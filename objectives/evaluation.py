"""The service that keeps evaluations: what the numbers say of each key result today."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from crmkpi.accounts.queries import (
    get_business_calendar,
    get_calendar,
    get_organisation,
    today,
)
from crmkpi.lib import bulk
from crmkpi.lib.periods import day_start, local_day
from metrics.alerts.bells import ring_for_alerts
from metrics.catalog import METRICS
from metrics.freshness import Freshness, freshness
from metrics.queries import Value
from metrics.scopes import ScopeKey
from objectives import scoring
from objectives.aims import target_of, version_in_force
from objectives.figures import Figures, Span, read_figures
from objectives.judging import Judgement, Working, judge, judge_milestones
from objectives.models import (
    DueEvaluation,
    Evaluation,
    KeyResult,
    Milestone,
    Objective,
    TargetVersion,
)
from objectives.scoring import KrStatus, Part, Rollup
from objectives.scoring.rollup import WITHOUT_DATA

BATCH = 200  # key results of one transaction
SIX = Decimal("0.000001")
LARGEST = Decimal(10) ** 13  # what the columns of shares hold
KEY = ("key_result_id", "day")
COLUMNS = (
    "closed_to",
    "target_version_id",
    "value_now",
    "value_closed",
    "numerator",
    "denominator",
    "n",
    "low",
    "high",
    "numerator_now",
    "denominator_now",
    "n_now",
    "compared",
    "progress",
    "expected",
    "expected_value",
    "pace",
    "status",
    "forecast",
    "forecast_low",
    "forecast_high",
    "forecast_low_50",
    "forecast_high_50",
    "reach",
    "is_rough",
    "weeks",
    "weeks_in_band",
    "reason",
    "data_day",
    "metric_version",
    "computed_at",
)


def evaluate(key_result: KeyResult, *, now: datetime) -> Evaluation:
    """Judge one key result and return its evaluation of today."""
    evaluate_many([key_result.pk], now=now)
    day = today(now, get_organisation())
    return Evaluation.objects.get(key_result=key_result, day=day)


def evaluate_many(pks: Iterable[int], *, now: datetime) -> int:
    """Judge key results and store what came out; return how many were judged.

    Doing it twice on a day overwrites the row of the day. Key results that another
    worker is judging are left to it, with their marks.

    Queries: about 12 and those of read_values for every 200 key results.
    """
    wanted = sorted(set(pks))
    return sum(
        _evaluate_batch(wanted[start : start + BATCH], now=now)
        for start in range(0, len(wanted), BATCH)
    )


def mark_due(scopes: Iterable[ScopeKey]) -> int:
    """Write down which running key results the figures of scopes concern.

    Call it in the transaction that changed the figures. Returns how many there are.
    Queries: 2
    """
    pks = KeyResult.objects.running().of_scopes(scopes).order_by()
    rows = [(pk,) for pk in pks.values_list("pk", flat=True)]
    bulk.insert_rows(DueEvaluation, ("key_result_id",), rows)
    return len(rows)


def evaluate_due(*, now: datetime) -> int:
    """Judge what is marked, and whatever has no evaluation of today yet.

    Safe to run twice, at once with others, and to die half-way: marks go with the
    work. Returns how many were judged.
    """
    day = today(now, get_organisation())
    marked = set(DueEvaluation.objects.values_list("key_result_id", flat=True))
    running = KeyResult.objects.running().order_by()
    judged = Evaluation.objects.filter(day=day).values("key_result_id")
    due = set(running.filter(pk__in=marked).values_list("pk", flat=True))
    due |= set(running.exclude(pk__in=judged).values_list("pk", flat=True))
    DueEvaluation.objects.filter(key_result_id__in=marked - due).delete()
    return evaluate_many(due, now=now)


def _evaluate_batch(pks: Sequence[int], *, now: datetime) -> int:
    with transaction.atomic():
        locked = list(
            KeyResult.objects.filter(pk__in=pks)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .select_related("objective__cycle")
            .order_by("pk")
        )
        # Read before the figures: a mark that comes meanwhile stays for later.
        marks = list(
            DueEvaluation.objects.filter(
                key_result_id__in=[each.pk for each in locked]
            ).values_list("pk", flat=True)
        )
        judged = judge_all(locked, now=now)
        bulk.upsert(Evaluation, KEY, COLUMNS, [_row(each, now) for each in judged])
        DueEvaluation.objects.filter(pk__in=marks).delete()
        transaction.on_commit(ring_for_alerts)
    return len(judged)


@dataclass(frozen=True)
class Judged:
    """A key result with its judgement and what it rests on."""

    key_result: KeyResult
    version: TargetVersion | None
    span: Span
    judgement: Judgement
    figures: Figures
    data_day: int | None


def judge_all(key_results: Sequence[KeyResult], *, now: datetime) -> list[Judged]:
    """Return the judgement of key results without storing it.

    Queries: about 6 and those of read_values, whatever their number.
    """
    organisation = get_organisation()
    day = today(now, organisation)
    working = Working(get_business_calendar(organisation))
    versions = _versions(key_results)
    milestones = _milestones(key_results)
    fresh = freshness({each.metric for each in key_results if each.metric in METRICS})
    spans, in_force = {}, {}
    for each in key_results:
        cycle = each.objective.cycle
        stopped = each.objective.state == Objective.State.CLOSED
        spans[each.pk] = Span(cycle.start_day, cycle.end_day, day, is_stopped=stopped)
        last = min(day, cycle.end_day - 1)
        in_force[each.pk] = version_in_force(versions[each.pk], last)
    figures = read_figures(
        [
            (each, spans[each.pk], version)
            for each in key_results
            if (version := in_force[each.pk]) is not None
        ],
        calendar=get_calendar(organisation),
        today=day,
        now=now,
    )
    found: list[Judged] = []
    for each in key_results:
        version, span = in_force[each.pk], spans[each.pk]
        news = fresh.get(each.metric)
        judgement = _judge(
            each,
            version,
            milestones[each.pk],
            figures.get(each.pk),
            span,
            working,
            stale=_is_stale(news, span, organisation.zone),
        )
        data_day = local_day(news.last_success_at, organisation.zone) if news else None
        known = figures.get(each.pk) or Figures()
        found.append(Judged(each, version, span, judgement, known, data_day))
    return found


def _judge(
    key_result: KeyResult,
    version: TargetVersion | None,
    milestones: list[Milestone],
    figures: Figures | None,
    span: Span,
    working: Working,
    *,
    stale: bool,
) -> Judgement:
    if key_result.is_cancelled:
        return Judgement(KrStatus.CANCELLED)
    if key_result.is_milestone:
        target = scoring.Target(scoring.Direction.MILESTONE)
        return judge_milestones([_step(each) for each in milestones], target, span)
    if version is None or figures is None:
        status = KrStatus.NO_RESULT if span.is_over else KrStatus.NO_DATA
        return Judgement(status, reason=_("The metric or its target is gone."))
    try:
        target = target_of(key_result, version)
        return judge(key_result, target, figures, span, working, stale=stale)
    except scoring.ScoringError as error:  # one that no form let in must not stop all
        return Judgement(KrStatus.NO_DATA, reason=str(error))


def _step(milestone: Milestone) -> scoring.Milestone:
    return scoring.Milestone(
        weight=milestone.weight,
        done=milestone.done_day is not None,
        due_day=milestone.due_day,
    )


def _is_stale(news: Freshness | None, span: Span, zone: str) -> bool:
    if news is None or not span.has_closed_day:
        return False
    return news.is_stale(day_start(span.closed_to, zone))


def _versions(key_results: Sequence[KeyResult]) -> dict[int, list[TargetVersion]]:
    found: dict[int, list[TargetVersion]] = defaultdict(list)
    rows = TargetVersion.objects.filter(key_result__in=key_results)
    for version in rows.order_by("key_result", "number"):
        found[version.key_result_id].append(version)
    return found


def _milestones(key_results: Sequence[KeyResult]) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = defaultdict(list)
    pks = [each.pk for each in key_results if each.is_milestone]
    if pks:
        for step in Milestone.objects.filter(key_result__in=pks):
            found[step.key_result_id].append(step)
    return found


def _row(judged: Judged, now: datetime) -> tuple[object, ...]:
    judgement, closed = judged.judgement, judged.judgement.closed
    ahead, now_value = judgement.forecast, judged.figures.now
    return (
        judged.key_result.pk,
        judged.span.today,
        judged.span.closed_to,
        None if judged.version is None else judged.version.pk,
        _six(judgement.value_now),
        _six(judgement.value),
        _six(closed.numerator) if closed else None,
        _six(closed.denominator) if closed else None,
        closed.n if closed else None,
        _six(closed.low) if closed else None,
        _six(closed.high) if closed else None,
        _six(now_value.numerator) if now_value else None,
        _six(now_value.denominator) if now_value else None,
        now_value.n if now_value else None,
        {name: _as_text(each) for name, each in judged.figures.compared.items()},
        _share(judgement.progress),
        _share(judgement.expected),
        _six(judgement.expected_value),
        _share(judgement.pace),
        judgement.status.value,
        _six(ahead.value) if ahead else None,
        _six(ahead.low) if ahead else None,
        _six(ahead.high) if ahead else None,
        _six(ahead.low_50) if ahead else None,
        _six(ahead.high_50) if ahead else None,
        ahead.reach if ahead else None,
        bool(ahead and ahead.rough),
        judgement.weeks,
        judgement.weeks_in_band,
        judgement.reason[:300],
        judged.data_day,
        closed.version if closed else 0,
        now,
    )


def _as_text(value: Value) -> dict[str, str | int | None]:
    """Return what is kept of a value to compare with, as JSON takes it."""
    numbers = {"value": value.value, "low": value.low, "high": value.high}
    kept = {name: None if n is None else str(_six(n)) for name, n in numbers.items()}
    return kept | {"n": value.n}


def _six(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(SIX)


def _share(value: Decimal | None) -> Decimal | None:
    """Return a share as its column holds it: a target a hair off is not infinite."""
    return None if value is None else _six(max(-LARGEST, min(LARGEST, value)))


def part_of(key_result: KeyResult, evaluation: Evaluation | None) -> Part:
    """Return a key result as the roll-up of its objective takes it."""
    if key_result.is_cancelled:
        return Part(key_result.weight, None, KrStatus.CANCELLED)
    if evaluation is None:
        return Part(key_result.weight, None, KrStatus.NO_DATA)
    status = KrStatus(evaluation.status)
    known = None if status in WITHOUT_DATA else evaluation.progress
    return Part(key_result.weight, known, status, evaluation.pace)


def rolled_up(parts: Iterable[tuple[KeyResult, Evaluation | None]]) -> Rollup:
    """Return the score of an objective from the evaluations of its key results."""
    return scoring.roll_up(part_of(each, evaluation) for each, evaluation in parts)


def latest_evaluations(
    key_results: Iterable[KeyResult],
) -> dict[int, Evaluation]:
    """Return the last evaluation of each key result, by primary key. Queries: 1.

    Empty: a key result that was never judged is not in it.
    """
    pks = [each.pk for each in key_results]
    newest = Evaluation.objects.filter(key_result=OuterRef("key_result"))
    rows = Evaluation.objects.filter(
        key_result__in=pks, day=Subquery(newest.order_by("-day").values("day")[:1])
    )
    return {row.key_result_id: row for row in rows}
