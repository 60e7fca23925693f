"""From what somebody defined to a metric that the engine computes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.lib.numbers import Unit
from metrics.custom.offered import OFFERED, WITHOUT_AGENTS, Offered
from metrics.dimensions import DIMENSIONS, Cut
from metrics.expressions import Linear, MeasureRef, Only, Ratio, Written
from metrics.formula import Formula, FormulaError, parse
from metrics.measures import AXES
from metrics.measures.base import Measure, Rows
from metrics.metric import Above, Better, Metric

FAMILY = "own"
RATIO, FORMULA = "ratio", "formula"
UNITS: dict[tuple[Unit, Unit], tuple[Unit, ...]] = {  # above and below the line
    (Unit.COUNT, Unit.COUNT): (Unit.PERCENT, Unit.RATIO),
    (Unit.MONEY, Unit.MONEY): (Unit.PERCENT, Unit.RATIO),
    (Unit.SECONDS, Unit.SECONDS): (Unit.PERCENT, Unit.RATIO),
    (Unit.DAYS, Unit.DAYS): (Unit.PERCENT, Unit.RATIO),
    (Unit.MONEY, Unit.COUNT): (Unit.MONEY,),
    (Unit.SECONDS, Unit.COUNT): (Unit.SECONDS,),
    (Unit.DAYS, Unit.COUNT): (Unit.DAYS,),
}
Names = Mapping[int, Mapping[int, str]]  # of members by cut


class Undefined(ValueError):
    """A definition that names what there is no more, in words."""


@dataclass(frozen=True)
class Line:
    """One term of a sum: a measure, perhaps of some members of a dimension only."""

    measure: str  # key of an Offered
    cut: int = 0  # 0: no dimension
    members: tuple[int, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Line":
        """Return the line that was stored as JSON."""
        members = tuple(stored.get("members", ()))
        return cls(stored["measure"], stored.get("cut", 0), members)

    def as_json(self) -> dict[str, Any]:
        kept = {"cut": self.cut, "members": list(self.members)} if self.cut else {}
        return {"measure": self.measure, **kept}

    @property
    def offered(self) -> Offered:
        """Return the measure. Raises: Undefined when there is none of that name."""
        try:
            return OFFERED[self.measure]
        except KeyError as error:
            message = _("There is no measure “%(name)s” any more.")
            raise Undefined(message % {"name": self.measure}) from error

    @property
    def is_known(self) -> bool:
        """Whether the measure still exists."""
        return self.measure in OFFERED

    @property
    def ref(self) -> MeasureRef:
        offered = self.offered
        only = Only(self.cut, tuple(sorted(set(self.members)))) if self.cut else None
        return MeasureRef(offered.axis.key(), offered.name, only)


@dataclass(frozen=True)
class Definition:
    """Everything about a metric that an edit may change."""

    kind: str  # RATIO or FORMULA
    title: str
    unit: Unit
    better: Better
    min_n: int
    text: str = ""
    above: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    formula: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.above + self.below

    def parsed(self) -> Formula:
        """Return the formula. Raises: FormulaError."""
        return parse(self.formula)

    def needs(self) -> tuple[str, ...]:
        """Return the metrics it is calculated from, none when it cannot be read."""
        if self.kind != FORMULA:
            return ()
        try:
            return self.parsed().names
        except FormulaError:
            return ()


def build(
    definition: Definition, key: str, *, names: Names, source: str = ""
) -> Metric:
    """Return the metric of a definition; one that no longer can be says why.

    Raises: Undefined, FormulaError.
    """
    if definition.kind == FORMULA:
        return _written(definition, key, source)
    return _ratio(definition, key, names, source)


def broken(definition: Definition, key: str, fault: str) -> Metric:
    """Return a metric that has no value and says why, so that pages go on working."""

    def compute() -> Decimal | None:
        raise FormulaError(fault, 0)

    expression = Written((), compute, f"broken: {definition}")
    return _metric(definition, key, expression, formula=fault)


def sum_of(lines: Iterable[Line]) -> Linear:
    """Return the sum that lines add up to, a measure that stands twice counted twice.

    Raises: Undefined.
    """
    counts: dict[MeasureRef, int] = {}
    for line in lines:
        counts[line.ref] = counts.get(line.ref, 0) + 1
    return Linear(tuple(counts.items()))


def unit_of(lines: Iterable[Line]) -> Unit | None:
    """Return the unit of a sum; None when it adds up what cannot be added."""
    units = {line.offered.unit for line in lines}
    return units.pop() if len(units) == 1 else None


def rows_of(lines: Iterable[Line]) -> Linear:
    """Return how many rows a sum is made of, such as one of money, time or visits.

    Each measure counts the rows that it looks at; what looks at some of another's adds
    none. Raises: Undefined.

    Example: talking time and time on hold are made of the contacts handled.
    """
    refs = {_rows_behind(line.ref) for line in lines}
    wide = [
        ref
        for ref in sorted(refs, key=str)
        if not any(_is_among(ref, other) for other in refs - {ref})
    ]
    return Linear(tuple((ref, 1) for ref in wide))


def _rows_behind(ref: MeasureRef) -> MeasureRef:
    """Return the count of the rows that a measure looks at, else of its axis."""
    where = _measure(ref).where
    counts = (
        each.name
        for each in AXES[ref.axis].measures()
        if isinstance(each, Rows) and each.where == where
    )
    return replace(ref, name=next(counts, "rows"))


def words(lines: Sequence[Line], names: Names) -> str:
    """Return a sum in words: "tickets opened (Channel: Phone) + calls"."""
    return " + ".join(_line_in_words(line, names) for line in lines)


def _line_in_words(line: Line, names: Names) -> str:
    label = str(line.offered.label)
    if not line.cut:
        return label
    known = names.get(line.cut, {})
    return _("%(measure)s (%(dimension)s: %(members)s)") % {
        "measure": label,
        "dimension": DIMENSIONS[Cut(line.cut)].label,
        "members": ", ".join(known.get(each, "?") for each in line.members),
    }


def _divided(above: str, below: str) -> str:
    return f"({above}) ÷ ({below})"


_words = lazy(words, str)
_over = lazy(_divided, str)


def member_names(lines: Iterable[Line]) -> Names:
    """Return the names of the members of lines. Queries: 1 for each dimension."""
    wanted: dict[int, set[int]] = {}
    for line in lines:
        if line.cut:
            wanted.setdefault(line.cut, set()).update(line.members)
    return {cut: DIMENSIONS[Cut(cut)].labels(ids) for cut, ids in wanted.items()}


def _ratio(definition: Definition, key: str, names: Names, source: str) -> Metric:
    above, below = sum_of(definition.above), sum_of(definition.below)
    counts_rows = all(isinstance(_measure(ref), Rows) for ref in below.refs)
    above_unit, below_unit = unit_of(definition.above), unit_of(definition.below)
    upper, lower = _words(definition.above, names), _words(definition.below, names)
    axes = above.axes | below.axes
    is_restricted = any(line.cut for line in definition.lines)
    return _metric(
        definition,
        key,
        Ratio(above, below, count=None if counts_rows else rows_of(definition.below)),
        formula=_over(upper, lower),
        source=source,
        numerator=upper,
        denominator=lower if counts_rows else gettext_lazy("rows"),
        above=relation(above, below),
        above_unit=None if above_unit is Unit.COUNT else above_unit,
        below_unit=below_unit or Unit.COUNT,
        # Cells tell agents apart, and members within a team, but not both.
        agents=not is_restricted and not axes & WITHOUT_AGENTS,
    )


def _written(definition: Definition, key: str, source: str) -> Metric:
    formula = definition.parsed()

    def compute(*values: Decimal | None) -> Decimal | None:
        return formula.evaluate(dict(zip(formula.names, values, strict=True)))

    return _metric(
        definition,
        key,
        Written(formula.names, compute, formula.canonical),
        formula=definition.formula,
        source=source,
    )


def _metric(
    definition: Definition, key: str, expression: Any, *, source: str = "", **more: Any
) -> Metric:
    known: dict[str, Any] = {
        "includes": gettext_lazy("What the measures or metrics in the formula count."),
        "excludes": gettext_lazy("What these leave out, such as tests and spam."),
        "denominator": gettext_lazy("rows"),
    }
    return Metric(
        expression=expression,
        title=definition.title,
        text=definition.text or gettext_lazy("A metric that was made here."),
        unit=definition.unit,
        better=definition.better,
        min_n=definition.min_n,
        source=source or gettext_lazy("Made here."),
        key=key,
        family=FAMILY,
        **known | more,
    )


def relation(above: Linear, below: Linear) -> Above:
    """Return how the rows above the line stand to those below, as far as is sure.

    Example: calls answered are among calls that came in, so they are a PART of them;
    talking time of contacts handled is an amount WITHIN them; deals won are APART from
    deals lost.
    """
    refs = list(below.refs)
    if not all(any(_is_among(ref, other) for other in refs) for ref in above.refs):
        return Above.APART
    single = len(above.terms) == len(refs) == 1 and above.terms[0][1] == 1
    ((first, _count), *_rest) = above.terms
    if single and isinstance(_measure(first), Rows):
        return Above.PART
    return Above.WITHIN


def _is_among(ref: MeasureRef, other: MeasureRef) -> bool:
    """Whether every row that one measure counts is sure to be counted by another."""
    if ref.axis != other.axis:
        return False
    if other.only is not None:
        if ref.only is None or ref.only.cut != other.only.cut:
            return False
        if not set(ref.only.members) <= set(other.only.members):
            return False
    narrow, wide = _measure(ref).where, _measure(other).where
    return wide is None or narrow == wide or _has_all(narrow, wide)


def _has_all(narrow: Q | None, wide: Q) -> bool:
    """Whether a filter asks for all that another one asks for."""
    if narrow is None or narrow.negated or wide.negated:
        return False
    if narrow.connector != Q.AND or wide.connector != Q.AND:
        return False
    return all(each in narrow.children for each in wide.children)


def _measure(ref: MeasureRef) -> Measure:
    return next(each for each in AXES[ref.axis].measures() if each.name == ref.name)
