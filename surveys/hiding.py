"""Which groups are too small to be shown, also by subtraction from the whole."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

MIN_N = 5  # fewer answers would say who gave which

Key = TypeVar("Key", bound=Hashable)


def hidden(sizes: Mapping[Key, int], *, min_n: int = MIN_N) -> frozenset[Key]:
    """Return the groups to hide, where all groups together are a whole that is shown.

    Small ones first. The whole less all that is shown is what is hidden, so this must
    not be a single group, nor so small itself: the smallest of the others then goes
    too.

    Empty: nobody, when no group is small; groups of 0 have nothing to hide.
    Example: of sizes 40, 12 and 3 the last two, since 55 − 40 − 12 would be the third
    """
    filled = {key: n for key, n in sizes.items() if n > 0}
    small = {key for key, n in filled.items() if n < min_n}
    # Equal sizes in a steady order, so that two looks hide the same groups.
    others = sorted(set(filled) - small, key=lambda key: (filled[key], str(key)))
    while small and (len(small) < 2 or sum(filled[key] for key in small) < min_n):
        if not others:
            break
        small.add(others.pop(0))
    return frozenset(small)
