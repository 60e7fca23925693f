"""Write an answer to our own pages: its response, its score, its invitation's use.

Rows are written without models, whose save() costs most of an answer's time. Whether
an answer is taken is decided before (services.answers).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crmkpi.crm.models import Channel, Exclusion, Source
from crmkpi.lib import bulk
from crmkpi.lib.kept import kept
from crmkpi.lib.periods import local_day
from surveys.changes import change_of, columns, row_of
from surveys.links import Link
from surveys.models import Answer, Invitation, Question, Response
from surveys.signals import Change

EDIT_LIFE = timedelta(hours=24)
LIVE_SOURCE = "surveys"  # the Source of what was answered on our own pages


@dataclass(frozen=True)
class Attribution:
    """Whom an answer counts for, frozen at the event it is about."""

    event_day: int
    agent_id: int | None = None
    team_id: int | None = None
    channel: int = Channel.UNKNOWN
    segment_id: int | None = None
    client_id: int | None = None
    product_id: int | None = None
    customer_id: int | None = None
    contact_id: int | None = None


def store_response(
    link: Link,
    *,
    origin: Response.Origin,
    external_id: str,
    attribution: Attribution,
    edit_key_hash: str,
    language: str,
    now: datetime,
    is_one_of_several: bool,
) -> int:
    """Insert a response; return its key.

    Raises: IntegrityError when the invitation or the external id has one.
    """
    values = {
        "source_id": live_source(),
        "external_id": external_id,
        "exclusion": Exclusion.NONE.value,
        "written_at": now,
        "survey_id": link.survey.pk,
        "version_id": link.version.pk,
        "origin": origin.value,
        "invitation_id": link.invitation.pk if link.invitation else None,
        "customer_id": attribution.customer_id,
        "contact_id": attribution.contact_id,
        "agent_id": attribution.agent_id,
        "answered_team_id": attribution.team_id,
        "language": language,
        "answered_at": now,
        "edit_key_hash": edit_key_hash,
        "edit_until": now + EDIT_LIFE,
        "is_one_of_several": is_one_of_several,
        "void_note": "",
    }
    return bulk.insert_row(Response, values)


def store_score(
    link: Link,
    *,
    response_id: int,
    attribution: Attribution,
    value: int,
    now: datetime,
) -> Change:
    """Insert the score of a response; return the change to announce."""
    scale = link.content.scale
    values = {
        "response_id": response_id,
        "question_id": _score_question(link.version.pk),
        "survey_id": link.survey.pk,
        "kind": scale.kind.value,
        "value": value,
        "low": scale.low,
        "high": scale.high,
        "is_top": scale.is_top(value),
        "text": "",
        "answered_at": now,
        "answered_day": local_day(now, link.zone),
        "event_day": attribution.event_day,
        "answered_team_id": attribution.team_id,
        "agent_id": attribution.agent_id,
        "channel": int(attribution.channel),
        "segment_id": attribution.segment_id,
        "client_id": attribution.client_id,
        "product_id": attribution.product_id,
        "exclusion": Exclusion.NONE.value,
        "added_at": now,
    }
    stored = values | {"id": bulk.insert_row(Answer, values)}
    row = tuple(stored[name] for name in columns(Answer))
    return change_of(Answer, before=[], after=[row])


def use_invitation(invitation: Invitation) -> Change:
    """Note that an invitation has its answer; return the change to announce."""
    before = row_of(invitation)
    used = {"is_answered": True, "state": Invitation.State.ANSWERED.value}
    for name, value in used.items():
        setattr(invitation, name, value)
    bulk.update_rows(Invitation, ["id"], list(used), [(invitation.pk, *used.values())])
    return change_of(Invitation, before=[before], after=[row_of(invitation)])


def live_source() -> int:
    """Return the key of the source of what was answered on our own pages."""
    try:
        return _known_source()
    except Source.DoesNotExist:
        names = {"name": "Survey pages"}
        return Source.objects.get_or_create(slug=LIVE_SOURCE, defaults=names)[0].pk


@kept
def _known_source() -> int:
    return Source.objects.values_list("pk", flat=True).get(slug=LIVE_SOURCE)


@kept
def _score_question(version_id: int) -> int:
    """Return the key of the question that a published version takes its score from."""
    questions = Question.objects.values_list("pk", flat=True)
    return questions.get(version_id=version_id, key=Question.SCORE)
