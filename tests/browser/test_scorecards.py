"""Open scorecards in a real browser: they refresh, speak, and work without script."""

import pytest
import time_machine
from django.conf import settings

from metrics.services import drain
from objectives.evaluation import evaluate_due
from tests.browser.looks import fits
from tests.metrics import rows
from tests.objectives.cast import deals, key_result, numbers, objective
from tests.world import NOW, build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/scorecards/teams/support-berlin/"


@pytest.fixture
def world(transactional_db):
    with time_machine.travel(NOW, tick=True):
        world = build_world()
        arrive(*deals(world, on="2026-01-20", won=20, lost=20))
        berlin = objective(world)
        key_result(world, berlin, title="Win half")
        key_result(
            world,
            berlin,
            title="Close forty",
            metric="won_deals",
            direction="at_least",
            aim=numbers(target=40),
        )
        yield world


def arrive(*made) -> None:
    """Let rows arrive and the worker do its work."""
    rows.put(*made)
    drain(now=NOW)
    evaluate_due(now=NOW)


@pytest.fixture
def visit(open_page, live_server, client):
    """Return a function that opens a page as somebody signed in."""

    def visit_as(user, url, **options):
        client.force_login(user)
        page = open_page(**options)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url}]
        )
        page.goto(url)
        return page

    return visit_as


def ask(page) -> None:
    """Do now what the page does every five seconds."""
    with page.expect_response("**/rows/**"):
        page.evaluate("htmx.trigger('#scorecard', 'refresh')")


def test_an_answer_moves_a_number_without_reload(world, visit):
    page = visit(world.ana, URL)
    page.evaluate("window.stays = true")
    page.get_by_text("20 of 40").wait_for()

    arrive(*deals(world, on="2026-02-13", won=10))
    page.get_by_text("30 of 50").wait_for(timeout=15_000)  # by itself

    assert page.evaluate("window.stays")


def test_nothing_new_leaves_the_page_alone(world, visit):
    page = visit(world.ana, URL)
    page.evaluate("document.querySelector('#kr').dataset.mine = 'yes'")

    with page.expect_response("**/rows/**") as answer:
        page.evaluate("htmx.trigger('#scorecard', 'refresh')")

    assert answer.value.status == 304
    assert page.evaluate("document.querySelector('#kr').dataset.mine") == "yes"


def test_a_new_status_is_said_and_the_focus_stays(world, visit):
    page = visit(world.ana, URL)
    page.get_by_role("table").get_by_role("link", name="Win half", exact=True).focus()
    before = page.evaluate("document.activeElement.id")

    arrive(*deals(world, on="2026-02-12", lost=80))
    ask(page)

    page.get_by_role("status").get_by_text("Win half: off track").wait_for(
        state="attached"
    )
    assert page.evaluate("document.activeElement.id") == before != ""


def test_an_open_passport_stays_open(world, visit):
    page = visit(world.ana, URL)
    page.get_by_role("button", name="Passport of Win half").click()
    page.get_by_text("20 ÷ 40").wait_for()

    arrive(*deals(world, on="2026-02-13", won=10))
    page.evaluate("htmx.trigger('#scorecard', 'refresh')")
    page.wait_for_timeout(500)
    expect(page.get_by_text("20 ÷ 40")).to_be_visible()

    page.keyboard.press("Escape")
    ask(page)
    page.get_by_text("30 of 50").wait_for()


def test_the_trend_comes_when_it_is_looked_at(world, visit):
    page = visit(world.ana, URL, height=400)
    page.locator("#scorecard-trend").scroll_into_view_if_needed()
    page.locator("#scorecard-trend canvas").wait_for()

    with page.expect_response("**/trend/**"):
        page.get_by_role("link", name="Win half, last 13 weeks").click()

    page.get_by_role("heading", name="Win half, by week").wait_for()
    page.get_by_text("The same as a table").click()
    page.get_by_role("columnheader", name="Week ending").wait_for()
    assert page.url.endswith(URL)


def test_all_but_refreshing_works_without_script(world, visit):
    page = visit(world.ana, URL, script=False)

    page.get_by_role("button", name="Passport of Win half").click()
    page.get_by_role("link", name="How this number adds up").first.click()
    page.wait_for_url(lambda url: "/metrics/win_rate/passport/" in url)

    page.go_back()
    page.get_by_role("link", name="Close forty, last 13 weeks").click()
    page.wait_for_url(lambda url: "/objectives/" in url)


@pytest.mark.parametrize("url", [URL, "/scorecards/", "/scorecards/me/"])
@pytest.mark.parametrize("width", [320, 390, 900])
def test_nothing_scrolls_sideways(world, visit, url, width):
    page = visit(world.lee, url, width=width)

    assert fits(page)


def test_the_scorecard_prints_without_its_controls(world, visit):
    page = visit(world.ana, URL)
    page.emulate_media(media="print")

    expect(page.get_by_role("navigation", name="Main")).not_to_be_visible()
    expect(page.get_by_role("button", name="Passport of Win half")).not_to_be_visible()
    expect(page.get_by_text("20 of 40")).to_be_visible()
