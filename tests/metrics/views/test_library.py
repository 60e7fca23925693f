"""The library of metrics and the manual."""

import pytest
from django.test import Client

from metrics.catalog import FAMILIES, METRICS
from metrics.library import definitions
from tests.metrics.views.reading import page, signed_in, table, words
from tests.world import World

pytestmark = pytest.mark.usefixtures("at_now")


def test_every_metric_stands_in_its_family_with_its_latest_value(
    everything: World,
) -> None:
    html = page(signed_in(everything.mona), "/metrics/")

    for key in METRICS:
        assert (
            html.count(f'href="/metrics/{key}/?scope=company&amp;period=2026-Q1"') == 1
        )
    for family in FAMILIES:
        assert html.count(f'id="{family}"') == 1
    # 17 tickets were opened from 1 January to 13 February: 46 to 67, less 5 left out.
    assert "Ticket volume Tickets that were opened. 17 " in words(html)
    assert html.count('class="spark"') >= 30


def test_the_scope_and_period_of_the_address_decide(everything: World) -> None:
    client = signed_in(everything.ana)

    html = page(client, "/metrics/?scope=team:support-berlin&period=2025-Q4")

    assert "what Support Berlin reached in Q4 2025" in words(html)
    assert "scope=team%3Asupport-berlin&amp;period=2025-Q4" in html


def test_a_search_finds_metrics_that_have_all_words(everything: World) -> None:
    client = signed_in(everything.mona)

    html = page(client, "/metrics/?q=Resolution%20time")

    assert 'href="/metrics/average_resolution_time/' in html
    assert 'href="/metrics/win_rate/' not in html
    assert 'value="Resolution time"' in html


def test_a_search_without_a_hit_says_so_and_offers_all(everything: World) -> None:
    html = page(signed_in(everything.mona), "/metrics/?q=zzz%22%3E%3Ci%3E")

    assert "No metric is called that" in html
    assert "Show all metrics" in html
    assert '"><i>' not in html


def test_readers_without_figures_get_the_definitions_alone(everything: World) -> None:
    html = page(signed_in(everything.adam), "/metrics/")

    assert 'href="/manual/metrics/#win_rate"' in html
    assert "passport" not in html and "spark" not in html
    assert signed_in(everything.adam).get("/metrics/metrics.csv").status_code == 404


def test_an_agent_gets_the_own_figures(everything: World) -> None:
    html = page(signed_in(everything.alice), "/metrics/")

    assert "what Alice reached in Q1 2026" in words(html)
    assert "Not counted for single agents." in html


@pytest.mark.parametrize(
    "query", ["scope=team:sales", "scope=company", "scope=team:none", "period=2026-Q9"]
)
def test_foreign_and_unreadable_is_not_found(query: str, everything: World) -> None:
    client = signed_in(everything.ana)

    assert client.get(f"/metrics/?{query}").status_code == 404
    assert client.get(f"/metrics/metrics.csv?{query}").status_code == 404


def test_the_file_has_the_numbers_of_the_api(everything: World) -> None:
    client = signed_in(everything.mona)
    lines = table(client, "/metrics/metrics.csv?period=2025-Q4")

    assert [line["key"] for line in lines] == list(METRICS)
    days = {"from": "2025-10-01", "to": "2025-12-31"}
    for line in lines:
        answer = client.get(f"/api/v1/metrics/{line['key']}/value", days).json()
        for name in ("value", "numerator", "denominator", "n"):
            expected = answer[name]
            assert line[name] == ("" if expected is None else str(expected)), line
        assert (line["from"], line["to"]) == (days["from"], days["to"])


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/metrics.csv"])
def test_pages_ask_strangers_to_sign_in(path: str, everything: World) -> None:
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize(
    "path", ["/metrics/", "/metrics/metrics.csv", "/manual/metrics/"]
)
@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_nothing_can_be_written(path: str, verb: str, everything: World) -> None:
    client = signed_in(everything.mona)

    assert getattr(client, verb)(path).status_code == 405


def test_the_library_takes_few_queries(
    everything: World, django_assert_max_num_queries
) -> None:
    client = signed_in(everything.ana)
    client.get("/metrics/")

    with django_assert_max_num_queries(70):
        client.get("/metrics/")


def test_the_manual_defines_every_metric(everything: World) -> None:
    html = page(signed_in(everything.adam), "/manual/metrics/")

    for key, metric in METRICS.items():
        assert html.count(f'id="{key}"') == 1
        assert words(str(metric.excludes)) in words(html)


def test_a_search_looks_into_key_title_text_and_formula() -> None:
    def found(text: str) -> set[str]:
        return {
            each.metric.key for family in definitions(text) for each in family.entries
        }

    assert found("WIN_RATE") == {"win_rate"}
    assert "close_rate" in found("deals opened")
    assert found("won lost decided") == {"win_rate"}
    assert found("") == set(METRICS)
