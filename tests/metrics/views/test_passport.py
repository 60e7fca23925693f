"""How a number came about, as a page and as the inside of a popover."""

from decimal import Decimal

import pytest

from crmkpi.crm.models import ImportRun, Ticket
from crmkpi.lib.periods import Calendar
from metrics import services
from metrics.catalog import METRICS
from metrics.dimensions import Cut
from metrics.passports import Passport, passport
from metrics.scopes import agent_scope, company, parse_scope, team_scope
from metrics.splits import can_be_cut
from tests.metrics import rows
from tests.metrics.keys import KEYS, WITH_ROWS, in_turn
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, TODAY, World, day

pytestmark = pytest.mark.usefixtures("at_now")
CALENDAR = Calendar()


def of(key: str, everything: World, scope=None, period="2025-Q4", who="mona"):
    return passport(
        key,
        scope=scope or company(),
        period=CALENDAR.parse(period, today=TODAY) if period else None,
        access=everything.access(getattr(everything, who)),
        today=TODAY,
        now=NOW,
    )


def lines(found: Passport) -> list[tuple[str, str]]:
    return [(line.label, line.text) for line in found.lines]


WAYS = ["2025-Q4", "2026-Q1", "2026-02", None, "2025-12"]


@pytest.mark.parametrize(("key", "period"), in_turn(WITH_ROWS, WAYS))
def test_every_passport_adds_up(key: str, period: str, everything: World) -> None:
    for scope in (company(), team_scope(everything.support)):
        found = of(key, everything, scope, period)
        if not can_be_cut(METRICS[key], Cut(scope.key.cut)):
            assert found.counted is None
            continue

        first, *rest = found.lines
        counted = next(line for line in rest if line.kind == "total")
        less = rest[: rest.index(counted)]  # further down are rows of other kinds
        taken = sum(line.count for line in less if line.kind == "less")
        assert first.count + taken == counted.count == found.counted
        if found.value.n is not None:
            assert counted.count == found.value.n
        assert found.matches


@pytest.mark.parametrize("key", WITH_ROWS)
def test_the_last_line_is_the_value(key: str, everything: World) -> None:
    found = of(key, everything)

    last = found.lines[-1]
    assert last.kind == "total"
    assert last.text == f"{found.text} {found.unit}".strip()


def test_a_rate_line_by_line(everything: World) -> None:
    # Carl, February: 5 opened, one spam, one test; of the 3 others one was resolved
    # on its day; one of today is too recent to tell.
    world, on = everything, day("2026-02-02")
    rows.put(
        rows.resolved(world.carl, world.north, opened=on, on=on, seconds=60),
        rows.ticket(world.carl, world.north, opened=on),
        rows.ticket(world.carl, world.north, opened=on, exclusion=2),
        rows.ticket(world.carl, world.north, opened=on, exclusion=1),
        rows.ticket(world.carl, world.north, opened=TODAY),
    )
    services.drain(now=NOW)
    found = of("same_day_closure_rate", world, agent_scope(world.carl), "2026-02")

    assert lines(found) == [
        ("Tickets opened, February 2026 to 13 Feb", "5"),
        ("Test or internal account", "−1"),
        ("Spam", "−1"),
        ("Too recent to tell", "−1"),
        ("Counted", "2"),
        ("Closed the same day", "1"),
        ("1 ÷ 2", "50 %"),
    ]
    assert found.notes == ["Too few to judge: fewer than 30 tickets opened."]


def test_what_rows_add_up_to_is_not_divided(everything: World) -> None:
    sums = ("campaigns", "retained_customers", "website_visits", "campaign_revenue")
    labels = {key: of(key, everything).lines[-1].label for key in sums}

    assert labels == {
        "campaigns": "Counted",
        "retained_customers": "Counted",
        "website_visits": "Visits",
        "campaign_revenue": "Amount",
    }


def test_rows_that_changed_since_are_admitted(everything: World) -> None:
    world = everything
    rows.put(rows.ticket(world.carl, world.north, opened=day("2026-02-02")))
    services.drain(now=NOW)
    Ticket.objects.filter(agent=world.carl).update(opened_day=day("2026-01-02"))

    found = of("ticket_volume", world, agent_scope(world.carl), "2026-02")

    assert (found.counted, found.value.n) == (0, 1)
    assert not found.matches
    assert found.notes == [
        "Rows have changed since this was computed; the number follows soon."
    ]


def test_a_balance_shows_both_sides(everything: World) -> None:
    found = of("nps", everything, period=None)

    labels = [line.label for line in found.lines]
    assert labels[0] == "Answers, all days"
    assert labels[-3:-1] == ["Promoters", "Detractors"]
    plus, minus = (line.count for line in found.lines[-3:-1])
    assert found.lines[-1].label == f"({plus} − {minus}) ÷ {found.counted}"
    assert found.value.value == pytest.approx(
        Decimal(plus - minus) * 100 / found.counted, abs=Decimal("0.000001")
    )


