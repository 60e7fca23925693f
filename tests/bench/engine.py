"""Rebuild against DuckDB, refresh against rebuild, import against a bare insert."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from crmkpi.crm.ingest import services as ingest
from crmkpi.crm.models import Order
from crmkpi.crm.signals import facts_changed
from crmkpi.lib import bulk
from metrics.engine import rebuild, refresh
from metrics.engine.cells import CELL_KEY, measure_names
from metrics.measures.orders import OrdersPaid
from metrics.models import StalePair
from tests.bench.clock import measured, medians, say
from tests.bench.duck import Duck
from tests.bench.orders import COLUMNS, Company
from tests.world import NOW

LATE_ROWS = 1_000
LATE_DAYS = 40
IMPORTED = 10_000


def measure(company: Company) -> bool:
    """Print the ratios of the engine; return whether all results were equal."""
    rebuild.ensure_slots()
    rebuild_orders()  # also fills the calendar that DuckDB joins
    duck = Duck()
    ours, theirs = medians(rebuild_orders, duck.roll_up, times=3)
    equal = cells() == duck.cells()
    say(
        "full rebuild of the orders axis / DuckDB, one thread",
        ours / theirs,
        accept=15,
        good=8,
        note="results equal" if equal else "RESULTS DIFFER",
    )
    late = measured(lambda: arrive_late(company))
    equal &= refreshed_equals_rebuilt()
    say(
        f"refresh after {LATE_ROWS:,} late rows on {LATE_DAYS} days / full rebuild",
        late / ours,
        accept=0.10,
        good=0.03,
        note="results equal" if equal else "RESULTS DIFFER",
    )
    measure_import(company)
    return equal


def rebuild_orders() -> None:
    """Read all cells of the orders axis again, snapshots left aside."""
    rebuild.request_rebuild(OrdersPaid.key())
    work_off()


def work_off() -> None:
    while refresh.work_off_one(now=NOW):
        pass
    StalePair.objects.all().delete()


def cells() -> set[tuple[int, ...]]:
    names = measure_names(OrdersPaid)
    return set(OrdersPaid.objects.values_list(*CELL_KEY, *names))


@transaction.atomic
def insert(rows: list[Any]) -> None:
    bulk.insert_rows(Order, COLUMNS, rows)


def arrive_late(company: Company) -> None:
    """Write late rows, mark them and bring their cells up to date."""
    rows = list(company.rows(LATE_ROWS, seed=2, days=LATE_DAYS))
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
    refreshed = cells()
    rebuild_orders()
    return refreshed == cells()


def measure_import(company: Company) -> None:
    """Compare the import service with the bare insert of the same rows."""
    rows = [as_record(company, row) for row in company.rows(IMPORTED, seed=3)]
    service = measured(
        lambda: ingest.ingest("order", rows, source="bench", now=NOW, actor=None)
    )
    bare = list(company.rows(IMPORTED, seed=4))
    least = measured(lambda: insert(bare))
    say(
        f"import of {IMPORTED:,} orders, dirty keys included / bare insert",
        service / least,
        accept=4,
        good=2.5,
        note=f"{service / IMPORTED * 1e6:.0f} µs a row",
    )
    work_off()


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
