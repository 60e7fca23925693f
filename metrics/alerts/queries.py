"""Reads of rules and notices for pages."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from crmkpi.accounts.access import Access
from metrics.alerts.judging import reason_text
from metrics.alerts.kinds import source_of
from metrics.alerts.models import AlertRule, Notification

PER_PAGE = 50
MOST_COUNTED = 99


@dataclass(frozen=True)
class RuleLine:
    """A rule as its owner's list shows it."""

    rule: AlertRule
    name: str
    condition: str
    badge: str  # of the shell: off, ok, none; "" while paused
    word: str
    why: str  # while nobody can say
    page: str
    edit_page: str
    is_open: bool  # the owner may still see the figures


def rule_lines(access: Access) -> list[RuleLine]:
    """Return the rules of a reader, alerts first. Queries: about 2 for each rule."""
    rules = AlertRule.objects.visible_to(access).order_by("-created_at", "-pk")
    lines = [_line(rule, access) for rule in rules]
    order = {"off_track": 0, "no_data": 1, "ok": 2, "": 3}
    return sorted(lines, key=lambda line: order[line.badge])


def _line(rule: AlertRule, access: Access) -> RuleLine:
    source = source_of(rule)
    is_open = source.may_see(rule, access)
    badge = ""
    if rule.is_active and is_open:
        badge = {"firing": "off_track", "quiet": "ok"}.get(rule.state, "no_data")
    return RuleLine(
        rule=rule,
        name=source.name(rule),
        condition=source.condition(rule),
        badge=badge,
        word=str(rule.get_state_display()),
        why=reason_text(rule.why),
        page=source.page(rule) if is_open else "",
        edit_page=source.edit_page(rule),
        is_open=is_open,
    )


def unread_count(access: Access) -> int:
    """Return how many notices a reader has not read, 99 at most. Queries: 1."""
    unread = Notification.objects.visible_to(access).filter(read_at=None)
    return unread.order_by()[:MOST_COUNTED].count()


def notices(
    access: Access, *, only_unread: bool, number: str | None
) -> Page[Notification]:
    """Return a page of what a reader was told, latest first. Queries: 2."""
    found = Notification.objects.visible_to(access)
    if only_unread:
        found = found.filter(read_at=None)
    return Paginator(found, PER_PAGE).get_page(number)
