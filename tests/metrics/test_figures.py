"""Values in words: change, interval, count, days covered."""

from dataclasses import replace
from decimal import Decimal

import pytest

from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Calendar
from metrics import figures
from metrics.catalog import METRICS
from metrics.figures import Change
from metrics.queries import Value
from metrics.scopes import COMPANY_KEY
from tests.world import NOW, TODAY

CALENDAR = Calendar()


def value(amount: str | None, unit: Unit = Unit.PERCENT, **fields) -> Value:
    known = {
        "key": "win_rate",
        "scope": COMPANY_KEY,
        "period": None,
        "value": None if amount is None else Decimal(amount),
        "numerator": None,
        "denominator": None,
        "n": 100,
        "cases": 100,
        "status": "ok",
        "low": None,
        "high": None,
        "method": "",
        "unit": unit,
        "version": 1,
        "computed_at": NOW,
    }
    return Value(**known | fields)


def change(key: str, now: str | None, before: str | None, **fields) -> Change:
    unit = METRICS[key].unit
    return figures.change(
        value(now, unit, **fields), value(before, unit, **fields), METRICS[key], "EUR"
    )


@pytest.mark.parametrize(
    ("key", "now", "before", "expected"),
    [
        ("win_rate", "94.7", "95.5", Change("−0.8 pts", "worse", False)),
        ("win_rate", "96.0", "95.5", Change("+0.5 pts", "better", True)),
        ("nps", "26", "21", Change("+5", "better", True)),
        ("nps", "-26", "21", Change("−47", "worse", False)),
        ("first_response_time", "369", "375", Change("−6 s", "better", True)),
        ("churn_rate", "5", "4", Change("+1.0 pts", "worse", False)),
        ("won_deals", "91", "100", Change("−9 %", "worse", False)),
        ("won_value", "120", "100", Change("+20 %", "better", True)),
        ("sales_cycle_length", "50", "52.5", Change("−2.5 days", "better", True)),
        ("ticket_volume", "110", "100", Change("+10 %", "")),  # neither is better
        ("average_talk_time", "200", "190", Change("+10 s", "worse", False)),
        ("occupancy", "86", "80", Change("+6.0 pts", "")),  # a range is
        ("won_deals", "5", "5", Change("0 %", "no real change")),
        ("won_deals", "5", "0", Change()),  # nothing to compare with
        ("won_deals", "5", None, Change()),
        ("won_deals", None, "5", Change()),
    ],
)
def test_a_change_is_coloured_by_goodness_never_by_sign(
    key: str, now: str | None, before: str | None, expected: Change
) -> None:
    assert change(key, now, before) == expected


def test_too_few_rows_are_not_compared() -> None:
    found = change("win_rate", "90", "50", status="low_n")

    assert found == Change("+40.0 pts", "too few to compare")


def test_a_difference_within_chance_is_no_change() -> None:
    # 60 ± 5 and 66 ± 5: √(5² + 5²) is 7.07, more than 6, less than 8.
    wide = {"low": Decimal(55), "high": Decimal(65)}
    near = value("66", low=Decimal(61), high=Decimal(71))
    far = value("68", low=Decimal(63), high=Decimal(73))

    metric = METRICS["win_rate"]
    assert figures.change(near, value("60", **wide), metric, "EUR").word == (
        "no real change"
    )
    assert figures.change(far, value("60", **wide), metric, "EUR").word == "better"


def test_what_stands_under_a_value() -> None:
    rate = value("94.7", numerator=Decimal(1240), denominator=Decimal(1310), n=1310)
    mean = value("2", Unit.DAYS, numerator=Decimal(8), denominator=Decimal(4), n=4)
    count = value("1310", Unit.COUNT, numerator=Decimal(1310), n=1310)
    amount = value("8120", Unit.MONEY, numerator=Decimal(8120), n=3)

    assert figures.backing(METRICS["win_rate"], rate) == "1,240 of 1,310"
    chances = value(58, Unit.PERCENT, n=547, numerator=3_196_165, denominator=5_470_000)
    assert figures.backing(METRICS["defection_propensity"], chances) == "547 customers"
    assert figures.backing(METRICS["sales_cycle_length"], mean) == "4 deals won"
    assert figures.backing(METRICS["won_deals"], count) == ""
    assert figures.backing(METRICS["won_value"], amount) == "3 deals won"
    assert figures.backing(METRICS["win_rate"], value(None, n=0)) == ""


def test_money_comes_in_major_units_and_is_printed_with_its_sign() -> None:
    assert figures.text_of(Decimal("1310.5"), Unit.MONEY, "EUR") == "€1,310.50"
    assert figures.text_of(Decimal(1310), Unit.MONEY, "JPY") == "¥1,310"
    assert figures.text_of(None, Unit.MONEY, "EUR") == "no value"


def test_intervals_and_maturity_are_said_where_there_are_any() -> None:
    sure = value("94.7", low=Decimal("93.3"), high=Decimal("95.7"))
    young = value("94.7", n=412, cases=530)

    assert figures.interval_text(sure, "EUR") == "93.3 % and 95.7 %"
    assert figures.interval_text(young, "EUR") == ""
    assert figures.maturity_text(young) == "412 of 530 are old enough to count"
    assert figures.maturity_text(replace(young, cases=412)) == ""


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2026-Q1", "Q1 2026 to 13 Feb"),
        ("2025-Q4", "Q4 2025"),
        ("2026-02-13", "13 Feb 2026"),
        ("2026-02-01..2026-02-13", "1 Feb 2026 to 13 Feb 2026"),
        ("2026-02-01..2026-03-13", "1 Feb 2026 to 13 Feb 2026"),
        ("2026-Q2", "Q2 2026"),
    ],
)
def test_an_open_period_says_how_far_it_goes(period: str, expected: str) -> None:
    parsed = CALENDAR.parse(period, today=TODAY)

    assert figures.span_text(parsed, today=TODAY) == expected


def test_every_reading_of_the_catalogue_has_a_name() -> None:
    from metrics.splits import readings_of

    names = {name for metric in METRICS.values() for name in readings_of(metric)}

    assert all(":" not in figures.reading_name(name) for name in names)
