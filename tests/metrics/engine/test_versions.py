"""A release that counts otherwise makes versions; one that words otherwise none."""

from dataclasses import replace

from django.db.models import Q

from metrics.catalog import METRICS
from metrics.custom.services import follow_release
from metrics.engine.basis import basis
from metrics.engine.versions import current_versions, mirror_catalogue
from metrics.measures.cohorts_sales import CONVERTED
from metrics.measures.opportunities import OpportunitiesClosed
from metrics.measures.tickets import TicketsResolved
from metrics.models import MetricVersion
from metrics.terms import history
from tests.metrics.custom.making import formula, make, ratio
from tests.world import NOW

WON = OpportunitiesClosed._meta.get_field("won")


def told(key: str) -> tuple[int, list[str]]:
    """Return the number of the newest version and what it changed."""
    versions = MetricVersion.objects.filter(key=key).order_by("-number")
    newest = history(list(versions))[0]
    return newest.number, newest.changes


def test_nothing_is_written_twice(world):
    assert mirror_catalogue(now=NOW) == []


def test_another_filter_of_a_measure_makes_versions(world, monkeypatch):
    monkeypatch.setattr(WON, "where", WON.where & Q(amount__gt=0))

    written = mirror_catalogue(now=NOW)

    assert {"win_rate", "won_deals", "pipeline_velocity"} <= set(written)
    assert not {"csat", "close_rate", "open_opportunities"} & set(written)
    assert told("win_rate") == (2, ["Counted otherwise: deals won."])
    assert "“Win rate”, which it rests on, changed." in told("pipeline_velocity")[1]


def test_other_words_make_no_version(world, monkeypatch):
    other = replace(METRICS["win_rate"], title="Share won", text="…", excludes="…")
    monkeypatch.setitem(METRICS.declared, "win_rate", other)
    monkeypatch.setattr(WON, "label", "deals that we won")

    assert mirror_catalogue(now=NOW) == []


def test_other_exclusions_and_another_day_are_told(world, monkeypatch):
    monkeypatch.setattr(TicketsResolved, "base", Q(exclusion__in=[0, 2]))
    monkeypatch.setattr(OpportunitiesClosed, "when", "opened_day")

    mirror_catalogue(now=NOW)

    assert told("tickets_handled") == (2, ["Tickets: other rows count."])
    assert told("won_deals") == (2, ["Deals: another day decides when they count."])


def test_another_rule_for_rows_is_another_calculation(world, monkeypatch):
    every = replace(CONVERTED, rows=lambda span: Q(created_day__lt=span.end))
    other = replace(METRICS["lead_conversion_rate"], expression=every)
    monkeypatch.setitem(METRICS.declared, "lead_conversion_rate", other)

    assert mirror_catalogue(now=NOW) == ["lead_conversion_rate"]
    assert told("lead_conversion_rate") == (
        2,
        ["Its formula or what is shown beside it changed."],
    )


def test_a_version_of_an_earlier_release_is_only_completed(world):
    MetricVersion.objects.filter(key="win_rate").update(basis={}, terms={})

    assert mirror_catalogue(now=NOW) == []
    held = current_versions()["win_rate"]
    assert (held.number, held.basis) == (1, basis(METRICS["win_rate"]))


def test_own_metrics_follow_what_they_are_built_on(world, monkeypatch):
    share, other = make(ratio(), world.ana), make(formula("csat / 10"), world.ana)
    monkeypatch.setattr(WON, "where", WON.where & Q(amount__gt=0))

    assert follow_release(now=NOW) == [share.key]
    assert told(share.key) == (2, ["Counted otherwise: deals won."])
    newest = share.versions.latest("number")
    assert (newest.number, newest.computed_as.number) == (2, 2)
    assert follow_release(now=NOW) == []
    assert other.versions.count() == 1


def test_hashes_are_the_same_everywhere():
    """Worked out once: another database, process or Python gives the same."""
    held = basis(METRICS["win_rate"]) | basis(METRICS["lead_conversion_rate"])

    assert held["measure metrics.opportunitiesclosed.won"] == "fba37c9e0b44e8aa"
    assert held["rows metrics.opportunitiesclosed"] == "bcdde75f7192f583"
    assert held["cohort lead conversion"] == "7ecf327790c06415"
