"""Values split by dimension and team."""

from decimal import Decimal

import pytest

from crmkpi.lib.periods import Calendar
from metrics import breakdowns, queries
from metrics.breakdowns import Way
from metrics.catalog import METRICS
from metrics.expressions import Amount, Level
from metrics.pooling import small_ones
from metrics.scopes import Scope, company, team_scope
from metrics.splits import dimensions_of
from tests.metrics.test_figures import value
from tests.world import NOW, TODAY, World

CALENDAR = Calendar()


def split(
    key: str, by: str, everything: World, scope: Scope, period: str | None
) -> tuple[breakdowns.Breakdown, queries.Value]:
    days = None if period is None else CALENDAR.parse(period, today=TODAY)
    whole = queries.read_value(key, scope, days, today=TODAY, now=NOW)
    found = breakdowns.breakdown(
        METRICS[key],
        Way(by, by),
        scope=scope,
        period=days,
        whole=whole,
        access=everything.access(everything.mona),
        currency="EUR",
        today=TODAY,
        now=NOW,
    )
    return found, whole


WITH_DIMENSIONS = [
    (key, dimension.key)
    for key, metric in METRICS.items()
    for dimension in dimensions_of(metric)
]


# Of a rate, members add up to both of its sides, whichever of them a member lacks.
SIDES = ("n", "numerator", "denominator")


def total(values: list[queries.Value], side: str) -> Decimal | int:
    return sum(getattr(value, side) or 0 for value in values)


@pytest.mark.parametrize(("key", "by"), WITH_DIMENSIONS)
def test_members_hold_every_row_of_the_whole(
    key: str, by: str, everything: World
) -> None:
    for scope in (company(), team_scope(everything.support)):
        for period in ("2025-Q4", "2026-Q1", None):
            found, whole = split(key, by, everything, scope, period)
            if whole.n is None:
                continue
            values = [line.value for line in (*found.lines, *found.small)]
            sums = [total(values, side) for side in SIDES]
            assert sums == [getattr(whole, side) or 0 for side in SIDES], scope
            if isinstance(METRICS[key].expression, Amount | Level):
                assert total(values, "value") == whole.value


def test_teams_are_those_right_below(everything: World) -> None:
    whole, _value = split("ticket_volume", "team", everything, company(), None)
    support, _value = split(
        "ticket_volume", "team", everything, team_scope(everything.support), None
    )

    assert {line.scope for line in whole.lines} == {"team:support-emea", "team:sales"}
    assert [line.scope for line in support.lines] == ["team:support-berlin"]


def test_the_axis_holds_every_interval_and_has_better_to_the_right() -> None:
    wide = value("59", low=Decimal("52.5"), high=Decimal("65.1"))
    narrow = value("47.5", low=Decimal("40.4"), high=Decimal("54.7"))

    assert breakdowns._axis([wide, narrow], METRICS["win_rate"]) == (40, 70)
    assert breakdowns._axis([wide, narrow], METRICS["churn_rate"]) == (70, 40)
    assert breakdowns._axis([value("59")], METRICS["win_rate"]) is None


def test_a_member_is_called_different_only_when_its_interval_says_so() -> None:
    metric, whole = METRICS["win_rate"], value("55")
    low, high = Decimal("40"), Decimal("54")

    def against(**fields) -> str:
        return breakdowns._against(value("50", **fields), whole, metric)

    assert against(low=low, high=high) == "below all"
    assert against(low=low, high=Decimal("55")) == "too close to tell"
    assert against(low=Decimal("56"), high=Decimal("60")) == "above all"
    assert against(low=low, high=high, status="low_n") == "too few to judge"
    assert against() == ""


def test_small_members_are_counted_together(everything: World) -> None:
    found, whole = split("win_rate", "region", everything, company(), None)
    assert found.pooled is not None and len(found.small) > 1
    held = [line.value for line in (*found.lines, *found.small)]
    small = [line.value for line in found.small]
    won = sum(value.numerator or 0 for value in small)
    closed = sum(value.denominator or 0 for value in small)

    together = found.pooled.value
    assert (together.numerator, together.denominator) == (won, closed)
    assert together.value == Decimal(100) * won / closed
    assert all((value.n or 0) < METRICS["win_rate"].min_n for value in small)
    assert sum(value.n or 0 for value in held) == whole.n
    rates = [value.value or Decimal(0) for value in small]
    assert together.value != sum(rates) / len(rates)


def test_costs_that_brought_nothing_are_a_line_of_their_own(everything: World) -> None:
    """Two shares of marketing costs of a campaign without leads: 10.25 and 10.55."""
    found, _whole = split(
        "lead_generation_cost", "campaign", everything, company(), None
    )

    spring = next(line for line in found.lines if line.label == "Spring")
    assert spring.value.value is None
    assert spring.count == "€20.80 for 0 leads"


def test_a_single_small_member_stays_alone_and_medians_are_not_added() -> None:
    low = value("40", status="low_n", numerator=Decimal(2), denominator=Decimal(5))
    other = value("50", status="low_n", numerator=Decimal(1), denominator=Decimal(2))
    median = value("7", status="low_n", numerator=Decimal(9), denominator=Decimal(4))
    metric = METRICS["win_rate"]

    assert small_ones([low, other], metric) == [low, other]
    assert small_ones([low], metric) == []
    assert small_ones([low, median], metric) == []


def test_many_members_take_as_many_queries_as_few(
    everything: World, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(40) as seen:
        split("ticket_volume", "channel", everything, company(), "2025-10-01")
    one = len(seen)
    with django_assert_max_num_queries(one + 2):  # another grain, a second statement
        split(
            "ticket_volume", "channel", everything, company(), "2025-10-02..2026-02-13"
        )
