"""What opens every link of a mail in a real browser, scripts running, decides nothing.

Scanners of mail gateways do so before anybody reads the mail: they follow each link,
run what scripts there are, and go on to what the pages link to.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core import mail

from surveys.models import Survey
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish
from tests.surveys.addresses import addresses, rows
from tests.world import NOW, build_world

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser

starts: set[str] = set()


def write() -> None:
    world = build_world()
    survey = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(survey, actor=world.ana, now=NOW)
    found = addresses(world, Survey.objects.get())
    starts.update(found.values())
    message = mail.outbox[-1]
    html = message.alternatives[0].content
    starts.update(re.findall(rf'"{settings.BASE_URL}(/[^"]*)"', html))
    starts.update(re.findall(rf"{settings.BASE_URL}(/\S*)", message.body))


def test_scanner_with_scripts_answers_nothing(visit):
    """All public addresses, all links of a mail, and all that these lead to."""
    before, page = rows(), visit()
    scores = {address for address in starts if "?score=" in address}
    assert len(scores) == 5

    waiting, seen = sorted(starts), set(starts)
    while waiting:
        address = waiting.pop()
        for method in ("HEAD", "OPTIONS", "GET"):
            answer = page.request.fetch(address, method=method)
        if not answer.headers["content-type"].startswith("text/html"):
            continue  # a picture or a style sheet
        page.goto(address)
        assert urlsplit(page.url).path == urlsplit(address).path, "it was led on"
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        for link in links:
            parts = urlsplit(link)
            onward = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if onward not in seen:
                seen.add(onward)
                waiting.append(onward)

    assert len(seen) > len(starts)
    assert page.context.cookies() == []
    assert rows() == before
