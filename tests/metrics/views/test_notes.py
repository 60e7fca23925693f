"""Notes on a trend: who is asked, who may write, and where they are shown."""

import json
import re

import pytest

from metrics.alerts.models import TrendNote
from metrics.alerts.notes import add_note
from metrics.scopes import parse_scope
from tests.metrics.alerts.scenes import BERLIN, MONDAY, tickets
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]

PAGE = f"/metrics/ticket_volume/?scope={BERLIN}&grain=week"
NOTES = "/metrics/ticket_volume/notes/"
ASKED = "Week 6 2026 was higher than the usual ups and downs explain. What happened?"


@pytest.fixture
def odd_week(world: World) -> World:
    """12 closed weeks: 3 and 4 tickets by turns, then 30 in week 6."""
    for weeks, count in enumerate([30, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3], start=1):
        tickets(world, count, on=MONDAY - 7 * weeks)
    return world


def given(**fields) -> dict[str, str]:
    return {"scope": BERLIN, "day": "2026-02-03", "text": "A strike"} | fields


def test_managers_are_asked_about_a_signal_and_readers_are_not(odd_week: World) -> None:
    assert ASKED in words(page(signed_in(odd_week.ana), PAGE))
    for reader in (odd_week.lee, odd_week.nora):
        html = page(signed_in(reader), PAGE)
        assert "What happened" not in html


def test_a_note_stands_on_the_chart_and_in_the_table(odd_week: World) -> None:
    client = signed_in(odd_week.ana)
    answer = client.post(NOTES, given(query=f"scope={BERLIN}&grain=week"))
    assert answer["Location"] == (
        f"/metrics/ticket_volume/?scope={BERLIN}&grain=week#trend-notes"
    )
    html = page(signed_in(odd_week.lee), PAGE)
    found = re.search(
        r'<script id="trend" type="application/json">(.*?)</script>', html
    )
    assert json.loads(found[1])["marks"] == [{"at": 11, "label": "A strike"}]
    assert "Week 6 2026 signal A strike 30" in words(html)
    assert "3 Feb 2026 A strike Ana" in words(html)
    assert "Note it" not in html
    assert ASKED not in words(page(client, PAGE))


def test_a_week_without_a_signal_asks_nothing(world: World) -> None:
    for weeks in range(1, 13):
        tickets(world, 3 + weeks % 2, on=MONDAY - 7 * weeks)
    text = words(page(signed_in(world.ana), PAGE))
    assert "What happened?" not in text and "Note it" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Write what happened."),
        ({"text": "x" * 201}, "Use at most 200 characters."),
        ({"text": "a\x00b"}, "Write what happened."),
        ({"day": "rubbish"}, "Choose a day up to today."),
        ({"day": "2026-02-14"}, "Choose a day up to today."),
        ({"day": "1889-01-01"}, "Choose a day up to today."),
        ({"day": ""}, "Choose a day up to today."),
    ],
)
def test_rubbish_is_refused_in_words(world: World, fields, said) -> None:
    answer = signed_in(world.ana).post(NOTES, given(**fields), follow=True)
    assert said in words(answer.content.decode())
    assert not TrendNote.objects.exists()


def test_foreign_scopes_are_404_and_readers_are_refused(world: World) -> None:
    assert signed_in(world.carl).post(NOTES, given()).status_code == 404
    assert signed_in(world.lee).post(NOTES, given()).status_code == 403
    assert signed_in(world.ana).post(NOTES, given(scope="company")).status_code == 404
    assert signed_in(world.ana).post(NOTES, given(scope="x:\x00")).status_code == 404
    assert signed_in(world.ana).get(NOTES).status_code == 405
    assert signed_in(world.mona).post(NOTES, given(scope="company")).status_code == 302


def test_a_note_belongs_to_one_scope_and_metric(odd_week: World) -> None:
    add_note(
        metric="ticket_volume",
        scope=parse_scope("team:support-emea"),
        day=NOW.date(),
        text="Elsewhere",
        actor=odd_week.ana,
        now=NOW,
    )
    assert "Elsewhere" not in page(signed_in(odd_week.ana), PAGE)


def test_managers_take_a_note_back(world: World) -> None:
    client = signed_in(world.ana)
    client.post(NOTES, given())
    note = TrendNote.objects.get()
    address = f"{NOTES}{note.pk}/delete/"
    assert signed_in(world.carl).post(address).status_code == 404
    assert signed_in(world.lee).post(address).status_code == 403
    other = f"/metrics/win_rate/notes/{note.pk}/delete/"
    assert client.post(other).status_code == 404
    assert client.post(address).status_code == 302
    assert not TrendNote.objects.exists()
