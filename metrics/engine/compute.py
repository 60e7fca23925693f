"""From sums to values: the one place where a number comes into being.

Pages, the API, commands and stored snapshots all go through `compute`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, cast

from django.db.models import Min
from django.utils.translation import gettext as _

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import UNDATED, Grain
from crmkpi.lib.statistics import mean_interval, nps_score, wilson
from metrics.catalog import METRICS
from metrics.dimensions import DIMENSIONS, Cut
from metrics.engine import distribution
from metrics.engine.cohorts import CohortWindow
from metrics.engine.windows import BEGINNING, Sums, Window, read_windows
from metrics.expressions import (
    Amount,
    Balance,
    Derived,
    Expression,
    FromRows,
    Level,
    Linear,
    Mean,
    Ratio,
    linears,
)
from metrics.measures import AXES
from metrics.metric import Distribution, Metric
from metrics.scopes import ScopeKey

SIX = Decimal("0.000001")


class Request(NamedTuple):
    """One value that is asked for: a metric of a scope over days [start, end)."""

    metric: str
    scope: ScopeKey
    start: int  # BEGINNING takes all rows, those without a known day too
    end: int


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


class _Part(NamedTuple):
    """One expression of a request over the windows it reads."""

    expression: Expression
    windows: dict[str, Window]  # by axis
    all_cases: dict[str, Window]  # the same, immature days included


def compute(
    requests: Iterable[Request], *, as_of: int, stats: bool = True
) -> dict[Request, Computed]:
    """Return the value of every request, rows up to and with the day `as_of`.

    Time: days after `as_of` do not count; a metric that matures after W days leaves
    out the last W days and says how many cases wait.

    Queries: 1 for each axis, kind of scope and grain; 1 for each axis for its first
    day; with `stats` 1 more for each distribution.

    Example: win_rate over a window with 107 won and 45 lost deals is
    Computed(status="ok", value=Decimal("70.394737"), numerator=107, denominator=152).
    """
    return _Computation(list(dict.fromkeys(requests)), as_of, stats).run()


class _Computation:
    """The state of one call of compute."""

    def __init__(self, requests: list[Request], as_of: int, stats: bool) -> None:
        self.asked = requests
        self.as_of = as_of
        self.stats = stats
        self.found: dict[Request, Computed] = {}

    def run(self) -> dict[Request, Computed]:
        everything = self._with_inputs(self.asked)
        plain = [each for each in everything if not METRICS[each.metric].inputs]
        derived = [each for each in everything if METRICS[each.metric].inputs]
        possible = [each for each in plain if self._can_be_split(each)]
        self.first_days = self._read_first_days(possible)
        self._compute_from_cells(possible)
        self._compute_from_rows(possible)
        if not self.stats:
            medians = set(self._medians_needed(derived))
            possible = [each for each in possible if each in medians]
        self._add_quantiles(possible)
        for request in sorted(derived, key=lambda each: _depth(each.metric)):
            self.found[request] = self._derive(request)
        return {request: self.found[request] for request in self.asked}

    def _with_inputs(self, requests: Iterable[Request]) -> list[Request]:
        """Return the requests with those that they are calculated from."""
        todo, seen = list(requests), dict[Request, None]()
        while todo:
            request = todo.pop()
            if request in seen:
                continue
            seen[request] = None
            todo += [
                request._replace(metric=key) for key in METRICS[request.metric].inputs
            ]
        return list(seen)

    def _medians_needed(self, derived: Iterable[Request]) -> list[Request]:
        """Return the requests whose median a derived one is calculated from."""
        return [
            request._replace(metric=name.partition(":")[0])
            for request in derived
            for name in _derived(request).inputs
            if ":" in name
        ]

    def _can_be_split(self, request: Request) -> bool:
        """Answer requests for a scope that the metric's rows do not carry."""
        metric, cut = METRICS[request.metric], Cut(request.scope.cut)
        if cut in (Cut.COMPANY, Cut.TEAM):
            return True
        if cut is Cut.AGENT:
            if metric.agents:
                return True
            self.found[request] = _missing("error", _("Not counted for single agents."))
            return False
        axes = [AXES[key] for key in metric.axes]
        if axes and all(cut in axis.cuts for axis in axes):
            return True
        reason = _("Not split by %(dimension)s.") % {
            "dimension": str(DIMENSIONS[cut].label).lower()
        }
        self.found[request] = _missing("error", reason)
        return False

    def _read_first_days(self, requests: list[Request]) -> dict[str, int | None]:
        """Return the first day on which each axis has any row, None without rows."""
        axes = {axis for each in requests for axis in METRICS[each.metric].axes}
        found: dict[str, int | None] = {}
        for key in axes:
            days = AXES[key]._default_manager.filter(
                cut=Cut.COMPANY, grain=Grain.DAY, member=0, other=0
            )
            found[key] = days.aggregate(first=Min("start"))["first"]
        return found

    def _ends(self, request: Request, metric: Metric) -> tuple[int, int]:
        """Return the ends of the window of mature rows and of all rows."""
        end = min(request.end, self.as_of + 1)
        return min(end, self.as_of + 1 - metric.matures_after), end

    def _part(self, request: Request, expression: Expression) -> _Part:
        metric = METRICS[request.metric]
        mature, end = self._ends(request, metric)
        axes = frozenset().union(*(each.axes for each in linears(expression)))
        start = BEGINNING if isinstance(expression, Level) else request.start
        return _Part(
            expression,
            {axis: Window(axis, request.scope, start, mature) for axis in axes},
            {axis: Window(axis, request.scope, start, end) for axis in axes},
        )

    def _compute_from_cells(self, requests: list[Request]) -> None:
        parts: dict[Request, list[tuple[str, _Part]]] = {}
        windows: set[Window] = set()
        measures: dict[str, set[str]] = defaultdict(set)
        for request in requests:
            metric = METRICS[request.metric]
            if metric.reads_rows:
                continue
            named = [("", metric.expression), *(metric.variants if self.stats else ())]
            parts[request] = [(name, self._part(request, each)) for name, each in named]
            for _name, part in parts[request]:
                windows |= {*part.windows.values(), *part.all_cases.values()}
                for linear in linears(part.expression):
                    for ref in linear.refs:
                        measures[ref.axis].add(ref.name)
        sums = read_windows(windows, measures, get_calendar(get_organisation()))
        for request, named_parts in parts.items():
            self.found[request] = self._evaluate_all(request, named_parts, sums)

    def _evaluate_all(
        self,
        request: Request,
        parts: list[tuple[str, _Part]],
        sums: dict[Window, Sums],
    ) -> Computed:
        metric = METRICS[request.metric]
        (_main, part), *others = parts
        computed = self._evaluate(request, metric, part, sums)
        if not self.stats:
            return computed
        stats = {
            name: self._evaluate(request, metric, other, sums).value
            for name, other in others
        }
        if isinstance(metric.expression, Mean):
            stats = {"mean": computed.value} | stats
        return _replace(computed, stats=stats)

    def _evaluate(
        self, request: Request, metric: Metric, part: _Part, sums: dict[Window, Sums]
    ) -> Computed:
        total = _merged(part.windows.values(), sums)
        everything = _merged(part.all_cases.values(), sums)
        match part.expression:
            case Amount() | Level():
                return self._amount(request, metric, part.expression, total)
            case Ratio(numerator, denominator):
                return _ratio(metric, numerator, denominator, total, everything)
            case Mean():
                return _mean(metric, part.expression, total, everything)
            case Balance():
                return _balance(metric, part.expression, total, everything)
        raise TypeError(f"no sums in {part.expression!r}")

    def _amount(
        self, request: Request, metric: Metric, expression: Amount | Level, sums: Sums
    ) -> Computed:
        if reason := self._no_rows_yet(request, metric):
            return _missing("no_data", reason)
        if isinstance(expression, Level):
            value = expression.started.evaluate(sums) - expression.ended.evaluate(sums)
            n = value
        else:
            value = expression.total.evaluate(sums)
            counted = expression.count
            n = value if counted is None else counted.evaluate(sums)
        return Computed(
            status="ok", value=Decimal(value), numerator=value, n=n, cases=n
        )

    def _no_rows_yet(self, request: Request, metric: Metric) -> str:
        """Say why a count would be a guess: nothing imported, or not so far back."""
        firsts = [self.first_days[axis] for axis in metric.axes]
        known = [first for first in firsts if first is not None]
        if not known:
            return _("No rows of this kind have arrived yet.")
        _mature, end = self._ends(request, metric)
        if request.start != BEGINNING and end <= min(request.start, request.end):
            return _("The period has not begun.")
        dated = [first for first in known if first != UNDATED]
        if request.start != BEGINNING and dated and end <= min(dated):
            return _("The first row of this kind is later.")
        return ""

    def _compute_from_rows(self, requests: list[Request]) -> None:
        by_load: dict[str, list[Request]] = defaultdict(list)
        for request in requests:
            if METRICS[request.metric].reads_rows:
                by_load[request.metric].append(request)
        for key, some in by_load.items():
            metric = METRICS[key]
            windows = {each: self._cohort(each, metric) for each in some}
            usable = {window for window in windows.values() if window is not None}
            loaded = _load(metric.expression, usable) if usable else {}
            for request, window in windows.items():
                self.found[request] = _cohort_value(metric, loaded.get(window))

    def _cohort(self, request: Request, metric: Metric) -> CohortWindow | None:
        """Return the window to follow, from the first row on when none is given."""
        firsts = [self.first_days[axis] for axis in metric.axes]
        dated = [each for each in firsts if each is not None and each != UNDATED]
        end, start = min(request.end, self.as_of + 1), request.start
        if not dated:
            return None
        if start == BEGINNING:
            start = min(dated) + 1
        return CohortWindow(request.scope, start, end) if end > start else None

    def _add_quantiles(self, requests: list[Request]) -> None:
        by_kind: dict[Distribution, dict[Request, Window]] = {}
        for request in requests:
            metric = METRICS[request.metric]
            if metric.distribution is None or request not in self.found:
                continue
            mature, _end = self._ends(request, metric)
            window = Window(
                metric.distribution.axis, request.scope, request.start, mature
            )
            by_kind.setdefault(metric.distribution, {})[request] = window
        for wanted, windows in by_kind.items():
            quantiles = distribution.read_quantiles(wanted, set(windows.values()))
            for request, window in windows.items():
                computed = self.found[request]
                stats = computed.stats | quantiles[window]
                self.found[request] = _replace(computed, stats=stats)

    def _derive(self, request: Request) -> Computed:
        expression = _derived(request)
        inputs, n = [], []
        for name in expression.inputs:
            key, _colon, stat = name.partition(":")
            computed = self.found[request._replace(metric=key)]
            inputs.append(computed.stats.get(stat) if stat else computed.value)
            n.append(computed.n)
            if inputs[-1] is None:
                title = METRICS[key].title
                reason = _("%(metric)s has no value here: %(reason)s") % {
                    "metric": title,
                    "reason": computed.reason,
                }
                return _missing("no_data", reason)
        value = expression.compute(*inputs)
        if value is None:
            return _missing("no_data", _("It would be divided by nothing."))
        smallest = min((each for each in n if each is not None), default=None)
        return Computed(status="ok", value=value.quantize(SIX), n=smallest)


