"""Make, change and switch rules, and the limits across surveys."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from surveys.models import (
    Invitation,
    Means,
    Occasion,
    SendingLimits,
    SendingRule,
    Suppression,
    Survey,
)
from surveys.services.errors import BadSurvey
from surveys.services.suppressions import suppress
from surveys.tokens import address_hash

FIELDS = (
    "event",
    "conditions",
    "delay_hours",
    "every_days",
    "send_from",
    "send_until",
    "sample_percent",
    "reminder_days",
    "means",
)


@transaction.atomic
def save_rule(
    rule: SendingRule, *, actor: User | None, now: datetime, **values: Any
) -> SendingRule:
    """Store a new or changed rule; what waits keeps the time it was given.

    Raises: BadSurvey when it would be by text message and there is no gateway.
    """
    for name, value in values.items():
        setattr(rule, name, value)
    _check_means(rule)
    is_new = rule.pk is None
    if is_new:
        rule.created_at, rule.created_by = now, actor
    rule.save()
    _note("added" if is_new else "changed", rule, actor=actor, now=now)
    return rule


@transaction.atomic
def switch_rule(
    rule: SendingRule, *, is_on: bool, actor: User | None, now: datetime
) -> SendingRule:
    """Switch a rule on from now on, or off together with all that waits.

    Raises: BadSurvey when the survey is not live, or for text messages without a
        gateway.
    """
    survey = Survey.objects.select_for_update().get(pk=rule.survey_id)
    locked = SendingRule.objects.select_for_update().get(pk=rule.pk)
    if locked.is_on == is_on:
        return locked
    if is_on:
        if survey.status != Survey.Status.LIVE or survey.is_imported:
            raise BadSurvey(_("Publish the survey before you switch on a rule."))
        _check_means(locked)
        locked.on_since = now
    else:
        locked.occasions.filter(state=Occasion.State.WAITING).update(
            state=Occasion.State.SKIPPED,
            reason=Invitation.Skip.CLOSED,
            settled_at=now,
            address="",
            phone="",
        )
        locked.invitations.filter(state=Invitation.State.QUEUED).update(
            state=Invitation.State.CANCELLED, skip_reason=Invitation.Skip.CLOSED
        )
    locked.is_on = is_on
    locked.save()
    _note("on" if is_on else "off", locked, actor=actor, now=now)
    return locked


@transaction.atomic
def change_limits(*, rest_days: int, actor: User | None, now: datetime) -> None:
    """Change the days between any two surveys to the same person."""
    limits, _made = SendingLimits.objects.select_for_update().get_or_create(pk=1)
    if limits.rest_days == rest_days:
        return
    before, limits.rest_days = limits.rest_days, rest_days
    limits.save()
    write_event(
        "sending.limits",
        subject="surveys",
        actor=actor,
        now=now,
        before=before,
        after=rest_days,
    )


@transaction.atomic
def suppress_by_hand(address: str, *, actor: User | None, now: datetime) -> Suppression:
    """Send no more surveys to an address."""
    kept = suppress(address_hash(address), reason=Suppression.Reason.MANUAL, now=now)
    _note_suppression("added", kept, actor=actor, now=now)
    return kept


@transaction.atomic
def release(suppression: Suppression, *, actor: User | None, now: datetime) -> None:
    """Let an address get surveys again.

    Raises: BadSurvey when its owner asked not to get any: nobody else may undo that.
    """
    if suppression.reason in Suppression.WISHES:
        raise BadSurvey(_("This person asked not to get surveys; that stays."))
    _note_suppression("released", suppression, actor=actor, now=now)
    suppression.delete()


@transaction.atomic
def allow_origins(
    survey: Survey, *, origins: list[str], actor: User | None, now: datetime
) -> None:
    """Say which web sites may show a survey's shared question in a frame."""
    locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if locked.frame_origins == origins:
        return
    locked.frame_origins = origins
    locked.save(update_fields=["frame_origins"])
    write_event(
        "survey.frames",
        subject=f"survey {locked.slug}",
        actor=actor,
        now=now,
        origins=origins,
    )


def _check_means(rule: SendingRule) -> None:
    if rule.means == Means.SMS and not settings.SMS_HOOK_URL:
        raise BadSurvey(
            _("No gateway for text messages is set up (SMS_HOOK_URL)."), field="means"
        )


def _note(what: str, rule: SendingRule, *, actor: User | None, now: datetime) -> None:
    write_event(
        f"sending.rule.{what}",
        subject=f"survey {rule.survey.slug}",
        actor=actor,
        now=now,
        rule=rule.pk,
        **{name: getattr(rule, name) for name in FIELDS},
    )


def _note_suppression(
    what: str, kept: Suppression, *, actor: User | None, now: datetime
) -> None:
    write_event(
        f"suppression.{what}",
        subject=f"address {kept.address_hash[:12]}",
        actor=actor,
        now=now,
        reason=kept.reason,
    )
