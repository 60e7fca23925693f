"""How a page looks, once it has come whole."""

from typing import Any

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def fits(page: Any) -> bool:
    """Return whether nothing of a page lies beside the screen, styles and all."""
    page.wait_for_load_state("load")
    return not page.evaluate(SIDEWAYS)
