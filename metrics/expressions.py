"""The arithmetic of metrics over measures, as values that can be inspected.

Sums of measures are divided only here, in Python, never in SQL. Writing
`TicketsResolved.kept / TicketsResolved.rows` gives a Ratio of two Linears.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class MeasureRef:
    """One measure of one axis."""

    axis: str  # the model's label in lower case, for example "metrics.ticketsopened"
    name: str


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

    @property
    def refs(self) -> frozenset[MeasureRef]:
        return frozenset(ref for ref, _ in self.terms)

    @property
    def axes(self) -> frozenset[str]:
        return frozenset(ref.axis for ref in self.refs)

    def evaluate(self, sums: Mapping[MeasureRef, int]) -> int:
        """Return the whole-number sum; a measure without cells counts nothing."""
        return sum(sums.get(ref, 0) * count for ref, count in self.terms)

    def describe(self) -> str:
        """Return a stable text for fingerprints and lineage."""
        return " + ".join(f"{count}*{ref.axis}.{ref.name}" for ref, count in self.terms)


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


@dataclass(frozen=True)
class Mean(_OfSums):
    """A ratio of a sum to a count, with squares for its interval."""

    total: Linear
    count: Linear
    squares: Linear | None = None
    squares_unit: int = 1  # a square is of total divided by this


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
class FromRows:
    """A value that only the rows can tell: cohorts and sets of customers.

    `load` is a function of metrics.engine.cohorts; `options` are its windows, part of
    the definition.
    """

    load: Any = field(compare=False)
    name: str = ""
    options: tuple[tuple[str, int], ...] = ()
    axes: tuple[str, ...] = ()  # a change on these makes it stale


Expression = Amount | Ratio | Mean | Balance | Level | Derived | FromRows


def linears(expression: Expression) -> tuple[Linear, ...]:
    """Return the sums that an expression reads from cells."""
    match expression:
        case Amount(total, count):
            return (total,) if count is None else (total, count)
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case Mean(total, count, squares):
            return (total, count) if squares is None else (total, count, squares)
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
    return frozenset().union(*(linear.axes for linear in linears(expression)))


def describe(expression: Expression) -> str:
    """Return a stable text of the expression, for fingerprints."""
    if isinstance(expression, Derived):
        return f"derived({', '.join(expression.inputs)}): {expression.formula}"
    if isinstance(expression, FromRows):
        return f"{expression.name}{expression.options}"
    kind = type(expression).__name__.lower()
    return f"{kind}({'; '.join(each.describe() for each in linears(expression))})"
