"""The arithmetic of metrics over measures, as values that can be inspected.

Sums of measures are divided only here, in Python, never in SQL. Writing
`TicketsResolved.kept / TicketsResolved.rows` gives a Ratio of two Linears.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple


class Only(NamedTuple):
    """Some members of a dimension; member 0 are the rows without one."""

    cut: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class MeasureRef:
    """One measure of one axis, perhaps only of some members of a dimension."""

    axis: str  # the model's label in lower case, for example "metrics.ticketsopened"
    name: str
    only: Only | None = None  # one of the axis's cuts, so that cells tell it apart

    def __str__(self) -> str:
        if self.only is None:
            return f"{self.axis}.{self.name}"
        members = ",".join(map(str, self.only.members))
        return f"{self.axis}.{self.name}[{self.only.cut}:{members}]"


@dataclass(frozen=True)
class Linear:
    """A sum of measures with whole coefficients, for example promoters − detractors."""

    terms: tuple[tuple[MeasureRef, int], ...]

    def __add__(self, other: Any) -> "Linear":
        return _combine(self, as_linear(other), 1)

    def __sub__(self, other: Any) -> "Linear":
        return _combine(self, as_linear(other), -1)

    def __mul__(self, factor: int) -> "Linear":
        return Linear(tuple((ref, count * factor) for ref, count in self.terms))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "Ratio":
        return Ratio(self, as_linear(other))

    @cached_property
    def refs(self) -> frozenset[MeasureRef]:
        return frozenset(ref for ref, _ in self.terms)

    @cached_property
    def axes(self) -> frozenset[str]:
        return frozenset(ref.axis for ref in self.refs)

    @cached_property
    def reads(self) -> frozenset[tuple[str, Only | None]]:
        """Return the axes that are read, each with the members that alone count."""
        return frozenset((ref.axis, ref.only) for ref in self.refs)

    def evaluate(self, sums: Mapping[MeasureRef, int]) -> int:
        """Return the whole-number sum; a measure without cells counts nothing."""
        return sum(sums.get(ref, 0) * count for ref, count in self.terms)

    def describe(self) -> str:
        """Return a stable text for fingerprints and lineage."""
        return " + ".join(f"{count}*{ref}" for ref, count in self.terms)


def _combine(left: Linear, right: Linear, sign: int) -> Linear:
    counts: dict[MeasureRef, int] = dict(left.terms)
    for ref, count in right.terms:
        counts[ref] = counts.get(ref, 0) + sign * count
    return Linear(tuple((ref, count) for ref, count in counts.items() if count))


def as_linear(value: Any) -> Linear:
    """Return the Linear of a measure field, or the Linear itself.

    Raises: TypeError for anything else, so that a typing error fails at import.
    """
    if isinstance(value, Linear):
        return value
    if hasattr(value, "as_linear"):
        linear: Linear = value.as_linear()
        return linear
    raise TypeError(f"not a measure: {value!r}")


class _OfSums:
    """Take a measure wherever a sum of measures is expected."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if hasattr(value, "as_linear"):
                object.__setattr__(self, each.name, value.as_linear())


@dataclass(frozen=True)
class Amount(_OfSums):
    """A count or sum of what happened in the period (additive)."""

    total: Linear
    count: Linear | None = None  # the rows of a sum; a count counts itself


@dataclass(frozen=True)
class Ratio(_OfSums):
    """One sum divided by another; none when the lower one is 0."""

    numerator: Linear
    denominator: Linear
    count: Linear | None = None  # the rows, where the lower sum is not one of rows


@dataclass(frozen=True)
class Standing(Ratio):
    """A ratio over all rows up to a date, not only those of a period."""


@dataclass(frozen=True)
class PerDay(_OfSums):
    """A sum divided by days: those of the period that have passed, or with any rows.

    Days before the first row of the kind are not counted.
    """

    total: Linear
    is_worked: bool = False  # divided by the days with rows of the scope alone
    count: Linear | None = None  # the rows of a sum; a count counts itself


@dataclass(frozen=True)
class Mean(_OfSums):
    """A ratio of a sum to a count, with squares for its interval.

    Squares in coarser units need the sum of the same rounded values beside them: with
    the exact total they would give an interval that is too narrow.
    """

    total: Linear
    count: Linear
    squares: Linear | None = None
    squares_unit: int = 1  # a square is of a value divided by this and rounded
    squared: Linear | None = None  # the sum of what was squared; none: the total


@dataclass(frozen=True)
class Balance(_OfSums):
    """The share of one side less the share of the other, for example NPS."""

    plus: Linear
    minus: Linear
    count: Linear


@dataclass(frozen=True)
class Level(_OfSums):
    """A state at a date: all that started up to it less all that ended."""

    started: Linear
    ended: Linear


@dataclass(frozen=True)
class Derived:
    """A value from the values of other metrics of the same scope and period.

    `compute` takes them in the order of `inputs` and returns None when one that it
    needs is missing. An input is a metric key or "key:stat".
    """

    inputs: tuple[str, ...]
    compute: Any = field(compare=False)
    formula: str = ""


