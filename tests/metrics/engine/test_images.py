"""What rows were is kept when they change, and only then."""

from datetime import timedelta

import pytest

from crmkpi.crm import changes
from crmkpi.crm.ingest.services import delete_records, ingest
from crmkpi.crm.models import Ticket, TicketSpell
from metrics import services
from metrics.engine import images
from metrics.engine.images import kept_columns
from metrics.measures import AXES
from metrics.models import RowImage
from surveys.models import Answer
from tests.world import NOW, World, day

LATER = NOW + timedelta(hours=1)


def take(now=NOW, **values):
    """Import one ticket of Alice, opened and solved on 2 February."""
    row = {
        "external_id": "T1",
        "agent": "alice@example.com",
        "opened": NOW - timedelta(days=11, hours=2),
    } | values
    found = ingest("ticket", [row], source="desk", now=now)
    assert not found.refused
    return Ticket.objects.get(external_id="T1")


def test_first_rows_have_no_image(world: World) -> None:
    ingest("customer", [{"external_id": "C1", "name": "C1"}], source="desk", now=NOW)
    solved = NOW - timedelta(days=10)
    ticket = take(customer="C1", resolved=solved)
    take(customer="C1", external_id="T2", opened=NOW - timedelta(days=9))

    assert ticket.added_at == NOW
    assert TicketSpell.objects.get(ticket=ticket).added_at == NOW
    assert not RowImage.objects.filter(model="crm.ticket").exists()


def test_an_edit_keeps_what_the_row_was_and_who_changed_it(world: World) -> None:
    take()
    with changes.made_by(actor=world.ana):
        ingest(
            "ticket",
            [{"external_id": "T1", "channel": "phone"}],
            source="desk",
            now=LATER,
            actor=world.mona,
        )

    image = RowImage.objects.get(model="crm.ticket")
    ticket = Ticket.objects.get()
    assert (image.row, image.at, image.added_at) == (ticket.pk, LATER, NOW)
    assert (image.cause, image.actor_id, image.run_id) == ("edit", world.mona.pk, None)
    assert (image.first_day, image.last_day) == (day("2026-02-02"),) * 2
    assert (image.columns["channel"], ticket.channel) == (0, 1)
    assert image.columns["external_id"] == "T1"
    assert "subject" not in image.columns
    assert (ticket.added_at, ticket.written_at) == (NOW, LATER)


def test_rows_that_follow_keep_their_image_too(world: World) -> None:
    ticket = take()
    take(now=LATER, resolved=NOW - timedelta(days=10))

    spell = RowImage.objects.get(model="crm.ticketspell")
    assert spell.columns["ticket_id"] == ticket.pk
    assert spell.columns["ended_day"] is None
    assert spell.added_at == NOW
    assert {each.added_at for each in TicketSpell.objects.all()} == {LATER}


def test_a_deleted_row_leaves_its_image(world: World) -> None:
    ticket = take()
    delete_records("ticket", ["T1"], source="desk", now=LATER)

    image = RowImage.objects.get(model="crm.ticket")
    assert (image.row, image.cause, image.added_at) == (ticket.pk, "deletion", NOW)
    assert RowImage.objects.filter(model="crm.ticketspell").count() == 1


def test_an_equal_row_leaves_none(world: World) -> None:
    take()
    take(now=LATER)

    assert not RowImage.objects.exists()


def test_a_first_filling_leaves_none(world: World) -> None:
    take()
    with services.filling():
        take(now=LATER, channel="phone")

    assert not RowImage.objects.exists()


def test_old_images_are_swept_in_parts(world: World, monkeypatch) -> None:
    monkeypatch.setattr(images, "PART", 2)
    for hours in range(1, 6):
        take(now=NOW + timedelta(hours=hours), channel=["phone", "email"][hours % 2])
    assert RowImage.objects.count() == 8  # tickets and their spells

    assert images.forget(before=NOW + timedelta(hours=5)) == 6
    assert images.forget(before=NOW + timedelta(hours=5)) == 0
    assert {each.at for each in RowImage.objects.all()} == {NOW + timedelta(hours=5)}


@pytest.mark.parametrize("key", list(AXES))
def test_every_fact_says_when_its_rows_came(key: str) -> None:
    """Without it nobody could tell which rows are new since an instant."""
    assert AXES[key].fact._meta.get_field("added_at").null


def test_images_hold_no_texts_of_people() -> None:
    assert "text" not in kept_columns(Answer)
    assert "kind" in kept_columns(Answer)
