"""Cells rebuilt by DuckDB from files of rows, not by the database from its tables.

Off unless METRICS_PARQUET names a folder; needs the extra `engines`. An axis has one
Parquet file for each month, with the columns that its queries read. The months in which
rows change are noted (engine.months); before files are read, these months are written
again, and only these. Folder and database keep the stamp of the last copying: where it
differs, as after a backup was restored, all files are written anew.
"""

# Names of tables and columns come from models; the values of rows are bound.
# ruff: noqa: S608

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import duckdb
from django.conf import settings
from django.db import models
from sqlglot import exp

from crmkpi.accounts.models import TeamEdge
from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED, Calendar, Grain
from metrics.dimensions import Cut
from metrics.engine import months
from metrics.engine.cells import CELL_KEY, leaf_query, measure_names
from metrics.engine.coarser import cover_calendar, roll_up
from metrics.engine.engines import parse, translate
from metrics.measures.base import Cells
from metrics.models import CalendarDay, CopiedFiles, MonthToCopy

KINDS = {
    models.IntegerField: "BIGINT",  # keys and the other whole numbers stand below it
    models.BooleanField: "BOOLEAN",
    models.CharField: "VARCHAR",
}
# One thread: workers rebuild axes side by side. What does not fit goes to the disk.
LIMITS: dict[str, Any] = {"threads": 1, "memory_limit": "200MB"}
PAGE = 20_000  # cells that are written to the database at once


def serves(axis: type[Cells]) -> bool:
    """Whether the queries of an axis read one table, of which there can be files."""
    tables = {each.name for tree in _trees(axis) for each in tree.find_all(exp.Table)}
    return tables == {axis.fact._meta.db_table}


def fill(axis: type[Cells], cut: Cut) -> int:
    """Write all cells of a cut to the database, which holds none of them.

    Returns the number of leaves. Runs in the caller's transaction.

    Queries: those of copy_rows, about 6, and a few for each 20,000 cells.
    """
    copy_rows(axis)
    columns = [*CELL_KEY, *measure_names(axis)]
    with computed(axis, cut) as db:
        table, names = axis._meta.db_table, _quoted(columns)
        leaves = _one(db, f"SELECT count(*) FROM {table} WHERE grain = {Grain.LEAF:d}")
        db.execute(f"SELECT {names} FROM {table} ORDER BY {_quoted(CELL_KEY)}")
        while rows := db.fetchmany(PAGE):
            bulk.insert_rows(axis, columns, rows)
    return int(leaves)


@contextmanager
def computed(axis: type[Cells], cut: Cut) -> Iterator[Any]:
    """Give a DuckDB that holds the cells of a cut under the name of their table."""
    columns = [*CELL_KEY, *measure_names(axis)]
    table, fact = axis._meta.db_table, axis.fact._meta.db_table
    with (
        TemporaryDirectory(prefix="crmkpi-cells-") as folder,
        duckdb.connect(config=LIMITS | {"temp_directory": folder}) as db,
    ):
        _make(db, table, dict.fromkeys(columns, "BIGINT"))
        _take_rows(db, fact, _folder(axis), _kinds(axis))
        leaves = translate(leaf_query(axis, cut), "duckdb")
        db.execute(f"INSERT INTO {table} {leaves}")
        span = f"SELECT min(start), max(start) FROM {table} WHERE start > {UNDATED}"
        first, last = db.execute(span).fetchall()[0]
        cover_calendar(first, last)
        for model in (CalendarDay, TeamEdge):
            _take(db, model)
        roll_up(axis, cut, lambda sql: int(_one(db, sql)))
        yield db


def copy_rows(axis: type[Cells]) -> int:
    """Write the files of the months that changed; return how many there were.

    Runs in the caller's transaction, alone for the axis until that ends: who reads the
    files afterwards finds in them every row whose note had been committed before. A
    file that outlives its transaction is only newer than its notes say.

    Queries: 5, and 1 for each month; 1 for all the first time.
    """
    months.hold(axis.key())
    notes = MonthToCopy.objects.filter(axis=axis.key())
    held = dict(notes.values_list("pk", "month"))
    notes.filter(pk__in=held).delete()
    folder = _folder(axis)
    if None in held.values() or not _is_of_this_state(axis, folder):
        count = _copy_all(axis, folder)
        _stamp(axis, folder)
        return count
    changed = sorted({month for month in held.values() if month is not None})
    if changed:
        _stamp_path(folder).unlink()  # half-written files belong to no state
        kinds = _kinds(axis)
        for month in changed:
            rows = _rows(axis, kinds).filter(_within(axis, month))
            _write(folder, month, kinds, list(rows))
        _stamp(axis, folder)
    return len(changed)


