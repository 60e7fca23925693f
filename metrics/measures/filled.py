"""When a field of a record counts as filled in, and when its day is known.

What says nothing ("n/a", "-", "0000") is taken as blank when rows come in, so that a
column here either names something or is empty.
"""

from django.db.models import Q

from crmkpi.lib.periods import UNDATED


def named(column: str) -> Q:
    """Return the filter for rows that point to somebody or something."""
    return Q(**{f"{column}__isnull": False})


def chosen(column: str) -> Q:
    """Return the filter for rows with another choice than "unknown", which is 0."""
    return Q(**{f"{column}__gt": 0})


def dated(column: str) -> Q:
    """Return the filter for rows of which the day is known."""
    return Q(**{f"{column}__gt": UNDATED})
