"""What lies behind a share: misses left, luck of small numbers, mix and rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from crmkpi.lib.statistics import shrink
from objectives.scoring.targets import ONE, ZERO, Number, ScoringError, decimal


@dataclass(frozen=True)
class MissBudget:
    share: Decimal | None  # met share 0..1 so far; None without cases
    allowed: int  # misses the whole period can bear
    used: int
    left: int  # negative when overdrawn
    required: Decimal | None  # share 0..1 the rest must reach; above 1 = lost


@dataclass(frozen=True)
class MixPart:
    segment: str
    mix: Decimal  # effect of the segment's share having changed
    rate: Decimal  # effect of the segment's own rate having changed


@dataclass(frozen=True)
class MixRate:
    parts: tuple[MixPart, ...]
    mix: Decimal
    rate: Decimal
    total: Decimal  # mix + rate = rate after - rate before
    simpson: bool  # the whole moved against every one of its segments


def miss_budget(
    target_share: Number, met: int, total: int, expected_more: int
) -> MissBudget:
    """Return how many misses a share to be kept still allows.

    Unit: shares 0..1, misses in cases.
    Empty: share None without cases yet, required None when no more are expected.
    Raises: ScoringError for counts that contradict each other.
    Example: 95 % of 1,310 with 1,240 met and 1,350 to come: 133 allowed, 70 used,
    63 left, the rest must reach 1,287 / 1,350 = 0.9533
    """
    share = decimal(target_share, "target")
    if not ZERO <= share <= ONE:
        raise ScoringError("The target of a share lies between 0 and 1.")
    if not 0 <= met <= total or expected_more < 0:
        raise ScoringError("The cases met lie between 0 and all cases.")
    allowed = int((ONE - share) * (total + expected_more))
    used = total - met
    still_to_meet = max(0, expected_more - (allowed - used))
    return MissBudget(
        share=Decimal(met) / total if total else None,
        allowed=allowed,
        used=used,
        left=allowed - used,
        required=Decimal(still_to_meet) / expected_more if expected_more else None,
    )


def shrunk_rate(k: Number, n: Number, team_rate: Number, prior: Number) -> float | None:
    """Return a rate pulled to the team's, the more so the fewer the cases.

    The prior is the number of cases at which own and team's rate weigh the same.

    Unit: share 0..1.
    Empty: None without cases of one's own: the team's rate is not theirs.
    Raises: ScoringError for a rate outside 0..1 or counts that contradict.
    Example: 5 of 5, team 0.86, prior 20: (5 + 17.2) / 25 = 0.888
    """
    hits, cases = decimal(k), decimal(n)
    rate, weight = decimal(team_rate), decimal(prior)
    if not 0 <= hits <= cases or not 0 <= rate <= 1 or weight < 0:
        raise ScoringError("A rate lies between 0 and 1 and its cases are not fewer.")
    if not cases:
        return None
    return shrink(float(hits), float(cases), float(rate), float(weight))


def mix_and_rate(
    before: Mapping[str, tuple[Number, Number]],
    after: Mapping[str, tuple[Number, Number]],
) -> MixRate | None:
    """Split the change of a ratio into change of mix and change of rates.

    Midpoint form: shares change at the mean rate, rates at the mean share, so
    that nothing is left over. A segment's mix counts against the whole's mean
    rate: growing is good for the whole where the segment is better than it. A
    segment that came or went has only the rate it had, and its effect is mix.

    Shape: segment to (numerator, denominator); parts in the order of `before`,
    then the new ones.
    Unit: that of the ratio.
    Empty: None when either side has no cases.
    Raises: ScoringError for a negative denominator.
    Example: phone 540/600 to 276/300, email 280/400 to 497/700:
    0.820 to 0.773 = -0.0470 = mix -0.0615 + rate +0.0145
    """
    first, then = _exact(before), _exact(after)
    cases_first, cases_then = _cases(first), _cases(then)
    if not cases_first or not cases_then:
        return None
    rate_first = sum((hits for hits, _ in first.values()), ZERO) / cases_first
    rate_then = sum((hits for hits, _ in then.values()), ZERO) / cases_then
    middle = (rate_first + rate_then) / 2
    parts, changes = [], []
    for segment in first | then:
        sides = _rates(first.get(segment), then.get(segment))
        if sides is None:
            continue
        (n_0, rate_0), (n_1, rate_1) = sides
        share_0, share_1 = n_0 / cases_first, n_1 / cases_then
        mix = (share_1 - share_0) * ((rate_0 + rate_1) / 2 - middle)
        rate = (rate_1 - rate_0) * (share_0 + share_1) / 2
        parts.append(MixPart(segment, mix, rate))
        changes.append(rate_1 - rate_0)
    total = rate_then - rate_first
    return MixRate(
        parts=tuple(parts),
        mix=sum((part.mix for part in parts), ZERO),
        rate=sum((part.rate for part in parts), ZERO),
        total=total,
        simpson=_is_simpson(total, changes),
    )


_Side = tuple[Decimal, Decimal]  # numerator and denominator, or cases and rate


def _rates(first: _Side | None, then: _Side | None) -> tuple[_Side, _Side] | None:
    """Return (cases, rate) before and after; a side without cases has the other's."""
    hits_0, n_0 = first or (ZERO, ZERO)
    hits_1, n_1 = then or (ZERO, ZERO)
    if not n_0 and not n_1:
        return None
    rate_0 = hits_0 / n_0 if n_0 else hits_1 / n_1
    rate_1 = hits_1 / n_1 if n_1 else rate_0
    return (n_0, rate_0), (n_1, rate_1)


def _cases(side: Mapping[str, _Side]) -> Decimal:
    return sum((cases for _, cases in side.values()), ZERO)


def _exact(
    side: Mapping[str, tuple[Number, Number]],
) -> dict[str, _Side]:
    exact = {
        segment: (decimal(hits, "numerator"), decimal(cases, "denominator"))
        for segment, (hits, cases) in side.items()
    }
    if any(cases < 0 for _, cases in exact.values()):
        raise ScoringError("A denominator cannot be negative.")
    return exact


def _is_simpson(total: Decimal, changes: list[Decimal]) -> bool:
    """Tell whether every segment that moved went against the whole."""
    moved = [change for change in changes if change]
    return bool(moved) and all(change * total < 0 for change in moved)
