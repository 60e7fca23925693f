"""Clients of an outsourcer: whose tickets and contacts they were."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from crmkpi.crm.members import is_in_use
from crmkpi.crm.models import Interaction, Member, SlaClock, Ticket, TicketSpell
from tests.crm.rows import at, call, take, ticket

pytestmark = pytest.mark.django_db
DUE = {"reply_due": at("2026-02-02 12:00"), "resolution_due": at("2026-02-04 12:00")}


def clients(model):
    found = model.objects.order_by("pk").values_list("client__name", flat=True)
    return list(found)


def test_what_follows_from_a_ticket_is_of_its_client(world):
    take("ticket", ticket(client="North Bank", agent="Alice", **DUE))
    take("ticket", ticket("t2", **DUE))

    assert clients(Ticket) == ["North Bank", None]
    assert clients(TicketSpell) == ["North Bank", None]
    assert clients(SlaClock) == ["North Bank", "North Bank", None, None]


def test_a_client_is_made_when_it_is_new_and_found_by_its_name(world):
    take("ticket", ticket(client="North Bank"), ticket("t2", client=" north  BANK"))
    take("interaction", call(client="North Bank"), call("c2", client="n/a"))

    made = Member.objects.get(dimension="client")
    assert made.name == "North Bank"
    assert set(Ticket.objects.values_list("client", flat=True)) == {made.pk}
    assert clients(Interaction) == ["North Bank", None]


def test_a_ticket_moves_to_another_client(world, heard):
    """With its stretches and promises, whose old and new rows are told."""
    take("ticket", ticket(client="North Bank", **DUE))
    heard.told.clear()
    take("ticket", {"external_id": "t1", "client": "Harbour Air"})

    bank, air = Member.objects.filter(dimension="client").order_by("pk")
    for model, rows in ((Ticket, 1), (TicketSpell, 1), (SlaClock, 2)):
        ((before, after, _cause),) = heard.of(model, "client_id")
        assert (before, after) == ([(bank.pk,)] * rows, [(air.pk,)] * rows), model
    assert set(clients(TicketSpell) + clients(SlaClock)) == {"Harbour Air"}


def test_a_table_without_clients_leaves_them_and_a_blank_one_takes_them_away(world):
    take("ticket", ticket(client="North Bank", **DUE))
    take("ticket", {"external_id": "t1", "subject": "Leak"})
    assert clients(Ticket) == ["North Bank"]

    take("ticket", {"external_id": "t1", "client": None})
    assert clients(Ticket) == clients(TicketSpell) == [None]
    assert clients(SlaClock) == [None, None]


def test_a_file_names_clients_by_its_mapping(world, tmp_path):
    path, mapping = tmp_path / "tickets.csv", tmp_path / "mapping.json"
    path.write_text(
        "Nummer,Mandant,Eingang\n"
        "T-1,North Bank,2026-02-02 09:00\n"
        "T-2,,2026-02-02 10:00\n"
    )
    columns = {"Nummer": "external_id", "Mandant": "client", "Eingang": "opened"}
    mapping.write_text(json.dumps({"columns": columns}))

    call_command("import_records", "ticket", str(path), "--mapping", str(mapping))

    assert clients(Ticket) == ["North Bank", None]


def test_the_manual_lists_the_field(world, client):
    client.force_login(world.ana)
    html = client.get(reverse("crm:manual")).content.decode()

    for record in ("ticket", "interaction", "response"):
        listed = html.split(f'id="{record}"')[1].split("</table>")[0]
        assert "The client you did it for" in listed, record


def test_clients_are_in_use_once_there_is_one(db):
    assert not is_in_use("client")
    assert is_in_use("region")

    Member.objects.create(dimension="client", name="North Bank")
    assert is_in_use("client")
