"""Wishes to be forgotten: taken from customers, looked at and carried out by people.

What can name somebody goes; scores and counts stay, so that no figure moves.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import forget_details, write_event
from crmkpi.accounts.models import User
from crmkpi.crm.erasure import customers_being, erase_people
from crmkpi.crm.forgotten import ERASED
from crmkpi.crm.models import Contact, Customer
from crmkpi.crm.telling_ids import rename, telling
from surveys.changes import announce, rows_of
from surveys.closing.services import forget_texts
from surveys.extras import ExtraKind
from surveys.models import (
    Answer,
    AnswerRevision,
    Consent,
    ErasureRequest,
    ExtraAnswer,
    Invitation,
    InvitationToken,
    Occasion,
    Response,
    Suppression,
)
from surveys.scoring import Kind
from surveys.sending import sms
from surveys.services.borrowed_ids import blank_subjects
from surveys.services.erased_list import ErasedList, note_erased
from surveys.services.errors import BadSurvey
from surveys.services.suppressions import suppress
from surveys.tokens import address_hash

State = ErasureRequest.State


@dataclass(frozen=True)
class Held:
    """Rows in which somebody is known to us."""

    contacts: QuerySet[Contact]
    customers: QuerySet[Customer]  # who are that person themselves
    invitations: QuerySet[Invitation]
    responses: QuerySet[Response]
    address_hashes: frozenset[str]
    words: frozenset[str]  # addresses and numbers, which ids of rows may tell


@dataclass(frozen=True)
class Erased:
    """How many rows no longer name anybody."""

    contacts: int
    customers: int
    texts: int  # of tickets, also of leads and deals
    ids: int  # of rows, which told an address or a number
    invitations: int
    answers: int  # in which nothing is left but scores and choices
    comments: int

    @property
    def sentence(self) -> str:
        """Return what was done, in words.

        Example: "Erased: 1 contact, 0 customers, 2 texts of tickets, 1 invitation,
        1 answer, 1 comment, 0 ids that told the address."
        """
        told = (
            (ngettext("%d contact", "%d contacts", self.contacts), self.contacts),
            (ngettext("%d customer", "%d customers", self.customers), self.customers),
            (
                ngettext("%d text of tickets", "%d texts of tickets", self.texts),
                self.texts,
            ),
            (
                ngettext("%d invitation", "%d invitations", self.invitations),
                self.invitations,
            ),
            (ngettext("%d answer", "%d answers", self.answers), self.answers),
            (ngettext("%d comment", "%d comments", self.comments), self.comments),
            (
                ngettext(
                    "%d id that told the address",
                    "%d ids that told the address",
                    self.ids,
                ),
                self.ids,
            ),
        )
        counted = ", ".join(words % n for words, n in told)
        return gettext("Erased: %(what)s.") % {"what": counted}


def request_erasure(
    *,
    now: datetime,
    invitation: Invitation | None = None,
    response: Response | None = None,
) -> ErasureRequest:
    """Take down that somebody wants to be forgotten; asking twice is asking once."""
    try:
        with transaction.atomic():
            return ErasureRequest.objects.create(
                invitation=invitation, response=response, requested_at=now
            )
    except IntegrityError:
        return ErasureRequest.objects.get(
            invitation=invitation, response=response, state=State.OPEN
        )


def held_of(request: ErasureRequest) -> Held:
    """Return what we hold of whoever asked: found by link, contact and address."""
    if request.invitation is None:
        return Held(
            contacts=Contact.objects.none(),
            customers=Customer.objects.none(),
            invitations=Invitation.objects.none(),
            responses=Response.objects.filter(erasures=request),
            address_hashes=frozenset(),
            words=frozenset(),
        )
    asked = request.invitation
    same = Q(pk=asked.pk)
    if asked.contact_id:
        same |= Q(contact=asked.contact_id)
    if asked.address_hash:
        same |= Q(address_hash=asked.address_hash)
    asked_before = Invitation.objects.filter(same)
    contacts = Contact.objects.filter(
        Q(pk__in=asked_before.filter(contact__isnull=False).values("contact"))
        | (Q(email__iexact=asked.address) if asked.address else Q(pk__in=[]))
    )
    hashes = asked_before.exclude(address_hash="").values_list("address_hash")
    return _held(
        same,
        contacts,
        frozenset(hashed for (hashed,) in hashes),
        called={asked.address, asked.phone},
    )


@transaction.atomic
def carry_out(request: ErasureRequest, *, actor: User, now: datetime) -> Erased:
    """Erase whoever asked, and keep them from being asked again.

    Raises: BadSurvey when the wish was carried out or declined before.
    """
    locked = _open(request)
    held = held_of(locked)
    erased = _erase(held, now=now)
    _close(locked, state=State.DONE, actor=actor, now=now)
    write_event(
        "survey.erased",
        subject=f"erasure {locked.pk}",
        actor=actor,
        now=now,
        **asdict(erased),
    )
    return erased


@transaction.atomic
def erase_person(address: str, *, actor: User | None, now: datetime) -> Erased:
    """Erase whoever is known under an address, and keep them from being asked again.

    Running it twice changes nothing more; open wishes of the same person are done.

    Raises: BadSurvey for a text that is no address.
    """
    held = held_by_address(address)
    wishes = ErasureRequest.objects.filter(
        Q(invitation__in=held.invitations) | Q(response__in=held.responses),
        state=State.OPEN,
    )
    wish_ids = list(wishes.values_list("pk", flat=True))
    erased = _erase(held, now=now)
    ErasureRequest.objects.filter(pk__in=wish_ids).update(
        state=State.DONE, closed_at=now, closed_by=actor
    )
    write_event(
        "survey.erased",
        subject="a person by address",
        actor=actor,
        now=now,
        **asdict(erased),
    )
    return erased


def held_by_address(address: str) -> Held:
    """Return what we hold of whoever is known under an address.

    Raises: BadSurvey for a text that is no address.
    """
    text = address.strip()
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadSurvey(_("This is no e-mail address."), field="address") from error
    hashed = address_hash(text)
    contacts = Contact.objects.filter(email__iexact=text)
    return _held(
        Q(address_hash=hashed) | Q(contact__in=contacts),
        contacts,
        frozenset({hashed}),
        called={text},
    )


@transaction.atomic
def erase_again(listed: ErasedList, *, now: datetime) -> int:
    """Erase whoever a list tells of, as after a restored backup; return how many.

    People are found by the hashes of their addresses. Running it twice changes nothing
    more.
    """
    emails = Contact.objects.exclude(email="").values_list("email", flat=True)
    asked = Invitation.objects.exclude(address="").filter(
        address_hash__in=listed.address_hashes
    )
    addresses = set(asked.values_list("address", flat=True)) | {
        email for email in emails if address_hash(email) in listed.address_hashes
    }
    for address in sorted({each.strip().lower() for each in addresses}):
        erase_person(address, actor=None, now=now)
    for hashed in sorted(listed.address_hashes):
        suppress(hashed, reason=Suppression.Reason.ERASED, now=now)
    told = Response.objects.exclude(origin=Response.Origin.IMPORT).filter(
        external_id__in=listed.answer_ids
    )
    blank_answers(list(told.values_list("pk", flat=True)), now=now)
    return len(addresses)


def _held(
    asked: Q,
    contacts: QuerySet[Contact],
    hashes: frozenset[str],
    *,
    called: set[str],
) -> Held:
    """Return what belongs to people and to the invitations that found them."""
    customers = customers_being(contacts)
    invitations = Invitation.objects.filter(asked | Q(customer__in=customers))
    known = list(contacts.values_list("email", "phone"))
    numbers = {address_hash(sms.plain_number(phone)) for _email, phone in known}
    words = frozenset({*called, *chain(*known)} - {""})
    theirs = Q(contact__in=contacts) | Q(customer__in=customers)
    if found := telling(words):
        theirs |= Q(found, origin=Response.Origin.IMPORT)
    return Held(
        contacts=contacts,
        customers=customers,
        invitations=invitations,
        responses=Response.objects.filter(Q(invitation__in=invitations) | theirs),
        address_hashes=hashes | (numbers - {""}),
        words=words,
    )


def _erase(held: Held, *, now: datetime) -> Erased:
    contact_ids = list(held.contacts.values_list("pk", flat=True))
    response_ids = list(held.responses.values_list("pk", flat=True))
    invitation_ids = list(held.invitations.values_list("pk", flat=True))
    words = held.words.union(*held.invitations.values_list("address", "phone"))
    _note(held, response_ids if not held.address_hashes else [], now=now)
    for hashed in sorted(held.address_hashes):
        suppress(hashed, reason=Suppression.Reason.ERASED, now=now)
    _forget_why_declined(response_ids, invitation_ids)
    rows = erase_people(contact_ids, now=now, called=words)
    blank_subjects(words)
    return Erased(
        contacts=rows.contacts,
        customers=rows.customers,
        texts=rows.texts,
        ids=rows.ids,
        invitations=blank_invitations(invitation_ids, contact_ids, now=now),
        answers=len(response_ids),
        comments=blank_answers(response_ids, now=now),
    )


def _note(held: Held, alone: list[int], *, now: datetime) -> None:
    """Put on the list by which address somebody is found, or which answers had none."""
    emails = held.contacts.exclude(email="").values_list("email", flat=True)
    answers = Response.objects.filter(pk__in=alone)
    note_erased(
        {*held.address_hashes, *map(address_hash, emails)},
        answers.values_list("external_id", flat=True),
        now=now,
    )


@transaction.atomic
def decline(request: ErasureRequest, *, note: str, actor: User, now: datetime) -> None:
    """Close a wish without erasing anything, with the reason.

    Raises: BadSurvey without a reason, or when it was closed before.
    """
    locked = _open(request)
    if not note.strip():
        raise BadSurvey(_("Write why nothing is erased."), field="note")
    locked.note = note.strip()[:300]
    _close(locked, state=State.DECLINED, actor=actor, now=now)
    write_event(
        "survey.erasure_declined",
        subject=f"erasure {locked.pk}",
        actor=actor,
        now=now,
        note=locked.note,
    )


def _open(request: ErasureRequest) -> ErasureRequest:
    locked = (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("invitation", "response")
        .get(pk=request.pk)
    )
    if locked.state != State.OPEN:
        raise BadSurvey(_("This wish has been dealt with."))
    return locked


def _close(
    request: ErasureRequest, *, state: State, actor: User, now: datetime
) -> None:
    request.state, request.closed_at, request.closed_by = state, now, actor
    request.save()


def blank_invitations(ids: list[int], contact_ids: list[int], *, now: datetime) -> int:
    """Blank the addresses, stop what waits and let the links lead nowhere."""
    Occasion.objects.filter(Q(invitation__in=ids) | Q(contact__in=contact_ids)).update(
        address="", phone=""
    )
    rows = Invitation.objects.filter(pk__in=ids)
    before = rows_of(rows)
    waiting = rows.filter(state=Invitation.State.QUEUED)
    waiting.update(state=Invitation.State.SKIPPED, skip_reason=Invitation.Skip.ERASED)
    rows.update(address="", phone="", address_hash="", fault="")
    InvitationToken.objects.filter(invitation__in=ids, revoked_at=None).update(
        revoked_at=now
    )
    announce(Invitation, before=before, after=rows_of(rows), now=now, cause="edit")
    return len(ids)


def blank_answers(response_ids: list[int], *, now: datetime) -> int:
    """Blank what was written; scores and choices stay, and name nobody.

    What was imported loses its id, so that the source cannot tell it again.
    """
    told = Response.objects.filter(
        pk__in=response_ids, origin=Response.Origin.IMPORT
    ).exclude(external_id__startswith=ERASED)
    rename("response", told, now=now)
    Response.objects.filter(pk__in=response_ids).update(
        edit_key_hash=None, edit_until=None
    )
    AnswerRevision.objects.filter(answer__response__in=response_ids).update(text="")
    Consent.objects.filter(response__in=response_ids).delete()
    ExtraAnswer.objects.filter(
        response__in=response_ids, question__kind=ExtraKind.TEXT.stored.value
    ).delete()
    forget_texts(response_ids)
    _forget_why_left_out(response_ids)
    comments = Answer.objects.filter(
        response__in=response_ids, kind=Kind.TEXT.value
    ).exclude(text="")
    ids = list(comments.values_list("pk", flat=True))
    rows = Answer.objects.filter(pk__in=ids)
    before = rows_of(rows)
    rows.update(text="")
    announce(Answer, before=before, after=rows_of(rows), now=now, cause="edit")
    return len(ids)


def _forget_why_left_out(response_ids: list[int]) -> None:
    rows = Response.objects.filter(pk__in=response_ids).exclude(void_note="")
    keys = list(rows.values_list("pk", flat=True))
    forget_details((f"response {pk}" for pk in keys), "note")
    Response.objects.filter(pk__in=keys).update(void_note="")


def _forget_why_declined(response_ids: list[int], invitation_ids: list[int]) -> None:
    wishes = ErasureRequest.objects.filter(
        Q(response__in=response_ids) | Q(invitation__in=invitation_ids)
    ).exclude(note="")
    keys = list(wishes.values_list("pk", flat=True))
    forget_details((f"erasure {pk}" for pk in keys), "note")
    ErasureRequest.objects.filter(pk__in=keys).update(note="")
