"""What we hold about somebody, and the wish to be forgotten."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.queries import get_zone
from crmkpi.lib.periods import from_day, local_day
from surveys.content import Content
from surveys.held_texts import HELD, HeldPage
from surveys.links import find_invitation
from surveys.models import (
    Answer,
    Consent,
    ErasureRequest,
    ExtraAnswer,
    Invitation,
    Response,
)
from surveys.scoring import Kind
from surveys.services.erasure import request_erasure
from surveys.services.errors import UnknownLink
from surveys.texts import spoken_day
from surveys.views import public_ballots
from surveys.views.customer_pages import customer_page, language_of, render
from surveys.views.public import is_editable, response_of, spoken

Line = tuple[str, str]  # a sentence with {value}, and the value


@customer_page("GET", "HEAD", "POST")
def held(request: HttpRequest, token: str) -> HttpResponse:
    """For a mailed link, which somebody else may hold: what is known, no answers."""
    link = find_invitation(token)
    if link is None or link.invitation is None:
        raise UnknownLink("")
    language = language_of(request, link)
    if request.method == "POST":
        request_erasure(invitation=link.invitation, now=timezone.now())
    return _show(
        link.content,
        language,
        lines=_of_invitation(link.invitation, HELD[language], language),
        note=HELD[language].anonymous
        if link.survey.is_anonymous
        else HELD[language].kept,
        erasing=HELD[language].erase_anonymous if link.survey.is_anonymous else "",
        is_asked=_is_asked(invitation=link.invitation),
        back=reverse("surveys:answer", args=[token]),
    )


@customer_page("GET", "HEAD", "POST")
def held_answer(request: HttpRequest, key: str) -> HttpResponse:
    """For a thank-you page, which is the customer's own for a day: also the answer."""
    try:
        response = response_of(key)
    except UnknownLink:
        return public_ballots.held(request, key)
    content = Content.from_json(response.version.content)
    language = spoken(response, content)
    page = HELD[language]
    invitation = response.invitation
    if request.method == "POST":
        if invitation is not None:
            request_erasure(invitation=invitation, now=timezone.now())
        else:
            request_erasure(response=response, now=timezone.now())
    known = (
        _of_invitation(invitation, page, language)
        if invitation is not None
        else [(page.nothing, "")]
    )
    is_own = is_editable(response, timezone.now())
    return _show(
        content,
        language,
        lines=known + (_of_answer(response, page) if is_own else []),
        note="" if is_own else page.kept,
        is_asked=_is_asked(invitation=invitation)
        if invitation is not None
        else _is_asked(response=response),
    )


def masked(address: str) -> str:
    """Return an address of which only its owner can tell that it is theirs.

    Example: masked("grace@example.org") == "g…@example.org"
    """
    name, at, host = address.partition("@")
    return f"{name[:1]}…{at}{host}" if at else "…"


def _show(
    content: Content, language: str, *, lines: list[Line], **context: Any
) -> HttpResponse:
    return render(
        "held",
        language=language,
        content=content,
        held=HELD[language],
        lines=lines,
        **context,
    )


def _of_invitation(invitation: Invitation, page: HeldPage, language: str) -> list[Line]:
    lines = []
    if invitation.address:
        lines.append((page.address, masked(invitation.address)))
    if invitation.contact_id:
        lines.append((page.contact, ""))
    if invitation.subject:
        lines.append((page.subject, ""))
    asked_at = invitation.sent_at or invitation.created_at
    lines.append((page.asked, _day(asked_at, language)))
    if invitation.survey.is_anonymous:
        is_used = invitation.is_answered
        return [*lines, (page.used if is_used else page.unanswered, "")]
    answered = Response.objects.filter(invitation=invitation).first()
    if answered is None:
        return [*lines, (page.unanswered, "")]
    return [*lines, (page.answered, _day(answered.answered_at, language))]


def _of_answer(response: Response, page: HeldPage) -> list[Line]:
    lines = []
    for given in Answer.objects.filter(response=response).order_by("pk"):
        if given.value is not None:
            lines.append((page.score, str(given.value)))
        elif given.kind == Kind.TEXT and given.text:
            lines.append((f"{page.comment}: {{value}}", given.text))
    if ExtraAnswer.objects.filter(response=response).exists():
        lines.append((page.more, ""))
    for each in Consent.objects.filter(response=response, revoked_at=None):
        lines.append((f"{page.agreed}: {{value}}", each.wording))
    return lines


def _day(instant: datetime, language: str) -> str:
    day = local_day(instant, get_zone())
    return spoken_day(from_day(day), language)


def _is_asked(**subject: Any) -> bool:
    return ErasureRequest.objects.filter(
        state=ErasureRequest.State.OPEN, **subject
    ).exists()
