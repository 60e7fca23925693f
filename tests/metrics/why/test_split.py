"""The parts of a difference add up to it, whatever happened to the rows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmkpi.accounts.queries import get_calendar
from crmkpi.crm import models as crm
from crmkpi.lib.periods import Period
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.models import RowImage
from metrics.scopes import COMPANY_KEY, ScopeKey
from metrics.services import drain
from metrics.splits import can_be_cut
from metrics.why.split import (
    Cause,
    Numbers,
    Split,
    Stored,
    sides,
    split,
    value_of,
)
from tests.metrics import rows
from tests.metrics.engine.test_equality import FIRST, STEP, Play
from tests.world import NOW, TODAY, World, day

SUMS = list(
    {
        (type(metric.expression), metric.axes): key
        for key, metric in METRICS.items()
        if sides(metric.expression)
    }.values()
)  # one metric of each kind on each axis
DECEMBER = Period(day("2025-12-01"), day("2026-01-01"))
ALL = None
T0 = NOW - timedelta(hours=10)


class Clocked(Play):
    """Rows whose every change has its own instant."""

    clock: datetime = NOW - timedelta(days=1)

    def insert(self, kind: int, who: int, when: int, amount: int) -> None:
        if kind % 3 == 0:
            self._spell(who, when, amount)
            return
        owner, team = self.owner(who)
        made = [
            lambda: rows.deal(
                owner,
                team,
                opened=when - 20,
                closed=when,
                won=amount % 2 == 0,
                amount=amount * 100,
                channel=amount % 3,
                region=rows.member("region", f"Region {amount % 3}"),
            ),
            lambda: rows.order(owner, team, paid=when, amount=amount * 100),
            lambda: rows.resolved(
                owner, team, opened=when, on=when + amount % 3, seconds=amount * 60
            ),
            lambda: rows.call(owner, team, at=when, wait_seconds=amount % 60),
        ][kind % 4]()
        self.put(made)

    def _spell(self, who: int, when: int, amount: int) -> None:
        owner, team = self.owner(who)
        lead = rows._new(crm.Lead, agent=owner, created_day=when, created_team=team)
        self.put(lead)
        self.put(
            crm.LeadSpell(
                lead=lead,
                agent=owner,
                team=team,
                started_day=when,
                ended_day=when + amount % 40 if amount % 2 else None,
                channel=amount % 3,
            )
        )

    def put(self, row: Any) -> None:
        rows.put(row, now=self.tick())
        self.alive.append(row)

    def edit(self, which: int, who: int, when: int, amount: int) -> None:
        if not self.alive:
            return
        row = self.alive[which % len(self.alive)]
        owner, team = self.owner(who)
        row.agent = owner
        match row:
            case crm.Opportunity():
                row.closed_day, row.closed_team = when, team
                row.state = 1 + amount % 2
            case crm.Order():
                row.paid_day, row.paid_team, row.amount = when, team, amount * 100
            case crm.Ticket():
                row.resolved_day, row.resolved_team = when, team
            case crm.Interaction():
                row.at_day, row.at_team = when, team
            case crm.Lead():
                row.created_day, row.created_team = when, team
            case crm.LeadSpell():
                row.team, row.ended_day = team, row.started_day + amount % 50
        if not isinstance(row, crm.LeadSpell):
            row.exclusion = crm.Exclusion.TEST if amount % 7 == 0 else 0
        rows.put(row, cause="edit", now=self.tick())

    def delete(self, which: int, *_: int) -> None:
        if not self.alive:
            return
        row = self.alive[which % len(self.alive)]
        if isinstance(row, crm.Lead):
            return  # its spells would go unheard
        self.alive.remove(row)
        rows.remove(row, now=self.tick())

    def tick(self) -> datetime:
        self.clock += timedelta(minutes=1)
        return self.clock


def scopes(world: World) -> list[ScopeKey]:
    region = rows.member("region", "Region 1").pk
    return [
        COMPANY_KEY,
        ScopeKey(Cut.TEAM, world.support.pk),
        ScopeKey(Cut.TEAM, world.north.pk),
        ScopeKey(Cut.AGENT, world.alice.pk),
        ScopeKey(Cut.AGENT, 0),
        ScopeKey(Cut.REGION, region),
        ScopeKey(Cut.REGION, region, world.sales.pk),
        ScopeKey(Cut.CHANNEL, 1, world.berlin.pk),
    ]


def everything_asked(world: World) -> list[tuple[str, ScopeKey, Period | None]]:
    every = scopes(world)
    return [
        (key, scope, (DECEMBER, ALL)[at % 2])
        for at, key in enumerate(SUMS)
        for scope in (every[at % len(every)], every[(at * 3 + 1) % len(every)])
        if can_be_cut(METRICS[key], Cut(scope.cut))
    ]


def computed(asked: Any) -> dict[Any, Any]:
    def request(key: str, scope: ScopeKey, period: Period | None) -> Request:
        from metrics.engine.spans import BEGINNING

        days = (BEGINNING, TODAY + 1) if period is None else period
        start, end = days if period is None else (period.start, period.end)
        return Request(key, scope, start, end)

    requests = {each: request(*each) for each in asked}
    found = compute(requests.values(), as_of=TODAY, stats=False)
    return {each: found[wanted] for each, wanted in requests.items()}


def explain(
    world: World,
    key: str,
    scope: ScopeKey = COMPANY_KEY,
    period: Period | None = DECEMBER,
    *,
    since: datetime = T0,
    stored: Stored | None = None,
) -> Split:
    return split(
        METRICS[key],
        scope,
        period,
        since=since,
        then_day=TODAY,
        today=TODAY,
        calendar=get_calendar(world.org),
        stored=stored,
    )


@pytest.mark.django_db
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    first=st.lists(STEP, min_size=2, max_size=14),
    then=st.lists(STEP, min_size=1, max_size=14),
)
def test_what_rows_were_gives_the_numbers_that_were_computed(world, first, then):
    """Random inserts, edits, moves, exclusions and deletions before and after T0."""
    with transaction.atomic():
        play = Clocked(world)
        for what, number, who, when, amount in first:
            if what != "drain":
                getattr(play, what)(number, who, when, amount)
        drain(now=play.tick())
        asked = everything_asked(world)
        before = computed(asked)
        since = play.clock
        for what, number, who, when, amount in then:
            if what == "drain":
                drain(now=play.clock)
            else:
                getattr(play, what)(number, who, when, amount)
        drain(now=play.tick())
        after = computed(asked)
        for each in asked:
            check(world, each, before[each], after[each], since)
        transaction.set_rollback(True)


def check(world, asked, before, after, since) -> None:
    found = explain(world, *asked, since=since)
    metric = METRICS[asked[0]]
    for numbers, value, told in (
        (found.old, found.old_value, before),
        (found.new, found.new_value, after),
    ):
        if told.numerator is not None:
            assert numbers == Numbers(told.numerator, told.denominator or 0), asked
        if told.value is not None:
            assert value == told.value == value_of(metric, numbers), asked
    assert {part.cause for part in found.parts} <= {
        Cause.NEW,
        Cause.LATE,
        Cause.EDIT,
        Cause.REASSIGNMENT,
        Cause.DELETION,
    }, asked
    above = sum(part.numbers.above for part in found.parts)
    below = sum(part.numbers.below for part in found.parts)
    assert found.old + Numbers(above, below) == found.new, asked
    if found.change is not None and all(p.value is not None for p in found.parts):
        assert sum(part.value for part in found.parts) == found.change, asked


def deal(world: World, won: bool, **fields: Any) -> crm.Opportunity:
    return rows.deal(
        fields.pop("owner", world.cleo),
        fields.pop("team", world.north),
        opened=FIRST,
        closed=day("2025-12-10"),
        won=won,
        **fields,
    )


def minutes(number: int) -> datetime:
    return T0 + timedelta(minutes=number)


def test_every_cause_by_hand(world: World) -> None:
    """7 of 10 deals of December won at T0. Then one more won comes (8/11), one won is
    found lost (7/11), one lost moves to Alice of Support (7/10 for Sales) and one won
    is deleted (6/9): 70 → 72.727273 → 63.636364 → 70 → 66.666667 %.
    """
    deals = [deal(world, n < 7) for n in range(10)]
    rows.put(*deals, now=T0)
    drain(now=T0)
    sales = ScopeKey(Cut.TEAM, world.sales.pk)

    rows.put(deal(world, True), now=minutes(1))
    deals[0].state = 2
    rows.put(deals[0], cause="edit", now=minutes(2))
    deals[9].agent, deals[9].closed_team = world.alice, world.berlin
    rows.put(deals[9], cause="reassignment", now=minutes(3))
    rows.remove(deals[1], now=minutes(4))
    drain(now=minutes(5))
    found = explain(world, "win_rate", sales)

    assert (found.old, found.new) == (Numbers(7, 10), Numbers(6, 9))
    assert [(p.cause, p.numbers, p.count, str(p.value)) for p in found.parts] == [
        (Cause.LATE, Numbers(1, 1), 1, "2.727273"),
        (Cause.EDIT, Numbers(-1, 0), 1, "-9.090909"),
        (Cause.REASSIGNMENT, Numbers(0, -1), 1, "6.363636"),
        (Cause.DELETION, Numbers(-1, -1), 1, "-3.333333"),
    ]
    assert str(found.change) == "-3.333333"
    whole = explain(world, "win_rate")
    assert [part.cause for part in whole.parts] == ["late", "edit", "deletion"]


def test_a_row_left_out_counts_as_gone_and_one_taken_in_as_edited(world: World):
    out, back = deal(world, True), deal(world, True, exclusion=1)
    rows.put(out, back, now=T0)
    drain(now=T0)
    out.exclusion, back.exclusion = crm.Exclusion.SPAM, 0
    rows.put(out, back, cause="edit", now=minutes(1))
    drain(now=minutes(2))

    found = explain(world, "win_rate")

    assert [(part.cause, part.numbers) for part in found.parts] == [
        (Cause.EDIT, Numbers(1, 1)),
        (Cause.DELETION, Numbers(-1, -1)),
    ]


def test_a_change_taken_back_is_no_part(world: World) -> None:
    one = deal(world, True)
    rows.put(one, now=T0)
    drain(now=T0)
    for number, state in ((1, 2), (2, 1)):
        one.state = state
        rows.put(one, cause="edit", now=minutes(number))
    drain(now=minutes(3))

    found = explain(world, "win_rate")

    assert (found.parts, found.old, found.change) == ([], found.new, 0)


def test_a_row_that_came_and_went_since_is_no_part(world: World) -> None:
    rows.put(deal(world, True), now=T0)
    drain(now=T0)
    short = deal(world, False)
    rows.put(short, now=minutes(1))
    rows.remove(short, now=minutes(2))
    drain(now=minutes(3))

    assert explain(world, "win_rate").parts == []


def test_days_that_had_not_come_are_a_part_of_their_own(world: World) -> None:
    """Two calls planned for 12 and 13 February; seen on the 12th only one counted."""
    rows.put(rows.call(world.alice, world.berlin, at=TODAY - 1), now=T0)
    rows.put(rows.call(world.alice, world.berlin, at=TODAY), now=T0)
    drain(now=T0)
    found = split(
        METRICS["service_calls"],
        COMPANY_KEY,
        Period(day("2026-02-01"), day("2026-03-01")),
        since=T0,
        then_day=TODAY - 1,
        today=TODAY,
        calendar=get_calendar(world.org),
    )

    assert (found.old, found.new) == (Numbers(1), Numbers(2))
    assert [(part.cause, part.numbers) for part in found.parts] == [
        (Cause.TIME, Numbers(1))
    ]


def test_columns_younger_than_an_image_are_as_the_row_is(world: World) -> None:
    """An image from before calls had segments tells of no move between them."""
    small = rows.member("segment", "Small")
    who, at = (world.alice, world.berlin), day("2025-12-10")
    made = rows.call(*who, at=at, segment=small, is_answered=False)
    rows.put(made, now=minutes(-5))
    made.is_answered = True
    rows.put(made, cause="edit", now=minutes(5))
    image = RowImage.objects.get()
    del image.columns["segment_id"]
    image.save()
    drain(now=NOW)

    found = explain(world, "answer_rate", ScopeKey(Cut.SEGMENT, small.pk))

    assert (found.old, found.new) == (Numbers(0, 1), Numbers(1, 1))
    assert [part.cause for part in found.parts] == [Cause.EDIT]


def test_what_rows_do_not_explain_is_told_apart(world: World) -> None:
    """4 of 5 were stored, of 1 of 2 by the rows: another definition."""
    rows.put(deal(world, True), deal(world, False), now=T0)
    drain(now=T0)
    rows.put(deal(world, True), now=minutes(1))
    drain(now=minutes(2))
    stored = Stored(
        Numbers(4, 5), value_of(METRICS["win_rate"], Numbers(4, 5)), Cause.DEFINITION
    )

    found = explain(world, "win_rate", stored=stored)

    assert [(p.cause, p.numbers, str(p.value)) for p in found.parts] == [
        (Cause.DEFINITION, Numbers(-3, -3), "-30.000000"),
        (Cause.LATE, Numbers(1, 1), "16.666667"),
    ]
    assert str(found.change) == "-13.333333"


def test_a_step_without_anything_to_divide_by_is_told_with_the_next(world: World):
    """The only deal is deleted and another one comes late: 0 of 1 → 1 of 1."""
    gone = deal(world, False)
    rows.put(gone, now=T0)
    drain(now=T0)
    gone.closed_day = day("2025-11-30")
    rows.put(gone, cause="edit", now=minutes(1))
    drain(now=minutes(2))

    found = explain(world, "win_rate")

    assert (found.old_value, found.new_value, found.change) == (0, None, None)
    assert [(part.cause, part.value) for part in found.parts] == [(Cause.EDIT, None)]


def test_another_teams_changes_are_not_told(world: World) -> None:
    mine, theirs = (
        deal(world, True),
        deal(world, True, owner=world.alice, team=world.berlin),
    )
    rows.put(mine, theirs, now=T0)
    drain(now=T0)
    theirs.state = 2
    rows.put(theirs, cause="edit", now=minutes(1))
    drain(now=minutes(2))

    sales = explain(world, "win_rate", ScopeKey(Cut.TEAM, world.sales.pk))
    support = explain(world, "win_rate", ScopeKey(Cut.TEAM, world.support.pk))

    assert sales.parts == []
    assert [part.numbers for part in support.parts] == [Numbers(-1, 0)]
