"""Follow others: people's teams, customers' segments and the organisation's zone.

An answer counts for the team its agent was in on the day of the event. Who moves today
changes nothing before; when somebody tells later where a person was on a day, the
answers of that day follow, as all other rows do.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.lib import bulk
from crmkpi.lib.periods import local_day
from surveys.changes import announce, rows_of
from surveys.models import Answer, Invitation, Response

ANSWER_DAYS = ("answered_day", "event_day", "answered_team_id")


@transaction.atomic
def restamp_teams(
    agent_ids: Iterable[int], *, from_day: int, until_day: int, now: datetime
) -> int:
    """Give answers and invitations of these days the team their agent was in.

    Returns: how many rows changed.
    """
    people = sorted(agent_ids)
    teams = TeamDirectory.load()
    changed = 0
    for model, column in ((Answer, "answered_team_id"), (Invitation, "sent_team_id")):
        rows = model.objects.filter(
            agent_id__in=people, event_day__gte=from_day, event_day__lt=until_day
        ).values_list("pk", "agent_id", "event_day", column)
        changed += _write(
            model,
            (column,),
            {
                pk: (team_id,)
                for pk, agent_id, day, old in rows
                if (team_id := teams.team_of(agent_id, day)) != old
            },
            now=now,
        )
    return changed


@transaction.atomic
def restamp_segments(
    moves: Mapping[int, tuple[int | None, int | None]],
    *,
    from_day: int,
    now: datetime,
) -> int:
    """Give answers and invitations of these days the new segment of their customer.

    `moves` hold for each customer the segment before and after; a row of another
    segment keeps it.

    Returns: how many rows changed.
    """
    changed = 0
    for model, column in (
        (Answer, "response__customer_id"),
        (Invitation, "customer_id"),
    ):
        rows = model._base_manager.filter(
            _among(column.removesuffix("_id"), moves), event_day__gte=from_day
        ).values_list("pk", column, "segment_id")
        changed += _write(
            model,
            ("segment_id",),
            {
                pk: (moves[customer][1],)
                for pk, customer, segment in rows
                if segment == moves[customer][0]
            },
            now=now,
        )
    return changed


@transaction.atomic
def restamp_days(*, now: datetime) -> int:
    """Give answers and invitations the local days of the organisation's zone.

    An answer without an invitation is about its own day; the day of an invitation's
    event is known as a day only and stays.

    Returns: how many rows changed.
    """
    zone, teams = get_organisation().zone, TeamDirectory.load()
    answers = {}
    rows = Answer.objects.values_list(
        "pk", "answered_at", "agent_id", "response__invitation_id", *ANSWER_DAYS
    )
    for pk, at, agent_id, invitation_id, *old in rows.iterator():
        day, event_day, team_id = local_day(at, zone), old[1], old[2]
        if invitation_id is None and day != event_day:
            event_day = day
            team_id = teams.team_of(agent_id, day) if agent_id else team_id
        if [day, event_day, team_id] != old:
            answers[pk] = (day, event_day, team_id)
    sent = {
        pk: (new_day,)
        for pk, at, day in Invitation.objects.filter(sent_at__isnull=False)
        .values_list("pk", "sent_at", "sent_day")
        .iterator()
        if at is not None and (new_day := local_day(at, zone)) != day
    }
    return _write(Answer, ANSWER_DAYS, answers, now=now) + _write(
        Invitation, ("sent_day",), sent, now=now
    )


def _write(
    model: type[Answer] | type[Invitation],
    columns: tuple[str, ...],
    wanted: Mapping[int, tuple[Any, ...]],
    *,
    now: datetime,
) -> int:
    """Set columns of the rows and announce them; responses follow their answers."""
    if not wanted:
        return 0
    rows = model.objects.filter(_among("pk", wanted))
    before = rows_of(rows)
    bulk.update_rows(
        model, ["id"], columns, [(pk, *values) for pk, values in wanted.items()]
    )
    if model is Answer:
        _follow(wanted)
    announce(model, before=before, after=rows_of(rows), now=now, cause="reassignment")
    return len(wanted)


def _follow(answer_ids: Iterable[int]) -> None:
    """Give responses the team of their answers: who may read them hangs on it."""
    answers = Answer.objects.filter(_among("pk", answer_ids))
    teams = dict(answers.values_list("response_id", "answered_team_id"))
    bulk.update_rows(Response, ["id"], ["answered_team_id"], list(teams.items()))


def _among(column: str, ids: Iterable[int]) -> bulk.KeysIn:
    return bulk.KeysIn([F(column)], [(pk,) for pk in ids])
