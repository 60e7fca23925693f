"""Bulk writes: same rows on both databases, for few rows and for many."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection
from django.db.models import F, QuerySet

from crmkpi.crm.models import FxRate, Member, Source, Ticket
from crmkpi.lib import bulk
from crmkpi.lib.bulk import (
    KeysIn,
    count_up,
    insert_new,
    insert_row,
    insert_rows,
    update_rows,
    upsert,
)

pytestmark = pytest.mark.django_db

# Fewer rows go as parameters, more by COPY; both must do the same.
FEW, MANY = 3, bulk.COPY_FROM + 50
both_sizes = pytest.mark.parametrize("size", [FEW, MANY])
COLUMNS = ["slug", "name", "expected_every_days", "last_success_at", "mapping"]
NOON = datetime(2026, 2, 13, 12, 0, 0, 250_000, tzinfo=UTC)


def sources(size: int, name: str = "Shop %d") -> list[tuple[object, ...]]:
    """Return rows of Source, every second one without an instant."""
    return [
        (f"s{i}", name % i, 1 + i % 3, NOON if i % 2 else None, {"a": [i, None]})
        for i in range(size)
    ]


def stored() -> list[tuple[object, ...]]:
    return list(Source.objects.order_by("pk").values_list(*COLUMNS))


@both_sizes
def test_inserted_values_come_back_as_they_were(size: int) -> None:
    rows = sources(size)
    keys = insert_new(Source, COLUMNS, rows, conflict=["slug"])
    assert stored() == rows
    assert keys == list(Source.objects.order_by("pk").values_list("pk", flat=True))


@both_sizes
def test_an_instant_of_another_zone_is_found_as_the_model_writes_it(size: int) -> None:
    away = NOON.astimezone(ZoneInfo("Asia/Kathmandu"))
    rows = [(f"s{i}", "Shop", 1, away, {}) for i in range(size)]
    insert_new(Source, COLUMNS, rows, conflict=["slug"])
    Source.objects.create(slug="other", name="Shop", last_success_at=away)
    assert Source.objects.filter(last_success_at=NOON).count() == size + 1


@both_sizes
def test_rows_that_are_there_are_left_alone(size: int) -> None:
    insert_new(Source, COLUMNS, sources(size), conflict=["slug"])
    keys = insert_new(Source, COLUMNS, sources(size + 2, "Other %d"), conflict=["slug"])
    names = dict(Source.objects.values_list("slug", "name"))
    assert len(keys) == 2
    assert names["s0"] == "Shop 0"
    assert names[f"s{size}"] == f"Other {size}"
    assert Source.objects.filter(pk__in=keys, name__startswith="Other").count() == 2


@both_sizes
def test_update_touches_the_named_rows_and_columns_only(size: int) -> None:
    insert_new(Source, COLUMNS, sources(size), conflict=["slug"])
    other = Source.objects.create(slug="other", name="Other")
    rows = [(f"s{i}", f"New {i}", NOON) for i in range(size)]
    update_rows(Source, ["slug"], ["name", "last_success_at"], rows)
    assert stored()[:-1] == [
        (slug, f"New {i}", days, NOON, mapping)
        for i, (slug, _name, days, _at, mapping) in enumerate(sources(size))
    ]
    other.refresh_from_db()
    assert other.name == "Other"


@both_sizes
def test_upsert_sets_or_adds(size: int) -> None:
    FxRate.objects.create(currency="USD", day=7, rate=Decimal("0.5"))
    rows = [("USD", 7 + i, Decimal("0.25")) for i in range(size)]
    upsert(FxRate, ["currency", "day"], ["rate"], rows, add=["rate"])
    rates = list(FxRate.objects.order_by("day").values_list("rate", flat=True))
    assert rates == [Decimal("0.75")] + [Decimal("0.25")] * (size - 1)
    upsert(FxRate, ["currency", "day"], ["rate"], rows)
    assert set(FxRate.objects.values_list("rate", flat=True)) == {Decimal("0.25")}


@both_sizes
def test_plain_insert_refuses_a_double(size: int) -> None:
    rows = [("topic", f"t{i}") for i in range(size)]
    insert_rows(Member, ["dimension", "name"], rows)
    assert Member.objects.count() == size
    with pytest.raises(IntegrityError):
        insert_rows(Member, ["dimension", "name"], rows[:1])


def test_one_row_comes_back_as_it_was_with_its_key() -> None:
    (row,) = sources(1)
    for slug in ("s0", "s1"):
        key = insert_row(Source, dict(zip(COLUMNS, row, strict=True)) | {"slug": slug})
        assert key == Source.objects.get(slug=slug).pk
    assert stored() == [row, ("s1", *row[1:])]


def test_one_row_twice_is_refused() -> None:
    values = {"dimension": "topic", "name": "t"}
    insert_row(Member, values)
    with pytest.raises(IntegrityError):
        insert_row(Member, values)


def test_counting_makes_the_row_and_adds_to_that_one_only() -> None:
    def count(slug: str) -> int:
        values = {"slug": slug, "name": slug, "mapping": {}}
        return count_up(Source, values, key="slug", count="expected_every_days")

    assert [count("a"), count("a"), count("b"), count("a")] == [1, 2, 1, 3]
    assert [row[2] for row in stored()] == [3, 1]


def test_two_calls_in_one_transaction() -> None:
    """The staging table of the first call is not in the way of the second."""
    insert_new(Source, COLUMNS, sources(MANY), conflict=["slug"])
    insert_rows(
        Member, ["dimension", "name"], [("topic", f"t{i}") for i in range(MANY)]
    )
    assert (Source.objects.count(), Member.objects.count()) == (MANY, MANY)


@pytest.mark.postgresql
@both_sizes
def test_a_text_that_is_too_long_is_not_cut_off(size: int) -> None:
    rows = [(f"s{i}", "x" * 201, 1, None, {}) for i in range(size)]
    with pytest.raises(Exception, match="too long"):
        insert_new(Source, COLUMNS, rows, conflict=["slug"])


def test_no_rows_do_nothing() -> None:
    assert insert_new(Source, COLUMNS, [], conflict=["slug"]) == []
    insert_rows(Source, COLUMNS, [])
    update_rows(Source, ["slug"], ["name"], [])
    upsert(Source, ["slug"], ["name"], [])
    assert not Source.objects.exists()


class TestKeysIn:
    """Three rates: EUR on days 1 and 2, USD on day 2."""

    @pytest.fixture(autouse=True)
    def rates(self) -> None:
        for currency, day in [("EUR", 1), ("EUR", 2), ("USD", 2)]:
            FxRate.objects.create(currency=currency, day=day, rate=day)

    def found(self, columns: list[str], keys: list[tuple[int | str, ...]]) -> list[str]:
        names = [F(column) for column in columns]
        rates = FxRate.objects.filter(KeysIn(names, keys)).order_by("currency", "day")
        return [f"{rate.currency}{rate.day}" for rate in rates]

    def test_pairs(self) -> None:
        keys = [("USD", 2), ("EUR", 1), ("USD", 1), ("EUR", 1)]
        assert self.found(["currency", "day"], keys) == ["EUR1", "USD2"]

    def test_single_column(self) -> None:
        assert self.found(["day"], [(2,)]) == ["EUR2", "USD2"]

    def test_no_keys_find_nothing(self) -> None:
        assert self.found(["day"], []) == []

    def test_negated(self) -> None:
        keys = KeysIn([F("currency"), F("day")], [("EUR", 2)])
        assert FxRate.objects.exclude(keys).count() == 2

    def test_beside_other_conditions_and_in_aggregates(self) -> None:
        found = FxRate.objects.filter(KeysIn([F("day")], [(2,)]), currency="EUR")
        assert found.values("currency").distinct().count() == 1

    def test_integers_are_found_through_every_column_of_an_index(self) -> None:
        keys = KeysIn([F("agent_id"), F("opened_day")], [(1, 20000), (2, 20001)])
        plan = explain(Ticket.objects.filter(keys))
        if connection.vendor == "postgresql":
            assert "Seq Scan" not in plan
        else:
            assert "ticket_opened_agent (agent_id=? AND opened_day=?)" in plan

    def test_texts_of_one_source_are_found_through_the_index(self) -> None:
        keys = KeysIn([F("external_id")], [("a",), ("b",)])
        plan = explain(Ticket.objects.filter(keys, source=1))
        assert "external_id=?" in plan or "ticket_source_id" in plan


def explain(rows: QuerySet[Any]) -> str:
    """Return the plan of a query as if its table were large."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()
