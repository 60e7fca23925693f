"""Filters of the customer pages: names and numbers inside right-to-left sentences."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from crmkpi.lib.text import clean_display
from surveys.content import BRAND

register = template.Library()


@register.filter
def with_brand(text: str, brand: str) -> SafeString:
    """Return a text with the brand in place of {brand}, kept apart for direction."""
    return _with(text, BRAND, brand)


@register.filter
def with_score(text: str, score: int) -> SafeString:
    """Return a text with a score in place of {score}."""
    return _with(text, "{score}", str(score))


@register.filter
def with_value(text: str, value: str) -> SafeString:
    """Return a text with a value in place of {value}."""
    return _with(text, "{value}", value)


@register.filter
def with_host(text: str, host: str) -> SafeString:
    """Return a text with the name of a host in place of {host}."""
    return _with(text, "{host}", host)


@register.filter
def shown(text: str) -> str:
    """Return what somebody wrote without marks that turn or hide other text."""
    return clean_display(text)


def _with(text: str, mark: str, value: str) -> SafeString:
    inside = format_html("<bdi>{}</bdi>", clean_display(value))
    parts = ((clean_display(part),) for part in text.split(mark))
    return format_html_join(inside, "{}", parts)
