"""Many cells as one text, so that millions are compared without being held."""

import hashlib
from collections.abc import Iterable


def digest(cells: Iterable[tuple[int, ...]]) -> str:
    """Return a hash of cells in the order of their keys."""
    found = hashlib.sha256()
    for cell in cells:
        found.update(f"{cell}".encode())
    return found.hexdigest()