def test_a_mean_shows_what_was_divided(everything: World) -> None:
    found = of("average_deal_size", everything)

    (amount, total), (division, mean) = lines(found)[-2:]
    assert amount == "Amount" and total.startswith("€")
    assert division == f"{total} ÷ {found.counted}"
    assert mean == found.text


def test_a_state_names_its_day(everything: World) -> None:
    closed, still_open = (
        of("open_tickets", everything),
        of("open_tickets", everything, period="2026-Q1"),
    )

    assert closed.lines[0].label == "Tickets at the end of 31 Dec"
    assert still_open.lines[0].label == "Tickets at the end of 13 Feb"


def test_a_calculated_value_shows_its_inputs(everything: World) -> None:
    found = of("pipeline_velocity", everything)

    assert [line.label for line in found.lines] == [
        "Open opportunities",
        "Win rate",
        "Average deal size",
        "Sales cycle length, median",
        "Pipeline velocity",
    ]
    assert [line.metric for line in found.lines][:2] == [
        "open_opportunities",
        "win_rate",
    ]
    assert not found.has_rows


def test_a_scope_that_rows_do_not_carry_has_no_sum(everything: World) -> None:
    found = of("customer_acquisition_cost", everything, agent_scope(everything.alice))

    assert found.value.reason == "Not counted for single agents."
    assert not found.has_rows


def test_undated_rows_are_told_beside_the_sum(everything: World) -> None:
    found = of("close_rate", everything)

    assert "4 more rows have no known day, so they are in no period." in found.notes
    assert of("close_rate", everything, period=None).notes == []


def test_a_reader_is_told_when_not_all_rows_are_open(everything: World) -> None:
    scope = parse_scope("team:support-berlin")

    found = of("ticket_volume", everything, scope, who="alice")

    assert any(note.startswith("You may open ") for note in found.notes)
    assert of("ticket_volume", everything, scope, who="lee").notes == []


@pytest.mark.parametrize("key", KEYS)
def test_every_passport_has_a_page_and_a_part(key: str, everything: World) -> None:
    client = signed_in(everything.ana)
    address = f"/metrics/{key}/passport/?scope=team:support-emea&period=2025-Q4"

    whole = page(client, address)
    part = page(client, address, HX_Request="true")

    assert "<main" in whole and "<main" not in part and "<html" not in part
    assert part.lstrip().startswith("<header>")
    for line in of(key, everything, team_scope(everything.support)).lines:
        assert f"{line.label} {line.text}" in words(whole)
        assert f"{line.label} {line.text}" in words(part)


def test_a_passport_links_to_definition_rows_and_parts(everything: World) -> None:
    html = page(
        signed_in(everything.mona),
        "/metrics/win_rate/passport/?period=all",
        HX_Request="true",
    )

    query = "scope=company&amp;period=all"
    assert f'href="/metrics/win_rate/?{query}#definition"' in html
    assert f'href="/metrics/win_rate/rows/?{query}"' in html
    assert f'href="/metrics/win_rate/rows/?{query}&amp;part=above"' in html
    assert f'href="/metrics/win_rate/rows/?{query}&amp;part=out"' in html
    assert "computed 13 Feb 2026 13:00" in html


def test_page_and_part_are_kept_apart_by_caches(everything: World) -> None:
    response = signed_in(everything.mona).get("/metrics/win_rate/passport/")

    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("lee", "?scope=team:support-berlin", 200),
        ("alice", "?scope=agent:alice@example.com", 200),
        ("alice", "?scope=team:support-berlin", 404),
        ("carl", "?scope=team:support-berlin", 404),
        ("ana", "?scope=company", 404),
        ("adam", "?scope=team:support-berlin", 404),
        ("ana", "?period=tomorrow", 404),
    ],
)
def test_who_may_see_what(who: str, query: str, status: int, everything: World) -> None:
    client = signed_in(getattr(everything, who))

    assert client.get(f"/metrics/win_rate/passport/{query}").status_code == status


def test_many_rows_take_as_many_queries_as_few(
    everything: World, django_assert_max_num_queries
) -> None:
    client = signed_in(everything.ana)
    few = "/metrics/ticket_volume/passport/?period=2025-10-01..2025-10-02"
    many = "/metrics/ticket_volume/passport/?period=2025-10-02..2026-02-13"
    client.get(few)

    with django_assert_max_num_queries(40) as seen:
        client.get(few)
    one = len(seen)
    with django_assert_max_num_queries(one):
        client.get(many)
    assert one <= 30


def test_it_says_when_the_newest_rows_arrived(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/metrics/win_rate/passport/?period=2025-Q4"
    said = "The newest rows of this kind arrived on"
    assert said not in words(page(client, address))
    for record, hour, new in [
        ("opportunity", 6, 4),
        ("opportunity", 7, 0),  # brought nothing new
        ("order", 8, 9),
    ]:
        ImportRun.objects.create(
            record=record,
            source=rows.source(),
            state=ImportRun.State.DONE,
            started_at=NOW,
            finished_at=NOW.replace(hour=hour),
            rows_new=new,
        )

    assert f"{said} 13 Feb 2026 07:00." in words(page(client, address))  # in Berlin
