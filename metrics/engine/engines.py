"""A query of the ORM on another engine: the same declarations, another dialect.

Needs the extra `engines`; of the product only engine.columnar imports this module.
"""

from typing import Any, Protocol

import sqlglot
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

DIALECTS = {"postgresql": "postgres", "sqlite": "sqlite"}  # by vendor
# What engines do not agree on, or what does not translate.
NOT_PORTABLE = (exp.WithinGroup, exp.PercentileCont, exp.PercentileDisc, exp.Avg)


class NotPortable(ValueError):
    """A query that would not mean the same on every engine."""


class Engine(Protocol):
    """An engine that holds copies of the tables under the same names."""

    dialect: str  # as sqlglot calls it

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""


def run_on(engine: Engine, queryset: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return what a query gives on an engine that holds the same rows.

    Shape: the columns of the query's values_list, in its order of columns; rows in the
    order that the query asks for, in any without.

    Empty: a query that can find nothing is not sent.

    Raises: NotPortable for an average, a percentile or a division other than of whole
    numbers, which engines answer differently.

    Example: run_on(duck, leaf_query(OrdersPaid, Cut.AGENT)) gives the leaf cells that
    read_leaves finds on the database.
    """
    try:
        return engine.read(translate(queryset, engine.dialect))
    except EmptyResultSet:
        return []


def translate(queryset: QuerySet[Any, Any], dialect: str) -> str:
    """Return a query as a statement of another dialect, its values filled in.

    Raises: as parse does.
    """
    tree = parse(queryset)
    if dialect == "clickhouse":
        tree = tree.transform(_divided_by_name)
    return str(tree.sql(dialect=dialect))


def parse(queryset: QuerySet[Any, Any]) -> exp.Expr:
    """Return a query with its values filled in, as a tree that any dialect can write.

    Raises: EmptyResultSet where the ORM knows that no row can be found; NotPortable.
    """
    connection = connections[queryset.db]
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    dialect = DIALECTS[connection.vendor]
    marks = tuple(f":p{number}" for number in range(len(params)))
    tree = sqlglot.parse_one(sql % marks, read=dialect)
    values = {f"p{number}": value for number, value in enumerate(params)}
    tree = exp.replace_placeholders(tree, **values)
    _refuse_what_differs(tree, dialect)
    return tree.transform(_cut_off)


def _refuse_what_differs(tree: exp.Expr, dialect: str) -> None:
    if (found := tree.find(*NOT_PORTABLE)) is not None:
        raise NotPortable(f"Engines differ on {found.sql(dialect=dialect)}.")
    annotate_types(tree, dialect=dialect)
    for each in tree.find_all(exp.Div):
        if not (_is_whole(each.left) and _is_whole(each.right)):
            raise NotPortable(
                "Only whole numbers, columns cast to bigint, may be divided, not "
                f"{each.sql(dialect=dialect)}."
            )


def _is_whole(side: exp.Expr) -> bool:
    return bool(side.is_type(*exp.DataType.INTEGER_TYPES))


def _cut_off(node: exp.Expr) -> exp.Expr:
    """Return a division as one of whole numbers: elsewhere 29 / 10 would be 2.9."""
    if isinstance(node, exp.Div):
        return exp.IntDiv(this=node.this, expression=node.expression)
    return node


def _divided_by_name(node: exp.Expr) -> exp.Expr:
    """Return a division as ClickHouse does it exactly, not through a float."""
    if isinstance(node, exp.IntDiv):
        return exp.func("intDiv", node.this, node.expression, dialect="clickhouse")
    return node
