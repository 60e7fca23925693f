"""Many rows at once, or one without a model: with rollup.py the only raw SQL.

Rows are plain tuples in the order of `columns` (attnames such as "agent_id"); every
column that has no default in the database must be named. Call these inside the
writer's transaction; each is safe to call with no rows.
"""

# Identifiers come from models and are quoted; values are always parameters.
# ruff: noqa: S608

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field

Row = Sequence[Any]

# From here on COPY beats arrays sent as parameters by more than its table costs.
COPY_FROM = 200
SOURCE_ID = ("source_id", "external_id")


class KeysIn(Expression):
    """Whether the columns form one of the given keys, found through their index.

    Shape: `queryset.filter(KeysIn([F("agent_id"), F("opened_day")], keys))`; keys are
    tuples of integers or texts, one value a column, all of one kind in a column.
    Empty: no keys, no rows. A column that is NULL is in no key.
    """

    conditional = True
    output_field = BooleanField()

    def __init__(
        self, columns: Sequence[Expression | F], keys: Sequence[tuple[int | str, ...]]
    ) -> None:
        super().__init__()
        self.columns: list[Any] = list(columns)
        self.keys = keys

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.columns = list(exprs)

    def __repr__(self) -> str:
        return f"KeysIn({self.columns!r}, {len(self.keys)} keys)"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        columns, params = self._columns(compiler)
        arrays = [list(column) for column in zip(*self.keys, strict=True)]
        kinds = ", ".join(
            "%s::text[]" if isinstance(array[0], str) else "%s::bigint[]"
            for array in arrays
        )
        return f"({columns}) IN (SELECT * FROM unnest({kinds}))", [*params, *arrays]

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, list[Any]]:
        columns, params = self._columns(compiler)
        picks = ", ".join(f"value->>{index}" for index in range(len(self.columns)))
        sql = f"({columns}) IN (SELECT {picks} FROM json_each(%s))"
        return sql, [*params, json.dumps([list(key) for key in self.keys])]

    def _columns(self, compiler: SQLCompiler) -> tuple[str, list[Any]]:
        if not self.keys:
            raise EmptyResultSet
        parts = [compiler.compile(column) for column in self.columns]
        sql = ", ".join(part for part, _params in parts)
        return sql, [param for _part, params in parts for param in params]


def hold(name: str, *, shared: bool = False, using: str = DEFAULT_DB_ALIAS) -> None:
    """Hold a named lock until the end of the transaction.

    Any number hold it shared, or one alone. SQLite has one writer at a time anyway.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        kind = "_shared" if shared else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT pg_advisory_xact_lock{kind}(%s)", [zlib.crc32(name.encode())]
            )


def insert_row(model: type[models.Model], values: Mapping[str, Any]) -> int:
    """Insert one row and return its primary key, far cheaper than a model's save().

    A conflict with a constraint is an IntegrityError.
    """
    table = _Table(model, list(values))
    return table.insert_one(list(values.values()), tell=model._meta.pk.attname)


def delete_where(
    model: type[models.Model], column: str, value: Any, *, tell: str
) -> list[Any]:
    """Delete the rows that have a value; return another column of each. Queries: 1."""
    table = _Table(model, [column, tell])
    with table.connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {table.quoted([column])} = %s "
            f"RETURNING {table.quoted([tell])}",
            [value],
        )
        return [told for (told,) in cursor.fetchall()]


def count_up(
    model: type[models.Model], values: Mapping[str, Any], *, key: str, count: str
) -> int:
    """Add one to the count of the row with a key; return what it is now.

    The row is made of the values where none has the key. However many count at the same
    time, each gets a number of its own.
    """
    table = _Table(model, [*values, count])
    name = table.quoted([count])
    return table.insert_one(
        [*values.values(), 1],
        tell=count,
        conflict=(
            f"ON CONFLICT ({table.quoted([key])}) "
            f"DO UPDATE SET {name} = {table}.{name} + 1 "
        ),
    )


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows; a conflict with a constraint is an IntegrityError."""
    table = _Table(model, columns)
    table.run(rows, lambda source: f"INSERT INTO {table} ({table.names}) {source}")


