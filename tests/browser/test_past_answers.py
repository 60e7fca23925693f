"""A file of past answers in a real browser: looked at, checked, taken."""

import pytest

from surveys.models import Response
from tests.browser.looks import fits
from tests.browser.test_axe import ALL_RULES, AXE, look
from tests.world import build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

FILE = (
    "Response ID;Date;Rating;What did you like about our service most of all?\n"
    f"a1;10.02.2026 09:30;5;{'Everything was very good, thank you. ' * 9}\n"
    f"b2;11.02.2026;2;{'Slow' * 40}\n"
)


def write() -> None:
    build_world()


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_a_file_is_checked_and_then_taken_without_choosing_it_again(visit, width, dark):
    page = visit("Mona", script=False, width=width, height=844, dark=dark)
    page.goto("/surveys/past/")
    sent = {"name": "old.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.get_by_label("CSV file").set_input_files(sent)
    page.get_by_label("System they come from").fill(f"Old tool {width}")
    page.get_by_role("button", name="Look at its columns").click()

    expect(page.get_by_label("Rating", exact=True)).to_have_value("score")
    assert fits(page)
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("alert")).to_contain_text("Survey and Kind")
    page.get_by_label("What did you like").select_option("comment")
    page.get_by_label("Name of the survey").fill("Shop")
    page.get_by_label("Kind of question").select_option("csat")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="2 rows checked")).to_be_visible()
    assert fits(page)
    page.get_by_label("Take all rows").check()
    page.get_by_role("button", name="Go").click()

    expect(page.get_by_text("2 new rows")).to_be_visible()
    assert Response.objects.filter(source__slug=f"old-tool-{width}").count() == 2


def test_axe_finds_no_fault_in_the_choice_of_columns(visit):
    page = visit("Mona")
    page.add_init_script(path=AXE)
    page.goto("/surveys/past/")
    sent = {"name": "old.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.get_by_label("CSV file").set_input_files(sent)
    page.get_by_label("System they come from").fill("Old tool")
    page.get_by_role("button", name="Look at its columns").click()
    page.get_by_label("What did you like").select_option("score")
    page.get_by_role("button", name="Go").click()

    expect(page.get_by_text("is chosen as Score already")).to_be_visible()
    assert look(page, scheme="light", rules=ALL_RULES) == []
    assert look(page, width=320, scheme="dark", rules=ALL_RULES) == []
