"""What the scripts add: charts in the colours of the theme, parts that stay fresh."""

import pytest

from tests.browser import pages

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.pages"),
]

DATASETS = "Chart.getChart(document.querySelector('canvas')).data.datasets"


@pytest.fixture(autouse=True)
def fresh_state():
    pages.state.update(value="one", answered=0, unchanged=0)


@pytest.mark.parametrize(
    ("dark", "accent"), [(False, "rgb(47, 82, 201)"), (True, "rgb(147, 170, 255)")]
)
def test_a_chart_takes_its_colours_from_the_theme(open_page, dark, accent):
    page = open_page(dark=dark)

    page.goto("/chart")

    assert page.evaluate(f"{DATASETS}[0].borderColor") == accent


def test_a_chart_changes_colours_with_the_device(open_page):
    page = open_page()
    page.goto("/chart")

    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)

    assert page.evaluate(f"{DATASETS}[0].borderColor") == "rgb(147, 170, 255)"


def test_a_missing_week_is_a_gap_and_never_zero(open_page):
    page = open_page()
    page.goto("/chart")

    assert page.evaluate(f"{DATASETS}[0].data[4]") is None
    assert page.evaluate(f"{DATASETS}[0].spanGaps") is False


def test_an_unchanged_part_answers_empty(open_page):
    page = open_page()
    page.goto("/live")

    page.wait_for_timeout(1500)

    assert pages.state["answered"] == 1  # the first question has no ETag yet
    assert pages.state["unchanged"] >= 2
    assert page.text_content("#value") == "one"


def test_a_changed_part_appears_by_itself(open_page):
    page = open_page()
    page.goto("/live")

    pages.state["value"] = "two"

    expect(page.locator("#value")).to_have_text("two")


def test_an_open_passport_is_not_torn_away(open_page):
    page = open_page()
    page.goto("/live")
    page.get_by_role("button", name="Passport").click()

    pages.state["value"] = "two"
    page.wait_for_timeout(800)

    expect(page.locator("#passport")).to_be_visible()
    assert page.text_content("#value") == "one"
    page.keyboard.press("Escape")
    expect(page.locator("#value")).to_have_text("two")


def test_the_slash_reaches_the_search_field_and_not_from_within_a_field(open_page):
    page = open_page()
    page.goto("/live")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<input id=find data-focus-key=\"/\"><input id=other>')"
    )

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("#other").focus()
    page.keyboard.type("1/2")

    expect(page.locator("#other")).to_have_value("1/2")