def _ratio(
    metric: Metric, upper: Linear, lower: Linear, sums: Sums, everything: Sums
) -> Computed:
    numerator, denominator = upper.evaluate(sums), lower.evaluate(sums)
    cases = lower.evaluate(everything)
    if denominator == 0:
        return _nothing_to_divide(metric, numerator, cases)
    scale = 100 if metric.unit is Unit.PERCENT else 1
    n = denominator
    low = high = None
    method = ""
    if metric.unit is Unit.PERCENT and 0 <= numerator <= denominator:
        low, high = _wilson(numerator, denominator)
        method = "wilson"
    return Computed(
        status="low_n" if n < metric.min_n else "ok",
        value=(Decimal(numerator * scale) / denominator).quantize(SIX),
        numerator=numerator,
        denominator=denominator,
        n=n,
        cases=cases,
        low=low,
        high=high,
        method=method,
    )


def _mean(metric: Metric, mean: Mean, sums: Sums, everything: Sums) -> Computed:
    total, count = mean.total.evaluate(sums), mean.count.evaluate(sums)
    cases = mean.count.evaluate(everything)
    if count == 0:
        return _nothing_to_divide(metric, total, cases)
    low = high = None
    method = ""
    if mean.squares is not None and count > 1:
        unit = mean.squares_unit
        spread = mean_interval(count, total / unit, mean.squares.evaluate(sums))
        if spread is not None:
            low, high, method = _six(spread.low * unit), _six(spread.high * unit), "t"
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


