"""Leads, opportunities and orders."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.crm import acquisition, attribution, spells
from crmkpi.crm.ingest.references import OPEN_STAGE, References, stage_defaults
from crmkpi.crm.ingest.registry import RowFault
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
    convert,
    days_between,
    in_order,
    kept_amount,
    not_after,
    seconds_between,
    stored_moment,
)
from crmkpi.crm.models import Channel, Lead, Opportunity, Order, Stage
from crmkpi.crm.stamps import REGION_FROM
from crmkpi.crm.timelines import Point, Told
from crmkpi.lib.money import to_major
from crmkpi.lib.periods import UNDATED

BEFORE_OPENED = _("This lies before it was opened.")
BEFORE_CREATED = _("This lies before it was created.")
CLOSED_LATER = _("It is closed already, so this cannot lie in the future.")


class LeadWriter(FactWriter):
    model = Lead
    begins = "created"
    follows_customer = True
    withheld = ("name",)

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "created", "responded", BEFORE_CREATED, now)
        if values.get("state"):
            in_order(values, "created", "closed", BEFORE_CREATED, now)
            not_after(values, "closed", now, CLOSED_LATER)

    def kept(self, old: Columns, place: Place) -> Values:
        return {
            name: stored_moment(old, name)
            for name in ("created", "responded", "closed")
        }

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        state = values.get("state") or Lead.State.OPEN
        created_at, created_day = place.moment(values.get("created"), missing=UNDATED)
        responded_at, responded_day = place.moment(values.get("responded"))
        closed_at, closed_day = _closing(values, state != Lead.State.OPEN, place)
        customer = values.get("customer")
        new = {
            "name": values.get("name") or "",
            "customer_id": customer,
            "agent_id": values.get("owner"),
            "state": int(state),
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "campaign_id": values.get("campaign"),
            "product_id": values.get("product"),
            "segment_id": values.get("segment")
            or place.segment_on(customer, created_day),
            "created_at": created_at,
            "created_day": created_day,
            "responded_at": responded_at,
            "responded_day": responded_day,
            "response_seconds": seconds_between(created_at, responded_at),
            "closed_at": closed_at,
            "closed_day": closed_day,
        }
        stamp_with_region(Lead, new, values, place)
        return new

    def follow(self, written: Written, place: Place) -> set[int]:
        told = {
            key: (
                columns,
                Told(
                    opened=Point(columns["created_day"], columns["created_at"]),
                    is_open=columns["state"] == Lead.State.OPEN,
                    state=None,
                    agent=columns["agent_id"],
                    closed=point(columns, "closed"),
                    has_new_owner=written.has_new_owner(key),
                ),
            )
            for key, columns in written.touched.items()
        }
        keep_spells(spells.LEADS, told, written, place)
        return set()


class OpportunityWriter(FactWriter):
    model = Opportunity
    begins = "opened"
    follows_customer = True
    withheld = ("name",)

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        named = {"stage", "state"} & values.keys()
        if named and all(values[name] is None for name in named):
            raise RowFault("stage", _("Say which stage or state the deal is in."))
        in_order(values, "opened", "proposed", BEFORE_OPENED, now)
        if _is_closed(values):
            in_order(values, "opened", "closed", BEFORE_OPENED, now)
            not_after(values, "closed", now, CLOSED_LATER)
        check_amount(values, "amount")

    def kept(self, old: Columns, place: Place) -> Values:
        kept = kept_amount(old)
        for name in ("opened", "proposed", "closed"):
            kept[name] = stored_moment(old, name)
        return kept

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        stage_id, state = self._stage_and_state(values, place)
        opened_at, opened_day = place.moment(values.get("opened"), missing=UNDATED)
        proposed_at, proposed_day = place.moment(values.get("proposed"))
        closed_at, closed_day = _closing(values, state != Opportunity.State.OPEN, place)
        customer = values.get("customer")
        rate_day = opened_day if closed_day in (None, UNDATED) else closed_day
        new = {
            "name": values.get("name") or "",
            "customer_id": customer,
            "agent_id": values.get("owner"),
            "stage_id": stage_id,
            "state": state,
            "product_id": values.get("product"),
            "campaign_id": values.get("campaign"),
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "industry_id": values.get("industry") or place.industry_of(customer),
            "segment_id": values.get("segment")
            or place.segment_on(customer, opened_day),
            "competitor": values.get("competitor") or "",
            "sale": int(values.get("sale") or Order.Sale.NEW),
            "is_renewal": bool(values.get("is_renewal")),
            **amount_columns(values, rate_day, place),
            "opened_at": opened_at,
            "opened_day": opened_day,
            "proposed_at": proposed_at,
            "proposed_day": proposed_day,
            "closed_at": closed_at,
            "closed_day": closed_day,
            "cycle_days": days_between(opened_day, closed_day),
        }
        stamp_with_region(Opportunity, new, values, place)
        return new

    def _filled(self, values: Values, old: Columns, place: Place) -> Values:
        filled = super()._filled(values, old, place)
        # A new stage brings its own state, a new state its own stage.
        if "stage" in values and "state" not in values:
            filled["state"] = None
        elif "stage" not in values and filled["state"] != old["state"]:
            filled["stage"] = None
        return filled

    def _stage_and_state(self, values: Values, place: Place) -> tuple[int, int]:
        stages = _Stages.of(place)
        stage_id, state = values.get("stage"), values.get("state")
        if stage_id is None:
            state = state or Opportunity.State.OPEN
            return stages.for_state(state), int(state)
        return stage_id, int(stages.states[stage_id] if state is None else state)

    def follow(self, written: Written, place: Place) -> set[int]:
        touched = written.touched
        if not touched:
            return set()
        stages = _Stages.of(place)
        told = {}
        for key, columns in touched.items():
            is_open = columns["state"] == Opportunity.State.OPEN
            told[key] = (
                columns,
                Told(
                    opened=Point(columns["opened_day"], columns["opened_at"]),
                    is_open=is_open,
                    state=columns["stage_id"]
                    if is_open
                    else stages.for_state(Opportunity.State.OPEN),
                    agent=columns["agent_id"],
                    closed=point(columns, "closed"),
                    has_new_owner=written.has_new_owner(key),
                ),
            )
        keep_spells(spells.STAGES, told, written, place)
        return set()


class _Stages:
    """The stages and their states, read once for a batch."""

    def __init__(self, references: References) -> None:
        self._references = references
        self.states = dict(Stage.objects.order_by().values_list("pk", "state"))

    @classmethod
    def of(cls, place: Place) -> "_Stages":
        if place.stages is None:
            place.stages = cls(place.batch.references)
        found: _Stages = place.stages
        return found

    def for_state(self, state: int) -> int:
        """Return the stage of deals whose state is all that we know."""
        name = (OPEN_STAGE, "Won", "Lost")[state]
        return self._references.keys("stage", [name])[name]


class OrderWriter(FactWriter):
    model = Order
    follows_customer = True
    moves_customer = True
    managed = ("is_first", "is_credited", "credited_campaign_id")

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        check_amount(values, "amount", "cost")

    def kept(self, old: Columns, place: Place) -> Values:
        kept = kept_amount(old) | {"cost": None}
        for name in ("paid", "delivered"):
            kept[name] = stored_moment(old, name)
        if old["cost_amount"] is not None and (
            old["original_currency"] in ("", place.org.currency)
        ):
            kept["cost"] = to_major(old["cost_amount"], place.org.currency)
        return kept

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        state = values.get("state")
        state = Order.State.PAID if state is None else state
        was_paid = state in (Order.State.PAID, Order.State.REFUNDED)
        paid_at, paid_day = place.moment(
            values.get("paid") if was_paid else None,
            missing=UNDATED if was_paid else None,
        )
        delivered_at, delivered_day = place.moment(values.get("delivered"))
        customer = values.get("customer")
        new = {
            "customer_id": customer,
            "agent_id": values.get("owner"),
            "state": int(state),
            "sale": int(values.get("sale") or Order.Sale.NEW),
            "is_recurring": bool(values.get("is_recurring")),
            "product_id": values.get("product"),
            "campaign_id": values.get("campaign"),
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "segment_id": values.get("segment") or place.segment_on(customer, paid_day),
            **amount_columns(values, paid_day, place),
            "cost_amount": None,
            "paid_at": paid_at,
            "paid_day": paid_day,
            "delivered_at": delivered_at,
            "delivered_day": delivered_day,
        }
        if values.get("cost") is not None:
            cost = convert(values["cost"], values, paid_day, place)
            new["cost_amount"] = cost.amount
        stamp_with_region(Order, new, values, place)
        return new

    def follow(self, written: Written, place: Place) -> set[int]:
        touched = {columns["customer_id"] for columns in written.touched.values()}
        touched |= {old["customer_id"] for old, _new in written.changed.values()}
        acquisition.refresh(
            touched - {None},
            stamper=place.stamper,
            now=place.batch.now,
            zone=place.org.zone,
            cause="import",
        )
        attribution.refresh(
            touched - {None},
            order_ids=written.touched,
            now=place.batch.now,
            cause="import",
        )
        return set()


def _is_closed(values: Mapping[str, Any]) -> bool:
    state = values.get("state")
    if state is not None:
        return bool(state)
    stage = values.get("stage")
    return isinstance(stage, str) and bool(stage_defaults(stage)["state"])


def _closing(
    values: Values, is_closed: bool, place: Place
) -> tuple[datetime | None, int | None]:
    """Return when something closed; what is open has at most an expected day."""
    if not is_closed:
        return None, None
    return place.moment(values.get("closed"), missing=UNDATED)


def point(columns: Columns, name: str) -> Point | None:
    day = columns[f"{name}_day"]
    return None if day is None else Point(day, columns[f"{name}_at"])


def stamp_with_region(
    model: type[Lead | Opportunity | Order],
    new: Columns,
    values: Values,
    place: Place,
) -> None:
    place.stamper.stamp(model, new)
    team = new[REGION_FROM[model]]
    new["region_id"] = values.get("region") or place.stamper.region_of(team)


def keep_spells(
    kind: spells.SpellKind,
    told: dict[int, tuple[Columns, Told]],
    written: Written,
    place: Place,
) -> None:
    if told:
        spells.update(
            spells.Cutter.load(kind, place.stamper.directory, place.org.zone),
            told,
            new=written.new.keys(),
            now=place.batch.now,
            today=place.today,
            cause="import",
        )
