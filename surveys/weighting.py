"""Scores in which each segment has its share of the customers, whoever answered."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from crmkpi.lib.sampling import weighted_nps
from surveys.hiding import hidden
from surveys.scoring import Band, Kind, Scale

Z95 = 1.959964
METHOD = "stratified"

Counts = Mapping[int, int]  # score -> answers
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Stratum:
    """A segment, or all those together that are too small to be shown."""

    keys: frozenset[object]  # of its segments
    n: int  # answers
    of_answers: float  # share of the answers that count, 0..1
    of_population: float  # share of those who stand behind them, 0..1


@dataclass(frozen=True)
class Weighing:
    """A score in which segments weigh what they should, beside who is in it."""

    value: float  # in the unit of the score: percent, or NPS points
    low: float | None  # 95 % interval; None where no segment disagrees with itself
    high: float | None
    effective_n: float  # answers of equal weight that would be as certain
    n: int  # answers that count
    left_out: int  # answers of segments in which nobody is
    unheard: float  # share of the population in segments without an answer, 0..1
    strata: tuple[Stratum, ...]  # the most people first


def weigh(
    scale: Scale, groups: Mapping[Key, Counts], population: Mapping[Key, int]
) -> Weighing | None:
    """Return the score of groups, each with its share of a population.

    Groups that are hidden for being small go as one: else two scores of the same
    answers would tell what the few said. Groups nobody answered for have no say, and
    their share is told.

    Empty: None without an answer of a group in which there is somebody.
    Source: post-stratification, Cochran 1977; Kish 1965 for the effective n.
    Example: NPS with a share of 1 in 5 for 60, 10, 10 (promoters first) and of 4 in 5
    for 4, 6, 10 is −11.5 ± 27.6 of effectively 30.8 answers; all alike it is 44
    """
    sizes = {key: sum(counts.values()) for key, counts in groups.items()}
    people = {key: n for key, n in population.items() if n > 0}
    few = hidden(sizes)
    sets = [frozenset([key]) for key, n in sizes.items() if n and key not in few]
    sets = [each for each in [*sets, few] if any(key in people for key in each)]
    if not sets:
        return None
    heard = [key for each in sets for key in each]
    n = sum(sizes[key] for key in heard)
    behind = sum(people.get(key, 0) for key in heard)
    shares = [sum(people.get(key, 0) for key in each) / behind for each in sets]
    found = weighted_nps(
        [
            (share, _bands(scale, [groups[key] for key in each]))
            for share, each in zip(shares, sets, strict=True)
        ]
    )
    if found is None:
        return None
    reach = Z95 * found.se
    least = -100.0 if scale.kind is Kind.NPS else 0.0
    strata = [
        Stratum(frozenset(each), of, of / n, share)
        for share, each in zip(shares, sets, strict=True)
        for of in [sum(sizes[key] for key in each)]
    ]
    return Weighing(
        value=found.value,
        low=max(least, found.value - reach) if reach else None,
        high=min(100.0, found.value + reach) if reach else None,
        effective_n=found.effective_n,
        n=n,
        left_out=sum(sizes.values()) - n,
        unheard=1 - behind / sum(people.values()),
        strata=tuple(sorted(strata, key=lambda each: -each.of_population)),
    )


def _bands(scale: Scale, groups: list[Counts]) -> tuple[int, int, int]:
    """Return promoters, passives and detractors; of shares, those in the box and not.

    A share is the score of answers that are coded 1 and 0, as NPS is of 1, 0 and −1.
    """
    totals = dict.fromkeys(Band, 0)
    for counts in groups:
        for score, n in counts.items():
            totals[scale.band(score)] += n
    high, middle, low = totals[Band.HIGH], totals[Band.MIDDLE], totals[Band.LOW]
    return (high, middle, low) if scale.kind is Kind.NPS else (high, middle + low, 0)
