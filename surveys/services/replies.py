"""Take what customers say after the score: a comment and replies, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from surveys.changes import announce, row_of
from surveys.content import Content
from surveys.extras import Extra, Reply, ReplyFault
from surveys.links import content_of
from surveys.models import Answer, Ballot, ExtraAnswer, Question, Response
from surveys.scoring import Kind
from surveys.services import answers
from surveys.services.ballots import find_ballot, takes_words
from surveys.services.consents import agree
from surveys.services.errors import BadReply, EditOver

Given = Mapping[str, Sequence[str]]  # the posted values by the key of the question


@transaction.atomic
def tell(
    edit_key: str,
    *,
    comment: str,
    given: Given,
    now: datetime,
    agreed: Collection[str] = (),
) -> Response:
    """Store a comment, replies to the extra questions and consents, all or nothing.

    The score counts without them. Posting the form again replaces what was said.

    Raises: UnknownLink, EditOver, BadComment, BadReply.
    """
    response = answers.comment(edit_key, text=comment, now=now)
    content = Content.from_json(response.version.content)
    replies = {each.key: _read(each, given) for each in content.extras}
    if replies:
        _store(response, replies, now=now)
    if agree(response, agreed, brand=content.brand, now=now):
        # No figure moves; rules for following up look at the answer again.
        row = row_of(Answer.objects.get(response=response, value__isnull=False))
        announce(Answer, before=[row], after=[row], now=now, cause="edit")
    return response


@transaction.atomic
def tell_anonymously(key: str, *, comment: str, given: Given, now: datetime) -> Ballot:
    """Put a comment and replies to the ballot of a thank-you page, once.

    Raises: UnknownLink, EditOver when there are words already or it is too late,
    BadComment, BadReply.
    """
    ballot = Ballot.objects.select_for_update().get(pk=find_ballot(key).pk)
    if not takes_words(ballot, now=now):
        raise EditOver(_("This answer can no longer be changed."))
    ballot.comment = answers.checked_comment(comment)
    extras = content_of(ballot.version_id).extras
    replies = {each.key: _read(each, given) for each in extras}
    ballot.extras = {
        key: {"chosen": list(reply.chosen), "text": reply.text}
        for key, reply in replies.items()
        if reply
    }
    ballot.save(update_fields=["comment", "extras"])
    return ballot


def replies_to(response: Response) -> dict[str, Reply]:
    """Return what was replied by the key of the question. Queries: 1"""
    stored = ExtraAnswer.objects.filter(response=response).select_related("question")
    return {each.question.key: Reply(tuple(each.chosen), each.text) for each in stored}


def said_before(response: Response) -> tuple[str, Given]:
    """Return the comment and the replies as a form would post them again. Queries: 2"""
    comment = Answer.objects.filter(response=response, kind=Kind.TEXT.value).first()
    given = {
        key: [reply.text] if reply.text else [str(each) for each in reply.chosen]
        for key, reply in replies_to(response).items()
    }
    return comment.text if comment else "", given


def _read(extra: Extra, given: Given) -> Reply:
    try:
        return extra.read(given.get(extra.key, ()))
    except ReplyFault as error:
        raise BadReply(extra.key, str(error)) from error


def _store(response: Response, replies: Mapping[str, Reply], *, now: datetime) -> None:
    questions = Question.objects.filter(version_id=response.version_id, key__in=replies)
    for question in questions:
        reply = replies[question.key]
        said = ExtraAnswer.objects.filter(response=response, question=question)
        if not reply:
            said.delete()
            continue
        ExtraAnswer.objects.update_or_create(
            response=response,
            question=question,
            defaults={
                "chosen": list(reply.chosen),
                "text": reply.text,
                "replied_at": now,
            },
        )
