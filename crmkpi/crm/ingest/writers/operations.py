"""Costs, agent time, process runs, engagement and market figures."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.crm import costs
from crmkpi.crm.figures import (
    AUDIT,
    BRAND,
    MARKET_SIZE,
    derived_of,
    is_known,
    note_change,
)
from crmkpi.crm.ingest.registry import RowFault
from crmkpi.crm.ingest.writers.base import (
    FactWriter,
    Written,
)
from crmkpi.crm.ingest.writers.customers import BEFORE_START
from crmkpi.crm.ingest.writers.place import (
    Columns,
    Place,
    Values,
)
from crmkpi.crm.ingest.writers.rules import (
    amount_columns,
    check_amount,
    day_after,
    day_of,
    in_order,
    kept_amount,
    stored_day,
    stored_moment,
)
from crmkpi.crm.models import AgentTime, Cost, EngagementDay, MarketFigure, ProcessRun

FIGURES = (  # of one day of a channel
    "reach",
    "engagements",
    "visits",
    "visitors",
    "visit_seconds",
    "active_users",
)
LONGEST_DAY = 25 * 3600  # the day on which clocks are put back
LONGEST_COST_DAYS = 366 * 10


class CostWriter(FactWriter):
    model = Cost
    begins = "first_day"

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "first_day", "last_day", BEFORE_START, now)
        check_amount(values, "amount")
        if values.get("last_day") and values.get("first_day"):
            days = (values["last_day"] - values["first_day"]).days
            if days > LONGEST_COST_DAYS:
                raise RowFault(
                    "last_day", _("A cost is spread over ten years at most.")
                )

    def kept(self, old: Columns, place: Place) -> Values:
        return kept_amount(old) | {
            "first_day": stored_day(old["first_day"]),
            "last_day": stored_day(old["end_day"] - 1),
        }

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        first_day = day_of(values["first_day"])
        return {
            "kind": int(values["kind"]),
            "description": values.get("description") or "",
            "campaign_id": values.get("campaign"),
            "team_id": values.get("team"),
            **amount_columns(values, first_day, place),
            "first_day": first_day,
            "end_day": day_after(values.get("last_day") or values["first_day"]),
        }

    def follow(self, written: Written, place: Place) -> set[int]:
        costs.share_out(
            written.touched, new=written.new, now=place.batch.now, cause="import"
        )
        return set()


class AgentTimeWriter(FactWriter):
    model = AgentTime

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        for name in ("seconds", "scheduled_seconds"):
            if (values.get(name) or 0) > LONGEST_DAY:
                raise RowFault(name, _("A day does not have so many seconds."))

    def kept(self, old: Columns, place: Place) -> Values:
        return {"day": stored_day(old["day"])}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        planned = values.get("is_planned")
        new: Columns = {
            "agent_id": values["agent"],
            "day": day_of(values["day"]),
            "state": int(values["state"]),
            "seconds": values["seconds"],
            "scheduled_seconds": values.get("scheduled_seconds"),
            "is_planned": True if planned is None else planned,
        }
        place.stamper.stamp(AgentTime, new)
        return new


class ProcessRunWriter(FactWriter):
    model = ProcessRun

    def kept(self, old: Columns, place: Place) -> Values:
        return {"ended": stored_moment(old, "ended")}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        ended_at, ended_day = place.moment(values["ended"])
        eligible, finished = values.get("is_eligible"), values.get("is_finished")
        new: Columns = {
            "process_id": values.get("process"),
            "agent_id": values.get("agent"),
            "ended_at": ended_at,
            "ended_day": ended_day,
            "is_eligible": True if eligible is None else eligible,
            "is_finished": True if finished is None else finished,
            "human_touches": values.get("human_touches") or 0,
        }
        place.stamper.stamp(ProcessRun, new)
        return new


class EngagementDayWriter(FactWriter):
    model = EngagementDay

    def kept(self, old: Columns, place: Place) -> Values:
        return {"day": stored_day(old["day"])}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        new: Columns = {
            "channel": int(values["channel"]),
            "campaign_id": values.get("campaign"),
            "agent_id": values.get("agent"),
            "team_id": values.get("team"),
            "day": day_of(values["day"]),
        }
        new |= {name: values.get(name) for name in FIGURES}
        if values.get("team") is None:
            place.stamper.stamp(EngagementDay, new)
        return new


class MarketFigureWriter(FactWriter):
    model = MarketFigure
    begins = "first_day"

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "first_day", "last_day", BEFORE_START, now)
        if values.get("metric") and not is_known(values["metric"]):
            named = ", ".join([MARKET_SIZE, AUDIT, *BRAND])
            text = _(
                "Nothing is computed of that: use %(named)s or the key of a metric."
            )
            raise RowFault("metric", text % {"named": named})
        if values.get("value") is not None and abs(values["value"]) >= 10**16:
            raise RowFault("value", _("This number is too large."))
        if values.get("metric") == AUDIT:
            self._check_audit(values)

    def _check_audit(self, values: Mapping[str, Any]) -> None:
        right, checked = values.get("value"), values.get("out_of")
        if not checked:
            raise RowFault("out_of", _("Say how many fields were checked."))
        if right is not None and (right % 1 or not 0 <= right <= checked):
            raise RowFault("value", _("This is no part of the fields checked."))

    def kept(self, old: Columns, place: Place) -> Values:
        return {
            "first_day": stored_day(old["first_day"]),
            "last_day": stored_day(old["end_day"] - 1),
        }

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        run = place.batch.run
        new: Columns = {
            "metric_key": values["metric"],
            "subject": values.get("subject") or "",
            "value": Decimal(values["value"]).quantize(Decimal("0.0001")),
            "unit": values.get("unit") or "",
            "first_day": day_of(values["first_day"]),
            "end_day": day_after(values["last_day"]),
            "origin": values.get("origin") or "",
            "out_of": values.get("out_of"),
            "author_id": old["author_id"] if old else run and run.actor_id,
            "agent_id": None,
            "team_id": None,
        }
        return new | derived_of(new)

    def follow(self, written: Written, place: Place) -> set[int]:
        run = place.batch.run
        actor = run.actor if run else None
        for key, new in written.new.items():
            note_change(key, None, new, actor=actor, now=place.batch.now)
        for key, (old, new) in written.changed.items():
            note_change(key, old, new, actor=actor, now=place.batch.now)
        return set()
