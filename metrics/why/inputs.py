"""What each value that another one is calculated from did between two periods."""

from dataclasses import dataclass
from decimal import Decimal

from crmkpi.lib.periods import Period
from metrics.engine.arithmetic import Computed
from metrics.engine.compute import compute
from metrics.engine.derived_values import derive
from metrics.engine.requests import Request
from metrics.expressions import Derived
from metrics.metric import Metric
from metrics.scopes import ScopeKey


@dataclass(frozen=True)
class InputChange:
    """One of the values, before and after, and by how much it moved the result."""

    key: str
    stat: str  # the reading that is taken of it, nothing for the value itself
    before: Decimal | None  # money in minor units, as the next
    after: Decimal | None
    effect: Decimal | None  # None: told only together with the next


def input_changes(
    metric: Metric, scope: ScopeKey, *, period: Period, other: Period, today: int
) -> list[InputChange]:
    """Return what moved a calculated value, in the order of its inputs.

    One input after another is set to what it is in the period, so that the effects
    add up to the whole change.

    Empty: for what is not calculated from other metrics.

    Queries: those of compute, once.

    Example: 100 deals × 20 % × 10 become 120 × 25 % × 10: the deals move it by
    20 × 20 % × 10 = 40 and the rate by 120 × 5 % × 10 = 60.
    """
    if not isinstance(metric.expression, Derived):
        return []
    new, old = (
        {key: Request(key, scope, each.start, each.end) for key in metric.inputs}
        for each in (period, other)
    )
    found = compute([*new.values(), *old.values()], as_of=today)
    held = {new[key]: found[old[key]] for key in metric.inputs}
    result = Request(metric.key, scope, period.start, period.end)
    value = derive(result, held).value
    changes = []
    for name in metric.expression.inputs:
        key, _colon, stat = name.partition(":")
        before, after = found[old[key]], found[new[key]]
        held[new[key]] = after
        moved = derive(result, held).value
        effect = None if moved is None or value is None else moved - value
        then, now = (_reading(each, stat) for each in (before, after))
        changes.append(InputChange(key, stat, then, now, effect))
        value = value if moved is None else moved
    return changes


def _reading(computed: Computed, stat: str) -> Decimal | None:
    return computed.stats.get(stat) if stat else computed.value
