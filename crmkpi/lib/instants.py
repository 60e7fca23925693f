"""Instants as people read them."""

from datetime import datetime

from django.utils.formats import date_format


def instant_text(at: datetime) -> str:
    """Return day and time with the name of the zone they are told in.

    Time: in the zone that the instant has; one without a name is told by its distance.
    Example: "13 Feb 2026, 13:00 CET", in São Paulo "13 Feb 2026, 09:00 UTC-03"
    """
    name = at.tzname() or ""
    zone = name if name.isalpha() else f"UTC{name}"
    return f"{date_format(at, 'j M Y, H:i')} {zone}"
