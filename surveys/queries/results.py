"""What customers answered, as far as a reader may see it.

Who only works as an agent sees what the own answers add up to, once there are five;
never a single answer, and never who gave it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q, QuerySet

from crmkpi.accounts.access import Access
from crmkpi.crm.querysets import FactQuerySet
from surveys.flags import Flag
from surveys.hiding import MIN_N
from surveys.models import (
    Answer,
    Ballot,
    Consent,
    ExtraAnswer,
    Invitation,
    Question,
    Response,
    Survey,
    Theme,
    ThemeMark,
)
from surveys.queries.flags import flags_of, to_look_at, with_flags
from surveys.queries.releases import may_be_told
from surveys.queries.replies import Asked, Replied
from surveys.scoring import Band, Kind, Scale, Summary, summary

LIST_DAYS = 90  # the list of surveys looks this far back
PER_PAGE = 25


@dataclass(frozen=True)
class ScaleResult:
    """The answers on one scale; scales are never added up."""

    scale: Scale
    summary: Summary
    is_current: bool  # the scale that is asked now


@dataclass(frozen=True)
class Results:
    """The figures of a survey for one reader."""

    scales: list[ScaleResult]  # the current one first; empty: nothing to show
    comments: int
    is_too_few: bool  # there are answers, but fewer than the reader may see


@dataclass(frozen=True)
class Funnel:
    """What became of the invitations."""

    states: dict[str, int]  # by Invitation.State, only those that occur
    skips: dict[str, int]  # by Invitation.Skip
    answered: int  # of those whose time to answer is over
    arrived: int  # as many arrived whose time is over

    @property
    def total(self) -> int:
        return sum(self.states.values())


def reads_answers(access: Access) -> bool:
    """Tell whether a reader may open single answers of some team."""
    return access.sees_company or bool(access.team_ids)


def answers_for(survey: Survey, access: Access) -> FactQuerySet:
    """Return the answers whose figures a reader may see, void ones included.

    Leads, managers and analysts: those that count for their teams; agents: their own.
    """
    rows: FactQuerySet = Answer.objects.filter(survey=survey)
    if access.sees_company:
        return rows
    if access.team_ids:
        return rows.filter(answered_team__in=access.team_ids)
    return rows.visible_to(access)


def results(
    survey: Survey,
    *,
    access: Access,
    since_day: int | None,
    until_day: int | None = None,
) -> Results:
    """Return what the answers add up to, scale by scale. Queries: 3.

    Time: local days of the answers, half-open.
    """
    rows = answers_for(survey, access).counted()
    if since_day is not None:
        rows = rows.filter(answered_day__gte=since_day)
    if until_day is not None:
        rows = rows.filter(answered_day__lt=until_day)
    counts: dict[Scale, dict[int, int]] = {}
    for kind, low, high, top_from, is_reversed, value, n in _counted(rows):
        scale = Scale(Kind(kind), low, high, top_from, is_reversed)
        counts.setdefault(scale, {})[value] = n
    current = current_scale(survey)
    scales = [
        ScaleResult(scale, summary(scale.kind, scale, each), scale == current)
        for scale, each in counts.items()
    ]
    scales.sort(key=lambda result: (not result.is_current, -result.summary.n))
    if not reads_answers(access):
        shown = [each for each in scales if each.summary.n >= MIN_N]
        return Results(shown, comments=0, is_too_few=len(shown) < len(scales))
    comments = rows.filter(kind=Kind.TEXT.value).exclude(text="").count()
    return Results(scales, comments=comments, is_too_few=False)


def waiting_ballots(survey: Survey) -> int:
    """Return how many anonymous answers wait for others. Queries: 1 if anonymous."""
    if not survey.is_anonymous:
        return 0
    return Ballot.objects.filter(version__survey=survey).count()


def funnel(survey: Survey, *, access: Access, now: datetime) -> Funnel:
    """Return what became of the invitations of the reader's teams. Queries: 2."""
    rows = invitations_for(survey, access)
    states: dict[str, int] = {}
    skips: dict[str, int] = {}
    counted = rows.order_by().values_list("state", "skip_reason")
    for state, reason, n in counted.annotate(n=Count("pk")):
        states[state] = states.get(state, 0) + n
        if reason:
            skips[reason] = n
    over = rows.filter(sent_at__isnull=False, is_bounced=False, expires_at__lte=now)
    totals = over.aggregate(
        answered=Count("pk", filter=Q(is_answered=True)), arrived=Count("pk")
    )
    return Funnel(states, skips, totals["answered"], totals["arrived"])


def invitations_for(survey: Survey, access: Access) -> QuerySet[Invitation]:
    """Return the invitations that count for the reader's teams."""
    rows = Invitation.objects.filter(survey=survey)
    if access.sees_company:
        return rows
    return rows.filter(sent_team__in=access.team_ids)


def invitation_page(
    survey: Survey, *, access: Access, state: str, number: str | None
) -> Page[Invitation]:
    """Return a page of the invitations, the latest first. Queries: 2."""
    rows = invitations_for(survey, access).select_related("contact", "customer")
    if state in Invitation.State.values:
        rows = rows.filter(state=state)
    ordered = rows.order_by("-created_at", "-pk")
    return Paginator(ordered, PER_PAGE).get_page(number)


@dataclass(frozen=True)
class ResponseLine:
    """One response in the list."""

    response: Response  # with customer, agent and voided_by
    score: int
    high: int
    band: Band
    comment: str
    themes: tuple[str, ...]
    flags: tuple[Flag, ...]
    replies: tuple[Replied, ...]  # to the extra questions, in their order
    consents: tuple[str, ...]  # what the customer agreed to, in words
    is_releasable: bool  # whether its comment may be shown to its agent


