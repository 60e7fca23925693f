"""What happened becomes occasions, in the transaction in which the fact is written."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.lib.bulk import KeysIn
from surveys.models import Invitation, Occasion, SendingRule, Survey
from surveys.sending.conditions import Conditions, concerns
from surveys.sending.happenings import KINDS, Columns, Happening, Kind

State = Occasion.State
Reason = Invitation.Skip
TOO_LATE = timedelta(days=7)  # what should have been asked before is asked no more
FROZEN = (
    "happened_at",
    "event_day",
    "agent_id",
    "team_id",
    "channel",
    "segment_id",
    "client_id",
    "product_id",
    "customer_id",
    "contact_id",
)


def note_facts(
    model: type[models.Model],
    *,
    columns: Sequence[str],
    after: Iterable[Sequence[Any]],
    now: datetime,
) -> None:
    """Note what rules ask about in rows that came or changed; take back what is open.

    Safe to repeat: an event is one occasion of a rule, however often it is told. What
    was solved, opened again and solved once more is asked about once, after the last.

    Queries: 1 for each kind of event about which no rule listens.
    """
    kinds = [kind for kind in KINDS if kind.model is model]
    if not kinds:
        return
    rows = [dict(zip(columns, values, strict=True)) for values in after]
    for kind in kinds:
        rules = listening(kind.event)
        if rules:
            _note(kind, rules, rows, now=now)


def _note(
    kind: Kind, rules: list[SendingRule], rows: Iterable[Columns], *, now: datetime
) -> None:
    zone = get_organisation().zone
    happened: list[Happening] = []
    undone: list[str] = []
    for row in rows:
        what = kind.read(row, zone) if row["exclusion"] == 0 else None
        if what is None:
            undone.append(kind.subject(row))
        else:
            happened.append(what)
    take_back(undone, now=now)
    record(rules, happened, now=now)


def listening(event: str) -> list[SendingRule]:
    """Return the rules that ask about a kind of event now. Queries: 1."""
    rules = SendingRule.objects.filter(
        event=event, is_on=True, survey__status=Survey.Status.LIVE
    )
    return list(rules.select_related("survey").order_by("pk"))


def record(
    rules: Iterable[SendingRule], happened: Sequence[Happening], *, now: datetime
) -> int:
    """Write an occasion for each event that a rule is about; return how many are new.

    Queries: 4 when there is something to write.
    """
    if not happened:
        return 0
    teams = TeamDirectory.load()
    wanted = {
        (rule.pk, what.subject): (rule, what)
        for rule in rules
        for what in happened
        if is_about(rule, what, teams=teams)
    }
    if not wanted:
        return 0
    known = {
        (each.rule_id, each.subject): each
        for each in _of({subject for _rule, subject in wanted}).select_for_update()
    }
    fresh = []
    for key, (rule, what) in wanted.items():
        if key in known:
            _time_again(known[key], rule, what, now=now)
        else:
            fresh.append(occasion(rule, what, now=now))
    # Whoever was quicker has told the same.
    Occasion.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def is_about(rule: SendingRule, what: Happening, *, teams: TeamDirectory) -> bool:
    """Tell whether a rule asks about an event: its conditions, and not the past."""
    if rule.on_since is None or what.at < rule.on_since:
        return False
    conditions = Conditions.from_json(rule.conditions)
    return concerns(conditions, what, team_id=rule.survey.team_id, teams=teams)


def occasion(rule: SendingRule, what: Happening, *, now: datetime) -> Occasion:
    """Return a new occasion, too late already where the news took too long."""
    due_at = due_time(rule, what)
    is_late = due_at < now - TOO_LATE
    return Occasion(
        rule=rule,
        subject=what.subject,
        **_frozen(what),
        due_at=due_at,
        state=State.SKIPPED if is_late else State.WAITING,
        reason=Reason.LATE if is_late else "",
        settled_at=now if is_late else None,
        created_at=now,
    )


def due_time(rule: SendingRule, what: Happening) -> datetime:
    """Return when an event is asked about, before hours of the day are looked at."""
    return what.at + timedelta(hours=rule.delay_hours)


def take_back(subjects: Iterable[str], *, now: datetime) -> int:
    """Cancel what waits about things that are open again or do not count any more.

    Invitations that have not left yet go with them. Queries: 3.
    """
    wanted = set(subjects) - {""}
    if not wanted:
        return 0
    queued = Invitation.objects.filter(_keys("subject", wanted), rule__isnull=False)
    recalled = recall(queued)
    return (
        _of(wanted)
        .filter(Q(state=State.WAITING) | Q(invitation__in=recalled))
        .update(state=State.CANCELLED, reason=Reason.REOPENED, settled_at=now)
    )


def recall(invitations: models.QuerySet[Invitation]) -> list[int]:
    """Cancel those that nobody has begun to send; return which.

    They give up what they are unique by, so that the same can be asked about later.
    """
    queued = invitations.filter(state=Invitation.State.QUEUED)
    keys = list(queued.select_for_update(of=("self",)).values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=keys).update(
        state=Invitation.State.CANCELLED,
        skip_reason=Invitation.Skip.REOPENED,
        request_key=Concat(F("request_key"), Value(" until "), Cast("pk", CharField())),
    )
    return keys


def _time_again(
    old: Occasion, rule: SendingRule, what: Happening, *, now: datetime
) -> None:
    """Let an occasion follow its event, unless somebody has been asked about it.

    An invitation that has not left yet counts as not asked: it is called back.
    """
    is_back = old.state == State.CANCELLED and old.reason == Reason.REOPENED
    if old.happened_at == what.at and not is_back:
        return
    if old.state == State.ASKED:
        is_back = bool(recall(Invitation.objects.filter(occasion=old)))
    if old.state != State.WAITING and not is_back:
        return
    for name, value in _frozen(what).items():
        setattr(old, name, value)
    old.state, old.reason, old.settled_at = State.WAITING, "", None
    old.invitation, old.due_at = None, due_time(rule, what)
    old.save()


def _frozen(what: Happening) -> dict[str, Any]:
    """Return what an occasion keeps of the event, as it was at that moment."""
    return {
        "happened_at": what.at,
        "event_day": what.day,
        **{name: getattr(what, name) for name in FROZEN[2:]},
    }


def _of(subjects: Iterable[str]) -> models.QuerySet[Occasion]:
    return Occasion.objects.filter(_keys("subject", subjects))


def _keys(column: str, values: Iterable[str]) -> KeysIn:
    return KeysIn([F(column)], [(each,) for each in sorted(set(values))])
