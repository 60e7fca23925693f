"""Cells from files of rows against the same roll-up of DuckDB's own table."""

from tempfile import TemporaryDirectory

from django.db import transaction
from django.test import override_settings

from metrics.engine import columnar
from metrics.measures.orders import OrdersPaid
from tests.bench.clock import equality, measured, medians, say, tell
from tests.bench.duck import Duck
from tests.bench.rebuilding import digest_of_cells, rebuild_orders


def measure(duck: Duck, *, times: int) -> bool:
    """Print the ratios; return whether files give the cells that rows give.

    The cells must be those of a rebuild from rows when this is called, and they are.
    """
    from_rows = digest_of_cells()
    with TemporaryDirectory() as folder, override_settings(METRICS_PARQUET=folder):
        copying = measured(copy)
        ours, theirs = medians(compute, duck.roll_up, times=times)
        whole = measured(rebuild_orders)
    equal = digest_of_cells() == from_rows
    say(
        "cells from files of rows / DuckDB, one thread",
        ours / theirs,
        accept=3,
        good=1.6,
        note=equality(equal),
    )
    tell("the same, with cells written to the database", whole / theirs)
    tell("writing all files of the axis, once", copying / theirs)
    return equal


@transaction.atomic
def copy() -> None:
    columnar.copy_rows(OrdersPaid)


@transaction.atomic
def compute() -> None:
    """Compute all cells of the axis and leave them in DuckDB."""
    for cut in OrdersPaid.leaf_cuts():
        with columnar.computed(OrdersPaid, cut):
            pass
