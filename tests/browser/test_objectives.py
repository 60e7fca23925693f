"""Setting an objective in a real browser: from nothing to a status with its reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crmkpi.accounts.queries import today
from metrics.services import drain
from tests.browser.looks import fits
from tests.metrics import rows
from tests.world import PASSWORD, World

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Let bells ring into nothing: the pages judge what they write themselves."""
    monkeypatch.setattr("metrics.tasks.refresh.apply_async", lambda **_: None)
    monkeypatch.setattr("objectives.tasks.evaluate_due.delay", lambda: None)


def sign_in(page: Any) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def history(world: World) -> None:
    """Decide three of four deals a day, for the last 200 days."""
    now = timezone.now()
    day = today(now, world.org)
    rows.put(
        *[
            rows.deal(
                world.alice, world.berlin, opened=each - 9, closed=each, won=number > 0
            )
            for each in range(day - 200, day)
            for number in range(4)
        ]
    )
    drain(now=now + timedelta(seconds=1))


@pytest.mark.parametrize("script", [True, False])
def test_from_nothing_to_a_status(world, open_page, script):
    history(world)
    page = open_page(script=script)
    sign_in(page)

    page.goto("/objectives/")
    page.get_by_role("link", name="Set an objective").click()
    page.get_by_label("What is to be reached?").fill("Win more of what we decide")
    page.get_by_label("Team").select_option("Support Berlin")
    page.get_by_role("button", name="Save and add key results").click()
    page.get_by_role("link", name="Win rate", exact=True).click()
    expect(page.locator("#hint").get_by_text("75 %").first).to_be_visible()

    page.get_by_role("link", name="Keep at or above").click()
    page.get_by_label("Target").fill("70")
    if not script:
        page.get_by_role("button", name="Show history").click()
    page.get_by_text("It would have been met in").wait_for()
    expect(page.get_by_label("Target")).to_have_value("70")
    page.get_by_role("button", name="Add the key result").click()

    expect(
        page.get_by_role("heading", name="Win more of what we decide")
    ).to_be_visible()
    expect(page.get_by_text("Why this status")).to_have_count(1)
    page.get_by_text("8", exact=True).click()
    page.get_by_label("One sentence").fill("We call every customer back.")
    page.get_by_role("button", name="Save check-in").click()
    expect(page.get_by_text("We call every customer back.").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_scrolls_sideways(world, open_page, width):
    history(world)
    page = open_page(width=width, height=844)
    sign_in(page)
    page.goto("/objectives/new/")
    page.get_by_label("What is to be reached?").fill("Win more of what we decide")
    page.get_by_label("Team").select_option("Support Berlin")
    page.get_by_role("button", name="Save and add key results").click()
    addresses = [page.url]
    page.get_by_role("link", name="Win rate", exact=True).click()
    addresses.append(page.url)
    page.get_by_label("Where it starts").fill("70")
    page.get_by_label("Target").fill("80")
    page.get_by_role("button", name="Add the key result").click()
    addresses += [page.url, "/objectives/"]

    for address in addresses:
        page.goto(address)
        assert fits(page)
