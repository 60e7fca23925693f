"""Which of some teams a team stood below on a day, by the stored tree."""

from collections import defaultdict
from collections.abc import Iterable

from crmkpi.accounts.models import TeamEdge
from metrics.dimensions import Cut
from metrics.engine.once import once
from metrics.scopes import ScopeKey


class Ancestry:
    """The teams above any team, as far as the scopes ask for them."""

    def __init__(self, scopes: Iterable[ScopeKey]) -> None:
        """Read the tree below the teams of scopes.

        Queries: 1, none without teams or for teams that this computation has read.
        """
        asked = {
            scope.member if scope.cut == Cut.TEAM else scope.other for scope in scopes
        } - {0}
        self._above: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        if not asked:
            return
        edges = once(("edges", frozenset(asked)), lambda: _edges_below(asked))
        for below, ancestor, since, until in edges:
            self._above[below].append((ancestor, since, until))

    def above(self, team: int | None, day: int) -> list[int]:
        """Return those of the teams that a team was in or below on a day."""
        if not team:
            return []
        return [
            ancestor
            for ancestor, since, until in self._above.get(team, ())
            if since <= day < until
        ]


def _edges_below(teams: set[int]) -> list[tuple[int, int, int, int]]:
    edges = TeamEdge.objects.filter(ancestor_id__in=teams)
    return list(
        edges.values_list("descendant_id", "ancestor_id", "since_day", "until_day")
    )
