"""Who may open a person's scorecard, and who did."""

from datetime import timedelta

import pytest

from crmkpi.accounts import services as accounts
from objectives.scorecards.readers import looks_at, readers_of, readers_text
from objectives.services import note_look
from tests.world import NOW, TODAY, Role, day, person

pytestmark = pytest.mark.django_db


def test_leads_managers_and_analysts_above(world):
    assert readers_of(world.alice, day=TODAY) == [
        "Lee (lead)",
        "Ana (manager)",
        "Mona (manager)",
        "Nora (analyst)",
    ]
    assert "Carl (lead)" not in readers_of(world.alice, day=TODAY)


def test_they_are_those_whom_the_rights_let_in(world):
    everybody = {
        "ana": world.ana,
        "lee": world.lee,
        "alice": world.alice,
        "bob": world.bob,
        "carl": world.carl,
        "cleo": world.cleo,
        "mona": world.mona,
        "nora": world.nora,
        "adam": world.adam,
    }
    for subject in everybody.values():
        said = {each.split(" (")[0] for each in readers_of(subject, day=TODAY)}
        let_in = {
            user.name
            for user in everybody.values()
            if user != subject and subject.pk in world.access(user).agent_ids
        }
        assert said == let_in


def test_the_lead_of_a_team_left_behind_still_may(world):
    accounts.move_agent(
        user=world.alice,
        team=world.north,
        from_day=day("2026-02-01"),
        actor=None,
        now=NOW,
    )

    found = readers_of(world.alice, day=TODAY)

    assert found[:2] == ["Carl (lead)", "Lee (lead)"]


def test_somebody_with_two_roles_is_named_once_by_the_nearer(world):
    accounts.set_membership(
        user=world.ana, team=world.berlin, role=Role.LEAD, actor=None, now=NOW
    )

    found = readers_of(world.alice, day=TODAY)

    assert found[:2] == ["Ana (lead)", "Lee (lead)"]
    assert "Ana (manager)" not in found


def test_who_left_may_not(world):
    world.lee.is_active = False
    world.lee.save()

    assert readers_of(world.alice, day=TODAY)[0] == "Ana (manager)"


def test_the_sentence(world):
    names = ["Lee (lead)", "Ana (manager)", "B (manager)", "C (manager)", "D (analyst)"]

    assert readers_text(world.alice, names[:2], is_own=True) == (
        "Only you, Lee (lead) and Ana (manager) can open this page."
    )
    assert readers_text(world.alice, [*names, "E"], is_own=False).endswith(
        "C (manager) and 2 others can open this page."
    )
    assert readers_text(world.alice, [], is_own=False) == (
        "Only Alice can open this page."
    )


def test_who_looked_within_a_month_and_when_last(world):
    note_look(viewer=world.lee, subject=world.alice, now=NOW - timedelta(days=3))
    note_look(viewer=world.lee, subject=world.alice, now=NOW - timedelta(days=1))
    note_look(viewer=world.ana, subject=world.alice, now=NOW - timedelta(days=2))
    note_look(viewer=world.mona, subject=world.alice, now=NOW - timedelta(days=30))
    note_look(viewer=world.alice, subject=world.alice, now=NOW)

    found = looks_at(world.alice, day=TODAY)

    assert [(look.name, look.day.day) for look in found] == [("Lee", 12), ("Ana", 11)]


def test_nobody_has_looked(world):
    assert looks_at(person("Zoe", world.berlin), day=TODAY) == []
