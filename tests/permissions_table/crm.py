"""Customers, the data page, segments and figures by hand."""

from datetime import date
from typing import Any

from crmkpi.crm.models import Customer, ImportRun, MarketFigure, Source
from tests.crm.rows import take
from tests.crm.segments.making import condition, segment
from tests.permissions_table.rules import Rule, signed_in
from tests.world import NOW, World


def alices_customer(world: World) -> dict[str, Any]:
    """Return Alice's customer, whom Support Berlin and those above it may see."""
    take("customer", {"name": "Acme", "owner": "Alice", "acquired": NOW})
    return {"pk": Customer.objects.get().pk}


def product_import(world: World) -> dict[str, Any]:
    source = Source.objects.create(slug="shop", name="Shop")
    run = ImportRun.objects.create(
        record="product", source=source, state="done", started_at=NOW
    )
    return {"pk": run.pk}


def market_size(world: World) -> dict[str, Any]:
    """Return a figure that is the company's."""
    days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 31)}
    row = {"external_id": "m", "metric": "market_size", "value": 1, **days}
    take("market_figure", row)
    return {"pk": MarketFigure.objects.get().pk}


def northern_segment(world: World) -> dict[str, Any]:
    take("customer", {"name": "Acme", "region": "North"}, {"name": "Bolt"})
    take("customer", {"name": "Cara", "region": "South"})
    return {"pk": segment("Northern", condition("region", "any_of", "North")).pk}


SOUTHERN = {  # what a manager types
    "name": "Southern",
    "match": "all",
    "1_field": "employees",
    "1_how": "unknown",
    "2_field": "region",
    "2_how": "any_of",
    "2_value": "south",
}
MANAGERS_ONLY = signed_in(403, manager=200)
FIGURE_READERS = signed_in(404, analyst=200)
CUSTOMER_READERS = signed_in(administrator=404, stranger=404)
IMPORT_READERS = signed_in(404, analyst=200, administrator=200)


TABLE: dict[str, Rule] = {  # customers and the data page
    "crm:customers": Rule(get=signed_in()),
    "crm:customers_csv": Rule(get=signed_in()),
    "crm:customer": Rule(get=CUSTOMER_READERS, kwargs=alices_customer),
    "crm:customer_rows_csv": Rule(
        get=CUSTOMER_READERS,
        kwargs=lambda world: alices_customer(world) | {"tab": "tickets"},
    ),
    "crm:data": Rule(get=signed_in()),
    "crm:manual": Rule(get=signed_in()),
    "crm:figures": Rule(get=FIGURE_READERS),
    "crm:figures_csv": Rule(get=FIGURE_READERS),
    "crm:figures_upload": Rule(
        get=FIGURE_READERS | {"analyst": 403},
        post={
            reader: 422 if code == 200 else code
            for reader, code in FIGURE_READERS.items()
        }
        | {"analyst": 403},
    ),
    "crm:figure_new": Rule(  # only who manages the whole company may
        get=FIGURE_READERS | {"analyst": 403},
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=lambda world: {"kind": "brand"},
    ),
    "crm:figure": Rule(
        get=FIGURE_READERS,
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=market_size,
    ),
    "crm:figure_delete": Rule(
        get=FIGURE_READERS | {"analyst": 403},
        post=FIGURE_READERS | {"analyst": 403},
        kwargs=market_size,
    ),
    "crm:segments": Rule(get=signed_in()),
    "crm:segment": Rule(get=signed_in(), kwargs=northern_segment),
    "crm:segment_csv": Rule(get=signed_in(), kwargs=northern_segment),
    "crm:segment_count": Rule(
        get=MANAGERS_ONLY, query="?match=all&1_field=age&1_how=at_least&1_value=3"
    ),
    "crm:segment_new": Rule(  # of nobody: there is nobody of the South yet
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 422},
        data=lambda world: SOUTHERN,
    ),
    "crm:segment_edit": Rule(
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
        data=lambda world: SOUTHERN,
    ),
    "crm:segment_move": Rule(
        get=signed_in(405),
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
        data=lambda world: {"way": "up"},
    ),
    "crm:segment_archive": Rule(
        get=MANAGERS_ONLY,
        post=MANAGERS_ONLY | {"manager": 302},
        kwargs=northern_segment,
    ),
    "crm:import": Rule(get=IMPORT_READERS, kwargs=product_import),
    "crm:import_errors_csv": Rule(get=IMPORT_READERS, kwargs=product_import),
}
