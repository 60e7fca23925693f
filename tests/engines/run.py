"""The comparison on the database of the settings, printed as a table."""

import os
import sys
from collections.abc import Callable
from itertools import groupby
from typing import Any

import django

django.setup()

from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from metrics.engine.engines import run_on
from tests.bench.clock import cpu
from tests.bench.orders import Company
from tests.engines.adapters import PACKAGES, Holder, installed
from tests.engines.copies import as_cells, copy_tables, leaf_queries
from tests.metrics.everything import write_everything
from tests.world import build_world


def main() -> int:
    orders = int(os.environ.get("ROWS", "100000"))
    engines = [make() for make in installed()]
    old = setup_databases(verbosity=0, interactive=False)
    try:
        write_everything(build_world())
        Company().load(orders, seed=1)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        equal = compare(engines, orders)
    finally:
        teardown_databases(old, verbosity=0)
    for package in PACKAGES:
        if all(make is not PACKAGES[package] for make in installed()):
            print(f"{package} is not installed and was not compared.")
    return 0 if equal else 1


def compare(engines: list[Holder], orders: int) -> bool:
    """Print one line for each axis and engine; return whether all cells are equal."""
    queries = list(leaf_queries())
    taken = seconds(
        cpu, lambda: copy_tables(engines, [query for _axis, _cut, query in queries])
    )[0]
    print(f"{orders:,} orders and some rows of every other fact")
    print(f"Written to files and taken by all engines in {taken:.2f} s\n")
    print("CPU seconds of one thread; of Spark, seconds on the wall\n")
    database = connection.display_name
    print(f"{'Axis':<22} {'Cells':>9} {database:>12}", end="")
    print("".join(f" {engine.name:>24}" for engine in engines), flush=True)
    wrong, sums = 0, [0.0] * (1 + len(engines))
    for axis, some in groupby(queries, key=lambda each: each[0]):
        asked = [query for _axis, _cut, query in some]
        took, ours = seconds(cpu, lambda asked=asked: [list(query) for query in asked])
        cells = [as_cells(rows) for rows in ours]
        sums[0] += took
        line = f"{axis.__name__:<22} {sum(map(len, cells)):>9,} {took:>12.3f}"
        for at, engine in enumerate(engines, start=1):
            took, theirs = seconds(
                engine.clock,
                lambda engine=engine, asked=asked: [run_on(engine, q) for q in asked],
            )
            is_equal = [as_cells(rows) for rows in theirs] == cells
            wrong += not is_equal
            sums[at] += took
            line += f" {took:>15.3f} {'equal' if is_equal else 'DIFFERS':>8}"
        print(line, flush=True)
    print(f"{'All':<32} {sums[0]:>12.3f}", end="")
    print("".join(f" {took:>15.3f} {'':>8}" for took in sums[1:]))
    print(
        f"\n{wrong} differences" if wrong else "\nEvery cell is equal on every engine."
    )
    return not wrong


def seconds(clock: Callable[[], float], work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long a call took and what it gave."""
    before = clock()
    found = work()
    return clock() - before, found


if __name__ == "__main__":
    sys.exit(main())
