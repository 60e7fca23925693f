"""Looking at rules, and telling a change of state once."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from metrics.alerts import bells
from metrics.alerts.kinds import Verdict, distinct_sources, source_of
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.muting import Reach, reaches
from metrics.alerts.quiet import mail_at
from metrics.alerts.readers import readers_of

log = logging.getLogger(__name__)

State = AlertRule.State
BATCH = 100  # rules whose figures are read together


def evaluate_due(*, now: datetime) -> int:
    """Look at every rule that is due; return how many changes were told.

    Safe to run twice, at once with others, and to die half-way: a rule stays due until
    its look is written, and only one of several looks is.
    """
    told = 0
    for source, _kinds in distinct_sources().values():
        due = source.due(now=now)
        for start in range(0, len(due), BATCH):
            batch = due[start : start + BATCH]
            verdicts = source.judge(batch, now=now)
            told += sum(_settled(rule, verdicts[rule.pk], now) for rule in batch)
    return told


def evaluate(rule: AlertRule, *, now: datetime) -> bool:
    """Look at one rule now; return whether a change was told."""
    verdict = source_of(rule).judge([rule], now=now)[rule.pk]
    return settle(rule, verdict, now=now)


def _settled(rule: AlertRule, verdict: Verdict, now: datetime) -> bool:
    """Settle one of many: a fault of one must not keep the others from being told."""
    try:
        return settle(rule, verdict, now=now)
    except Exception:
        log.exception("an alert could not be told", extra={"rule": rule.pk})
        return False


@transaction.atomic
def settle(rule: AlertRule, verdict: Verdict, *, now: datetime) -> bool:
    """Write what a look at a rule found; tell people when that is news.

    News is another state than the one told last; that nobody can say is none. One
    statement decides between workers: it changes the row only for who has seen its
    last turn, so that whoever looked at older figures is passed over.

    Returns whether people were told.
    """
    can_say = verdict.state in (State.QUIET, State.FIRING)
    is_news = can_say and verdict.state != rule.told
    changed = AlertRule.objects.filter(
        pk=rule.pk, turn=rule.turn, is_active=True
    ).update(
        state=verdict.state,
        since=rule.since if verdict.state == rule.state else now,
        why=verdict.why,
        told=verdict.state if can_say else rule.told,
        seen=verdict.seen,
        checked_at=now,
        checked_day=today(now, get_organisation()),
        turn=F("turn") + 1,
    )
    if not changed or not is_news:
        return False
    tell(rule, verdict, now=now)
    return True


def tell(rule: AlertRule, verdict: Verdict, *, now: datetime) -> int:
    """Write a notice for everybody whom a rule tells and may reach; return how many."""
    people = readers_of(rule, now=now)
    open_ways = reaches(rule, people)
    notices = [
        notice_for(rule, verdict, person, open_ways[person.pk], now=now)
        for person in people
        if is_reached(rule, open_ways[person.pk])
    ]
    return hand_over(notices)


def hand_over(notices: Sequence[Notification]) -> int:
    """Store notices, mark them in the top bar, have mails sent; return how many."""
    Notification.objects.bulk_create(notices)
    shown = [each.person_id for each in notices if each.is_shown]
    if shown:
        User.objects.filter(pk__in=shown).order_by("pk").update(has_notices=True)
    if any(each.mail_state == Notification.Mail.WAITING for each in notices):
        transaction.on_commit(bells.ring_for_mail)
    return len(notices)


def is_reached(rule: AlertRule, reach: Reach) -> bool:
    """Tell whether any way of a rule to a person is open."""
    return (rule.in_app and reach.in_app) or (rule.by_mail and reach.by_mail)


def notice_for(
    rule: AlertRule, verdict: Verdict, person: User, reach: Reach, *, now: datetime
) -> Notification:
    """Return what a person hears of a verdict, in their language, not stored yet."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        news = source_of(rule).news(rule, verdict)
    goes_by_mail = rule.by_mail and reach.by_mail and bool(person.email)
    zone = get_organisation().zone
    leaves = mail_at(now, rule.quiet_from, rule.quiet_until, zone)
    return Notification(
        person=person,
        rule_id=rule.pk,
        turn=rule.turn,
        kind=rule.kind,
        metric=rule.metric,
        cut=rule.cut,
        member=rule.member,
        other=rule.other,
        subject=source_of(rule).subject(rule),
        is_firing=verdict.state == State.FIRING,
        title=news.title[:300],
        text=news.text[:1000],
        link=news.link[:1000],
        at=now,
        is_shown=rule.in_app and reach.in_app,
        mail_state=(
            Notification.Mail.WAITING if goes_by_mail else Notification.Mail.NONE
        ),
        mail_after=leaves if goes_by_mail else None,
    )
