"""The paid time of agents, worked out by hand."""

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import day

FIRST = day("2026-02-01")
HOUR = 3_600
State = crm.AgentTime.State


def stretch(agent, team, on, state, seconds, planned=None, **fields):
    return rows.new(
        crm.AgentTime,
        agent=agent,
        team=team,
        day=on,
        state=state,
        seconds=seconds,
        scheduled_seconds=planned,
        **fields,
    )


def test_occupancy_and_shrinkage_of_a_day(world):
    """8 h paid: 4.5 handling, 1.5 waiting, 1 break, 0.5 meeting, 0.5 training.

    Occupancy 4.5 ÷ 6 = 75 %, shrinkage 2 ÷ 8 = 25 %, all of it planned. The day before
    and test rows are left out.
    """
    who = (world.alice, world.berlin)
    rows.put(
        *[
            stretch(*who, FIRST, state, round(hours * HOUR))
            for state, hours in (
                (State.HANDLING, 4.5),
                (State.AVAILABLE, 1.5),
                (State.BREAK, 1),
                (State.MEETING, 0.5),
                (State.TRAINING, 0.5),
            )
        ],
        stretch(*who, FIRST - 1, State.HANDLING, 9 * HOUR),
        stretch(*who, FIRST, State.ABSENT, HOUR, exclusion=crm.Exclusion.TEST),
    )
    computed()
    occupancy, shrinkage = of_company("occupancy"), of_company("shrinkage")
    assert (occupancy.value, occupancy.n) == (75, 2)
    assert (occupancy.numerator, occupancy.denominator) == (4.5 * HOUR, 6 * HOUR)
    assert (shrinkage.value, shrinkage.n) == (25, 5)
    assert shrinkage.stats == {"planned": 25, "unplanned": 0}
    assert occupancy.low is None  # seconds are no sample of anything
    assert occupancy.status == "low_n"  # 2 stretches of time
    assert of_team("occupancy", world.sales).value is None
    assert of_agent("occupancy", world.alice).value == 75


def test_unplanned_absence_shrinks_too(world):
    """6 h handling, 2 h absent without a plan: 25 %, planned 0."""
    who = (world.alice, world.berlin)
    rows.put(
        stretch(*who, FIRST, State.HANDLING, 6 * HOUR),
        stretch(*who, FIRST, State.ABSENT, 2 * HOUR, is_planned=False),
    )
    computed()
    found = of_company("shrinkage")
    assert (found.value, found.stats["planned"], found.stats["unplanned"]) == (
        25,
        0,
        25,
    )


def test_breaks_that_keep_to_their_plan(world):
    """Planned 40 min each: taken 40 (40), 30 (30), 50 (40 − 10), 80 and 90 (0).

    100 of 200 minutes; a break without a plan is not judged.
    """
    who = (world.alice, world.berlin)
    for number, minutes in enumerate((40, 30, 50, 80, 90)):
        rows.put(stretch(*who, FIRST + number, State.BREAK, minutes * 60, 40 * 60))
    rows.put(stretch(*who, FIRST, State.BREAK, 600))
    rows.put(stretch(*who, FIRST, State.MEETING, 600, 600))
    computed()
    found = of_company("break_adherence")
    assert (found.value, found.n, found.status) == (50, 5, "ok")
    assert (found.numerator, found.denominator) == (100 * 60, 200 * 60)
