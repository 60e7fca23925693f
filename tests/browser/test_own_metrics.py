"""Making a metric in a real browser: the preview follows, no script is needed."""

from dataclasses import replace

import pytest

from metrics.custom import loading
from metrics.dimensions import Cut
from tests.browser.looks import fits
from tests.metrics.custom.making import CLOSED, WON, change, formula, make, ratio
from tests.metrics.everything import write_everything
from tests.world import build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser


def write() -> None:
    world = build_world()
    write_everything(world)
    by_phone = replace(WON, cut=int(Cut.CHANNEL), members=(1, 2))
    made = make(ratio([by_phone], [CLOSED], title="Won by phone"), world.ana)
    named = {"title": "Won by phone or e-mail", "text": "Of all decided deals."}
    change(made, ratio([by_phone], [CLOSED], min_n=5, **named), world.ana)
    text = f"round({made.key} / win_rate * 100, 1)"
    make(formula(text, title="Weight of the phone"), world.ana)
    loading.look_again()


def test_the_preview_follows_the_typing(ana):
    page = ana()
    page.goto("/metrics/own/new/?kind=formula")
    preview = page.locator("#preview")
    page.get_by_role("textbox", name="Formula").fill("win_rat / 2")
    preview.get_by_text("Did you mean win_rate?").wait_for()
    page.get_by_role("textbox", name="Formula").fill("win_rate / 2")
    preview.get_by_text("Support EMEA, Q1 2026").wait_for()
    page.get_by_label("Name").fill("Half the rate")
    page.get_by_role("button", name="Make the metric").click()
    expect(page.get_by_role("heading", name="Half the rate")).to_be_visible()


def test_two_boxes_without_script(ana):
    page = ana(script=False)
    page.goto("/metrics/own/new/")
    page.locator("#id_above_1_measure").select_option(label="Deals won")
    page.locator("#id_below_1_measure").select_option(label="Deals closed")
    page.get_by_role("button", name="Preview").click()
    expect(
        page.locator("#preview").get_by_text("Support EMEA, Q1 2026")
    ).to_be_visible()
    page.get_by_label("Name").fill("Our win rate")
    page.get_by_role("button", name="Make the metric").click()
    expect(page.get_by_role("heading", name="Our win rate")).to_be_visible()


def test_no_page_scrolls_sideways_on_a_phone(ana):
    page = ana(width=390, height=844)
    for address in ADDRESSES:
        page.goto(address)
        assert fits(page), address


ADDRESSES = (
    "/metrics/own/",
    "/metrics/own/new/?preview=yes&title=X&unit=percent&better=higher&min_n=30"
    "&sharing=private&above_1_measure=opportunitiesclosed.won&above_1_cut=13"
    "&above_1_members=Phone&below_1_measure=opportunitiesclosed.rows",
    "/metrics/own/new/?kind=formula&preview=yes&formula=win_rat&unit=score"
    "&better=higher&min_n=0&sharing=team",
    "/metrics/own_won_by_phone/",
    "/metrics/own_won_by_phone/edit/",
    "/metrics/own_won_by_phone/versions/",
    "/metrics/own_won_by_phone/retire/",
)