def _balance(
    metric: Metric, balance: Balance, sums: Sums, everything: Sums
) -> Computed:
    plus, minus = balance.plus.evaluate(sums), balance.minus.evaluate(sums)
    count, cases = balance.count.evaluate(sums), balance.count.evaluate(everything)
    result = nps_score(plus, count - plus - minus, minus)
    if result is None:
        return _nothing_to_divide(metric, plus - minus, cases)
    return Computed(
        status="low_n" if count < metric.min_n else "ok",
        value=(Decimal((plus - minus) * 100) / count).quantize(SIX),
        numerator=plus - minus,
        denominator=count,
        n=count,
        cases=cases,
        low=_six(result.low),
        high=_six(result.high),
        method="adjusted wald",
    )


def _nothing_to_divide(metric: Metric, numerator: int, cases: int) -> Computed:
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
        reason=_("No %(what)s in this period.") % {"what": what},
    )


def _cohort_value(metric: Metric, sums: tuple[int, int] | None) -> Computed:
    if sums is None:
        return _missing("no_data", _("No rows of this kind reach back so far."))
    numerator, denominator = sums
    if denominator == 0:
        return _nothing_to_divide(metric, numerator, 0)
    low, high = _wilson(numerator, denominator)
    return Computed(
        status="low_n" if denominator < metric.min_n else "ok",
        value=(Decimal(numerator * 100) / denominator).quantize(SIX),
        numerator=numerator,
        denominator=denominator,
        n=denominator,
        cases=denominator,
        low=low,
        high=high,
        method="wilson",
    )


