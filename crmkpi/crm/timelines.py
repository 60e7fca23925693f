"""How a record's stretches of time follow from what each import says about it.

Pure. A source tells only how a ticket, deal or lead is now, and some of its dates. The
stretches it was open, by state and owner, are kept from import to import:

- The first time, one stretch runs from its opening to its closing, if it has closed.
- A new state or owner of something open ends the stretch and begins another at the
  moment we hear of it; an owner where there was none is filled in from the start.
- Closing ends the stretch. An owner given for something that had closed before is a
  correction and replaces the owner of the last stretch.
- Something that had closed and is open again begins a stretch when it was reopened;
  without a day for that, the closing is taken back.
- Other dates of opening and closing move the outer ends.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from crmkpi.lib.periods import UNDATED

_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Point(NamedTuple):
    """A local day and, where it is known, the instant on it."""

    day: int
    at: datetime | None = None

    @property
    def order(self) -> tuple[int, datetime]:
        return (self.day, self.at or _EARLIEST)


class Stretch(NamedTuple):
    """A time in one state under one owner; no end: still on."""

    start: Point
    end: Point | None
    state: Hashable
    agent: int | None


@dataclass(frozen=True)
class Told:
    """What an import says about a record."""

    opened: Point
    is_open: bool
    state: Hashable  # the state it is in, or was in while it was open
    agent: int | None
    closed: Point | None = None  # set when it is not open; UNDATED: nobody knows when
    paused: Point | None = None  # it is open, but was closed once, until `reopened`
    reopened: Point | None = None
    has_new_owner: bool = False  # the owner is another than was stored


def timeline(old: Sequence[Stretch], told: Told, *, now: Point) -> list[Stretch]:
    """Return the open stretches of a record, given those known so far.

    Empty: something that closed nobody knows when has no stretch that could be counted.
    """
    stretches = _moved_start(old, told.opened)
    if told.is_open:
        return _still_open(stretches, told, now) if stretches else _first_open(told)
    if told.closed is None or told.closed.day == UNDATED:
        return []
    if not stretches:
        end = _not_before(told.opened, told.closed)
        return [Stretch(told.opened, end, told.state, told.agent)]
    return _closed(stretches, told, told.closed)


def split(stretches: Sequence[Stretch], at: Point | None) -> list[Stretch]:
    """Cut the stretch that a point lies in."""
    parts: list[Stretch] = []
    for stretch in stretches:
        if at is not None and _lies_in(at, stretch):
            parts += [stretch._replace(end=at), stretch._replace(start=at)]
        else:
            parts.append(stretch)
    return parts


def merge(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Join stretches in the order given that only a change of team had cut."""
    merged: list[Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        if last is not None and (
            last.end == stretch.start
            and (last.state, last.agent) == (stretch.state, stretch.agent)
        ):
            merged[-1] = last._replace(end=stretch.end)
        else:
            merged.append(stretch)
    return merged


def _first_open(told: Told) -> list[Stretch]:
    start, state, agent = told.opened, told.state, told.agent
    paused, reopened = told.paused, told.reopened
    if paused is None or reopened is None or reopened.order < paused.order:
        return [Stretch(start, None, state, agent)]
    paused = _not_before(start, paused)
    return [
        Stretch(start, paused, state, agent),
        Stretch(_not_before(paused, reopened), None, state, agent),
    ]


def _moved_start(old: Sequence[Stretch], opened: Point) -> list[Stretch]:
    if not old or old[0].start == opened:
        return list(old)
    kept = [
        stretch
        for stretch in old
        if stretch.end is None or stretch.end.order > opened.order
    ]
    return [kept[0]._replace(start=opened), *kept[1:]] if kept else []


def _still_open(stretches: list[Stretch], told: Told, now: Point) -> list[Stretch]:
    last = stretches[-1]
    if last.end is not None:
        reopened = told.reopened
        if reopened is not None and reopened.order >= last.end.order:
            return [*stretches, Stretch(reopened, None, told.state, told.agent)]
        last = last._replace(end=None)
    if (last.state, last.agent) == (told.state, told.agent):
        return [*stretches[:-1], last]
    new = Stretch(now, None, told.state, told.agent)
    if last.agent is None and last.state == told.state:
        return [*stretches[:-1], last._replace(agent=told.agent)]
    if now.order <= last.start.order:
        return [*stretches[:-1], new._replace(start=last.start)]
    return [*stretches[:-1], last._replace(end=now), new]


def _closed(stretches: list[Stretch], told: Told, closed: Point) -> list[Stretch]:
    last, reopened = stretches[-1], told.reopened
    if (
        last.end is not None
        and reopened is not None
        and last.end.order <= reopened.order < closed.order
    ):
        return [*stretches, Stretch(reopened, closed, told.state, told.agent)]
    kept = [one for one in stretches if one.start.order < closed.order]
    kept = kept or stretches[:1]
    was_closed = last.end is not None
    last = kept[-1]._replace(end=_not_before(kept[-1].start, closed))
    if (was_closed and told.has_new_owner) or last.agent is None:
        last = last._replace(agent=told.agent)
    return [*kept[:-1], last]


def _not_before(start: Point, end: Point) -> Point:
    """Return an end that does not lie before its start: a day without time may."""
    return end if end.order >= start.order else start


def _lies_in(point: Point, stretch: Stretch) -> bool:
    return stretch.start.order < point.order and (
        stretch.end is None or point.order < stretch.end.order
    )
