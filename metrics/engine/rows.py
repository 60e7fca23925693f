"""Rows of a fact by scope and days: what is behind cells, by the same filters."""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from crmkpi.accounts.models import TeamEdge
from metrics.dimensions import Cut
from metrics.expressions import Only
from metrics.measures.base import Cells
from metrics.scopes import ScopeKey


def rows_of(
    axis: type[Cells], scope: ScopeKey, start: int | None, end: int
) -> QuerySet[Any]:
    """Return the rows of an axis's fact in a scope and window, excluded ones too.

    `start` None takes everything before `end`, rows without a known day too.
    """
    rows = axis.fact._default_manager.filter(
        scope_filter(axis, scope), **{f"{axis.when}__lt": end}
    )
    return rows if start is None else rows.filter(**{f"{axis.when}__gte": start})


def counted(axis: type[Cells], rows: QuerySet[Any], measure: str = "rows") -> Any:
    """Return those of the rows that a measure counts."""
    where = next(each.where for each in axis.measures() if each.name == measure)
    return rows.filter(axis.base & where if where is not None else axis.base)


def scope_filter(axis: type[Cells], scope: ScopeKey) -> Q:
    """Return the filter for rows that counted for a scope when they happened.

    Queries: 1 for a team, none else.
    """
    if scope.cut == Cut.COMPANY:
        return Q()
    if scope.cut == Cut.TEAM:
        return team_filter(axis, scope.member)
    if scope.cut == Cut.AGENT:
        return _is(axis.agent, scope.member)
    found = _is(axis.column(Cut(scope.cut)), scope.member, axis)
    return found & team_filter(axis, scope.other) if scope.other else found


def team_filter(axis: type[Cells], team_id: int) -> Q:
    """Return the filter for rows of a team and all that were below it on their day."""
    below: dict[tuple[int, int], list[int]] = defaultdict(list)
    edges = TeamEdge.objects.filter(ancestor_id=team_id)
    for team, since, until in edges.values_list(
        "descendant_id", "since_day", "until_day"
    ):
        below[since, until].append(team)
    found = Q(pk__in=[])
    for (since, until), teams in below.items():
        days = {f"{axis.when}__gte": since, f"{axis.when}__lt": until}
        found |= Q(**{f"{axis.team()}__in": teams}, **days)
    return found


def among(axis: type[Cells], only: Only) -> Q:
    """Return the filter for rows of some members of a dimension."""
    column = axis.column(Cut(only.cut))
    found = Q(pk__in=[])
    for member in only.members:
        found |= _is(column, member, axis)
    return found


def _is(column: str, member: int, axis: type[Cells] | None = None) -> Q:
    nullable = axis is None or axis.fact._meta.get_field(column).null
    if member == 0 and nullable:
        return Q(**{f"{column}__isnull": True})
    return Q(**{column: member})
