"""Take what customers say after the score: a comment and replies, or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from surveys.content import Content
from surveys.extras import Extra, Reply, ReplyFault
from surveys.models import Answer, ExtraAnswer, Question, Response
from surveys.scoring import Kind
from surveys.services import answers
from surveys.services.errors import BadReply

Given = Mapping[str, Sequence[str]]  # the posted values by the key of the question


@transaction.atomic
def tell(edit_key: str, *, comment: str, given: Given, now: datetime) -> Response:
    """Store a comment and the replies to the extra questions, all or nothing.

    The score counts without them. Posting the form again replaces what was said.

    Raises: UnknownLink, EditOver, BadComment, BadReply.
    """
    response = answers.comment(edit_key, text=comment, now=now)
    extras = Content.from_json(response.version.content).extras
    replies = {each.key: _read(each, given) for each in extras}
    if replies:
        _store(response, replies, now=now)
    return response


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
