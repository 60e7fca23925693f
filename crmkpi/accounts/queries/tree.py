"""Reads for the pages on which administrators arrange teams."""

from dataclasses import dataclass
from datetime import date

from crmkpi.accounts.models import ALWAYS, FOREVER, Membership, Team, TeamParent
from crmkpi.accounts.queries.access import WORKING_ROLES
from crmkpi.accounts.queries.people import MembershipLine, membership_line
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.lib.periods import from_day

Role = Membership.Role


@dataclass(frozen=True)
class TeamLine:
    """A team in the tree of today."""

    team: Team
    depth: int  # 0 for the root team
    managers: list[str]  # names of those who manage or lead it today
    people: int  # agents and leads of today, of this team alone


@dataclass(frozen=True)
class PlaceLine:
    """Under which team a team stands; both days belong to it."""

    parent: Team
    first: date | None  # None: for as long as anybody knows
    last: date | None  # None: until further notice


@dataclass(frozen=True)
class TeamPage:
    """All that the page of a team shows."""

    team: Team
    is_root: bool
    places: list[PlaceLine]  # latest first
    members: list[tuple[str, int, MembershipLine]]  # name, id, of today


def team_tree(*, day: int) -> list[TeamLine]:
    """Return every team below the one it stands under today, by name. Queries: 5."""
    directory = TeamDirectory.load()
    teams = Team.objects.in_bulk()
    managers: dict[int, list[str]] = {}
    people: dict[int, set[int]] = {}
    stints = Membership.objects.on(day).order_by("user__name", "pk")
    for team_id, role, user_id, name in stints.values_list(
        "team_id", "role", "user_id", "user__name"
    ):
        if role in WORKING_ROLES:
            people.setdefault(team_id, set()).add(user_id)
        if role in (Role.MANAGER, Role.LEAD):
            managers.setdefault(team_id, []).append(name)

    def path(team: Team) -> list[str]:
        above = directory.ancestors(team.pk, day)
        return [teams[team_id].name for team_id in reversed(above) if team_id in teams]

    return [
        TeamLine(
            team=team,
            depth=len(directory.ancestors(team.pk, day)) - 1,
            managers=managers.get(team.pk, []),
            people=len(people.get(team.pk, ())),
        )
        for team in sorted(teams.values(), key=path)
    ]


def team_page(team: Team, *, root_id: int | None, day: int) -> TeamPage:
    """Return what the page of a team shows. Queries: 2."""
    places = TeamParent.objects.filter(team=team).select_related("parent")
    stints = Membership.objects.on(day).filter(team=team)
    return TeamPage(
        team=team,
        is_root=team.pk == root_id,
        places=[
            PlaceLine(
                parent=place.parent,
                first=from_day(place.since_day) if place.since_day > ALWAYS else None,
                last=(
                    from_day(place.until_day - 1) if place.until_day < FOREVER else None
                ),
            )
            for place in places.order_by("-since_day")
        ],
        members=[
            (str(stint.user), stint.user_id, membership_line(stint, day=day))
            for stint in stints.select_related("user", "team").order_by(
                "role", "user__name", "pk"
            )
        ],
    )
