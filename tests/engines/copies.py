"""Copies of the tables that queries read, and the comparison of what comes back."""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from sqlglot import exp

from metrics.dimensions import Cut
from metrics.engine.cells import leaf_query
from metrics.engine.engines import parse
from metrics.measures import AXES
from metrics.measures.base import Cells
from tests.engines.adapters import NONE, TEXT, TRUTH, WHOLE, Holder

KINDS = {
    models.IntegerField: WHOLE,  # keys and the other whole numbers stand below it
    models.BooleanField: TRUTH,
    models.CharField: TEXT,
}


def leaf_queries() -> Iterator[tuple[type[Cells], Cut, Any]]:
    """Give the query of leaf cells of every axis by each of its dimensions."""
    for axis in AXES.values():
        for cut in axis.leaf_cuts():
            yield axis, cut, leaf_query(axis, cut)


def copy_tables(engines: Iterable[Holder], queries: Iterable[Any]) -> None:
    """Give engines the columns that the queries read, all rows of their tables."""
    engines = list(engines)
    tables = {model._meta.db_table: model for model in apps.get_models()}
    with tempfile.TemporaryDirectory() as folder:
        for table, names in sorted(_columns_read(queries).items()):
            model, path = tables[table], Path(folder) / f"{table}.csv"
            kinds = _kinds(model, names)
            _write(path, model._default_manager.order_by().values_list(*kinds))
            for engine in engines:
                engine.take(table, dict(zip(names, kinds.values(), strict=True)), path)


def _columns_read(queries: Iterable[Any]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for query in queries:
        tree = parse(query)
        names = {each.alias_or_name: each.name for each in tree.find_all(exp.Table)}
        for column in tree.find_all(exp.Column):
            found[names[column.table]].add(column.name)
    return {table: sorted(columns) for table, columns in found.items()}


def _kinds(model: type[models.Model], columns: Iterable[str]) -> dict[str, str]:
    """Return what kind of value the fields of these columns hold, in their order."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {fields[name].attname: _kind(fields[name]) for name in columns}


def _kind(field: Any) -> str:
    if field.is_relation:
        field = field.target_field
    return next(kind for of, kind in KINDS.items() if isinstance(field, of))


def _write(path: Path, rows: Any) -> None:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        for row in rows.iterator(chunk_size=20_000):
            out.writerow([_written(value) for value in row])


def _written(value: Any) -> Any:
    if value is None:
        return NONE
    return str(value).lower() if isinstance(value, bool) else value


def as_cells(rows: Iterable[Iterable[Any]]) -> list[tuple[int, ...]]:
    """Return rows as whole numbers in one order, whatever the engine calls them."""
    return sorted(tuple(int(value) for value in row) for row in rows)
