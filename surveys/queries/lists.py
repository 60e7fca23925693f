"""The list of surveys with what each got lately."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, QuerySet

from crmkpi.accounts.access import Access
from surveys.content import Content
from surveys.hiding import MIN_N
from surveys.models import Answer, Survey
from surveys.queries.results import LIST_DAYS, reads_answers
from surveys.scoring import Kind, Scale, Summary, summary

PER_PAGE = 25
SORTS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "team": ("team__name", "name", "pk"),
    "-team": ("-team__name", "name", "pk"),
    "created": ("created_at", "pk"),
    "-created": ("-created_at", "-pk"),
}


@dataclass(frozen=True)
class SurveyLine:
    """A survey in the list; the figures are of the last LIST_DAYS days."""

    survey: Survey  # with its team
    summary: Summary | None  # None: not published yet, or too few for the reader
    last_day: int | None  # of the latest answer in that time


def surveys(
    *,
    access: Access,
    text: str = "",
    kind: str = "",
    status: str = "",
    sort: str = "name",
) -> QuerySet[Survey]:
    """Return the surveys that match, in the wanted order."""
    found = Survey.objects.visible_to(access).select_related("team", "version")
    for word in text.split()[:5]:
        found = found.filter(name__icontains=word)
    if kind:
        found = found.filter(kind=kind)
    if status == "imported":
        found = found.filter(is_imported=True)
    elif status:
        found = found.filter(status=status, is_imported=False)
    return found.order_by(*SORTS.get(sort, SORTS["name"]))


def survey_page(
    found: QuerySet[Survey], *, access: Access, number: str | None
) -> tuple[Page[Survey], list[SurveyLine]]:
    """Return a page of surveys and its lines. Queries: 3."""
    page = Paginator(found, PER_PAGE).get_page(number)
    shown = list(page.object_list)
    counts, last = _answers_of(shown, access=access)
    return page, [
        SurveyLine(
            survey=each,
            summary=_summary(each, counts, access=access),
            last_day=last.get(each.pk),
        )
        for each in shown
    ]


Counts = dict[tuple[int, int, int], dict[int, int]]  # survey, low, high -> value -> n


def _answers_of(
    shown: list[Survey], *, access: Access
) -> tuple[Counts, dict[int, int]]:
    """Count recent answers by survey, ends of the scale and value. Queries: 1."""
    rows = Answer.objects.counted().filter(
        survey__in=shown,
        value__isnull=False,
        answered_day__gt=access.day - LIST_DAYS,
    )
    if not access.sees_company:
        rows = (
            rows.filter(answered_team__in=access.team_ids)
            if access.team_ids
            else rows.visible_to(access)
        )
    counts: Counts = {}
    last: dict[int, int] = {}
    grouped: Any = (
        rows.order_by()
        .values_list("survey_id", "low", "high", "value")
        .annotate(n=Count("pk"), last=Max("answered_day"))
    )
    for survey_id, low, high, value, n, day in grouped:
        counts.setdefault((survey_id, low, high), {})[value] = n
        last[survey_id] = max(day, last.get(survey_id, day))
    return counts, last


def _summary(survey: Survey, counts: Counts, *, access: Access) -> Summary | None:
    """Return what the answers on the scale that is asked now add up to."""
    if survey.version is None:
        return None
    scale: Scale = Content.from_json(survey.version.content).scale
    given = counts.get((survey.pk, scale.low, scale.high), {})
    added = summary(Kind(survey.kind), scale, given)
    if not reads_answers(access) and added.n < MIN_N:
        return None
    return added
