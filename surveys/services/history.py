"""Take over invitations that were sent before, with the answers they got.

For whoever comes from another survey system: response rates need those who did not
answer too. Nobody is mailed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from crmkpi.lib import bulk
from crmkpi.lib.periods import local_day
from surveys.changes import announce, rows_of
from surveys.models import Answer, Invitation, Response, Survey
from surveys.services.errors import BadSurvey
from surveys.services.rows import (
    ANSWER_COLUMNS,
    RESPONSE_COLUMNS,
    Asked,
    Given,
    Placed,
    Placer,
    answer_rows,
    answers_to,
    asked_by,
    response_row,
)
from surveys.services.storing import live_source
from surveys.tokens import address_hash

State = Invitation.State
INVITATION_COLUMNS = (
    "uuid",
    "survey_id",
    "version_id",
    "request_key",
    "contact_id",
    "customer_id",
    "address",
    "address_hash",
    "language",
    "subject",
    "event_day",
    "agent_id",
    "sent_team_id",
    "channel",
    "segment_id",
    "state",
    "skip_reason",
    "send_after",
    "attempts",
    "fault",
    "sent_at",
    "sent_day",
    "expires_at",
    "is_bounced",
    "is_answered",
    "exclusion",
    "created_at",
    "added_at",
)


class Past(NamedTuple):
    """An invitation of the past; the answer is checked against the scale."""

    key: str  # unique in the survey
    sent_at: datetime
    agent_id: int | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    address: str = ""
    channel: int = 0
    subject: str = ""
    language: str = ""
    is_bounced: bool = False
    answered_at: datetime | None = None
    score: int | None = None
    comment: str = ""

    @property
    def given(self) -> Given:
        """Return what was answered, or as much of it as places the invitation."""
        return Given(
            self.key,
            self.score or 0,
            self.answered_at or self.sent_at,
            self.agent_id,
            self.customer_id,
            self.contact_id,
            self.channel,
            self.comment,
            self.language,
        )


@transaction.atomic
def record_history(survey: Survey, rows: Iterable[Past], *, now: datetime) -> int:
    """Store past invitations and their answers; return how many were new.

    An invitation is about the local day on which it was sent. A key that is there is
    left alone, so a second run changes nothing.

    Queries: a fixed number
    Raises: BadSurvey before the first publishing and for an anonymous survey;
    ScoreError for a bad score.
    """
    version = survey.version
    if version is None:
        raise BadSurvey("publish the survey first")
    if survey.is_anonymous:
        raise BadSurvey("what is known with its invitation is not anonymous")
    asked = asked_by(version)
    wanted = {each.key: each for each in rows}
    for each in wanted.values():
        if each.answered_at is not None:
            asked.scale.check(each.score)
    keys = bulk.KeysIn([F("request_key")], [(key,) for key in wanted])
    known = survey.invitations.filter(keys).values_list("request_key", flat=True)
    for key in list(known):
        del wanted[key]
    if not wanted:
        return 0
    fresh = list(wanted.values())
    placer = Placer.load([each.given for each in fresh])
    ids = _insert_invitations(survey, fresh, placer=placer, now=now)
    answered = [each for each in fresh if each.answered_at and each.key in ids]
    _insert_answers(answered, ids, asked=asked, placer=placer, now=now)
    return len(ids)


def _insert_invitations(
    survey: Survey, rows: Sequence[Past], *, placer: Placer, now: datetime
) -> dict[str, int]:
    """Insert invitations; return their primary keys by key."""
    inserted = bulk.insert_new(
        Invitation,
        INVITATION_COLUMNS,
        [_invitation_row(survey, each, placer=placer, now=now) for each in rows],
        conflict=("survey_id", "request_key"),
    )
    stored = Invitation.objects.filter(
        bulk.KeysIn([F("pk")], [(pk,) for pk in inserted])
    )
    announce(Invitation, before=[], after=rows_of(stored), now=now, cause="import")
    return dict(stored.values_list("request_key", "pk"))


def _invitation_row(
    survey: Survey, past: Past, *, placer: Placer, now: datetime
) -> tuple[Any, ...]:
    expires_at = past.sent_at + timedelta(days=survey.window_days)
    day = local_day(past.sent_at, placer.zone)
    team_id = placer.teams.team_of(past.agent_id, day)
    return (
        uuid4().hex,  # as both databases take it
        survey.pk,
        survey.version_id,
        past.key,
        past.contact_id,
        past.customer_id,
        past.address,
        address_hash(past.address),
        past.language,
        past.subject,
        day,
        past.agent_id,
        team_id if past.agent_id else survey.team_id,
        past.channel,
        placer.segments.on(past.customer_id, day),
        _state(past, expires_at=expires_at, now=now).value,
        "",
        past.sent_at,
        1,
        "",
        past.sent_at,
        day,
        expires_at,
        past.is_bounced,
        past.answered_at is not None,
        0,
        past.sent_at,
        now,
    )


def _state(past: Past, *, expires_at: datetime, now: datetime) -> Invitation.State:
    if past.is_bounced:
        return State.BOUNCED
    if past.answered_at is not None:
        return State.ANSWERED
    return State.EXPIRED if expires_at <= now else State.SENT


def _insert_answers(
    rows: Sequence[Past],
    ids: dict[str, int],
    *,
    asked: Asked,
    placer: Placer,
    now: datetime,
) -> None:
    source_id = live_source()
    invited = dict(
        Invitation.objects.filter(
            bulk.KeysIn([F("pk")], [(ids[each.key],) for each in rows])
        ).values_list("pk", "sent_team_id")
    )
    placed = {
        ids[each.key]: _placed(each, team_id=invited[ids[each.key]], placer=placer)
        for each in rows
    }
    bulk.insert_rows(
        Response,
        (*RESPONSE_COLUMNS, "invitation_id"),
        [
            (
                *response_row(
                    placed[ids[each.key]],
                    asked=asked,
                    source_id=source_id,
                    external_id=f"history:{ids[each.key]}",
                    origin=Response.Origin.INVITATION,
                    run=None,
                    now=now,
                ),
                ids[each.key],
            )
            for each in rows
        ],
    )
    responses = dict(
        Response.objects.filter(
            bulk.KeysIn([F("invitation_id")], [(pk,) for pk in placed])
        ).values_list("invitation_id", "pk")
    )
    bulk.insert_rows(
        Answer,
        ANSWER_COLUMNS,
        [
            row
            for pk, each in placed.items()
            for row in answer_rows(responses[pk], each, asked, now=now)
        ],
    )
    after = rows_of(answers_to(responses.values()))
    announce(Answer, before=[], after=after, now=now, cause="import")


def _placed(past: Past, *, team_id: int | None, placer: Placer) -> Placed:
    """Return the answer with team and day of the invitation it belongs to."""
    given, event_day = past.given, local_day(past.sent_at, placer.zone)
    return Placed(
        given,
        day=local_day(given.answered_at, placer.zone),
        event_day=event_day,
        team_id=team_id,
        segment_id=placer.segments.on(past.customer_id, event_day),
    )
