"""Words for the pages of administrators."""

from django import template

from crmkpi.accounts.queries import audit

register = template.Library()


@register.filter
def action_label(action: str) -> str:
    """Return what an event of the audit log is called."""
    return audit.action_label(action)
