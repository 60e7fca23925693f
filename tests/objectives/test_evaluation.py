"""Key results judged from rows, against numbers worked out by hand.

Today is Friday 13 February 2026; Q1 has 90 days, of which 43 have closed:
31 in January and 12 in February.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crmkpi.crm.models import ImportRun
from metrics.scopes import parse_scope
from metrics.services import drain
from objectives import services
from objectives.evaluation import (
    evaluate,
    evaluate_due,
    evaluate_many,
    latest_evaluations,
    mark_due,
    rolled_up,
)
from objectives.models import DueEvaluation, Evaluation, KeyResult, TargetVersion
from objectives.rules import Step
from objectives.scoring import KrStatus
from tests.metrics import rows
from tests.objectives.cast import deals, key_result, numbers, objective, put
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db


def judged(result: KeyResult) -> Evaluation:
    return Evaluation.objects.get(key_result=result, day=TODAY)


def test_a_rate_on_its_way(world):
    # 20 of 40 decided in January, today 10 of 10 that do not count yet.
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))

    found = judged(key_result(world, objective(world)))

    assert found.closed_to == TODAY
    assert (found.numerator, found.denominator, found.n) == (20, 40, 40)
    assert found.value_closed == 50
    assert found.value_now == 60  # 30 of 50
    assert found.progress == Decimal("0.5")  # (50 − 40) ÷ (60 − 40)
    assert found.expected == Decimal("0.477778")  # 43 ÷ 90
    assert found.expected_value == Decimal("49.555556")  # 40 + 20 × 43 ÷ 90
    assert found.pace == Decimal("1.0465")  # 0.5 × 90 ÷ 43
    assert found.status == KrStatus.ON_TRACK
    assert found.reach is None  # one day with cases tells nothing of the rest
    assert found.metric_version == 1


def test_what_is_printed_beside_a_rate_belongs_to_the_value_of_now(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    put(*deals(world, on="2026-02-13", won=10))

    found = judged(key_result(world, objective(world)))

    assert (found.numerator_now, found.denominator_now, found.n_now) == (30, 50, 50)


def test_the_same_closed_part_of_other_periods(world):
    # 43 days have closed: 1 October to 12 November 2025, 1 January to 12 February 2025.
    put(*deals(world, on="2025-11-12", won=3, lost=1))
    put(*deals(world, on="2025-11-13", won=50))  # a day too late
    put(*deals(world, on="2025-02-12", won=1, lost=4))
    put(*deals(world, on="2026-01-20", won=20, lost=20))

    compared = judged(key_result(world, objective(world))).compared

    assert compared["previous"]["value"] == "75.000000"
    assert compared["previous"]["n"] == 4
    assert compared["last-year"]["value"] == "20.000000"
    # Wilson, 3 of 4: centre (0.75 + 1.9207 ÷ 4) ÷ (1 + 3.8415 ÷ 4) = 0.6275
    low, high = (float(compared["previous"][end]) for end in ("low", "high"))
    assert (low + high) / 2 == pytest.approx(62.75, abs=0.01)


def test_nothing_to_compare_with_is_kept_as_such(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))

    compared = judged(key_result(world, objective(world))).compared

    assert compared["previous"]["value"] is None
    assert compared["previous"]["n"] == 0


def test_too_few_cases_are_too_early(world):
    put(*deals(world, on="2026-01-20", won=10, lost=19))  # 29; the metric wants 30

    assert judged(key_result(world, objective(world))).status == KrStatus.TOO_EARLY


def test_no_cases_are_no_data_and_never_nought(world):
    put(*deals(world, on="2025-12-30", won=40, lost=40))

    found = judged(key_result(world, objective(world)))

    assert (found.value_closed, found.progress) == (None, None)
    assert found.status == KrStatus.NO_DATA
    assert found.reason == "No deals decided in this period."


def test_a_total_without_rows_is_nought(world):
    put(*deals(world, on="2025-12-30", won=1))

    found = judged(
        key_result(
            world,
            objective(world),
            metric="won_deals",
            direction="at_least",
            aim=numbers(target=100),
        )
    )

    assert (found.value_closed, found.progress) == (0, 0)
    assert found.status == KrStatus.OFF_TRACK


def test_a_total_is_paced_by_business_days(world):
    # One deal on every business day so far: without a history of eight weeks the
    # opening hours say which days count. Q1 has 64 of them, 31 have closed.
    for each in range(day("2026-01-01"), TODAY):
        if (each + 3) % 7 < 5:
            rows.put(
                rows.deal(
                    world.alice, world.berlin, opened=each - 9, closed=each, won=True
                )
            )
    drain(now=NOW)

    found = judged(
        key_result(
            world,
            objective(world),
            metric="won_deals",
            direction="at_least",
            aim=numbers(target=64),
        )
    )

    assert found.value_closed == 31
    assert found.expected == Decimal("0.484375")  # 31 ÷ 64
    assert found.pace == 1
    assert found.forecast == 64  # one a day for the 33 days left
    assert (found.forecast_low, found.forecast_high) == (64, 64)
    assert found.reach == 1.0
    assert found.status == KrStatus.ON_TRACK


def test_what_came_on_a_day_off_is_not_lost_to_the_forecast(world):
    # Saturday 10 January brings 5: the run-rate is 5 in 31 days, so 5 + 33 × 5 ÷ 31.
    put(*deals(world, on="2026-01-02", lost=1))
    put(*deals(world, on="2026-01-10", won=5))

    found = judged(
        key_result(
            world,
            objective(world),
            metric="won_deals",
            direction="at_least",
            aim=numbers(target=64),
        )
    )

    assert found.value_closed == 5
    assert float(found.forecast) == pytest.approx(5 + 33 * 5 / 31, abs=1e-5)


def test_a_hold_counts_its_weeks(world):
    # Weeks from Monday 5 January: 8 of 10, 4 of 10, 9 of 10 won; the rest is empty.
    put(*deals(world, on="2026-01-07", won=8, lost=2))
    put(*deals(world, on="2026-01-14", won=4, lost=6))
    put(*deals(world, on="2026-01-21", won=9, lost=1))

    found = judged(
        key_result(
            world,
            objective(world),
            direction="at_least",
            aim=numbers(target=75, red=65),
        )
    )

    assert found.value_closed == 70  # 21 of 30
    assert found.progress == Decimal("0.5")  # half-way between red and the target
    assert found.expected is None
    assert found.status == KrStatus.WATCH
    assert (found.weeks_in_band, found.weeks) == (2, 3)


def test_a_state_is_taken_at_the_close_of_the_last_day(world):
    made = rows.deal(world.alice, world.berlin, opened=day("2026-01-05"))
    put(made)
    crm = rows.crm
    put(
        crm.StageSpell(
            opportunity=made,
            stage=made.stage,
            agent=world.alice,
            team=world.berlin,
            started_day=day("2026-01-05"),
        ),
        crm.StageSpell(
            opportunity=made,
            stage=made.stage,
            agent=world.alice,
            team=world.berlin,
            started_day=TODAY,
        ),
    )

    found = judged(
        key_result(
            world,
            objective(world),
            metric="open_opportunities",
            direction="increase",
            aim=numbers(baseline=0, target=4),
        )
    )

    assert (found.value_closed, found.value_now) == (1, 2)
    assert found.progress == Decimal("0.25")


def test_a_trailing_window_reaches_back_before_the_cycle(world):
    put(*deals(world, on="2025-12-20", won=30, lost=10))
    put(*deals(world, on="2026-01-20", lost=20))

    found = judged(key_result(world, objective(world), window_days=90))

    assert (found.numerator, found.denominator) == (30, 60)


def test_the_target_in_force_counts(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))
    services.change_target(
        key_result=result,
        expected_number=1,
        numbers=numbers(baseline=40, target=50),
        effective_day=TODAY,
        reason="The market shrank.",
        approver=world.mona,
        actor=world.ana,
        now=NOW,
    )

    found = judged(result)

    assert found.progress == 1
    assert found.status == KrStatus.ACHIEVED_SO_FAR
    assert found.target_version.number == 2


def test_an_imported_journey_without_a_way_is_a_hold(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))
    TargetVersion.objects.filter(key_result=result).update(baseline=60, red=40)

    assert evaluate(result, now=NOW).progress == Decimal("0.5")


def test_a_target_that_contradicts_itself_does_not_stop_the_others(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal = objective(world)
    bad, good = key_result(world, goal), key_result(world, goal)
    TargetVersion.objects.filter(key_result=bad).update(target=None)

    evaluate_many([bad.pk, good.pk], now=NOW)

    assert judged(bad).status == KrStatus.NO_DATA
    assert judged(bad).reason == "The target is missing."
    assert judged(good).status == KrStatus.ON_TRACK


def test_before_a_day_has_closed_nothing_is_judged(world):
    put(*deals(world, on="2026-01-01", won=20, lost=20))
    quarter = objective(world).cycle
    quarter.start_day = TODAY
    quarter.save()

    found = judged(key_result(world, objective(world)))

    assert found.status == KrStatus.TOO_EARLY
    assert found.value_closed is None
    assert found.reason == "No day of the cycle has closed yet."


def test_a_source_that_fell_silent_makes_it_stale(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    source = rows.source()
    source.last_success_at = NOW - timedelta(days=3)
    source.expected_every_days = 1
    source.save()
    ImportRun.objects.create(
        record="opportunity",
        source=source,
        state=ImportRun.State.DONE,
        started_at=NOW - timedelta(days=3),
    )

    found = judged(key_result(world, objective(world)))

    assert found.status == KrStatus.STALE
    assert found.value_closed == 50  # shown in grey
    assert found.data_day == TODAY - 3


def test_a_source_within_twice_its_interval_is_fresh(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    source = rows.source()
    source.last_success_at = NOW - timedelta(days=2)
    source.save()
    ImportRun.objects.create(
        record="opportunity",
        source=source,
        state=ImportRun.State.DONE,
        started_at=NOW - timedelta(days=2),
    )

    assert judged(key_result(world, objective(world))).status == KrStatus.ON_TRACK


def test_milestones(world):
    result = services.add_milestones(
        objective=objective(world),
        title="Launch",
        steps=[
            Step("Plan", Decimal(1), day("2026-01-31")),
            Step("Build", Decimal(1), day("2026-02-28")),
            Step("Launch", Decimal(2), day("2026-03-31")),
        ],
        actor=world.ana,
        now=NOW,
    )
    plan = result.milestones.first()
    services.tick_milestone(milestone=plan, done=True, actor=world.ana, now=NOW)

    found = judged(result)

    assert found.progress == Decimal("0.25")
    assert found.expected == Decimal("0.25")  # only the plan was due
    assert found.status == KrStatus.ON_TRACK


def test_doing_it_twice_leaves_one_row_a_day(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))

    evaluate(result, now=NOW)
    evaluate(result, now=NOW + timedelta(days=1))

    days = Evaluation.objects.filter(key_result=result).values_list("day", flat=True)
    assert sorted(days) == [TODAY, TODAY + 1]
    assert latest_evaluations([result])[result.pk].day == TODAY + 1


def test_changed_figures_mark_key_results_in_the_same_transaction(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))
    evaluate_due(now=NOW)
    assert not DueEvaluation.objects.exists()

    put(*deals(world, on="2026-01-21", won=20))

    assert set(DueEvaluation.objects.values_list("key_result_id", flat=True)) == {
        result.pk
    }
    assert evaluate_due(now=NOW) == 1
    assert not DueEvaluation.objects.exists()
    assert judged(result).value_closed == Decimal("66.666667")  # 40 of 60


def test_a_lost_bell_loses_nothing(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    def broken(*_args, **_options):
        raise ConnectionError("the broker is away")

    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))
    monkeypatch.setattr("objectives.tasks.evaluate_due.delay", broken)
    monkeypatch.setattr("metrics.tasks.refresh.apply_async", broken)

    with django_capture_on_commit_callbacks(execute=True) as bells:
        put(*deals(world, on="2026-01-21", won=20))

    assert bells

    assert DueEvaluation.objects.filter(key_result_id=result.pk).exists()


def test_a_bell_wakes_a_worker(world, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))
    monkeypatch.setattr("metrics.tasks.refresh.apply_async", lambda **_: None)
    monkeypatch.setattr("objectives.tasks.evaluate_due.delay", lambda: rung.append(1))

    with django_capture_on_commit_callbacks(execute=True):
        put(*deals(world, on="2026-01-21", won=20))

    assert rung


def test_a_rolled_back_change_leaves_no_mark(world):
    key_result(world, objective(world))
    DueEvaluation.objects.all().delete()

    with transaction.atomic():
        mark_due([parse_scope("team:support-berlin").key])
        transaction.set_rollback(True)

    assert not DueEvaluation.objects.exists()


def test_a_new_day_is_judged_without_a_mark(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    key_result(world, objective(world))
    evaluate_due(now=NOW)

    assert evaluate_due(now=NOW) == 0
    assert evaluate_due(now=NOW + timedelta(days=1)) == 1


def test_a_closed_cycle_is_not_restated(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    result = key_result(world, objective(world))
    later = NOW + timedelta(days=60)
    services.close_cycle(cycle=result.objective.cycle, actor=world.mona, now=later)
    final = latest_evaluations([result])[result.pk]

    put(*deals(world, on="2026-01-21", won=20))

    assert evaluate_due(now=later) == 0
    assert latest_evaluations([result])[result.pk] == final
    assert (final.status, final.value_closed) == (KrStatus.MISSED, 50)


def test_the_roll_up_leaves_out_what_has_no_data(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal = objective(world)
    half = key_result(world, goal, weight=Decimal(3))
    none = key_result(world, goal, metric="csat", aim=numbers(baseline=70, target=80))
    found = latest_evaluations([half, none])

    rollup = rolled_up((each, found.get(each.pk)) for each in (half, none))

    assert (rollup.progress, rollup.coverage) == (Decimal("0.5"), Decimal("0.75"))
    assert rollup.status == KrStatus.ON_TRACK


def test_fifty_key_results_take_as_many_queries_as_one(world):
    put(*deals(world, on="2026-01-20", won=20, lost=20))
    goal = objective(world)
    first = key_result(world, goal)
    with CaptureQueriesContext(connection) as one:
        evaluate_many([first.pk], now=NOW)

    many = [key_result(world, goal, title=f"No. {number}").pk for number in range(49)]
    with CaptureQueriesContext(connection) as fifty:
        evaluate_many([first.pk, *many], now=NOW)

    assert len(fifty) == len(one)
