"""The bell in the top bar."""

from typing import Any

from django import template

from metrics.alerts.queries import unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """Return how many notices the reader has not read.

    Queries: none for who has no unread one, else 1.
    """
    request = context.get("request")
    if not getattr(context.get("user"), "has_notices", False) or request is None:
        return 0
    return unread_count(request.access)
