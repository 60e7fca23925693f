"""When a worker is woken."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from metrics.engine import bell, marks


@pytest.fixture
def clock(monkeypatch):
    hands = [100.0]
    monkeypatch.setattr(bell, "time", SimpleNamespace(monotonic=lambda: hands[0]))
    return hands


def due_at(clock, second):
    clock[0] = second
    return bell.due_in()


def test_lone_changes_ring_at_once(clock):
    assert [due_at(clock, at) for at in (100, 101, 103.5)] == [0, 0, 0]


def test_changes_close_together_share_a_bell(clock):
    """The second asks for a job at 101; it also works off the third, not the fourth."""
    got = [due_at(clock, at) for at in (100, 100.25, 100.75, 101.5)]

    assert got == [0, 0.75, None, 0.5]


def test_every_change_is_followed_by_a_job(clock):
    """Ten a second for half a minute: none waits longer than a second for its job."""
    changes = [100 + number / 10 for number in range(300)]
    jobs = [at + rest for at in changes if (rest := due_at(clock, at)) is not None]

    assert len(jobs) == 31
    for change in changes:
        assert any(change <= job <= change + 1 for job in jobs), change


@pytest.mark.django_db
def test_two_marks_of_one_transaction_ring_twice_at_most(
    clock, monkeypatch, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(
        "metrics.tasks.refresh.apply_async", lambda countdown: rung.append(countdown)
    )

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            transaction.on_commit(marks.ring)

    assert rung == [0, 1]
