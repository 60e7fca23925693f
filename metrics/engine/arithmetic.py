"""From sums to a value: the arithmetic of each kind of expression, without a query."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit
from crmkpi.lib.statistics import mean_interval, nps_score, wilson
from metrics.engine.cohorts import Sides
from metrics.engine.windows import Sums
from metrics.expressions import Balance, Cohort, Linear, Mean, Outcome, Ratio, Standing
from metrics.metric import Above, Metric

SIX = Decimal("0.000001")


@dataclass(frozen=True)
class Computed:
    """A value with everything that backs it; percentages 0–100, money in minor units.

    Empty: value None with a reason in words; never 0 for what is not known.
    """

    status: str  # ok, no_data, low_n, immature or error
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    n: int | None = None  # the rows a reader would count
    cases: int | None = None  # of these, all that are there, mature or not
    low: Decimal | None = None
    high: Decimal | None = None
    method: str = ""
    stats: dict[str, Decimal | None] = field(default_factory=dict)
    reason: str = ""


def ratio_of(metric: Metric, ratio: Ratio, sums: Sums, everything: Sums) -> Computed:
    numerator = ratio.numerator.evaluate(sums)
    denominator = ratio.denominator.evaluate(sums)
    counted = ratio.count or ratio.denominator
    n, cases = counted.evaluate(sums), counted.evaluate(everything)
    if denominator == 0:
        nothing = nothing_to_divide(metric, numerator, cases - n)
        return replace(nothing, n=n, cases=cases)
    counts_cases = metric.below_unit is Unit.COUNT
    is_count = metric.above is Above.PART and counts_cases
    is_sample = not isinstance(ratio, Standing)  # all rows up to a date are no sample
    is_share = metric.unit is Unit.PERCENT and is_count and is_sample
    computed = _divided(metric, numerator, denominator, is_share=is_share)
    if ratio.count is not None and not counts_cases:
        status = "low_n" if n < metric.min_n else "ok"
        computed = replace(computed, status=status)
    return replace(computed, n=n, cases=cases)


def mean_of(metric: Metric, mean: Mean, sums: Sums, everything: Sums) -> Computed:
    total, count = mean.total.evaluate(sums), mean.count.evaluate(sums)
    cases = mean.count.evaluate(everything)
    if count == 0:
        return nothing_to_divide(metric, total, cases)
    low = high = None
    method = ""
    if mean.squares is not None and count > 1:
        low, high = _around_mean(mean, mean.squares, sums, total, count)
        method = "t" if low is not None else ""
    return Computed(
        status="low_n" if count < metric.min_n else "ok",
        value=(Decimal(total) / count).quantize(SIX),
        numerator=total,
        denominator=count,
        n=count,
        cases=cases,
        low=low,
        high=high,
        method=method,
    )


def _around_mean(
    mean: Mean, squares: Linear, sums: Sums, total: int, count: int
) -> tuple[Decimal | None, Decimal | None]:
    """Return the 95 % interval: the spread of what was squared, around the mean."""
    unit = mean.squares_unit
    squared = total if mean.squared is None else mean.squared.evaluate(sums)
    spread = mean_interval(count, squared, squares.evaluate(sums))
    if spread is None:
        return None, None
    reach = (spread.high - spread.low) / 2 * unit
    return six(total / count - reach), six(total / count + reach)


def balance_of(
    metric: Metric, balance: Balance, sums: Sums, everything: Sums
) -> Computed:
    plus, minus = balance.plus.evaluate(sums), balance.minus.evaluate(sums)
    count, cases = balance.count.evaluate(sums), balance.count.evaluate(everything)
    result = nps_score(plus, count - plus - minus, minus)
    if result is None:
        return nothing_to_divide(metric, plus - minus, cases)
    return Computed(
        status="low_n" if count < metric.min_n else "ok",
        value=(Decimal((plus - minus) * 100) / count).quantize(SIX),
        numerator=plus - minus,
        denominator=count,
        n=count,
        cases=cases,
        low=six(result.low),
        high=six(result.high),
        method="adjusted wald",
    )


def nothing_to_divide(metric: Metric, numerator: int, cases: int) -> Computed:
    if cases:
        reason = _("All %(count)s are too recent to tell.") % {"count": cases}
        return Computed(status="immature", n=0, cases=cases, reason=reason)
    what = str(metric.denominator) or str(_("rows"))
    return Computed(
        status="no_data",
        numerator=numerator,
        denominator=0,
        n=0,
        cases=0,
        reason=str(metric.nothing) or _("No %(what)s in this period.") % {"what": what},
    )


def of_sides(
    metric: Metric, cohort: Cohort, sides: Sides, everything: Sides
) -> Computed:
    if cohort.is_sum:
        return Computed(
            status="ok",
            value=Decimal(sides.above),
            numerator=sides.above,
            n=sides.rows,
            cases=everything.rows,
        )
    if sides.below == 0:
        young = everything.rows - sides.rows
        nothing = nothing_to_divide(metric, sides.above, young)
        return replace(nothing, n=sides.rows, cases=everything.rows)
    is_share = metric.unit is Unit.PERCENT and cohort.below is None
    computed = _divided(metric, sides.above, sides.below, is_share=is_share)
    enough = sides.rows >= metric.min_n
    return replace(
        computed,
        status="ok" if enough else "low_n",
        n=sides.rows,
        cases=everything.rows,
    )


def of_outcome(metric: Metric, outcome: Outcome) -> Computed:
    if outcome.value is None and outcome.denominator:
        is_share = metric.unit is Unit.PERCENT and metric.below_unit is Unit.COUNT
        upper = outcome.numerator or 0
        computed = _divided(metric, upper, outcome.denominator, is_share=is_share)
        if outcome.n is not None:
            status = "low_n" if outcome.n < metric.min_n else "ok"
            computed = replace(computed, n=outcome.n, cases=outcome.n, status=status)
        return replace(computed, stats=outcome.stats)
    if outcome.value is None:
        if outcome.reason:
            return missing("no_data", outcome.reason)
        return nothing_to_divide(metric, outcome.numerator or 0, 0)
    return Computed(
        status="low_n" if (outcome.n or 0) < metric.min_n else "ok",
        value=outcome.value.quantize(SIX),
        numerator=outcome.numerator,
        denominator=outcome.denominator,
        n=outcome.n,
        cases=outcome.n,
        low=outcome.low,
        high=outcome.high,
        method=outcome.method,
        stats=outcome.stats,
    )


def _divided(metric: Metric, above: int, below: int, *, is_share: bool) -> Computed:
    scale = 100 if metric.unit is Unit.PERCENT else 1
    low = high = None
    method = ""
    if is_share and 0 <= above <= below:
        low, high = _wilson(above, below)
        method = "wilson"
    return Computed(
        status="low_n" if below < metric.min_n else "ok",
        value=(Decimal(above * scale) / below).quantize(SIX),
        numerator=above,
        denominator=below,
        n=below,
        cases=below,
        low=low,
        high=high,
        method=method,
    )


def _wilson(numerator: int, denominator: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the 95 % interval of a share in percent."""
    interval = wilson(numerator, denominator)
    if interval is None:
        return None, None
    return six(interval.low * 100), six(interval.high * 100)


def missing(status: str, reason: str) -> Computed:
    return Computed(status=status, reason=reason)


def six(value: float | Decimal) -> Decimal:
    return Decimal(str(value)).quantize(SIX)
