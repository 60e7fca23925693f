"""How far back a page looks, from its address."""

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SPANS: dict[str, int | None] = {"30": 30, "90": 90, "365": 365, "all": None}
USUAL = "90"
LABELS: dict[str, str | Promise] = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("12 months"),
    "all": _("All"),
}


def span_of(request: HttpRequest) -> str:
    """Return the key of the span in ?days=, the usual one for anything unknown."""
    asked = request.GET.get("days", USUAL)
    return asked if asked in SPANS else USUAL


def since_day(span: str, *, today: int) -> int | None:
    """Return the first local day of a span, None when it has no beginning."""
    days = SPANS[span]
    return None if days is None else today - days + 1


def span_chips(current: str) -> list[tuple[str, str | Promise, bool]]:
    """Return (key, label, whether it is the current one) for each span."""
    return [(key, LABELS[key], key == current) for key in SPANS]
