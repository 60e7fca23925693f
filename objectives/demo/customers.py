"""Who buys at Fjordlight: accounts with their traits and their contacts."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from random import Random
from unicodedata import normalize

from objectives.demo import organisation as org
from objectives.demo.people import AGENTS
from objectives.demo.story import Story, at, draw
from objectives.demo.words import FIRST_NAMES, KINDS, LAST_NAMES, PLACES

EARLY_ACCOUNTS = 1500  # that bought before the history begins
EARLY_DAYS = 540  # in which they did so for the first time

HOME, SMALL, MIDSIZE, ENTERPRISE = "Home", "Small business", "Mid-market", "Enterprise"
SEGMENTS = (HOME, SMALL, MIDSIZE, ENTERPRISE)
SEGMENT_SHARES = (34, 36, 20, 10)
EMPLOYEES = {SMALL: (2, 45), MIDSIZE: (50, 480), ENTERPRISE: (500, 9000)}
CHANNELS = ("web", "email", "phone", "partner", "in person", "social")
CHANNEL_SHARES = (40, 14, 16, 12, 10, 8)
COUNTRIES = (  # country, region, language, share
    ("Germany", "North", "de", 26),
    ("Germany", "South", "de", 24),
    ("Denmark", "North", "en", 9),
    ("Sweden", "North", "en", 5),
    ("Austria", "South", "de", 8),
    ("Switzerland", "South", "de", 6),
    ("Netherlands", "International", "en", 7),
    ("Poland", "International", "en", 5),
    ("United Arab Emirates", "International", "ar", 6),
    ("Egypt", "International", "ar", 4),
)
_COUNTRY_SHARES = tuple(share for *_rest, share in COUNTRIES)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at an account."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Account:
    """A customer, or somebody who was about to become one."""

    id: str
    since: datetime  # from when Fjordlight knows it
    name: str
    segment: str
    industry: str
    region: str
    country: str
    language: str
    employees: int | None
    owner: str
    channel: str
    campaign: str
    referred_by: str
    contacts: tuple[Contact, ...]

    @property
    def moments(self) -> tuple[datetime, ...]:
        return (self.since,)

    def row(self, as_of: datetime) -> dict[str, object]:
        return {
            "external_id": self.id,
            "name": self.name,
            "owner": self.owner,
            "industry": self.industry,
            "region": self.region,
            "segment": self.segment,
            "country": self.country,
            "employees": self.employees,
            "language": self.language,
            "channel": self.channel,
            "campaign": self.campaign,
            "referred_by": self.referred_by,
        }

    def contact_rows(self) -> list[dict[str, object]]:
        return [
            {
                "external_id": contact.id,
                "customer": self.id,
                "name": contact.name,
                "email": contact.email,
                "language": self.language,
            }
            for contact in self.contacts
        ]


def account(
    key: str,
    since: datetime,
    *,
    owner: str = "",
    channel: str = "",
    campaign: str = "",
    referred_by: str = "",
) -> Account:
    """Return the account of a key; what is not given is drawn for it."""
    rng = draw("account", key)
    segment = rng.choices(SEGMENTS, SEGMENT_SHARES)[0]
    country, region, language, _share = rng.choices(COUNTRIES, _COUNTRY_SHARES)[0]
    person = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    industry, name = "Households", person
    if segment != HOME:
        industry = rng.choice(tuple(KINDS))
        name = f"{rng.choice(PLACES)} {rng.choice(KINDS[industry])}"
    return Account(
        id=f"A-{key}",
        since=since,
        name=name,
        segment=segment,
        industry=industry,
        region=region,
        country=country,
        language=language,
        employees=rng.randint(*EMPLOYEES[segment]) if segment in EMPLOYEES else None,
        owner=owner or _owner(rng, region, segment),
        channel=channel or rng.choices(CHANNELS, CHANNEL_SHARES)[0],
        campaign=campaign,
        referred_by=referred_by,
        contacts=tuple(_contacts(rng, key, name, segment, person)),
    )


def _owner(rng: Random, region: str, segment: str) -> str:
    team = org.TEAM_OF_REGION[region]
    if segment in (MIDSIZE, ENTERPRISE) and rng.random() < 0.5:
        team = org.RENEWALS
    return rng.choice(AGENTS[team])


def _contacts(
    rng: Random, key: str, company: str, segment: str, person: str
) -> Iterable[Contact]:
    house = "post" if segment == HOME else _plain(company)
    yield _contact(f"P-{key}", person, f"{house}.example")
    if segment in (MIDSIZE, ENTERPRISE):
        second = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        yield _contact(f"P-{key}-2", second, f"{house}.example")


def _contact(key: str, name: str, domain: str) -> Contact:
    # Names come twice, addresses must not.
    return Contact(key, name, f"{_plain(name)}.{key[2:].lower()}@{domain}")


@cache
def _plain(text: str) -> str:
    """Return a name as part of an address."""
    letters = normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "-".join(letters.split())


def early_accounts(story: Story) -> list[Account]:
    """Return the accounts that were customers before the history begins."""
    count = round(EARLY_ACCOUNTS * story.scale)
    found = []
    for place in range(count):
        key = f"{place + 1:05d}"
        rng = draw("early", key)
        day = story.start - 1 - int(EARLY_DAYS * rng.random())
        found.append(account(key, at(day, rng.uniform(8 * 60, 18 * 60))))
    return found


class Buyers:
    """The accounts that have bought, in the order of their first purchase."""

    def __init__(self, firsts: Sequence[tuple[int, Account]]) -> None:
        ordered = sorted(firsts, key=lambda first: (first[0], first[1].id))
        self._days = [day for day, _account in ordered]
        self._accounts = [account for _day, account in ordered]

    def pick(self, rng: Random, day: int) -> Account:
        """Return one that had bought before a day."""
        count = bisect_left(self._days, day)
        return self._accounts[int(rng.random() * count)]
