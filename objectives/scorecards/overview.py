"""All scorecards that a reader may open: the company, teams, and their people."""

from collections import defaultdict
from dataclasses import dataclass

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Membership, Organisation, Team, TeamEdge
from objectives.evaluation import latest_evaluations, rolled_up
from objectives.models import KeyResult, Objective
from objectives.scoring import Rollup

Role = Membership.Role


@dataclass(frozen=True)
class Person:
    """Somebody whose own scorecard is open to the reader."""

    pk: int
    name: str


@dataclass(frozen=True)
class TeamLine:
    """A team in the list of scorecards."""

    team: Team
    depth: int  # 0 for a team that stands below none of the listed ones
    is_company: bool
    rollup: Rollup | None  # None without running key results
    people: list[Person]  # agents and leads of today, by name


@dataclass(frozen=True)
class Overview:
    """The page that lists scorecards."""

    teams: list[TeamLine]  # from the top down
    has_own: bool  # whether the reader has one too


def overview(*, access: Access, organisation: Organisation) -> Overview:
    """Return the scorecards that are open to a reader.

    Queries: 5
    """
    teams = list(Team.objects.filter(pk__in=access.team_ids, is_active=True))
    above = _above(access)
    people = _people(access)
    rollups = _rollups(access)
    names = {team.pk: team.name for team in teams}

    def chain(team: Team) -> list[int]:
        """Return the listed teams above this one, from the top, and itself."""
        over = [pk for pk in above[team.pk] if pk in names and pk != team.pk]
        return [*sorted(over, key=lambda pk: len(above[pk])), team.pk]

    lines = [
        TeamLine(
            team=team,
            depth=len(chain(team)) - 1,
            is_company=access.sees_company and team.pk == organisation.root_team_id,
            rollup=rollups.get(team.pk),
            people=people[team.pk],
        )
        for team in teams
    ]
    lines.sort(key=lambda line: [names[pk].casefold() for pk in chain(line.team)])
    return Overview(lines, has_own=bool(access.own_team_ids))


def _above(access: Access) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    edges = TeamEdge.objects.filter(since_day__lte=access.day, until_day__gt=access.day)
    for below, ancestor in edges.values_list("descendant_id", "ancestor_id"):
        found[below].add(ancestor)
    return found


def _people(access: Access) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    held = Membership.objects.on(access.day).filter(
        team__in=access.team_ids, role__in=(Role.AGENT, Role.LEAD)
    )
    rows = held.order_by("user__name", "user").values_list(
        "team_id", "user_id", "user__name"
    )
    for team, pk, name in rows.distinct():
        if pk in access.agent_ids:
            found[team].append(Person(pk, name))
    return found


def _rollups(access: Access) -> dict[int, Rollup]:
    """Return where each team stands by its key results of the running cycles."""
    results = KeyResult.objects.visible_to(access).filter(
        objective__team__in=access.team_ids,
        objective__state=Objective.State.ACTIVE,
        objective__cycle__start_day__lte=access.day,
        objective__cycle__end_day__gt=access.day,
        is_cancelled=False,
    )
    by_team: dict[int, list[KeyResult]] = defaultdict(list)
    for each in results.select_related("objective"):
        by_team[each.objective.team_id].append(each)
    evaluations = latest_evaluations(each for some in by_team.values() for each in some)
    return {
        team: rolled_up((each, evaluations.get(each.pk)) for each in some)
        for team, some in by_team.items()
    }
