"""Who may see what."""

from collections.abc import Iterable
from hashlib import blake2b

from django.db.models import Case, QuerySet, Subquery, When

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import (
    AgentIdentity,
    ApiKey,
    Membership,
    Organisation,
    Team,
    TeamEdge,
    User,
)

Role = Membership.Role
# Whose personal scorecards belong to a team.
WORKING_ROLES = (Role.AGENT, Role.LEAD)
HOME_ROLES = (Role.MANAGER, Role.LEAD, Role.ANALYST)


def access_of(user: User, *, day: int) -> Access:
    """Return what a person may see and do on a local day.

    An agent sees the own figures, a lead the own team, a manager or analyst a team
    and all that stand below it on that day; several memberships add up.

    Empty: no membership gives no figures, to administrators neither.
    Queries: 2 (1 when there is no team to read)
    """
    if not user.is_active:
        return Access(user_id=user.pk, day=day, version="inactive")
    read, managed, own = set[int](), set[int](), set[int]()
    sees_company = False
    for role, team_id, below_id, root_id in _roles(user, day):
        if role == Role.AGENT:
            own.add(team_id)
        elif role == Role.LEAD:
            read.add(team_id)
        else:
            read.add(below_id)
            sees_company |= team_id == root_id
            if role == Role.MANAGER:
                managed.add(below_id)
    return _access(
        user_id=user.pk,
        day=day,
        is_administrator=user.is_administrator,
        sees_company=sees_company,
        team_ids=frozenset(read),
        managed_team_ids=frozenset(managed),
        own_team_ids=frozenset(own),
    )


def access_of_key(key: ApiKey, *, day: int) -> Access:
    """Return what an API key may read on a local day.

    A key for teams sees them and all that stand below them on that day; a key for
    the whole company sees everything.

    Queries: 2
    """
    edges = _edges_on(day)
    if key.whole_company:
        edges = edges.filter(ancestor__in=Organisation.objects.values("root_team"))
    else:
        edges = edges.filter(
            ancestor__in=key.teams.through.objects.filter(apikey_id=key.pk).values(
                "team_id"
            )
        )
    return _access(
        user_id=0,
        day=day,
        sees_company=key.whole_company,
        team_ids=frozenset(edges.values_list("descendant_id", flat=True)),
        scopes=frozenset(key.scopes),
    )


def home_team(access: Access) -> Team | None:
    """Return the team whose scorecard greets a reader: managed, else led, else read.

    Empty: None for those who open no team.
    Queries: 1 (none for those who open no team)
    """
    if not access.team_ids:
        return None
    rank = Case(
        *[When(role=role, then=place) for place, role in enumerate(HOME_ROLES)],
        default=len(HOME_ROLES),
    )
    home = (
        Membership.objects.on(access.day)
        .filter(user=access.user_id, role__in=HOME_ROLES)
        .select_related("team")
        .order_by(rank, "-since_day", "team__name")
        .first()
    )
    return home.team if home else None


def people_of(
    team_ids: Iterable[int], *, day: int, whole_company: bool = False
) -> frozenset[int]:
    """Return who worked or works in these teams, up to a local day.

    For the whole company also people met in imports whom nobody gave a team yet.

    Queries: 1 (none without teams)
    """
    teams = list(team_ids)
    if not teams and not whole_company:
        return frozenset()
    people: QuerySet[Membership, int] = (
        Membership.objects.filter(
            team__in=teams, role__in=WORKING_ROLES, since_day__lte=day
        )
        .order_by()
        .values_list("user_id", flat=True)
    )
    if whole_company:
        identities = AgentIdentity.objects.order_by().values_list("user_id", flat=True)
        return frozenset(people.union(identities))
    return frozenset(people.distinct())


def _roles(user: User, day: int) -> Iterable[tuple[str, int, int, int]]:
    """Return role, team, each team below it and the root team, for one person."""
    return (
        Membership.objects.on(day)
        .filter(
            user=user,
            team__edges_down__since_day__lte=day,
            team__edges_down__until_day__gt=day,
        )
        .values_list(
            "role",
            "team_id",
            "team__edges_down__descendant_id",
            Subquery(Organisation.objects.values("root_team_id")[:1]),
        )
    )


def _edges_on(day: int) -> QuerySet[TeamEdge]:
    return TeamEdge.objects.filter(since_day__lte=day, until_day__gt=day)


def _access(
    *,
    user_id: int,
    day: int,
    is_administrator: bool = False,
    sees_company: bool = False,
    team_ids: frozenset[int] = frozenset(),
    managed_team_ids: frozenset[int] = frozenset(),
    own_team_ids: frozenset[int] = frozenset(),
    scopes: frozenset[str] | None = None,
) -> Access:
    agent_ids = people_of(team_ids, day=day, whole_company=sees_company)
    rights = (
        user_id,
        is_administrator,
        sees_company,
        sorted(team_ids),
        sorted(managed_team_ids),
        sorted(own_team_ids),
        sorted(agent_ids),
        sorted(scopes) if scopes is not None else None,
    )
    return Access(
        user_id=user_id,
        day=day,
        is_administrator=is_administrator,
        sees_company=sees_company,
        team_ids=team_ids,
        managed_team_ids=managed_team_ids,
        own_team_ids=own_team_ids,
        agent_ids=agent_ids,
        scopes=scopes,
        version=blake2b(repr(rights).encode(), digest_size=8).hexdigest(),
    )
