"""The library of metrics and the manual."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from crmkpi.lib.periods import Calendar
from metrics.catalog import METRICS
from metrics.library import definitions
from metrics.queries import read_values
from metrics.scopes import agent_scope, company, team_scope
from metrics.services import drain
from tests.metrics.views.reading import page, signed_in, table, words
from tests.world import NOW, TODAY, World

pytestmark = pytest.mark.usefixtures("at_now")


def test_every_metric_stands_in_its_family_with_its_latest_value(
    everything: World,
) -> None:
    html = page(signed_in(everything.mona), "/metrics/")

    for key in METRICS:
        assert (
            html.count(f'href="/metrics/{key}/?scope=company&amp;period=2026-Q1"') == 1
        )
    for family in {metric.family for metric in METRICS.values()}:
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


@pytest.mark.parametrize("reader", ["mona", "ana", "alice"])
def test_the_library_takes_as_few_queries_for_all_metrics_as_for_some(
    reader: str, everything: World, django_assert_max_num_queries
) -> None:
    drain(now=NOW)
    client = signed_in(getattr(everything, reader))
    client.get("/metrics/")

    # 5 of every page, 3 of the pickers; whether metrics were made, of one metric first
    # days, versions, snapshots, the organisation, cells.
    with django_assert_max_num_queries(14):
        client.get("/metrics/?q=win_rate")
    # And those of rules written in Python, whatever the number of metrics and rows.
    with django_assert_max_num_queries(20):
        client.get("/metrics/")


@pytest.mark.parametrize("scope", ["company", "team:support-berlin"])
def test_a_settled_month_that_is_not_stored_has_no_share_to_draw(
    scope: str, everything: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain(now=NOW)
    client = signed_in(everything.mona)

    def drawn() -> list[str]:
        html = page(client, f"/metrics/?scope={scope}")
        return re.findall('<svg class="spark".*?</svg>', html, re.DOTALL)

    of_stored_months = drawn()
    monkeypatch.setattr("metrics.library._is_settled", lambda asked, today: False)

    assert drawn() == of_stored_months
    assert len(of_stored_months) > 20


def test_one_statement_reads_many_axes(everything: World) -> None:
    """What is read together is what each axis would give alone."""
    period = Calendar().parse("2025-Q4", today=TODAY)
    months = [Calendar().parse(f"2025-{month}", today=TODAY) for month in (10, 11, 12)]
    scopes = [company().key, team_scope(everything.berlin).key]
    scopes.append(agent_scope(everything.alice).key)
    asked = [
        (key, scope, each)
        for key in METRICS
        for scope in scopes
        for each in (period, *months)
    ]
    kept = {"today": TODAY, "now": NOW, "snapshots": False}

    together = read_values(asked, **kept)

    assert sum(value.has_value for value in together.values()) > 250
    for each in asked[::7]:
        alone = read_values([each], **kept)[each]
        # A median that another metric is calculated from stands beside its mean.
        assert replace(together[each], stats={}) == replace(alone, stats={})


def test_the_manual_defines_every_metric(everything: World) -> None:
    html = page(signed_in(everything.adam), "/manual/metrics/")

    for key, metric in METRICS.items():
        assert html.count(f'id="{key}"') == 1
        assert words(str(metric.excludes)) in words(html)


def test_a_search_looks_into_key_title_text_and_formula(everything: World) -> None:
    access = everything.access(everything.mona)

    def found(text: str) -> set[str]:
        families = definitions(access, text)
        return {each.metric.key for family in families for each in family.entries}

    assert found("AVERAGE_DEAL_SIZE") == {"average_deal_size"}
    assert found("WIN_RATE") == {"win_rate", "competitive_win_rate"}
    assert "close_rate" in found("deals opened")
    assert found("won lost decided") == {"win_rate", "competitive_win_rate"}
    assert found("") == set(METRICS)
