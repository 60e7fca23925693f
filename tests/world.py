"""The cast of the tests and the moment at which they play.

Company
├── Support EMEA        Ana (manager)
│   └── Support Berlin  Lee (lead), Alice and Bob (agents)
└── Sales
    └── Sales North     Carl (lead), Cleo (agent): outsiders to Support
Mona manages and Nora analyses the whole company; Adam is administrator and no more.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from crmkpi.accounts import services
from crmkpi.accounts.access import Access
from crmkpi.accounts.models import ALWAYS, ApiKey, Membership, Organisation, Team, User
from crmkpi.accounts.queries import access_of
from crmkpi.lib.periods import to_day

NOW = datetime(2026, 2, 13, 12, 0, tzinfo=UTC)
TODAY = to_day(date(2026, 2, 13))
PASSWORD = "a long enough phrase"

Role = Membership.Role


def day(text: str) -> int:
    """Return the number of a local day: day("2026-02-13") == TODAY."""
    return to_day(date.fromisoformat(text))


@dataclass(frozen=True)
class World:
    org: Organisation
    company: Team
    support: Team
    berlin: Team
    sales: Team
    north: Team
    ana: User  # manager of Support EMEA
    lee: User  # lead of Support Berlin
    alice: User  # agents of Support Berlin
    bob: User
    carl: User  # lead of Sales North
    cleo: User  # agent of Sales North
    mona: User  # manager of the company
    nora: User  # analyst of the company
    adam: User  # administrator without a role
    key: ApiKey  # reads metrics of Support EMEA
    plain_key: str

    def access(self, user: User) -> Access:
        return access_of(user, day=TODAY)


def build_world() -> World:
    """Create the cast; call it once for a test or a module, inside its transaction."""
    org = services.update_organisation(
        actor=None, now=NOW, name="Northwind", zone="Europe/Berlin"
    )
    support = team("Support EMEA")
    berlin = team("Support Berlin", parent=support)
    sales = team("Sales")
    north = team("Sales North", parent=sales)
    adam = person("Adam", is_administrator=True)
    key, plain = services.create_api_key(
        name="Wallboard",
        scopes=[ApiKey.Scope.READ_METRICS],
        teams=[support],
        actor=adam,
        now=NOW,
    )
    assert org.root_team is not None
    return World(
        org=org,
        company=org.root_team,
        support=support,
        berlin=berlin,
        sales=sales,
        north=north,
        ana=person("Ana", support, Role.MANAGER),
        lee=person("Lee", berlin, Role.LEAD),
        alice=person("Alice", berlin, Role.AGENT),
        bob=person("Bob", berlin, Role.AGENT),
        carl=person("Carl", north, Role.LEAD),
        cleo=person("Cleo", north, Role.AGENT),
        mona=person("Mona", org.root_team, Role.MANAGER),
        nora=person("Nora", org.root_team, Role.ANALYST),
        adam=adam,
        key=key,
        plain_key=plain,
    )


def team(name: str, *, parent: Team | None = None, region: str = "") -> Team:
    return services.add_team(
        name=name, parent=parent, region=region, actor=None, now=NOW
    )


def person(
    name: str,
    team: Team | None = None,
    role: str = Role.AGENT,
    *,
    since: str | None = None,
    is_administrator: bool = False,
) -> User:
    """Return somebody who can sign in as name@example.com with PASSWORD."""
    user: User = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@example.com",
        PASSWORD,
        name=name,
        is_administrator=is_administrator,
        joined_at=NOW,
    )
    if team is not None:
        services.set_membership(
            user=user,
            team=team,
            role=role,
            since_day=day(since) if since else ALWAYS,
            actor=None,
            now=NOW,
        )
    return user
