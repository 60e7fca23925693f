"""Breaks in the trend of a metric where its surveys began to ask otherwise."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.engine import refresh
from metrics.wordings import OtherWording, with_breaks
from surveys.look import Look
from surveys.models import Survey
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish
from tests.metrics.views.reading import page, signed_in, words
from tests.surveys import cast
from tests.surveys.drafting import change
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

PAGE = "/metrics/{key}/?scope=team:support-berlin&grain=week"
SAID = "Since 13 Feb 2026 After a call asks otherwise (version 2)"


@pytest.fixture
def asked(world: World) -> Survey:
    """A survey whose answer of today counts for Alice, as it was asked at first."""
    survey = create_survey(
        name="After a call",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW - timedelta(days=30),
    )
    publish(survey, actor=world.ana, now=NOW - timedelta(days=30))
    survey.refresh_from_db()
    ida = cast.contact("Ida", customer=cast.customer("Globex", agent=world.alice))
    _, token = cast.ask(survey, ida, agent_id=world.alice.pk)
    cast.reply(token, 5)
    while refresh.work_off_one(now=NOW):
        pass
    return survey


def marks(html: str) -> list[dict[str, object]]:
    found = re.search(
        r'<script id="trend" type="application/json">(.*?)</script>', html
    )
    marked: list[dict[str, object]] = json.loads(found[1])["marks"] if found else []
    return marked


def test_another_question_is_a_mark_and_a_sentence(world: World, asked: Survey) -> None:
    change(asked, world, words={"question": "Were you happy?"})

    html = page(signed_in(world.lee), PAGE.format(key="csat"))

    assert SAID in words(html)
    assert f"/surveys/{asked.slug}/versions/?new=2" in html
    assert marks(html) == [{"at": 12, "label": "other wording"}]


def test_other_colours_are_none(world: World, asked: Survey) -> None:
    change(asked, world, look=Look(colour="#7a1f5c"))

    assert "asks otherwise" not in page(signed_in(world.lee), PAGE.format(key="csat"))


def test_only_metrics_and_scopes_in_which_it_counts(
    world: World, asked: Survey
) -> None:
    change(asked, world, words={"question": "Were you happy?"})

    for key in ("nps", "ticket_volume", "survey_response_rate"):
        assert "asks otherwise" not in page(signed_in(world.ana), PAGE.format(key=key))
    north = "/metrics/csat/?scope=team:sales-north&grain=week"
    assert "asks otherwise" not in page(signed_in(world.mona), north)
    company = page(signed_in(world.mona), "/metrics/csat/?scope=company&grain=week")
    assert SAID in words(company)


def test_agents_are_told_without_a_link(world: World, asked: Survey) -> None:
    change(asked, world, words={"question": "Were you happy?"})

    own = f"/metrics/csat/?scope=agent:~{world.alice.pk}&grain=week"
    html = page(signed_in(world.alice), own)

    assert SAID in words(html)
    assert "/versions/" not in html


def test_marks_at_one_place_are_one_text() -> None:
    broken = OtherWording(3, NOW.date(), "After a call", None, 2)

    assert with_breaks(
        [{"at": 3, "label": "A strike"}, {"at": 1, "label": "x"}], [broken, broken]
    ) == [{"at": 3, "label": "other wording; A strike"}, {"at": 1, "label": "x"}]
    assert with_breaks([], []) == []


def test_number_of_queries_is_that_of_no_break(world: World, asked: Survey) -> None:
    client = signed_in(world.ana)
    page(client, PAGE.format(key="csat"))
    with CaptureQueriesContext(connection) as before:
        page(client, PAGE.format(key="csat"))
    for number in range(3):
        change(asked, world, words={"question": f"Happy {number}?"})
    with CaptureQueriesContext(connection) as after:
        page(client, PAGE.format(key="csat"))

    assert len(after) <= len(before) + 3
