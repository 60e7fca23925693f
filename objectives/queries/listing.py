"""The list of objectives, as a page and as a file."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from objectives.evaluation import latest_evaluations, rolled_up
from objectives.lines import ORDER, KeyResultLine
from objectives.models import CheckIn, Cycle, KeyResult, Objective
from objectives.printing import score_text
from objectives.queries.parts import read_lines
from objectives.scoring import KrStatus, Rollup

PER_PAGE = 25
WHOSE: dict[str, str | Promise] = {
    "mine": _("Mine"),
    "teams": _("Of my teams"),
    "": _("All I may see"),
}


@dataclass(frozen=True)
class ObjectiveLine:
    """An objective in the list."""

    objective: Objective
    rollup: Rollup
    key_results: int
    confidence: int | None  # of the last check-in

    @property
    def status(self) -> str:
        return self.rollup.status

    @property
    def score(self) -> str:
        progress = self.rollup.progress
        return "" if progress is None else score_text(progress)


def objectives_found(
    *,
    access: Access,
    whose: str = "",
    text: str = "",
    team: Team | None = None,
    cycle: Cycle | None = None,
    state: str = "",
) -> list[Objective]:
    """Return the objectives that match and that the reader may open. Queries: 1."""
    found = Objective.objects.visible_to(access)
    if whose == "mine":
        found = found.filter(Q(owner=access.user_id) | Q(reviewer=access.user_id))
    elif whose == "teams":
        found = found.filter(team__in=access.team_ids | access.own_team_ids)
    for word in text.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(owner__name__icontains=word))
    if team is not None:
        found = found.filter(team=team)
    if cycle is not None:
        found = found.filter(cycle=cycle)
    if state:
        found = found.filter(state=state)
    related = found.select_related("owner", "reviewer", "team", "cycle")
    return list(related.order_by("title", "pk"))


def listed(
    objectives: Sequence[Objective], *, status: str = "", sort: str = "status"
) -> list[ObjectiveLine]:
    """Return the lines of objectives, only those of a status if one is named.

    Queries: 3, whatever their number.
    """
    results: dict[int, list[KeyResult]] = defaultdict(list)
    for each in KeyResult.objects.filter(objective__in=objectives):
        results[each.objective_id].append(each)
    evaluations = latest_evaluations(each for some in results.values() for each in some)
    confidence = _confidence(objectives)
    found = [
        ObjectiveLine(
            objective=objective,
            rollup=rolled_up(
                (each, evaluations.get(each.pk)) for each in results[objective.pk]
            ),
            key_results=len(results[objective.pk]),
            confidence=confidence.get(objective.pk),
        )
        for objective in objectives
    ]
    if status:
        found = [line for line in found if line.status == status]
    backwards, key = sort.startswith("-"), sort.removeprefix("-")
    return sorted(found, key=SORTS.get(key, _by_status), reverse=backwards)


def all_lines(
    objectives: Sequence[Objective], *, access: Access, currency: str
) -> Iterator[KeyResultLine]:
    """Return every key result of objectives, for a file. Queries: about 6 for 200."""
    by_pk = {each.pk: each for each in objectives}
    results = list(
        KeyResult.objects.filter(objective__in=by_pk).order_by(
            "objective__title", "objective", "position", "pk"
        )
    )
    for each in results:
        each.objective = by_pk[each.objective_id]
    for start in range(0, len(results), 200):
        yield from read_lines(
            results[start : start + 200], access=access, currency=currency
        )


def cycles(access: Access) -> list[Cycle]:
    """Return the cycles with objectives of the reader, latest first. Queries: 1."""
    visible = Objective.objects.visible_to(access)
    return list(Cycle.objects.filter(objectives__in=visible).distinct())


def teams(access: Access) -> list[Team]:
    """Return the teams that have objectives of the reader, by name. Queries: 1."""
    visible = Objective.objects.visible_to(access)
    return list(Team.objects.filter(objectives__in=visible).distinct())


def _confidence(objectives: Sequence[Objective]) -> dict[int, int]:
    rows = CheckIn.objects.filter(objective__in=objectives).order_by("at", "pk")
    return dict(rows.values_list("objective_id", "confidence"))


def _by_status(line: ObjectiveLine) -> tuple[int, str]:
    return ORDER.index(KrStatus(line.status)), line.objective.title.casefold()


def _by_score(line: ObjectiveLine) -> Decimal:
    return Decimal(-1) if line.rollup.progress is None else line.rollup.progress


SORTS: dict[str, Callable[[ObjectiveLine], Any]] = {
    "status": _by_status,
    "title": lambda line: line.objective.title.casefold(),
    "owner": lambda line: line.objective.owner.name.casefold(),
    "team": lambda line: line.objective.team.name.casefold(),
    "score": _by_score,
    "end": lambda line: line.objective.cycle.end_day,
}
