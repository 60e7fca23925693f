"""What never changes once it is written, read once a process."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")
MOST = 1024  # of one kind
_held: list[Any] = []


def kept(read: Callable[P, R]) -> Callable[P, R]:
    """Return a reader that asks the database once for each of its arguments.

    Only for rows that nothing changes or deletes, such as a published version, or that
    are asked for under a stamp that changes with them; and for readers that raise when
    there is no such row: what is not there is asked for again.
    """
    holder = lru_cache(maxsize=MOST)(read)
    _held.append(holder)
    return cast(Callable[P, R], holder)


def forget() -> None:
    """Read anew from now on: for tests, whose rows are taken back."""
    for holder in _held:
        holder.cache_clear()
