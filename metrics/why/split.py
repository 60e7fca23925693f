"""The difference between two computations of one period, split by what caused it.

The parts add up to the difference exactly: of the numerator, of the denominator and of
the value.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce

from django.db.models import Count, Q, Sum

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Calendar, Period
from metrics.behind import contribution
from metrics.engine import one_row
from metrics.engine.reads import merged, reads_of
from metrics.engine.spans import BEGINNING, days_of
from metrics.engine.windows import read_windows
from metrics.expressions import (
    Amount,
    Balance,
    Expression,
    Level,
    Linear,
    Mean,
    Ratio,
    Standing,
)
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.scopes import ScopeKey
from metrics.why.records import (
    Added,
    Days,
    Place,
    Record,
    added_rows,
    changed_records,
    column,
    place,
)

SIX = Decimal("0.000001")
NONE = Linear(())


class Cause(StrEnum):
    """What moved a number, in the order in which the parts are told."""

    DEFINITION = "definition"
    TREE = "tree"
    WAITING = "waiting"  # rows and number do not agree at this moment
    UNRECORDED = "unrecorded"  # nothing written down says what it was
    TIME = "time"
    NEW = "new"
    LATE = "late"
    EDIT = "edit"
    REASSIGNMENT = "reassignment"
    DELETION = "deletion"
    INPUT = "input"  # another metric that it is calculated from
    ROWS = "rows"  # changed rows whose effects do not add up


BY_ROWS = (Cause.NEW, Cause.LATE, Cause.EDIT, Cause.REASSIGNMENT, Cause.DELETION)


@dataclass(frozen=True)
class Numbers:
    """Both sides of a number; a sum has none below."""

    above: int
    below: int = 0

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.above + other.above, self.below + other.below)

    def __sub__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.above - other.above, self.below - other.below)

    def __bool__(self) -> bool:
        return bool(self.above or self.below)


ZERO = Numbers(0)


@dataclass(frozen=True)
class Moved:
    """A record with what its change did to both sides."""

    record: Record
    place: Place
    cause: Cause
    now: Numbers  # change by its rows, on the days that count today
    then: Numbers  # the same on the days that counted then


@dataclass
class Part:
    """What one cause did."""

    cause: Cause
    numbers: Numbers
    # None: only together with the next part that has one (nothing to divide by).
    value: Decimal | None = None
    count: int = 0  # records
    metric: str = ""  # of an input
    moved: list[Moved] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)


@dataclass(frozen=True)
class Split:
    """A number then and now, and the parts between."""

    metric: Metric
    since: datetime
    old: Numbers
    new: Numbers
    old_value: Decimal | None
    new_value: Decimal | None
    parts: list[Part]

    @property
    def change(self) -> Decimal | None:
        if self.old_value is None or self.new_value is None:
            return None
        return self.new_value - self.old_value


@dataclass(frozen=True)
class Stored:
    """What an earlier computation said."""

    numbers: Numbers
    value: Decimal | None
    leftover: Cause  # what explains what rows do not


def sides(expression: Expression) -> tuple[Linear, Linear] | None:
    """Return the sums above and below the line; none for what is no sum of rows."""
    match expression:
        case Amount(total=total):
            return total, NONE
        case Ratio(numerator=upper, denominator=lower):
            return upper, lower
        case Mean(total=total, count=count):
            return total, count
        case Balance(plus=plus, minus=minus, count=count):
            return plus - minus, count
        case Level(started=started, ended=ended):
            return started - ended, NONE
    return None


def value_of(metric: Metric, numbers: Numbers) -> Decimal | None:
    """Return the value of both sides, as engine.compute gives it.

    Empty: None for what is divided by nothing.
    """
    if isinstance(metric.expression, Amount | Level):
        return Decimal(numbers.above)
    if numbers.below == 0:
        return None
    is_share = isinstance(metric.expression, Balance) or metric.unit is Unit.PERCENT
    scale = 100 if is_share and not isinstance(metric.expression, Mean) else 1
    return (Decimal(numbers.above * scale) / numbers.below).quantize(SIX)


def days_counted(metric: Metric, period: Period | None, *, as_of: int) -> Days:
    """Return the days whose rows count, seen on a day."""
    asked = (BEGINNING, as_of + 1) if period is None else (period.start, period.end)
    start, end = days_of(metric, *asked, as_of)
    if isinstance(metric.expression, Level | Standing):
        start = BEGINNING
    return Days(start, min(end, as_of + 1 - metric.matures_after))


def split(
    metric: Metric,
    scope: ScopeKey,
    period: Period | None,
    *,
    since: datetime,
    then_day: int,
    today: int,
    calendar: Calendar,
    stored: Stored | None = None,
) -> Split:
    """Return why a number is not what it was at an instant.

    `then_day` is the local day of the instant: days after it did not count yet.
    `stored` is what was computed then; without it that is worked out from the rows as
    they were, by the definition and tree of today.

    Time: a row is late when the period was over at the instant, else new.

    Queries: about 10 for each axis, whatever the number of rows.

    Raises: CannotTell for a metric whose rows only the database can count; ValueError
    for one that is no sum of rows.
    """
    both = sides(metric.expression)
    if both is None:
        raise ValueError(f"{metric.key} is no sum of rows")
    days = days_counted(metric, period, as_of=today)
    earlier = days_counted(metric, period, as_of=then_day)
    is_late = period is not None and then_day >= period.end
    moved: list[Moved] = []
    added: list[tuple[Added, Numbers, Numbers, int]] = []
    for key in sorted(both[0].axes | both[1].axes):
        where = place(AXES[key], scope)
        hull = days.hull(earlier)
        for record in changed_records(where, hull, since=since, linears=both):
            moved.append(_moved(record, where, both, days, earlier, is_late))
        if (came := added_rows(where, days, hull, since=since)) is not None:
            added.append(
                (
                    came,
                    _sum(came, both, days),
                    _sum(came, both, earlier),
                    _count(came, both, days),
                )
            )
    new = _cells(metric, both, scope, days, calendar)
    by_rows = _total(each.now for each in moved) + _total(each[1] for each in added)
    then = new - by_rows
    before = then
    if earlier != days:
        changed = _total(each.then for each in moved)
        changed += _total(each[2] for each in added)
        before = _cells(metric, both, scope, earlier, calendar) - changed
    parts = _first_parts(metric, stored, before, then)
    parts += _parts_by_rows(moved, added, Cause.LATE if is_late else Cause.NEW)
    old = stored.numbers if stored else before
    old_value = stored.value if stored else value_of(metric, before)
    _tell_values(metric, old, old_value, parts)
    return Split(metric, since, old, new, old_value, value_of(metric, new), parts)


def _first_parts(
    metric: Metric, stored: Stored | None, before: Numbers, then: Numbers
) -> list[Part]:
    """Return the parts that are not by rows: what is left over, and time."""
    parts = []
    if stored is not None and (
        stored.numbers != before or stored.value != value_of(metric, before)
    ):
        parts.append(Part(stored.leftover, before - stored.numbers))
    if then != before:
        parts.append(Part(Cause.TIME, then - before))
    return parts


def _parts_by_rows(
    moved: Sequence[Moved],
    added: Sequence[tuple[Added, Numbers, Numbers, int]],
    added_as: Cause,
) -> list[Part]:
    parts: dict[Cause, Part] = {}
    for cause in BY_ROWS:
        some = [each for each in moved if each.cause is cause and each.now]
        if some:
            total = _total(each.now for each in some)
            parts[cause] = Part(cause, total, count=_records(some), moved=some)
    for rows, numbers, _then, count in added:
        if count:
            part = parts.setdefault(added_as, Part(added_as, ZERO))
            part.numbers += numbers
            part.count += count
            part.added.append(rows)
    return [parts[cause] for cause in BY_ROWS if cause in parts]


def _records(moved: Iterable[Moved]) -> int:
    """Return how many records these are; one may stand on several axes."""
    return len({(each.record.axis.fact, each.record.key) for each in moved})


def _tell_values(
    metric: Metric, old: Numbers, old_value: Decimal | None, parts: list[Part]
) -> None:
    """Give every part its share of the change of the value, one after another.

    Each part is what the value moves by when it is added to those before it, so that
    they add up to the change. Where a step has nothing to divide by, its part is told
    with the next one.
    """
    numbers, value = old, old_value
    for part in parts:
        numbers += part.numbers
        found = value_of(metric, numbers)
        if found is not None and value is not None:
            part.value = found - value
        if found is not None:
            value = found


def _moved(
    record: Record,
    where: Place,
    both: tuple[Linear, Linear],
    days: Days,
    earlier: Days,
    is_late: bool,
) -> Moved:
    def change(window: Days) -> Numbers:
        return Numbers(
            *(
                where.adds(record.now, linear, window)
                - where.adds(record.then, linear, window)
                for linear in both
            )
        )

    now = change(days)
    then = now if earlier == days else change(earlier)
    return Moved(record, where, cause_of(record, where, days, is_late), now, then)


def cause_of(record: Record, where: Place, days: Days, is_late: bool) -> Cause:
    """Return what happened to a record, as seen from the scope.

    Example: a ticket that Alice handed to Bob was re-assigned for Alice and for Bob;
    for their team nothing happened.
    """
    if not record.is_older:
        return Cause.LATE if is_late else Cause.NEW
    if not record.now:
        return Cause.DELETION
    then, now = (
        [row for row in rows if where.counts(row, days)]
        for rows in (record.then, record.now)
    )
    axis = where.axis
    if then and not any(one_row.holds(axis.base, axis.fact, row) for row in record.now):
        return Cause.DELETION
    owner = [column(axis, name) for name in (axis.agent, axis.team())]
    owners = [
        {tuple(row[name] for name in owner) for row in rows}
        for rows in (record.then, record.now)
    ]
    if bool(then) != bool(now) and record.then and owners[0] != owners[1]:
        held = [
            any(where.holds(row) for row in rows) for rows in (record.then, record.now)
        ]
        if held[0] != held[1]:
            return Cause.REASSIGNMENT
    return Cause.EDIT


def _total(numbers: Iterable[Numbers]) -> Numbers:
    return reduce(Numbers.__add__, numbers, ZERO)


def _on(added: Added, days: Days) -> Q:
    when = added.axis.when
    return Q(**{f"{when}__gte": days.start, f"{when}__lt": days.end})


def _sum(added: Added, both: tuple[Linear, Linear], days: Days) -> Numbers:
    """Return what rows add to both sides. Queries: 1."""
    above, below = (contribution(each, added.axis) for each in both)
    rows = added.rows.filter(_on(added, days)).order_by()
    found = rows.annotate(one_above=above, one_below=below).aggregate(
        above=Sum("one_above"), below=Sum("one_below")
    )
    return Numbers(int(found["above"] or 0), int(found["below"] or 0))


def moving(added: Added, both: tuple[Linear, Linear], days: Days) -> Added:
    """Return those of the rows that add anything to either side."""
    above, below = (contribution(each, added.axis) for each in both)
    rows = added.rows.filter(_on(added, days))
    rows = rows.annotate(one_above=above, one_below=below)
    return replace(added, rows=rows.exclude(one_above=0, one_below=0))


def _count(added: Added, both: tuple[Linear, Linear], days: Days) -> int:
    found = moving(added, both, days).rows.order_by()
    return int(found.aggregate(count=Count("pk"))["count"])


def _cells(
    metric: Metric,
    both: tuple[Linear, Linear],
    scope: ScopeKey,
    days: Days,
    calendar: Calendar,
) -> Numbers:
    """Return both sides as the cells say them. Queries: 1."""
    reads = reads_of(metric.expression, scope, *days)
    names: dict[str, set[str]] = defaultdict(set)
    for ref in both[0].refs | both[1].refs:
        names[ref.axis].add(ref.name)
    sums = merged(reads, read_windows({each.window for each in reads}, names, calendar))
    return Numbers(both[0].evaluate(sums), both[1].evaluate(sums))


def records_of(part: Part) -> Iterator[Moved]:
    """Give the changed records of a part, the latest change first."""
    yield from sorted(
        part.moved,
        key=lambda each: (
            each.record.touches[-1].at.timestamp() if each.record.touches else 0,
            each.record.key,
        ),
        reverse=True,
    )
