"""Whatever happens to rows, in whatever order: stored numbers are what rows say."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkpi.crm import models as crm
from metrics.dimensions import Cut
from metrics.engine.rebuild import ensure_slots
from metrics.measures import AXES
from metrics.models import DirtyKey, Revision, Slot, Snapshot, StalePair
from metrics.services import drain, rebuild
from tests.metrics import rows
from tests.metrics.engine.state import (
    assert_equal_from_scratch,
    cells,
    snapshots,
)
from tests.world import NOW, TODAY, World, day

FIRST = day("2025-11-20")


@dataclass
class Play:
    """Rows that exist, and what can be done to them."""

    world: World
    alive: list[Any] = field(default_factory=list)

    def owner(self, number: int) -> tuple[Any, Any]:
        world = self.world
        return [
            (world.alice, world.berlin),
            (world.bob, world.berlin),
            (world.cleo, world.north),
            (None, None),
        ][number % 4]

    def insert(self, kind: int, who: int, when: int, amount: int) -> None:
        owner, team = self.owner(who)
        made = [
            lambda: rows.deal(owner, team, opened=when, amount=amount * 100),
            lambda: rows.deal(
                owner,
                team,
                opened=when - 20,
                closed=when,
                won=amount % 2 == 0,
                amount=amount * 100,
                region=rows.member("region", f"Region {amount % 3}"),
            ),
            lambda: rows.order(owner, team, paid=when, amount=amount * 100),
            lambda: rows.resolved(
                owner, team, opened=when, on=when + amount % 3, seconds=amount * 60
            ),
            lambda: rows.call(owner, team, at=when, wait_seconds=amount % 60),
            lambda: self._spell(owner, team, when, amount),
        ][kind % 6]()
        self._name_members(made, amount)
        rows.put(made)
        self.alive.append(made)

    def segment(self, number: int) -> crm.Member | None:
        name = ("Small", "Large", None)[number % 3]
        return rows.member("segment", name) if name else None

    def _name_members(self, row: Any, number: int) -> None:
        row.segment = self.segment(number)
        if hasattr(row, "client"):
            name = ("North Bank", None, "Harbour Air")[number // 3 % 3]
            row.client = rows.member("client", name) if name else None

    def _spell(self, owner: Any, team: Any, when: int, amount: int) -> crm.TicketSpell:
        ticket = rows.ticket(owner, team, opened=when)
        rows.put(ticket)
        return crm.TicketSpell(
            ticket=ticket,
            status=crm.Ticket.Status.OPEN,
            agent=owner,
            team=team,
            started_day=when,
            ended_day=when + amount % 40 if amount % 2 else None,
        )

    def edit(self, which: int, who: int, when: int, amount: int) -> None:
        """Move a row to another agent, team and day, or leave it out of everything."""
        if not self.alive:
            return
        row = self.alive[which % len(self.alive)]
        owner, team = self.owner(who)
        row.agent = owner
        self._name_members(row, amount)
        match row:
            case crm.Opportunity(closed_day=None):
                row.opened_day, row.opened_team = when, team
            case crm.Opportunity():
                row.closed_day, row.closed_team = when, team
                row.cycle_days = when - row.opened_day
            case crm.Order():
                row.paid_day, row.paid_team, row.amount = when, team, amount * 100
            case crm.Ticket():
                row.resolved_day, row.resolved_team = when, team
            case crm.Interaction():
                row.at_day, row.at_team = when, team
            case crm.TicketSpell():
                row.team, row.ended_day = team, row.started_day + amount % 40
        row.exclusion = crm.Exclusion.TEST if amount % 7 == 0 else 0
        rows.put(row, cause="edit")

    def delete(self, which: int, *_: int) -> None:
        if self.alive:
            rows.remove(self.alive.pop(which % len(self.alive)))


STEP = st.tuples(
    st.sampled_from(["insert", "insert", "insert", "edit", "edit", "delete", "drain"]),
    st.integers(0, 20),
    st.integers(0, 3),
    st.integers(FIRST, TODAY),
    st.integers(1, 400),
)


@pytest.mark.django_db
@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=3, max_size=25))
def test_refresh_gives_what_a_rebuild_gives(world, steps):
    """Random inserts, edits, moves between teams and days, and deletions."""
    with transaction.atomic():
        drain(now=NOW)
        play = Play(world)
        for what, number, who, when, amount in steps:
            if what == "drain":
                drain(now=NOW)
            else:
                getattr(play, what)(number, who, when, amount)
        drain(now=NOW)
        assert_equal_from_scratch()
        transaction.set_rollback(True)


def played(world: World) -> Play:
    play = Play(world)
    for number in range(24):
        play.insert(number, number // 5, FIRST + number * 3, 10 + number)
    return play


def test_doing_anything_twice_changes_nothing(world):
    play = played(world)
    drain(now=NOW)
    before = cells(), snapshots()
    computed = set(Snapshot.objects.values_list("pk", "computed_at"))
    for row in play.alive:  # the same rows once more
        rows.put(row)
    drain(now=NOW)
    drain(now=NOW)
    rebuild(now=NOW)
    assert (cells(), snapshots()) == before
    assert set(Snapshot.objects.values_list("pk", "computed_at")) == computed
    assert Revision.objects.count() == 0
    assert not DirtyKey.objects.exists()
    assert not StalePair.objects.exists()
    assert not Slot.objects.filter(rebuild=True).exists()


def test_rows_read_in_parts_give_what_they_give_together(world, monkeypatch):
    """As SQLite reads millions of them; PostgreSQL reads all at once, however many."""
    played(world)
    drain(now=NOW)
    before = cells()
    monkeypatch.setattr("metrics.engine.rebuild.ROWS_AT_ONCE", 1)

    with CaptureQueriesContext(connection) as captured:
        rebuild(now=NOW)

    assert cells() == before
    table = AXES["metrics.orderspaid"]._meta.db_table
    filled = [
        query["sql"]
        for query in captured
        if query["sql"].startswith(f'INSERT INTO "{table}"')
        and f'{int(Cut.REGION)} AS "c_cut"' in query["sql"]
    ]
    assert len(filled) == (4 if connection.vendor == "sqlite" else 1)


def test_a_new_way_to_cut_rows_is_read_from_those_there(world):
    """As after an upgrade: rows and cells are there, a slot of the axis is not."""
    played(world)
    drain(now=NOW)
    before = cells()
    axis = AXES["metrics.orderspaid"]
    Slot.objects.filter(axis=axis.key(), cut=Cut.SEGMENT).delete()
    axis.objects.filter(cut=Cut.SEGMENT).delete()
    Slot.objects.filter(axis="metrics.agenttimes").delete()  # which has no rows

    ensure_slots()
    due = Slot.objects.filter(rebuild=True).values_list("axis", "cut")
    assert list(due) == [(axis.key(), Cut.SEGMENT)]
    drain(now=NOW)

    assert cells() == before


def test_a_closed_month_that_changes_leaves_a_revision_with_its_cause(world):
    """7 of 10 deals of December won; one that turns out lost makes it 6 of 10."""
    closed = [
        rows.deal(
            world.cleo, world.north, opened=FIRST, closed=day("2025-12-10"), won=n < 7
        )
        for n in range(10)
    ]
    rows.put(*closed)
    drain(now=NOW)
    assert Revision.objects.count() == 0
    closed[0].state, closed[0].stage = 2, rows.stage("Lost", 2)
    rows.put(closed[0], cause="edit")
    drain(now=NOW)
    kept = Revision.objects.get(
        version__key="win_rate", cut=1, grain=3, start=day("2025-12-01")
    )
    assert (kept.old_numerator, kept.old_denominator) == (7, 10)
    assert (kept.new_numerator, kept.new_denominator) == (6, 10)
    assert (kept.old_value, kept.new_value) == (70, 60)
    assert kept.cause == "edit"


def test_a_row_that_arrives_after_its_month_closed_is_called_late(world):
    rows.put(rows.ticket(world.alice, world.berlin, opened=day("2025-12-01")))
    drain(now=NOW)
    rows.put(rows.ticket(world.alice, world.berlin, opened=day("2025-12-02")))
    drain(now=NOW)
    kept = Revision.objects.get(version__key="ticket_volume", cut=1, grain=3)
    assert (kept.old_value, kept.new_value, kept.cause) == (1, 2, "late")


def test_moving_a_row_to_another_team_and_day_empties_its_old_cells(world):
    row = rows.ticket(world.alice, world.berlin, opened=day("2026-01-05"))
    rows.put(row)
    drain(now=NOW)
    row.agent, row.opened_team, row.opened_day = (
        world.cleo,
        world.north,
        day("2026-02-01"),
    )
    rows.put(row, cause="reassignment")
    drain(now=NOW)
    held = {
        (cut, member)
        for (axis, cut, member, *_) in cells()
        if axis == "metrics.ticketsopened" and cut in (2, 3)
    }
    assert held == {
        (2, world.company.pk),
        (2, world.sales.pk),
        (2, world.north.pk),
        (3, world.cleo.pk),
    }
    assert_equal_from_scratch()