@dataclass(frozen=True)
class Written(Derived):
    """A value by a formula that somebody wrote, over values as pages show them.

    `compute` takes every input, None where one is missing, and money in the
    organisation's currency; it raises FormulaError where a number gets too large.
    """


class Span(NamedTuple):
    """The days [start, end) of a period up to today, and of the one it follows.

    The period before is of the same kind and cut to the same elapsed part.
    """

    start: int
    end: int
    before_start: int
    before_end: int


@dataclass(frozen=True)
class Told:
    """What is known of the rows of a cohort, whoever's they are."""

    reason: str = ""  # why there are none, in words
    stats: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Cohort:
    """Rows that a rule picks for a period, and what each adds to either side.

    What a row adds may depend on other rows (an order that follows, a state at the
    end). The value is the sum above divided by the sum below; with `is_sum` it is the
    sum above. Rows behind the number are these very rows, so both agree always.
    """

    name: str
    axis: str  # whose fact is read, with its owner, team and base filter
    rows: Callable[[Span], Any] = field(compare=False)  # a Q that picks the rows
    above: Callable[[Span], Any] | None = field(default=None, compare=False)
    below: Callable[[Span], Any] | None = field(default=None, compare=False)
    on: Callable[[Span], int] | None = field(default=None, compare=False)
    also: tuple[str, ...] = ()  # further axes whose change makes it stale
    tells: Callable[[set[int]], Mapping[int, Told]] | None = field(
        default=None, compare=False
    )
    note: Callable[[int], str] | None = field(default=None, compare=False)
    options: tuple[tuple[str, int], ...] = ()  # its windows, part of the definition
    is_sum: bool = False
    lasts: int | None = None
    is_money: bool = False  # what a row adds above
    title: Any = ""  # what its rows are called where a number lists several

    # above, below: whole-number expressions of one row, none for 1.
    # on: the day whose tree of teams counts, none for the day of each row.
    # lasts: for how many days after its own period a row still counts, none: always.
    # tells: by the day a span ends, what to say when there are no rows, and readings
    # that are the same for every scope.
    # note: by the day a span ends, a sentence on where its rows come from; empty: none.


@dataclass(frozen=True)
class Outcome:
    """What a rule written in Python found for one scope and period.

    Without a value, the two sides are divided and taken as a share of cases.
    Empty: neither, with a reason in words.
    """

    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    method: str = ""
    stats: dict[str, Decimal | None] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class FromRows:
    """A value that takes more than sums: a model, an index, distinct people.

    `load` takes a set of engine.cohorts.CohortWindow and returns an Outcome for each;
    `options` are its windows and weights, part of the definition. With `inputs`, keys
    of other metrics, it takes a dict of windows with the values of these, None where
    there is none.
    """

    load: Any = field(compare=False)
    name: str = ""
    options: tuple[tuple[str, int], ...] = ()
    axes: tuple[str, ...] = ()  # a change on these makes it stale
    parts: tuple[Cohort, ...] = ()  # the rows it is made of
    inputs: tuple[str, ...] = ()
    # Returns the figures from outside that `load` takes for the days [start, end).
    figures: Any = field(compare=False, default=None)


Expression = (
    Amount | Ratio | PerDay | Mean | Balance | Level | Derived | Cohort | FromRows
)


def linears(expression: Expression) -> tuple[Linear, ...]:
    """Return the sums that an expression reads from cells."""
    match expression:
        case Amount(total, count):
            return (total,) if count is None else (total, count)
        case Ratio(numerator, denominator, count):
            sides = (numerator, denominator)
            return sides if count is None else (*sides, count)
        case PerDay(total, count=count):
            return (total,) if count is None else (total, count)
        case Mean(total, count, squares, squared=squared):
            return tuple(
                each for each in (total, count, squares, squared) if each is not None
            )
        case Balance(plus, minus, count):
            return (plus, minus, count)
        case Level(started, ended):
            return (started, ended)
        case _:
            return ()


def axes_of(expression: Expression) -> frozenset[str]:
    """Return the axes whose change makes the value stale."""
    if isinstance(expression, FromRows):
        return frozenset(expression.axes)
    if isinstance(expression, Cohort):
        return frozenset({expression.axis, *expression.also})
    return frozenset().union(*(linear.axes for linear in linears(expression)))


def describe(expression: Expression) -> str:
    """Return a stable text of the expression, for fingerprints."""
    if isinstance(expression, Derived):
        return f"derived({', '.join(expression.inputs)}): {expression.formula}"
    if isinstance(expression, (FromRows, Cohort)):
        return f"{expression.name}{expression.options}"
    kind = type(expression).__name__.lower()
    if isinstance(expression, PerDay) and expression.is_worked:
        kind = "perdayworked"
    return f"{kind}({'; '.join(each.describe() for each in linears(expression))})"
