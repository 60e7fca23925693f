"""What channels reach and move, worked out by hand."""

import pytest

from crmkpi.crm import models as crm
from crmkpi.crm.models import Channel
from crmkpi.lib.periods import Period
from metrics import queries
from metrics.scopes import parse_scope
from tests.metrics import rows
from tests.metrics.catalog.ask import FEBRUARY, computed, of_agent, of_company, of_team
from tests.world import NOW, TODAY, day

FIRST = day("2026-02-01")
MARCH = Period(day("2026-03-01"), day("2026-04-01"))
SOCIAL, EMAIL, WEB, APP = Channel.SOCIAL, Channel.EMAIL, Channel.WEB, Channel.APP


def figures(channel, *days, **fields):
    rows.put(*(rows.figures(channel, on=on, **fields) for on in days))


def of_channel(key, channel):
    scope = parse_scope(f"channel:{channel.name.lower()}")
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW)


@pytest.mark.parametrize(
    "key",
    [
        "engagement_rate",
        "website_visits",
        "website_visitors",
        "time_on_site",
        "social_engagements",
        "app_usage",
    ],
)
def test_without_figures_there_is_no_number_but_a_reason(world, key):
    found = of_company(key)
    assert (found.value, found.status) == (None, "no_data")
    assert found.reason
    figures(SOCIAL, FIRST - 40, reach=1, engagements=1, active_users=1)
    figures(WEB, FIRST - 40, visits=1, visitors=1, visit_seconds=1)
    computed()
    if key not in ("website_visits", "social_engagements"):
        assert of_company(key).value is None
    else:
        assert of_company(key).value == 0


def test_engagement_rate_adds_up_both_sides(world):
    """Social 10 of 100 and 30 of 900, e-mail 60 of 200: 4 %, 30 %, together 100 of
    1,200. A figure without reach, a test and the days around do not count.
    """
    figures(SOCIAL, FIRST, reach=100, engagements=10, team=world.north)
    figures(SOCIAL, TODAY, reach=900, engagements=30)
    figures(EMAIL, FIRST, reach=200, engagements=60)
    figures(EMAIL, FIRST + 1, engagements=500)
    figures(EMAIL, FIRST + 2, reach=500)
    figures(EMAIL, FIRST - 1, TODAY + 1, reach=1, engagements=1)
    figures(EMAIL, FIRST, reach=1, engagements=1, exclusion=crm.Exclusion.TEST)
    computed()
    found = of_company("engagement_rate")
    assert (found.numerator, found.denominator, found.n) == (100, 1_200, 3)
    assert found.low is None
    assert of_channel("engagement_rate", SOCIAL).value == 4
    assert of_channel("engagement_rate", EMAIL).value == 30
    assert of_team("engagement_rate", world.sales).value == 10
    assert of_team("engagement_rate", world.support).value is None
    assert of_agent("engagement_rate", world.cleo).status == "error"


def test_website_visits_and_the_time_they_take(world):
    """300 visits of 90 s and 100 of 30 s: 400, on average 75 s, not 60.

    50 visits of unknown length count as visits alone.
    """
    figures(WEB, FIRST, visits=300, visit_seconds=27_000)
    figures(WEB, TODAY, visits=100, visit_seconds=3_000, team=world.north)
    figures(WEB, FIRST + 1, visits=50)
    figures(WEB, FIRST - 1, TODAY + 1, visits=7, visit_seconds=7)
    figures(WEB, FIRST, visits=9, visit_seconds=9, exclusion=crm.Exclusion.TEST)
    computed()
    visits = of_company("website_visits")
    assert (visits.value, visits.n) == (450, 3)
    lasted = of_company("time_on_site")
    assert (lasted.value, lasted.numerator, lasted.denominator) == (75, 30_000, 400)
    assert lasted.n == 2
    assert of_team("website_visits", world.sales).value == 100
    assert of_team("time_on_site", world.sales).value == 30


@pytest.mark.parametrize(
    ("key", "column"),
    [("website_visitors", "visitors"), ("app_usage", "active_users")],
)
def test_people_of_a_day_are_averaged_over_days_with_a_figure(world, key, column):
    """100 and 60 + 40 on two days, 0 on a third, nothing on the others: 200 ÷ 3.

    Two figures of one day, here of two teams, are of one day.
    """
    figures(APP, FIRST, **{column: 100})
    figures(APP, FIRST + 1, **{column: 60}, team=world.north)
    figures(APP, FIRST + 1, **{column: 40}, team=world.berlin)
    figures(APP, TODAY, **{column: 0})
    figures(APP, FIRST + 3, reach=10)
    figures(APP, FIRST - 1, TODAY + 1, **{column: 999})
    figures(APP, FIRST + 4, **{column: 999}, exclusion=crm.Exclusion.TEST)
    computed()
    found = of_company(key)
    assert (found.numerator, found.n, found.stats["days"]) == (200, 4, 3)
    assert round(found.value, 3) == round(found.numerator / 3, 3)
    assert of_team(key, world.sales).value == 60
    assert of_team(key, world.support).value == 40
    none = of_channel(key, EMAIL)
    assert (none.value, none.status) == (None, "no_data")


def test_social_engagements_are_those_of_one_channel(world):
    figures(SOCIAL, FIRST, TODAY, engagements=20, reach=400)
    figures(SOCIAL, FIRST + 1, engagements=5, team=world.north)
    figures(SOCIAL, FIRST - 1, engagements=1)
    figures(SOCIAL, FIRST + 2, reach=400)
    figures(EMAIL, FIRST, engagements=100)
    computed()
    found = of_company("social_engagements")
    assert (found.value, found.n) == (45, 3)
    assert of_team("social_engagements", world.sales).value == 5
    assert of_company("social_engagements", MARCH).value is None
