"""How long work still takes, and a bar of characters that shows how far it is."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WIDTH = 24
ENOUGH = 0.03  # of the work: before that nothing can be said


def time_left(elapsed: timedelta, share: float) -> timedelta | None:
    """Return how long the rest takes if it goes on as before; None while unknown.

    Example: half a minute for a quarter of the work leaves a minute and a half.
    """
    if share < ENOUGH or share > 1 or elapsed <= timedelta(0):
        return None
    return elapsed * (1 - share) / share


def left_in_words(left: timedelta) -> str:
    """Return "about 3 minutes left", rounded up; below a minute just that."""
    minutes = -(-int(left.total_seconds()) // 60)
    if minutes <= 1:
        return _("less than a minute left")
    if minutes < 100:
        text = ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes)
        return text % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)s hour left", "about %(n)s hours left", hours) % {
        "n": hours
    }


def bar(share: float) -> str:
    """Return a bar of characters. Example: a half is "[############············]"."""
    filled = int(WIDTH * min(max(share, 0), 1))
    return f"[{'#' * filled}{'·' * (WIDTH - filled)}]"
