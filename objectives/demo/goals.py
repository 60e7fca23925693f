"""Sets Fjordlight's objectives, judges them day by day and lets people check in."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from crmkpi.accounts.models import Team
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.catalog import METRICS
from metrics.engine.snapshots import pin
from metrics.queries import read_values
from metrics.scopes import parse_scope
from objectives import services
from objectives.demo import targets
from objectives.demo.founding import person
from objectives.demo.story import at, day_of, evening_of
from objectives.demo.targets import Aim, Goal, Seen
from objectives.evaluation import evaluate, evaluate_many
from objectives.models import Cycle, KeyResult, Link, Milestone, Objective
from objectives.rules import Numbers, Step

MORNING = 9 * 60
DAYS_JUDGED = 14  # before today: what changed since a week ago is on the scorecard


def set_past_goals(*, now: datetime) -> None:
    """Set and close the objectives of the quarter before, unless they are there."""
    this = Calendar().period(day_of(now), Grain.QUARTER)
    quarter = Calendar().previous(this)
    cycle = services.cycle_for(period=quarter)
    if cycle.is_closed:
        return
    for goal in targets.PAST_GOALS:
        _set(goal, cycle, as_of=at(quarter.end - 1, MORNING), now=now)
    closing = min(now, at(quarter.end + 1, MORNING))
    services.close_cycle(cycle=cycle, actor=person(targets.ANA), now=closing)


def set_goals(*, now: datetime) -> list[Objective]:
    """Set the objectives of this quarter that are missing, and return all of them."""
    quarter = Calendar().period(day_of(now), Grain.QUARTER)
    cycle = services.cycle_for(period=quarter)
    return [_set(goal, cycle, as_of=now, now=now) for goal in targets.GOALS]


def judge_days(objectives: Iterable[Objective], *, now: datetime) -> int:
    """Judge key results as of the evenings until now that were not judged yet."""
    found = KeyResult.objects.filter(objective__in=list(objectives))
    keys = list(found.values_list("pk", flat=True))
    today = day_of(now)
    first = max(today - DAYS_JUDGED, Calendar().start_of(today, Grain.QUARTER) + 1)
    judged = set(found.values_list("evaluations__day", flat=True).distinct())
    for day in range(first, today):
        if day not in judged:
            evaluate_many(keys, now=evening_of(day))
    return evaluate_many(keys, now=now)


@transaction.atomic
def _set(goal: Goal, cycle: Cycle, *, as_of: datetime, now: datetime) -> Objective:
    """Return an objective, set on the first morning of its cycle.

    Time: `as_of` is when its targets are to show what is wished for.
    """
    found = Objective.objects.filter(cycle=cycle, title=goal.title).first()
    start = min(at(cycle.start_day, MORNING), as_of)
    manager = person(targets.ANA)
    if found is None:
        found = services.create_objective(
            title=goal.title,
            description=goal.description,
            team=Team.objects.get(name=goal.team),
            cycle=cycle,
            owner=person(goal.owner),
            reviewer=person(goal.reviewer),
            actor=manager,
            now=start,
        )
        for aim in goal.aims:
            # Stored up to now: the weeks go on when the cycle is over.
            pin(aim.metric, parse_scope(aim.scope).key, now=now)
            _add(aim, found, start=start, as_of=as_of)
        if goal.stages:
            _add_stages(goal, found, now=start)
    _link(goal, found, now=as_of)
    _tick(goal, found, as_of=as_of)
    _check_in(goal, found, as_of=as_of)
    return found


def _add(aim: Aim, objective: Objective, *, start: datetime, as_of: datetime) -> None:
    """Add a key result with the first target that shows the status wished for.

    When none does, as in the first days of a quarter, it is the first one allowed.
    """
    allowed: list[Numbers] = []
    for numbers in targets.candidates(aim, _seen(aim, objective.cycle, as_of)):
        trial = transaction.savepoint()
        try:
            added = _add_with(numbers, aim, objective, start=start, as_of=as_of)
        except services.BadInput:
            transaction.savepoint_rollback(trial)
            continue
        allowed.append(numbers)
        if evaluate(added, now=as_of).status == aim.wish:
            transaction.savepoint_commit(trial)
            return
        transaction.savepoint_rollback(trial)
    _add_with(allowed[0], aim, objective, start=start, as_of=as_of)


def _add_with(
    numbers: Numbers,
    aim: Aim,
    objective: Objective,
    *,
    start: datetime,
    as_of: datetime,
) -> KeyResult:
    added = services.add_key_result(
        objective=objective,
        metric=aim.metric,
        scope=parse_scope(aim.scope),
        direction=aim.direction,
        numbers=numbers,
        actor=person(targets.ANA),
        now=start,
        title=aim.title,
        weight=Decimal(aim.weight),
    )
    _change(aim, added, as_of=as_of)
    return added


def _seen(aim: Aim, cycle: Cycle, as_of: datetime) -> Seen:
    calendar, today = Calendar(), day_of(as_of)
    quarter = calendar.period(cycle.start_day, Grain.QUARTER)
    so_far = Period(quarter.start, max(min(today, quarter.end), quarter.start + 1))
    periods = (calendar.previous(quarter), calendar.same_last_year(quarter), so_far)
    scope = parse_scope(aim.scope).key
    asked = [(aim.metric, scope, period) for period in periods]
    values = read_values(asked, today=today, now=as_of)
    before, year_ago, value = (values[each].value for each in asked)
    return Seen(
        before=before,
        year_ago=year_ago,
        value=value,
        share=Decimal(so_far.days) / quarter.days,
        is_flow=METRICS[aim.metric].is_flow,
    )


def _change(aim: Aim, key_result: KeyResult, *, as_of: datetime) -> None:
    """Lower the one target that was lowered on the way, once that day has come."""
    changed = at(key_result.objective.cycle.start_day + targets.CHANGED_ON, MORNING)
    if (aim.metric, aim.scope) != targets.CHANGED or changed > as_of:
        return
    first = key_result.targets.get(number=1)
    numbers = Numbers(baseline=first.baseline, target=first.target)
    services.change_target(
        key_result=key_result,
        expected_number=1,
        numbers=targets.lowered(aim, numbers),
        effective_day=day_of(changed),
        reason=targets.CHANGE_REASON,
        approver=key_result.objective.reviewer,
        actor=person(targets.JOANNA),
        now=changed,
    )


def _add_stages(goal: Goal, objective: Objective, *, now: datetime) -> None:
    first = objective.cycle.start_day
    services.add_milestones(
        objective=objective,
        title="The recall is behind us",
        steps=[Step(stage.title, due_day=first + stage.due) for stage in goal.stages],
        actor=person(targets.ANA),
        now=now,
    )


def _tick(goal: Goal, objective: Objective, *, as_of: datetime) -> None:
    """Tick the milestones that have been done by now."""
    for stage in goal.stages:
        if stage.done is None:
            continue
        now = at(objective.cycle.start_day + stage.done, MORNING)
        milestone = Milestone.objects.get(
            key_result__objective=objective, title=stage.title
        )
        if now <= as_of and milestone.done_day is None:
            services.tick_milestone(
                milestone=milestone, done=True, actor=objective.owner, now=now
            )


def _check_in(goal: Goal, objective: Objective, *, as_of: datetime) -> None:
    """Check in as often as its owner has done until now."""
    known = set(objective.check_ins.values_list("sentence", flat=True))
    for note in goal.notes:
        now = at(objective.cycle.start_day + note.day, MORNING)
        if now <= as_of and note.sentence not in known:
            services.check_in(
                objective=objective,
                confidence=note.confidence,
                sentence=note.sentence,
                actor=objective.owner,
                now=now,
            )


def _link(goal: Goal, objective: Objective, *, now: datetime) -> None:
    above = Objective.objects.filter(cycle=objective.cycle, title=goal.above).first()
    if above is not None:
        services.link_objectives(
            child=objective,
            parent=above,
            kind=Link.Kind.CONTRIBUTES,
            actor=person(targets.ANA),
            now=now,
        )
