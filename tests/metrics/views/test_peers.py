"""Figures of others stand beside our own value of any metric."""

import pytest

from metrics.services import drain
from tests.metrics import rows
from tests.metrics.catalog.test_market import figure
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, World, day

pytestmark = pytest.mark.usefixtures("at_now")
AT = "/metrics/win_rate/?scope=company&period=2026-01"
HEADING = "What others publish"


def entered(*shares: int) -> None:
    for number, share in enumerate(shares):
        subject = f"Rival {number}"
        rows.put(figure("win_rate", share, subject=subject, origin="Panel 2026"))


def deals(world: World, *, won: int, lost: int) -> None:
    opened = day("2026-01-02")
    rows.put(
        *(
            rows.deal(
                world.cleo, world.north, opened=opened, closed=opened, won=n < won
            )
            for n in range(won + lost)
        )
    )
    drain(now=NOW)


def test_value_median_and_rank_stand_beside_them(world: World) -> None:
    """3 of 5 deals won is 60 %: behind 70, before 50 and 40, whose median is 50."""
    deals(world, won=3, lost=2)
    entered(50, 70, 40)

    text = words(page(signed_in(world.mona), AT))

    assert "Rival 1 1 Jan 2026 to 31 Jan 2026, Panel 2026, entered by Test 70" in text
    assert "Our own value 60 % Median of the others 50 %" in text
    assert "Our rank, 1 being best 2 of 4" in text


def test_below_three_there_is_no_median(world: World) -> None:
    deals(world, won=3, lost=2)
    entered(50, 70)

    text = words(page(signed_in(world.mona), AT))

    assert "Rival 0" in text
    assert "Median of the others" not in text


def test_nothing_is_shown_without_figures_or_right(world: World) -> None:
    none = page(signed_in(world.mona), AT)
    entered(50, 70, 40)
    of_team = page(signed_in(world.mona), AT.replace("company", "team:sales-north"))
    lead = page(signed_in(world.ana), "/metrics/win_rate/?period=2026-01")

    assert all(HEADING not in each for each in (none, of_team, lead))


@pytest.mark.parametrize("key", ["win_rate", "market_share", "brand_equity"])
def test_of_days_to_come_nobody_tells_anything(world: World, key: str) -> None:
    entered(50, 70, 40)

    text = words(
        page(signed_in(world.mona), f"/metrics/{key}/?scope=company&period=2026-12")
    )

    assert HEADING not in text
