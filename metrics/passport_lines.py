"""The lines of a passport: from the rows that were found to the value."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crmkpi.lib.numbers import Unit
from metrics.behind import Part, has_parts
from metrics.catalog import METRICS
from metrics.engine.cell_values import DAYS
from metrics.expressions import Amount, Balance, Cohort, Derived, FromRows, Level
from metrics.figures import count_text, day_text, reading_name, text_of
from metrics.metric import Metric
from metrics.queries import MONEY, Value
from metrics.row_columns import FACTS
from metrics.tallies import Tallied


@dataclass(frozen=True)
class Line:
    """One line of the sum."""

    label: str
    text: str
    kind: str = ""  # "less": taken away; "total": the line below a rule
    count: int | None = None  # the rows of the line, taken-away ones negative
    part: Part | None = None  # the rows that the list shows for it
    metric: str = ""  # whose passport explains it further
    kind_of_rows: str = ""  # which list of rows, where there is more than one


def lines_of(
    metric: Metric,
    value: Value,
    *,
    inputs: list[Value],
    rows: list[Tallied],
    within: str,
    currency: str,
) -> list[Line]:
    """Return what leads to a value: its rows, or the values it is calculated from.

    `inputs` are the values of the metric's inputs, in their order; `within` says which
    days its rows are of, nothing for all days.
    """
    match metric.expression:
        case Derived() as derived:
            return list(_inputs(metric, derived, inputs, value, currency))
        case FromRows():
            return list(_found(metric, inputs, value, currency))
    return list(_sum(metric, rows, value, within, currency))


def divided_by(rows: list[Tallied]) -> list[Tallied]:
    """Return the kinds of rows that are divided by, or that simply count."""
    return [each for each in rows if not each.rows.is_above_only]


def _sum(
    metric: Metric,
    tallied_rows: list[Tallied],
    value: Value,
    span: str,
    currency: str,
) -> Iterator[Line]:
    rows = divided_by(tallied_rows)
    counted = sum(each.whole.counted for each in rows)
    found = sum(each.whole.found for each in rows)
    yield Line(_first_label(metric, rows, span), count_text(found), count=found)
    less: dict[str, int] = {}
    for each in rows:
        for out in each.whole.left_out:
            less[out.name] = less.get(out.name, 0) + out.count
    for name, count in less.items():
        yield _less(name, count, Part.OUT)
    if young := sum(each.whole.parts[Part.YOUNG] for each in rows):
        yield _less(_("Too recent to tell"), young, Part.YOUNG)
    yield Line(_("Counted"), count_text(counted), "total", counted, Part.COUNTED)
    for each in tallied_rows:
        if each.rows.is_above_only:
            yield from _other_rows(each, span)
    yield from _above(metric, rows, value, currency)


def _other_rows(each: Tallied, span: str) -> Iterator[Line]:
    """Return the lines of rows that stand only above the line."""
    what = capfirst(str(FACTS[each.rows.axis.fact].plural))
    kind = each.rows.kind
    label = f"{what}, {span}" if span else _("%(rows)s, all days") % {"rows": what}
    found = each.whole.found
    yield Line(label, count_text(found), count=found, kind_of_rows=kind)
    for out in each.whole.left_out:
        yield _less(out.name, out.count, Part.OUT)
    counted = each.whole.counted
    yield Line(
        _("Counted"), count_text(counted), "total", counted, Part.COUNTED, "", kind
    )


def _less(name: str, count: int, part: Part) -> Line:
    return Line(name, f"−{count_text(count)}", "less", -count, part)


def _first_label(metric: Metric, rows: list[Tallied], span: str) -> str:
    what = capfirst(str(metric.denominator))
    if not span:
        return _("%(rows)s, all days") % {"rows": what}
    if not metric.is_state or not rows:
        return _("%(rows)s, %(period)s") % {"rows": what, "period": span}
    return _("%(rows)s at the end of %(day)s") % {
        "rows": what,
        "day": day_text(rows[0].rows.end - 1),
    }


def _above(
    metric: Metric, rows: list[Tallied], value: Value, currency: str
) -> Iterator[Line]:
    """Return the lines from what was counted to the value."""
    match metric.expression:
        case Level() | Amount(count=None) | Cohort(is_sum=True, above=None):
            return  # what was counted is the value
    result = text_of(value.value, metric.unit, currency)
    upper = _amount(metric, value.numerator, currency)
    name = capfirst(str(metric.numerator))
    if isinstance(metric.expression, Amount) or _is_cohort_sum(metric):
        yield Line(name, upper, "total")
        return
    if isinstance(metric.expression, Balance):
        parts = (Part.ABOVE, Part.AGAINST)
        plus, minus = (sum(each.whole.parts[part] for each in rows) for part in parts)
        for label, count, part in zip(metric.sides, (plus, minus), parts, strict=True):
            yield Line(capfirst(str(label)), count_text(count), count=count, part=part)
        upper = f"({count_text(plus)} − {count_text(minus)})"
    else:
        yield Line(name, upper, part=Part.ABOVE if has_parts(metric) else None)
    if (days := value.stats.get(DAYS)) is not None:
        divided_by = text_of(days, Unit.DAYS, currency)
        yield Line(f"{upper} ÷ {divided_by}", result, "total")
        return
    if value.denominator is None:
        yield Line(value.reason or _("No value"), result, "total")
        return
    lower = text_of(value.denominator, metric.below_unit, currency)
    yield Line(f"{upper} ÷ {lower}", result, "total")


def _amount(metric: Metric, amount: Decimal | None, currency: str) -> str:
    if amount is None:
        return _("none")
    unit = metric.above_unit or (metric.unit if metric.unit in MONEY else Unit.COUNT)
    return text_of(amount, unit, currency)


def _is_cohort_sum(metric: Metric) -> bool:
    return isinstance(metric.expression, Cohort) and metric.expression.is_sum


def _found(
    metric: Metric, inputs: list[Value], value: Value, currency: str
) -> Iterator[Line]:
    """Return the lines of what a rule written in Python took and found."""
    for key, each in zip(metric.inputs, inputs, strict=True):
        source = METRICS[key]
        text = text_of(each.value, source.unit, currency)
        yield Line(str(source.title), text, metric=key)
    for name, amount in value.stats.items():
        text = text_of(amount, metric.unit_of(name), currency)
        yield Line(reading_name(name), text)
    result = text_of(value.value, metric.unit, currency)
    if value.numerator is None or value.denominator is None:
        yield Line(str(metric.title), result, "total")
        return
    upper = _amount(metric, value.numerator, currency)
    lower = text_of(value.denominator, metric.below_unit, currency)
    yield Line(capfirst(str(metric.numerator)), upper)
    yield Line(capfirst(str(metric.denominator)), lower)
    yield Line(f"{upper} ÷ {lower}", result, "total")


def _inputs(
    metric: Metric,
    expression: Derived,
    inputs: list[Value],
    value: Value,
    currency: str,
) -> Iterator[Line]:
    """Return the values that another one is calculated from."""
    for name, each in zip(expression.inputs, inputs, strict=True):
        key, _colon, stat = name.partition(":")
        source = METRICS[key]
        amount = each.stats.get(stat) if stat else each.value
        label = str(source.title)
        if stat:
            label = f"{label}, {reading_name(stat).lower()}"
        yield Line(label, text_of(amount, source.unit_of(stat), currency), metric=key)
    result = text_of(value.value, metric.unit, currency)
    yield Line(str(metric.title), result, "total")
