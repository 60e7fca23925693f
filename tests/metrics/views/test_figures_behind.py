"""Passports lead to the entered figures that a number takes, each by its own name."""

import pytest
from django.urls import reverse

from crmkpi.crm.models import Exclusion, MarketFigure
from metrics.services import drain
from tests.metrics import rows
from tests.metrics.catalog.test_market import figure
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("at_now")
AT = "?scope=company&period=2026-01"


@pytest.fixture
def brought(everything: World) -> dict[str, MarketFigure]:
    """Figures of January by what the test calls them; "old" and "void" do not count."""
    old = {"first": "2025-01-01", "last": "2025-12-31"}
    made = {
        "size": figure("market_size", 365_000, last="2026-12-31", origin="Gartner"),
        "part": figure("market_size", 2_000, last="2026-01-02"),
        "covered": figure("market_size", 1_000, last="2026-01-02"),
        "old size": figure("market_size", 9, **old),
        "aware": figure("brand_awareness", 60),
        "wanted": figure("brand_preference", 40),
        "Helios": figure("csat", 79, subject="Helios"),
        "Candela": figure("csat", 83, subject="Candela"),
        "Lumen": figure("csat", 71, subject="Lumen"),
        "old": figure("csat", 50, subject="Nova", **old),
        "void": figure("csat", 10, subject="Vega", exclusion=Exclusion.TEST),
    }
    later = made.pop("part")
    for each in (*made.values(), later):  # one by one: the last one written counts
        rows.put(each)
    drain(now=NOW)
    return made | {"part": later}


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        ("market_share", {"size", "part"}),
        ("brand_equity", {"aware", "wanted"}),
        ("competitive_benchmark", {"Helios", "Candela", "Lumen"}),
        ("competitive_benchmark_nps", set()),
        ("ticket_volume", set()),
    ],
)
def test_the_figures_that_count_are_linked(everything, brought, key, taken) -> None:
    shown = page(signed_in(everything.mona), f"/metrics/{key}/passport/{AT}")

    links = {
        name
        for name, each in brought.items()
        if f'href="{reverse("crm:figure", args=[each.pk])}"' in shown
    }
    assert links == taken


def test_each_says_what_it_is_and_where_it_comes_from(everything, brought) -> None:
    client = signed_in(everything.nora)
    share = words(page(client, f"/metrics/market_share/passport/{AT}"))
    csat = words(page(client, f"/metrics/competitive_benchmark/passport/{AT}"))

    assert "Figures from outside that it takes" in share
    assert "1 Jan 2026 to 31 Dec 2026, Gartner 365,000" in share
    assert "CSAT, Helios 1 Jan 2026 to 31 Jan 2026 79" in csat


def test_many_are_cut_short(everything: World) -> None:
    rows.put(*[figure("csat", 70, subject=f"Rival {n}") for n in range(15)])
    drain(now=NOW)

    shown = page(
        signed_in(everything.mona), f"/metrics/competitive_benchmark/passport/{AT}"
    )

    assert shown.count("Rival") == 12
    assert "and 3 more figures" in words(shown)
