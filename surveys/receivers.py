"""What surveys do when people, customers or the calendar move, or ratings come in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.dispatch import receiver

from crmkpi.accounts.signals import calendar_changed, teams_changed
from crmkpi.crm.models import Fact, Source
from crmkpi.crm.signals import ids_replaced, ratings_received, segments_moved
from surveys.closing.rules import open_follow_ups
from surveys.models import Answer
from surveys.scoring import DEFAULT_SCALES, Kind
from surveys.services.borrowed_ids import Replaced, follow_new_ids, rating_id
from surveys.services.imports import (
    imported_survey,
    record_responses,
    withdraw_responses,
)
from surveys.services.restamp import (
    restamp_days,
    restamp_segments,
    restamp_teams,
)
from surveys.services.rows import Given
from surveys.services.themes import sort_responses
from surveys.signals import Change, response_changed


@receiver(teams_changed, dispatch_uid="surveys.teams_changed")
def follow_teams(
    agent_ids: set[int], from_day: int, until_day: int, now: datetime, **_: Any
) -> None:
    restamp_teams(agent_ids, from_day=from_day, until_day=until_day, now=now)


@receiver(segments_moved, dispatch_uid="surveys.segments_moved")
def follow_segments(
    moves: Mapping[int, tuple[int | None, int | None]],
    from_day: int,
    now: datetime,
    **_: Any,
) -> None:
    restamp_segments(moves, from_day=from_day, now=now)


@receiver(calendar_changed, dispatch_uid="surveys.calendar_changed")
def follow_zone(fields: set[str], now: datetime, **_: Any) -> None:
    if "zone" in fields:
        restamp_days(now=now)


@receiver(response_changed, dispatch_uid="surveys.comments_changed")
def sort_comments(changes: Sequence[Change], **_: Any) -> None:
    said = {
        answer["response_id"]
        for answer in _answers(changes)
        if answer["kind"] == Kind.TEXT
    }
    if said:
        sort_responses(said)


@receiver(response_changed, dispatch_uid="surveys.follow_up")
def follow_up(
    changes: Sequence[Change], now: datetime, may_follow_up: bool, **_: Any
) -> None:
    answers = _answers(changes) if may_follow_up else []
    if answers:
        open_follow_ups(
            {answer["response_id"] for answer in answers},
            survey_ids={answer["survey_id"] for answer in answers},
            now=now,
        )


@receiver(ids_replaced, dispatch_uid="surveys.ids_replaced")
def follow_ids(
    sender: type[Fact], rows: Iterable[Replaced], now: datetime, **_: Any
) -> None:
    follow_new_ids(sender._meta.model_name or "", rows, now=now)


@receiver(ratings_received, dispatch_uid="surveys.ratings_received")
def take_ratings(
    source: str, rows: Iterable[Mapping[str, Any]], now: datetime, **_: Any
) -> set[str]:
    """Turn ratings inside records into responses of one survey a source and kind.

    The response of a rating that is gone (score None) is left out until it comes back.

    Returns: the external ids of the records whose response is new or other.
    """
    origin = Source.objects.get(slug=source)
    touched: set[str] = set()
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    for kind, ratings in by_kind.items():
        records = {_external_id(row): row["external_id"] for row in ratings}
        recorded = _record(origin, Kind(kind), ratings, now=now)
        touched.update(records[each] for each in recorded)
    return touched


def _record(
    source: Source, kind: Kind, ratings: list[Mapping[str, Any]], *, now: datetime
) -> set[str]:
    gone = [_external_id(row) for row in ratings if row["score"] is None]
    scored = [row for row in ratings if row["score"] is not None]
    touched = set()
    if gone:
        touched |= withdraw_responses(gone, source=source, now=now)
    if scored:
        scale = DEFAULT_SCALES[kind]
        asked = imported_survey(
            name=f"{kind.upper()} from {source.name}",
            slug=f"{source.slug}-{kind}",
            scale=scale,
            now=now,
        )
        recorded = record_responses(
            [
                Given(
                    external_id=_external_id(row),
                    score=scale.check(row["score"]),
                    answered_at=row["answered_at"],
                    agent_id=row["agent_id"],
                    customer_id=row["customer_id"],
                    channel=row["channel"],
                    client_id=row["client_id"],
                )
                for row in scored
            ],
            asked=asked,
            source=source,
            now=now,
        )
        touched |= recorded.new | recorded.changed
    return touched


def _answers(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return the answers that are new or other, by column."""
    return [
        dict(zip(each.columns, row, strict=True))
        for each in changes
        if each.model is Answer
        for row in each.after
    ]


def _external_id(row: Mapping[str, Any]) -> str:
    return rating_id(row["subject"], row["external_id"], row["kind"])
