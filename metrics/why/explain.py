"""Why a value is not what it was: by rows, by inputs, or as far as can be told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from crmkpi.accounts.models import AuditEvent
from crmkpi.lib.periods import Calendar, Period, local_day
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.engine import versions
from metrics.engine.arithmetic import Computed
from metrics.engine.compute import compute
from metrics.engine.one_row import CannotTell
from metrics.engine.requests import Request
from metrics.engine.spans import BEGINNING
from metrics.expressions import Derived, Written
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.models import DirtyKey, Slot, StalePair
from metrics.scopes import ScopeKey
from metrics.why.earlier import Earlier
from metrics.why.records import Days, changed_records, instants, place
from metrics.why.split import (
    SIX,
    ZERO,
    Cause,
    Moved,
    Part,
    Split,
    Stored,
    cause_of,
    sides,
    split,
)

# How far the clocks of a computation and of the rows it saw may be apart.
SLACK = timedelta(minutes=10)
TRIES = 12


@dataclass(frozen=True)
class Asked:
    """Whose change is to be explained, seen from when."""

    metric: Metric
    scope: ScopeKey
    period: Period | None
    today: int
    calendar: Calendar
    zone: str


@dataclass(frozen=True)
class Explained:
    """A value then and now, with the parts between as far as they can be told.

    Unit: as engine.compute: money in minor units.
    """

    since: datetime
    old_value: Decimal | None
    new_value: Decimal | None
    parts: list[Part]
    split: Split | None = None  # of sums of rows
    inputs: dict[str, "Explained"] = field(default_factory=dict)  # of derived ones
    note: str = ""  # what cannot be told, and why
    is_waiting: bool = False  # changes are still being counted

    @property
    def change(self) -> Decimal | None:
        if self.old_value is None or self.new_value is None:
            return None
        return self.new_value - self.old_value


def explain(
    asked: Asked, *, since: datetime, earlier: Earlier | None = None
) -> Explained:
    """Return why a value is not what it was at an instant, or in a computation.

    Queries: those of split for each metric that it rests on.
    """
    metric = asked.metric
    waiting = _is_waiting(metric)
    try:
        if sides(metric.expression) is not None:
            found = _of_rows(asked, since, earlier, waiting)
        elif isinstance(metric.expression, Derived) and not _is_written(metric):
            found = _of_inputs(asked, metric.expression, since, earlier)
        else:
            raise CannotTell(metric.key)
    except CannotTell:
        found = _untold(asked, since, earlier)
    return replace(found, is_waiting=waiting)


def _is_written(metric: Metric) -> bool:
    """Whether it is a formula over values as pages show them, which may refuse some."""
    return isinstance(metric.expression, Written)


def _of_rows(
    asked: Asked, since: datetime, earlier: Earlier | None, waiting: bool
) -> Explained:
    stored = None
    if earlier is not None and earlier.numbers is not None:
        stored = Stored(
            earlier.numbers, earlier.value, _leftover(asked, since, earlier, waiting)
        )
    found = _split(asked, since, stored)
    if stored is not None and stored.leftover in (Cause.UNRECORDED, Cause.WAITING):
        found = _fitted(asked, found, stored)
    return Explained(found.since, found.old_value, found.new_value, found.parts, found)


def _split(asked: Asked, since: datetime, stored: Stored | None) -> Split:
    return split(
        asked.metric,
        asked.scope,
        asked.period,
        since=since,
        then_day=local_day(since, asked.zone),
        today=asked.today,
        calendar=asked.calendar,
        stored=stored,
    )


def _fitted(asked: Asked, found: Split, stored: Stored) -> Split:
    """Return the split from the instant at which the rows say what was computed.

    A computation runs a little after the rows it sees, and sees rows that came while
    it ran: the instant it stands for is one of those at which rows changed.
    """
    if not _has_leftover(found):
        return found
    axes = [AXES[key] for key in sorted(asked.metric.axes)]
    near = set[datetime]()
    for axis in axes:
        near |= instants(axis, first=found.since - SLACK, last=found.since + SLACK)
    before = {at - timedelta(microseconds=1) for at in near}
    tries = sorted(near | before, key=lambda at: abs(at - found.since))
    for at in tries[:TRIES]:
        other = _split(asked, at, stored)
        if not _has_leftover(other):
            return other
    return found


def _has_leftover(found: Split) -> bool:
    return any(part.cause in (Cause.UNRECORDED, Cause.WAITING) for part in found.parts)


def _leftover(asked: Asked, since: datetime, earlier: Earlier, waiting: bool) -> Cause:
    """Return what it is that rows do not explain."""
    current = versions.current_versions().get(asked.metric.key)
    if current is not None and current.number != earlier.version:
        return Cause.DEFINITION
    moves = AuditEvent.objects.filter(at__gt=since, action__startswith="team.")
    if asked.scope.cut != Cut.COMPANY and moves.exists():
        return Cause.TREE
    return Cause.WAITING if waiting else Cause.UNRECORDED


def _is_waiting(metric: Metric) -> bool:
    """Whether rows of the metric have changed that are not counted yet. Queries: 2."""
    axes = metric.axes.union(*(METRICS[key].axes for key in metric.inputs))
    slots = Slot.objects.filter(axis__in=axes)
    waits = DirtyKey.objects.filter(slot_id__in=slots.values("pk"))
    return (
        waits.exists()
        or slots.filter(rebuild=True).exists()
        or StalePair.objects.filter(axis__in=axes).exists()
    )


def _of_inputs(
    asked: Asked, expression: Derived, since: datetime, earlier: Earlier | None
) -> Explained:
    """Return the parts of a value that is calculated from others: one for each input.

    One input after another is set to what it is now; what that moves is its part.

    Raises: CannotTell when an input is no sum of rows or no plain value.
    """
    inputs: dict[str, Explained] = {}
    for name in expression.inputs:
        metric = METRICS.get(name)
        if metric is None or sides(metric.expression) is None:
            raise CannotTell(name)
        inputs[name] = explain(replace(asked, metric=metric), since=since)
    values = [each.old_value for each in inputs.values()]
    rebuilt = _derived(expression, values)
    value = earlier.value if earlier is not None else rebuilt
    parts = []
    if earlier is not None and rebuilt != value:
        cause = _leftover(asked, since, earlier, waiting=False)
        parts.append(_step(Part(cause, ZERO), value, rebuilt))
    old_value, value = value, rebuilt
    for at, (name, each) in enumerate(inputs.items()):
        if values[at] == each.new_value:
            continue
        values[at] = each.new_value
        found = _derived(expression, values)
        parts.append(_step(Part(Cause.INPUT, ZERO, metric=name), value, found))
        value = found if found is not None else value
    new_value = _derived(expression, values)
    return Explained(since, old_value, new_value, parts, inputs=inputs)


def _step(part: Part, before: Decimal | None, after: Decimal | None) -> Part:
    if before is not None and after is not None:
        part.value = after - before
    return part


def _derived(expression: Derived, values: Sequence[Decimal | None]) -> Decimal | None:
    if None in values:
        return None
    found: Decimal | None = expression.compute(*values)
    return None if found is None else found.quantize(SIX)


def _untold(asked: Asked, since: datetime, earlier: Earlier | None) -> Explained:
    """Return what can be said where rows do not add up: which of them changed."""
    metric = asked.metric
    new = _computed(asked)
    moved = list(_changed(asked, since))
    old_value = earlier.value if earlier is not None else None
    parts = []
    if moved or (earlier is not None and old_value != new.value):
        keys = {(each.record.axis.fact, each.record.key) for each in moved}
        part = Part(Cause.ROWS, ZERO, count=len(keys), moved=moved)
        parts.append(_step(part, old_value, new.value))
    if metric.inputs:
        note = _("It is calculated from numbers that are no plain sums.")
    elif metric.reads_rows:
        note = _(
            "What one row adds depends on others, so the change is not split: it was "
            "worked out again after these rows changed."
        )
    else:
        note = _("The change cannot be split by rows.")
    if earlier is None:
        note += " " + _("What it was then was not stored.")
    return Explained(since, old_value, new.value, parts, note=note)


def _changed(asked: Asked, since: datetime) -> list[Moved]:
    """Return the records of all its axes that changed in the scope, up to the end."""
    end = asked.today + 1 if asked.period is None else asked.period.end
    days = Days(BEGINNING, end)
    is_late = asked.period is not None and local_day(since, asked.zone) >= end
    found: dict[tuple[object, int], Moved] = {}
    axes = asked.metric.axes.union(*(METRICS[key].axes for key in asked.metric.inputs))
    for key in sorted(axes):
        where = place(AXES[key], asked.scope)
        try:
            for record in changed_records(where, days, since=since):
                rows = [*record.then, *record.now]
                if any(where.holds(row) for row in rows):
                    cause = cause_of(record, where, days, is_late)
                    found.setdefault(
                        (record.axis.fact, record.key),
                        Moved(record, where, cause, ZERO, ZERO),
                    )
        except CannotTell:
            continue
    return list(found.values())


def _computed(asked: Asked) -> Computed:
    start, end = BEGINNING, asked.today + 1
    if asked.period is not None:
        start, end = asked.period.start, asked.period.end
    request = Request(asked.metric.key, asked.scope, start, end)
    found = compute([request], as_of=asked.today, stats=False, calendar=asked.calendar)
    return found[request]
