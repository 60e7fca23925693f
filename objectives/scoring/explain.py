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
    n_first, n_then = (
        sum((cases for _, cases in side.values()), ZERO) for side in (first, then)
    )
    if not n_first or not n_then:
        return None
    r_first = sum((hits for hits, _ in first.values()), ZERO) / n_first
    r_then = sum((hits for hits, _ in then.values()), ZERO) / n_then
    middle = (r_first + r_then) / 2
    parts = []
    changes = []
    for segment in first | then:
        hits_0, cases_0 = first.get(segment, (ZERO, ZERO))
        hits_1, cases_1 = then.get(segment, (ZERO, ZERO))
        if not cases_0 and not cases_1:
            continue
        rate_0 = hits_0 / cases_0 if cases_0 else hits_1 / cases_1
        rate_1 = hits_1 / cases_1 if cases_1 else rate_0
        share_0, share_1 = cases_0 / n_first, cases_1 / n_then
        mix = (share_1 - share_0) * ((rate_0 + rate_1) / 2 - middle)
        parts.append(MixPart(segment, mix, (rate_1 - rate_0) * (share_0 + share_1) / 2))
        changes.append(rate_1 - rate_0)
    mix, rate = (sum((p.mix for p in parts), ZERO), sum((p.rate for p in parts), ZERO))
    total = r_then - r_first
    return MixRate(tuple(parts), mix, rate, total, _is_simpson(total, changes))


def _exact(
    side: Mapping[str, tuple[Number, Number]],
) -> dict[str, tuple[Decimal, Decimal]]:
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
