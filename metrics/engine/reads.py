"""Which windows of which cells an expression reads, and their sums together."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from metrics.dimensions import Cut
from metrics.engine.windows import Sums, Window
from metrics.expressions import Expression, Only, linears
from metrics.scopes import ScopeKey


class Read(NamedTuple):
    """A window, with the members of a dimension that it stands for, None for all."""

    window: Window
    only: Only | None


def reads_of(
    expression: Expression, scope: ScopeKey, start: int, end: int
) -> tuple[Read, ...]:
    """Return the windows of an expression; of members, the cells of the same team."""
    wanted = frozenset().union(*(each.reads for each in linears(expression)))
    found = []
    for axis, only in wanted:
        if only is None:
            found.append(Read(Window(axis, scope, start, end), None))
            continue
        team = scope.member if scope.cut == Cut.TEAM else 0
        for member in only.members:
            cell = ScopeKey(only.cut, member, team)
            found.append(Read(Window(axis, cell, start, end), only))
    return tuple(found)


def merged(reads: Iterable[Read], sums: dict[Window, Sums]) -> Sums:
    """Return the sums of all windows of an expression together."""
    found: Sums = {}
    for window, only in reads:
        if only is None:
            found |= sums.get(window, {})
            continue
        for ref, value in sums.get(window, {}).items():
            of_members = replace(ref, only=only)
            found[of_members] = found.get(of_members, 0) + value
    return found
