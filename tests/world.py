"""The cast of the tests and the moment at which they play.

Company
├── Support EMEA        Ana (manager)
│   └── Support Berlin  Lee (lead), Alice and Bob (agents)
└── Sales
    └── Sales North     Carl (lead), Cleo (agent): outsiders to Support
Mona manages and Nora analyses the whole company; Adam is administrator and no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from crmkpi.accounts import services
from crmkpi.accounts.access import Access
from crmkpi.accounts.models import (
    ALWAYS,
    ApiKey,
    Membership,
    Organisation,
    Team,
    TeamParent,
    User,
)
from crmkpi.accounts.queries import access_of
from crmkpi.accounts.services.tree import rebuild_team_edges
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
    """Create the cast; call it once for a test or a module, inside its transaction.

    Written in bulk, as the services would leave it, minus their audit events: nearly
    every test starts here.
    """
    org = Organisation.objects.select_related("root_team").get(pk=1)
    org.name, org.zone, org.calendar_version = "Northwind", "Europe/Berlin", 2
    org.save()
    company = org.root_team
    assert company is not None
    support, berlin, sales, north = Team.objects.bulk_create(
        [
            Team(name=name, slug=slugify(name))
            for name in ("Support EMEA", "Support Berlin", "Sales", "Sales North")
        ]
    )
    TeamParent.objects.bulk_create(  # the others stand below the root by themselves
        [
            TeamParent(team=berlin, parent=support),
            TeamParent(team=north, parent=sales),
        ]
    )
    rebuild_team_edges()
    cast: dict[str, tuple[Team, str] | None] = {
        "Ana": (support, Role.MANAGER),
        "Lee": (berlin, Role.LEAD),
        "Alice": (berlin, Role.AGENT),
        "Bob": (berlin, Role.AGENT),
        "Carl": (north, Role.LEAD),
        "Cleo": (north, Role.AGENT),
        "Mona": (company, Role.MANAGER),
        "Nora": (company, Role.ANALYST),
        "Adam": None,
    }
    people = dict(zip(cast, User.objects.bulk_create(_users(cast)), strict=True))
    Membership.objects.bulk_create(
        [
            Membership(user=people[name], team=held[0], role=held[1])
            for name, held in cast.items()
            if held is not None
        ]
    )
    key, plain = services.create_api_key(
        name="Wallboard",
        scopes=[ApiKey.Scope.READ_METRICS],
        teams=[support],
        actor=people["Adam"],
        now=NOW,
    )
    return World(
        org=org,
        company=company,
        support=support,
        berlin=berlin,
        sales=sales,
        north=north,
        key=key,
        plain_key=plain,
        **{name.lower(): user for name, user in people.items()},
    )


def _users(names: Iterable[str]) -> list[User]:
    return [
        User(
            email=f"{name.lower()}@example.com",
            password=_hashed(),
            name=name,
            is_administrator=name == "Adam",
            joined_at=NOW,
        )
        for name in names
    ]


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


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
