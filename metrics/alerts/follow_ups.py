"""The source of notices on follow-ups: an item is somebody's, or is overdue.

Nobody sets up anything: each person has one rule, made with the first notice, which
holds how they want to be told and their quiet hours.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation
from crmkpi.lib.instants import instant_text
from metrics.alerts.evaluation import hand_over, is_reached, notice_for
from metrics.alerts.kinds import News, Verdict
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.muting import reaches
from metrics.alerts.services import Delivery, delivery_faults, own_rule, refuse
from surveys.closing.calls import Call
from surveys.models import FollowUp, FollowUpEvent

KINDS = (AlertRule.Kind.FOLLOW_UP,)
Kind, State = FollowUpEvent.Kind, AlertRule.State


@dataclass(frozen=True)
class Called:
    """What a notice on an item is worded from."""

    item: FollowUp  # with its owner and survey
    kind: str  # of the event


def tell_of(calls: Sequence[Call], *, now: datetime) -> int:
    """Write a notice for everybody who is called to an item; return how many.

    Runs in the transaction that writes the event, so both are there or neither; the
    mail leaves later, once.

    Queries: 4, and 2 for each person, 4 for the first notice of one.
    """
    people = User.objects.filter(is_active=True)
    found = people.in_bulk({each.person_id for each in calls})
    items = FollowUp.objects.select_related("owner", "response__survey").in_bulk(
        {each.event.item_id for each in calls}
    )
    notices: list[Notification] = []
    for pk, person in sorted(found.items()):
        rule = _rule_of(person, now=now)
        reach = reaches(rule, [person])[pk]
        if not rule.is_active or not is_reached(rule, reach):
            continue
        for event in (each.event for each in calls if each.person_id == pk):
            called = Called(items[event.item_id], event.kind)
            is_late = event.kind == Kind.ESCALATED
            verdict = Verdict(State.FIRING if is_late else State.QUIET, found=called)
            notice = notice_for(rule, verdict, person, reach, now=now)
            notice.turn, notice.subject = event.pk, event.item_id
            notices.append(notice)
    return hand_over(notices)


def _rule_of(person: User, *, now: datetime) -> AlertRule:
    rule, _made = AlertRule.objects.get_or_create(
        owner=person,
        kind=AlertRule.Kind.FOLLOW_UP,
        defaults={
            "in_app": True,
            "by_mail": True,
            "state": State.QUIET,
            "since": now,
            "created_at": now,
        },
    )
    return rule


@transaction.atomic
def change_delivery(*, rule: AlertRule, delivery: Delivery, actor: User) -> AlertRule:
    """Choose how the actor is told of follow-ups, and the quiet hours.

    Raises: BadInput with a sentence for each field; Refused when it is another's.
    """
    held = own_rule(rule, actor)
    refuse(delivery_faults(delivery))
    columns = asdict(delivery)
    for name, value in columns.items():
        setattr(held, name, value)
    held.save(update_fields=list(columns))
    return held


class FollowUpWatch:
    """Rules on follow-ups: told as it happens, so never due and never judged."""

    def due(self, *, now: datetime) -> list[AlertRule]:
        return []

    def judge(self, rules: Sequence[AlertRule], *, now: datetime) -> dict[int, Verdict]:
        return {rule.pk: Verdict(State.QUIET) for rule in rules}

    def may_see(self, rule: AlertRule, access: Access) -> bool:
        return rule.owner_id == access.user_id

    def concerns(self, rule: AlertRule, access: Access) -> bool:
        return self.may_see(rule, access)

    def name(self, rule: AlertRule) -> str:
        return _("Follow-ups")

    def condition(self, rule: AlertRule) -> str:
        return _("one is yours, or is overdue below you")

    def news(self, rule: AlertRule, verdict: Verdict) -> News:
        """Return the words: of the rule and the survey, never of the customer."""
        called: Called = verdict.found
        item = called.item
        link = reverse("surveys:follow_up", kwargs={"pk": item.pk})
        given = {
            "reason": item.reason,
            "survey": item.response.survey.name,
            "due": _due_text(item),
            "owner": item.owner or _("nobody"),
        }
        if called.kind == Kind.ESCALATED:
            title = _("Overdue follow-up: %(reason)s")
            text = _("%(survey)s. It was due %(due)s and is with %(owner)s.")
        else:
            title = _("A follow-up for you: %(reason)s")
            text = _("%(survey)s. It is due %(due)s.")
        return News(title % given, text % given, link)

    def page(self, rule: AlertRule) -> str:
        return reverse("surveys:follow_ups")

    def edit_page(self, rule: AlertRule) -> str:
        return reverse("metrics:follow_up_alert", kwargs={"pk": rule.pk})

    def subject(self, rule: AlertRule) -> int:
        return 0

    def visible(self, access: Access) -> Q:
        items = FollowUp.objects.visible_to(access).order_by()
        return Q(subject__in=items.values("pk"))


def _due_text(item: FollowUp) -> str:
    return instant_text(item.due_at.astimezone(ZoneInfo(get_organisation().zone)))
