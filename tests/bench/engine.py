"""Rebuild against DuckDB, refresh against rebuild, import against a bare insert."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from math import log10
from statistics import median
from typing import Any, NamedTuple

from django.db import connection, transaction

from crmkpi.crm.ingest import services as ingest
from crmkpi.crm.models import Order
from crmkpi.crm.signals import facts_changed
from crmkpi.lib import bulk
from metrics.engine import marks, rebuild
from tests.bench import columnar, naive
from tests.bench.clock import equality, measured, medians, say, tell
from tests.bench.duck import Duck
from tests.bench.orders import COLUMNS, Company
from tests.bench.rebuilding import digest_of_cells, rebuild_orders, work_off
from tests.world import NOW

LATE_ROWS = 1_000
LATE_DAYS = 40
IMPORTED = 10_000
TIMES = int(os.environ.get("TIMES", "3"))


class Rebuilt(NamedTuple):
    """What a run on the other database is compared with."""

    seconds: float
    cells: str  # their digest
    equal: bool  # whether all results of this run were


def measure(company: Company, rows: int) -> Rebuilt:
    """Load orders and print the ratios of the engine.

    A refresh is measured first while a tenth of the rows is there.
    """
    rebuild.ensure_slots()
    company.load(rows // 10, seed=1)
    analyze()
    rebuild_orders()
    seeds = count(1_000)
    few = refresh_seconds(company, seeds)
    company.load(rows - rows // 10, seed=2)
    analyze()
    measure_memory()
    duck = Duck()
    ours, theirs = medians(rebuild_orders, duck.roll_up, times=TIMES)
    cells = digest_of_cells()
    equal = cells == duck.digest()
    say(
        "full rebuild of the orders axis / DuckDB, one thread",
        ours / theirs,
        accept=15,
        good=8,
        note=equality(equal),
    )
    equal &= columnar.measure(duck, times=TIMES)
    equal &= naive.measure(ours)
    late = refresh_seconds(company, seeds)
    same = refreshed_equals_rebuilt()
    say(
        f"refresh after {LATE_ROWS:,} late rows on {LATE_DAYS} days / full rebuild",
        late / ours,
        accept=0.10,
        good=0.03,
        note=equality(same),
    )
    say(
        f"growth exponent of that refresh, {rows // 10:,} to {rows:,} orders",
        log10(late / few),
        accept=0.25,
        good=0.15,
    )
    measure_import(company)
    return Rebuilt(ours, cells, equal and same)


def measure_memory() -> None:
    """Print what a worker that rebuilds the axis holds at most."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.worker"]
    command.append(str(connection.settings_dict["NAME"]))
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    of_worker, of_database = json.loads(said)
    if of_worker is not None:
        say("MB that a worker holds at most, in all", of_worker, accept=400, good=400)
    if of_database is not None:
        tell("of the database's process for it, buffers included", of_database, "MB")


def analyze() -> None:
    """Tell PostgreSQL's planner how many rows there are, as it learns by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def refresh_seconds(company: Company, seeds: Iterator[int]) -> float:
    """Return the median CPU seconds of bringing cells up to date after late rows."""
    return median(
        measured(lambda: arrive_late(company, seed=next(seeds))) for _ in range(TIMES)
    )


@transaction.atomic
def insert(rows: list[Any]) -> None:
    bulk.insert_rows(Order, COLUMNS, rows)


def arrive_late(company: Company, *, seed: int) -> None:
    """Write late rows, mark them and bring their cells up to date."""
    rows = list(company.rows(LATE_ROWS, seed=seed, days=LATE_DAYS))
    with transaction.atomic():
        insert(rows)
        facts_changed.send(
            sender=Order,
            columns=COLUMNS,
            before=[],
            after=rows,
            now=NOW,
            cause="import",
        )
    work_off()


def refreshed_equals_rebuilt() -> bool:
    refreshed = digest_of_cells()
    rebuild_orders()
    return refreshed == digest_of_cells()


def measure_import(company: Company) -> None:
    """Compare the import service with the bare insert of the same rows."""
    seeds = count(2_000)

    def records() -> list[dict[str, Any]]:
        return [as_record(company, row) for row in rows()]

    def rows() -> list[tuple[Any, ...]]:
        return list(company.rows(IMPORTED, seed=next(seeds)))

    full, unmarked, least = [], [], []
    for _ in range(TIMES):
        given, bare = records(), rows()
        full.append(measured(lambda given=given: bring_in(given)))
        least.append(measured(lambda bare=bare: insert(bare)))
        work_off()
        given = records()
        with marks.off():
            unmarked.append(measured(lambda given=given: bring_in(given)))
    is_copy = connection.vendor == "postgresql"
    bars = {"accept": 4, "good": 2.5} if is_copy else {"accept": 3, "good": 2}
    # The bars are those of an import that marks no dirty keys.
    say(
        f"import of {IMPORTED:,} orders / bare insert",
        median(unmarked) / median(least),
        **bars,
        note=f"{median(unmarked) / IMPORTED * 1e6:.0f} µs a row",
    )
    tell(
        "the same with their dirty keys, up to nine a row",
        median(full) / median(least),
        f"{median(full) / IMPORTED * 1e6:.0f} µs a row",
    )
    rebuild_orders()


def bring_in(rows: list[dict[str, Any]]) -> None:
    ingest.ingest("order", rows, source="bench", now=NOW, actor=None)


def as_record(company: Company, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return the record that an import reads for an order."""
    held = dict(zip(COLUMNS, row, strict=True))
    noon = datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=held["paid_day"])
    by_id = {agent.pk: agent.name for agent in company.agents}
    products = {product.pk: product.name for product in company.products}
    segments = {segment.pk: segment.name for segment in company.segments}
    return {
        "external_id": held["external_id"],
        "owner": by_id[held["agent_id"]],
        "product": products[held["product_id"]],
        "segment": segments[held["segment_id"]],
        "paid": min(noon, NOW),
        "amount": Decimal(held["amount"]) / 100,
        "state": "paid",
        "channel": "web",
    }
