"""Engines in this process, one thread each: tables taken from CSV, statements run.

chDB and Spark are not part of the environment; who has them sees them compared too.
"""

import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import duckdb

from metrics.engine.engines import Engine
from tests.bench.clock import cpu

WHOLE, TRUTH, TEXT = "whole", "truth", "text"
NONE = "\\N"  # how a file says that there is no value


class Holder(Engine, Protocol):
    """An engine that can be given tables."""

    name: str
    clock: Callable[[], float]  # what tells how long a statement took, in seconds

    def take(self, table: str, columns: dict[str, str], path: Path) -> None:
        """Make a table of a CSV file without headings."""


class Duck:
    name, dialect = "DuckDB", "duckdb"
    clock = staticmethod(cpu)
    kinds = {WHOLE: "BIGINT", TRUTH: "BOOLEAN", TEXT: "VARCHAR"}

    def __init__(self) -> None:
        self.db = duckdb.connect(config={"threads": 1})

    def take(self, table: str, columns: dict[str, str], path: Path) -> None:
        names = ", ".join(f'"{name}" {self.kinds[columns[name]]}' for name in columns)
        self.db.execute(f'CREATE TABLE "{table}" ({names})')
        self.db.execute(
            f"COPY \"{table}\" FROM '{path}' (FORMAT csv, AUTO_DETECT false, "
            f"DELIMITER ',', QUOTE '\"', NULLSTR '{NONE}')"
        )

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        return self.db.execute(sql).fetchall()


class ClickHouse:
    """ClickHouse inside this process, by the package chdb."""

    name, dialect = "ClickHouse (chDB)", "clickhouse"
    clock = staticmethod(cpu)
    kinds = {WHOLE: "Int64", TRUTH: "Bool", TEXT: "String"}
    # As in SQL: nothing to sum is NULL and not 0, and so is what a join does not find.
    settings = (
        "SETTINGS max_threads = 1, aggregate_functions_null_for_empty = 1, "
        "join_use_nulls = 1, output_format_json_quote_64bit_integers = 0"
    )

    def __init__(self) -> None:
        from chdb.session import Session

        self.session = Session()

    def take(self, table: str, columns: dict[str, str], path: Path) -> None:
        names = ", ".join(
            f'"{name}" Nullable({self.kinds[columns[name]]})' for name in columns
        )
        self.session.query(
            f'CREATE TABLE "{table}" ({names}) ENGINE = MergeTree ORDER BY tuple()'
        )
        quoted = names.replace('"', "`")
        self.session.query(
            f"INSERT INTO \"{table}\" SELECT * FROM file('{path}', 'CSV', '{quoted}')"
        )

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        found = self.session.query(f"{sql} {self.settings}", "JSONCompactEachRow")
        return [tuple(json.loads(line)) for line in str(found).splitlines()]


class Spark:
    """Spark in a Java machine of its own, so its clock is the one on the wall."""

    name, dialect = "Spark", "spark"
    clock = staticmethod(time.perf_counter)
    kinds = {WHOLE: "BIGINT", TRUTH: "BOOLEAN", TEXT: "STRING"}

    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[1]")
        for option, value in {
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "1",
            "spark.log.level": "ERROR",
        }.items():
            builder = builder.config(option, value)
        self.session = builder.getOrCreate()

    def take(self, table: str, columns: dict[str, str], path: Path) -> None:
        names = ", ".join(f"`{name}` {self.kinds[columns[name]]}" for name in columns)
        read = self.session.read
        rows = read.csv(str(path), schema=names, nullValue=NONE, emptyValue="")
        rows.cache().createOrReplaceTempView(table)
        rows.count()

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]


PACKAGES: dict[str, Callable[[], Holder]] = {
    "duckdb": Duck,
    "chdb": ClickHouse,
    "pyspark": Spark,
}


def installed() -> list[Callable[[], Holder]]:
    """Return the engines whose packages are installed here."""
    return [make for package, make in PACKAGES.items() if is_installed(package)]


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
