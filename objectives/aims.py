"""Stored target versions as the targets that scoring takes."""

from collections.abc import Sequence
from decimal import Decimal

from objectives.models import KeyResult, TargetVersion
from objectives.scoring import Curve, Direction, Target, as_hold
from objectives.scoring.targets import JOURNEYS


def target_of(key_result: KeyResult, version: TargetVersion) -> Target:
    """Return a target version as scoring takes it.

    A journey that ends where it starts, which only imports bring, becomes a hold.
    """
    target = Target(
        direction=Direction(key_result.direction),
        baseline=version.baseline,
        target=version.target,
        red=version.red,
        low=version.low,
        high=version.high,
        red_low=version.red_low,
        red_high=version.red_high,
        curve=Curve(version.curve),
        steps=tuple((day, Decimal(value)) for day, value in version.steps),
    )
    if target.direction in JOURNEYS and target.baseline == target.target:
        return as_hold(target)
    return target


def version_in_force(
    versions: Sequence[TargetVersion], day: int
) -> TargetVersion | None:
    """Return the version that holds on a day; before the first one that one.

    Shape: versions by number; of two from the same day the later one holds.
    Empty: None without any version.
    """
    held = [version for version in versions if version.effective_day <= day]
    if held:
        return max(held, key=lambda each: (each.effective_day, each.number))
    return versions[0] if versions else None
