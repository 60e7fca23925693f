"""Rows follow their owners: teams are stamped anew when people or teams move.

Runs in the transaction of the move. Only events on the days that the move is about are
stamped anew; the history before it stays as it was.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.dispatch import receiver

from crmkpi.accounts.models import ALWAYS, FOREVER, Organisation
from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.signals import teams_changed
from crmkpi.crm import acquisition, changes, spells
from crmkpi.crm.models import Customer, CustomerSpell, Order
from crmkpi.crm.stamps import REGION_FROM, STAMPS, Stamper
from crmkpi.lib import bulk
from crmkpi.lib.periods import UNDATED

# Writers of facts hold it shared from before they read the teams, so that no row is
# stamped with a team that somebody is just leaving.
TEAMS_LOCK = "crm.teams"


@dataclass
class _Moves:
    """Who moved, within which days."""

    agent_ids: set[int] = field(default_factory=set)
    from_day: int = FOREVER
    until_day: int = ALWAYS
    now: datetime | None = None


_collecting: ContextVar[_Moves | None] = ContextVar("restamping", default=None)


@contextmanager
def restamping_once() -> Iterator[None]:
    """Collect the moves of people inside the block and stamp rows once at its end."""
    if _collecting.get() is not None:
        yield
        return
    moves = _Moves()
    token = _collecting.set(moves)
    try:
        yield
    finally:
        _collecting.reset(token)
    _restamp_moves(moves)


@receiver(teams_changed, dispatch_uid="crm.teams_changed")
def restamp_on_move(
    sender: type[Any],
    *,
    agent_ids: set[int],
    from_day: int,
    until_day: int,
    now: datetime,
    **_: Any,
) -> None:
    """Stamp the rows of people who moved, or whose team did."""
    moves = _collecting.get() or _Moves()
    moves.agent_ids |= agent_ids
    moves.from_day = min(from_day, moves.from_day)
    moves.until_day = max(until_day, moves.until_day)
    moves.now = now
    if _collecting.get() is None:
        _restamp_moves(moves)


def restamp(
    agent_ids: Iterable[int], *, from_day: int, until_day: int, now: datetime
) -> None:
    """Stamp the rows of people with the teams they were in, from one day to another.

    Rows of unknown days follow a person's first team and are looked at always.
    Queries: 2 for each fact and kind of spell, and writes where something changed.
    """
    agents = set(agent_ids)
    if not agents:
        return
    bulk.hold(TEAMS_LOCK)
    org = get_organisation()
    stamper = Stamper.load()
    for model in STAMPS:
        if model is not Customer:
            _restamp_model(model, agents, stamper, from_day, until_day, now)
    for kind in spells.KINDS.values():
        _cut_again(kind, agents, stamper, org, until=until_day, since=from_day, now=now)
    _restamp_customers(agents, stamper, org, now)


def _restamp_moves(moves: _Moves) -> None:
    if moves.now is not None:
        restamp(
            moves.agent_ids,
            from_day=moves.from_day,
            until_day=moves.until_day,
            now=moves.now,
        )


def _restamp_model(
    model: type[models.Model],
    agents: set[int],
    stamper: Stamper,
    from_day: int,
    until_day: int,
    now: datetime,
) -> None:
    names = changes.columns(model)
    touched = Q()
    for day, _team in STAMPS[model]:
        touched |= Q(**{f"{day}__gte": from_day, f"{day}__lt": until_day})
        touched |= Q(**{day: UNDATED})
    rows = changes.rows_by_key(
        changes.with_keys(model, agents, column="agent_id").filter(touched),
        for_update=True,
    )
    before, after, updates = {}, [], []
    for key, row in rows.items():
        values = dict(zip(names, row, strict=True))
        _stamp(model, values, stamper)
        stamped = tuple(values[name] for name in names)
        if stamped != row:
            before[key] = row
            after.append(stamped)
            updates.append((key, *(values[name] for name in _written(model))))
    bulk.update_rows(model, ["id"], _written(model), updates)
    changes.announce(model, before=before, after=after, now=now, cause="reassignment")


def _stamp(model: type[models.Model], values: dict[str, Any], stamper: Stamper) -> None:
    """Stamp teams, and the region where it is none or that of the team before."""
    if model not in REGION_FROM:
        stamper.stamp(model, values)
        return
    column = REGION_FROM[model]
    inherited = values["region_id"] in (None, stamper.region_of(values[column]))
    stamper.stamp(model, values)
    if inherited:
        values["region_id"] = stamper.region_of(values[column])


def _written(model: type[models.Model]) -> list[str]:
    columns = [team for _day, team in STAMPS[model]]
    return [*columns, "region_id"] if model in REGION_FROM else columns


def _cut_again(
    kind: spells.SpellKind,
    agents: set[int],
    stamper: Stamper,
    org: Organisation,
    *,
    since: int,
    until: int,
    now: datetime,
) -> None:
    """Cut the spells in which these people owned something on these days."""
    rows = changes.with_keys(kind.model, agents, column="agent_id")
    lasting = Q(ended_day=None) | Q(ended_day__gte=since)
    parents = set(
        rows.filter(Q(started_day__lt=until) & lasting | Q(started_day=UNDATED))
        .order_by()
        .values_list(kind.parent, flat=True)
    )
    if not parents:
        return
    names = changes.columns(kind.fact)
    records = {
        key: dict(zip(names, row, strict=True))
        for key, row in changes.rows_by_key(
            changes.with_keys(kind.fact, parents)
        ).items()
    }
    cutter = spells.Cutter.load(kind, stamper.directory, org.zone)
    spells.cut_again(cutter, records, now=now, cause="reassignment")


def _restamp_customers(
    agents: set[int], stamper: Stamper, org: Organisation, now: datetime
) -> None:
    owned = changes.with_keys(Customer, agents, column="agent_id")
    active = changes.with_keys(CustomerSpell, agents, column="agent_id")
    sold = changes.with_keys(Order, agents, column="agent_id").filter(is_first=True)
    customers: set[int] = set(owned.order_by().values_list("pk", flat=True))
    for rows in (active, sold.exclude(customer=None)):
        customers |= set(rows.order_by().values_list("customer_id", flat=True))
    acquisition.refresh(
        customers, stamper=stamper, now=now, zone=org.zone, cause="reassignment"
    )
