"""Keep names, addresses and words no longer than wanted; scores and counts stay."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from crmkpi.accounts.queries import get_zone
from crmkpi.lib.periods import local_day
from surveys.changes import announce, rows_of
from surveys.models import Answer, Ballot, Invitation, Response
from surveys.scoring import Kind
from surveys.services.erasure import blank_answers, blank_invitations

PART = 500  # rows of one transaction


@transaction.atomic
def forget_old(*, keep_days: int, now: datetime) -> int:
    """Blank a part of what is older than so many days; return how many rows.

    Time: the instant of the answer, of an invitation that of its making. Whoever may
    still answer is left alone. Call it until it returns 0; killed half-way or run
    twice it does no harm.

    Empty: 0 when everything is to be kept, with `keep_days` 0.
    """
    if keep_days <= 0:
        return 0
    before = now - timedelta(days=keep_days)
    return (
        _forget_invitations(before, now=now)
        + _forget_responses(before, now=now)
        + _forget_ballots(before)
    )


def _forget_invitations(before: datetime, *, now: datetime) -> int:
    named = (
        ~Q(address="") | ~Q(phone="") | ~Q(address_hash="") | Q(contact__isnull=False)
    )
    old = Invitation.objects.filter(named, created_at__lt=before).exclude(
        state__in=Invitation.OPEN
    )
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:PART])
    if not ids:
        return 0
    blank_invitations(ids, [], now=now)
    rows = Invitation.objects.filter(pk__in=ids)
    was = rows_of(rows)
    rows.update(contact=None)
    announce(Invitation, before=was, after=rows_of(rows), now=now, cause="edit")
    return len(ids)


def _forget_responses(before: datetime, *, now: datetime) -> int:
    said = Answer.objects.filter(response=OuterRef("pk"), kind=Kind.TEXT.value)
    old = Response.objects.filter(
        Q(contact__isnull=False) | Exists(said.exclude(text="")),
        answered_at__lt=before,
    )
    ids = list(old.order_by("pk").values_list("pk", flat=True)[:PART])
    if ids:
        blank_answers(ids, now=now)
        Response.objects.filter(pk__in=ids).update(contact=None)
    return len(ids)


def _forget_ballots(before: datetime) -> int:
    """Blank the words of ballots whose box has not filled in all that time."""
    old = Ballot.objects.filter(day__lt=local_day(before, get_zone()))
    return old.exclude(comment="", extras={}).update(comment="", extras={})
