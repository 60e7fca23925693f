"""The survey inside a web site of others, in a real browser without scripts of ours."""

import pytest
from django.utils import timezone

from surveys.links import shared_address
from surveys.models import Response
from surveys.services.surveys import share
from tests.surveys.sending.making import another_survey
from tests.world import build_world

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ALLOWED = "https://shop.example.com"


@pytest.fixture
def survey():
    world = build_world()
    made = another_survey(world)
    share(made, is_shared=True, actor=world.ana, now=timezone.now())
    made.refresh_from_db()
    made.frame_origins = [ALLOWED]
    made.save()
    return made


@pytest.fixture
def site(chromium, live_server, survey):
    """Return a function that readies a page of a web site with the survey in it."""
    # The site is in the internet and our server on this machine, which browsers allow
    # to nobody who was not asked.
    context = chromium.new_context(permissions=["local-network-access"])
    # Trustworthy for browsers without a certificate, as https would be.
    address = live_server.url.replace("localhost", "127.0.0.1")
    inner = f"{address}/e/{shared_address(survey)}/"

    def visit(origin):
        page = context.new_page()
        html = f'<h1>Shop</h1><iframe src="{inner}" width="400" height="700"></iframe>'
        page.route(
            f"{origin}/",
            lambda route: route.fulfill(body=html, content_type="text/html"),
        )
        return page

    yield visit
    context.close()


def test_an_allowed_site_shows_it_and_takes_answers(site):
    page = site(ALLOWED)
    page.goto(ALLOWED)
    frame = page.frame_locator("iframe")
    frame.get_by_label("9", exact=True).check()
    frame.get_by_role("button", name="Send my answer").click()
    expect(frame.get_by_role("heading", name="Thank you")).to_be_visible()
    frame.get_by_role("textbox").fill("From the shop")
    frame.get_by_role("button", name="Send my comment").click()
    expect(frame.get_by_text("We have received your comment.")).to_be_visible()

    assert Response.objects.count() == 1


def test_another_site_shows_nothing(site):
    page = site("https://evil.example.net")
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto("https://evil.example.net")

    assert page.frame_locator("iframe").get_by_role("button").count() == 0
