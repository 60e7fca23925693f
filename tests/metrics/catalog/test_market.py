"""Share of the market, worth of the brand, competitors and audits, by hand."""

from decimal import Decimal

import pytest

from crmkpi.crm import models as crm
from crmkpi.crm.figures import derived_of
from crmkpi.lib.periods import Period
from metrics.models import Snapshot
from metrics.services import drain
from tests.metrics import rows
from tests.metrics.catalog.ask import FEBRUARY, computed, of_company, of_team
from tests.metrics.everything import survey_version
from tests.world import NOW, TODAY, day

JANUARY = Period(day("2026-01-01"), day("2026-02-01"))
FIRST = JANUARY.start


def figure(key, value, *, subject="", first="2026-01-01", last="2026-01-31", **fields):
    made = rows.new(
        crm.MarketFigure,
        metric_key=key,
        subject=subject,
        value=Decimal(value),
        first_day=day(first),
        end_day=day(last) + 1,
        **fields,
    )
    return stamped(made)


def stamped(row):
    for name, value in derived_of(vars(row)).items():
        setattr(row, name, value)
    return row


def sold(world, *amounts, on=FIRST):
    rows.put(
        *[rows.order(world.cleo, world.north, paid=on, amount=each) for each in amounts]
    )


def answered(world, kind, low, high, top, values, on=FIRST):
    """Write answers of a kind; the questions are those of the other tests."""
    from surveys import models as surveys

    version = survey_version(kind, low, high, top)
    for number, value in enumerate(values):
        response = rows.saved(
            surveys.Response,
            external_id=f"{kind} {number}",
            survey=version.survey,
            version=version,
            origin=surveys.Response.Origin.IMPORT,
            answered_at=rows.noon(on),
        )
        rows.put(
            surveys.Answer(
                response=response,
                question=version.questions.get(),
                survey=version.survey,
                kind=kind,
                value=value,
                low=low,
                high=high,
                is_top=value >= top,
                answered_at=rows.noon(on),
                answered_day=on,
                event_day=on,
                answered_team=world.berlin,
                agent=world.alice,
            )
        )


@pytest.mark.parametrize(
    "key",
    [
        "market_share",
        "brand_equity",
        "competitive_benchmark",
        "competitive_benchmark_nps",
        "competitive_benchmark_first_response_time",
        "data_accuracy",
    ],
)
def test_without_figures_there_is_no_value_but_a_reason(world, key):
    found = of_company(key, JANUARY)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason
    assert of_team(key, world.sales, JANUARY).status == "error"


def test_share_of_a_market_that_is_spread_over_its_days(world):
    """365,000 in 2026 are 31,000 in January; orders of 1,000 and 2,100 are 10 %."""
    rows.put(figure("market_size", 365_000, last="2026-12-31"))
    sold(world, 1_000_00, 2_100_00)
    sold(world, 9_000_00, on=FIRST - 1)
    sold(world, 9_000_00, on=FIRST + 31)
    computed()
    found = of_company("market_share", JANUARY)
    assert (found.value, found.n) == (10, 2)
    assert (found.numerator, found.denominator) == (3_100, 31_000)
    assert found.low is None  # money is no sample


def test_a_day_without_a_market_size_leaves_no_share(world):
    """The size ends on 30 January: it is not carried on to the 31st."""
    rows.put(figure("market_size", 30_000, last="2026-01-30"))
    sold(world, 3_000_00)
    computed()
    found = of_company("market_share", JANUARY)
    assert (found.value, found.status) == (None, "no_data")
    assert "31 Jan 2026 to 31 Jan 2026" in found.reason
    assert of_company("market_share", Period(FIRST, FIRST + 30)).value == 10
    assert "1 Feb 2026" in of_company("market_share", FEBRUARY).reason


def test_the_later_of_two_market_sizes_counts_and_left_out_ones_do_not(world):
    """31,000 first, 62,000 later: 3,100 are 5 %."""
    rows.put(figure("market_size", 31_000))
    rows.put(figure("market_size", 62_000))
    rows.put(figure("market_size", 93_000, exclusion=crm.Exclusion.TEST))
    sold(world, 3_100_00)
    computed()
    assert of_company("market_share", JANUARY).value == 5


def test_a_market_size_in_another_currency_is_not_divided_by(world):
    rows.put(figure("market_size", 31_000, unit="USD"))
    sold(world, 3_100_00)
    computed()
    assert "USD" in of_company("market_share", JANUARY).reason


def test_a_market_without_orders_of_ours_is_not_a_share_of_nothing(world):
    rows.put(figure("market_size", 31_000))
    sold(world, 3_100_00, on=FIRST + 31)  # the first order ever came in February
    computed()
    assert of_company("market_share", JANUARY).value is None


