"""All figures anew: other settings and rebuilds, whole or not at all."""

from datetime import timedelta

import pytest
from django.db.models import Q

from crmkpi.accounts import services
from crmkpi.accounts.models import AuditEvent, Recalculation
from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.services import RecalculationRunning, Refused
from crmkpi.crm.models import FxRate, Order
from crmkpi.lib.periods import Calendar, Grain
from metrics import queries, recalculating, tasks
from metrics.engine import marks, refresh
from metrics.measures.orders import OrdersPaid
from metrics.models import Cause, Slot
from metrics.scopes import company
from metrics.services import drain
from objectives.tasks import evaluate_due
from tests.crm.rows import at, order, take
from tests.metrics.engine.state import assert_equal_from_scratch
from tests.world import NOW, TODAY, day

LATER = NOW + timedelta(minutes=5)
State = Recalculation.State


def ask(world, **changes):
    changes = {"holidays": [], **changes}
    return services.ask_for_settings(actor=world.adam, now=NOW, **changes)


def begin():
    return recalculating.begin(now=NOW)


def work():
    return recalculating.drain(clock=lambda: LATER)


def last():
    return Recalculation.objects.first()


def actions():
    events = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    return [each for each in events if not each.startswith("key.")]


def revenue(on):
    asked = ("new_revenue", company().key, Calendar().period(on, Grain.MONTH))
    return queries.read_values([asked], today=TODAY, now=NOW)[asked]


@pytest.fixture
def sold(world):
    """An order of 1 February 00:30 in Berlin, still January in New York."""
    take("customer", {"name": "Acme", "owner": "Cleo"})
    take("order", order(paid=at("2026-01-31 23:30")))
    drain(now=NOW)
    return world


def test_figures_stay_old_until_all_rows_are_on_their_new_days(sold):
    january, february = day("2026-01-31"), day("2026-02-01")
    ask(sold, zone="America/New_York")
    assert get_organisation().zone == "Europe/Berlin"
    assert Order.objects.get().paid_day == february
    assert (revenue(february).value, revenue(february).is_recalculating) == (100, False)

    assert begin()
    assert get_organisation().zone == "America/New_York"
    assert Order.objects.get().paid_day == january
    assert last().state == State.CELLS
    assert last().total > 0
    assert revenue(february).is_recalculating

    assert work().is_empty
    assert (last().state, last().is_open, last().finished_at) == (
        State.DONE, False, LATER,
    )  # fmt: skip
    assert get_organisation().recalculating_since is None
    assert (revenue(january).value, revenue(january).is_recalculating) == (100, False)
    assert actions() == [
        "recalculation.asked", "organisation.updated", "recalculation.done",
    ]  # fmt: skip
    assert_equal_from_scratch()


def test_a_wish_that_moves_no_day_is_saved_at_once(world):
    assert ask(world, name="Southwind") is None
    assert get_organisation().name == "Southwind"
    assert not begin()


def test_holidays_alone_are_a_wish_too(world):
    asked = ask(world, holidays=[(TODAY, "Carnival")])
    assert asked.wish == {"holidays": [[TODAY, "Carnival"]]}
    assert begin()
    assert get_organisation().calendar_version == world.org.calendar_version + 1


