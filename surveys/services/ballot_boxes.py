"""Anonymous answers as they come to light: out of their box, five or more at a time.

What is let out together has one day and, with four others at least, all else in common:
whichever two figures somebody subtracts from one another, the difference is of five
people or of none. That holds in results, metrics, lists and files alike, since it holds
in the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, F

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.lib import bulk
from crmkpi.lib.periods import Grain, day_start, local_day
from surveys.blurring import blur
from surveys.changes import announce, rows_of
from surveys.hiding import MIN_N
from surveys.models import Answer, Ballot, ExtraAnswer, Response, SurveyVersion
from surveys.services.rows import (
    ANSWER_COLUMNS,
    RESPONSE_COLUMNS,
    Asked,
    Given,
    Placed,
    answer_rows,
    answers_to,
    asked_by,
    response_row,
)
from surveys.services.storing import live_source
from surveys.tokens import FORM_LIFE


def open_boxes(*, now: datetime) -> int:
    """Make answers of the ballots of past weeks; return how many came out.

    A box is opened when the week is over and no form of it can be posted any more, and
    only with five ballots or more; else it waits for another week. Safe to run twice,
    and at the same time: whoever comes second finds the box empty.
    """
    organisation = get_organisation()
    settled = local_day(now - FORM_LIFE, organisation.zone)
    week = get_calendar(organisation).period(settled, Grain.WEEK)
    full = (
        Ballot.objects.filter(day__lt=week.start)
        .order_by()
        .values_list("version")
        .annotate(n=Count("pk"))
        .filter(n__gte=MIN_N)
    )
    return sum(
        _open(version_id, before=week.start, zone=organisation.zone, now=now)
        for version_id, _n in full
    )


@transaction.atomic
def _open(version_id: int, *, before: int, zone: str, now: datetime) -> int:
    version = (
        SurveyVersion.objects.select_for_update(of=("self",))
        .select_related("survey")
        .get(pk=version_id)
    )
    box = version.ballots.filter(day__lt=before)
    ballots = list(box.order_by("pk"))  # at random, for ids are
    if len(ballots) < MIN_N:
        return 0
    # One day for all, that of the last: a day with few answers would tell whose.
    day = max(each.day for each in ballots)
    placed = _placed(ballots, team_id=version.survey.team_id, day=day, zone=zone)
    responses = _insert(placed, asked=asked_by(version), now=now)
    questions = dict(version.questions.values_list("key", "pk"))
    ExtraAnswer.objects.bulk_create(
        extra
        for ballot, each in zip(ballots, placed, strict=True)
        for extra in _extras(
            ballot,
            response_id=responses[each.given.external_id],
            questions=questions,
            at=each.given.answered_at,
        )
    )
    box.delete()
    rows = rows_of(answers_to(responses.values()))
    announce(Answer, before=[], after=rows, now=now, cause="edit")
    return len(responses)


def _placed(
    ballots: Sequence[Ballot], *, team_id: int, day: int, zone: str
) -> list[Placed]:
    """Return ballots as answers of one day, with what of the event may be known."""
    blurred = blur(
        [(each.team_id, each.agent_id, each.segment_id) for each in ballots],
        blank=(team_id, None, None),
    )
    return [
        Placed(
            Given(
                external_id=f"anonymous:{uuid4().hex}",
                score=each.score,
                answered_at=day_start(day, zone),
                agent_id=agent_id,
                comment=each.comment,
            ),
            day=day,
            event_day=day,
            team_id=team_id,
            segment_id=segment_id,
        )
        for each, (team_id, agent_id, segment_id) in zip(ballots, blurred, strict=True)
    ]


def _insert(placed: Sequence[Placed], *, asked: Asked, now: datetime) -> dict[str, int]:
    """Insert responses with their answers; return their keys by external id."""
    inserted = bulk.insert_new(
        Response,
        RESPONSE_COLUMNS,
        [
            response_row(
                each,
                asked=asked,
                source_id=live_source(),
                external_id=each.given.external_id,
                origin=Response.Origin.ANONYMOUS,
                run=None,
                now=now,
            )
            for each in placed
        ],
    )
    stored = Response.objects.filter(bulk.KeysIn([F("pk")], [(pk,) for pk in inserted]))
    responses = dict(stored.values_list("external_id", "pk"))
    bulk.insert_rows(
        Answer,
        ANSWER_COLUMNS,
        [
            row
            for each in placed
            for row in answer_rows(
                responses[each.given.external_id], each, asked, now=now
            )
        ],
    )
    return responses


def _extras(
    ballot: Ballot, *, response_id: int, questions: Mapping[str, int], at: datetime
) -> Iterator[ExtraAnswer]:
    for key, reply in ballot.extras.items():
        yield ExtraAnswer(
            response_id=response_id,
            question_id=questions[key],
            chosen=reply["chosen"],
            text=reply["text"],
            replied_at=at,
        )
