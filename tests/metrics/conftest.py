from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction

from tests.metrics.everything import write_everything
from tests.space import give_back, settle
from tests.world import NOW, World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture(scope="module")
def _everything(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        write_everything(world)
        settle()
        yield world
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        give_back()


@pytest.fixture
def everything(_everything: World, db) -> World:
    """The cast with rows of every kind, written once for all tests of a module."""
    return _everything


@pytest.fixture
def at_now() -> Iterator[None]:
    """Stop the clock at the moment at which the tests play."""
    with time_machine.travel(NOW, tick=False):
        yield
