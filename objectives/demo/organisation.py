"""Fjordlight's departments and teams, and how they are placed."""

from dataclasses import dataclass

from objectives.demo.story import Story

NAME = "Fjordlight"
CURRENCY = "EUR"

SALES = "Sales"
SERVICE = "Customer Service"
SUCCESS = "Customer Success"
DEPARTMENTS = (SALES, SERVICE, SUCCESS)

SALES_NORTH = "Sales North"
SALES_SOUTH = "Sales South"
INSIDE_SALES = "Inside Sales"
SERVICE_BERLIN = "Service Berlin"
SERVICE_HAMBURG = "Service Hamburg"
TECHNICAL = "Technical Support"
ONBOARDING = "Onboarding"
RENEWALS = "Renewals"


@dataclass(frozen=True)
class TeamPlan:
    """A team below a department, and the one to which it went over later."""

    name: str
    department: str
    region: str = ""
    later: str = ""  # the department since the regrouping


TEAMS = (
    TeamPlan(SALES_NORTH, SALES, "North"),
    TeamPlan(SALES_SOUTH, SALES, "South"),
    TeamPlan(INSIDE_SALES, SALES, "International"),
    TeamPlan(SERVICE_BERLIN, SERVICE, "South"),
    TeamPlan(SERVICE_HAMBURG, SERVICE, "North"),
    TeamPlan(TECHNICAL, SERVICE),
    TeamPlan(ONBOARDING, SALES, later=SUCCESS),
    TeamPlan(RENEWALS, SUCCESS),
)

SALES_TEAMS = (SALES_NORTH, SALES_SOUTH, INSIDE_SALES)
SERVICE_TEAMS = (SERVICE_BERLIN, SERVICE_HAMBURG, TECHNICAL, ONBOARDING)
TEAM_OF_REGION = {team.region: team.name for team in TEAMS[:3]}


def department_of(team: TeamPlan, day: int, story: Story) -> str:
    """Return the department that a team belongs to on a day."""
    return team.later if team.later and day >= story.regrouping else team.department
