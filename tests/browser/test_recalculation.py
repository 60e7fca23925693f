"""The bar of a recalculation moves by itself in a real browser."""

import pytest

from crmkpi.accounts.models import Organisation, Recalculation
from metrics import recalculating
from tests.browser.looks import fits
from tests.world import NOW, PASSWORD, build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_rebuild_is_asked_for_and_watched(open_page):
    build_world()
    Organisation.objects.update(recalculating_since=NOW)
    page = open_page(width=390, height=844, dark=True)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill("mona@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/data/")
    page.get_by_text("All figures are being recalculated").wait_for()
    page.get_by_role("link", name="Recalculation").click()
    page.get_by_role("link", name="Rebuild all figures").click()
    page.get_by_role("button", name="Rebuild all figures").click()

    page.get_by_role("progressbar").wait_for()
    assert page.get_by_role("progressbar").get_attribute("value") is None
    assert recalculating.begin(now=NOW)
    Recalculation.objects.update(done=50, total=100)
    page.get_by_role("progressbar", name="Recalculating: 40 %").wait_for()
    aloud = page.get_by_role("status").filter(has_text="Recalculating: 40 %")
    aloud.wait_for(state="attached")
    assert fits(page)

    Recalculation.objects.update(state="done", is_open=False, finished_at=NOW)
    page.get_by_text("done on 13 Feb 2026 13:00").wait_for()
    expect(page.get_by_role("progressbar")).to_have_count(0)
