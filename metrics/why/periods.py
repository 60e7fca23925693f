"""Why a number differs from that of another period, member by member."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from crmkpi.accounts.access import Access
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Period
from metrics.breakdowns import Way, member_keys
from metrics.engine.arithmetic import Computed
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.expressions import Balance, Cohort, Mean, Ratio
from metrics.metric import Metric
from metrics.mix import (
    NOTHING,
    Contribution,
    Key,
    MemberChange,
    Mixed,
    Side,
    contributions,
    mix_and_rate,
)
from metrics.scopes import Scope, ScopeKey, labels

REST: Key = "rest"  # rows of the whole that are in no member


@dataclass(frozen=True)
class Between:
    """A number in two periods with what each member has to do with the difference.

    Unit: as engine.compute: money in minor units.
    """

    way: Way
    old_value: Decimal | None
    new_value: Decimal | None
    mixed: Mixed | None  # of what is divided
    added: list[Contribution]  # of what adds up
    names: dict[Key, str]
    scale: int  # 100 for what is told in per cent

    @property
    def change(self) -> Decimal | None:
        if self.old_value is None or self.new_value is None:
            return None
        return self.new_value - self.old_value

    def told(self, effect: Fraction | int) -> Decimal:
        """Return an effect in the unit of the value, to six places."""
        exact = Fraction(effect) * self.scale
        return (Decimal(exact.numerator) / exact.denominator).quantize(
            Decimal("0.000001")
        )

    @property
    def members(self) -> list[MemberChange]:
        return self.mixed.members if self.mixed else []


def is_divided(metric: Metric) -> bool:
    """Whether a change can be one of mix and one of rate."""
    match metric.expression:
        case Ratio() | Mean() | Balance():
            return True
        case Cohort(is_sum=is_sum):
            return not is_sum
    return False


def can_be_told(metric: Metric) -> bool:
    """Whether its members add up to it at all."""
    is_sum = isinstance(metric.expression, Cohort) and metric.expression.is_sum
    return is_divided(metric) or metric.additivity in ("A", "S") or is_sum


def between(
    metric: Metric,
    way: Way,
    *,
    scope: Scope,
    period: Period,
    other: Period,
    access: Access,
    today: int,
) -> Between:
    """Return why a number of a period differs from that of an earlier one.

    What is in no member (rows of the team itself, beside those of the teams below) is
    a member of its own, so that nothing is left over.

    Queries: as those of a breakdown, twice.
    """
    keys = {
        key
        for each in (period, other)
        for key in member_keys(metric, way, scope, each, access, today)
    }
    sides = [_sides(metric, scope.key, keys, each, today) for each in (other, period)]
    (old, old_value), (new, new_value) = sides
    names = labels(sorted(keys))
    named: dict[Key, str] = {key.member: names[key] for key in keys}
    scale = 100 if isinstance(metric.expression, Balance) else 1
    if metric.unit is Unit.PERCENT and not isinstance(metric.expression, Mean):
        scale = 100
    return Between(
        way,
        old_value,
        new_value,
        mix_and_rate(old, new) if is_divided(metric) else None,
        [] if is_divided(metric) else contributions(old, new),
        named,
        scale,
    )


def _sides(
    metric: Metric, whole: ScopeKey, keys: set[ScopeKey], period: Period, today: int
) -> tuple[Mapping[Key, Side], Decimal | None]:
    asked = {
        key: Request(metric.key, key, period.start, period.end)
        for key in (whole, *keys)
    }
    found = compute(asked.values(), as_of=today, stats=False)
    sides: dict[Key, Side] = {key.member: _side(found[asked[key]]) for key in keys}
    total = _side(found[asked[whole]])
    rest = total
    for side in sides.values():
        rest += Side(-side.above, -side.below, -side.n)
    if rest != NOTHING:
        sides[REST] = rest
    shown = {key: side for key, side in sides.items() if side != NOTHING}
    return shown, found[asked[whole]].value


def _side(computed: Computed) -> Side:
    return Side(computed.numerator or 0, computed.denominator or 0, computed.n or 0)
