"""The page that splits a survey's answers, compares two groups and shows coverage."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.lib.numbers import Unit, figure
from surveys.models import Survey
from surveys.queries.coverage import AgentCoverage, Steps, coverage
from surveys.queries.splits import (
    DIMENSIONS,
    Split,
    compare_members,
    offered,
    split,
)
from surveys.views.doors import readable_survey
from surveys.views.figures import METHODS
from surveys.views.files import table_file
from surveys.views.results import survey_context
from surveys.views.spans import since_day, span_chips, span_of
from surveys.views.verdicts import (
    difference_panel,
    ends_of,
    said_of_two,
    score_cells,
    split_rows,
)
from surveys.views.weighed import weighing_panel

HEADINGS = [
    "Member",
    "Score",
    "Interval from",
    "Interval to",
    "Method",
    "Answers",
    "Against the others",
]


@require_safe
def survey_breakdown(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show the answers by team, agent, channel and so on, and who was asked."""
    survey = readable_survey(request, slug)
    span, by = span_of(request), _dimension(request)
    since = since_day(span, today=request.access.day)
    found = split(survey, by=by, access=request.access, since_day=since)
    asked = (
        []
        if survey.is_imported
        else coverage(survey, access=request.access, since_day=since)
    )
    context = {
        **survey_context(request, survey, tab="breakdown"),
        "spans": span_chips(span),
        "dimensions": [(each.key, each.label, each.key == by) for each in offered()],
        "by": DIMENSIONS[by],
        "found": found,
        "rows": split_rows(found) if found else [],
        "whole": score_cells(found.whole, found.scale.kind) if found else None,
        "ends": ends_of(found.scale) if found else None,
        "method": METHODS[found.whole.method] if found else "",
        "comparison": _comparison(request, found, survey) if found else None,
        "weighing": weighing_panel(request, survey, found, since_day=since)
        if found and by == "segment"
        else None,
        "coverage": [_coverage_row(line) for line in asked],
    }
    return render(request, "surveys/breakdown.html", context)


@require_safe
def breakdown_file(request: ReaderRequest, slug: str, ending: str) -> HttpResponseBase:
    """Send the same split as a file; what the page hides is not in it."""
    survey = readable_survey(request, slug)
    by = _dimension(request)
    since = since_day(span_of(request), today=request.access.day)
    found = split(survey, by=by, access=request.access, since_day=since)
    return table_file(
        HEADINGS,
        _file_rows(found) if found else iter(()),
        name=f"{survey.slug}-by-{by}",
        ending=ending,
    )


def _dimension(request: ReaderRequest) -> str:
    by = request.GET.get("by", "team")
    if by not in DIMENSIONS:
        raise Http404
    return by


def _comparison(
    request: ReaderRequest, found: Split, survey: Survey
) -> dict[str, Any] | None:
    """Return the comparison of ?a= with ?b=, None unless both are shown."""
    keys = request.GET.get("a"), request.GET.get("b")
    if keys[0] is None or keys[1] is None:
        return None
    two = compare_members(found, keys[0], keys[1])
    first, second = found.line(keys[0]), found.line(keys[1])
    if two is None or first is None or second is None:
        return {"keys": keys, "is_refused": True}
    return {
        "keys": keys,
        "first": {"name": first.name, **score_cells(first.summary, survey.kind)},
        "second": {"name": second.name, **score_cells(second.summary, survey.kind)},
        **difference_panel(two, survey.kind, said=said_of_two(two.verdict)),
    }


def _coverage_row(line: AgentCoverage) -> dict[str, Any]:
    steps: Steps = line.steps
    return {
        "name": line.name,
        "steps": steps,
        "coverage": _share(steps.invited, steps.eligible),
        "rate": _share(steps.answered, steps.arrived),
    }


def _share(part: int, whole: int) -> str:
    if not whole:
        return "–"
    shown = figure(100 * part / whole, Unit.PERCENT)
    return f"{shown.text} {shown.unit}"


def _file_rows(found: Split) -> Iterator[list[object]]:
    for row, line in zip(split_rows(found), found.lines, strict=True):
        added = line.summary
        yield [
            line.name,
            *(_rounded(each) for each in (added.value, added.low, added.high)),
            added.method,
            added.n,
            row["said"],
        ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
