"""What customers think of it, and how they say so."""

from random import Random

from objectives.demo.people import manner
from objectives.demo.story import Story, effect
from objectives.demo.words import COMMENTS

LIKELY_TO_COMMENT = {"high": 0.16, "middle": 0.3, "low": 0.5}


def satisfied(
    agent: str, day: int, story: Story, *, behind: float, at_once: bool, again: bool
) -> float:
    """Return the chance that a customer is satisfied with a contact.

    `behind` is how far the team has fallen behind, `again` whether the matter had to
    be taken up once more.
    """
    chance = 0.83 + manner(agent).touch + 0.05 * effect(day, story.help_centre, days=60)
    chance += 0.04 if at_once else -0.06
    chance -= 0.25 * again + 0.2 * behind
    return min(0.97, max(0.05, chance))


def csat(rng: Random, chance: float) -> int:
    """Return a score of 1 to 5, 4 or 5 with the given chance."""
    if rng.random() < chance:
        return 5 if rng.random() < 0.62 else 4
    return rng.choices((3, 2, 1), (44, 25, 31))[0]


def ces(rng: Random, chance: float) -> int:
    """Return a score of 1 to 7, 5 or more with the given chance."""
    if rng.random() < chance:
        return rng.choices((7, 6, 5), (40, 38, 22))[0]
    return rng.choices((4, 3, 2, 1), (40, 28, 18, 14))[0]


def nps(rng: Random, chance: float) -> int:
    """Return a score of 0 to 10, 9 or 10 with the given chance."""
    if rng.random() < chance:
        return 10 if rng.random() < 0.5 else 9
    low = rng.random() < 0.36
    return rng.randint(0, 6) if low else rng.randint(7, 8)


def comment(rng: Random, share: float, language: str) -> str:
    """Return what a customer adds to a score, most often nothing.

    `share` says how high the score is on its scale, 0 to 1.
    """
    band = "high" if share > 0.7 else "middle" if share > 0.45 else "low"
    if rng.random() > LIKELY_TO_COMMENT[band]:
        return ""
    return rng.choice(COMMENTS[language][band])
