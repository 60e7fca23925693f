"""Brings what happened into the database, record by record, as imports do."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from crmkpi.crm.ingest.services import Outcome, ensure_source, ingest
from crmkpi.crm.models import ImportRun, Source
from objectives.demo.world import SOURCES, World

BATCH = 5_000
EXPECTED_EVERY_DAYS = 7  # a demonstration may rest for some days without going stale

Row = dict[str, object]
Say = Callable[[str], None]


class BadDemo(Exception):
    """A made-up row that the product refuses: a mistake of ours."""


def import_world(world: World, *, say: Say) -> None:
    """Import all records; what is there and equal stays untouched.

    Each batch is a transaction of its own, so that an interrupted run is taken up by
    doing it again.
    """
    for record, source in SOURCES.items():
        # What follows from a customer's rows is worked out once for each batch.
        rows = sorted(world.rows(record), key=_customer)
        outcome = import_rows(record, rows, source=source, now=world.as_of)
        if outcome.taken:
            say(f"{record}: {outcome.new} new, {outcome.changed} changed")


def import_rows(
    record: str,
    rows: Iterable[Row],
    *,
    source: str,
    now: datetime,
    file_name: str = "",
) -> Outcome:
    """Import rows of a record and note the import if it brought any news."""
    total = Outcome()
    run = None
    for batch in _batches(rows):
        run = run or ImportRun.objects.create(
            record=record,
            source=ensure_source(source),
            file_name=file_name,
            state=ImportRun.State.WRITING,
            started_at=now,
        )
        outcome = ingest(record, batch, source=source, now=now, run=run)
        if outcome.refused:
            raise BadDemo(f"{record}: {outcome.refused[0]}")
        total.new += outcome.new
        total.changed += outcome.changed
        total.same += outcome.same
    if run is not None and total.new + total.changed:
        _finish(run, total, now)
    elif run is not None:
        run.delete()  # no news, no trace
    return total


def _finish(run: ImportRun, outcome: Outcome, now: datetime) -> None:
    run.state, run.finished_at = ImportRun.State.DONE, now
    run.rows_read = outcome.taken
    run.rows_new, run.rows_changed = outcome.new, outcome.changed
    run.rows_same = outcome.same
    run.save()
    Source.objects.filter(pk=run.source_id).update(
        last_success_at=now, expected_every_days=EXPECTED_EVERY_DAYS
    )


def _customer(row: Row) -> str:
    return str(row.get("customer") or "")


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
