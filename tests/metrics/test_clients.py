"""An outsourcer's service, split by the clients it works for: worked out by hand."""

import pytest
from django.http import HttpResponse

from crmkpi.accounts.models import User
from metrics import breakdowns
from metrics.breakdowns import Way, ways_of
from metrics.catalog import METRICS
from metrics.engine.once import reading
from metrics.scopes import company
from metrics.services import drain
from metrics.splits import dimensions_of, in_use
from surveys.models import Answer
from tests.crm.rows import at, call, take, ticket
from tests.metrics import rows
from tests.metrics.catalog.ask import FEBRUARY, computed, of_company
from tests.metrics.engine.state import assert_equal_from_scratch
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("world")
BANK, AIR, NONE = "North Bank", "Harbour Air", "Unassigned"
SPLIT = ("first_response_time", "open_tickets", "sla_compliance", "answer_rate", "csat")


def by_client(key: str, world: World) -> dict[str, tuple]:
    """Return value, numerator and denominator by the name of the client."""
    found = breakdowns.breakdown(
        METRICS[key],
        Way("client", "Client"),
        scope=company(),
        period=FEBRUARY,
        whole=of_company(key),
        access=world.access(world.mona),
        currency="EUR",
        today=TODAY,
        now=NOW,
    )
    return {
        line.label: (line.value.value, line.value.numerator, line.value.denominator)
        for line in (*found.lines, *found.small)
    }


def sides(key: str) -> tuple:
    found = of_company(key)
    return found.value, found.numerator, found.denominator


def test_tickets_opened(world):
    """3 for the bank, 1 for the airline, 2 for nobody in particular: 6 together."""
    given = (BANK, BANK, BANK, AIR, None, None)
    take("ticket", *(ticket(f"t{n}", client=name) for n, name in enumerate(given)))
    computed()

    found = by_client("ticket_volume", world)
    assert {name: value for name, (value, *_) in found.items()} == {
        BANK: 3,
        AIR: 1,
        NONE: 2,
    }
    assert of_company("ticket_volume").value == 6


def test_time_to_resolution(world):
    """The bank's took 1 and 3 hours, nobody's 8: means of 2, 8 and, of all, 4."""
    hours = {"a": (BANK, "09"), "b": (BANK, "11"), "c": (None, "16")}
    take(
        "ticket",
        *(
            ticket(key, client=name, resolved=at(f"2026-02-02 {hour}:00"))
            for key, (name, hour) in hours.items()
        ),
    )
    computed()

    found = by_client("average_resolution_time", world)
    assert found[BANK] == (2 * 3_600, 4 * 3_600, 2)
    assert found[NONE] == (8 * 3_600, 8 * 3_600, 1)
    assert AIR not in found
    assert sides("average_resolution_time") == (4 * 3_600, 12 * 3_600, 3)


def test_backlog(world):
    """Of the bank's three one is resolved, the airline's is open: 2 and 1 are left."""
    done = {"resolved": at("2026-02-03 09:00")}
    take(
        "ticket",
        ticket("1", client=BANK),
        ticket("2", client=BANK),
        ticket("3", client=BANK, **done),
        ticket("4", client=AIR),
        ticket("5", **done),
    )
    computed()

    found = by_client("open_tickets", world)
    assert {name: value for name, (value, *_) in found.items() if value} == {
        BANK: 2,
        AIR: 1,
    }
    assert of_company("open_tickets").value == 3


def test_promises_kept(world):
    """Due at noon: the bank's met and missed, the airline's met, one of nobody's."""
    replies = {"1": (BANK, "10"), "2": (BANK, "13"), "3": (AIR, "11"), "4": (None, "9")}
    take(
        "ticket",
        *(
            ticket(
                key,
                client=name,
                replied=at(f"2026-02-02 {int(hour):02}:00"),
                reply_due=at("2026-02-02 12:00"),
            )
            for key, (name, hour) in replies.items()
        ),
    )
    computed()

    assert by_client("sla_compliance", world) == {
        BANK: (50, 1, 2),
        AIR: (100, 1, 1),
        NONE: (100, 1, 1),
    }
    assert sides("sla_compliance") == (75, 3, 4)


def test_calls_answered(world):
    """The bank's 3 of 4, the airline's 1 of 2, nobody's 0 of 1: 4 of 7."""
    given = [(BANK, True)] * 3 + [(BANK, False), (AIR, True), (AIR, False)]
    given.append((None, False))
    take(
        "interaction",
        *(
            call(f"c{n}", client=name, answered=is_answered)
            for n, (name, is_answered) in enumerate(given)
        ),
    )
    computed()

    assert by_client("answer_rate", world) == {
        BANK: (75, 3, 4),
        AIR: (50, 1, 2),
        NONE: (0, 0, 1),
    }
    assert sides("answer_rate")[1:] == (4, 7)


