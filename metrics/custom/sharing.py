"""Who may read a metric that somebody made."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import TeamEdge

PRIVATE, TEAM, EVERYBODY = "private", "team", "everybody"


class Audience(NamedTuple):
    """Those who may read: the owner, a team with all below and above it, or all."""

    sharing: str
    team_id: int | None = None
    owner_id: int | None = None


def may_read(audience: Audience, access: Access, around: Collection[int]) -> bool:
    """Whether a reader is among an audience; `around` as of teams_around."""
    if audience.sharing == EVERYBODY:
        return True
    if audience.owner_id is not None and audience.owner_id == access.user_id:
        return True
    return audience.sharing == TEAM and audience.team_id in around


def may_edit(audience: Audience, access: Access, root_id: int | None) -> bool:
    """Whether a reader may change a metric: its owner, and who manages its team.

    What everybody reads is also in the hands of those who manage the whole company.
    """
    if not access.manages:
        return False
    if audience.owner_id is not None and audience.owner_id == access.user_id:
        return True
    if audience.sharing == TEAM and audience.team_id is not None:
        return access.may_manage_team(audience.team_id)
    is_open = audience.sharing == EVERYBODY
    return is_open and root_id is not None and access.may_manage_team(root_id)


def teams_around(access: Access) -> frozenset[int]:
    """Return the teams of a reader and all above them. Queries: 1, none without."""
    mine = access.team_ids | access.own_team_ids
    if not mine:
        return frozenset()
    return frozenset(_above(mine, access.day))


def covers(wide: Audience, narrow: Audience, *, day: int) -> bool:
    """Whether all who may read one metric may read another. Queries: up to 1."""
    if wide.sharing == EVERYBODY:
        return True
    if narrow.sharing == PRIVATE:
        same = wide.owner_id == narrow.owner_id
        return wide.sharing == TEAM or same
    if wide.sharing == PRIVATE or narrow.sharing == EVERYBODY:
        return False
    return wide.team_id in _above([narrow.team_id or 0], day)


def _above(teams: Iterable[int], day: int) -> set[int]:
    edges = TeamEdge.objects.filter(
        descendant__in=list(teams), since_day__lte=day, until_day__gt=day
    )
    return set(edges.values_list("ancestor_id", flat=True))
