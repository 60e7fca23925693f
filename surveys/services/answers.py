"""Take the answers of customers: once per link, changed only from the thank-you page.

Every way in ends in one function, and the database decides what is a second answer:
a response is unique by its invitation and by its source and external id.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import AuditEvent, User
from crmkpi.crm.models import Channel, Exclusion
from crmkpi.lib.periods import day_start, local_day
from surveys.changes import announce, announce_all, row_of, rows_of
from surveys.closing.rules import Heard, is_named
from surveys.comments import CommentFault, clean_comment
from surveys.links import Link, content_of, find_invitation
from surveys.models import (
    Answer,
    AnswerRevision,
    CommentRelease,
    Invitation,
    Question,
    Response,
)
from surveys.scoring import Kind, ScoreError
from surveys.services.ballots import cast, was_cast
from surveys.services.errors import (
    AlreadyAnswered,
    BadComment,
    BadScore,
    EditOver,
    LinkClosed,
    StaleForm,
    UnknownLink,
)
from surveys.services.storing import (
    Attribution,
    live_source,
    store_response,
    store_score,
    use_invitation,
)
from surveys.tokens import BadForm, Form, hash_of

VOID_REASONS = (Exclusion.TEST, Exclusion.SPAM, Exclusion.DUPLICATE)
Speak = Callable[[Link], str]  # gives the language in which a link's page was shown


@dataclass(frozen=True)
class Answered:
    """What became of a posted answer."""

    response_id: int | None  # None: anonymous, there is none yet
    edit_key: str  # of the thank-you page, for a day
    is_new: bool  # False: the same form was posted before


def answer(
    token: str, *, score: object, form: str, speak: Speak, now: datetime
) -> Answered:
    """Store the answer to the invitation that a mailed link leads to.

    Posting the same form with the same score again changes nothing and leads to the
    same page.

    Raises: UnknownLink, StaleForm, LinkClosed, BadScore; AlreadyAnswered when the
    invitation has its answer and this is not the same form once more.
    """
    with transaction.atomic():
        link = find_invitation(token, lock=True)
        if link is None or link.invitation is None:
            raise UnknownLink(_("This link leads nowhere."))
        handed_out = _read_form(form, link=link, now=now)
        value = _check_score(link, score)
        invitation = link.invitation
        if invitation.is_answered:
            if link.survey.is_anonymous:
                return _cast_before(handed_out, value=value)
            earlier = Response.objects.filter(invitation=invitation)
            return _repeated(earlier, form=handed_out, value=value)
        if not link.is_open(now, opened_at=handed_out.opened_at):
            raise LinkClosed(_("This survey has ended."))
        if link.survey.is_anonymous:
            return _cast_invited(
                link, invitation, value=value, form=handed_out, now=now
            )
        return _store(
            link,
            origin=Response.Origin.INVITATION,
            external_id=f"invitation:{invitation.uuid}",
            attribution=Attribution(
                event_day=invitation.event_day,
                agent_id=invitation.agent_id,
                team_id=invitation.sent_team_id,
                channel=invitation.channel,
                segment_id=invitation.segment_id,
                client_id=invitation.client_id,
                product_id=invitation.product_id,
                customer_id=invitation.customer_id,
                contact_id=invitation.contact_id,
            ),
            value=value,
            form=handed_out,
            language=speak(link),
            now=now,
        )


def answer_shared(
    link: Link,
    *,
    score: object,
    form: str,
    speak: Speak,
    now: datetime,
    is_one_of_several: bool = False,
) -> Answered:
    """Store an answer given through a survey's shared link.

    It counts for the team that owns the survey and for no agent. That its network
    gave several is kept as a flag; an anonymous one has none.

    Raises: StaleForm, LinkClosed, BadScore, AlreadyAnswered; the version is the one
    that the form showed.
    """
    handed_out = _read_form(form, link=link, now=now)
    if handed_out.version_id != link.version.pk:
        shown = link.survey.versions.filter(pk=handed_out.version_id).first()
        if shown is None:
            raise StaleForm(_("This form is too old."))
        link = replace(link, version=shown)
    if not link.is_open(now):
        raise LinkClosed(_("This survey has ended."))
    value = _check_score(link, score)
    name, day = f"form:{handed_out.nonce}", local_day(now, link.zone)
    try:
        with transaction.atomic():
            if link.survey.is_anonymous:
                team_id = link.survey.team_id
                cast(link, value=value, form=handed_out, day=day, team_id=team_id)
                return Answered(None, handed_out.edit_key, is_new=True)
            return _store(
                link,
                origin=Response.Origin.SHARED,
                external_id=name,
                attribution=Attribution(
                    event_day=day,
                    team_id=link.survey.team_id,
                    channel=Channel.WEB,
                ),
                value=value,
                form=handed_out,
                language=speak(link),
                now=now,
                is_one_of_several=is_one_of_several,
            )
    except IntegrityError:
        if link.survey.is_anonymous:
            return _cast_before(handed_out, value=value)
        earlier = Response.objects.filter(source_id=live_source(), external_id=name)
        if not earlier.exists():
            raise  # not for being the second
        return _repeated(earlier, form=handed_out, value=value)


@transaction.atomic
def comment(edit_key: str, *, text: str, now: datetime) -> Response:
    """Store the comment to an answer, or another wording of it.

    Empty: no text removes a comment that was there and stores none that was not.
    Raises: UnknownLink, EditOver after a day, BadComment.
    """
    response = _editable(edit_key, now=now)
    words = checked_comment(text)
    question = Question.objects.get(
        version_id=response.version_id, key=Question.COMMENT
    )
    earlier = Answer.objects.filter(response=response, question=question).first()
    if earlier is None:
        if words:
            score = Answer.objects.get(response=response, value__isnull=False)
            added = Answer.objects.create(
                **_copied(score, question=question, text=words, now=now)
            )
            announce(Answer, before=[], after=[row_of(added)], now=now, cause="edit")
    elif earlier.text != words:
        _keep_revision(earlier, now=now)
        Answer.objects.filter(pk=earlier.pk).update(text=words)
        CommentRelease.objects.filter(response=response).delete()  # of other words
        # Figures stay; what is sorted by its words is looked at again.
        row = row_of(earlier)
        announce(Answer, before=[row], after=[row], now=now, cause="edit")
    return response


def checked_comment(text: str) -> str:
    """Return a comment as it is stored. Raises: BadComment."""
    try:
        return clean_comment(text)
    except CommentFault as error:
        raise BadComment(str(error)) from error


@transaction.atomic
def change_answer(edit_key: str, *, score: object, now: datetime) -> Response:
    """Store another score in place of the first; the day of the answer stays.

    Answers through a shared link cannot be changed: nobody can say whose they are.

    Raises: UnknownLink, EditOver, BadScore.
    """
    response = _editable(edit_key, now=now)
    if response.origin != Response.Origin.INVITATION:
        raise EditOver(_("This answer cannot be changed."))
    given = Answer.objects.get(response=response, value__isnull=False)
    scale = content_of(response.version_id).scale
    try:
        value = scale.check(score)
    except ScoreError as error:
        raise BadScore(str(error)) from error
    if value != given.value:
        before = row_of(given)
        _keep_revision(given, now=now)
        given.value, given.is_top = value, scale.is_top(value)
        given.save(update_fields=["value", "is_top"])
        announce(Answer, before=[before], after=[row_of(given)], now=now, cause="edit")
    return response


@transaction.atomic
def void_response(
    response: Response, *, reason: Exclusion, note: str, actor: User, now: datetime
) -> Response:
    """Leave a response out of every figure, with the reason; no score is edited.

    Raises: ValueError for a reason that is not one of VOID_REASONS.
    """
    if reason not in VOID_REASONS:
        raise ValueError(reason)
    locked = Response.objects.select_for_update().get(pk=response.pk)
    if locked.exclusion == reason:
        return locked
    answers = Answer.objects.filter(response=locked)
    before = rows_of(answers)
    answers.update(exclusion=reason)
    locked.exclusion, locked.void_note = reason, note.strip()[:300]
    locked.voided_by, locked.voided_at = actor, now
    locked.save()
    announce(Answer, before=before, after=rows_of(answers), now=now, cause="edit")
    AuditEvent.objects.create(
        at=now,
        actor=actor,
        action="response.voided",
        subject=f"response {locked.pk}",
        detail={"reason": int(reason), "note": locked.void_note},
    )
    return locked


def _read_form(signed: str, *, link: Link, now: datetime) -> Form:
    try:
        return Form.read(signed, link=link.name, now=now)
    except BadForm as error:
        raise StaleForm(_("This form is too old.")) from error


def _check_score(link: Link, score: object) -> int:
    try:
        return link.content.scale.check(score)
    except ScoreError as error:
        raise BadScore(str(error)) from error


def _store(
    link: Link,
    *,
    origin: Response.Origin,
    external_id: str,
    attribution: Attribution,
    value: int,
    form: Form,
    language: str,
    now: datetime,
    is_one_of_several: bool = False,
) -> Answered:
    """Store a score, and that the invitation is used; announce both at once."""
    response_id = store_response(
        link,
        origin=origin,
        external_id=external_id,
        attribution=attribution,
        edit_key_hash=hash_of(form.edit_key),
        language=language,
        now=now,
        is_one_of_several=is_one_of_several,
    )
    changes = [
        store_score(
            link, response_id=response_id, attribution=attribution, value=value, now=now
        )
    ]
    if link.invitation is not None:
        changes.append(use_invitation(link.invitation))
    heard = Heard(
        response_id=response_id,
        survey_id=link.survey.pk,
        score=value,
        scale=link.content.scale,
        comments=(),
        answered_at=now,
        team_id=attribution.team_id,
        agent_id=attribution.agent_id,
    )
    announce_all(
        changes, now=now, cause="edit", may_follow_up=is_named(link.survey, heard)
    )
    return Answered(response_id, form.edit_key, is_new=True)


def _cast_invited(
    link: Link, invitation: Invitation, *, value: int, form: Form, now: datetime
) -> Answered:
    """Cast the ballot of an invitation; of the invitation only its use is noted."""
    day = local_day(now, link.zone)
    cast(
        link,
        value=value,
        form=form,
        day=day,
        team_id=invitation.sent_team_id,
        agent_id=invitation.agent_id,
        segment_id=invitation.segment_id,
    )
    # Images of rows tell when they changed: to the day, like the ballot.
    used_at = day_start(day, link.zone)
    announce_all([use_invitation(invitation)], now=used_at, cause="edit")
    return Answered(None, form.edit_key, is_new=True)


def _cast_before(form: Form, *, value: int) -> Answered:
    """Return the page that the first post led to, while its box is closed."""
    if not was_cast(form, value=value):
        raise AlreadyAnswered(_("This link has been answered."))
    return Answered(None, form.edit_key, is_new=False)


def _repeated(earlier: Any, *, form: Form, value: int) -> Answered:
    """Return the page that the first post led to, when this is the same once more."""
    same = earlier.filter(
        edit_key_hash=hash_of(form.edit_key), answers__value=value
    ).first()
    if same is None:
        raise AlreadyAnswered(_("This link has been answered."))
    return Answered(same.pk, form.edit_key, is_new=False)


def _editable(edit_key: str, *, now: datetime) -> Response:
    response = (
        Response.objects.select_for_update(of=("self",))
        .select_related("survey", "version")
        .filter(edit_key_hash=hash_of(edit_key))
        .first()
    )
    if response is None:
        raise UnknownLink(_("This link leads nowhere."))
    if response.exclusion or response.edit_until is None or now >= response.edit_until:
        raise EditOver(_("This answer can no longer be changed."))
    return response


def _keep_revision(given: Answer, *, now: datetime) -> None:
    AnswerRevision.objects.create(
        answer=given, value=given.value, text=given.text, replaced_at=now
    )


def _copied(
    score: Answer, *, question: Question, text: str, now: datetime
) -> dict[str, Any]:
    """Return the columns of a comment: whose the score is, his is the comment."""
    shared = {
        name: getattr(score, name)
        for name in (
            "response_id",
            "survey_id",
            "answered_day",
            "event_day",
            "answered_team_id",
            "agent_id",
            "channel",
            "segment_id",
            "client_id",
            "product_id",
            "exclusion",
        )
    }
    return {
        **shared,
        "question": question,
        "kind": Kind.TEXT.value,
        "text": text,
        "answered_at": score.answered_at,
        "added_at": now,
    }
