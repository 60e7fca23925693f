"""Texts of scopes: the same in every language, whatever people read and type."""

import pytest
from django.db.models import IntegerChoices
from django.utils.functional import lazy
from django.utils.translation import get_language, override

from crmkpi.crm.models import Channel
from metrics.catalog import METRICS
from metrics.dimensions import BY_KEY, Cut, Dimension
from metrics.scopes import parse_scope
from objectives.scope_choices import scope_choices
from tests.world import World


def said(english: str, german: str) -> str:
    return lazy(lambda: german if get_language() == "de" else english, str)()


class Way(IntegerChoices):
    PHONE = 1, said("Phone", "Telefon")
    BY_LETTER = 2, said("Letter", "Brief")


WAYS = Dimension(Cut.CHANNEL, "way", "Way", "way", choices=Way)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_names_and_labels_of_every_language_are_understood(language: str) -> None:
    with override(language):
        for text in ("phone", "PHONE", "Telefon", " phone "):
            assert WAYS.member_id(text) == 1
        for text in ("by_letter", "letter", "BRIEF"):
            assert WAYS.member_id(text) == 2
        assert WAYS.member_id("fax") is None
        assert WAYS.texts([1, 2]) == {1: "phone", 2: "by_letter"}
    with override("de"):
        assert WAYS.labels([1, 2]) == {1: "Telefon", 2: "Brief"}


@pytest.mark.parametrize(
    ("given", "text", "label"),
    [
        ("channel:In person", "channel:in_person", "In person"),
        ("channel:in_person", "channel:in_person", "In person"),
        ("channel:unknown", "channel:unknown", "Unknown"),
        ("clock:First reply", "clock:reply", "First reply"),
        ("region:unassigned", "region:unassigned", "Unassigned"),
        (
            "clock:resolution@team:support-berlin",
            "clock:resolution@team:support-berlin",
            "Resolution, Support Berlin",
        ),
    ],
)
def test_a_scope_is_written_by_name_and_shown_by_label(
    given: str, text: str, label: str, world: World
) -> None:
    scope = parse_scope(given)

    assert (scope.text, scope.label) == (text, label)
    assert parse_scope(scope.text) == scope


def test_what_is_offered_leads_to_what_it_says(world: World) -> None:
    options = {
        text: label
        for key in ("sla_compliance", "ticket_volume")
        for _group, pairs in scope_choices(
            METRICS[key],
            team=world.berlin,
            access=world.access(world.mona),
            with_people=False,
        )
        for text, label in pairs
    }

    assert options["clock:reply"] == "First reply"
    assert options["channel:in_person"] == "In person"
    assert "channel:unknown" not in options
    for text, label in options.items():
        scope = parse_scope(text)
        assert (scope.text, scope.label) == (text, label)
    assert {choice.name.lower() for choice in Channel} == set(
        BY_KEY["channel"].texts([]).values()
    )
