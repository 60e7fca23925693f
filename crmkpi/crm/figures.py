"""Figures from outside: what kinds there are, what one consists of, and who changed it.

The metrics app adds what competitors can be compared by, so that nothing here knows of
metrics.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zlib import crc32

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from crmkpi.lib.periods import from_day

MARKET_SIZE = "market_size"
AUDIT = "data_accuracy"
# What a brand is worth is made up of; each 0 to 100.
BRAND = {
    "brand_awareness": _("Aided awareness"),
    "brand_preference": _("Preference"),
    "brand_price_premium": _("Price premium"),
}
# What competitors publish: metric key -> (title, unit); filled by the metrics app.
COMPARABLE: dict[str, tuple[str | Promise, str | Promise]] = {}
CONTENT = (  # columns that make up a figure, in the order of its checksum
    "metric_key",
    "subject",
    "value",
    "out_of",
    "unit",
    "first_day",
    "end_day",
    "origin",
    "exclusion",
)


class Kind(StrEnum):
    """What a figure is entered as."""

    MARKET = "market-size"
    COMPETITOR = "competitor"
    BRAND = "brand"
    AUDIT = "audit"


KIND_NAMES: dict[Kind, str | Promise] = {
    Kind.MARKET: _("Market size"),
    Kind.COMPETITOR: _("Competitor"),
    Kind.BRAND: _("Brand"),
    Kind.AUDIT: _("Audit of data"),
}


def kind_of(metric_key: str) -> Kind:
    """Return what a figure was entered as; what is unknown is of a competitor."""
    if metric_key == MARKET_SIZE:
        return Kind.MARKET
    if metric_key == AUDIT:
        return Kind.AUDIT
    return Kind.BRAND if metric_key in BRAND else Kind.COMPETITOR


def title_of(metric_key: str) -> str:
    """Return what a figure is called."""
    if metric_key in BRAND:
        return str(BRAND[metric_key])
    if metric_key in COMPARABLE:
        return str(COMPARABLE[metric_key][0])
    known = {MARKET_SIZE: _("Market size"), AUDIT: _("Fields confirmed right")}
    return str(known.get(metric_key, metric_key))


def is_known(metric_key: str) -> bool:
    """Whether anything is computed of figures of this name."""
    ours = metric_key in (MARKET_SIZE, AUDIT)
    return ours or metric_key in BRAND or metric_key in COMPARABLE


def derived_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a figure that follow from the others.

    Example: an audit with the value 18 has confirmed=18; anything else has None.
    """
    is_audit = columns["metric_key"] == AUDIT
    confirmed = int(columns["value"]) if is_audit else None
    return {"confirmed": confirmed, "checksum": checksum_of(columns)}


def checksum_of(columns: Mapping[str, Any]) -> int:
    """Return a number that changes with anything that a figure consists of.

    Example: the same value with another last day has another checksum.
    """
    told = "|".join(plain(columns.get(name)) for name in CONTENT)
    return crc32(told.encode())


def note_change(
    key: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    actor: User | None,
    now: datetime,
) -> None:
    """Write down who entered, changed or deleted a figure, with what it was."""
    old, new = _told(before), _told(after)
    verb = "changed"
    detail: dict[str, Any] = {"before": old, "after": new}
    if before is None:
        verb, detail = "entered", _said(new)
    elif after is None:
        verb, detail = "deleted", _said(old)
    write_event(
        f"figure.{verb}", subject=subject_of(key), actor=actor, now=now, **detail
    )


def subject_of(key: int) -> str:
    """Return how the audit log calls a figure."""
    return f"figure {key}"


def _told(columns: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a figure consists of as people read it."""
    if not columns:
        return {}
    return {
        "figure": title_of(columns["metric_key"]),
        "of whom": columns["subject"],
        "value": plain(columns["value"]),
        "out of": plain(columns["out_of"]),
        "unit": columns["unit"],
        "first day": from_day(columns["first_day"]).isoformat(),
        "last day": from_day(columns["end_day"] - 1).isoformat(),
        "source": columns["origin"],
    }


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}


def plain(value: Any) -> str:
    """Return a value as text, numbers without zeros that say nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
