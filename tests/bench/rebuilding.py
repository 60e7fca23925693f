"""The rebuild that is measured, and what its cells are compared by."""

from metrics.engine import rebuild, refresh
from metrics.engine.cells import CELL_KEY, measure_names
from metrics.measures.orders import OrdersPaid
from metrics.models import StalePair
from tests.bench.digests import digest
from tests.world import NOW


def rebuild_orders() -> None:
    """Read all cells of the orders axis again, snapshots left aside."""
    rebuild.request_rebuild(OrdersPaid.key())
    work_off()


def work_off() -> None:
    while refresh.work_off_one(now=NOW):
        pass
    StalePair.objects.all().delete()


def digest_of_cells() -> str:
    names = (*CELL_KEY, *measure_names(OrdersPaid))
    found = OrdersPaid.objects.order_by(*CELL_KEY).values_list(*names)
    return digest(found.iterator(chunk_size=20_000))
