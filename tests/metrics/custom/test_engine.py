"""Own metrics through the engine: what built-in ones of the same meaning give."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db.models import Sum

from crmkpi.accounts.queries import get_calendar
from crmkpi.crm.models import Channel, Opportunity
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Grain
from metrics import behind, queries
from metrics.catalog import METRICS
from metrics.custom.definitions import Line, rows_of
from metrics.custom.offered import OFFERED
from metrics.dimensions import Cut
from metrics.engine.compute import compute
from metrics.engine.requests import Request
from metrics.engine.spans import BEGINNING
from metrics.expressions import Ratio
from metrics.scopes import COMPANY_KEY, ScopeKey
from tests.metrics.custom.making import CLOSED, WON, formula, make, ratio
from tests.metrics.everything import FIRST
from tests.world import NOW, TODAY, day

GRAINS = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
BY_REF = {(each.axis.key(), each.name): each.key for each in OFFERED.values()}


def lines_of(linear):
    """Return the lines that say what a built-in sum says; None when they cannot."""
    found = []
    for ref, count in linear.terms:
        if count != 1 or (ref.axis, ref.name) not in BY_REF:
            return None
        found.append(Line(BY_REF[ref.axis, ref.name]))
    return found


def twins():
    """Return the built-in ratios that people could have made themselves."""
    for key, metric in METRICS.items():
        if not isinstance(metric.expression, Ratio) or metric.matures_after:
            continue
        above = lines_of(metric.expression.numerator)
        below = lines_of(metric.expression.denominator)
        if above and below and not metric.trailing:
            yield key, above, below


TWINS = list(twins())


def everywhere(world, key):
    """Return requests of a metric for all kinds of scope, weeks to years and all."""
    scopes = [COMPANY_KEY]
    scopes += [
        ScopeKey(int(Cut.TEAM), each.pk) for each in (world.support, world.north)
    ]
    scopes += [ScopeKey(int(Cut.AGENT), each.pk) for each in (world.alice, world.cleo)]
    calendar = get_calendar(world.org)
    spans = [
        (period.start, period.end)
        for grain in GRAINS
        for period in calendar.periods(FIRST, TODAY + 1, grain)
    ]
    spans += [(BEGINNING, TODAY + 1), (FIRST + 3, TODAY - 5)]
    return [Request(key, scope, *span) for scope in scopes for span in spans]


def test_there_are_twins():
    assert "win_rate" in {key for key, *_ in TWINS}
    assert len(TWINS) >= 4


@pytest.mark.parametrize(("key", "above", "below"), TWINS)
def test_a_ratio_gives_what_its_built_in_twin_gives(everything, key, above, below):
    twin = METRICS[key]
    made = make(
        ratio(above, below, title=key, unit=twin.unit, min_n=twin.min_n), everything.ana
    )
    asked = everywhere(everything, made.key)
    own = compute(asked, as_of=TODAY, stats=False)
    built_in = compute(
        [each._replace(metric=key) for each in asked], as_of=TODAY, stats=False
    )
    some = 0
    for request, found in own.items():
        expected = built_in[request._replace(metric=key)]
        if found.status == "no_data":
            found = replace(found, reason=expected.reason)  # other names for rows
        if METRICS[made.key].above != twin.above:
            found = replace(
                found, low=expected.low, high=expected.high, method=expected.method
            )
        assert found == expected, request
        some += found.value is not None
    assert some > 5


@pytest.mark.parametrize("channel", [int(Channel.PHONE), 0])
def test_a_ratio_of_one_channel_is_the_built_in_one_of_that_channel(
    everything, channel
):
    """Of deals of one channel; channel 0 is that of deals without one, as in cells."""
    only = (int(Cut.CHANNEL), (channel,))
    lines = [replace(line, cut=only[0], members=only[1]) for line in (WON, CLOSED)]
    made = make(ratio(lines[:1], lines[1:]), everything.ana)
    for team in (0, everything.support.pk, everything.north.pk):
        scope = ScopeKey(int(Cut.TEAM), team) if team else COMPANY_KEY
        for span in ((FIRST, TODAY + 1), (day("2025-12-01"), day("2026-01-01"))):
            own = Request(made.key, scope, *span)
            twin = Request("win_rate", ScopeKey(only[0], channel, team), *span)
            found = compute([own, twin], as_of=TODAY, stats=False)
            assert found[own].numerator == found[twin].numerator
            assert found[own].denominator == found[twin].denominator
            assert found[own].value == found[twin].value


def test_a_part_of_one_channel_against_plain_rows(everything):
    """Deals won by phone or chat among all deals decided, from the rows themselves."""
    channels = (int(Channel.PHONE), int(Channel.CHAT))
    by_phone = replace(WON, cut=int(Cut.CHANNEL), members=channels)
    made = make(ratio([by_phone], [CLOSED]), everything.ana)
    request = Request(made.key, COMPANY_KEY, FIRST, TODAY + 1)
    found = compute([request], as_of=TODAY)[request]
    decided = Opportunity.objects.filter(
        exclusion=0, closed_day__gte=FIRST, closed_day__lte=TODAY
    )
    assert found.denominator == decided.count() > 0
    won = decided.filter(state=Opportunity.State.WON, channel__in=channels)
    assert found.numerator == won.count() > 0
    assert found.method == "wilson"  # these are among those, so it is a share


def test_what_counts_some_members_is_not_split_further(everything):
    only = replace(WON, cut=int(Cut.CHANNEL), members=(1,))
    made = make(ratio([only], [CLOSED]), everything.ana)
    metric = METRICS[made.key]
    assert not metric.agents
    asked = [
        Request(made.key, ScopeKey(int(Cut.AGENT), everything.alice.pk), FIRST, TODAY),
        Request(made.key, ScopeKey(int(Cut.REGION), 1), FIRST, TODAY),
    ]
    found = compute(asked, as_of=TODAY)
    assert {each.status for each in found.values()} == {"error"}
    assert all(each.reason for each in found.values())


PAIRS = {
    "a part": ([WON], [CLOSED]),
    "other rows of the axis": ([WON], [Line("opportunitiesclosed.lost")]),
    "some of one channel": (
        [replace(WON, cut=int(Cut.CHANNEL), members=(1, 2))],
        [CLOSED],
    ),
    "of one channel on both sides": (
        [replace(WON, cut=int(Cut.CHANNEL), members=(1,))],
        [replace(CLOSED, cut=int(Cut.CHANNEL), members=(1, 2))],
    ),
    "sums of rows that meet": (
        [WON, Line("opportunitiesclosed.lost")],
        [CLOSED, Line("opportunitiesclosed.won")],
    ),
    "two kinds of records": ([WON], [Line("leadscreated.rows")]),
    "two kinds below": ([WON], [CLOSED, Line("leadscreated.rows")]),
    "money by count": ([Line("opportunitiesclosed.won_amount")], [WON]),
    "money by money": ([Line("orderspaid.cost")], [Line("orderspaid.amount")]),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_rows_behind_add_up_to_both_sides(everything, client, at_now, name):
    above, below = PAIRS[name]
    kinds = {line.offered.unit for line in (*above, *below)}
    unit = Unit.MONEY if kinds == {Unit.MONEY, Unit.COUNT} else Unit.PERCENT
    made = make(ratio(above, below, unit=unit, min_n=0), everything.ana)
    period = get_calendar(everything.org).parse("2025-Q4", today=TODAY)
    for scope in (COMPANY_KEY, ScopeKey(int(Cut.TEAM), everything.support.pk)):
        request = Request(made.key, scope, period.start, period.end)
        found = compute([request], as_of=TODAY)[request]
        behind_it = behind.behind(METRICS[made.key], scope, period, today=TODAY)
        sums = [
            sum(
                each.counted.annotate(adding=side(each)).aggregate(sum=Sum("adding"))[
                    "sum"
                ]
                or 0
                for each in behind_it
            )
            for side in (behind.above, behind.below)
        ]
        assert sums == [found.numerator, found.denominator]
        assert found.denominator
    client.force_login(everything.mona)
    for page in ("", "passport/", "rows/", "rows.csv", "values.csv"):
        answer = client.get(f"/metrics/{made.key}/{page}?period=2025-Q4")
        assert answer.status_code == 200
        text = b"".join(answer) if answer.streaming else answer.content
        assert b"Rows have changed since" not in text


def value_of(made, scope=COMPANY_KEY, start=FIRST, end=TODAY + 1):
    request = Request(made.key, scope, start, end)
    return compute([request], as_of=TODAY)[request]


def test_a_formula_is_worked_out_from_values_as_pages_show_them(everything):
    asked = [(key, COMPANY_KEY, None) for key in ("win_rate", "won_deals", "won_value")]
    rate, deals, value = (
        each.value for each in queries.read_values(asked, today=TODAY, now=NOW).values()
    )
    text = "won_value / won_deals * win_rate / 100"
    made = make(formula(text, unit=Unit.MONEY), everything.ana)
    (found,) = queries.read_values(
        [(made.key, COMPANY_KEY, None)], today=TODAY, now=NOW
    ).values()
    expected = value / deals * rate / 100  # euros by deals by a share
    assert abs(found.value - expected) < Decimal("0.0001")
    assert found.unit == Unit.MONEY
    assert found.n == min(deals, found.n)


def test_a_formula_stands_on_others(everything):
    one = make(formula("win_rate / 100", title="One"), everything.ana)
    two = make(formula("own_one * 2", title="Two"), everything.ana)
    three = make(formula("own_two + own_one", title="Three"), everything.ana)
    for scope in (COMPANY_KEY, ScopeKey(int(Cut.AGENT), everything.alice.pk)):
        rate = value_of(one, scope).value
        assert rate is not None
        assert value_of(two, scope).value == 2 * rate
        assert value_of(three, scope).value == 3 * rate


def test_what_is_missing_in_a_formula_stays_missing_with_a_reason(everything):
    early = (day("2020-01-01"), day("2020-02-01"))
    plain = make(formula("win_rate + 1", title="Plain"), everything.ana)
    found = value_of(plain, COMPANY_KEY, *early)
    assert (found.status, found.value) == ("no_data", None)
    assert "Win rate has no value here" in found.reason
    kept = make(formula("coalesce(win_rate, 50)", title="Kept"), everything.ana)
    assert value_of(kept, COMPANY_KEY, *early).value == 50
    nothing = make(formula("win_rate / (won_deals * 0)", title="No"), everything.ana)
    assert "divided by nothing" in value_of(nothing).reason


def test_coalesce_does_not_hide_what_a_scope_cannot_have(everything):
    """Win rates are not split by survey: that is no gap to be filled."""
    made = make(formula("coalesce(win_rate, 50)"), everything.ana)
    found = value_of(made, ScopeKey(int(Cut.SURVEY), 1))
    assert (found.status, found.value) == ("error", None)


def test_too_large_a_number_is_an_error_with_a_reason(everything):
    made = make(formula("won_value * 1000000000000000"), everything.ana)
    found = value_of(made)
    assert (found.status, found.value) == ("error", None)
    assert "too large" in found.reason


def test_a_sum_of_time_or_money_says_how_many_rows_it_is_made_of():
    """Time on hold is that of some of the contacts handled: they are not added."""

    def behind(*keys):
        return rows_of([Line(key) for key in keys]).describe()

    handled = "1*metrics.interactions.handled"
    assert behind("interactions.talk", "interactions.hold") == handled
    assert behind("costsspread.amount") == "1*metrics.costsspread.rows"
