"""Figures by hand: entering, changing, deleting, who may, and what follows."""

from decimal import Decimal

import pytest

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.figures import COMPARABLE, checksum_of
from crmkpi.crm.ingest.services import ingest
from crmkpi.crm.models import MarketFigure
from metrics.models import DirtyKey, Slot
from tests.crm.rows import take
from tests.world import NOW, day

LIST = "/data/figures/"
SIZE = {
    "value": "38000000.50",
    "first_day": "2025-01-01",
    "last_day": "2025-12-31",
    "origin": "Lighting trade panel",
}


@pytest.fixture
def mona(client, world):
    client.force_login(world.mona)
    return client


def enter(client, kind, **fields):
    return client.post(f"{LIST}new/{kind}/", fields)


def test_a_market_size_is_entered_with_source_author_and_days(mona, world):
    answer = enter(mona, "market-size", **SIZE)
    assert (answer.status_code, answer.url) == (302, LIST)
    found = MarketFigure.objects.get()
    assert (found.metric_key, found.value) == ("market_size", Decimal("38000000.5"))
    assert (found.first_day, found.end_day) == (day("2025-01-01"), day("2026-01-01"))
    assert (found.unit, found.author) == ("EUR", world.mona)
    assert found.checksum == checksum_of(vars(found))
    html = mona.get(LIST).content.decode()
    assert "38,000,000.5 EUR" in html
    assert "Lighting trade panel" in html and "Mona" in html


def test_every_change_marks_what_is_computed_of_it(mona):
    """Entering, changing and deleting each leave keys in the same transaction."""

    def marked():
        axes = dict(Slot.objects.values_list("pk", "axis"))
        found = DirtyKey.objects.values_list("slot_id", "day")
        keys = {(axes[slot], on) for slot, on in found}
        DirtyKey.objects.all().delete()
        return keys

    enter(mona, "market-size", **SIZE)
    assert marked() == {("metrics.marketfigures", day("2025-01-01"))}
    page = f"{LIST}{MarketFigure.objects.get().pk}/"
    mona.post(page, SIZE | {"first_day": "2025-02-01"})
    assert marked() == {
        ("metrics.marketfigures", day("2025-01-01")),
        ("metrics.marketfigures", day("2025-02-01")),
    }
    mona.post(page, SIZE | {"first_day": "2025-02-01"})
    assert marked() == set()  # nothing differs
    mona.post(f"{page}delete/")
    assert marked() == {("metrics.marketfigures", day("2025-02-01"))}


def test_the_history_says_who_when_and_what_it_was(mona, world):
    enter(mona, "market-size", **SIZE)
    key = MarketFigure.objects.get().pk
    mona.post(f"{LIST}{key}/", SIZE | {"value": "39000000"})
    html = mona.get(f"{LIST}{key}/").content.decode()
    assert "Changed a figure" in html and "Entered a figure" in html
    assert "value: 38000000.5 → 39000000" in html
    assert html.count("Mona") >= 2
    mona.post(f"{LIST}{key}/delete/")
    assert not MarketFigure.objects.exists()
    gone = AuditEvent.objects.get(action="figure.deleted")
    assert gone.actor == world.mona
    assert gone.detail["value"] == "39000000"  # what it was


