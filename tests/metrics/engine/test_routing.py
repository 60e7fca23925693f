"""Figures from another database: one that says something else shows who was asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.utils import load_backend

from crmkpi.crm.models import Order
from metrics.dimensions import Cut
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.engine.routing import computing
from metrics.measures.orders import OrdersPaid
from metrics.scopes import COMPANY_KEY
from metrics.services import drain
from tests.metrics import rows
from tests.world import NOW, TODAY, World, day

ELSEWHERE = "elsewhere"
ON = day("2026-01-10")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A second database, SQLite in a file, with all tables and no rows."""
    backend = load_backend("django.db.backends.sqlite3")
    given = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": tmp_path / "elsewhere.sqlite3",
        "OPTIONS": {},
    }
    connections[ELSEWHERE] = connection = backend.DatabaseWrapper(given, ELSEWHERE)
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for model in apps.get_models():
            editor.create_model(model)
    yield connection
    connection.close()
    del connections[ELSEWHERE]


def revenue() -> int | None:
    request = Request("revenue", COMPANY_KEY, ON, ON + 1)
    return compute([request], as_of=TODAY)[request].numerator


def test_figures_come_from_the_alias_and_all_else_from_the_default(
    world: World, elsewhere: DatabaseWrapper, settings
) -> None:
    rows.put(rows.order(world.alice, world.berlin, paid=ON, amount=100_00))
    drain(now=NOW)
    cells = OrdersPaid.objects.filter(cut=Cut.COMPANY, start=ON)
    OrdersPaid.objects.using(ELSEWHERE).bulk_create(cells)
    OrdersPaid.objects.using(ELSEWHERE).update(amount=77_00)

    assert revenue() == 100_00  # the setting is "default"
    settings.METRICS_DB_ALIAS = ELSEWHERE
    assert revenue() == 77_00
    with transaction.atomic():
        assert revenue() == 100_00  # who writes reads where it writes
    assert Order.objects.get().amount == 100_00
    with computing():
        assert not Order.objects.exists()  # rows too are read there
        assert Order.objects.select_for_update().db == "default"
    assert revenue() == 77_00


def test_workers_go_by_the_database_they_write_to(
    world: World, elsewhere: DatabaseWrapper, settings
) -> None:
    settings.METRICS_DB_ALIAS = ELSEWHERE
    rows.put(rows.order(world.alice, world.berlin, paid=ON, amount=100_00))
    drain(now=NOW)

    assert revenue() == 0 or revenue() is None  # nobody copied anything
    assert OrdersPaid.objects.filter(cut=Cut.COMPANY, start=ON).first().amount == 100_00
    assert not OrdersPaid.objects.using(ELSEWHERE).exists()


def test_rows_read_elsewhere_are_written_to_the_default(
    world: World, elsewhere: DatabaseWrapper, settings
) -> None:
    rows.put(rows.order(world.alice, world.berlin, paid=ON, amount=100_00))
    with elsewhere.constraint_checks_disabled():
        Order.objects.using(ELSEWHERE).bulk_create(Order.objects.all())
    settings.METRICS_DB_ALIAS = ELSEWHERE
    with computing():
        order = Order.objects.get()
    assert order._state.db == ELSEWHERE

    order.paid_team = world.north
    order.amount = 5_00
    order.save()

    assert Order.objects.get().amount == 5_00
    assert Order.objects.using(ELSEWHERE).get().amount == 100_00
