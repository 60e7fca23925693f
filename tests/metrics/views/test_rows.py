"""The rows behind a number: as many as it says, and only those one may open."""

import re

import pytest

from crmkpi.lib.periods import UNDATED
from metrics import behind, row_lists, services
from metrics.catalog import METRICS
from metrics.measures import AXES
from metrics.row_columns import FACTS, columns_of
from metrics.scopes import agent_scope
from tests.metrics import rows
from tests.metrics.keys import WITH_ROWS
from tests.metrics.views.reading import page, signed_in, table, words
from tests.world import NOW, World, day

pytestmark = pytest.mark.usefixtures("at_now")
ONE_LIST = [key for key in WITH_ROWS if len(behind.main_axes(METRICS[key])) == 1]


@pytest.mark.parametrize("key", ONE_LIST)
def test_heading_and_file_have_as_many_rows_as_the_number_says(
    key: str, everything: World
) -> None:
    client = signed_in(everything.mona)
    days = {"from": "2025-10-01", "to": "2026-01-31"}
    period = "?period=2025-10-01..2026-01-31"

    n = client.get(f"/api/v1/metrics/{key}/value", days).json()["n"]
    text = words(page(client, f"/metrics/{key}/rows/{period}"))
    lines = table(client, f"/metrics/{key}/rows.csv{period}")

    assert n == len(lines)
    assert f"{n} row counted" in text or f"{n} rows counted" in text


def test_a_number_of_two_kinds_has_a_list_of_each(everything: World) -> None:
    client = signed_in(everything.mona)
    n = client.get("/api/v1/metrics/prospects/value").json()["n"]
    address = "/metrics/prospects/rows/?period=all"

    html = page(client, address)
    kinds = re.findall(r"kind=(\w+)", html)
    files = [
        table(client, f"/metrics/prospects/rows.csv?period=all&kind={kind}")
        for kind in kinds
    ]

    assert f"{n} rows counted" in words(html)
    assert len(files) == 2 and sum(len(lines) for lines in files) == n
    assert "Lead" in files[0][0] and "Deal" in files[1][0]


SHARES = [
    key
    for key in ONE_LIST
    if METRICS[key].unit == "percent" and behind.has_parts(METRICS[key])
]


@pytest.mark.parametrize("key", SHARES)
def test_the_parts_of_a_rate_are_its_numerator_and_the_rest(
    key: str, everything: World
) -> None:
    client = signed_in(everything.mona)
    days = {"from": "2025-10-01", "to": "2026-01-31"}
    answer = client.get(f"/api/v1/metrics/{key}/value", days).json()
    file = f"/metrics/{key}/rows.csv?period=2025-10-01..2026-01-31"

    above, below = (table(client, f"{file}&part={part}") for part in ("above", "below"))

    assert len(above) == answer["numerator"]
    assert len(above) + len(below) == answer["denominator"]
    heading = words(str(METRICS[key].numerator)).capitalize()
    said = {line[heading] for line in above} | {"yes"}
    assert said == {"yes"} and {line[heading] for line in below} | {"no"} == {"no"}


