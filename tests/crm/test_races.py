"""Imports beside imports and beside moves: one row each, stamped with the right team.

SQLite lets one writer in at a time, so these run on PostgreSQL alone.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from crmkpi.accounts import services
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import CustomerSpell, Order, Ticket, TicketSpell
from tests.crm.rows import at, order, take, ticket
from tests.world import NOW, build_world, day

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
LATER = at("2026-02-09 08:00")


def together(*tasks: Callable[[], object]) -> list[object]:
    """Run tasks at the same time, each with a connection of its own."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        try:
            start.wait()
            return task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(run, one) for one in tasks]]


def test_the_same_rows_from_six_sides_come_in_once():
    build_world()
    take("ticket", ticket("known"))  # so the source is there
    rows = [ticket(f"t{number}", topic="Leaks") for number in range(300)]

    assert sum(together(*[lambda: take("ticket", *rows).new] * 6)) == 300
    assert Ticket.objects.count() == TicketSpell.objects.count() == 301


def test_orders_of_the_same_customers_do_not_wait_for_each_other():
    build_world()
    take("customer", *({"name": f"C{number}"} for number in range(20)))

    def orders(part: int) -> Callable[[], object]:
        rows = [
            order(f"{part}-{number}", customer=f"C{number * part % 20}")
            for number in range(1, 200)
        ]
        return lambda: take("order", *rows)

    together(*(orders(part) for part in (1, 3, 7, 11)))
    assert Order.objects.count() == 4 * 199
    assert Order.objects.filter(is_first=True).count() == 20
    assert CustomerSpell.objects.count() == 20


def test_tickets_of_the_same_customers_find_each_other():
    build_world()
    take("customer", *({"name": f"C{number}"} for number in range(20)))

    def tickets(part: int) -> Callable[[], object]:
        opened = at(f"2026-02-{part:02} 08:00")
        rows = [
            ticket(
                f"{part}-{number}",
                customer=f"C{number * part % 20}",
                opened=opened,
                resolved=opened,
            )
            for number in range(1, 60)
        ]
        return lambda: take("ticket", *rows)

    together(*(tickets(part) for part in (1, 3, 7, 11)))
    days = Ticket.objects.values_list("opened_day", "followed_up_day").distinct()
    first, third, seventh, eleventh = (
        day(f"2026-02-{part:02}") for part in (1, 3, 7, 11)
    )
    assert set(days) == {
        (first, third),
        (third, seventh),
        (seventh, eleventh),
        (eleventh, None),
    }


@pytest.mark.parametrize("attempt", range(3))
def test_rows_that_come_in_while_somebody_moves_have_the_team_of_their_day(attempt):
    world = build_world()
    take("ticket", ticket("known"))

    def move() -> None:
        services.move_agent(
            user=world.alice,
            team=world.north,
            from_day=day("2026-02-05"),
            actor=None,
            now=NOW,
        )

    def take_in_parts() -> None:
        for part in range(10):
            rows = (ticket(f"{part}-{number}", opened=LATER) for number in range(40))
            take("ticket", *rows)

    together(take_in_parts, move)
    team_of = TeamDirectory.load().team_of
    stamped = Ticket.objects.values_list("agent", "opened_day", "opened_team")
    assert all(team == team_of(agent, when) for agent, when, team in stamped)
    assert Ticket.objects.filter(opened_team=world.north).count() == 400
    pieces = TicketSpell.objects.filter(ended_day=None).values_list("agent", "team")
    assert all(team == world.north.pk for _agent, team in pieces)
