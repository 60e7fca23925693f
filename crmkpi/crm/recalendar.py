"""Another zone or other business hours: days and durations are worked out anew.

Runs in the transaction of the change. A day that came without a time stays that day;
an instant may fall on another local day of the new zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.dispatch import receiver

from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_business_calendar, get_organisation
from crmkpi.accounts.signals import calendar_changed
from crmkpi.crm import acquisition, attribution, changes, derived, follow_ups, spells
from crmkpi.crm.models import (
    Customer,
    Interaction,
    Lead,
    Opportunity,
    Order,
    ProcessRun,
    SlaClock,
    Source,
    Ticket,
)
from crmkpi.crm.restamp import TEAMS_LOCK
from crmkpi.crm.stamps import STAMPS, Stamper
from crmkpi.crm.timelines import Point
from crmkpi.lib import bulk
from crmkpi.lib.business_time import BusinessCalendar
from crmkpi.lib.periods import UNDATED, day_start, local_day

PART = 2_000
# Instants and the local days that they fall on.
DAYS: dict[type[models.Model], tuple[tuple[str, str], ...]] = {
    Lead: tuple((f"{n}_at", f"{n}_day") for n in ("created", "responded", "closed")),
    Opportunity: tuple(
        (f"{n}_at", f"{n}_day") for n in ("opened", "proposed", "closed")
    ),
    Order: (("paid_at", "paid_day"), ("delivered_at", "delivered_day")),
    Ticket: tuple(
        (f"{n}_at", f"{n}_day") for n in ("opened", "replied", "resolved", "reopened")
    ),
    SlaClock: (("decided_at", "decided_day"),),
    Interaction: (("started_at", "at_day"), ("ended_at", "at_day")),
    ProcessRun: (("ended_at", "ended_day"),),
}


@receiver(calendar_changed, dispatch_uid="crm.calendar_changed")
def follow_calendar(
    sender: type[Any],
    *,
    fields: set[str],
    now: datetime,
    before: dict[str, Any] | None = None,
    **_: Any,
) -> None:
    """Work out days after another zone, and business durations after any change."""
    if not fields & {"zone", "business_hours", "holidays"}:
        return
    if not Source.objects.exists():
        return  # and so there are no rows
    bulk.hold(TEAMS_LOCK)
    org = get_organisation()
    if "zone" in fields:
        _Move(org, (before or {}).get("zone", org.zone), now).run()
    _set_business_seconds(org, now)


@dataclass
class _Move:
    """The move of all rows from one zone to another."""

    org: Organisation
    old_zone: str
    now: datetime

    def run(self) -> None:
        self.stamper = Stamper.load()
        for model in DAYS:
            for part in _parts(model):
                self._redate(model, part)
        for kind in spells.KINDS.values():
            for part in _parts(kind.fact):
                self._cut_again(kind, part)
        for part in _parts(Customer):
            self._redate_customers(part)
            acquisition.refresh(
                part.keys(),
                stamper=self.stamper,
                now=self.now,
                zone=self.org.zone,
                cause="edit",
            )
            attribution.refresh(part.keys(), now=self.now, cause="edit")
        for rule in (follow_ups.TICKETS, follow_ups.CALLS):
            for part in _parts(rule.model):
                matters = follow_ups.matters_of(part.values())
                follow_ups.refresh(rule, matters, now=self.now, cause="edit")

    def _point(self, point: Point) -> Point:
        """Return where a point lies in the new zone."""
        if point.at is None or point.day == UNDATED:
            return point
        if point.at == day_start(point.day, self.old_zone):  # a day without a time
            return Point(point.day, day_start(point.day, self.org.zone))
        return Point(local_day(point.at, self.org.zone), point.at)

    def _redate(
        self, model: type[models.Model], rows: dict[int, dict[str, Any]]
    ) -> None:
        before, after, updates = {}, [], []
        written = dict.fromkeys(name for pair in DAYS[model] for name in pair)
        written |= dict.fromkeys(team for _day, team in STAMPS[model])
        if model is Opportunity:
            written["cycle_days"] = None
        for key, row in rows.items():
            new = dict(row)
            for at, day in DAYS[model]:
                if row[at] is not None and row[day] is not None:
                    moved = self._point(Point(row[day], row[at]))
                    new[at], new[day] = moved.at, moved.day
            if model is Opportunity and row["cycle_days"] is not None:
                new["cycle_days"] = max(0, new["closed_day"] - new["opened_day"])
            self.stamper.stamp(model, new)
            if new != row:
                before[key] = tuple(row.values())
                after.append(tuple(new.values()))
                updates.append((key, *(new[name] for name in written)))
        bulk.update_rows(model, ["id"], list(written), updates)
        changes.announce(model, before=before, after=after, now=self.now, cause="edit")

    def _redate_customers(self, rows: dict[int, dict[str, Any]]) -> None:
        updates = []
        for key, row in rows.items():
            if row["acquired_at"] is not None and row["acquired_day"] is not None:
                moved = self._point(Point(row["acquired_day"], row["acquired_at"]))
                if moved.at != row["acquired_at"]:
                    updates.append((key, moved.at))
        bulk.update_rows(Customer, ["id"], ["acquired_at"], updates)

    def _cut_again(
        self, kind: spells.SpellKind, records: dict[int, dict[str, Any]]
    ) -> None:
        cutter = spells.Cutter.load(kind, self.stamper.directory, self.org.zone)
        old = derived.stored(kind.model, kind.parent, records)
        wanted = {}
        for key, record in records.items():
            stretches = [
                stretch._replace(
                    start=self._point(stretch.start),
                    end=None if stretch.end is None else self._point(stretch.end),
                )
                for stretch in spells.stretches_of(kind, old.get(key))
            ]
            wanted[key] = cutter.rows(key, record, stretches)
        derived.replace(kind.model, old, wanted, now=self.now, cause="edit")


def _set_business_seconds(org: Organisation, now: datetime) -> None:
    """Work out the durations of tickets on the business clock of today."""
    calendar = get_business_calendar(org)
    hours = calendar if any(calendar.hours) else None
    columns = ("reply_business_seconds", "resolution_business_seconds")
    for part in _parts(Ticket):
        before, after, updates = {}, [], []
        for key, row in part.items():
            new = row | {
                columns[0]: _between(hours, row["opened_at"], row["replied_at"]),
                columns[1]: _between(hours, row["opened_at"], row["resolved_at"]),
                "calendar_version": org.calendar_version,
            }
            updates.append(
                (key, *(new[name] for name in columns), org.calendar_version)
            )
            if any(new[name] != row[name] for name in columns):
                before[key] = tuple(row.values())
                after.append(tuple(new.values()))
        bulk.update_rows(Ticket, ["id"], [*columns, "calendar_version"], updates)
        changes.announce(Ticket, before=before, after=after, now=now, cause="edit")


def _between(
    hours: BusinessCalendar | None, start: datetime, end: datetime | None
) -> int | None:
    if hours is None or end is None or end < start:
        return None
    return hours.seconds_between(start, end)


def _parts(model: type[models.Model]) -> Iterator[dict[int, dict[str, Any]]]:
    """Give all rows of a model by key, some at a time, locked."""
    names = changes.columns(model)
    last = 0
    while True:
        rows = model._base_manager.filter(pk__gt=last).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:PART])
        if not keys:
            return
        last = keys[-1]
        found = changes.rows_by_key(
            model._base_manager.filter(pk__gte=keys[0], pk__lte=last), for_update=True
        )
        yield {key: dict(zip(names, row, strict=True)) for key, row in found.items()}