def test_a_figure_that_changes_makes_stored_shares_follow(world):
    """10 % with 31,000; the same days at 62,000 make 5 %, one deletion none."""
    size = figure("market_size", 31_000)
    rows.put(size)
    sold(world, 3_100_00)
    drain(now=NOW)

    def stored():
        row = Snapshot.objects.get(
            version__key="market_share", cut=1, grain=3, start=FIRST
        )
        return row.value

    assert stored() == 10
    size.value = Decimal(62_000)
    stamped(size)
    rows.put(size, cause="edit")
    drain(now=NOW)
    assert stored() == 5
    size.end_day -= 1  # nothing but the last day moves
    stamped(size)
    rows.put(size, cause="edit")
    drain(now=NOW)
    assert stored() is None
    rows.remove(size)
    drain(now=NOW)
    assert stored() is None


def test_brand_equity_of_the_components_present(world):
    """Awareness 60, preference 40, NPS +40, which is 70 of 100.

    (30 · 60 + 30 · 40 + 20 · 70) ÷ 80 = 55; with a price premium of 30 also
    (4,400 + 600) ÷ 100 = 50.
    """
    rows.put(figure("brand_awareness", 60), figure("brand_preference", 40))
    answered(world, "nps", 0, 10, 9, (9, 9, 9, 7, 3))
    computed()
    found = of_company("brand_equity", JANUARY)
    assert (found.value, found.n) == (55, 3)
    assert found.stats["nps"] == 70
    assert found.stats["price_premium"] is None
    rows.put(figure("brand_price_premium", 30))
    computed()
    assert of_company("brand_equity", JANUARY).value == 50


def test_brand_equity_with_too_little_weight_is_none(world):
    """Awareness and preference alone are 60 of 100; a wave of January is no other's."""
    rows.put(figure("brand_awareness", 60), figure("brand_preference", 40))
    computed()
    found = of_company("brand_equity", JANUARY)
    assert found.value is None
    assert "60 of 100" in found.reason
    assert of_company("brand_equity", FEBRUARY).value is None


def test_csat_against_competitors(world):
    """4 of 5 satisfied is 80 %; competitors 75, 64, 90 and 50: median 69.5, rank 2.

    80 less 69.5 is 10.5, of 69.5 15.107914 %.
    """
    answered(world, "csat", 1, 5, 4, (5, 5, 4, 4, 1))
    for subject, value in (("A", 75), ("B", 64), ("C", 90)):
        rows.put(figure("csat", value, subject=subject))
    rows.put(figure("csat", 10, subject="A", first="2025-01-01", last="2026-01-02"))
    rows.put(figure("csat", 99, subject="Old", first="2025-01-01", last="2025-12-31"))
    rows.put(figure("csat", 50, subject="D", first="2026-01-31", last="2026-12-31"))
    computed()
    found = of_company("competitive_benchmark", JANUARY)
    assert found.value == Decimal("15.107914")
    assert found.stats == {
        "peer_median": Decimal("69.5"),
        "rank": 2,
        "ranked": 5,
    }


def test_less_is_better_where_it_is(world):
    """Replies after 60 s against 100, 50 and 120: 40 % better, second of four."""
    rows.put(
        rows.ticket(
            world.alice,
            world.berlin,
            opened=FIRST,
            replied_at=rows.noon(FIRST),
            replied_day=FIRST,
            replied_team=world.berlin,
            reply_seconds=60,
        )
    )
    for subject, value in (("A", 100), ("B", 50), ("C", 120)):
        rows.put(figure("first_response_time", value, subject=subject))
    computed()
    found = of_company("competitive_benchmark_first_response_time", JANUARY)
    assert (found.value, found.stats["rank"]) == (40, 2)


def test_two_competitors_are_too_few_and_nobody_of_our_own_says_so(world):
    for subject, value in (("A", 75), ("B", 64)):
        rows.put(figure("csat", value, subject=subject))
    computed()
    assert "there are 2" in of_company("competitive_benchmark", JANUARY).reason
    rows.put(figure("csat", 90, subject="C"))
    computed()
    assert "our own" in of_company("competitive_benchmark", JANUARY).reason


def test_accuracy_of_audited_fields(world):
    """18 of 20 and 27 of 30 fields right: 45 of 50, 90 %, from two audits."""
    one_day = {"first": "2026-02-01", "last": "2026-02-01"}
    rows.put(
        figure("data_accuracy", 18, subject="customer", out_of=20, **one_day),
        figure("data_accuracy", 27, subject="ticket", out_of=30, **one_day),
        figure("data_accuracy", 0, out_of=9),  # of 1 January
    )
    computed()
    found = of_company("data_accuracy")
    assert (found.value, found.numerator, found.denominator) == (90, 45, 50)
    assert (found.n, found.status) == (2, "ok")
    assert found.low < 90 < found.high
    assert of_company("data_accuracy", JANUARY).status == "low_n"
    assert of_company("data_accuracy", Period(TODAY, TODAY + 1)).value is None
