"""Pages of metrics in a real browser: passports, charts, narrow screens, no script."""

import json

import pytest

from tests.browser.looks import fits
from tests.metrics.everything import write_everything
from tests.world import build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

PAGES = (
    "/metrics/",
    "/metrics/csat/?by=team&period=2025-Q4",
    "/metrics/first_response_time/",
    "/metrics/win_rate/rows/?period=all",
    "/metrics/nps/passport/?period=all",
    "/manual/metrics/",
)


def write() -> None:
    write_everything(build_world())


def test_a_passport_is_fetched_once_when_it_is_first_opened(ana):
    page = ana()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/metrics/")
    button = page.get_by_role("button", name="Passport of Ticket volume")
    passport = page.locator("#pp-ticket_volume")
    expect(passport).not_to_be_visible()

    button.click()
    passport.get_by_text("Counted").wait_for()
    page.keyboard.press("Escape")
    expect(passport).not_to_be_visible()
    button.click()

    expect(passport.get_by_text("Tickets, Q1 2026 to 13 Feb")).to_be_visible()
    assert sum("/ticket_volume/passport/" in url for url in asked) == 1


def test_the_rows_are_one_click_from_the_passport(ana):
    page = ana()
    page.goto("/metrics/?period=all")
    page.get_by_role("button", name="Passport of Win rate").click()

    page.locator("#pp-win_rate").get_by_role("link", name="rows").click()

    page.wait_for_url(
        lambda url: "/metrics/win_rate/rows/" in url and "period=all" in url
    )
    expect(page.get_by_role("heading", name="rows counted")).to_be_visible()


def test_without_script_the_popover_leads_to_the_passport(ana):
    page = ana(script=False)
    page.goto("/metrics/")

    page.get_by_role("button", name="Passport of Ticket volume").click()
    page.get_by_role("link", name="How this number adds up").first.click()

    page.wait_for_url(lambda url: "/metrics/ticket_volume/passport/" in url)
    expect(page.get_by_text("Counted")).to_be_visible()


def test_the_trend_is_drawn_and_its_table_opens(ana):
    page = ana()
    page.goto("/metrics/answer_rate/?grain=month")

    drawn = page.evaluate("Chart.getChart(document.querySelector('canvas')).data")
    shown = json.loads(page.locator("#trend").text_content())
    assert drawn["labels"] == shown["labels"]
    page.get_by_text("As a table").click()
    expect(page.get_by_role("rowheader", name="December 2025")).to_be_visible()


def test_the_scope_and_period_stay_while_moving_about(ana):
    page = ana()
    page.goto("/metrics/")

    page.get_by_role("button", name="Scope: Support EMEA").click()
    page.get_by_role("link", name="Support Berlin").click()
    page.get_by_role("button", name="Period: Q1 2026").click()
    page.get_by_role("link", name="Q4 2025").click()
    page.get_by_role("link", name="Ticket volume", exact=True).click()

    expect(page.get_by_role("button", name="Scope: Support Berlin")).to_be_visible()
    expect(page.get_by_role("button", name="Period: Q4 2025")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True), (320, False)])
def test_no_page_scrolls_sideways(ana, width, dark):
    page = ana(width=width, dark=dark)

    for address in PAGES:
        page.goto(address)
        assert fits(page), address
