"""What is stored of own metrics: it follows rows and definitions alike."""

from dataclasses import replace
from decimal import Decimal

from crmkpi.lib.periods import Grain
from metrics.custom.definitions import Line
from metrics.dimensions import Cut
from metrics.models import MetricVersion, Revision, Snapshot
from metrics.services import drain
from tests.metrics import rows
from tests.metrics.custom.making import CLOSED, WON, change, formula, make, ratio
from tests.metrics.engine.state import assert_equal_from_scratch
from tests.world import NOW, day

FIRST = day("2025-11-20")


def some_deals(world, won=7, on="2025-12-10"):
    return [
        rows.deal(world.cleo, world.north, opened=FIRST, closed=day(on), won=n < won)
        for n in range(10)
    ]


def december(key, number):
    return Snapshot.objects.get(
        version__key=key,
        version__number=number,
        cut=1,
        grain=int(Grain.MONTH),
        start=day("2025-12-01"),
    )


def test_stored_values_follow_rows_and_definitions(world):
    """7 of 10 deals of December are won; then the metric is turned round: 10 of 7."""
    rows.put(*some_deals(world))
    drain(now=NOW)
    made = make(ratio(min_n=0), world.ana)
    top = make(formula(f"{made.key} / 10", title="Top"), world.ana)
    drain(now=NOW)
    assert december(made.key, 1).value == 70
    assert december(top.key, 1).value == 7
    rows.put(*some_deals(world))
    drain(now=NOW)
    assert (december(made.key, 1).numerator, december(made.key, 1).value) == (14, 70)
    change(made, ratio([CLOSED], [WON], min_n=0), world.ana)
    drain(now=NOW)
    assert december(made.key, 1).value == 70  # as it was believed then
    assert december(made.key, 2).value == Decimal("142.857143")
    assert december(top.key, 1).value == Decimal("14.285714")
    revised = Revision.objects.get(
        version__key=top.key, grain=int(Grain.MONTH), cut=1, cause="definition"
    )
    assert (revised.old_value, revised.new_value) == (7, Decimal("14.285714"))
    assert MetricVersion.objects.filter(key=made.key).count() == 2


def test_refresh_gives_what_a_rebuild_gives(world):
    deals = some_deals(world)
    rows.put(*deals[:6])
    drain(now=NOW)
    made = make(ratio(min_n=0), world.ana)
    by_phone = replace(WON, cut=int(Cut.CHANNEL), members=(1, 0))
    make(ratio([by_phone], [CLOSED], title="Phone"), world.ana)
    make(ratio([WON], [Line("orderspaid.rows")], title="Two axes"), world.ana)
    make(formula(f"{made.key} + won_deals", title="Top"), world.ana)
    drain(now=NOW)
    rows.put(*deals[6:])
    rows.put(rows.order(world.cleo, world.north, paid=day("2025-12-11"), amount=500))
    drain(now=NOW)
    deals[0].closed_day, deals[0].channel = day("2026-01-05"), 1
    rows.put(deals[0], cause="edit")
    rows.remove(deals[1])
    drain(now=NOW)
    assert {"own_our_share", "own_phone", "own_two_axes", "own_top"} <= set(
        Snapshot.objects.values_list("version__key", flat=True)
    )
    assert_equal_from_scratch()
