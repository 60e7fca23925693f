"""The page of one objective."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.periods import from_day
from objectives.aims import target_of
from objectives.lines import KeyResultLine, aim_text
from objectives.models import (
    CheckIn,
    KeyResult,
    Link,
    Milestone,
    Objective,
    TargetVersion,
)
from objectives.printing import Print, score_text, share_text
from objectives.queries.parts import read_lines, score, targets_of
from objectives.scoring import NoScore, Rollup, progress

CHECK_INS = 6


@dataclass(frozen=True)
class TargetLine:
    """One target version as the history prints it."""

    key_result: KeyResult
    aim: str
    day: date
    number: int
    reason: str
    author: str
    approver: str


@dataclass(frozen=True)
class StepLine:
    """A milestone as people read it."""

    pk: int
    title: str
    weight: Decimal
    due: date | None
    done: date | None


@dataclass(frozen=True)
class Steps:
    """A key result of milestones with these."""

    key_result: KeyResult
    milestones: list[StepLine]


@dataclass(frozen=True)
class ObjectivePage:
    """All that the page of an objective shows, but for the trend."""

    objective: Objective
    lines: list[KeyResultLine]
    versions: Mapping[int, list[TargetVersion]]  # by key result, oldest first
    rollup: Rollup
    check_ins: list[CheckIn]  # latest first
    targets: list[TargetLine]  # latest first
    steps: list[Steps]
    contributes: Link | None  # to an objective that the reader may open
    aligned: list[Objective]
    contributors: list[Objective]
    against_first: list[str]  # once closed: results whose target had moved
    may_manage: bool
    may_check_in: bool

    @property
    def is_open(self) -> bool:
        closed = self.objective.state == Objective.State.CLOSED
        return not closed and not self.objective.cycle.is_closed

    @property
    def score(self) -> str:
        found = self.rollup.progress
        return "" if found is None else score_text(found)

    @property
    def coverage(self) -> str:
        """Return how much of the weight the score rests on, in words."""
        return coverage_text(self.rollup)

    @property
    def worst(self) -> KeyResultLine | None:
        """Return the key result whose trend is shown first."""
        with_metric = [line for line in self.lines if line.key_result.metric]
        return min(with_metric, key=lambda line: line.rank, default=None)

    @property
    def last_check_in(self) -> CheckIn | None:
        return self.check_ins[0] if self.check_ins else None


def coverage_text(rollup: Rollup) -> str:
    """Return how much of the weight has data, in words."""
    if rollup.reason is NoScore.NO_WEIGHT:
        return _("no key result has weight yet")
    if rollup.coverage is None or rollup.reason is NoScore.NO_DATA:
        return _("no key result has data yet")
    share = share_text(rollup.coverage)
    if rollup.reason is NoScore.LOW_COVERAGE:
        return _("of 1; only %(share)s of the weight has data") % {"share": share}
    if rollup.coverage == 1:
        return _("of 1, all weight has data")
    return _("of 1, %(share)s of the weight has data") % {"share": share}


def objective_page(
    objective: Objective, *, access: Access, organisation: Organisation
) -> ObjectivePage:
    """Return what the page of an objective shows. Queries: about 8."""
    results = list(objective.key_results.order_by("position", "pk"))
    for each in results:
        each.objective = objective
    versions = targets_of(results)
    currency = organisation.currency
    printed = read_lines(
        results,
        access=access,
        currency=currency,
        versions=versions,
        calendar=get_calendar(organisation),
    )
    manages = access.may_manage_team(objective.team_id)
    mine = access.user_id in (objective.owner_id, objective.reviewer_id)
    up, down = _links(objective, access)
    check_ins = objective.check_ins.select_related("author").order_by("-at", "-pk")
    is_closed = objective.state == Objective.State.CLOSED
    return ObjectivePage(
        objective=objective,
        lines=printed,
        versions=versions,
        rollup=score(printed),
        check_ins=list(check_ins[:CHECK_INS]),
        targets=_history(results, versions, currency),
        steps=_steps(results),
        contributes=next((link for link in up if _counts(link)), None),
        aligned=[link.parent for link in up if not _counts(link)]
        + [link.child for link in down if not _counts(link)],
        contributors=[link.child for link in down if _counts(link)],
        against_first=(
            [note for line in printed if (note := _against_first(line, versions))]
            if is_closed
            else []
        ),
        may_manage=manages,
        may_check_in=manages or mine,
    )


def _links(objective: Objective, access: Access) -> tuple[list[Link], list[Link]]:
    """Return the links up and down to objectives that the reader may open."""
    visible = Objective.objects.visible_to(access)
    links = Link.objects.select_related("child", "parent")
    up = links.filter(child=objective, parent__in=visible).order_by("pk")
    down = links.filter(parent=objective, child__in=visible).order_by("pk")
    return list(up), list(down)


def _counts(link: Link) -> bool:
    return link.kind == Link.Kind.CONTRIBUTES


def _steps(results: list[KeyResult]) -> list[Steps]:
    """Return the milestones of the key results that have them."""
    with_steps = [each for each in results if each.is_milestone]
    if not with_steps:
        return []
    found: dict[int, list[StepLine]] = {each.pk: [] for each in with_steps}
    for step in Milestone.objects.filter(key_result__in=with_steps):
        found[step.key_result_id].append(
            StepLine(
                pk=step.pk,
                title=step.title,
                weight=step.weight,
                due=None if step.due_day is None else from_day(step.due_day),
                done=None if step.done_day is None else from_day(step.done_day),
            )
        )
    return [Steps(each, found[each.pk]) for each in with_steps]


def _history(
    results: list[KeyResult],
    versions: Mapping[int, list[TargetVersion]],
    currency: str,
) -> list[TargetLine]:
    found = [
        TargetLine(
            key_result=each,
            aim=aim_text(target_of(each, version), Print.of(each.metric, currency)),
            day=from_day(version.effective_day),
            number=version.number,
            reason=version.reason,
            author=str(version.author),
            approver=str(version.approver or ""),
        )
        for each in results
        for version in versions.get(each.pk, [])
    ]
    return sorted(found, key=lambda line: (line.day, line.number), reverse=True)


def _against_first(
    line: KeyResultLine, versions: Mapping[int, list[TargetVersion]]
) -> str:
    """Return a result against the last and the first target, where they differ."""
    each, found = line.key_result, line.evaluation
    known = versions.get(each.pk, [])
    if len(known) < 2 or found is None or found.value_closed is None:
        return ""
    first = target_of(each, known[0])
    against = progress(first, found.value_closed, flow=each.is_flow)
    return _("%(title)s: %(final)s of the last target, %(first)s of the first") % {
        "title": each.title,
        "final": share_text(found.progress or Decimal(0)),
        "first": share_text(against or Decimal(0)),
    }
