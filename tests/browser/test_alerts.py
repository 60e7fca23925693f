"""Making an alert in a real browser, with script and without."""

import pytest
import time_machine

from tests.browser.looks import fits
from tests.metrics.alerts.scenes import BERLIN, MONDAY, tickets
from tests.world import NOW, PASSWORD, build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = f"/alerts/new/?metric=ticket_volume&scope={BERLIN}"


@pytest.fixture
def lee(open_page):
    """Return a function that opens a page for Lee: 9 and 6 tickets, and 6 now."""
    with time_machine.travel(NOW, tick=True):
        world = build_world()
        for weeks, count in ((5, 9), (4, 1), (3, 6), (2, 1), (0, 6)):
            tickets(world, count, on=MONDAY - 7 * weeks)

        def signed_in(**looks):
            page = open_page(**looks)
            page.goto("/accounts/login/")
            page.get_by_label("E-mail address").fill("lee@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            return page

        yield signed_in


def test_the_past_answers_while_one_types(lee):
    page = lee()
    page.goto(FORM)
    page.get_by_text("Fill in what to look for").wait_for()
    page.get_by_label("this value").fill("5")
    page.get_by_text("told you 2 times in the last 13 weeks").wait_for()
    page.get_by_label("this value").fill("8")
    page.get_by_text("told you once in the last 13 weeks").wait_for()


@pytest.mark.parametrize("script", [True, False])
def test_an_alert_is_made_told_and_read(lee, script):
    page = lee(script=script, width=390, height=844)
    page.goto(FORM)
    page.get_by_label("this value").fill("5")
    page.get_by_role("button", name="Alert me").click()

    page.get_by_role("link", name="Notifications, 1 unread").click()
    page.get_by_role("link", name="Ticket volume, Support Berlin: above 5").wait_for()
    assert fits(page)
    page.get_by_role("button", name="as read").first.click()

    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
