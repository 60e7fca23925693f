"""Customers come into segments on a day, and the days before stay as they were."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from crmkpi.crm.models import (
    Contract,
    Customer,
    CustomerSpell,
    Interaction,
    LeadSpell,
    Order,
    SegmentStay,
    SegmentTurn,
    SlaClock,
    StageSpell,
    Ticket,
    TicketSpell,
)
from crmkpi.crm.segments.services import archive_segment, move_segment
from crmkpi.crm.segments.turning import turn_if_due, turn_segments
from tests.crm.rows import at, call, lead, opportunity, order, spells, take, ticket
from tests.crm.segments.making import condition, segment
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)
NORTH = condition("region", "any_of", "North")
TWO_ORDERS = condition("orders", "at_least", "2", days=90)


@pytest.fixture(autouse=True)
def customers(db) -> None:
    """Acme of the North and Bolt of the South, both given the segment Small."""
    take(
        "customer",
        {"name": "Acme", "region": "North", "segment": "Small"},
        {"name": "Bolt", "region": "South", "segment": "Small"},
    )


def segments_of(model=Customer, key: str = "name") -> dict[str, str | None]:
    return dict(model.objects.values_list(key, "segment__name"))


def stays() -> list[tuple]:
    columns = ("customer__name", "segment__member__name", "entered_day", "left_day")
    return list(SegmentStay.objects.order_by("pk").values_list(*columns))


def test_whom_no_rule_matches_keeps_the_segment_of_the_source():
    segment("Northern", NORTH)

    assert turn_segments(now=NOW) == 1

    assert segments_of() == {"Acme": "Northern", "Bolt": "Small"}
    assert stays() == [("Acme", "Northern", TODAY, None)]


def test_doing_it_again_changes_nothing(heard):
    segment("Northern", NORTH)
    turn_segments(now=NOW)
    heard.told.clear()

    assert turn_segments(now=TOMORROW) == 0

    assert heard.told == []
    assert stays() == [("Acme", "Northern", TODAY, None)]


def test_the_first_that_matches_wins_and_order_decides():
    take("order", order("r1"), order("r2"))
    segment("Northern", NORTH)
    buyers = segment("Buyers", TWO_ORDERS)
    turn_segments(now=NOW)
    assert segments_of()["Acme"] == "Northern"

    assert move_segment(segment=buyers, up=True, actor=None, now=NOW)
    turn_segments(now=TOMORROW)

    assert segments_of()["Acme"] == "Buyers"
    assert stays() == [
        ("Acme", "Northern", TODAY, TODAY + 1),
        ("Acme", "Buyers", TODAY + 1, None),
    ]


def test_who_leaves_on_the_day_of_entering_was_not_there():
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)

    archive_segment(segment=northern, archived=True, actor=None, now=NOW)
    turn_segments(now=NOW)

    assert stays() == []
    assert segments_of()["Acme"] == "Small"


def test_rows_of_the_day_and_later_follow_and_earlier_ones_do_not():
    take("order", order("old"), order("new", paid=NOW - timedelta(hours=2)))
    take("ticket", ticket("t1", customer="Acme"))
    terms = {"customer": "Acme", "monthly_amount": 10, "started": date(2025, 6, 1)}
    take("contract", {"external_id": "k1", "due": date(2026, 5, 31), **terms})
    segment("Northern", NORTH)

    turn_segments(now=NOW)

    assert segments_of(Order, "external_id") == {"old": "Small", "new": "Northern"}
    assert segments_of(Ticket, "external_id") == {"t1": "Small"}
    assert segments_of(Contract, "external_id") == {"k1": "Northern"}


def test_spells_promises_and_calls_have_the_segment_of_their_event():
    """Opened before Acme came into another segment, at noon of that day, and after."""
    for record, made, began in (
        ("ticket", ticket, {"opened": NOW, "reply_due": TOMORROW}),
        ("opportunity", opportunity, {"opened": NOW}),
        ("lead", lead, {"created": NOW}),
        ("interaction", call, {"started": NOW}),
    ):
        before, new = made("old", customer="Acme"), made("new", customer="Acme")
        take(record, before, new | began)
    take("ticket", ticket("old", customer="Acme", reply_due=at("2026-02-03 08:00")))
    segment("Northern", NORTH)

    turn_segments(now=NOW)
    late = made("late", customer="Acme")
    take("interaction", late, call("own", customer="Acme", segment="Special"))
    take("ticket", ticket("old", status="closed", resolved=TOMORROW), now=TOMORROW)

    expected = {"old": "Small", "new": "Northern"}
    for model, parent in (
        (TicketSpell, "ticket"),
        (SlaClock, "ticket"),
        (StageSpell, "opportunity"),
        (LeadSpell, "lead"),
    ):
        assert segments_of(model, f"{parent}__external_id") == expected, model
    more = {"late": "Small", "own": "Special"}
    assert segments_of(Interaction, "external_id") == expected | more


def test_what_was_there_before_segments_of_spells_has_them_by_its_records():
    """The filling of an upgrade gives what writing the rows gives."""
    take("ticket", ticket(customer="Acme", segment="Special", reply_due=TOMORROW))
    take("opportunity", opportunity(customer="Bolt"))
    take("lead", lead(customer="Acme"))
    segment("Northern", NORTH)
    turn_segments(now=NOW)
    take("interaction", call("old", customer="Acme"), call("nobody"))
    after = call("new", customer="Acme", started=TOMORROW)
    take("interaction", after, now=TOMORROW)
    models = (TicketSpell, SlaClock, StageSpell, LeadSpell, Interaction)
    written = [segments_of(model, "pk") for model in models]
    for model in models:
        model.objects.update(segment=None)

    name = "crmkpi.crm.migrations.0005_segment_of_every_event"
    import_module(name).take_over(apps, None)

    assert [segments_of(model, "pk") for model in models] == written
    assert segments_of(Interaction, "external_id") == {
        "old": "Small",
        "nobody": None,
        "new": "Northern",
    }


def test_a_row_that_names_its_segment_keeps_it():
    take("order", order("own", segment="Special", paid=NOW))
    segment("Northern", NORTH)

    turn_segments(now=NOW)

    assert segments_of(Order, "external_id") == {"own": "Special"}


def test_what_comes_late_counts_for_the_segment_of_its_day():
    segment("Northern", NORTH)
    turn_segments(now=NOW)

    take("order", order("late"), order("new", paid=TOMORROW), now=TOMORROW)

    assert segments_of(Order, "external_id") == {"late": "Small", "new": "Northern"}
    again = order("late", amount=120, segment="")
    take("order", again, now=TOMORROW)
    assert segments_of(Order, "external_id")["late"] == "Small"


def test_being_active_is_cut_on_the_day():
    take("order", order("r1", paid=at("2026-01-10 09:00")))
    segment("Northern", NORTH)

    turn_segments(now=NOW)

    first, last = day("2026-01-10"), day("2026-01-10") + CustomerSpell.ACTIVE_DAYS
    found = spells(CustomerSpell, "segment__name", "started_day", "ended_day")
    assert found == [("Small", first, TODAY), ("Northern", TODAY, last)]


def test_won_before_counts_for_the_segment_of_that_day():
    take("order", order("r1"))
    take("customer", {"name": "Cara", "region": "North"})
    segment("Northern", NORTH)
    turn_segments(now=NOW)
    won_now = {"name": "Cara", "region": "North", "acquired": TOMORROW}
    take("customer", won_now, now=TOMORROW)

    won = dict(Customer.objects.values_list("name", "acquired_segment__name"))

    assert won == {"Acme": "Small", "Bolt": None, "Cara": "Northern"}


def test_another_segment_of_the_source_waits_until_no_rule_matches():
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)

    take("customer", {"name": "Acme", "region": "North", "segment": "Large"})
    assert segments_of()["Acme"] == "Northern"
    archive_segment(segment=northern, archived=True, actor=None, now=TOMORROW)
    turn_segments(now=TOMORROW)

    assert segments_of()["Acme"] == "Large"


def test_a_test_account_is_in_no_segment():
    segment("Northern", NORTH)
    turn_segments(now=NOW)
    take("customer", {"name": "Acme", "region": "North", "exclusion": "test"})

    turn_segments(now=TOMORROW)

    assert segments_of()["Acme"] == "Small"
    assert stays() == [("Acme", "Northern", TODAY, TODAY + 1)]


def test_due_once_a_day_and_after_a_change():
    assert turn_if_due(now=NOW) is None  # no segments at all
    northern = segment("Northern", NORTH)

    assert turn_if_due(now=NOW) == 1
    assert turn_if_due(now=NOW) is None
    assert turn_if_due(now=TOMORROW) == 0
    archive_segment(segment=northern, archived=True, actor=None, now=TOMORROW)
    assert turn_if_due(now=TOMORROW) == 1
    assert SegmentTurn.objects.get().turned_day == TODAY + 1


def test_a_change_in_small_parts_comes_to_the_same(monkeypatch):
    monkeypatch.setattr("crmkpi.crm.segments.turning.PART", 1)
    segment("Northern", condition("region", "any_of", "North"))
    segment("Southern", condition("region", "any_of", "South"))

    assert turn_segments(now=NOW) == 2

    assert segments_of() == {"Acme": "Northern", "Bolt": "Southern"}
