"""The page that says why a number changed: read once, in words and figures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.charts import diverging_bar
from crmkpi.lib.numbers import Unit, difference, figure
from crmkpi.lib.periods import FIRST_DAY, Calendar, Period, day_start, to_day
from metrics.breakdowns import Way, ways_of
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.figures import Change, count_text, reading_name
from metrics.figures import change as compare
from metrics.metric import Better, Metric
from metrics.mix import OTHERS, Side
from metrics.pickers import COMPARISONS, Picked, compared_with, query, same_part
from metrics.queries import MONEY, read_values
from metrics.why.earlier import Earlier, earlier_computations
from metrics.why.explain import Asked, Explained, explain
from metrics.why.inputs import input_changes
from metrics.why.lines import Lines, lines_of
from metrics.why.periods import REST, Between, between, can_be_told
from metrics.why.split import Cause, Part

SINCE = "since"
CAUSES: dict[Cause, Promise] = {
    Cause.DEFINITION: gettext_lazy("Another definition"),
    Cause.TREE: gettext_lazy("Teams that moved, with effect on closed days"),
    Cause.WAITING: gettext_lazy("Changes that are still being counted"),
    Cause.UNRECORDED: gettext_lazy("Changes of which nothing is recorded"),
    Cause.TIME: gettext_lazy("Days that had not come, or rows too recent, then"),
    Cause.NEW: gettext_lazy("New rows"),
    Cause.LATE: gettext_lazy("Late rows"),
    Cause.EDIT: gettext_lazy("Edited rows"),
    Cause.REASSIGNMENT: gettext_lazy("Rows that moved to or from another owner"),
    Cause.DELETION: gettext_lazy("Rows deleted or left out"),
    Cause.INPUT: gettext_lazy("What it is calculated from"),
    Cause.ROWS: gettext_lazy("Worked out again after rows changed"),
}


@dataclass(frozen=True)
class Choice:
    """One thing that the number can be compared with."""

    key: str
    label: str
    is_current: bool
    query: str


@dataclass(frozen=True)
class PartLine:
    """What one cause did, in figures."""

    label: str
    value: str
    above: str
    below: str
    count: str
    bar: SafeString | str
    lines: Lines
    metric: str = ""  # whose page says more


@dataclass(frozen=True)
class MemberLine:
    """What one member has to do with the change."""

    label: str
    share: str  # "25 % → 40 %"; of a sum nothing
    result: str  # "90 % → 92 %"
    mix: str
    rate: str
    effect: str
    bar: SafeString | str


@dataclass(frozen=True)
class Why:
    """All that the page shows."""

    metric: Metric
    choices: list[Choice]
    since: str  # the day that the form shows
    fault: str  # what is wrong with the day that was asked for
    old_label: str
    new_label: str
    old: str
    new: str
    change: str
    word: str  # better, worse, no real change, too few to compare, or nothing
    is_better: bool | None
    parts: list[PartLine] = field(default_factory=list)
    inputs: list[PartLine] = field(default_factory=list)  # between two periods
    members: list[MemberLine] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    way: Way | None = None
    is_divided: bool = False
    mix: str = ""
    rate: str = ""
    notes: list[str] = field(default_factory=list)
    is_between_periods: bool = False
    is_together: bool = False  # some part could be told only with the next


def why(
    metric: Metric,
    *,
    picked: Picked,
    against: str,
    since: str,
    by: str,
    access: Access,
    org: Organisation,
    now: datetime,
) -> Why:
    """Return why a number changed, against what the reader chose.

    Without a choice that is the latest earlier computation of a closed period that
    moved, else the period before.

    Queries: those of explain or of between, and about 10 for each part with rows.
    """
    return _Page(metric, picked, access, org, now).read(against, since, by)


class _Page:
    """The state of reading one page."""

    def __init__(
        self,
        metric: Metric,
        picked: Picked,
        access: Access,
        org: Organisation,
        now: datetime,
    ) -> None:
        self.metric, self.picked, self.access, self.org = metric, picked, access, org
        self.now = now
        self.calendar: Calendar = get_calendar(org)
        self.earlier = {
            each.key: each
            for each in earlier_computations(
                metric.key, picked.scope.key, picked.period
            )
        }

    def read(self, against: str, since: str, by: str) -> Why:
        fault = ""
        instant: datetime | None = None
        if since:
            instant, fault = self._instant(since)
            against = SINCE if instant else against
        current = self._current(against, instant)
        choices = self._choices(current)
        period = self.picked.period
        if current in COMPARISONS and period is not None:
            return self._of_periods(current, period, choices, since, fault, by)
        earlier = self.earlier.get(current)
        start = earlier.since if earlier else instant
        if start is None:
            return self._nothing(choices, since, fault)
        return self._of_computations(earlier, start, choices, since, fault)

    def _current(self, against: str, instant: datetime | None) -> str:
        if instant is not None and against == SINCE:
            return SINCE
        if against in self.earlier or against in self._others():
            return against
        return next(iter(self.earlier), None) or next(iter(self._others()), SINCE)

    def _others(self) -> dict[str, Period]:
        """Return the periods to compare with, of an open one as many days."""
        found, period = {}, self.picked.period
        for key in COMPARISONS:
            full = compared_with(period, self.calendar, key)
            part = same_part(full, period, until=self.access.day + 1)
            if part is not None:
                found[key] = part
        return found

    def _choices(self, current: str) -> list[Choice]:
        found = [
            Choice(
                key,
                _("As computed until %(at)s") % {"at": self._at(each.until)},
                key == current,
                self._query(against=key),
            )
            for key, each in self.earlier.items()
        ]
        found += [
            Choice(
                key,
                f"{period.label}, {COMPARISONS[key]}",
                key == current,
                self._query(against=key),
            )
            for key, period in self._others().items()
        ]
        return found

    def _query(self, **more: str) -> str:
        shown = query(self.picked.scope, self.picked.period)
        return f"{shown}&{urlencode(more)}" if more else shown

    def _of_computations(
        self,
        earlier: Earlier | None,
        start: datetime,
        choices: list[Choice],
        since: str,
        fault: str,
    ) -> Why:
        asked = Asked(
            self.metric,
            self.picked.scope.key,
            self.picked.period,
            self.access.day,
            self.calendar,
            self.org.zone,
        )
        found = explain(asked, since=start, earlier=earlier)
        label = _("On %(day)s") % {"day": since}
        if earlier is not None:
            label = _("Until %(at)s") % {"at": self._at(earlier.until)}
        return Why(
            self.metric,
            choices,
            since,
            fault,
            label,
            _("Now"),
            self._value(found.old_value),
            self._value(found.new_value),
            self._change(found.change),
            self._word(found.change),
            self._is_better(found.change),
            parts=list(self._parts(found)),
            notes=list(self._notes(found, earlier)),
            is_together=any(
                part.value is None and part.cause is not Cause.ROWS
                for part in found.parts
            ),
        )

    def _nothing(self, choices: list[Choice], since: str, fault: str) -> Why:
        note = _("Choose a day to compare with.")
        empty = self._value(None)
        return Why(
            self.metric, choices, since, fault, "", "", empty, empty, "", "", None,
            notes=[note],
        )  # fmt: skip

    def _notes(self, found: Explained, earlier: Earlier | None) -> Iterator[str]:
        if found.note:
            yield found.note
        if not found.parts and not found.note:
            yield _("Nothing changed.")
        if found.is_waiting:
            yield _("Some changes are still being counted; the parts may yet move.")
        if earlier is None and found.parts and not found.note:
            yield _("What it was is worked out from the rows as they were that day.")

    def _parts(self, found: Explained) -> Iterator[PartLine]:
        largest = max(
            (abs(part.value) for part in found.parts if part.value), default=Decimal(0)
        )
        for part in found.parts:
            numbers = part.numbers
            label = str(CAUSES[part.cause])
            if part.metric:
                label = str(METRICS[part.metric].title)
            told = self._told(part)
            yield PartLine(
                label,
                told,
                self._side(numbers.above, self._above_unit),
                self._side(numbers.below, self.metric.below_unit),
                count_text(part.count) if part.count else "",
                self._bar(part.value, largest, f"{label} {told}"),
                lines_of(part, access=self.access, org=self.org, metric=self.metric),
                part.metric,
            )

    def _told(self, part: Part) -> str:
        if part.value is not None:
            return self._change(part.value)
        return "–" if part.cause is Cause.ROWS else _("with the next")

    def _of_periods(
        self,
        current: str,
        period: Period,
        choices: list[Choice],
        since: str,
        fault: str,
        by: str,
    ) -> Why:
        other = self._others()[current]
        ways = ways_of(self.metric, self.picked.scope, self.access)
        way = next((each for each in ways if each.key == by), ways[0] if ways else None)
        old = new = None
        found: Between | None = None
        if way is not None and can_be_told(self.metric):
            found = between(
                self.metric,
                way,
                scope=self.picked.scope,
                period=period,
                other=other,
                access=self.access,
                today=self.access.day,
            )
            old, new = found.old_value, found.new_value
        else:
            old, new = self._values(other, period)
            ways, way = [], None
        change = None if old is None or new is None else new - old
        judged = self._judged(other, period)
        return Why(
            self.metric,
            choices,
            since,
            fault,
            other.label,
            period.label,
            self._value(old),
            self._value(new),
            self._change(change),
            judged.word,
            judged.is_better,
            inputs=list(self._inputs(period, other)),
            members=list(self._members(found)) if found else [],
            ways=ways,
            way=way,
            is_divided=found is not None and found.mixed is not None,
            mix=self._total(found, "mix"),
            rate=self._total(found, "rate"),
            notes=list(self._words(found)),
            is_between_periods=True,
        )

    def _judged(self, other: Period, period: Period) -> Change:
        """Return whether the one period is better, in the words of the metric's page.

        Queries: those of read_values.
        """
        scope = self.picked.scope.key
        asked = [(self.metric.key, scope, each) for each in (other, period)]
        found = read_values(asked, today=self.access.day, now=self.now)
        old, new = (found[each] for each in asked)
        return compare(new, old, self.metric, self.org.currency)

    def _values(
        self, other: Period, period: Period
    ) -> tuple[Decimal | None, Decimal | None]:
        scope = self.picked.scope.key
        asked = [
            Request(self.metric.key, scope, each.start, each.end)
            for each in (other, period)
        ]
        found = compute(asked, as_of=self.access.day, stats=False)
        return found[asked[0]].value, found[asked[1]].value

    def _members(self, found: Between) -> Iterator[MemberLine]:
        mixed = found.mixed
        if mixed is not None:
            largest = max((abs(each.effect) for each in mixed.members), default=0)
            old, new = (
                sum(getattr(each, side).below for each in mixed.members)
                for side in ("before", "after")
            )
            for each in mixed.members:
                label = self._name(each.key, found.names)
                effect = found.told(each.effect)
                yield MemberLine(
                    label,
                    f"{_share(each.before, old)} → {_share(each.after, new)}",
                    f"{self._result(each.before, found)} → "
                    f"{self._result(each.after, found)}",
                    self._change(found.told(each.mix)),
                    self._change(found.told(each.rate)),
                    self._change(effect),
                    self._bar(
                        effect, found.told(largest), f"{label} {self._change(effect)}"
                    ),
                )
            return
        top = max((abs(each.effect) for each in found.added), default=0)
        for one in found.added:
            label = self._name(one.key, found.names)
            effect = Decimal(one.effect)
            yield MemberLine(
                label,
                "",
                f"{self._value(Decimal(one.before.above))} → "
                f"{self._value(Decimal(one.after.above))}",
                "",
                "",
                self._change(effect),
                self._bar(effect, Decimal(top), f"{label} {self._change(effect)}"),
            )

    def _words(self, found: Between | None) -> Iterator[str]:
        """Say what a reader has to know of the split."""
        if found is None:
            yield from self._unsplit()
            return
        mixed = found.mixed
        if mixed is None:
            if not found.added:
                yield _("There is nothing to split: one of the periods has no value.")
            return
        if mixed.is_turned:
            words = {
                "way": found.way.label.lower(),
                "change": self._change(found.told(mixed.change)),
                "rate": self._change(found.told(mixed.rate)),
                "mix": self._change(found.told(mixed.mix)),
            }
            yield (
                _(
                    "The whole moved by %(change)s, but within each %(way)s results "
                    "together moved it by %(rate)s, the other way: other shares of the "
                    "whole made the difference, %(mix)s."
                )
                % words
            )

    def _unsplit(self) -> Iterator[str]:
        """Say why there are no members, and what tells more."""
        if self.metric.is_derived:
            return
        if self.picked.scope.cut in (Cut.COMPANY, Cut.TEAM):
            yield _(
                "This number is more than a sum, so no part of it can be told apart. "
                "Choose a day above to see which rows have moved it since."
            )
            return
        yield _(
            "Only the numbers of teams and of the company are split further. Choose a "
            "day above to see which rows have moved this one since."
        )

    def _inputs(self, period: Period, other: Period) -> Iterator[PartLine]:
        changes = input_changes(
            self.metric,
            self.picked.scope.key,
            period=period,
            other=other,
            today=self.access.day,
        )
        effects = [abs(each.effect) for each in changes if each.effect is not None]
        for each in changes:
            source = METRICS[each.key]
            label = str(source.title)
            if each.stat:
                label = f"{label}, {reading_name(each.stat).lower()}"
            unit = source.unit_of(each.stat)
            old, new = (self._text(value, unit) for value in (each.before, each.after))
            told = _("with the next") if effects else "–"
            if each.effect is not None:
                told = self._change(each.effect)
            bar = self._bar(
                each.effect, max(effects, default=Decimal(0)), f"{label} {told}"
            )
            yield PartLine(
                label, told, f"{old} → {new}", "", "", bar, Lines([], 0, 0), each.key
            )

    def _total(self, found: Between | None, name: str) -> str:
        if found is None or found.mixed is None:
            return ""
        return self._change(found.told(getattr(found.mixed, name)))

    def _name(self, key: int | str, names: Mapping[int | str, str]) -> str:
        if key == OTHERS:
            return _("Others, with fewer than five rows")
        if key == REST:
            return _("Elsewhere")
        return names[key]

    def _result(self, side: Side, found: Between) -> str:
        if side.below == 0:
            return _("none")
        return self._value(Decimal(side.above * found.scale) / side.below)

    def _value(self, value: Decimal | None) -> str:
        return self._text(value, self.metric.unit)

    def _text(self, value: Decimal | None, unit: Unit) -> str:
        shown = figure(value, unit, currency=self.org.currency)
        return f"{shown.text} {shown.unit}".rstrip()

    def _change(self, change: Decimal | None) -> str:
        if change is None:
            return ""
        return difference(change, self.metric.unit, currency=self.org.currency)

    @property
    def _above_unit(self) -> Unit:
        unit = self.metric.unit
        return self.metric.above_unit or (unit if unit in MONEY else Unit.COUNT)

    def _side(self, change: int, unit: Unit) -> str:
        if not change:
            return ""
        return difference(change, unit, currency=self.org.currency)

    def _bar(
        self, value: Decimal | None, largest: Decimal, title: str
    ) -> SafeString | str:
        if value is None or not largest:
            return ""
        better = self._is_better(value)
        return diverging_bar(
            value=value, scale=largest, better=better is not False, title=title
        )

    def _word(self, change: Decimal | None) -> str:
        """Return what is said of rows that were counted otherwise: no chance in it."""
        is_better = self._is_better(change)
        if is_better is None:
            return ""
        return _("better") if is_better else _("worse")

    def _is_better(self, change: Decimal | None) -> bool | None:
        if not change or self.metric.better not in (Better.HIGHER, Better.LOWER):
            return None
        return (change > 0) == (self.metric.better is Better.HIGHER)

    def _instant(self, text: str) -> tuple[datetime | None, str]:
        """Return the instant at which a day begins, else what is wrong with it."""
        try:
            day = to_day(date.fromisoformat(text[:10]))
        except ValueError:
            return None, _("“%(text)s” is no day; write it as 2026-01-31.") % {
                "text": text[:20]
            }
        if day < FIRST_DAY:
            return None, _("Choose a day from 1990 on.")
        if day > self.access.day:
            return None, _("This day has not come yet.")
        return day_start(day, self.org.zone), ""

    def _at(self, at: datetime) -> str:
        return str(format_date(at.astimezone(ZoneInfo(self.org.zone)), "j M Y H:i"))


def _share(side: Side, whole: int) -> str:
    if not whole:
        return "–"
    shown = figure(Decimal(side.below * 100) / whole, Unit.PERCENT)
    return f"{shown.text} {shown.unit}"
