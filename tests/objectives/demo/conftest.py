from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from objectives.demo.story import evening_of
from tests.objectives.demo.days import FRIDAY
from tests.space import give_back, settle

SCALE = 0.1


@dataclass(frozen=True)
class Loaded:
    """What loading the demonstration printed and mailed."""

    output: str
    mails: list


@pytest.fixture(scope="module")
def _demo(django_db_setup, django_db_blocker) -> Iterator[Loaded]:
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        time_machine.travel(evening_of(FRIDAY), tick=False),
    ):
        output = StringIO()
        mail.outbox.clear()
        call_command("seed_demo", scale=SCALE, stdout=output)
        settle()
        yield Loaded(output.getvalue(), list(mail.outbox))
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        give_back()


@pytest.fixture
def demo(_demo: Loaded, db) -> Iterator[Loaded]:
    """The demonstration, loaded once for all tests of a module, on its Friday."""
    with time_machine.travel(evening_of(FRIDAY), tick=False):
        yield _demo
