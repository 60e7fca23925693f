"""Instants on the pages for staff: by the organisation's clock, which is named."""

import re
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from surveys.models import Invitation, Survey
from surveys.services.erasure import request_erasure
from tests.surveys import scenes
from tests.surveys.replies import replies
from tests.surveys.sending.making import rule, run, solved
from tests.world import NOW

TEMPLATES = Path(__file__).parents[3] / "templates"
INSTANT = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d(?: [A-Z]+)?")
PAGES = ("answers", "invitations", "versions", "sends", "rule")


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def instants(client, address) -> set[str]:
    response = client.get(address)
    assert response.status_code == 200
    return set(INSTANT.findall(response.content.decode()))


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_survey(client, world, name):
    scenes.response(world)
    survey = Survey.objects.get()
    made = rule(survey)
    solved()
    run()
    client.force_login(world.ana)
    given = {"slug": survey.slug} | ({"pk": made.pk} if name == "rule" else {})

    found = instants(client, reverse(f"surveys:{name}", kwargs=given))

    assert found
    assert all(each.endswith(" CET") for each in found), found


def test_follow_ups_and_wishes(client, world):
    item = reverse("surveys:follow_up", kwargs=scenes.follow_up(world))
    client.force_login(world.lee)
    assert {each[-4:] for each in instants(client, item)} == {" CET"}
    assert {each[-4:] for each in instants(client, "/follow-ups/")} == {" CET"}

    asked = Invitation.objects.get()
    pk = request_erasure(invitation=asked, now=NOW).pk
    wish = reverse("surveys:erasure", kwargs={"pk": pk})
    client.force_login(world.adam)
    for page in (wish, reverse("surveys:erasures")):
        assert instants(client, page) == {"13 Feb 2026, 13:00 CET"}


def test_they_follow_the_organisation_and_the_season(client, world, at_now):
    world.org.zone = "America/Sao_Paulo"
    world.org.save()
    survey = replies({5: 6}, at=NOW, agent_id=world.alice.pk)
    client.force_login(world.mona)

    html = client.get(reverse("surveys:answers", args=[survey.slug])).content.decode()

    assert "13 Feb 2026, 09:00 UTC-03" in html


def test_no_template_prints_a_time_on_its_own():
    """`instant` and `answered` name the zone; the filter of Django does not."""
    pages = [*TEMPLATES.glob("surveys/**/*.html"), *TEMPLATES.glob("emails/*")]
    assert len(pages) > 50

    assert [path.name for path in pages if "H:i" in path.read_text()] == []