def test_rows_left_out_say_why(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/metrics/average_order_value/rows.csv?period=all&part=out"

    lines = table(client, address)

    assert {line["Reason"] for line in lines} >= {
        "Test or internal account",
        "Spam",
        "Duplicate",
        "Cancelled",
        "Refunded",
    }


def test_rows_too_young_to_count_have_their_own_list(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/metrics/survey_response_rate/rows.csv?period=2026-Q1&part=young"

    lines = table(client, address)

    assert lines and all(line["Day"] >= "2026-01-31" for line in lines)


def test_amounts_and_times_are_numbers_in_files_and_texts_on_pages(
    world_of_carl: World,
) -> None:
    client = signed_in(world_of_carl.mona)
    scope = f"scope={agent_scope(world_of_carl.carl).text}&period=2026-02"

    (order,) = table(client, f"/metrics/average_order_value/rows.csv?{scope}")
    text = words(page(client, f"/metrics/average_order_value/rows/?{scope}"))

    assert order["Amount"] == "1234.50" and order["Day"] == "2026-02-02"
    assert "2 Feb 2026" in text and "€1,234.50" in text
    (call,) = table(client, f"/metrics/average_talk_time/rows.csv?{scope}")
    text = words(page(client, f"/metrics/average_talk_time/rows/?{scope}"))
    assert call["Talked"] == "375"
    assert "6:15 min" in text


@pytest.fixture
def world_of_carl(everything: World) -> World:
    """Carl with one order and one call, of a customer with a dangerous name."""
    on = day("2026-02-02")
    customer = rows._new(rows.crm.Customer, name='=1+1"<b>', agent=everything.carl)
    rows.put(customer)
    paid = {"paid": on, "amount": 123_450, "customer": customer}
    rows.put(rows.order(everything.carl, everything.north, **paid))
    rows.put(rows.call(everything.carl, everything.north, at=on, talk_seconds=375))
    services.drain(now=NOW)
    return everything


def test_names_run_neither_in_pages_nor_in_spreadsheets(world_of_carl: World) -> None:
    client = signed_in(world_of_carl.mona)
    scope = f"scope={agent_scope(world_of_carl.carl).text}&period=2026-02"

    html = page(client, f"/metrics/average_order_value/rows/?{scope}")
    (order,) = table(client, f"/metrics/average_order_value/rows.csv?{scope}")

    assert "=1+1&quot;&lt;b&gt;" in html and "<b>&lt;" not in html
    assert order["Customer"] == "'=1+1\"<b>"


def test_rows_are_sorted_by_day_either_way(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/metrics/ticket_volume/rows.csv?period=all"

    newest = [line["Day"] for line in table(client, address)]
    oldest = [line["Day"] for line in table(client, f"{address}&sort=day")]

    assert newest == sorted(newest, reverse=True)
    assert oldest == newest[::-1]
    html = page(client, "/metrics/ticket_volume/rows/?period=all&sort=day")
    assert 'aria-sort="ascending"' in html


def test_pages_of_fifty_hold_every_row_once(everything: World) -> None:
    client = signed_in(everything.mona)
    address = "/metrics/customer_interactions/rows/?period=all"

    ids: list[str] = []
    for number in (1, 2, 3, 4):
        html = page(client, f"{address}&page={number}")
        body = html.split("<tbody>")[1].split("</tbody>")[0]
        found = [words(row.split("</td>")[1]) for row in body.split("<tr>")[1:]]
        assert len(found) <= row_lists.PER_PAGE
        ids += found
    total = int(re.search(r"(\d+) rows counted", words(html))[1])
    assert len(ids) == len(set(ids)) == total
    assert 'rel="prev"' in html and 'rel="next"' not in html


@pytest.mark.parametrize("number", ["0", "-1", "999", "x", ""])
def test_a_page_that_is_not_there_is_the_nearest(
    number: str, everything: World
) -> None:
    client = signed_in(everything.mona)

    html = page(client, f"/metrics/customer_interactions/rows/?page={number}")

    assert "<tbody>" in html


def test_an_unknown_part_kind_or_order_is_passed_over(everything: World) -> None:
    client = signed_in(everything.mona)
    plain = table(client, "/metrics/win_rate/rows.csv?period=all")

    odd = table(client, "/metrics/win_rate/rows.csv?period=all&part=x&kind=y&sort=z")

    assert odd == plain


def test_undated_rows_are_last_and_say_so(everything: World) -> None:
    client = signed_in(everything.mona)

    lines = table(client, "/metrics/close_rate/rows.csv?period=all")
    html = page(client, "/metrics/close_rate/rows/?period=all&sort=day")

    assert [line["Day"] for line in lines[-4:]] == [""] * 4
    assert words(html).count("unknown") >= 4
    assert UNDATED < 0


# Who sees what


def test_an_agent_sees_the_own_rows_alone(everything: World) -> None:
    lines = table(signed_in(everything.alice), "/metrics/ticket_volume/rows.csv")

    assert {line["Agent"] for line in lines} == {"Alice"}


def test_a_lead_sees_the_team(everything: World) -> None:
    lines = table(signed_in(everything.lee), "/metrics/ticket_volume/rows.csv")

    assert {line["Agent"] for line in lines} == {"Alice", "Bob"}


@pytest.mark.parametrize("path", ["rows/", "rows.csv"])
@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("lee", "?scope=team:support-berlin", 200),
        ("lee", "?scope=team:support-emea", 404),
        ("carl", "?scope=team:support-berlin", 404),
        ("alice", "?scope=team:support-berlin", 404),
        ("alice", "?scope=agent:bob@example.com", 404),
        ("ana", "?scope=team:sales-north", 404),
        ("ana", "?scope=channel:phone", 404),
        ("ana", "?scope=channel:phone@team:support-emea", 200),
        ("adam", "", 404),
        ("ana", "?period=2026-13", 404),
    ],
)
def test_who_may_see_what(
    path: str, who: str, query: str, status: int, everything: World
) -> None:
    client = signed_in(getattr(everything, who))

    assert client.get(f"/metrics/win_rate/{path}{query}").status_code == status


@pytest.mark.parametrize("key", ["csat", "nps", "survey_response_rate"])
def test_agents_are_not_told_who_answered(key: str, everything: World) -> None:
    address = f"/metrics/{key}/rows.csv?period=2025-10-01..2026-01-31"

    agent = table(signed_in(everything.alice), address)
    lead = table(signed_in(everything.lee), address)

    assert agent and {"Customer", "Answer", "Invitation"} & agent[0].keys() == set()
    assert "Customer" in lead[0]


@pytest.mark.parametrize("path", ["rows/", "rows.csv"])
def test_a_calculated_number_has_no_rows_of_its_own(
    path: str, everything: World
) -> None:
    response = signed_in(everything.mona).get(f"/metrics/pipeline_velocity/{path}")

    if path == "rows.csv":
        assert response.status_code == 404
    else:
        assert "This number has no rows of its own." in response.content.decode()


@pytest.mark.parametrize("sort", ["-day", "day"])
def test_all_pages_together_are_the_file(sort: str, everything: World) -> None:
    client = signed_in(everything.mona)
    query = f"period=all&sort={sort}"
    lines = table(client, f"/metrics/customer_interactions/rows.csv?{query}")
    pages = -(-len(lines) // row_lists.PER_PAGE)
    found = []

    for number in range(1, pages + 1):
        address = f"/metrics/customer_interactions/rows/?{query}&page={number}"
        shown = client.get(address).context["page_obj"].object_list
        assert 0 < len(shown) <= row_lists.PER_PAGE
        found += [cells[1].text for cells in shown]

    assert pages >= 3
    assert found == [line["Interaction"] for line in lines]
    assert len(set(found)) == len(lines)


def test_fifty_rows_take_as_many_queries_as_one(
    everything: World, django_assert_max_num_queries
) -> None:
    client = signed_in(everything.ana)
    few = "/metrics/customer_interactions/rows/?period=2025-10-01..2025-10-02"
    many = "/metrics/customer_interactions/rows/?period=2025-10-02..2026-02-13"
    assert "50 of" in words(page(client, many))

    with django_assert_max_num_queries(50) as seen:
        client.get(few)
    one = len(seen)
    with django_assert_max_num_queries(one):
        client.get(many)
    assert one <= 40


def test_every_axis_can_be_listed() -> None:
    for axis in AXES.values():
        columns = columns_of(axis, hides_customers=False)

        assert axis.fact in FACTS
        assert str(columns[0].heading) == "Day"
