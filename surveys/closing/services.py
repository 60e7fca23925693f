"""Work on items: give, note, contact, close with an outcome, escalate, ask again."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from surveys.closing.calls import Call, call
from surveys.closing.responsible import Responsible
from surveys.models import FollowUp, FollowUpEvent, Invitation, Response, Survey
from surveys.services.errors import BadSurvey

log = logging.getLogger(__name__)

Kind = FollowUpEvent.Kind
State = FollowUp.State
ASK_AGAIN_AFTER = timedelta(days=3)  # what was mended must be felt first
LONGEST_NOTE = 2_000
FORGOTTEN = "–"  # a closed item has an outcome, even when its words are erased


@transaction.atomic
def give(item: FollowUp, *, owner: User, actor: User, now: datetime) -> FollowUp:
    """Make somebody the owner and tell them, unless they took it themselves.

    Raises: BadSurvey when the item is closed.
    """
    locked = _open_item(item)
    if locked.owner_id != owner.pk:
        locked.owner = owner
        locked.save(update_fields=["owner"])
        given = _record(locked, Kind.GIVEN, owner.name, actor=actor, now=now)
        _call_owner(given, actor=actor)
    return locked


@transaction.atomic
def note(
    item: FollowUp, *, text: str, actor: User, now: datetime, is_contact: bool = False
) -> FollowUp:
    """Write down what was done; with `is_contact` the customer was spoken to.

    Raises: BadSurvey when the item is closed or there is nothing to write down.
    """
    locked = _open_item(item)
    words = _words(text)
    if is_contact and locked.state == State.OPEN:
        locked.state = State.CONTACTED
        locked.save(update_fields=["state"])
    kind = Kind.CONTACTED if is_contact else Kind.NOTE
    _record(locked, kind, words, actor=actor, now=now)
    return locked


@transaction.atomic
def close(
    item: FollowUp,
    *,
    state: str,
    cause: str,
    outcome: str,
    actor: User,
    now: datetime,
    ask_again: bool = False,
) -> FollowUp:
    """Close an item: how it ended, what it came from, and what was done about it.

    With `ask_again` the customer gets the survey once more some days later.

    Raises: BadSurvey when something of it is missing, the item is closed already, or
    nobody can be asked again.
    """
    locked = _open_item(item)
    if state not in FollowUp.CLOSED_STATES:
        raise BadSurvey(_("Say how it ended."), field="state")
    if cause not in FollowUp.Cause.values:
        raise BadSurvey(_("Say what it came from."), field="cause")
    locked.state, locked.cause, locked.outcome = state, cause, _words(outcome)
    locked.closed_at, locked.closed_by = now, actor
    locked.save()
    _record(locked, Kind.CLOSED, locked.outcome, actor=actor, now=now)
    if ask_again:
        _ask_again(locked, actor=actor, now=now)
    return locked


@transaction.atomic
def reopen(item: FollowUp, *, text: str, actor: User, now: datetime) -> FollowUp:
    """Open a closed item again, with the reason, and tell its owner.

    What was written stays in its events.

    Raises: BadSurvey when it is open.
    """
    locked = FollowUp.objects.select_for_update().get(pk=item.pk)
    if locked.is_open:
        raise BadSurvey(_("This is open already."))
    words = _words(text)
    locked.state, locked.cause, locked.outcome = State.OPEN, "", ""
    locked.closed_at, locked.closed_by = None, None
    locked.save()
    reopened = _record(locked, Kind.REOPENED, words, actor=actor, now=now)
    _call_owner(reopened, actor=actor)
    return locked


@transaction.atomic
def forget_texts(response_ids: Iterable[int]) -> int:
    """Blank what was written about people who are forgotten; return how many items.

    State, cause and times stay, and so does every count.
    """
    items = FollowUp.objects.filter(response__in=response_ids)
    items.exclude(outcome="").update(outcome=FORGOTTEN)
    written = (Kind.NOTE, Kind.CONTACTED, Kind.CLOSED, Kind.REOPENED)
    FollowUpEvent.objects.filter(item__in=items, kind__in=written).update(text="")
    return items.count()


def escalate_due(*, now: datetime, limit: int = 100) -> int:
    """Tell the next person above about each overdue item, once; return how many.

    Safe to run twice, at the same time and to die half-way: one statement decides who
    escalates, and whom it tells is written with it.
    """
    due = FollowUp.objects.filter(
        state__in=FollowUp.OPEN_STATES, due_at__lte=now, escalated_at=None
    ).order_by("due_at", "pk")[:limit]
    items = list(due)
    if not items:
        return 0
    people = Responsible.load(today(now, get_organisation()))
    return sum(_escalated(item, people, now=now) for item in items)


def _escalated(item: FollowUp, people: Responsible, *, now: datetime) -> bool:
    """Escalate one of many: a fault of one must not keep back the others."""
    try:
        return _escalate(item, people, now=now)
    except Exception:
        log.exception("follow-up could not be escalated", extra={"item": item.pk})
        return False


@transaction.atomic
def _escalate(item: FollowUp, people: Responsible, *, now: datetime) -> bool:
    to = people.above(item.team_id, than=item.owner_id)
    taken = FollowUp.objects.filter(
        pk=item.pk, escalated_at=None, state__in=FollowUp.OPEN_STATES
    ).update(escalated_at=now, escalated_to=to)
    if taken:
        name = User.objects.values_list("name", flat=True).filter(pk=to).first()
        told = _record(item, Kind.ESCALATED, name or "", actor=None, now=now)
        if to is not None:
            call([Call(told, to)], now=now)
    return bool(taken)


def _ask_again(item: FollowUp, *, actor: User, now: datetime) -> None:
    """Queue one more invitation to the same person about the same event.

    A person decided so: the clocks that keep surveys apart do not hold it back, but
    whoever asked not to be mailed is not.
    """
    response = Response.objects.select_related("invitation", "survey").get(
        pk=item.response_id
    )
    first, survey = response.invitation, response.survey
    if first is None or not (first.address or first.phone):
        raise BadSurvey(_("Nobody is known who could be asked again."))
    if survey.status != Survey.Status.LIVE or survey.version_id is None:
        raise BadSurvey(_("The survey is closed, so nobody can be asked again."))
    again, _made = Invitation.objects.get_or_create(
        survey=survey,
        request_key=f"follow-up {item.pk}",
        defaults={
            "version_id": survey.version_id,
            "contact_id": first.contact_id,
            "customer_id": first.customer_id,
            "address": first.address,
            "address_hash": first.address_hash,
            "means": first.means,
            "phone": first.phone,
            "language": first.language,
            "subject": first.subject,
            "event_day": today(now, get_organisation()),
            "agent_id": first.agent_id,
            "sent_team_id": first.sent_team_id,
            "channel": first.channel,
            "segment_id": first.segment_id,
            "client_id": first.client_id,
            "product_id": first.product_id,
            "send_after": now + ASK_AGAIN_AFTER,
            "created_at": now,
            "added_at": now,
            "created_by": actor,
        },
    )
    FollowUp.objects.filter(pk=item.pk).update(asked_again=again)
    _record(item, Kind.ASKED, "", actor=actor, now=now)


def _open_item(item: FollowUp) -> FollowUp:
    locked: FollowUp = FollowUp.objects.select_for_update().get(pk=item.pk)
    if not locked.is_open:
        raise BadSurvey(_("This is closed. Open it again first."))
    return locked


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise BadSurvey(_("Write down what was done."), field="text")
    if len(words) > LONGEST_NOTE or "\x00" in words:
        raise BadSurvey(_("At most 2,000 characters."), field="text")
    return words


def _record(
    item: FollowUp, kind: str, text: str, *, actor: User | None, now: datetime
) -> FollowUpEvent:
    return FollowUpEvent.objects.create(
        item=item, kind=kind, at=now, actor=actor, text=text
    )


def _call_owner(event: FollowUpEvent, *, actor: User) -> None:
    owner_id = event.item.owner_id
    if owner_id is not None and owner_id != actor.pk:
        call([Call(event, owner_id)], now=event.at)
