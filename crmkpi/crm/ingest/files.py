"""Importing a table from a file: checked to its last row, then written in parts."""

import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation
from crmkpi.crm.ingest.mapping import TableMapping
from crmkpi.crm.ingest.reader import Reader
from crmkpi.crm.ingest.registry import Record, Row, RowError
from crmkpi.crm.ingest.services import Intake, Outcome, ensure_source, note_success
from crmkpi.crm.models import ImportRun
from crmkpi.lib.tables import Table, open_table

# Small enough that a page's own write never waits long for the lock of SQLite.
PART = 1_000
ERRORS_KEPT = 100

Progress = Callable[[str, int], None]  # "checked" or "written", rows so far


def _silent(step: str, rows: int) -> None:
    return None


@dataclass
class Imported:
    """What an import of a file came to."""

    outcome: Outcome
    run: ImportRun | None = None  # None after a dry run
    rows_read: int = 0
    ignored: list[str] = field(
        default_factory=list
    )  # headings that nothing was read from
    footers: list[str] = field(default_factory=list)  # lines below the table left out


def import_file(
    path: Path,
    *,
    record: Record,
    source: str,
    mapping: TableMapping,
    now: datetime,
    clock: Callable[[], datetime],
    actor: User | None = None,
    mapping_data: dict[str, Any] | None = None,
    dry_run: bool = False,
    partial: bool = False,
    progress: Progress = _silent,
) -> Imported:
    """Import a CSV file, packed or not; the whole of it or nothing.

    All rows are checked before the first is written. With `partial` the good rows are
    taken although others are refused; a dry run checks and writes nothing. What was
    written before a crash stays, and the same file again takes up from there.
    Raises: TableError for a file that is no table; MappingError for a mapping that
    does not fit it.
    """
    with open_table(path, name=path.name) as table:
        reader = Reader(record, mapping, table.headings, zone=get_organisation().zone)
        if dry_run:
            with transaction.atomic():
                imported = _check_only(table, reader, record, source, now, progress)
                transaction.set_rollback(True)
            return imported
        run = _begin(record, path, source, now, actor, mapping_data or {})
        try:
            return _import(table, reader, record, run, clock, partial, progress)
        except BaseException:
            _end(run, ImportRun.State.FAILED, Outcome(), 0, clock())
            raise


def _check_only(
    table: Table,
    reader: Reader,
    record: Record,
    source: str,
    now: datetime,
    progress: Progress,
) -> Imported:
    intake = Intake(record, ensure_source(source), now=now)
    rows_read = 0
    for part in _checked(table, reader, intake, progress):
        rows_read += part.read
        intake.outcome.new += len(part.rows)
    intake.outcome.new -= len(intake.refuse_late())
    return _imported(intake.outcome, None, rows_read, table, reader)


def _import(
    table: Table,
    reader: Reader,
    record: Record,
    run: ImportRun,
    clock: Callable[[], datetime],
    partial: bool,
    progress: Progress,
) -> Imported:
    intake = Intake(record, run.source, now=run.started_at, run=run)
    with tempfile.TemporaryFile() as spool:
        rows_read = 0
        for part in _checked(table, reader, intake, progress):
            rows_read += part.read
            pickle.dump(part.rows, spool)
        refused = intake.refuse_late()
        outcome = intake.outcome
        if outcome.refused and not partial:
            _end(run, ImportRun.State.REFUSED, outcome, rows_read, clock(), reader)
            return _imported(outcome, run, rows_read, table, reader)
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.WRITING)
        for rows in _spooled(spool):
            with transaction.atomic():
                intake.write([row for row in rows if row.number not in refused])
            progress("written", outcome.taken)
    with transaction.atomic():
        intake.finish()
        finished = clock()
        _end(run, ImportRun.State.DONE, outcome, rows_read, finished, reader)
        _note_success(run, finished)
    return _imported(outcome, run, rows_read, table, reader)


def _note_success(run: ImportRun, now: datetime) -> None:
    """Keep when a source last worked, and how its columns were read."""
    source = note_success(run.source_id, now=now)
    if run.mapping:
        source.mapping[run.record] = run.mapping
        source.save(update_fields=["mapping"])


@dataclass
class _Part:
    """Some rows of the table: how many there were and those that are good."""

    read: int
    rows: list[Row]


def _checked(
    table: Table, reader: Reader, intake: Intake, progress: Progress
) -> Iterator[_Part]:
    """Read and check the table part by part."""
    done = 0
    rows = iter(table)
    while part := list(islice(rows, PART)):
        good: list[tuple[int, dict[str, Any]]] = []
        for number, cells in part:
            values, errors = reader.values(number, cells)
            if errors:
                intake.outcome.refused += errors
            else:
                good.append((number, values))
        done += len(part)
        yield _Part(len(part), intake.check(good))
        progress("checked", done)


def _spooled(spool: BinaryIO | Any) -> Iterator[list[Row]]:
    """Give back the parts that were put aside, in order."""
    spool.seek(0)
    while True:
        try:
            # Written by this very function a moment ago, into a file without a name.
            yield pickle.load(spool)  # noqa: S301
        except EOFError:
            return


def _begin(
    record: Record,
    path: Path,
    source: str,
    now: datetime,
    actor: User | None,
    mapping: dict[str, Any],
) -> ImportRun:
    found = ensure_source(source)
    # A run that was killed could not say so itself.
    ImportRun.objects.filter(
        source=found,
        record=record.name,
        state__in=(ImportRun.State.CHECKING, ImportRun.State.WRITING),
    ).update(state=ImportRun.State.FAILED, finished_at=now)
    return ImportRun.objects.create(
        record=record.name,
        source=found,
        actor=actor,
        file_name=path.name[:255],
        file_hash=_hash_of(path),
        mapping=mapping,
        state=ImportRun.State.CHECKING,
        started_at=now,
    )


def _end(
    run: ImportRun,
    state: str,
    outcome: Outcome,
    rows_read: int,
    now: datetime,
    reader: Reader | None = None,
) -> None:
    run.state = state
    run.finished_at = now
    run.rows_read = rows_read
    if state != ImportRun.State.REFUSED:
        run.rows_new = outcome.new
        run.rows_changed = outcome.changed
        run.rows_same = outcome.same
        run.rows_erased = outcome.erased
    run.rows_refused = outcome.refused_rows
    outcome.refused.sort(key=lambda error: error.row)
    run.errors = [
        error._asdict() for error in _told(outcome.refused[:ERRORS_KEPT], reader)
    ]
    run.save()


def _imported(
    outcome: Outcome,
    run: ImportRun | None,
    rows_read: int,
    table: Table,
    reader: Reader,
) -> Imported:
    outcome.refused = sorted(
        _told(outcome.refused, reader), key=lambda error: error.row
    )
    return Imported(
        outcome,
        run,
        rows_read,
        reader.ignored,
        [footer.text for footer in table.footers],
    )


def _told(errors: Iterable[RowError], reader: Reader | None) -> list[RowError]:
    """Name the columns of errors as the table does."""
    if reader is None:
        return list(errors)
    return [error._replace(column=reader.heading_of(error.column)) for error in errors]


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