def test_competitor_brand_and_audit(mona):
    days = {key: SIZE[key] for key in ("first_day", "last_day", "origin")}
    enter(mona, "competitor", metric="csat", subject="Helios", value="79.5", **days)
    enter(mona, "brand", metric="brand_awareness", value="62", **days)
    enter(
        mona,
        "audit",
        subject="customer, industry",
        value="18",
        out_of="20",
        first_day="2026-02-02",
        origin="Call-back of 20 customers",
    )
    found = {each.metric_key: each for each in MarketFigure.objects.all()}
    assert (found["csat"].subject, found["csat"].value) == ("Helios", Decimal("79.5"))
    assert found["brand_awareness"].value == 62
    audit = found["data_accuracy"]
    assert (audit.value, audit.out_of) == (18, 20)
    assert (audit.first_day, audit.end_day) == (day("2026-02-02"), day("2026-02-03"))
    assert "csat" in COMPARABLE
    html = mona.get(f"{LIST}?kind=audit").content.decode()
    assert "18 / 20" in html and "Helios" not in html


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("market-size", {"value": "0"}, "greater than or equal to 0.01"),
        ("market-size", {"value": "much"}, "Enter a number."),
        ("market-size", {"last_day": "2024-12-31"}, "before the first day"),
        ("market-size", {"first_day": "1066-01-01"}, "between 1990 and 2059"),
        ("market-size", {"origin": ""}, "This field is required."),
        ("market-size", {"value": "1" + "0" * 16}, "less than or equal to"),
        ("brand", {"metric": "brand_awareness", "value": "101"}, "less than or equal"),
        ("brand", {"metric": "charm", "value": "10"}, "Select a valid choice."),
        ("competitor", {"metric": "charm", "subject": "A"}, "Select a valid choice."),
        ("competitor", {"metric": "csat", "subject": ""}, "This field is required."),
        (
            "audit",
            {"subject": "customer", "value": "21", "out_of": "20"},
            "More fields are right than were checked.",
        ),
    ],
)
def test_bad_input_is_told_and_nothing_written(mona, kind, fields, words):
    answer = enter(mona, kind, **SIZE | {"value": "5"} | fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MarketFigure.objects.exists()


def test_the_file_comes_in_again_and_changes_nothing(mona):
    take(
        "market_figure",
        {
            "external_id": "m1",
            "metric": "data_accuracy",
            "subject": "customer",
            "value": Decimal(18),
            "out_of": 20,
            "first_day": "2026-02-01",
            "last_day": "2026-02-01",
            "origin": "Audit",
        }
        | _days("2026-02-01", "2026-02-01"),
    )
    lines = b"".join(mona.get(f"{LIST}figures.csv").streaming_content).decode()
    heading, row = lines.lstrip("\ufeff").strip().splitlines()
    given = dict(zip(heading.split(","), row.split(","), strict=True))
    assert given["value"] == "18" and given["out_of"] == "20"
    typed = given | {"value": Decimal(18), "out_of": 20, "unit": None}
    again = take("market_figure", typed | _days("2026-02-01", "2026-02-01"))
    assert again.same == 1


def _days(first, last):
    from datetime import date

    return {
        "first_day": date.fromisoformat(first),
        "last_day": date.fromisoformat(last),
    }


def test_an_import_that_changes_a_figure_is_in_its_history(mona):
    row = {"external_id": "m1", "metric": "market_size", "value": Decimal(10)}
    row |= _days("2025-01-01", "2025-12-31")
    take("market_figure", row)
    take("market_figure", row | {"value": Decimal(11)})
    key = MarketFigure.objects.get().pk
    html = mona.get(f"{LIST}{key}/").content.decode()
    assert "value: 10 → 11" in html


@pytest.mark.parametrize(
    ("value", "out_of"), [(1, None), (1, 0), (21, 20), (Decimal("1.5"), 20), (-1, 20)]
)
def test_an_audit_that_cannot_be_is_refused(world, value, out_of):
    row = {"external_id": "a", "metric": "data_accuracy"}
    row |= {"value": Decimal(value), "out_of": out_of}
    outcome = ingest(
        "market_figure",
        [row | _days("2026-02-01", "2026-02-01")],
        source="crm",
        now=NOW,
    )
    assert len(outcome.refused) == 1


def test_only_the_manager_of_the_company_enters(client, world):
    client.force_login(world.nora)
    assert client.get(LIST).status_code == 200
    assert "Enter a figure" not in client.get(LIST).content.decode()
    assert enter(client, "market-size", **SIZE).status_code == 403
    client.force_login(world.ana)
    assert client.get(LIST).status_code == 404
    assert enter(client, "market-size", **SIZE).status_code == 404
    client.force_login(world.mona)
    assert client.get(f"{LIST}new/horoscope/").status_code == 404
    assert client.get(f"{LIST}999/").status_code == 404
    assert not MarketFigure.objects.exists()


def test_an_empty_list_says_what_would_be_here(mona):
    assert "No figures yet" in mona.get(LIST).content.decode()
    assert "No figure matches" in mona.get(f"{LIST}?q=nothing").content.decode()


def test_a_list_of_fifty_takes_as_many_queries_as_one(
    mona, django_assert_max_num_queries
):
    for number in range(3):
        enter(mona, "market-size", **SIZE | {"origin": f"Panel {number}"})
    with django_assert_max_num_queries(15):
        mona.get(LIST)
