"""Predictions from rows in the database to the two metrics, and back out again."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crmkpi.crm import models as crm
from metrics import analytics, tasks
from metrics.analytics import services
from metrics.analytics.models import CustomerPrediction, LifetimeFit
from tests.metrics import rows
from tests.metrics.analytics.test_predicting import UNTIL, customers
from tests.metrics.catalog.ask import computed, of_agent, of_company, of_team
from tests.world import NOW, TODAY, day

YESTERDAY = TODAY - 1
SHIFT = YESTERDAY - UNTIL


def customer(name, owner, team, **fields):
    return crm.Customer.objects.create(
        source=rows.source(),
        external_id=name,
        name=name,
        agent=owner,
        acquired_team=team,
        written_at=NOW,
        **fields,
    )


def write_orders(world, bought, **fields):
    """Write customers of Cleo, of every third Alice, with the days they bought on."""
    people = [(world.alice, world.berlin), *[(world.cleo, world.north)] * 2]
    orders, spells = [], []
    for number, days in bought.items():
        owner, team = people[number % 3]
        one = customer(f"c{number}", owner, team, **fields)
        for on, amount in days.items():
            orders.append(
                rows.order(
                    owner, team, paid=on + SHIFT, amount=int(amount), customer=one
                )
            )
        spells.append(
            crm.CustomerSpell(
                customer=one,
                agent=owner,
                team=team,
                started_day=min(days) + SHIFT,
                ended_day=None if number % 5 else YESTERDAY,
            )
        )
    crm.Order.objects.bulk_create(orders)
    crm.CustomerSpell.objects.bulk_create(spells)


@pytest.fixture
def enough(world):
    pytest.importorskip("scipy")
    write_orders(
        world, customers(240, worth=lambda number, _t: 40_00 + number % 7 * 5_00)
    )


def test_a_fit_predicts_each_customer_and_is_what_the_metrics_say(world, enough):
    """48 of 240 customers, every fifth, were active no more: 192 count."""
    fit = services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    computed()
    assert (fit.customers, fit.refusal, fit.value_refusal) == (240, "", "")
    told = list(CustomerPrediction.objects.filter(is_active=True))
    assert CustomerPrediction.objects.count() == 240
    assert len(told) == 192

    worth = of_company("predicted_lifetime_value")
    total = Decimal(sum(each.value for each in told)) / 100
    assert worth.n == 192
    assert worth.value == pytest.approx(total / 192)
    assert worth.stats["in_all"] == total
    assert worth.stats["holdout_error"] == pytest.approx(Decimal(fit.holdout_error))

    gone = of_company("defection_propensity")
    shares = [each.gone_share for each in told]
    assert gone.value == pytest.approx(Decimal(sum(shares)) / 192 / 100)
    assert gone.stats["at_risk"] == sum(share >= 5_000 for share in shares)
    assert gone.stats["brier_score"] == pytest.approx(Decimal(fit.brier))

    of_cleo = [each.value for each in told if each.agent_id == world.cleo.pk]
    for found in (
        of_agent("predicted_lifetime_value", world.cleo),
        of_team("predicted_lifetime_value", world.sales),
    ):
        assert found.value == pytest.approx(Decimal(sum(of_cleo)) / len(of_cleo) / 100)
    assert of_agent("defection_propensity", world.bob).status == "no_data"


def test_the_passport_names_the_day_and_the_customers_of_the_fit(world, enough, client):
    client.force_login(world.mona)
    page = "/metrics/predicted_lifetime_value/passport/?period=2026-02"
    assert b"The model was fitted" not in client.get(page).content
    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    computed()
    told = b"fitted to purchases up to 12 Feb 2026, of 240 customers over"
    assert told in client.get(page).content


def test_fitting_twice_changes_nothing(world, enough):
    def stored():
        return set(CustomerPrediction.objects.values_list("customer", "value"))

    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    first = stored()
    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    assert stored() == first
    assert LifetimeFit.objects.count() == 1


def test_what_does_not_count_is_not_fitted(world, enough):
    """A test account, orders not paid, that lie ahead or have no customer."""
    known = services._purchases(YESTERDAY)
    odd = customer("odd", world.cleo, world.north, exclusion=crm.Exclusion.TEST)
    good = crm.Customer.objects.get(external_id="c1")
    paid = {"amount": 1_00, "paid": YESTERDAY}
    rows.put(
        rows.order(world.cleo, world.north, customer=odd, **paid),
        rows.order(world.cleo, world.north, **paid),
        rows.order(world.cleo, world.north, customer=good, amount=100, paid=TODAY),
        rows.order(world.cleo, world.north, customer=good, **paid, exclusion=1),
        rows.order(
            world.cleo,
            world.north,
            customer=good,
            **paid,
            state=crm.Order.State.PENDING,
        ),
    )
    assert services._purchases(YESTERDAY) == known
    rows.put(
        *(
            rows.order(world.cleo, world.north, customer=good, **paid)
            for _twice in range(2)
        )
    )
    assert services._purchases(YESTERDAY)[good.pk][YESTERDAY] == 2_00


def test_too_few_customers_say_so(world):
    pytest.importorskip("scipy")
    write_orders(world, customers(20))
    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    computed()
    for key in ("predicted_lifetime_value", "defection_propensity"):
        found = of_company(key)
        assert (found.status, found.value) == ("no_data", None)
        assert found.reason == "Fewer than 200 customers had bought."


def test_who_buys_more_and_spends_more_has_no_value_but_a_chance(world):
    pytest.importorskip("scipy")
    write_orders(world, customers(240, worth=lambda _number, times: times * 90_00))
    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    computed()
    value = of_company("predicted_lifetime_value")
    assert value.value is None and "spends differently" in value.reason
    assert of_company("defection_propensity").value > 0


def test_without_scipy_the_metrics_say_what_is_missing(world, monkeypatch):
    monkeypatch.setattr(analytics, "find_spec", lambda _name: None)
    assert tasks.predict_lifetimes() is False
    with pytest.raises(CommandError, match="extra “analytics”"):
        call_command("fit_lifetimes")
    computed()
    found = of_company("predicted_lifetime_value")
    assert found.status == "no_data" and "extra “analytics”" in found.reason


def fitted(as_of, **fields):
    return LifetimeFit.objects.create(
        as_of_day=as_of, fitted_at=NOW, customers=300, weeks=30, **fields
    )


def predicted(fit, one, **fields):
    known = {"expected_purchases": 1, "alive_share": 9_000, "gone_share": 2_500}
    return CustomerPrediction(
        fit=fit,
        customer=one,
        as_of_day=fit.as_of_day,
        agent=one.agent,
        team=one.acquired_team,
        **{"is_active": True, "value": 100_00, **known, **fields},
    )


def test_the_latest_prediction_within_five_weeks_of_the_end_counts(world):
    """Of 35 days before the end one speaks for it, of 36 none does."""
    one = customer("one", world.cleo, world.north)
    two = customer("two", world.cleo, world.north)
    end = day("2026-01-01")
    rows.put(
        predicted(fitted(end - 35), one, value=70_00),
        predicted(fitted(end), one, value=90_00),
        predicted(fitted(end + 10), two, value=20_00),
        predicted(LifetimeFit.objects.get(as_of_day=end + 10), one, is_active=False),
    )
    computed()

    def read(first, last):
        period = rows_period(first, last)
        return of_company("predicted_lifetime_value", period).value

    assert read("2025-12-01", "2026-01-01") == 70
    assert read("2025-12-02", "2026-01-02") == 90  # made on its last day
    assert read("2026-01-01", "2026-02-01") == 20
    none = of_company(
        "predicted_lifetime_value", rows_period("2025-12-01", "2025-12-31")
    )
    assert none.value == 70
    LifetimeFit.objects.filter(as_of_day=end).delete()
    later = of_company(
        "predicted_lifetime_value", rows_period("2026-01-01", "2026-01-02")
    )
    assert later.value is None and "five weeks" in later.reason


def rows_period(first, end):
    from crmkpi.lib.periods import Period

    return Period(day(first), day(end))


def test_a_customer_left_out_of_everything_is_left_out_here(world):
    """2,500 and 7,500 of 10,000 are 50 % on average; one is at risk."""
    people = [customer(name, world.cleo, world.north) for name in "ab"]
    odd = customer("odd", world.cleo, world.north, exclusion=crm.Exclusion.TEST)
    fit = fitted(YESTERDAY)
    rows.put(
        predicted(fit, people[0]),
        predicted(fit, people[1], gone_share=7_500),
        predicted(fit, odd, gone_share=10_000),
    )
    computed()
    found = of_company("defection_propensity")
    assert (found.value, found.n, found.status) == (50, 2, "low_n")
    assert found.stats["at_risk"] == 1


def test_once_a_week_and_again_the_day_after_a_refusal(world):
    pytest.importorskip("scipy")
    assert services.fit_if_due(now=NOW).refusal
    assert services.fit_if_due(now=NOW) is None
    assert services.fit_if_due(now=NOW + timedelta(days=1)).refusal
    LifetimeFit.objects.update(refusal="")
    assert services.fit_if_due(now=NOW + timedelta(days=7)) is None
    assert services.fit_if_due(now=NOW + timedelta(days=8)) is not None


def test_of_old_fits_the_last_of_each_month_is_kept(world):
    pytest.importorskip("scipy")
    for on in ("2025-11-08", "2025-11-22", "2025-12-06", "2025-12-27", "2026-01-20"):
        fitted(day(on), refusal="customers")
    services.fit_lifetimes(as_of=YESTERDAY, now=NOW)
    kept = set(LifetimeFit.objects.values_list("as_of_day", flat=True))
    assert kept == {day("2025-11-22"), day("2025-12-27"), day("2026-01-20"), YESTERDAY}


def test_the_command_says_what_it_found(world, enough, at_now):
    said = StringIO()
    call_command("fit_lifetimes", "--as-of", "2026-02-11", stdout=said)
    assert "2026-02-11: 240 customers" in said.getvalue()
    assert "Gamma-Gamma p" in said.getvalue()
    with pytest.raises(CommandError, match="not over yet"):
        call_command("fit_lifetimes", "--as-of", "2026-02-13")
