"""Answers by the thousand as plain rows: what they answer, whose they are.

No ORM objects and no query for each: what many answers need is looked up once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F

from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.models import ImportRun
from crmkpi.crm.segments.history import SegmentHistory
from crmkpi.lib import bulk
from crmkpi.lib.periods import local_day
from surveys.content import Content
from surveys.models import Answer, Question, Response, SurveyVersion
from surveys.scoring import Kind, Scale

Row = tuple[Any, ...]
RESPONSE_COLUMNS = (
    "source_id",
    "external_id",
    "exclusion",
    "written_at",
    "import_run_id",
    "survey_id",
    "version_id",
    "origin",
    "customer_id",
    "contact_id",
    "agent_id",
    "answered_team_id",
    "language",
    "answered_at",
    "void_note",
)
ANSWER_COLUMNS = (
    "response_id",
    "question_id",
    "survey_id",
    "kind",
    "value",
    "low",
    "high",
    "is_top",
    "text",
    "answered_at",
    "answered_day",
    "event_day",
    "answered_team_id",
    "agent_id",
    "channel",
    "segment_id",
    "client_id",
    "exclusion",
    "added_at",
)


class Given(NamedTuple):
    """One answer as another system tells it."""

    external_id: str  # unique within the source
    score: int  # checked against the scale
    answered_at: datetime
    agent_id: int | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    channel: int = 0
    comment: str = ""
    language: str = ""
    client_id: int | None = None  # of whose ticket or contact it is about


@dataclass(frozen=True)
class Asked:
    """What the answers answer: a version with the ids of its two questions."""

    survey_id: int
    version_id: int
    score_id: int
    comment_id: int
    scale: Scale


@dataclass(frozen=True)
class Placed:
    """An answer with the day and the team that it counts for."""

    given: Given
    day: int
    event_day: int  # whose team it is
    team_id: int | None
    segment_id: int | None
    exclusion: int = 0


@dataclass(frozen=True)
class Placer:
    """Finds day, team and segment of answers without a query for each."""

    zone: str
    teams: TeamDirectory
    segments: SegmentHistory

    @classmethod
    def load(cls, given: Sequence[Given]) -> "Placer":
        customers = {each.customer_id for each in given if each.customer_id}
        return cls(
            get_organisation().zone,
            TeamDirectory.load(),
            SegmentHistory.load(customers),
        )

    def place(self, given: Given) -> Placed:
        """Return an answer about its own day."""
        day = local_day(given.answered_at, self.zone)
        return Placed(
            given,
            day=day,
            event_day=day,
            team_id=self.teams.team_of(given.agent_id, day),
            segment_id=self.segments.on(given.customer_id, day),
        )


def asked_by(version: SurveyVersion) -> Asked:
    """Return what answers to a version answer. Queries: 1."""
    questions = dict(version.questions.values_list("key", "pk"))
    return Asked(
        survey_id=version.survey_id,
        version_id=version.pk,
        score_id=questions[Question.SCORE],
        comment_id=questions[Question.COMMENT],
        scale=Content.from_json(version.content).scale,
    )


def response_row(
    placed: Placed,
    *,
    asked: Asked,
    source_id: int,
    external_id: str,
    origin: Response.Origin,
    run: ImportRun | None,
    now: datetime,
) -> Row:
    """Return the row of an answer's response."""
    given = placed.given
    return (
        source_id,
        external_id,
        0,
        now,
        run.pk if run else None,
        asked.survey_id,
        asked.version_id,
        origin.value,
        given.customer_id,
        given.contact_id,
        given.agent_id,
        placed.team_id,
        given.language,
        given.answered_at,
        "",
    )


def answer_rows(
    response_id: int, placed: Placed, asked: Asked, *, now: datetime
) -> list[Row]:
    """Return the rows of an answer's score and, if there is one, its comment."""
    given, scale = placed.given, asked.scale
    whose = (
        given.answered_at,
        placed.day,
        placed.event_day,
        placed.team_id,
        given.agent_id,
        given.channel,
        placed.segment_id,
        given.client_id,
        placed.exclusion,
        now,
    )
    score = (
        response_id,
        asked.score_id,
        asked.survey_id,
        scale.kind.value,
        given.score,
        scale.low,
        scale.high,
        scale.is_top(given.score),
        "",
        *whose,
    )
    if not given.comment:
        return [score]
    blank = (None, None, None, None)
    comment = (
        response_id,
        asked.comment_id,
        asked.survey_id,
        Kind.TEXT.value,
        *blank,
        given.comment,
        *whose,
    )
    return [score, comment]


def answers_to(response_ids: Iterable[int]) -> Any:
    """Return the answers of responses."""
    return Answer.objects.filter(
        bulk.KeysIn([F("response_id")], [(pk,) for pk in response_ids])
    )
