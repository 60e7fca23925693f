"""Sums over rows that a rule picks: what sums of cells cannot tell."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, F, Sum, Value

from metrics.dimensions import Cut
from metrics.engine.ancestry import Ancestry
from metrics.expressions import Cohort, Span
from metrics.measures import AXES
from metrics.scopes import ScopeKey


class CohortWindow(NamedTuple):
    """A scope with its days [start, end) and the days before them."""

    scope: ScopeKey
    span: Span

    @property
    def start(self) -> int:
        return self.span.start

    @property
    def end(self) -> int:
        return self.span.end


class Sides(NamedTuple):
    """What the picked rows add up to."""

    above: int
    below: int
    rows: int


NOTHING = Sides(0, 0, 0)
BIG = BigIntegerField()


ARMS = 100  # of one statement; SQLite takes 500 at most
KEYS = 3  # member, team, day: what rows are grouped by at most
Asked = tuple[Cohort, CohortWindow]


class _Arm(NamedTuple):
    """The windows of one cohort that one part of a statement reads."""

    cohort: Cohort
    span: Span
    cut: Cut
    scopes: set[ScopeKey]

    @property
    def by_team(self) -> bool:
        return self.cut is Cut.TEAM or any(scope.other for scope in self.scopes)

    @property
    def groups(self) -> list[str]:
        axis = AXES[self.cohort.axis]
        is_whole = self.cut in (Cut.COMPANY, Cut.TEAM)
        groups = [] if is_whole else [axis.column(self.cut)]
        if self.by_team:
            groups += [axis.team(), *([] if self.cohort.on else [axis.when])]
        return groups


def read_cohorts(asked: Iterable[Asked]) -> dict[Asked, Sides]:
    """Return the sums of what the picked rows add, for each cohort, scope and span.

    Empty: no rows give zeros.

    Time: a row counts for the team it had, and for those above that on the day that
    the rule names.

    Queries: 1 for every ARMS cohorts, spans and kinds of scope, and 1 for the teams.

    Example: 3 customers active on 31 March, of whom 1 has left by 30 April: for
    retention in April Sides(above=2, below=3, rows=3).
    """
    wanted = list(asked)
    by_arm: dict[tuple[Cohort, Span, Cut], set[ScopeKey]] = defaultdict(set)
    for cohort, window in wanted:
        by_arm[cohort, window.span, Cut(window.scope.cut)].add(window.scope)
    arms = [_Arm(*key, scopes) for key, scopes in by_arm.items()]
    teams = Ancestry(window.scope for _cohort, window in wanted)
    sums: dict[tuple[Cohort, Span, Cut], dict[tuple[int, int], Sides]] = {}
    for start in range(0, len(arms), ARMS):
        some = arms[start : start + ARMS]
        for arm, rows in zip(some, _read_together(some), strict=True):
            sums[arm[:3]] = _summed(arm, rows, teams)
    found: dict[Asked, Sides] = {}
    for cohort, window in wanted:
        scope = window.scope
        of_arm = sums[cohort, window.span, Cut(scope.cut)]
        found[cohort, window] = of_arm.get((scope.member, scope.other), NOTHING)
    return found


def _read_together(arms: Sequence[_Arm]) -> list[list[tuple[Any, ...]]]:
    """Return for each arm its rows (keys…, above, below, rows). Queries: 1."""
    first, *others = (_query(at, arm) for at, arm in enumerate(arms))
    found: list[list[tuple[Any, ...]]] = [[] for _arm in arms]
    for at, *rest in first.union(*others, all=True) if others else first:
        found[at].append(tuple(rest))
    return found


def _query(at: int, arm: _Arm) -> Any:
    """Return the sums of one arm by its groups; all arms have the same columns."""
    axis, (cohort, span, cut, scopes) = AXES[arm.cohort.axis], arm
    rows = axis.fact._default_manager.filter(axis.base, cohort.rows(span)).order_by()
    members = {scope.member for scope in scopes}
    if cut not in (Cut.COMPANY, Cut.TEAM) and 0 not in members:
        rows = rows.filter(**{f"{axis.column(cut)}__in": members})
    sums: dict[str, Any] = {"above_sum": Count("pk"), "below_sum": Count("pk")}
    for name, side in (("above", cohort.above), ("below", cohort.below)):
        if side is not None:
            rows = rows.annotate(**{f"one_{name}": side(span)})
            sums[f"{name}_sum"] = Sum(f"one_{name}")
    keys: dict[str, Any] = {
        f"key_{number}": Value(0, BIG) for number in range(KEYS)
    } | {f"key_{number}": F(column) for number, column in enumerate(arm.groups)}
    grouped = rows.annotate(arm=Value(at, BIG), **keys).values("arm", *keys)
    summed = grouped.annotate(**sums, row_count=Count("pk"))
    return summed.values_list("arm", *keys, *sums, "row_count")


def _summed(
    arm: _Arm, rows: Iterable[tuple[Any, ...]], teams: Ancestry
) -> dict[tuple[int, int], Sides]:
    """Return the sums of one arm by scope, as (member, other)."""
    found: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    width = len(arm.groups)
    for row in rows:
        for scope in _scopes(arm, row[:width], teams):
            for at, number in enumerate(row[KEYS:]):
                found[scope][at] += int(number or 0)
    return {scope: Sides(*sides) for scope, sides in found.items()}


def _scopes(arm: _Arm, keys: Sequence[Any], teams: Ancestry) -> list[tuple[int, int]]:
    """Return the scopes (member, other) that a group counts for."""
    if arm.cut is Cut.COMPANY:
        return [(0, 0)]
    above: list[int] = []
    if arm.by_team:
        on = arm.cohort.on
        team, day = (keys[-1], on(arm.span)) if on else (keys[-2], keys[-1])
        above = teams.above(team, day)
    if arm.cut is Cut.TEAM:
        return [(each, 0) for each in above]
    member = keys[0] or 0
    return [(member, 0), *((member, each) for each in above)]
