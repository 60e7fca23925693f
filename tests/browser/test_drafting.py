"""Writing a survey in a real browser: the preview follows, no script is needed."""

import pytest

from surveys.models import Survey
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish
from tests.browser.looks import fits
from tests.world import NOW, build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

EDIT = "/surveys/after-a-request/edit/"


def write() -> None:
    world = build_world()
    made = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(made, actor=world.ana, now=NOW)


def test_the_preview_follows_the_typing(ana):
    page = ana()
    page.goto(EDIT)
    phone = page.frame_locator("iframe[title='On a phone']")
    desk = page.frame_locator("iframe[title='On a desktop']")
    expect(phone.get_by_role("radio")).to_have_count(5)

    page.locator("#id_en_question").fill("Were you happy?")
    expect(phone.get_by_role("heading", name="Were you happy?")).to_be_visible()
    expect(desk.get_by_role("heading", name="Were you happy?")).to_be_visible()
    page.get_by_label("Scale drawn as").select_option("face")
    expect(phone.locator(".word").first).to_have_text("Very dissatisfied")
    page.locator("#id_colour").fill("#ffcc00")
    expect(page.locator("#preview")).to_contain_text("contrast of 1.5; 4.5 is needed")
    page.locator("#id_colour").fill("#7a1f5c")
    expect(phone.locator(".logo")).to_have_css("background-color", "rgb(122, 31, 92)")
    page.get_by_label("Page", exact=True).select_option("low")
    expect(phone.get_by_label("What went wrong")).to_be_visible()
    page.locator("#id_preview_language").select_option("ar")
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    assert "Were you happy" not in str(Survey.objects.get().draft)


def test_preview_and_saving_without_script(ana):
    page = ana(script=False, width=390, height=844)
    page.goto(EDIT)
    page.locator("#id_en_question").fill("Were you glad?")
    page.get_by_role("button", name="Show it beside").click()
    phone = page.frame_locator("iframe[title='On a phone']")
    expect(phone.get_by_role("heading", name="Were you glad?")).to_be_visible()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Saved. Customers see it")).to_be_visible()
    expect(page.locator("#id_en_question")).to_have_value("Were you glad?")
    assert fits(page)
