"""The people of Fjordlight: what they are, how they work and when they are away."""

from dataclasses import dataclass
from functools import cache
from random import Random
from unicodedata import normalize

from crmkpi.lib.periods import from_day
from objectives.demo import organisation as org
from objectives.demo.story import Story, draw, effect, is_holiday

DOMAIN = "fjordlight.example"
AGENT, LEAD, MANAGER, ANALYST = "agent", "lead", "manager", "analyst"

AGENTS: dict[str, tuple[str, ...]] = {
    org.SALES_NORTH: (
        "Astrid Holm", "Kwame Mensah", "Lena Brandt", "Mikkel Sørensen", "Priya Nair",
    ),
    org.SALES_SOUTH: (
        "Chiara Moretti", "Felix Baumann", "Hana Kovač", "Luís Carvalho", "Zoë Meier",
    ),
    org.INSIDE_SALES: (
        "Amira Haddad", "Daniel Okafor", "Elif Yıldız", "Owen Hughes", "Sofia Lindgren",
    ),
    org.SERVICE_BERLIN: (
        "Bruno Keller", "Fatima Rahmani", "Jana Wolf", "Marek Nowak", "Rosa Jiménez",
        "Tim Schröder", "Yuki Tanaka",
    ),
    org.SERVICE_HAMBURG: (
        "Clara Petersen", "Emre Demir", "Greta Lund", "Ibrahim Traoré", "Nils Hansen",
        "Olena Shevchenko", "Pieter de Vries",
    ),
    org.TECHNICAL: (
        "Arjun Patel", "Dorota Zielińska", "Henrik Dahl", "Leila Farouk", "Marta Silva",
    ),
    org.ONBOARDING: ("Björn Ek", "Camille Laurent", "Noor Aziz"),
    org.RENEWALS: ("Anders Berg", "Giulia Romano", "Thi Mai Nguyen"),
}  # fmt: skip
LEADS = {
    org.SALES_NORTH: "Sven Thorsen",
    org.SALES_SOUTH: "Katharina Huber",
    org.INSIDE_SALES: "Rania Khoury",
    org.SERVICE_BERLIN: "Lukas Engel",
    org.SERVICE_HAMBURG: "Maren Claussen",
    org.TECHNICAL: "Viktor Sokolov",
    org.ONBOARDING: "Ines Fontaine",
    org.RENEWALS: "Paul Adeyemi",
}
MANAGERS = {
    org.NAME: "Ana Duarte",
    org.SALES: "Robert Falk",
    org.SERVICE: "Joanna Reed",
    org.SUCCESS: "Samuel Osei",
}
ANALYST_NAME = "Nora Weiss"
ADMINISTRATOR_NAME = "Adam Novák"

TRANSFERRED = "Marek Nowak"  # from Service Berlin to Technical Support
LEAVER = "Nils Hansen"  # left Service Hamburg when the recall began
NEWCOMER = "Yuki Tanaka"  # still learning, so few customers each week
DEMO_AGENT = "Jana Wolf"
DEMO_LEAD = "Lukas Engel"
HAND_OVER = 14  # days

_PLAIN = {ord("ø"): "o", ord("ı"): "i"}  # letters that are no letter with a mark


@dataclass(frozen=True)
class Stint:
    """What a person is in a team; no first day: for as long as anybody knows."""

    name: str
    team: str  # or department, or the company itself
    role: str
    since: int | None = None
    until: int | None = None  # the last day

    @property
    def email(self) -> str:
        return email_of(self.name)

    def covers(self, day: int) -> bool:
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True)
class Manner:
    """How a person works, compared with the others."""

    pace: float  # times that things take, 1 being usual
    touch: float  # what customers think of it, in shares of satisfied ones
    sales: float  # what it adds to the share of deals won
    load: float = 1.0  # how much of the work comes to this person


