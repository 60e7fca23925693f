"""From sums to values: the one place where a number comes into being.

Pages, the API, commands and stored snapshots all go through `compute`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple, cast

from django.utils.translation import gettext as _

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib.money import to_major
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import UNDATED, Calendar
from metrics.catalog import METRICS
from metrics.dimensions import DIMENSIONS, Cut
from metrics.engine import distribution
from metrics.engine.arithmetic import (
    SIX,
    Computed,
    balance_of,
    mean_of,
    missing,
    nothing_to_divide,
    of_outcome,
    of_sides,
    ratio_of,
    six,
)
from metrics.engine.cohorts import CohortWindow, read_cohorts
from metrics.engine.firsts import Days, first_days
from metrics.engine.once import reading
from metrics.engine.reads import Read, merged, reads_of
from metrics.engine.routing import computing
from metrics.engine.spans import BEGINNING, days_of, span_of
from metrics.engine.windows import Sums, Window, read_days, read_windows
from metrics.expressions import (
    Amount,
    Balance,
    Cohort,
    Derived,
    Expression,
    FromRows,
    Level,
    Mean,
    Outcome,
    PerDay,
    Ratio,
    Standing,
    Written,
    linears,
)
from metrics.formula import FormulaError
from metrics.measures import AXES
from metrics.metric import Distribution, Metric
from metrics.scopes import ScopeKey

DAYS = "days"  # the reading that says by how many days was divided


class Request(NamedTuple):
    """One value that is asked for: a metric of a scope over days [start, end)."""

    metric: str
    scope: ScopeKey
    start: int  # BEGINNING takes all rows, those without a known day too
    end: int


class _Part(NamedTuple):
    """One expression of a request over the windows it reads."""

    expression: Expression
    reads: tuple[Read, ...]
    all_cases: tuple[Read, ...]  # the same, immature days included


@computing()
def compute(
    requests: Iterable[Request],
    *,
    as_of: int,
    stats: bool = True,
    calendar: Calendar | None = None,
    firsts: Days | None = None,
) -> dict[Request, Computed]:
    """Return the value of every request, rows up to and with the day `as_of`.

    The calendar of the organisation and the company's first days may be given by who
    has read them already.

    Time: days after `as_of` do not count; a metric that matures after W days leaves
    out the last W days and says how many cases wait.

    Queries: 1 for the organisation, 1 for the first days, those of read_windows and of
    read_cohorts, those of each rule written in Python; with `stats` 1 more for each
    distribution.

    Example: win_rate over a window with 107 won and 45 lost deals is
    Computed(status="ok", value=Decimal("70.394737"), numerator=107, denominator=152).
    """
    asked = list(dict.fromkeys(requests))
    with reading():
        return _Computation(asked, as_of, stats, calendar, firsts).run()


class _Computation:
    """The state of one call of compute."""

    def __init__(
        self,
        requests: list[Request],
        as_of: int,
        stats: bool,
        calendar: Calendar | None,
        firsts: Days | None,
    ) -> None:
        self.asked = requests
        self.as_of = as_of
        self.stats = stats
        self.calendar = calendar or get_calendar(get_organisation())
        self.firsts = firsts
        self.found: dict[Request, Computed] = {}

    def run(self) -> dict[Request, Computed]:
        everything = self._with_inputs(self.asked)
        plain = [each for each in everything if not METRICS[each.metric].is_derived]
        derived = [each for each in everything if METRICS[each.metric].is_derived]
        possible = [each for each in plain if self._can_be_split(each)]
        axes = {axis for each in possible for axis in METRICS[each.metric].axes}
        self.first_days = first_days(axes) if self.firsts is None else self.firsts
        self._compute_from_cells(possible)
        self._compute_from_rows(possible)
        timed = possible
        if not self.stats:
            medians = set(self._medians_needed(derived))
            timed = [each for each in possible if each in medians]
        self._add_quantiles(timed)
        for request in sorted(derived, key=lambda each: _depth(each.metric)):
            self.found[request] = self._derive(request)
        self._compute_beside(possible)
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
        if cut is Cut.COMPANY or (cut is Cut.TEAM and metric.teams):
            return True
        if cut is Cut.TEAM:
            self.found[request] = missing("error", _("Not counted for single teams."))
            return False
        if cut is Cut.AGENT:
            if metric.agents:
                return True
            self.found[request] = missing("error", _("Not counted for single agents."))
            return False
        axes = [AXES[key] for key in metric.counted_axes]
        is_split = not metric.is_restricted and all(cut in axis.cuts for axis in axes)
        if axes and is_split:
            return True
        reason = _("Not split by %(dimension)s.") % {
            "dimension": str(DIMENSIONS[cut].label).lower()
        }
        self.found[request] = missing("error", reason)
        return False

    def _days(self, request: Request, metric: Metric) -> tuple[int, int, int]:
        """Return the start and the ends of the window of mature rows and of all."""
        start, end = days_of(metric, request.start, request.end, self.as_of)
        return start, min(end, self.as_of + 1 - metric.matures_after), end

    def _part(self, request: Request, expression: Expression) -> _Part:
        metric = METRICS[request.metric]
        start, mature, end = self._days(request, metric)
        if isinstance(expression, Level | Standing):
            start = BEGINNING
        return _Part(
            expression,
            reads_of(expression, request.scope, start, mature),
            reads_of(expression, request.scope, start, end),
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
                windows |= {each.window for each in (*part.reads, *part.all_cases)}
                for linear in linears(part.expression):
                    for ref in linear.refs:
                        measures[ref.axis].add(ref.name)
        sums = read_windows(windows, measures, self.calendar)
        self.days = self._read_days(part for some in parts.values() for _, part in some)
        for request, named_parts in parts.items():
            self.found[request] = self._evaluate_all(request, named_parts, sums)

    def _read_days(self, parts: Iterable[_Part]) -> dict[tuple[Window, str], int]:
        """Return how many days have rows, for what is divided by these."""
        return read_days(
            (each.window, ref.name)
            for part in parts
            if isinstance(part.expression, PerDay) and part.expression.is_worked
            for each in part.reads
            for ref in (part.expression.count or part.expression.total).refs
        )

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
        stats = computed.stats | {
            name: self._evaluate(
                request, replace(metric, unit=metric.unit_of(name)), other, sums
            ).value
            for name, other in others
        }
        if isinstance(metric.expression, Mean):
            stats = {"mean": computed.value} | stats
        return replace(computed, stats=stats)

    def _evaluate(
        self, request: Request, metric: Metric, part: _Part, sums: dict[Window, Sums]
    ) -> Computed:
        total = merged(part.reads, sums)
        everything = merged(part.all_cases, sums)
        match part.expression:
            case Amount() | Level():
                return self._amount(request, metric, part.expression, total, everything)
            case Ratio():
                return ratio_of(metric, part.expression, total, everything)
            case PerDay():
                return self._per_day(request, metric, part, total)
            case Mean():
                return mean_of(metric, part.expression, total, everything)
            case Balance():
                return balance_of(metric, part.expression, total, everything)
        raise TypeError(f"no sums in {part.expression!r}")

    def _per_day(
        self, request: Request, metric: Metric, part: _Part, sums: Sums
    ) -> Computed:
        """Return a sum divided by days.

        Example: 30 tickets in the 10 days of June that have passed are 3 a day; of an
        agent with calls on 8 of them 24 calls are 3 a day worked.
        """
        expression = cast(PerDay, part.expression)
        if reason := self._no_rows_yet(request, metric):
            return missing("no_data", reason)
        total = expression.total.evaluate(sums)
        counted = expression.count or expression.total
        n = counted.evaluate(sums)
        (ref,), (read,) = counted.refs, part.reads
        window = read.window
        days = self.days.get((window, ref.name), 0)
        if not expression.is_worked:
            days = window.end - max(window.start, self._first_dated(metric))
        if days <= 0:
            return replace(nothing_to_divide(metric, total, 0), denominator=None)
        return Computed(
            status="ok",
            value=(Decimal(total) / days).quantize(SIX),
            numerator=total,
            n=n,
            cases=n,
            stats={DAYS: Decimal(days)},
        )

    def _first_dated(self, metric: Metric) -> int:
        firsts = (self.first_days[axis] for axis in metric.axes)
        dated = [each for each in firsts if each is not None and each != UNDATED]
        return min(dated, default=self.as_of + 1)

    def _amount(
        self,
        request: Request,
        metric: Metric,
        expression: Amount | Level,
        sums: Sums,
        everything: Sums,
    ) -> Computed:
        if reason := self._no_rows_yet(request, metric):
            return missing("no_data", reason)
        start, mature, _end = self._days(request, metric)
        if metric.matures_after and mature <= start:
            return missing("immature", _("The period is too recent to tell."))
        if isinstance(expression, Level):
            value = expression.started.evaluate(sums) - expression.ended.evaluate(sums)
            n = cases = value
        else:
            value = expression.total.evaluate(sums)
            counted = expression.count or expression.total
            n, cases = counted.evaluate(sums), counted.evaluate(everything)
        return Computed(
            status="ok", value=Decimal(value), numerator=value, n=n, cases=cases
        )

    def _no_rows_yet(self, request: Request, metric: Metric) -> str:
        """Say why a count would be a guess: nothing imported, or not so far back."""
        firsts = [self.first_days[axis] for axis in metric.axes]
        known = [first for first in firsts if first is not None]
        if not known:
            return _("No rows of this kind have arrived yet.")
        _start, _mature, end = self._days(request, metric)
        if request.start != BEGINNING and end <= min(request.start, request.end):
            return _("The period has not begun.")
        dated = [first for first in known if first != UNDATED]
        if request.start != BEGINNING and dated and end <= min(dated):
            return _("The first row of this kind is later.")
        return ""

    def _compute_from_rows(self, requests: list[Request]) -> None:
        cohorts: dict[Request, Cohort] = {}
        by_metric: dict[str, list[Request]] = defaultdict(list)
        for request in requests:
            expression = METRICS[request.metric].expression
            if isinstance(expression, Cohort):
                cohorts[request] = expression
            elif isinstance(expression, FromRows) and not expression.inputs:
                by_metric[request.metric].append(request)
        self._read_cohorts(cohorts)
        for key, some in by_metric.items():
            metric = METRICS[key]
            self._load(metric, cast(FromRows, metric.expression), some)

    def _read_cohorts(self, cohorts: dict[Request, Cohort]) -> None:
        windows = {
            each: self._cohort_windows(each, METRICS[each.metric]) for each in cohorts
        }
        wanted = {
            (cohort, window)
            for each, pair in windows.items()
            if pair
            for cohort in self._cohorts(each, cohorts)
            for window in pair
        }
        sides = read_cohorts(wanted)
        for request, pair in windows.items():
            if pair is None:
                nothing = missing("no_data", _reaches_not_back())
                none: dict[str, Decimal | None] = dict.fromkeys(
                    name for name, _each in self._beside(request)
                )
                self.found[request] = replace(nothing, stats=none)
                continue
            metric, cohort = METRICS[request.metric], cohorts[request]
            mature, everything = (sides[cohort, window] for window in pair)
            computed = of_sides(metric, cohort, mature, everything)
            stats: dict[str, Decimal | None] = {}
            for name, other in self._beside(request):
                mature, everything = (sides[other, window] for window in pair)
                beside = of_sides(metric, other, mature, everything).value
                stats[name] = None if computed.value is None else beside
            self.found[request] = replace(computed, stats=stats)
        self._tell(cohorts)

    def _cohorts(
        self, request: Request, cohorts: dict[Request, Cohort]
    ) -> Iterator[Cohort]:
        yield cohorts[request]
        for _name, cohort in self._beside(request):
            yield cohort

    def _beside(self, request: Request) -> Iterator[tuple[str, Cohort]]:
        """Give the cohorts that are read beside the value, when stats are wanted."""
        variants = METRICS[request.metric].variants
        for name, variant in variants if self.stats else ():
            if isinstance(variant, Cohort):
                yield name, variant

    def _tell(self, cohorts: dict[Request, Cohort]) -> None:
        """Add what cohorts tell of all their rows, or why there are none."""
        ends: dict[Cohort, set[int]] = defaultdict(set)
        for request, cohort in cohorts.items():
            if cohort.tells and (self.stats or self.found[request].value is None):
                ends[cohort].add(self._end(request))
        told = {
            cohort: cohort.tells(some) for cohort, some in ends.items() if cohort.tells
        }
        for request, cohort in cohorts.items():
            here = told.get(cohort, {}).get(self._end(request))
            if here is None:
                continue
            found = self.found[request]
            if found.value is None:
                found = replace(found, reason=here.reason or found.reason)
            if self.stats:
                found = replace(found, stats={**found.stats, **here.stats})
            self.found[request] = found

    def _end(self, request: Request) -> int:
        return min(request.end, self.as_of + 1)

    def _load(self, metric: Metric, rule: FromRows, requests: list[Request]) -> None:
        windows = {each: self._cohort_windows(each, metric) for each in requests}
        usable = {
            pair[0]: self._inputs_of(rule, request)
            for request, pair in windows.items()
            if pair is not None
        }
        given = usable if rule.inputs else set(usable)
        loaded: dict[CohortWindow, Outcome] = rule.load(given) if usable else {}
        for request, pair in windows.items():
            if pair is None:
                self.found[request] = missing("no_data", _reaches_not_back())
            else:
                self.found[request] = of_outcome(metric, loaded[pair[0]])

    def _compute_beside(self, requests: Iterable[Request]) -> None:
        """Compute rules that hold values of other metrics against what rows tell."""
        by_metric: dict[str, list[Request]] = defaultdict(list)
        for request in requests:
            expression = METRICS[request.metric].expression
            if isinstance(expression, FromRows) and expression.inputs:
                by_metric[request.metric].append(request)
        for key, some in by_metric.items():
            metric = METRICS[key]
            self._load(metric, cast(FromRows, metric.expression), some)

    def _inputs_of(self, rule: FromRows, request: Request) -> tuple[Computed, ...]:
        return tuple(self.found[request._replace(metric=key)] for key in rule.inputs)

    def _cohort_windows(
        self, request: Request, metric: Metric
    ) -> tuple[CohortWindow, CohortWindow] | None:
        """Return the window of mature rows and that of all rows.

        What follows customers from a date begins on the second day with any row when
        no start is given. Empty: None for what ends before anything has begun.
        """
        firsts = [self.first_days[axis] for axis in metric.axes]
        dated = [each for each in firsts if each is not None and each != UNDATED]
        if not dated:
            return None
        start = request.start
        if start == BEGINNING and _follows(metric):
            start = min(dated) + 1
        span = span_of(
            metric, start, request.end, as_of=self.as_of, calendar=self.calendar
        )
        if span.end <= max(span.start, min(dated)):
            return None
        mature = span._replace(end=min(span.end, self.as_of + 1 - metric.matures_after))
        return CohortWindow(request.scope, mature), CohortWindow(request.scope, span)

    def _add_quantiles(self, requests: list[Request]) -> None:
        by_kind: dict[Distribution, dict[Request, Window]] = {}
        for request in requests:
            metric = METRICS[request.metric]
            if metric.distribution is None or request not in self.found:
                continue
            start, mature, _end = self._days(request, metric)
            window = Window(metric.distribution.axis, request.scope, start, mature)
            by_kind.setdefault(metric.distribution, {})[request] = window
        for wanted, windows in by_kind.items():
            quantiles = distribution.read_quantiles(wanted, set(windows.values()))
            for request, window in windows.items():
                computed = self.found[request]
                stats = computed.stats | quantiles[window]
                self.found[request] = replace(computed, stats=stats)

    def _derive(self, request: Request) -> Computed:
        expression = _derived(request)
        if isinstance(expression, Written):
            return self._calculate(request, expression)
        inputs, n = [], []
        for name in expression.inputs:
            key, _colon, stat = name.partition(":")
            computed = self.found[request._replace(metric=key)]
            inputs.append(computed.stats.get(stat) if stat else computed.value)
            n.append(computed.n)
            if inputs[-1] is None:
                reason = _no_value_of(METRICS[key], computed)
                return missing("no_data", reason)
        value = expression.compute(*inputs)
        if value is None:
            return missing("no_data", _("It would be divided by nothing."))
        smallest = min((each for each in n if each is not None), default=None)
        enough = smallest is None or smallest >= METRICS[request.metric].min_n
        return Computed(
            status="ok" if enough else "low_n", value=value.quantize(SIX), n=smallest
        )

    def _calculate(self, request: Request, written: Written) -> Computed:
        """Return the result of a formula over the values of the same scope."""
        metric = METRICS[request.metric]
        found = {key: self.found[request._replace(metric=key)] for key in metric.inputs}
        for key, computed in found.items():
            if computed.status == "error":
                return missing("error", _no_value_of(METRICS[key], computed))
        try:
            value = written.compute(
                *(self._shown(METRICS[key], each.value) for key, each in found.items())
            )
        except FormulaError as error:
            return missing("error", error.message)
        if value is None:
            for key, computed in found.items():
                if computed.value is None:
                    reason = _no_value_of(METRICS[key], computed)
                    return missing("no_data", reason)
            return missing("no_data", _("It would be divided by nothing."))
        counts = [each.n for each in found.values() if each.n is not None]
        enough = not counts or min(counts) >= metric.min_n
        return Computed(
            status="ok" if enough else "low_n",
            value=six(value / self._unit(metric)),
            n=min(counts, default=None),
        )

    def _shown(self, metric: Metric, value: Decimal | None) -> Decimal | None:
        """Return a value as pages show it: money in the organisation's currency."""
        return None if value is None else value * self._unit(metric)

    def _unit(self, metric: Metric) -> Decimal:
        if metric.unit not in (Unit.MONEY, Unit.MONEY_PER_DAY):
            return Decimal(1)
        return to_major(1, get_organisation().currency)


def _no_value_of(metric: Metric, computed: Computed) -> str:
    return _("%(metric)s has no value here: %(reason)s") % {
        "metric": metric.title,
        "reason": computed.reason,
    }


def _follows(metric: Metric) -> bool:
    """Whether the rows are those that were there when the period began."""
    return isinstance(metric.expression, Cohort) and metric.expression.on is not None


def _reaches_not_back() -> str:
    return _("No rows of this kind reach back so far.")


def _derived(request: Request) -> Derived:
    return cast(Derived, METRICS[request.metric].expression)


def _depth(key: str) -> int:
    return 1 + max((_depth(each) for each in METRICS[key].inputs), default=-1)
