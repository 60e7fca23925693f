"""How a number adds up and its rows, over HTTP."""

import pytest
from django.test import Client

from metrics.catalog import METRICS
from tests.metrics import rows
from tests.metrics.api.test_metrics import problem, signed_in
from tests.metrics.catalog.ask import computed
from tests.world import World, day

pytestmark = pytest.mark.usefixtures("at_now")
FEBRUARY = "from=2026-02-01&to=2026-02-28"
AT = day("2026-02-10")


@pytest.fixture
def deals(world: World) -> World:
    """3 won and 1 lost by Alice in February, 1 won test deal; 1 won by Cleo's team."""
    who = (world.alice, world.berlin)
    rows.put(
        *(rows.deal(*who, opened=AT - 9, closed=AT, won=True) for _ in range(3)),
        rows.deal(*who, opened=AT - 9, closed=AT),
        rows.deal(*who, opened=AT - 9, closed=AT, won=True, exclusion=1),
        rows.deal(world.cleo, world.north, opened=AT, closed=AT, won=True),
    )
    computed()
    return world


def ask(client: Client, what: str, query: str = "", key: str = "win_rate"):
    return client.get(f"/api/v1/metrics/{key}/{what}?{FEBRUARY}{query}")


def test_the_passport_adds_up_line_by_line(deals: World) -> None:
    answer = ask(signed_in(deals.lee), "passport", "&scope=team:support-berlin").json()

    assert [(line["label"], line["count"]) for line in answer["lines"]][1:3] == [
        ("Test or internal account", -1),
        ("Counted", 4),
    ]
    assert answer["lines"][0]["count"] == 5
    assert (answer["numerator"], answer["denominator"], answer["value"]) == (3, 4, 75)
    assert answer["definition"]["formula"] == "won ÷ (won + lost)"


def test_rows_say_what_each_adds(deals: World) -> None:
    answer = ask(signed_in(deals.lee), "rows", "&scope=team:support-berlin").json()

    won = answer["columns"].index("Won")
    assert sorted(row[won] for row in answer["rows"]) == ["no", "yes", "yes", "yes"]
    assert (answer["count"], answer["page"], answer["pages"]) == (4, 1, 1)
    assert (answer["kind"], answer["part"]) == ("opportunitiesclosed", "counted")


def test_rows_left_out_are_listed_with_the_reason(deals: World) -> None:
    answer = ask(signed_in(deals.mona), "rows", "&part=out").json()

    reason = answer["columns"].index("Reason")
    assert [row[reason] for row in answer["rows"]] == ["Test or internal account"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("&part=some", "part"),
        ("&kind=orders", "kind"),
        ("&page=2", "page"),
        ("&page=0", "page"),
        ("&page=-1", "page"),
        ("&page=x", "page"),
        ("&sort=day", "sort"),
    ],
)
def test_what_is_unclear_is_refused_by_name(
    deals: World, query: str, parameter: str
) -> None:
    answer = problem(ask(signed_in(deals.mona), "rows", query))

    assert answer["status"] == 400
    assert [fault["parameter"] for fault in answer["errors"]] == [parameter]


def test_what_is_derived_has_no_rows_but_a_passport(deals: World) -> None:
    client = signed_in(deals.mona)
    answer = problem(ask(client, "rows", key="pipeline_velocity"))
    assert answer["status"] == 404 and "no rows of its own" in answer["detail"]

    lines = ask(client, "passport", key="pipeline_velocity").json()["lines"]
    assert [line["metric"] for line in lines][:2] == ["open_opportunities", "win_rate"]


@pytest.mark.parametrize("what", ["passport", "rows"])
def test_others_are_not_found(deals: World, what: str) -> None:
    """Bob sees himself, not Alice."""
    own = ask(signed_in(deals.bob), what, "&scope=agent:bob@example.com")
    others = ask(signed_in(deals.bob), what, "&scope=agent:alice@example.com")
    assert (own.status_code, others.status_code) == (200, 404)


@pytest.mark.parametrize("key", list(METRICS))
def test_every_metric_has_a_passport_in_json(everything: World, key: str) -> None:
    answer = ask(signed_in(everything.mona), "passport", key=key)
    assert answer.status_code == 200
    assert answer.json()["lines"]