def email_of(name: str) -> str:
    """Return a person's address.

    Example: `email_of("Ana Duarte") == "ana.duarte@fjordlight.example"`
    """
    letters = normalize("NFKD", name.lower().translate(_PLAIN))
    words = letters.encode("ascii", "ignore").decode().split()
    return f"{words[0]}.{'-'.join(words[1:])}@{DOMAIN}"


@cache
def stints(story: Story) -> tuple[Stint, ...]:
    """Return what everybody is and has been, except for the administrator."""
    found = [
        stint
        for team, names in AGENTS.items()
        for name in names
        for stint in _agent(name, team, story)
    ]
    found += [Stint(name, team, LEAD) for team, name in LEADS.items()]
    found += [Stint(name, team, MANAGER) for team, name in MANAGERS.items()]
    found.append(Stint(ANALYST_NAME, org.NAME, ANALYST))
    return tuple(found)


def _agent(name: str, team: str, story: Story) -> list[Stint]:
    if name == TRANSFERRED:
        return [
            Stint(name, team, AGENT, until=story.transfer - 1),
            Stint(name, org.TECHNICAL, AGENT, since=story.transfer),
        ]
    if name == NEWCOMER:
        return [Stint(name, team, AGENT, since=story.newcomer)]
    if name == LEAVER:
        return [Stint(name, team, AGENT, until=story.recall - 1)]
    return [Stint(name, team, AGENT)]


@cache
def manner(name: str) -> Manner:
    """Return how a person works; it stays the same all the time."""
    rng = draw("manner", name)
    return Manner(
        pace=min(1.5, max(0.7, rng.gauss(1, 0.16))),
        touch=min(0.07, max(-0.08, rng.gauss(0, 0.035))),
        sales=min(0.12, max(-0.12, rng.gauss(0, 0.05))),
        load=0.06 if name == NEWCOMER else rng.uniform(0.85, 1.15),
    )


class Roster:
    """Who takes on work in which team on a day.

    Whoever is about to leave a team takes on nothing new in the last days there.
    """

    def __init__(self, story: Story) -> None:
        self._agents = [each for each in stints(story) if each.role == AGENT]
        self._known: dict[tuple[str, int], tuple[list[str], list[float]]] = {}

    def on(self, team: str, day: int) -> list[str]:
        """Return the agents of a team who work on a day; never nobody."""
        return self._names(team, day)[0]

    def pick(self, team: str, day: int, rng: Random) -> str:
        """Return one of them, those more often who take on more."""
        names, loads = self._names(team, day)
        return rng.choices(names, cum_weights=loads)[0]

    def _names(self, team: str, day: int) -> tuple[list[str], list[float]]:
        key = (team, day)
        if key not in self._known:
            here = [
                each.name
                for each in self._agents
                if each.team == team
                and each.covers(day)
                and each.covers(day + HAND_OVER)
            ]
            names = [name for name in here if not is_away(name, day)] or here
            total, loads = 0.0, []
            for name in names:
                total += manner(name).load
                loads.append(total)
            self._known[key] = (names, loads)
        return self._known[key]


def is_away(name: str, day: int) -> bool:
    """Whether a person is on leave; the newcomer has none yet."""
    if name == NEWCOMER:
        return False
    when = from_day(day)
    week = (when.timetuple().tm_yday - 1) // 7
    return week in _weeks_of_leave(name, when.year)


@cache
def _weeks_of_leave(name: str, year: int) -> frozenset[int]:
    rng = draw("leave", name, year)
    summer = rng.randint(26, 33)
    return frozenset((summer, summer + 1, rng.randint(4, 20), rng.randint(38, 51)))


def works_on(name: str, day: int) -> bool:
    """Whether an office worker works on a day."""
    weekday = from_day(day).weekday() < 5
    return weekday and not is_holiday(day) and not is_away(name, day)


def trouble(team: str, day: int, story: Story) -> float:
    """Return how far a team has fallen behind since the recall, 0 to 1."""
    return effect(day, story.recall, days=35) if team == org.SERVICE_HAMBURG else 0.0
