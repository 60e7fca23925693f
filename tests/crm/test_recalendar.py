"""Another zone, other hours, and whether the currency may still change."""

from datetime import date

import pytest

from crmkpi.accounts import services
from crmkpi.accounts.services import CurrencyLocked
from crmkpi.crm.models import (
    Customer,
    CustomerSpell,
    Interaction,
    Opportunity,
    Order,
    SlaClock,
    StageSpell,
    Ticket,
    TicketSpell,
)
from tests.crm.rows import at, call, opportunity, order, spells, take, ticket
from tests.world import NOW, day

pytestmark = pytest.mark.django_db
LATE = at("2026-02-02 23:30")  # half past midnight in Berlin, evening in New York


def change(**settings):
    services.update_organisation(actor=None, now=NOW, **settings)


def test_instants_fall_on_the_days_of_the_new_zone(world, heard):
    take("customer", {"name": "Acme", "owner": "Cleo"})
    take("order", order(paid=LATE))
    take("ticket", ticket(opened=LATE, reply_due=at("2026-02-04 04:00")))
    take("interaction", call(started=LATE))
    take(
        "opportunity",
        opportunity(opened=LATE, stage="Won", closed=at("2026-02-03 12:00")),
    )
    heard.told.clear()
    change(zone="America/New_York")
    second = day("2026-02-02")
    assert Order.objects.get().paid_day == second
    assert Customer.objects.get().acquired_day == second
    assert spells(CustomerSpell, "started_day") == [(second,)]
    assert Ticket.objects.get().opened_day == second
    assert spells(TicketSpell, "started_day") == [(second,)]
    assert SlaClock.objects.get().decided_day == day("2026-02-03")
    assert Interaction.objects.get().at_day == second
    deal = Opportunity.objects.get()
    assert (deal.opened_day, deal.cycle_days) == (second, 1)
    assert spells(StageSpell, "started_day", "ended_day") == [(second, second + 1)]
    assert heard.of(Ticket, "opened_day")[0] == ([(second + 1,)], [(second,)], "edit")


def test_a_day_without_a_time_stays_that_day(world):
    take("customer", {"name": "Acme", "acquired": date(2026, 1, 5)})
    take("opportunity", opportunity(opened=date(2026, 1, 5)))
    change(zone="America/New_York")
    deal = Opportunity.objects.get()
    assert deal.opened_day == Customer.objects.get().acquired_day == day("2026-01-05")
    assert deal.opened_at == at("2026-01-05 05:00")
    assert take("opportunity", opportunity(opened=date(2026, 1, 5))).same == 1


def test_there_and_back_again_changes_nothing(world):
    take("customer", {"name": "Acme", "owner": "Cleo"})
    take("order", order(paid=LATE))
    take("ticket", ticket(opened=LATE, replied=at("2026-02-03 09:00")))
    take("opportunity", opportunity(opened=date(2026, 1, 5)))

    def state():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Order, Customer, Ticket, Opportunity)
        ] + [spells(TicketSpell), spells(StageSpell), spells(CustomerSpell)]

    before = state()
    change(zone="Pacific/Kiritimati")
    assert state() != before
    change(zone="Europe/Berlin")
    after = state()
    for row in (*before[2], *after[2]):
        row.pop("calendar_version")
    assert after == before


def test_other_hours_give_other_business_durations(world, heard):
    take("ticket", ticket(replied=at("2026-02-02 20:00")))
    assert Ticket.objects.get().reply_business_seconds == 8 * 3600
    heard.told.clear()
    change(business_hours={"mon": [["09:00", "13:00"]]})
    found = Ticket.objects.get()
    assert found.reply_business_seconds == 4 * 3600
    assert found.reply_seconds == 12 * 3600
    assert found.calendar_version == world.org.calendar_version + 1
    assert len(heard.of(Ticket, "reply_business_seconds")) == 1
    change(holidays=[(day("2026-02-02"), "Candlemas")])
    assert Ticket.objects.get().reply_business_seconds == 0


def test_another_first_day_of_the_week_touches_no_row(world, heard):
    take("ticket", ticket(replied=at("2026-02-02 20:00")))
    heard.told.clear()
    change(week_start=6)
    assert heard.told == []


def test_the_currency_is_locked_by_the_first_amount(world):
    change(currency="USD")
    take("product", {"name": "Cup", "list_price": 3})
    with pytest.raises(CurrencyLocked):
        change(currency="EUR")
