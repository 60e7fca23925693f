"""The pages on figures from outside in a real browser: entered, changed, on a phone."""

import os

import pytest

from tests.browser.looks import fits
from tests.world import PASSWORD, build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mona(open_page):
    """Return a function that opens a page for Mona, who manages the company."""
    build_world()

    def signed_in(**looks):
        page = open_page(**looks)
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address").fill("mona@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return page

    return signed_in


def enter(page, value):
    page.goto("/data/")
    page.get_by_role("link", name="Figures by hand").click()
    page.get_by_role("link", name="Market size").click()
    page.get_by_label("What the whole market bought").fill(value)
    page.get_by_label("First day it holds for").fill("2025-01-01")
    page.get_by_label("Last day it holds for").fill("2025-12-31")
    page.get_by_label("Where it comes from").fill("Lighting trade panel")
    page.get_by_role("button", name="Save").click()


def test_a_figure_is_entered_and_changed_without_script(mona):
    page = mona(script=False)
    enter(page, "38000000")
    page.get_by_role("link", name="Market size").last.click()
    page.get_by_label("What the whole market bought").fill("39000000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("value: 38000000 → 39000000")).to_be_visible()


def test_the_pages_fit_a_phone_and_the_dark(mona):
    first = mona()
    enter(first, "38000000")
    for number, (subject, value) in enumerate((("Helios", "79"), ("Candela", "83"))):
        first.goto("/data/figures/new/competitor/")
        first.get_by_label("What was measured").select_option("csat")
        first.get_by_label("Competitor").fill(subject)
        first.get_by_label("Value").fill(value)
        first.get_by_label("First day it holds for").fill(f"2025-0{number + 1}-01")
        first.get_by_label("Last day it holds for").fill("2025-12-31")
        first.get_by_label("Where it comes from").fill("Website")
        first.get_by_role("button", name="Save").click()
    first.get_by_role("link", name="Market size").last.click()
    detail = first.url
    paths = ("/data/figures/", "/data/figures/new/competitor/", detail)
    for look in ({}, {"dark": True}, {"width": 390, "height": 844}):
        page = mona(**look)
        for path in paths:
            page.goto(path)
            assert fits(page), (path, look)
            if folder := os.environ.get("SHOTS"):
                name = path.strip("/").replace("/", "-").split("data-")[-1]
                kind = "-".join(map(str, look)) or "light"
                page.screenshot(path=f"{folder}/{name}-{kind}.png", full_page=True)
