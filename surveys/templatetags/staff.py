"""Filters of the pages for staff."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from crmkpi.lib.instants import instant_text
from surveys.models import Response

register = template.Library()


@register.filter
def answered(response: Response) -> str:
    """Return when it was answered, in the zone of the page; to the day if anonymous."""
    local = timezone.localtime(response.answered_at)
    if response.is_anonymous:
        return date_format(local, "j M Y")
    return instant_text(local)