def insert_new(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    conflict: Sequence[str] = SOURCE_ID,
) -> list[int]:
    """Insert the rows whose `conflict` columns are not there yet.

    Shape: the primary keys of the rows that were inserted, in order; a row that was
    there, or came into being meanwhile, is left alone and not among them.
    """
    table = _Table(model, columns)
    target = table.quoted(conflict)
    return table.insert_returning(
        rows,
        lambda source: (
            f"INSERT INTO {table} ({table.names}) {source} "
            f"ON CONFLICT ({target}) DO NOTHING"
        ),
    )


def update_rows(
    model: type[models.Model],
    key: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Row],
) -> None:
    """Set columns of the rows that `key` finds; a row holds the key first.

    Example: `update_rows(Ticket, ["id"], ["status"], [(17, 3), (18, 4)])`
    """
    if not columns:
        return
    if connections[router.db_for_write(model)].vendor == "postgresql":
        table = _Table(model, [*key, *columns])
        pairs = table.pairs(columns, "{0} = new.{0}", ", ")
        match = table.pairs(key, f"{table}.{{0}} = new.{{0}}", " AND ")
        table.run(
            rows,
            lambda source: (
                f"UPDATE {table} SET {pairs} FROM ({source}) AS new WHERE {match}"
            ),
        )
        return
    table = _Table(model, [*columns, *key])
    pairs = table.pairs(columns, "{0} = %s", ", ")
    match = table.pairs(key, "{0} = %s", " AND ")
    turned = [(*row[len(key) :], *row[: len(key)]) for row in rows]
    table.run(turned, lambda _source: f"UPDATE {table} SET {pairs} WHERE {match}")


def upsert(
    model: type[models.Model],
    key: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    add: Sequence[str] = (),
) -> None:
    """Insert rows, or set the columns of those whose key is there; the key comes first.

    Columns named in `add` grow by the given value instead of taking it. No key may be
    twice among the rows.
    """
    table = _Table(model, [*key, *columns])
    sets = table.pairs(
        [column for column in columns if column not in add], "{0} = excluded.{0}", ", "
    )
    adds = table.pairs(add, f"{{0}} = {table}.{{0}} + excluded.{{0}}", ", ")
    changes = ", ".join(filter(None, (sets, adds)))
    action = f"UPDATE SET {changes}" if changes else "NOTHING"
    table.run(
        rows,
        lambda source: (
            f"INSERT INTO {table} ({table.names}) {source} "
            f"ON CONFLICT ({table.quoted(key)}) DO {action}"
        ),
    )