def test_ratings_of_tickets_and_calls(world):
    """The bank's 5 and 2, the airline's 4, nobody's 1: 1 of 2, 1 of 1, 0 of 1."""
    take("ticket", ticket("1", client=BANK, csat=5), ticket("2", client=AIR, csat=4))
    take("interaction", call("1", client=BANK, csat=2), call("2", csat=1))
    computed()

    assert by_client("csat", world) == {
        BANK: (50, 1, 2),
        AIR: (100, 1, 1),
        NONE: (0, 0, 1),
    }
    assert sides("csat") == (50, 2, 4)
    # A rating that is told again goes with its ticket to another client.
    take("ticket", {"external_id": "2", "client": BANK, "csat": 4})
    computed()
    assert by_client("csat", world)[BANK][1:] == (2, 3)
    assert Answer.objects.count() == 4


def test_a_ticket_moves_its_figures_to_another_client(world):
    """Opened, replied to, still open and with a promise: all of it moves."""
    mine = {
        "client": BANK,
        "replied": at("2026-02-02 09:00"),
        "reply_due": at("2026-02-02 12:00"),
    }
    take("ticket", ticket("1", **mine), ticket("2", **mine))
    drain(now=NOW)
    take("ticket", {"external_id": "2", "client": AIR})
    drain(now=NOW)

    for key in ("ticket_volume", "open_tickets"):
        found = by_client(key, world)
        assert {name: value for name, (value, *_) in found.items() if value} == {
            BANK: 1,
            AIR: 1,
        }, key
    for key, sums in (("first_response_time", 3_600), ("sla_compliance", 1)):
        found = by_client(key, world)
        assert {name: each[1:] for name, each in found.items()} == {
            BANK: (sums, 1),
            AIR: (sums, 1),
        }, key
    assert_equal_from_scratch()


# What is offered


@pytest.mark.parametrize("key", SPLIT)
def test_a_company_without_clients_is_not_offered_them(world, key):
    access, metric = world.access(world.mona), METRICS[key]

    def offered() -> set[str]:
        return {way.key for way in ways_of(metric, company(), access)}

    assert "client" not in offered()
    rows.member("client", BANK)
    assert "client" in offered()


def test_only_what_is_rare_is_asked_for_and_once(world, django_assert_num_queries):
    split = dimensions_of(METRICS["ticket_volume"])
    with django_assert_num_queries(1), reading():
        first, second = in_use(split), in_use(split)

    assert first == second == [each for each in split if each.key != "client"]
    with django_assert_num_queries(0):
        in_use(dimensions_of(METRICS["win_rate"]))


def choices(html: str) -> set[str]:
    """Return what the first line of the builder can be narrowed down by."""
    select = html.split('name="above_1_cut"')[1].split("</select>")[0]
    return set(words(f"<select {select}").split())


@pytest.mark.usefixtures("at_now")
def test_pages_offer_clients_once_there_are_some(world):
    mona = signed_in(world.mona)
    pages = ("/metrics/ticket_volume/", "/manual/metrics/", "/metrics/own/new/")
    link = ">Client</a>"

    before = [page(mona, address) for address in pages]
    take("ticket", ticket(client=BANK), ticket("2"))
    computed()
    after = [page(mona, address) for address in pages]

    assert link not in before[0] and link in after[0]
    assert "Type, Client" not in words(before[0] + before[1])
    assert all("Type, Client" in words(html) for html in after[:2])
    assert "Client" not in choices(before[2]) and "Client" in choices(after[2])
    split = page(mona, "/metrics/ticket_volume/?by=client&period=all")
    assert "By client" in words(split) and BANK in words(split)


# Over HTTP


def read(user: User, scope: str) -> HttpResponse:
    """Return what the API says of the tickets of February."""
    url = "/api/v1/metrics/ticket_volume/value"
    days = {"from": "2026-02-01", "to": "2026-02-28"}
    return signed_in(user).get(url, {"scope": scope, **days})


@pytest.mark.usefixtures("at_now")
def test_the_api_gives_the_value_of_a_client(world):
    take("ticket", ticket("1", client=BANK), ticket("2", client=BANK), ticket("3"))
    computed()

    assert read(world.mona, "client:north bank").json()["value"] == 2
    assert read(world.mona, "client:unassigned").json()["value"] == 1
    assert read(world.mona, "client:Harbour Air").status_code == 400


@pytest.mark.usefixtures("at_now")
def test_who_reads_a_team_reads_the_clients_within_it_only(world):
    """Two of the bank's three tickets are those of Support."""
    take(
        "ticket",
        ticket("1", client=BANK),
        ticket("2", client=BANK, agent="Bob"),
        ticket("3", client=BANK, agent="Cleo"),
    )
    computed()

    within = f"client:{BANK}@team:{world.support.slug}"
    assert read(world.mona, f"client:{BANK}").json()["value"] == 3
    assert read(world.ana, within).json()["value"] == 2
    assert read(world.ana, f"client:{BANK}").status_code == 404
    assert read(world.ana, f"client:{BANK}@team:sales").status_code == 404
