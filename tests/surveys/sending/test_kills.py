"""Jobs killed with SIGKILL at their worst moments, and jobs that run twice at once.

Each runs in a process of its own on the real database, with mail written to files.
"""

import os
import signal
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connections

from surveys.models import Invitation, Occasion
from surveys.scoring import Kind
from surveys.sending import delivery
from surveys.services import dispatch
from surveys.services.dispatch import LEASE, due, send_invitation
from surveys.services.surveys import create_survey, publish
from tests.surveys.cast import contact, customer
from tests.surveys.sending.making import became, plan, rule, run, solved
from tests.world import NOW, build_world

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 6
LATER = NOW + LEASE + timedelta(seconds=1)


@pytest.fixture
def letters(settings, tmp_path):
    """Return a function that counts the mails that left, by Message-ID."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)

    def read() -> Counter[str]:
        found = Counter()
        for file in Path(tmp_path).iterdir():
            for part in file.read_bytes().split(b"-" * 79):
                if b"Message-ID" in part:
                    found[message_from_bytes(part.strip())["Message-ID"]] += 1
        return found

    return read


@pytest.fixture
def waiting(letters):
    world = build_world()
    survey = create_survey(
        name="S", kind=Kind.CSAT, team=world.support, brand="F", actor=None, now=NOW
    )
    publish(survey, actor=None, now=NOW)
    rule(survey)
    globex = customer("Globex")
    for n in range(PEOPLE):
        contact(f"P{n}", customer=globex)
        solved(f"T-{n}", contact=f"P{n}")
    assert Occasion.objects.count() == PEOPLE


def in_a_process(work: Callable[[], object]) -> int:
    """Start a child that does some work on a connection of its own; return its id."""
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of the suite
        child = os.fork()
    if child:
        return child
    # Playwright's loop gives the suite's thread other connections than those it had
    # before; in the child they are back, though their sockets are the parent's.
    for each in connections.all(initialized_only=True):
        each.connection = None
    try:
        work()
    finally:
        os._exit(0)


def ended(child: int) -> int:
    """Return the signal that ended a child, 0 when it ended by itself."""
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def die(*args: object, **kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_while_planning(waiting, letters, monkeypatch):
    """Invitations are written, occasions not yet: nothing of it stays."""
    monkeypatch.setattr(Occasion.objects, "bulk_update", die)
    assert ended(in_a_process(run)) == signal.SIGKILL
    monkeypatch.undo()

    assert set(became().values()) == {"waiting"}
    assert not Invitation.objects.exists()
    run()
    assert set(became().values()) == {"asked"}
    assert list(letters().values()) == [1] * PEOPLE


@pytest.mark.parametrize("is_sent", [False, True])
def test_killed_while_sending(waiting, letters, monkeypatch, is_sent):
    """Killed before the third mail, or after it left and before that was noted."""
    plan()
    send, sent = EmailMultiAlternatives.send, []

    def send_two(message, **kwargs):
        if len(sent) == 2:
            if is_sent:
                send(message, **kwargs)
            die()
        sent.append(message)
        return send(message, **kwargs)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send_two)
    assert ended(in_a_process(run)) == signal.SIGKILL
    monkeypatch.undo()

    run()  # the others; what the dead one held is still its own
    assert len(letters()) == PEOPLE - (not is_sent)
    run(LATER)
    run(LATER)
    copies = sorted(letters().values())
    assert len(copies) == PEOPLE
    assert sum(copies) == PEOPLE + is_sent  # one too many, under the same Message-ID
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}


def test_two_runs_at_once(waiting, letters):
    """Beat twice: each is planned and mailed once."""
    children = [in_a_process(run) for _ in range(3)]
    assert [ended(child) for child in children] == [0, 0, 0]
    run()

    assert set(became().values()) == {"asked"}
    assert list(letters().values()) == [1] * PEOPLE


def test_killed_before_the_claim_is_noted_twice(waiting, letters, monkeypatch):
    """Killed over and over at each step, it still ends with one mail each."""
    steps = (
        (dispatch, "_claim"),
        (delivery, "new_tokens"),
        (dispatch, "_settle"),
    )
    for module, step in steps:
        with monkeypatch.context() as patch:
            patch.setattr(module, step, die)
            assert ended(in_a_process(run)) == signal.SIGKILL
    now = LATER
    while pks := due(now=now, limit=99):
        for pk in pks:
            send_invitation(pk, now=now)
        now += LEASE + timedelta(seconds=1)

    copies = letters()
    assert len(copies) == PEOPLE
    assert sum(copies.values()) <= PEOPLE + 1