def test_a_worker_that_dies_leaves_everything_as_it_was(sold, monkeypatch):
    ask(sold, zone="America/New_York", week_start=6)

    def die(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("metrics.engine.versions.bump_all", die)
        with pytest.raises(KeyboardInterrupt):
            begin()
    assert (last().state, last().attempts) == (State.ROWS, 1)
    assert get_organisation().zone == "Europe/Berlin"
    assert Order.objects.get().paid_day == day("2026-02-01")
    assert not revenue(day("2026-02-01")).is_recalculating

    assert begin()
    work()
    assert last().state == State.DONE
    assert Order.objects.get().paid_day == day("2026-01-31")


def test_an_attempt_that_always_fails_is_given_up(world, monkeypatch):
    ask(world, zone="America/New_York")

    def fail(**_):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("metrics.engine.versions.bump_all", fail)
        for _ in range(recalculating.ATTEMPTS):
            with pytest.raises(RuntimeError):
                begin()
        assert (last().error, last().is_open) == ("RuntimeError", True)
    assert not begin()
    assert (last().state, last().error) == (State.FAILED, "RuntimeError")
    assert get_organisation().zone == "Europe/Berlin"
    assert actions()[-1] == "recalculation.failed"
    assert ask(world, zone="America/New_York").attempts == 0


def test_a_wish_that_has_become_impossible_fails_with_its_reason(world):
    ask(world, zone="America/New_York", currency="JPY")
    FxRate.objects.create(currency="USD", day=TODAY, rate="0.9")
    assert not begin()
    assert last().state == State.FAILED
    assert "amounts are already stored" in last().error
    assert get_organisation().zone == "Europe/Berlin"


def test_only_one_at_a_time(world, monkeypatch):
    services.ask_for_rebuild(actor=world.adam, now=NOW)
    with pytest.raises(RecalculationRunning):
        ask(world, zone="America/New_York", name="Southwind")
    assert get_organisation().name == "Northwind"
    ask(world, name="Southwind")  # what moves no day need not wait for a rebuild
    assert get_organisation().name == "Southwind"
    look = "crmkpi.accounts.services.recalculation._refuse_while_running"
    monkeypatch.setattr(look, lambda **_: None)  # two at once saw nothing under way
    with pytest.raises(RecalculationRunning):
        services.ask_for_rebuild(actor=world.adam, now=NOW)
    assert Recalculation.objects.count() == 1


def test_no_setting_changes_while_settings_are_recalculated(world):
    ask(world, week_start=6)
    with pytest.raises(RecalculationRunning):
        ask(world, name="Southwind")
    begin()
    work()
    ask(world, name="Southwind", week_start=0)
    assert last().wish == {"name": "Southwind", "week_start": 0}


def test_a_rebuild_counts_its_slots(sold):
    services.ask_for_rebuild(actor=sold.mona, now=NOW)
    assert begin()
    slots = Slot.objects.filter(rebuild=True).count()
    assert (last().state, last().total, last().done) == (State.CELLS, slots, 0)
    assert get_organisation().recalculating_since is None  # nothing to warn of
    seen = []

    def look(*_):
        seen.append((last().state, last().done))

    recalculating.drain(clock=lambda: LATER, progress=look)
    counted = [done for state, done in seen if state == State.CELLS]
    assert counted == list(range(1, slots))
    assert [state for state, _done in seen[slots:]] == [State.DONE]
    assert revenue(day("2026-02-01")).value == 100


def test_a_rebuild_that_is_stopped_leaves_right_figures_and_no_work(sold):
    services.ask_for_rebuild(actor=sold.mona, now=NOW)
    begin()
    assert refresh.work_off_one(now=NOW)
    services.stop_recalculation(actor=sold.adam, now=LATER)
    assert (last().state, last().is_open, last().finished_at) == (
        State.STOPPED, False, LATER,
    )  # fmt: skip
    assert not Slot.objects.filter(Q(rebuild=True) | Q(is_asked_for=True)).exists()
    assert work().is_empty
    assert last().state == State.STOPPED
    assert revenue(day("2026-02-01")).value == 100
    assert_equal_from_scratch()
    assert actions()[-1] == "recalculation.stopped"
    services.ask_for_rebuild(actor=sold.mona, now=NOW)  # nothing is in its way


def test_stopping_keeps_what_has_to_be_read_again(sold):
    """An import of many rows leaves no keys, only slots that must be read."""
    must, later = Slot.objects.filter(axis=OrdersPaid.key())[:2]
    marks.need_rebuild(Slot.objects.filter(pk=must.pk), cause=Cause.NEW)
    services.ask_for_rebuild(actor=sold.mona, now=NOW)
    begin()
    marks.need_rebuild(Slot.objects.filter(pk=later.pk), cause=Cause.NEW)
    services.stop_recalculation(actor=sold.mona, now=NOW)
    left = Slot.objects.filter(rebuild=True).values_list("pk", "rebuild_cause")
    assert set(left) == {(must.pk, Cause.NEW), (later.pk, Cause.NEW)}


def test_other_settings_are_stopped_before_they_hold_or_not_at_all(sold):
    ask(sold, zone="America/New_York")
    services.stop_recalculation(actor=sold.adam, now=NOW)
    assert not begin()
    assert get_organisation().zone == "Europe/Berlin"

    ask(sold, zone="America/New_York")
    begin()
    with pytest.raises(Refused, match="cannot be stopped any more"):
        services.stop_recalculation(actor=sold.adam, now=NOW)
    work()
    assert (last().state, get_organisation().zone) == (State.DONE, "America/New_York")
    with pytest.raises(Refused, match="No recalculation is under way"):
        services.stop_recalculation(actor=sold.adam, now=NOW)


def test_progress_is_dated_so_that_the_rest_can_be_told(sold):
    services.ask_for_rebuild(actor=sold.mona, now=NOW)
    begin()
    assert (last().counted_from, last().counted_at) == (NOW, NOW)
    refresh.work_off_one(now=NOW)
    recalculating.note_progress(now=LATER)
    assert (last().counted_from, last().counted_at) == (NOW, LATER)


def test_trouble_in_the_middle_is_told_until_it_is_over(sold, monkeypatch):
    services.ask_for_rebuild(actor=sold.mona, now=NOW)
    begin()
    with monkeypatch.context() as patched:
        patched.setattr("metrics.engine.stale.note_all_stale", lambda: None)
        with pytest.raises(TypeError):
            work()
    assert (last().state, last().error) == (State.CELLS, "TypeError")
    work()
    assert (last().state, last().error) == (State.DONE, "")


def test_nobody_is_judged_or_alarmed_in_the_meantime(world, monkeypatch):
    ask(world, week_start=6)
    begin()

    def judge(**_):
        raise AssertionError("judged figures that are being recalculated")

    monkeypatch.setattr("metrics.alerts.evaluation.evaluate_due", judge)
    monkeypatch.setattr("objectives.evaluation.evaluate_due", judge)
    assert tasks.judge_alerts() == evaluate_due() == 0
