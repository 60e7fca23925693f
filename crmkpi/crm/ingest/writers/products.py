"""Products and campaigns."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crmkpi.crm import costs
from crmkpi.crm.ingest.writers.base import FactWriter, Written
from crmkpi.crm.ingest.writers.customers import BEFORE_START
from crmkpi.crm.ingest.writers.place import (
    Columns,
    Place,
    Values,
)
from crmkpi.crm.ingest.writers.rules import (
    check_amount,
    day_after,
    day_of,
    in_order,
    stored_day,
)
from crmkpi.crm.models import Campaign, Channel, Product
from crmkpi.lib.money import to_major, to_minor


class ProductWriter(FactWriter):
    model = Product

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_amount(values, "list_price")

    def kept(self, old: Columns, place: Place) -> Values:
        price = old["list_price"]
        currency = place.org.currency
        return {"list_price": None if price is None else to_major(price, currency)}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        price = values.get("list_price")
        return {
            "name": values["name"],
            "family": values.get("family") or "",
            "list_price": None
            if price is None
            else to_minor(Decimal(price), place.org.currency),
        }


class CampaignWriter(FactWriter):
    model = Campaign
    managed = ("agent_id",)
    begins = "started"

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "started", "ended", BEFORE_START, now)

    def kept(self, old: Columns, place: Place) -> Values:
        ended = old["ended_day"]
        return {
            "started": stored_day(old["started_day"]),
            "ended": stored_day(None if ended is None else ended - 1),
        }

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        return {
            "name": values["name"],
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "team_id": values.get("team"),
            "started_day": day_of(values.get("started")),
            "ended_day": day_after(values.get("ended")),
        }

    def follow(self, written: Written, place: Place) -> set[int]:
        moved = {
            key
            for key, (old, new) in written.changed.items()
            if old["channel"] != new["channel"]
        }
        costs.follow_campaigns(moved, now=place.batch.now, cause="import")
        return set()