def _is_of_this_state(axis: type[Cells], folder: Path) -> bool:
    """Whether files are as the database left them, and it is as it left them."""
    stamps = CopiedFiles.objects.filter(axis=axis.key()).values_list("stamp", flat=True)
    path = _stamp_path(folder)
    return path.is_file() and path.read_text() in stamps


def _stamp(axis: type[Cells], folder: Path) -> None:
    stamp = uuid4().hex
    _stamp_path(folder).write_text(stamp)
    bulk.upsert(CopiedFiles, ("axis",), ("stamp",), [(axis.key(), stamp)])


def _stamp_path(folder: Path) -> Path:
    return folder / "stamp"


def _copy_all(axis: type[Cells], folder: Path) -> int:
    """Write all files of an axis; the folder exists once all are there."""
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    kinds, count = _kinds(axis), 0
    day = list(kinds).index(axis.when)
    ordered = _rows(axis, kinds).order_by(axis.when).iterator(chunk_size=PAGE)
    for month, rows in groupby(ordered, key=lambda row: months.month_of(row[day])):
        _write(new, month, kinds, list(rows))
        count += 1
    for old in set(folder.parent.iterdir()) - {new}:  # of other columns, or broken off
        shutil.rmtree(old)
    new.rename(folder)
    return count


def _within(axis: type[Cells], month: int) -> models.Q:
    if month == UNDATED:
        return models.Q(**{axis.when: UNDATED})
    end = Calendar().period(month, Grain.MONTH).end
    return models.Q(**{f"{axis.when}__gte": month, f"{axis.when}__lt": end})


def _rows(axis: type[Cells], columns: Iterable[str]) -> models.QuerySet[Any, Any]:
    """Return the rows of an axis that can count, with these columns."""
    rows = axis.fact._default_manager.filter(
        axis.base, **{f"{axis.when}__isnull": False}
    )
    return rows.order_by().values_list(*columns)


@cache
def _trees(axis: type[Cells]) -> list[exp.Expr]:
    """Return the queries of an axis, which only another release declares otherwise."""
    return [parse(leaf_query(axis, cut)) for cut in axis.leaf_cuts()]


def _kinds(axis: type[Cells]) -> dict[str, str]:
    """Return the columns that the queries of an axis read, with DuckDB's types."""
    columns = (each for tree in _trees(axis) for each in tree.find_all(exp.Column))
    return _types(axis.fact, sorted({column.name for column in columns}))


def _types(model: type[models.Model], columns: Sequence[str]) -> dict[str, str]:
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {name: _type(fields[name]) for name in columns}


def _type(field: Any) -> str:
    kind = field.target_field if field.is_relation else field
    return next(name for of, name in KINDS.items() if isinstance(kind, of))


def _folder(axis: type[Cells]) -> Path:
    """Return where the files of an axis are: another place for other columns."""
    text = f"{axis.when} {axis.base} {_kinds(axis)}"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Path(settings.METRICS_PARQUET) / axis.key() / name


def _write(
    folder: Path, month: int, kinds: dict[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write the file of a month in one move, or remove it when no row is left."""
    path = folder / f"{month}.parquet"
    if not rows:
        path.unlink(missing_ok=True)
        return
    part = path.with_suffix(".part")
    with duckdb.connect(config=LIMITS) as db:
        values = [list(column) for column in zip(*rows, strict=True)]
        db.execute(f"COPY ({_unnested(kinds)}) TO '{part}' (FORMAT parquet)", values)
    part.replace(path)


def _take_rows(db: Any, table: str, folder: Path, kinds: dict[str, str]) -> None:
    if any(folder.glob("*.parquet")):
        files = f"read_parquet('{folder}/*.parquet')"
        db.execute(f"CREATE VIEW {table} AS SELECT * FROM {files}")
    else:
        _make(db, table, kinds)


def _take(db: Any, model: type[models.Model]) -> None:
    """Copy a small table of whole numbers."""
    names = [field.attname for field in model._meta.concrete_fields]
    kinds = _types(model, names)
    _make(db, model._meta.db_table, kinds)
    rows = list(model._default_manager.values_list(*names))
    if rows:
        values = [list(column) for column in zip(*rows, strict=True)]
        db.execute(f"INSERT INTO {model._meta.db_table} {_unnested(kinds)}", values)


def _make(db: Any, table: str, kinds: dict[str, str]) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
    db.execute(f"CREATE TABLE {table} ({columns})")


def _unnested(kinds: dict[str, str]) -> str:
    picks = (f'unnest(?::{kind}[]) AS "{name}"' for name, kind in kinds.items())
    return f"SELECT {', '.join(picks)}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _one(db: Any, sql: str) -> Any:
    return db.execute(sql).fetchone()[0]
