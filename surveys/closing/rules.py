"""Which answers become work: rules looked at as answers come in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from crmkpi.accounts.queries import (
    get_business_calendar,
    get_organisation,
    today,
)
from crmkpi.lib import bulk
from crmkpi.lib.business_time import BusinessCalendar, HoursError
from crmkpi.lib.kept import kept
from surveys.closing.calls import Call, call
from surveys.closing.responsible import Responsible
from surveys.models import (
    Answer,
    Consent,
    FollowUp,
    FollowUpEvent,
    FollowUpRule,
    Survey,
)
from surveys.queries.results import scale_of
from surveys.scoring import Band, Kind, Scale
from surveys.theming import matches, pattern_of

FRESH = timedelta(days=14)  # what was answered before it is history, not work
When = FollowUpRule.When


@dataclass(frozen=True)
class Heard:
    """One response as far as rules look at it."""

    response_id: int
    survey_id: int
    score: int
    scale: Scale
    comments: tuple[str, ...]
    answered_at: datetime
    team_id: int | None
    agent_id: int | None
    asks_contact: bool = False


def open_follow_ups(
    response_ids: Collection[int], *, survey_ids: Collection[int], now: datetime
) -> int:
    """Open an item for each response that a rule names; return how many.

    The first rule that fits opens the one item of a response; looking again opens no
    second. Answers older than two weeks or than the rule are left alone, so that an
    import of the past makes no work.

    Queries: 1 where no rule is active.
    """
    rules = list(
        FollowUpRule.objects.filter(
            survey_id__in=set(survey_ids), is_active=True
        ).order_by("pk")
    )
    if not rules:
        return 0
    looks = any(rule.when == When.ASKED for rule in rules)
    heard = _heard(
        response_ids,
        since=now - FRESH,
        asking=_asking(response_ids) if looks else frozenset(),
    )
    named = [
        (each, rule)
        for each in heard
        if (rule := next((one for one in rules if fits(one, each)), None)) is not None
    ]
    return _open(named, now=now) if named else 0


def is_named(survey: Survey, heard: Heard) -> bool:
    """Tell whether a rule of a survey as it was just read names a response.

    Queries: 1 for each process after rules were saved, else 0.
    """
    if not survey.follow_up_stamp:
        return False
    return any(fits(rule, heard) for rule in _rules(survey.pk, survey.follow_up_stamp))


def fits(rule: FollowUpRule, heard: Heard) -> bool:
    """Tell whether a rule asks to get back to a response.

    Example: CSAT 2 of 5 fits "low" and "2 or worse"; so does effort 4 of 5 on a scale
    where low is good, for "4 or worse"
    """
    if rule.survey_id != heard.survey_id or heard.answered_at < rule.created_at:
        return False
    if rule.when == When.LOW:
        return heard.scale.band(heard.score) is Band.LOW
    if rule.when == When.SCORE:
        limit = rule.score if rule.score is not None else heard.scale.low
        is_worse = (
            heard.score >= limit if heard.scale.reversed else heard.score <= limit
        )
        return is_worse
    if rule.when == When.ASKED:
        return heard.asks_contact
    pattern = pattern_of(rule.words)
    return any(matches(pattern, text) for text in heard.comments)


def due_at(calendar: BusinessCalendar, hours: int, *, now: datetime) -> datetime:
    """Return when so many business hours are over; plain hours where none are kept."""
    try:
        return calendar.add_seconds(now, hours * 3600)
    except HoursError:
        return now + timedelta(hours=hours)


@kept
def _rules(survey_id: int, stamp: str) -> list[FollowUpRule]:
    """Return the active rules of a survey as they are under a stamp."""
    return list(FollowUpRule.objects.filter(survey_id=survey_id, is_active=True))


def _asking(response_ids: Collection[int]) -> frozenset[int]:
    """Return the responses to which somebody asks to be contacted. Queries: 1."""
    standing = Consent.objects.filter(
        bulk.KeysIn([F("response_id")], [(pk,) for pk in response_ids]),
        what=Consent.What.CONTACT,
        revoked_at=None,
    )
    return frozenset(standing.values_list("response_id", flat=True))


def _heard(
    response_ids: Collection[int], *, since: datetime, asking: frozenset[int]
) -> list[Heard]:
    rows = Answer.objects.filter(
        bulk.KeysIn([F("response_id")], [(pk,) for pk in response_ids]),
        answered_at__gt=since,
        exclusion=0,
        response__follow_up=None,
    ).select_related("question")
    scores: dict[int, Answer] = {}
    comments: dict[int, list[str]] = {}
    for row in rows:
        if row.value is not None:
            scores[row.response_id] = row
        elif row.kind == Kind.TEXT and row.text:
            comments.setdefault(row.response_id, []).append(row.text)
    return [
        Heard(
            response_id=pk,
            survey_id=row.survey_id,
            score=row.value or 0,
            scale=scale_of(row.question),
            comments=tuple(comments.get(pk, ())),
            answered_at=row.answered_at,
            team_id=row.answered_team_id,
            agent_id=row.agent_id,
            asks_contact=pk in asking,
        )
        for pk, row in sorted(scores.items())
    ]


def _open(named: Iterable[tuple[Heard, FollowUpRule]], *, now: datetime) -> int:
    organisation = get_organisation()
    calendar = get_business_calendar(organisation)
    people = Responsible.load(today(now, organisation))
    wanted = [
        FollowUp(
            response_id=each.response_id,
            rule=rule,
            reason=rule.name,
            team_id=each.team_id,
            owner_id=_owner(rule, each, people),
            created_at=now,
            due_at=due_at(calendar, rule.due_hours, now=now),
        )
        for each, rule in named
    ]
    # Two writers may look at the same response: the second one finds its item there.
    FollowUp.objects.bulk_create(wanted, ignore_conflicts=True)
    opened = FollowUp.objects.filter(
        response__in=[each.response_id for each in wanted], events=None
    )
    events = FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            item=item, kind=FollowUpEvent.Kind.OPENED, at=now, text=item.reason
        )
        for item in opened
    )
    owners = [(each, each.item.owner_id) for each in events]
    call((Call(each, owner) for each, owner in owners if owner), now=now)
    return len(events)


def _owner(rule: FollowUpRule, heard: Heard, people: Responsible) -> int | None:
    if rule.owned_by == FollowUpRule.Owner.PERSON and rule.owner_id:
        return rule.owner_id
    if rule.owned_by == FollowUpRule.Owner.AGENT and heard.agent_id:
        return heard.agent_id
    return people.lead(heard.team_id)