def _wilson(numerator: int, denominator: int) -> tuple[Decimal | None, Decimal | None]:
    """Return the 95 % interval of a share in percent."""
    interval = wilson(numerator, denominator)
    if interval is None:
        return None, None
    return _six(interval.low * 100), _six(interval.high * 100)


def _missing(status: str, reason: str) -> Computed:
    return Computed(status=status, reason=reason)


def _merged(windows: Iterable[Window], sums: dict[Window, Sums]) -> Sums:
    merged: Sums = {}
    for window in windows:
        merged |= sums.get(window, {})
    return merged


def _replace(computed: Computed, *, stats: dict[str, Decimal | None]) -> Computed:
    return Computed(**{**computed.__dict__, "stats": stats})


def _derived(request: Request) -> Derived:
    return cast(Derived, METRICS[request.metric].expression)


def _load(
    expression: Expression, windows: set[CohortWindow]
) -> dict[CohortWindow | None, tuple[int, int]]:
    loaded: dict[CohortWindow | None, tuple[int, int]] = cast(
        FromRows, expression
    ).load(windows)
    return loaded


def _depth(key: str) -> int:
    return 1 + max((_depth(each) for each in METRICS[key].inputs), default=-1)


def _six(value: float | Decimal) -> Decimal:
    return Decimal(str(value)).quantize(SIX)
