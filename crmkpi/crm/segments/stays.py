"""From when until when a customer is in which segment. Pure: days are numbers."""

from collections.abc import Sequence
from typing import NamedTuple


class Stay(NamedTuple):
    """Days in a segment; no end: is in it still."""

    segment: int
    entered: int
    left: int | None = None  # the first day outside


Before = tuple[int, int | None]  # the first day it no longer held, segment or None
Stretch = tuple[int, int | None, int | None]  # start, end, segment or None


def moved(stays: Sequence[Stay], segment: int | None, *, on: int) -> list[Stay]:
    """Return where a customer was and is, when from a day on it is in a segment.

    Days before stay as they were. Stays are in the order of their days, and none
    is empty: who enters and leaves on one day was not there.

    Example: in 7 since day 10, in 8 from day 20 on:
    `moved([Stay(7, 10)], 8, on=20) == [Stay(7, 10, 20), Stay(8, 20)]`
    """
    past = [
        stay if stay.left is not None and stay.left <= on else stay._replace(left=on)
        for stay in stays
        if stay.entered < on
    ]
    if segment is None:
        return past
    if past and (past[-1].segment, past[-1].left) == (segment, on):
        return [*past[:-1], past[-1]._replace(left=None)]
    return [*past, Stay(segment, on)]


def given(before: Sequence[Before], now: int | None, *, always: int) -> list[Stay]:
    """Return the stays in segments that a source gave, from `always` on.

    Example: `given([(10, 7), (20, None)], 8, always=0)` gives
    `[Stay(7, 0, 10), Stay(8, 20)]`
    """
    starts = [always, *(until for until, _segment in before)]
    ends: list[int | None] = [*starts[1:], None]
    segments = [*(segment for _until, segment in before), now]
    return [
        Stay(segment, start, end)
        for segment, start, end in zip(segments, starts, ends, strict=True)
        if segment is not None
    ]


def given_anew(
    before: Sequence[Before], held: int | None, *, on: int, always: int
) -> list[Before]:
    """Return what held before a day, when from it on a source gives something else.

    `held` is what held up to now; what held on days after is forgotten.

    Example: `given_anew([(10, 7)], 8, on=20, always=0) == [(10, 7), (20, 8)]`
    """
    if on <= always:
        return []
    kept = [each for each in before if each[0] < on]
    then = next((segment for until, segment in before if until >= on), held)
    return [*kept, (on, then)]


def segment_on(stays: Sequence[Stay], day: int, *, otherwise: int | None) -> int | None:
    """Return the segment of a day; `otherwise` is that of days in none.

    Of several stays on a day the first in the list counts.

    Example: `segment_on([Stay(7, 10, 20)], 20, otherwise=3) == 3`
    """
    for stay in stays:
        if stay.entered <= day and (stay.left is None or day < stay.left):
            return stay.segment
    return otherwise


def stretches(
    stays: Sequence[Stay], start: int, end: int | None, *, otherwise: int | None
) -> list[Stretch]:
    """Cut days wherever the segment changes; together the parts are the whole.

    Example: `stretches([Stay(7, 10, 20)], 5, None, otherwise=3)` gives
    `[(5, 10, 3), (10, 20, 7), (20, None, 3)]`
    """
    edges = {day for stay in stays for day in (stay.entered, stay.left)} - {None}
    cuts = sorted(
        day
        for day in edges
        if day is not None and start < day and (end is None or day < end)
    )
    found: list[Stretch] = []
    for since, until in zip([start, *cuts], [*cuts, end], strict=True):
        segment = segment_on(stays, since, otherwise=otherwise)
        if found and found[-1][2] == segment:
            found[-1] = (found[-1][0], until, segment)
        else:
            found.append((since, until, segment))
    return found


def counts(
    tallies: Sequence[tuple[int, int | None, int]], days: Sequence[int]
) -> list[int]:
    """Return how many customers are inside at the end of each day.

    Shape: tallies are (entered, left, how many customers).
    Example: `counts([(10, 20, 2), (15, None, 1)], [9, 10, 19, 20]) == [0, 2, 3, 1]`
    """
    return [
        sum(
            n
            for entered, left, n in tallies
            if entered <= day and (left is None or day < left)
        )
        for day in days
    ]
