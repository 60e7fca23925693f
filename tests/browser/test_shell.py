"""The shell in a real browser: menus, keys, themes, phone, and no broken rule."""

import pytest

from tests.browser.looks import fits
from tests.world import PASSWORD, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/accounts/two-step/")


@pytest.mark.parametrize("script", [True, False])
def test_the_account_menu_opens_and_signs_out_without_script(open_page, script):
    person("Ana")
    page = open_page(script=script)
    sign_in(page)

    page.get_by_role("button", name="Account of Ana").click()
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url(lambda url: "/accounts/login/" in url)


def test_the_chosen_theme_wins_over_the_device(open_page):
    person("Ana")
    page = open_page(dark=False)
    sign_in(page)
    canvas = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(canvas) == "rgb(255, 255, 255)"

    page.get_by_role("button", name="Account of Ana").click()
    page.get_by_role("button", name="Dark").click()

    assert page.evaluate(canvas) == "rgb(21, 26, 33)"


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_scrolls_sideways(open_page, width):
    person("Ana")
    page = open_page(width=width)
    sign_in(page)

    assert fits(page)


def test_the_skip_link_is_first_and_leads_to_the_content(open_page):
    person("Ana")
    page = open_page()
    sign_in(page)

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_pages_of_the_api_draw_themselves(open_page):
    person("Ana")
    page = open_page()
    sign_in(page)

    page.goto("/api/docs/")

    page.get_by_role("heading", name="crmkpi").wait_for()


def test_every_entry_of_the_phone_s_more_menu_can_be_seen(open_page):
    person("Ana", is_administrator=True)
    page = open_page(width=390, height=844)
    sign_in(page)

    page.get_by_role("button", name="More").click()

    box = page.get_by_role("link", name="Settings").bounding_box()
    assert box is not None
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert box["width"] > 120  # the word, not only its icon