class _Table:
    """A model's table and some columns of it, on the database that takes writes."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self.model = model
        self.connection = connections[router.db_for_write(model)]
        fields = {field.attname: field for field in model._meta.concrete_fields}
        self.fields = [fields[column] for column in columns]
        self.by_attname = fields
        self.names = self.quoted(columns)
        self.is_postgresql = self.connection.vendor == "postgresql"

    def __str__(self) -> str:
        return self.connection.ops.quote_name(self.model._meta.db_table)

    def quoted(self, columns: Sequence[str]) -> str:
        return self.pairs(columns, "{0}", ", ")

    def pairs(self, columns: Sequence[str], form: str, joiner: str) -> str:
        """Write each quoted column into a form such as "{0} = %s"."""
        quote = self.connection.ops.quote_name
        names = (self.by_attname[name].column or "" for name in columns)
        return joiner.join(form.format(quote(name)) for name in names)

    def run(self, rows: Sequence[Row], statement: Callable[[str], str]) -> None:
        """Run a statement over the rows: one by one on SQLite, staged on PostgreSQL."""
        if not rows:
            return
        with self.connection.cursor() as cursor:
            if not self.is_postgresql:
                marks = ", ".join(["%s"] * len(self.fields))
                prepared = list(self._prepared(rows))
                cursor.executemany(statement(f"VALUES ({marks})"), prepared)
                return
            with self._staged(cursor, rows) as (source, params):
                cursor.execute(statement(source), params)

    def insert_one(self, row: Row, *, tell: str, conflict: str = "") -> int:
        """Insert a row and return what is in one of its columns then."""
        marks = ", ".join(["%s"] * len(self.fields))
        (prepared,) = self._prepared([row])
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self} ({self.names}) VALUES ({marks}) "
                f"{conflict}RETURNING {self.quoted([tell])}",
                prepared,
            )
            (told,) = cursor.fetchone()
            return int(told)

    def insert_returning(
        self, rows: Sequence[Row], statement: Callable[[str], str]
    ) -> list[int]:
        """Run an INSERT and return the primary keys of what it inserted."""
        if not rows:
            return []
        key = self.quoted([self.model._meta.pk.attname])
        with self.connection.cursor() as cursor:
            if self.is_postgresql:
                with self._staged(cursor, rows) as (source, params):
                    cursor.execute(f"{statement(source)} RETURNING {key}", params)
                    return sorted(pk for (pk,) in cursor.fetchall())
            # The transaction holds the only write lock and keys only ever grow.
            cursor.execute(f"SELECT COALESCE(MAX({key}), 0) FROM {self}")
            (last,) = cursor.fetchone()
            self.run(rows, statement)
            cursor.execute(
                f"SELECT {key} FROM {self} WHERE {key} > %s ORDER BY {key}", [last]
            )
            return [pk for (pk,) in cursor.fetchall()]

    @contextmanager
    def _staged(
        self, cursor: Any, rows: Sequence[Row]
    ) -> Iterator[tuple[str, list[Any]]]:
        """Give the SELECT (and its parameters) that yields the rows on PostgreSQL."""
        if len(rows) < COPY_FROM:
            columns = [
                list(column) for column in zip(*self._prepared(rows), strict=True)
            ]
            kinds = ", ".join(f"%s::{self._kind(field)}[]" for field in self.fields)
            yield f"SELECT * FROM unnest({kinds}) AS rows ({self.names})", columns
            return
        cursor.execute(
            f"CREATE TEMPORARY TABLE staging ON COMMIT DROP AS "
            f"SELECT {self.names} FROM {self} WITH NO DATA"
        )
        with cursor.copy(f"COPY staging ({self.names}) FROM STDIN") as copy:
            for row in self._prepared(rows):
                copy.write_row(row)
        yield f"SELECT {self.names} FROM staging", []
        cursor.execute("DROP TABLE staging")

    def _kind(self, field: AnyField) -> str:
        kind = field.db_type(self.connection) or ""
        # A cast to varchar(n) would cut long texts off in silence.
        return "text" if kind.startswith("varchar") else kind

    def _prepared(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Give the rows as the driver takes them."""
        converters = [self._converter(field) for field in self.fields]
        if not any(converters):
            return iter(rows)
        columns = [
            values
            if convert is None
            else [None if value is None else convert(value) for value in values]
            for convert, values in zip(converters, zip(*rows, strict=True), strict=True)
        ]
        return zip(*columns, strict=True)

    def _converter(self, field: AnyField) -> Callable[[Any], object] | None:
        if isinstance(field, models.DateTimeField):
            if self.is_postgresql:
                return None
            zone = self.connection.timezone
            # As Django writes it, in a fifth of the time; many rows share an instant.
            return cache(lambda value: str(value.astimezone(zone).replace(tzinfo=None)))
        if isinstance(field, models.JSONField | models.DecimalField):
            return lambda value: field.get_db_prep_save(value, self.connection)
        return None
