"""What people do not want to be told, of one rule or of all."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from metrics.alerts.kinds import source_of, visible_notices
from metrics.alerts.models import AlertRule, Mute, Notification

MOST_SHOWN = 50  # rules on the page


class Reach(NamedTuple):
    """Which ways a rule may use to reach a person."""

    in_app: bool = True
    by_mail: bool = True


@dataclass(frozen=True)
class ReachLine:
    """What of a rule reaches the reader, as the page shows it."""

    rule: AlertRule
    title: str  # of the last notice, or what the rule is called
    owner: str  # "" for one's own
    reach: Reach  # as chosen for this rule alone


@transaction.atomic
def choose_reach(*, rule: AlertRule | None, reach: Reach, actor: User) -> None:
    """Let one rule, or all of them for None, reach the actor only so.

    Queries: 2 or 3
    """
    User.objects.select_for_update().get(pk=actor.pk)  # of two choices the last counts
    if all(reach):
        Mute.objects.filter(person=actor, rule=rule).delete()
        return
    silenced = {"in_app": not reach.in_app, "by_mail": not reach.by_mail}
    Mute.objects.update_or_create(person=actor, rule=rule, defaults=silenced)


def reaches(rule: AlertRule, people: Iterable[User]) -> dict[int, Reach]:
    """Return how a rule may reach people, by primary key. Queries: 1.

    Shape: everybody is in it; what is muted for all rules is muted for each.
    """
    found = {person.pk: Reach() for person in people}
    muted = Mute.objects.filter(_of(rule), person__in=found)
    for pk, in_app, by_mail in muted.values_list("person_id", "in_app", "by_mail"):
        known = found[pk]
        found[pk] = Reach(known.in_app and not in_app, known.by_mail and not by_mail)
    return found


def reach_of_all(access: Access) -> Reach:
    """Return what the reader chose for all rules. Queries: 1."""
    return _reach(Mute.objects.filter(person=access.user_id, rule=None).first())


def rules_that_told(access: Access) -> QuerySet[AlertRule]:
    """Return the rules that told the reader of what may still be seen."""
    told = Notification.objects.filter(
        visible_notices(access), person=access.user_id, rule=OuterRef("pk")
    )
    return AlertRule.objects.filter(Exists(told))


def reach_lines(access: Access) -> list[ReachLine]:
    """Return the rules that told the reader, by what they said last. Queries: 2."""
    mine = Notification.objects.filter(person=access.user_id, rule=OuterRef("pk"))
    last = mine.order_by("-at", "-pk")
    rules = rules_that_told(access).annotate(
        last_title=Subquery(last.values("title")[:1]),
        last_at=Subquery(last.values("at")[:1]),
    )
    muted = {
        each.rule_id: each
        for each in Mute.objects.filter(person=access.user_id, rule__isnull=False)
    }
    return [
        ReachLine(
            rule=rule,
            title=_title(rule, rule.last_title),
            owner="" if rule.owner_id == access.user_id else str(rule.owner),
            reach=_reach(muted.get(rule.pk)),
        )
        for rule in rules.select_related("owner").order_by("-last_at", "-pk")[
            :MOST_SHOWN
        ]
    ]


def _title(rule: AlertRule, last_title: str) -> str:
    """Return what a rule is called; that of follow-ups tells of many things."""
    if rule.kind == AlertRule.Kind.FOLLOW_UP:
        return source_of(rule).name(rule)
    return last_title


def _of(rule: AlertRule) -> Q:
    return Q(rule=rule.pk) | Q(rule=None)


def _reach(mute: Mute | None) -> Reach:
    if mute is None:
        return Reach()
    return Reach(in_app=not mute.in_app, by_mail=not mute.by_mail)
