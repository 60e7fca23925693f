"""What customers will probably do: models fitted to their purchases.

Needs the extra `analytics` (scipy). It is imported only where a model is fitted or
asked, so that without it everything else works and the metrics say what is missing.
"""

from importlib.util import find_spec


def is_installed() -> bool:
    """Return whether the extra `analytics` is installed here."""
    return find_spec("scipy") is not None
