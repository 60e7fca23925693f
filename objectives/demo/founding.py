"""Founds Fjordlight: the organisation, its teams, its people and who may sign in."""

from dataclasses import dataclass
from datetime import date, datetime

from crmkpi.accounts import services
from crmkpi.accounts.models import Team, User
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.ingest.services import ingest
from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo import people
from objectives.demo.story import HOURS, YEARS, ZONE, Story, holidays
from objectives.demo.world import CRM

ALWAYS = date(2015, 1, 1)  # before anything that is told
YEARS_AHEAD = 3  # for which holidays are entered


@dataclass(frozen=True)
class SignIn:
    """Somebody who can sign in, and what for."""

    role: str
    name: str

    @property
    def email(self) -> str:
        return people.email_of(self.name)


SIGN_INS = (
    SignIn("Manager of the company", people.MANAGERS[org.NAME]),
    SignIn(f"Manager of {org.SERVICE}", people.MANAGERS[org.SERVICE]),
    SignIn(f"Lead of {org.SERVICE_BERLIN}", people.DEMO_LEAD),
    SignIn(f"Agent in {org.SERVICE_BERLIN}", people.DEMO_AGENT),
    SignIn("Analyst of the company", people.ANALYST_NAME),
    SignIn("Administrator", people.ADMINISTRATOR_NAME),
)


def found(story: Story, *, now: datetime) -> None:
    """Set up the organisation with its teams and people; doing it twice is harmless."""
    first = from_day(story.start).year - YEARS
    years = range(first, from_day(story.month).year + YEARS_AHEAD)
    services.update_organisation(
        actor=None,
        now=now,
        name=org.NAME,
        zone=ZONE,
        currency=org.CURRENCY,
        business_hours=HOURS,
        holidays=[holiday for year in years for holiday in holidays(year)],
    )
    root = Team.objects.get(pk=get_organisation().root_team_id or 0)
    services.update_team(team=root, name=org.NAME, actor=None, now=now)
    ingest("team", _teams(), source=CRM, now=now)
    ingest("team", _regrouped(story), source=CRM, now=now)
    ingest("agent", _people(story), source=CRM, now=now)


def _teams() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"name": name} for name in org.DEPARTMENTS]
    rows += [
        {
            "name": team.name,
            "parent": team.department,
            "region": team.region,
            "since": ALWAYS,
        }
        for team in org.TEAMS
    ]
    return rows


def _regrouped(story: Story) -> list[dict[str, object]]:
    since = from_day(story.regrouping)
    return [
        {"name": team.name, "parent": team.later, "since": since}
        for team in org.TEAMS
        if team.later
    ]


def _people(story: Story) -> list[dict[str, object]]:
    return [
        {
            "name": stint.name,
            "email": stint.email,
            "team": stint.team,
            "role": stint.role,
            "since": None if stint.since is None else from_day(stint.since),
            "until": None if stint.until is None else from_day(stint.until),
        }
        for stint in people.stints(story)
    ]


def open_doors(password: str, *, now: datetime) -> None:
    """Let the people of SIGN_INS sign in; who already can keeps the password."""
    for each in SIGN_INS:
        user = User.objects.filter(email=each.email).first()
        if user is not None and user.has_usable_password():
            continue
        _invitation, token = services.invite_user(
            email=each.email,
            name=each.name,
            user=user,
            is_administrator=each.name == people.ADMINISTRATOR_NAME,
            actor=None,
            now=now,
        )
        services.accept_invitation(
            token=token, name=each.name, password=password, now=now
        )


def person(name: str) -> User:
    """Return one of Fjordlight's people."""
    found: User = User.objects.get(email=people.email_of(name))
    return found
