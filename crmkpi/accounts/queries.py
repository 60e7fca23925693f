"""Reads about the organisation and about who may see what."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

from django.db.models import QuerySet, Subquery

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import (
    AgentIdentity,
    ApiKey,
    Holiday,
    Membership,
    Organisation,
    TeamEdge,
    User,
)
from crmkpi.lib.business_time import BusinessCalendar, hours_from_json
from crmkpi.lib.periods import Calendar, local_day

Role = Membership.Role
# Whose personal scorecards belong to a team.
WORKING_ROLES = (Role.AGENT, Role.LEAD)


def get_organisation() -> Organisation:
    """Return the one organisation with its root team. Queries: 1."""
    return Organisation.objects.select_related("root_team").get(pk=1)


def get_calendar(org: Organisation) -> Calendar:
    """Return how the organisation cuts days into weeks, quarters and years."""
    return Calendar(week_start=org.week_start, fiscal_month=org.fiscal_month)


def get_business_calendar(org: Organisation) -> BusinessCalendar:
    """Return the organisation's business hours without its holidays. Queries: 1."""
    holidays = frozenset(Holiday.objects.order_by().values_list("day", flat=True))
    return BusinessCalendar(org.zone, hours_from_json(org.business_hours), holidays)


def today(now: datetime, org: Organisation) -> int:
    """Return the organisation's local day of an instant."""
    return local_day(now, org.zone)


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
