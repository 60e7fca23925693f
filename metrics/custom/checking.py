"""What is wrong with a definition: the same sentences for forms and services."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from metrics.catalog import METRICS
from metrics.custom import loading
from metrics.custom.definitions import (
    FORMULA,
    UNITS,
    Definition,
    Line,
    Undefined,
    sum_of,
    unit_of,
)
from metrics.custom.errors import Faults
from metrics.dimensions import DIMENSIONS, Cut, Dimension
from metrics.formula import FormulaError, parse
from metrics.splits import in_use

MOST_AXES = 2
MOST_MEMBERS = 50


def faults_of(definition: Definition, *, access: Access, key: str = "") -> Faults:
    """Return a sentence for each field that cannot be; empty when all can.

    `key` is that of the metric that is edited.

    Queries: those of loading.current and METRICS.readable.
    """
    faults: Faults = {}
    if not definition.title.strip():
        faults["title"] = _("Give the metric a name.")
    if definition.kind == FORMULA:
        return faults | _formula_faults(definition, access, key)
    return faults | _ratio_faults(definition)


def _formula_faults(definition: Definition, access: Access, key: str) -> Faults:
    known = METRICS.readable(access, retired=True)
    try:
        formula = parse(definition.formula, known)
    except FormulaError as error:
        return {"formula": at(error, definition.formula)}
    if not formula.names:
        return {"formula": _("A formula needs the key of at least one metric.")}
    if ring := _ring(key, formula.names):
        return {
            "formula": _("This closes a ring: %(ring)s. Take %(name)s out.")
            % {"ring": " → ".join(ring), "name": ring[1]}
        }
    return {}


def at(error: FormulaError, text: str) -> str:
    """Return what is wrong with a formula, with the place where it is.

    Example: “At character 7, before “lost”: Something is missing …”.
    """
    rest = text[error.position :].split()
    where = _("At character %(n)s") % {"n": error.position + 1}
    if not text.strip():
        return error.message
    if not rest:
        return _("%(where)s, at the end: %(fault)s") % {
            "where": where,
            "fault": error.message,
        }
    return _("%(where)s, “%(rest)s”: %(fault)s") % {
        "where": where,
        "rest": rest[0][:20],
        "fault": error.message,
    }


def _ring(key: str, names: Sequence[str]) -> list[str]:
    """Return the way by which a metric would need itself; empty when it does not."""
    if not key:
        return []  # nothing can need what does not exist yet
    newest = loading.newest_versions()
    needs: Mapping[str, Collection[str]] = {
        each.metric.key: loading.definition_of(each).needs() for each in newest
    }
    reached = loading.reached_from(names, needs)
    if key not in reached:
        return []
    way = [key]
    while reached[way[-1]]:
        way.append(reached[way[-1]])
    return [key, *way[:0:-1], key]


def _ratio_faults(definition: Definition) -> Faults:
    faults: Faults = {}
    for side, lines in (("above", definition.above), ("below", definition.below)):
        if fault := _side_fault(lines):
            faults[side] = fault
    if faults:
        return faults
    axes = sum_of(definition.above).axes | sum_of(definition.below).axes
    if len(axes) > MOST_AXES:
        return {
            "below": _(
                "Measures of two kinds of records at most go together; these are of "
                "%(n)s. Make two metrics and divide one by the other in a formula."
            )
            % {"n": len(axes)}
        }
    return _unit_faults(definition)


def _side_fault(lines: Sequence[Line]) -> str:
    if not lines:
        return _("Choose at least one measure.")
    for line in lines:
        try:
            offered = line.offered
        except Undefined:
            return _("Choose a measure from the list.")
        if not line.cut:
            continue
        allowed = {int(each.cut): each for each in offered.dimensions}
        if line.cut not in allowed:
            return _("“%(measure)s” cannot be narrowed down by that: %(known)s.") % {
                "measure": offered.title,
                "known": _can_by(offered.dimensions),
            }
        if not line.members:
            return _("Say which %(dimension)s.") % {
                "dimension": str(DIMENSIONS[Cut(line.cut)].label).lower()
            }
        if len(line.members) > MOST_MEMBERS:
            return _("Name at most %(most)s members.") % {"most": MOST_MEMBERS}
    if unit_of(lines) is None:
        return _("Counts, money and times cannot be added up: use one kind.")
    return ""


def _can_by(dimensions: Sequence[Dimension]) -> str:
    if not dimensions:
        return _("it has nothing to narrow down by")
    named = ", ".join(str(each.label).lower() for each in in_use(dimensions))
    return _("use %(dimensions)s") % {"dimensions": named}


def _unit_faults(definition: Definition) -> Faults:
    above, below = unit_of(definition.above), unit_of(definition.below)
    assert above is not None and below is not None  # noqa: S101
    possible = UNITS.get((above, below), ())
    if not possible:
        return {
            "below": _("Divide %(above)s by a count, or by more of the same.")
            % {"above": definition.above[0].offered.label}
        }
    if definition.unit not in possible:
        return {
            "unit": _("This division gives: %(units)s.")
            % {"units": _(" or ").join(unit_name(each) for each in possible)}
        }
    return {}


def unit_name(unit: str) -> str:
    """Return what a unit is called in the builder."""
    return {
        "percent": _("per cent"),
        "ratio": _("a number, such as 1.25"),
        "money": _("money"),
        "money_per_day": _("money a day"),
        "seconds": _("time"),
        "days": _("days"),
        "count": _("a count"),
        "points": _("points from −100 to 100"),
        "score": _("a score"),
        "index": _("an index"),
    }[str(unit)]
