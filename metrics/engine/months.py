"""Which months of rows changed since they were copied to files (engine.columnar).

Every change of rows leaves keys. Whoever takes keys notes their months in the same
transaction, whether or not files are kept here: so no process can change rows behind
the files, however it is set up. Notes are few, and doubles go once a day.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction

from crmkpi.lib import bulk
from crmkpi.lib.periods import Calendar, Grain
from metrics.measures import AXES
from metrics.models import MonthToCopy

BATCH = 10_000


def note(axis: str, days: Iterable[int]) -> None:
    """Have the files of these days written again before they are read. Queries: 1."""
    months = sorted({month_of(day) for day in days})
    bulk.insert_rows(MonthToCopy, ("axis", "month"), [(axis, each) for each in months])


def note_all() -> None:
    """Have all files of rows written again before they are read. Queries: 2."""
    MonthToCopy.objects.all().delete()
    MonthToCopy.objects.bulk_create(MonthToCopy(axis=key) for key in AXES)


def month_of(day: int) -> int:
    """Return the first day of a day's month; the day nobody knows is a month."""
    return Calendar().start_of(day, Grain.MONTH)


def hold(axis: str) -> None:
    """Be alone with the files of an axis until the transaction ends."""
    bulk.hold(f"parquet {axis}")


def forget_doubles() -> int:
    """Delete notes that others repeat; return how many. Queries: 2 for each axis.

    Nobody copies meanwhile: who does may be about to take the note that would stay.
    """
    gone = 0
    for axis in AXES:
        with transaction.atomic():
            hold(axis)
            notes = MonthToCopy.objects.filter(axis=axis).values_list("pk", "month")
            doubles = _doubles(list(notes))
            for start in range(0, len(doubles), BATCH):
                some = doubles[start : start + BATCH]
                MonthToCopy.objects.filter(pk__in=some).delete()
            gone += len(doubles)
    return gone


def _doubles(notes: Sequence[tuple[int, int | None]]) -> list[int]:
    """Return the notes that say nothing new; one on every month says all."""
    kept = {month: pk for pk, month in notes}
    stay = {kept[None]} if None in kept else set(kept.values())
    return [pk for pk, _month in notes if pk not in stay]
