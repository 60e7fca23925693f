"""Sums of cells in SQL: with bulk.py the only raw SQL for the database.

Every statement is plain enough to mean the same on SQLite, PostgreSQL and DuckDB. Table
and column names come from models, values are bound or whole numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections, models, router

Run = Callable[[str], int]  # runs a statement and returns how many rows it wrote


def insert_select(
    model: type[models.Model], columns: Sequence[str], rows: models.QuerySet[Any]
) -> int:
    """Insert what a query selects, in the order of columns, and return the row count.

    Queries: 1
    """
    connection = connections[router.db_for_write(model)]
    sql, params = rows.query.get_compiler(using=connection.alias).as_sql()
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql}",
            params,
        )
        return int(cursor.rowcount)


def on_database(model: type[models.Model]) -> Run:
    """Return what runs statements on the database that holds a model."""
    connection = connections[router.db_for_write(model)]

    def run(sql: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return int(cursor.rowcount)

    return run


def sum_cells(
    model: type[models.Model],
    run: Run,
    *,
    measures: Sequence[str],
    cut: int,
    grain: int,
    into_cut: str,
    into_member: str,
    into_grain: int,
    into_start: str,
    into_other: str,
    joins: str = "",
) -> int:
    """Sum the cells of one cut and grain into coarser ones and return their number.

    `run` has the statement run where the cells are. `into_*` and `joins` are SQL over
    `c` (the cell), `k` (its calendar day) and `e` (the edges up the team tree), written
    by the caller, never by users.

    Queries: 1
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    sums = ", ".join(f"SUM(c.{quote(name)})" for name in measures)
    names = ", ".join(quote(name) for name in measures)
    # A number in GROUP BY would mean the position of a column.
    targets = (into_cut, into_member, into_start, into_other)
    keys = ", ".join(target for target in targets if not target.isdecimal())
    return run(
        f"INSERT INTO {table} (cut, member, grain, start, other, {names}) "  # noqa: S608
        f"SELECT {into_cut}, {into_member}, {into_grain}, {into_start}, "
        f"{into_other}, {sums} FROM {table} c {joins} "
        f"WHERE c.cut = {cut:d} AND c.grain = {grain:d} GROUP BY {keys}"
    )