def responses_for(
    survey: Survey,
    *,
    access: Access,
    text: str = "",
    band: Band | None = None,
    theme: Theme | None = None,
    with_comment: bool = False,
    is_flagged: bool = False,
    asks_contact: bool = False,
) -> QuerySet[Response]:
    """Return the responses that a reader may open with their flags, the latest first.

    With `text` those whose comment holds all of its words.

    Empty: nothing for agents.
    """
    rows = with_flags(Response.objects.filter(survey=survey))
    if not access.sees_company:
        rows = rows.filter(answered_team__in=access.team_ids)
    if is_flagged:
        rows = to_look_at(rows)
    if asks_contact:
        asking = Consent.objects.filter(what=Consent.What.CONTACT, revoked_at=None)
        rows = rows.filter(pk__in=asking.values("response_id"))
    words = text.split()[:5]
    if with_comment or words:
        said = Answer.objects.filter(kind=Kind.TEXT.value).exclude(text="")
        for word in words:
            said = said.filter(_holding(word))
        rows = rows.filter(pk__in=said.values("response_id"))
    if theme is not None:
        rows = rows.filter(theme_marks__theme=theme, theme_marks__is_on=True)
    if band is not None:
        rows = rows.filter(_in_band(survey, band))
    return rows.order_by("-answered_at", "-pk")


def response_page(
    rows: QuerySet[Response], *, asked: Asked, number: str | None
) -> tuple[Page[Response], list[ResponseLine]]:
    """Return a page of responses and its lines. Queries: 6."""
    page = Paginator(_with_answers(rows), PER_PAGE).get_page(number)
    return page, [line_of(each, asked=asked) for each in page.object_list]


def response_lines(rows: QuerySet[Response], *, asked: Asked) -> Iterator[ResponseLine]:
    """Return all lines for a file, a few hundred at a time."""
    for each in _with_answers(rows).iterator(chunk_size=500):
        yield line_of(each, asked=asked)


def line_of(response: Response, *, asked: Asked) -> ResponseLine:
    """Return a response with its answers and flags at hand as a line."""
    given = {answer.kind: answer for answer in response.answers.all()}
    said = given.pop(Kind.TEXT.value, None)
    (scored,) = given.values()
    scale, score = scale_of(scored.question), scored.value or 0
    return ResponseLine(
        response=response,
        score=score,
        high=scale.high,
        band=scale.band(score),
        comment=said.text if said else "",
        themes=tuple(sorted(mark.theme.name for mark in response.theme_marks.all())),
        flags=flags_of(response),
        replies=asked.replies(response),
        consents=tuple(
            str(each.get_what_display()) for each in response.consents.all()
        ),
        is_releasable=bool(said and said.text) and may_be_told(response),
    )


def _with_answers(rows: QuerySet[Response]) -> QuerySet[Response]:
    answers = Answer.objects.select_related("question")
    marks = ThemeMark.objects.filter(is_on=True).select_related("theme")
    extras = ExtraAnswer.objects.select_related("question")
    standing = Consent.objects.filter(revoked_at=None).order_by("what")
    return rows.select_related(
        "source", "customer", "agent", "voided_by", "release", "flag_look__looked_by"
    ).prefetch_related(
        Prefetch("answers", queryset=answers),
        Prefetch("theme_marks", queryset=marks),
        Prefetch("extras", queryset=extras),
        Prefetch("consents", queryset=standing),
    )


def _holding(word: str) -> Q:
    """Return the condition on a comment that it holds a word, in any case.

    SQLite tells capital from small letters beyond ASCII, so the usual spellings of
    both are looked for.
    """
    plain = unicodedata.normalize("NFC", word)
    found = Q()
    for spelling in {plain, plain.lower(), plain.upper(), plain.capitalize()}:
        found |= Q(text__icontains=spelling)
    return found


def _in_band(survey: Survey, band: Band) -> Q:
    """Return the condition on a response that its score lies in a band."""
    wanted = Q(pk__in=[])
    for question in Question.objects.filter(version__survey=survey, key=Question.SCORE):
        scale = scale_of(question)
        values = [
            value
            for value in range(scale.low, scale.high + 1)
            if scale.band(value) is band
        ]
        given = Answer.objects.filter(question=question, value__in=values)
        wanted |= Q(answers__in=given)
    return wanted


def _counted(rows: QuerySet[Answer]) -> Any:
    return (
        rows.filter(value__isnull=False)
        .order_by()
        .values_list(
            "kind",
            "low",
            "high",
            "question__top_from",
            "question__is_reversed",
            "value",
        )
        .annotate(n=Count("pk"))
    )


def current_scale(survey: Survey) -> Scale | None:
    """Return the scale that a survey asks on now, None before the first publishing.

    Queries: 1
    """
    question = Question.objects.filter(
        version_id=survey.version_id, key=Question.SCORE
    ).first()
    return scale_of(question) if question else None


def versions_by_scale(survey: Survey) -> dict[Scale, int]:
    """Return the number of the last version that asked on each scale. Queries: 1."""
    asked = Question.objects.filter(version__survey=survey, key=Question.SCORE)
    found = asked.select_related("version").order_by("version__number")
    return {scale_of(each): each.version.number for each in found}


def scale_of(question: Question) -> Scale:
    """Return the scale of a score question."""
    return Scale(
        Kind(question.kind),
        question.low or 0,
        question.high or 0,
        question.top_from or 0,
        question.is_reversed,
    )
