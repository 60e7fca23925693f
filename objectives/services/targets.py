"""Writes to key results: adding one, changing its target, ticking its milestones."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import access_of, get_organisation, today
from metrics.catalog import METRICS
from metrics.custom.services import hold, is_shared_with
from metrics.dimensions import Cut
from metrics.engine.snapshots import pin
from metrics.scopes import Scope, may_see
from objectives import rules
from objectives.evaluation import evaluate_many
from objectives.models import (
    DueEvaluation,
    KeyResult,
    Milestone,
    Objective,
    TargetVersion,
)
from objectives.rules import Faults, Numbers, Step
from objectives.services.errors import BadInput, Conflict
from objectives.services.objectives import ABOUT_A_PERSON
from objectives.services.rights import must_be_open, must_manage


@transaction.atomic
def add_key_result(
    *,
    objective: Objective,
    metric: str,
    scope: Scope,
    direction: str,
    numbers: Numbers,
    actor: User,
    now: datetime,
    title: str = "",
    weight: Decimal = Decimal(1),
    window_days: int | None = None,
) -> KeyResult:
    """Add a key result with its first target, have its weeks stored and judge it.

    Raises: PermissionDenied; AlreadyClosed; BadInput with a sentence for each field.
    """
    access = must_manage(objective.team_id, actor=actor, now=now)
    must_be_open(objective)
    faults = rules.weight_faults(weight)
    faults |= _metric_faults(metric, scope, objective, access)
    if not faults:
        cycle, known = objective.cycle.period, METRICS[metric]
        faults |= rules.target_faults(known, direction, numbers, cycle=cycle)
        faults |= rules.window_faults(known, direction, window_days)
    if faults:
        raise BadInput(faults)
    key_result = KeyResult.objects.create(
        objective=objective,
        title=title.strip() or _title(metric, scope),
        metric=metric,
        cut=scope.key.cut,
        member=scope.key.member,
        other=scope.key.other,
        scope_text=scope.text,
        direction=direction,
        period_value=rules.period_value_of(METRICS[metric]),
        window_days=window_days,
        weight=weight,
        position=objective.key_results.count() + 1,
        created_at=now,
        created_by=actor,
    )
    kept = rules.settled(METRICS[metric], direction, numbers)
    _add_version(
        key_result,
        kept,
        effective_day=objective.cycle.start_day,
        author=actor,
        approver=None,
        reason="",
        now=now,
    )
    pin(metric, scope.key, now=now)
    evaluate_many([key_result.pk], now=now)
    return key_result


@transaction.atomic
def add_milestones(
    *,
    objective: Objective,
    title: str,
    steps: Sequence[Step],
    actor: User,
    now: datetime,
    weight: Decimal = Decimal(1),
) -> KeyResult:
    """Add a key result that is reached milestone by milestone.

    Raises: PermissionDenied; AlreadyClosed; BadInput with a sentence for each field.
    """
    must_manage(objective.team_id, actor=actor, now=now)
    must_be_open(objective)
    faults = rules.weight_faults(weight)
    faults |= rules.milestone_faults(steps, cycle=objective.cycle.period)
    if not title.strip():
        faults["title"] = _("Give the key result a name.")
    if faults:
        raise BadInput(faults)
    key_result = KeyResult.objects.create(
        objective=objective,
        title=title.strip(),
        direction=KeyResult.Direction.MILESTONE,
        period_value=KeyResult.PeriodValue.MILESTONES,
        weight=weight,
        position=objective.key_results.count() + 1,
        created_at=now,
        created_by=actor,
    )
    Milestone.objects.bulk_create(
        Milestone(
            key_result=key_result,
            title=step.title.strip(),
            weight=step.weight,
            due_day=step.due_day,
            position=place,
        )
        for place, step in enumerate(steps, start=1)
    )
    evaluate_many([key_result.pk], now=now)
    return key_result


@transaction.atomic
def change_target(
    *,
    key_result: KeyResult,
    expected_number: int,
    numbers: Numbers,
    effective_day: int,
    reason: str,
    approver: User,
    actor: User,
    now: datetime,
    weight: Decimal | None = None,
) -> TargetVersion:
    """Append a target version that holds from a day on, and judge by it.

    `expected_number` is the number of the version that the actor has seen as the last.

    Raises: PermissionDenied; AlreadyClosed; Conflict when another version came
    meanwhile; BadInput with a sentence for each field.
    """
    objective = key_result.objective
    must_manage(objective.team_id, actor=actor, now=now)
    must_be_open(objective)
    held = KeyResult.objects.select_for_update().get(pk=key_result.pk)
    last = held.targets.order_by("-number").first()
    if last is None or last.number != expected_number:
        raise Conflict
    day = today(now, get_organisation())
    new_weight = held.weight if weight is None else weight
    faults = rules.weight_faults(new_weight)
    faults |= _change_faults(objective, last, effective_day, reason, day=day)
    faults |= _approver_faults(objective, approver, day=day)
    faults |= rules.target_faults(
        METRICS[held.metric], held.direction, numbers, cycle=objective.cycle.period
    )
    if faults:
        raise BadInput(faults)
    if new_weight != held.weight:
        held.weight = new_weight
        held.save(update_fields=["weight"])
    version = _add_version(
        held,
        rules.settled(METRICS[held.metric], held.direction, numbers),
        effective_day=effective_day,
        author=actor,
        approver=approver,
        reason=reason.strip(),
        now=now,
    )
    evaluate_many([held.pk], now=now)
    return version


@transaction.atomic
def tick_milestone(
    *, milestone: Milestone, done: bool, actor: User, now: datetime
) -> Milestone:
    """Note that a milestone is done, or that it is not.

    Raises: PermissionDenied for others than the owner and the team's managers;
    AlreadyClosed.
    """
    objective = milestone.key_result.objective
    if actor.pk != objective.owner_id:
        must_manage(objective.team_id, actor=actor, now=now)
    must_be_open(objective)
    if (milestone.done_day is not None) != done:
        day = today(now, get_organisation())
        milestone.done_day = day if done else None
        milestone.done_by = actor if done else None
        milestone.save(update_fields=["done_day", "done_by"])
        evaluate_many([milestone.key_result_id], now=now)
    return milestone


@transaction.atomic
def cancel_key_result(
    *, key_result: KeyResult, actor: User, now: datetime
) -> KeyResult:
    """Take a key result out of its objective's score; what it was stays readable.

    Raises: PermissionDenied; AlreadyClosed.
    """
    must_manage(key_result.objective.team_id, actor=actor, now=now)
    must_be_open(key_result.objective)
    if not key_result.is_cancelled:
        key_result.is_cancelled = True
        key_result.save(update_fields=["is_cancelled"])
        evaluate_many([key_result.pk], now=now)
        DueEvaluation.objects.filter(key_result_id=key_result.pk).delete()
    return key_result


def _metric_faults(
    metric: str, scope: Scope, objective: Objective, access: Access
) -> Faults:
    if not METRICS.may_read(metric, access) or not hold(metric):
        return {"metric": _("Choose a metric from the list.")}
    if not is_shared_with(metric, objective.team_id, day=access.day):
        return {"metric": _("The team cannot read this metric: share it with them.")}
    if not may_see(scope.key, access):
        return {"scope": _("There is no such scope that you may see.")}
    if not rules.splits_by(METRICS[metric], scope.cut):
        return {"scope": _("This metric is not split this way. Choose another scope.")}
    is_person = scope.cut is Cut.AGENT
    if is_person and objective.visibility != Objective.Visibility.PRIVATE:
        return {"scope": ABOUT_A_PERSON}
    return {}


def _change_faults(
    objective: Objective,
    last: TargetVersion,
    effective_day: int,
    reason: str,
    *,
    day: int,
) -> Faults:
    faults: Faults = {}
    if not reason.strip():
        faults["reason"] = _("Say why the target changes.")
    if effective_day < max(day, last.effective_day):
        faults["effective_day"] = _("A target changes from today on, or later.")
    elif effective_day >= objective.cycle.end_day:
        faults["effective_day"] = _("Choose a day within the cycle.")
    return faults


def _approver_faults(objective: Objective, approver: User, *, day: int) -> Faults:
    if approver.pk == objective.reviewer_id:
        return {}
    if access_of(approver, day=day).may_manage_team(objective.team_id):
        return {}
    return {"approver": _("The reviewer or a manager of the team approves.")}


def _add_version(
    key_result: KeyResult,
    numbers: Numbers,
    *,
    effective_day: int,
    author: User,
    approver: User | None,
    reason: str,
    now: datetime,
) -> TargetVersion:
    last = key_result.targets.order_by("-number").values_list("number", flat=True)
    return TargetVersion.objects.create(
        key_result=key_result,
        number=(last.first() or 0) + 1,
        effective_day=effective_day,
        baseline=numbers.baseline,
        target=numbers.target,
        red=numbers.red,
        low=numbers.low,
        high=numbers.high,
        red_low=numbers.red_low,
        red_high=numbers.red_high,
        curve=numbers.curve,
        steps=[[day, str(value)] for day, value in numbers.steps],
        weight=key_result.weight,
        reason=reason,
        author=author,
        approver=approver,
        created_at=now,
    )


def _title(metric: str, scope: Scope) -> str:
    title = str(METRICS[metric].title)
    return title if scope.cut is Cut.TEAM else f"{title}, {scope.label}"[:200]
