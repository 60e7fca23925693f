"""Within one computation, read once what several rules ask for."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("read once", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Keep what `once` reads inside, and forget it at the end of the outermost one."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(name: Hashable, read: Callable[[], Found]) -> Found:
    """Return what `read` returns, the first time that this name is asked for.

    Outside of `reading` it is read each time.
    """
    kept = _kept.get()
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    found: Found = kept[name]
    return found
