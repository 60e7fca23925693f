"""Customers, their contacts and contracts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from crmkpi.crm import acquisition, exclusions
from crmkpi.crm.erasure import NAMING
from crmkpi.crm.ingest.registry import Batch, Counts, Row, RowFault
from crmkpi.crm.ingest.writers.base import (
    FactWriter,
    Written,
)
from crmkpi.crm.ingest.writers.place import (
    Columns,
    Place,
    Values,
)
from crmkpi.crm.ingest.writers.rules import (
    amount_columns,
    check_amount,
    check_email,
    day_after,
    day_of,
    in_order,
    kept_amount,
    stored_day,
)
from crmkpi.crm.models import Channel, Contact, Contract, Customer, Exclusion
from crmkpi.crm.segments.giving import keep_given
from crmkpi.lib.money import to_major
from crmkpi.lib.periods import to_day

BEFORE_START = _("This lies before the first day.")


class CustomerWriter(FactWriter):
    model = Customer
    names_people = True
    managed = (
        "acquired_day",
        "acquired_team_id",
        "acquired_segment_id",
        "ruled_segment_id",
        "erased_at",
    )

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_zone(values)
        for name in ("parent", "referred_by"):
            if values.get(name) and values[name] == values["external_id"]:
                raise RowFault(name, _("A customer cannot stand above itself."))

    def write(self, batch: Batch) -> Counts:
        """Write customers; those whose parent is still to come wait for it."""
        waiting = [row for row in batch.rows if _is_waiting(row)]
        counts = super().write(batch)
        counts.waiting = waiting
        return counts

    def kept(self, old: Columns, place: Place) -> Values:
        return {"acquired": old["acquired_at"]}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        acquired_at, _day = place.moment(values.get("acquired"))
        return {
            "name": values["name"],
            "parent_id": _known(values.get("parent")),
            "agent_id": values.get("owner"),
            "industry_id": values.get("industry"),
            "region_id": values.get("region"),
            "given_segment_id": values.get("segment"),
            "segment_id": (old and old["ruled_segment_id"]) or values.get("segment"),
            "country": values.get("country") or "",
            "employees": values.get("employees"),
            "language": values.get("language") or "",
            "zone": values.get("zone") or "",
            "acquired_at": acquired_at,
            "acquired_campaign_id": values.get("campaign"),
            "acquired_channel": int(values.get("channel") or Channel.UNKNOWN),
            "referred_by_id": _known(values.get("referred_by")),
        }

    def follow(self, written: Written, place: Place) -> set[int]:
        changed = {
            key
            for key, (old, new) in written.changed.items()
            if any(old[name] != new[name] for name in _DECISIVE)
        }
        past = self._keep_given(written, place)
        changed |= past
        won = {key for key, new in written.new.items() if new["acquired_at"]}
        handed_over = {
            key
            for key, (old, new) in written.changed.items()
            if old["agent_id"] != new["agent_id"] and old["agent_id"] is not None
        }
        in_or_out = {
            key
            for key, (old, new) in written.changed.items()
            if Exclusion.TEST in (old["exclusion"], new["exclusion"])
            and old["exclusion"] != new["exclusion"]
        }
        exclusions.pass_on(in_or_out, now=place.batch.now, cause="edit")
        acquisition.refresh(
            changed | won,
            stamper=place.stamper,
            now=place.batch.now,
            zone=place.org.zone,
            cause="import",
            handed_over=handed_over,
        )
        return past & written.same.keys()

    def _keep_given(self, written: Written, place: Place) -> set[int]:
        """Write from when on segments are given; return whose past is another now."""
        rows = written.touched | written.same
        held = {
            key: old["given_segment_id"]
            for key, (old, new) in written.changed.items()
            if old["given_segment_id"] != new["given_segment_id"]
        }
        since = {
            key: to_day(told)
            for key in rows
            if (told := written.rows[key].values.get("segment_since")) is not None
        }
        for key in since.keys() - held.keys():
            held[key] = None if key in written.new else rows[key]["given_segment_id"]
        return keep_given(held, since, today=place.today, zone=place.org.zone)


# What the days of winning and being active rest on, and what their spells copy.
_DECISIVE = (
    "agent_id",
    "acquired_at",
    "exclusion",
    "given_segment_id",
    "industry_id",
)


class ContactWriter(FactWriter):
    model = Contact
    names_people = True
    managed = ("erased_at",)

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_zone(values)
        check_email(values)

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        texts = {name: values.get(name) or "" for name in NAMING}
        return {"customer_id": values.get("customer"), **texts}


class ContractWriter(FactWriter):
    model = Contract
    begins = "started"
    follows_customer = True
    moves_customer = True

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "started", "ended", BEFORE_START, now)
        in_order(values, "started", "due", BEFORE_START, now)
        in_order(values, "started", "renewed", BEFORE_START, now)
        check_amount(values, "monthly_amount")

    def kept(self, old: Columns, place: Place) -> Values:
        kept = kept_amount(old, name="monthly_amount")
        if old["original_amount"] is None and old["monthly_amount"] is not None:
            # from before the original was kept
            amount = to_major(old["monthly_amount"], place.org.currency)
            kept["monthly_amount"] = amount
        return kept | {
            "started": stored_day(old["started_day"]),
            "ended": stored_day(None if not old["ended_day"] else old["ended_day"] - 1),
            "due": stored_day(old["due_day"]),
            "renewed": stored_day(old["renewed_day"]),
        }

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        customer, started_day = values["customer"], day_of(values["started"])
        due_day = day_of(values.get("due"))
        new: Columns = {
            "customer_id": customer,
            "agent_id": values.get("owner"),
            "kind": int(values.get("kind") or Contract.Kind.SUBSCRIPTION),
            "product_id": values.get("product"),
            "segment_id": values.get("segment") or place.segment_on(customer, due_day),
            **amount_columns(values, started_day, place, name="monthly_amount"),
            "started_day": started_day,
            "ended_day": day_after(values.get("ended")),
            "due_day": due_day,
            "renewed_day": day_of(values.get("renewed")),
        }
        place.stamper.stamp(Contract, new)
        return new

    def follow(self, written: Written, place: Place) -> set[int]:
        touched = {columns["customer_id"] for columns in written.touched.values()}
        touched |= {old["customer_id"] for old, _new in written.changed.values()}
        acquisition.refresh(
            touched,
            stamper=place.stamper,
            now=place.batch.now,
            zone=place.org.zone,
            cause="import",
        )
        return set()


def _known(reference: int | str | None) -> int | None:
    """Return the key of a customer; one that is still to come is a text."""
    return reference if isinstance(reference, int) else None


def _is_waiting(row: Row) -> bool:
    return any(
        isinstance(row.values.get(name), str) for name in ("parent", "referred_by")
    )


def check_zone(values: Mapping[str, Any]) -> None:
    if values.get("zone") and values["zone"] not in available_timezones():
        raise RowFault("zone", _("This time zone is not known."))
