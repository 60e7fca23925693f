"""Sets of customers at two dates: what sums of cells cannot tell."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q

from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import CustomerSpell
from metrics.dimensions import DIMENSIONS, Cut
from metrics.scopes import ScopeKey


class CohortWindow(NamedTuple):
    """A scope with the days [start, end) over which its customers are followed."""

    scope: ScopeKey
    start: int
    end: int


class Followed(NamedTuple):
    """How many were active at the start, and how many of them still at the end."""

    started: int
    stayed: int


def follow_customers(
    windows: Iterable[CohortWindow],
) -> dict[CohortWindow, Followed]:
    """Return how many customers of each scope were active at both ends of a window.

    A customer belongs to who owned it at the start; one that left and came back in
    between is counted as having stayed; one acquired in the window is in neither.

    Empty: nobody active at the start gives Followed(0, 0).

    Time: active at the start is active at the end of the day before it.

    Queries: 1 for each distinct day.

    Example: 3 active on 31 March, of whom 1 has left by 30 April and 1 joined on
    5 April: Followed(started=3, stayed=2) for April.
    """
    wanted = set(windows)
    days = {window.start - 1 for window in wanted} | {each.end - 1 for each in wanted}
    active = {day: _active_on(day) for day in days}
    teams = TeamDirectory.load()
    found = {}
    for window in wanted:
        before, after = active[window.start - 1], active[window.end - 1]
        mine = [
            customer
            for customer, owner in before.items()
            if _belongs(owner, window.scope, window.start - 1, teams)
        ]
        stayed = sum(1 for customer in mine if customer in after)
        found[window] = Followed(len(mine), stayed)
    return found


class _Owner(NamedTuple):
    agent: int
    team: int
    segment: int
    industry: int


def _active_on(day: int) -> dict[int, _Owner]:
    """Return the customers active on a day with who owned them. Queries: 1."""
    spells = CustomerSpell.objects.filter(
        Q(ended_day__isnull=True) | Q(ended_day__gt=day),
        started_day__lte=day,
        customer__exclusion=0,
    )
    rows = spells.values_list(
        "customer_id", "agent_id", "team_id", "segment_id", "industry_id"
    )
    return {
        customer: _Owner(*(each or 0 for each in owner)) for customer, *owner in rows
    }


def _belongs(owner: _Owner, scope: ScopeKey, day: int, teams: TeamDirectory) -> bool:
    if scope.cut == Cut.COMPANY:
        return True
    if scope.cut == Cut.AGENT:
        return owner.agent == scope.member
    if scope.cut == Cut.TEAM:
        return _in_team(owner, scope.member, day, teams)
    held = getattr(owner, DIMENSIONS[Cut(scope.cut)].column, None)
    if held != scope.member:
        return False
    return not scope.other or _in_team(owner, scope.other, day, teams)


def _in_team(owner: _Owner, team: int, day: int, teams: TeamDirectory) -> bool:
    return bool(owner.team) and team in teams.ancestors(owner.team, day)


def retention(windows: Iterable[CohortWindow]) -> dict[CohortWindow, tuple[int, int]]:
    """Return (stayed, started) for each window."""
    followed = follow_customers(windows)
    return {window: (each.stayed, each.started) for window, each in followed.items()}


def churn(windows: Iterable[CohortWindow]) -> dict[CohortWindow, tuple[int, int]]:
    """Return (left, started) for each window: the same people as retention."""
    followed = follow_customers(windows)
    return {
        window: (each.started - each.stayed, each.started)
        for window, each in followed.items()
    }
