"""Rows that tests share: the cast, or the cast with rows of every kind.

They are written once, in a transaction around the tests that ask for them one after
another; each test is taken back to where it began, as ever.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from copy import deepcopy

import pytest
from django.db import transaction

from tests.space import settle
from tests.world import World, build_world

EVERYTHING, CAST = "_everything", "_cast"  # the fixtures that set the stage


class Stage:
    """Holds what is written; at most one of a process is set."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._around = ExitStack()

    def set(self, write: Callable[[], World]) -> None:
        """Write the rows, unless they stand, before a test opens its transaction."""
        if self._world is None:
            with ExitStack() as around:
                around.enter_context(transaction.atomic())
                world = write()
                settle()
                self._world, self._around = world, around.pop_all()

    def clear(self) -> None:
        """Take the rows back."""
        if self._world is not None:
            self._world = None
            transaction.set_rollback(True)
            self._around.close()

    def world(self) -> World:
        """Return a test's own objects, whatever others changed in theirs."""
        return build_world() if self._world is None else deepcopy(self._world)


stage = Stage()


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Put those that share rows of every kind beside each other, behind the others."""
    return sorted(items, key=lambda item: EVERYTHING in item.fixturenames)


def stays(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether the next test goes on with the rows of this one."""
    if following is None or commits(following, following.fixturenames):
        return False
    full = [EVERYTHING in each.fixturenames for each in (item, following)]
    if any(full):
        return all(full)
    return CAST in following.fixturenames and following.path == item.path


def commits(node: pytest.Item, fixtures: Iterable[str]) -> bool:
    """Whether a test commits rows of its own, and so runs inside no transaction."""
    marker = node.get_closest_marker("django_db")
    return bool(
        (marker and marker.kwargs.get("transaction"))
        or {"transactional_db", "live_server"}.intersection(fixtures)
    )
