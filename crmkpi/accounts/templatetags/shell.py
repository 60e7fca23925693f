"""What every page uses: icons, status badges, instants, the main navigation."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.instants import instant_text
from crmkpi.lib.numbers import Unit, figure

register = template.Library()


@dataclass(frozen=True)
class Badge:
    """How a status looks and what it is called."""

    look: str  # class and shape: off, watch, ok, done, early, stale, none
    word: str | Promise


BADGES = {
    "off_track": Badge("off", _("Off track")),
    "watch": Badge("watch", _("Watch")),
    "on_track": Badge("ok", _("On track")),
    "achieved_so_far": Badge("done", _("Achieved so far")),
    "too_early": Badge("early", _("Too early")),
    "stale": Badge("stale", _("Stale")),
    "no_data": Badge("none", _("No data")),
    "met": Badge("done", _("Met")),
    "partly": Badge("watch", _("Partly met")),
    "missed": Badge("off", _("Missed")),
    "no_result": Badge("none", _("No result")),
    "cancelled": Badge("none", _("Cancelled")),
    # What a stored figure may be
    "ok": Badge("ok", _("Final")),
    "partial": Badge("early", _("Still open")),
    "immature": Badge("early", _("Not final yet")),
    "low_n": Badge("none", _("Too few")),
    "error": Badge("off", _("Not computed")),
}


@register.filter
def count(value: int) -> str:
    """Return how many, with the separators of the reader's language: 21,123."""
    return figure(value, Unit.COUNT).text


@register.filter(expects_localtime=True)
def instant(at: datetime | None) -> str:
    """Return an instant in the zone of the page, which it names; "" for none."""
    return instant_text(at) if at else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon that says nothing by itself; its control or text has the name.

    `bi-` names come from Bootstrap's icons, all others are our own.
    """
    if name.startswith("bi-"):
        sheet, symbol, look = "vendor/bootstrap-icons.svg", name, "icon icon-filled"
    else:
        sheet, symbol, look = "crmkpi/icons.svg", f"i-{name}", "icon"
    return _drawing(sheet=sheet, symbol=symbol, look=look)


@register.simple_tag
def shape(key: str) -> SafeString:
    """Return the shape of a status without its word, for a text that says it."""
    look = BADGES[key].look
    return _drawing(
        sheet="crmkpi/icons.svg", symbol=f"st-{look}", look=f"shape shape-{look}"
    )


@register.simple_tag
def status(key: str, word: str | None = None) -> SafeString:
    """Return the badge of a status: shape, word and colour."""
    badge = BADGES[key]
    return format_html(
        '<span class="status status-{}">{}{}</span>',
        badge.look,
        shape(key),
        word or badge.word,
    )


@cache
def _drawing(*, sheet: str, symbol: str, look: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        look,
        static(sheet),
        symbol,
    )


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    key: str  # what a page puts into nav_active
    label: str | Promise
    url: str
    icon: str
    is_active: bool
    on_phone_bar: bool  # else under More


ENTRIES = (
    # key, label, URL name, icon, for administrators only
    ("scorecards", _("Scorecards"), "objectives:scorecards", "scorecard", False),
    ("objectives", _("Objectives"), "objectives:list", "objective", False),
    ("metrics", _("Metrics"), "metrics:library", "metric", False),
    ("surveys", _("Surveys"), "surveys:list", "survey", False),
    ("customers", _("Customers"), "crm:customers", "customers", False),
    ("data", _("Data"), "crm:data", "data", False),
    ("people", _("People"), "accounts:people", "people", True),
    ("settings", _("Settings"), "accounts:settings", "settings", True),
)
ON_PHONE_BAR = {"scorecards", "objectives", "metrics", "surveys"}


@register.simple_tag(takes_context=True)
def nav_items(context: dict[str, Any]) -> list[NavItem]:
    """Return the entries that the reader may use and that this installation has."""
    is_administrator = getattr(context.get("user"), "is_administrator", False)
    active = context.get("nav_active", "")
    items = []
    for key, label, url_name, icon_name, administrators_only in ENTRIES:
        if administrators_only and not is_administrator:
            continue
        try:
            url = reverse(url_name)
        except NoReverseMatch:
            continue
        items.append(
            NavItem(
                key=key,
                label=label,
                url=url,
                icon=icon_name,
                is_active=key == active,
                on_phone_bar=key in ON_PHONE_BAR,
            )
        )
    return items
