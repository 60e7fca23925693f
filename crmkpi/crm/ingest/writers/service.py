"""Tickets and interactions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crmkpi.crm import attribution, clocks, follow_ups, spells
from crmkpi.crm.ingest.registry import Row, RowFault
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
    in_order,
    seconds_between,
    stored_moment,
)
from crmkpi.crm.ingest.writers.sales import BEFORE_OPENED, keep_spells, point
from crmkpi.crm.models import Channel, Interaction, Ticket
from crmkpi.crm.signals import ratings_received
from crmkpi.crm.timelines import Point, Told
from crmkpi.lib.periods import UNDATED

RATINGS = ("csat", "nps", "ces")


class TicketWriter(FactWriter):
    model = Ticket
    begins = "opened"
    follows_customer = True
    moves_customer = True
    managed = ("followed_up_day",)
    withheld = ("subject",)

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        for name in ("replied", "resolved", "reopened", "reply_due", "resolution_due"):
            in_order(values, "opened", name, BEFORE_OPENED, now)

    def kept(self, old: Columns, place: Place) -> Values:
        return {
            name: stored_moment(old, name)
            for name in ("opened", "replied", "resolved", "reopened")
        }

    def _filled(self, values: Values, old: Columns, place: Place) -> Values:
        filled = super()._filled(values, old, place)
        is_done = old["status"] in Ticket.DONE
        if "status" not in values and is_done != (filled["resolved"] is not None):
            filled["status"] = None  # the instant tells more than what was stored
        return filled

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        status = _status(values)
        opened_at, opened_day = place.moment(values["opened"])
        replied_at, replied_day = place.moment(values.get("replied"))
        reopened_at, reopened_day = place.moment(values.get("reopened"))
        done = status in Ticket.DONE
        resolved_at, resolved_day = place.moment(
            values.get("resolved") if done else None, missing=UNDATED if done else None
        )
        reopens, contacts = values.get("reopens"), values.get("customer_contacts")
        customer = values.get("customer")
        new: Columns = {
            "subject": values.get("subject") or "",
            "customer_id": customer,
            "contact_id": values.get("contact"),
            "agent_id": values.get("agent"),
            "status": int(status),
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "type_id": values.get("type"),
            "topic_id": values.get("topic"),
            "policy_id": values.get("policy"),
            "segment_id": values.get("segment")
            or place.segment_on(customer, opened_day),
            "client_id": values.get("client"),
            "product_id": values.get("product"),
            "is_complaint": bool(values.get("is_complaint")),
            "opened_at": opened_at,
            "opened_day": opened_day,
            "replied_at": replied_at,
            "replied_day": replied_day,
            "reply_seconds": seconds_between(opened_at, replied_at),
            "resolved_at": resolved_at,
            "resolved_day": resolved_day,
            "resolution_seconds": seconds_between(opened_at, resolved_at),
            "reopened_at": reopened_at,
            "reopened_day": reopened_day,
            "reopens": int(reopened_at is not None) if reopens is None else reopens,
            "customer_contacts": 1 if contacts is None else contacts,
        }
        new |= _business_seconds(new, old, place)
        place.stamper.stamp(Ticket, new)
        return new

    def follow(self, written: Written, place: Place) -> set[int]:
        batch, touched = place.batch, written.touched
        told = {
            key: (
                columns,
                _told(
                    columns,
                    written.rows[key],
                    place,
                    has_new_owner=written.has_new_owner(key),
                ),
            )
            for key, columns in touched.items()
        }
        keep_spells(spells.TICKETS, told, written, place)
        earlier = [old for old, _new in written.changed.values()]
        follow_ups.refresh(
            follow_ups.TICKETS,
            follow_ups.matters_of([*touched.values(), *earlier]),
            now=batch.now,
            cause="import",
        )
        changed = self._set_clocks(written, place)
        return changed | rate(Ticket, written, place)

    def _set_clocks(self, written: Written, place: Place) -> set[int]:
        tickets = written.touched | written.same
        known = {"reply_due", "resolution_due"}
        keeping = [
            key for key in tickets if not known <= written.rows[key].values.keys()
        ]
        stored = clocks.dues_of([key for key in keeping if key not in written.new])
        wanted = {}
        for key, columns in tickets.items():
            due = stored.get(key, clocks.Due(None, None))
            values = written.rows[key].values
            if "reply_due" in values:
                due = due._replace(reply=place.moment(values["reply_due"])[0])
            if "resolution_due" in values:
                due = due._replace(resolution=place.moment(values["resolution_due"])[0])
            wanted[key] = (columns, due)
        return clocks.set_clocks(
            wanted,
            new=written.new,
            stamper=place.stamper,
            zone=place.org.zone,
            now=place.batch.now,
            cause="import",
        )


class InteractionWriter(FactWriter):
    model = Interaction
    begins = "started"
    follows_customer = True
    moves_customer = True
    managed = ("followed_up_day",)

    def check(self, values: Mapping[str, Any], now: datetime) -> None:
        in_order(values, "started", "ended", _("This lies before it began."), now)
        if values.get("answered") is False and values.get("talk_seconds"):
            raise RowFault(
                "talk_seconds", _("Nobody can have talked: it was not answered.")
            )

    def kept(self, old: Columns, place: Place) -> Values:
        return {"started": old["started_at"], "ended": old["ended_at"]}

    def build(self, values: Values, old: Columns | None, place: Place) -> Columns:
        started_at, started_day = place.moment(values["started"])
        ended_at, ended_day = place.moment(values.get("ended"))
        at_day = started_day if ended_day is None else ended_day
        topics, customer = values.get("topics"), values.get("customer")
        new: Columns = {
            "customer_id": customer,
            "agent_id": values.get("agent"),
            "channel": int(values.get("channel") or Channel.UNKNOWN),
            "direction": int(values.get("direction") or Interaction.Direction.INBOUND),
            "topic_id": values.get("topic"),
            "segment_id": values.get("segment") or place.segment_on(customer, at_day),
            "client_id": values.get("client"),
            "topics": 1 if topics is None else topics,
            "campaign_id": values.get("campaign"),
            "opportunity_id": values.get("opportunity"),
            "ticket_id": values.get("ticket"),
            "is_sales": bool(values.get("is_sales")),
            "is_answered": values.get("answered"),
            "is_resolved": values.get("resolved"),
            "started_at": started_at,
            "ended_at": ended_at,
            "at_day": at_day,
        }
        for name in ("wait", "talk", "hold", "wrap_up"):
            new[f"{name}_seconds"] = values.get(f"{name}_seconds")
        place.stamper.stamp(Interaction, new)
        return new

    def follow(self, written: Written, place: Place) -> set[int]:
        touched = written.touched
        earlier = [old for old, _new in written.changed.values()]
        calls = [
            row
            for row in [*touched.values(), *earlier]
            if row["channel"] == Channel.PHONE
        ]
        follow_ups.refresh(
            follow_ups.CALLS,
            follow_ups.matters_of(calls),
            now=place.batch.now,
            cause="import",
        )
        attribution.refresh(
            attribution.touched([*touched.values(), *earlier]),
            now=place.batch.now,
            cause="import",
        )
        return rate(Interaction, written, place)


def rate(
    model: type[Ticket] | type[Interaction], written: Written, place: Place
) -> set[int]:
    """Hand ratings to whoever keeps survey answers; return the records they changed.

    A rating that is blank in a record known before may have been taken back.
    """
    ratings = []
    keys = {}
    for key, columns in (written.touched | written.same).items():
        values = written.rows[key].values
        for kind in RATINGS:
            score = values.get(kind)
            if score is None and (kind not in values or key in written.new):
                continue
            keys[columns["external_id"]] = key
            ratings.append(
                {
                    "kind": kind,
                    "score": score,
                    "external_id": columns["external_id"],
                    "answered_at": _rated_at(columns, values, place),
                    "agent_id": columns["agent_id"],
                    "customer_id": columns["customer_id"],
                    "channel": columns["channel"],
                    "client_id": columns["client_id"],
                    "subject": model._meta.model_name,
                }
            )
    if not ratings:
        return set()
    answers = ratings_received.send(
        sender=model, source=place.batch.source.slug, rows=ratings, now=place.batch.now
    )
    return {
        keys[external_id]
        for _receiver, changed in answers
        for external_id in _listed(changed)
        if external_id in keys
    }


def _listed(changed: object) -> Iterable[str]:
    return changed if isinstance(changed, set | frozenset | list | tuple) else ()


def _rated_at(columns: Columns, values: Values, place: Place) -> datetime | None:
    rated_at, _day = place.moment(values.get("rated"))
    if rated_at is not None:
        return rated_at
    names = ("ended_at", "started_at", "resolved_at", "opened_at")
    return next((columns[name] for name in names if columns.get(name)), None)


def _status(values: Values) -> int:
    status = values.get("status")
    if status is not None:
        return int(status)
    resolved, reopened = values.get("resolved"), values.get("reopened")
    if resolved is None:
        return Ticket.Status.NEW
    if isinstance(reopened, type(resolved)) and reopened > resolved:
        return Ticket.Status.OPEN
    return Ticket.Status.RESOLVED


def _told(columns: Columns, row: Row, place: Place, *, has_new_owner: bool) -> Told:
    done = columns["status"] in Ticket.DONE
    paused_at, paused_day = place.moment(None if done else row.values.get("resolved"))
    return Told(
        opened=Point(columns["opened_day"], columns["opened_at"]),
        is_open=not done,
        state=Ticket.Status.OPEN.value if done else columns["status"],
        agent=columns["agent_id"],
        closed=point(columns, "resolved"),
        paused=None if paused_day is None else Point(paused_day, paused_at),
        reopened=point(columns, "reopened"),
        has_new_owner=has_new_owner,
    )


def _business_seconds(new: Columns, old: Columns | None, place: Place) -> Columns:
    """Return both durations on the business clock, and whose calendar that was.

    They are worked out when an instant comes or changes, not because the calendar did.
    """
    instants = ("opened_at", "replied_at", "resolved_at")
    names = ("reply_business_seconds", "resolution_business_seconds")
    if old is not None and all(old[name] == new[name] for name in instants):
        return {name: old[name] for name in (*names, "calendar_version")}
    columns: Columns = {"calendar_version": place.org.calendar_version}
    for name, end in zip(names, instants[1:], strict=True):
        start, stop = new["opened_at"], new[end]
        columns[name] = (
            None
            if place.hours is None or stop is None or stop < start
            else place.hours.seconds_between(start, stop)
        )
    return columns
