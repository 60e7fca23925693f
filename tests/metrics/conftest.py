from collections.abc import Iterator

import pytest
import time_machine

from tests.metrics.everything import write_everything
from tests.stage import stage
from tests.world import NOW, World, build_world


def _written() -> World:
    world = build_world()
    write_everything(world)
    return world


@pytest.fixture(scope="session")
def _everything(django_db_setup, django_db_blocker) -> World:
    with django_db_blocker.unblock():
        stage.set(_written)
    return stage.world()


@pytest.fixture
def everything(_everything: World, db) -> World:
    """The cast with rows of every kind, written once for all tests."""
    return stage.world()


@pytest.fixture
def at_now() -> Iterator[None]:
    """Stop the clock at the moment at which the tests play."""
    with time_machine.travel(NOW, tick=False):
        yield
