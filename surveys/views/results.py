"""The page of a survey: its score, its answers and its invitations."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import get_calendar
from crmkpi.lib.numbers import Unit, figure
from crmkpi.lib.periods import Grain
from crmkpi.lib.sampling import response_rates
from crmkpi.lib.text import clean_display
from surveys.answers_filter import AnswersFilter
from surveys.content import Content
from surveys.flags import QUICK, SEVERAL, SEVERAL_WITHIN, Flag
from surveys.forms import VoidForm
from surveys.hiding import MIN_N
from surveys.links import shared_address
from surveys.mails import absolute
from surveys.models import Invitation, Response, Survey
from surveys.queries.coverage import response_steps
from surveys.queries.extras import extra_results
from surveys.queries.flags import flagged, flags_of
from surveys.queries.releases import led_team_ids
from surveys.queries.replies import Asked
from surveys.queries.results import (
    ResponseLine,
    funnel,
    invitation_page,
    reads_answers,
    response_lines,
    response_page,
    responses_for,
    results,
    waiting_ballots,
)
from surveys.queries.trends import change_since, trend
from surveys.services import answers
from surveys.services.flag_looks import forget_look, note_look
from surveys.views.doors import managed_survey, readable_survey, visible_survey
from surveys.views.extra_figures import extra_panels
from surveys.views.figures import result_panel
from surveys.views.files import table_file
from surveys.views.spans import SPANS, since_day, span_chips, span_of
from surveys.views.verdicts import (
    difference_panel,
    said_of_periods,
    trend_chart,
    trend_rows,
)

FILE_HEADINGS = [
    "Answered",
    "Score",
    "Scale ends at",
    "Comment",
    "Themes",
    "Customer",
    "Agent",
    "Language",
    "Left out because",
    "Flags",
    "Agreed",
]
GRAINS = {
    "week": (Grain.WEEK, gettext_lazy("Weeks")),
    "month": (Grain.MONTH, gettext_lazy("Months")),
    "quarter": (Grain.QUARTER, gettext_lazy("Quarters")),
}


@require_safe
def survey_detail(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show what a survey's answers add up to, and where it stands."""
    survey = visible_survey(request, slug)
    span = span_of(request)
    since = since_day(span, today=request.access.day)
    found = results(survey, access=request.access, since_day=since)
    may_read = reads_answers(request.access)
    context = {
        **survey_context(request, survey, tab="detail"),
        "panels": [result_panel(each) for each in found.scales],
        "found": found,
        "spans": span_chips(span),
        "min_n": MIN_N,
        "funnel": _funnel(survey, request, timezone.now()) if may_read else None,
        **(_course(survey, request, span) if may_read and found.scales else {}),
        "waiting": waiting_ballots(survey),
        "shared_url": absolute("surveys:shared", shared_address(survey)),
        "content": _content(survey),
        "extras": extra_panels(
            extra_results(survey, access=request.access, since_day=since)
        ),
    }
    return render(request, "surveys/detail.html", context)


@require_safe
def survey_answers(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show single answers to those who may get back to customers."""
    survey = readable_survey(request, slug)
    waiting = responses_for(survey, access=request.access, is_flagged=True).count()
    form = AnswersFilter(request.GET, survey=survey, flagged=waiting)
    found = responses_for(survey, access=request.access, **form.wanted())
    asked = Asked.of(survey)
    page, lines = response_page(found, asked=asked, number=request.GET.get("page"))
    context = {
        **survey_context(request, survey, tab="answers"),
        "form": form,
        "page_obj": page,
        "lines": lines,
        "is_filtered": any(form.cleaned_data.values()),
        "led_team_ids": led_team_ids(request.access),
        "flagged": waiting,
        "has_flags": waiting or any(line.flags for line in lines),
        "quick_seconds": QUICK.seconds,
        "several": SEVERAL,
        "several_days": SEVERAL_WITHIN.days,
    }
    return render(request, "surveys/answers.html", context)


@require_safe
def answers_csv(request: ReaderRequest, slug: str) -> HttpResponseBase:
    """Send the same answers, unpaged, as a CSV file."""
    return _answers_file(request, slug, ending="csv")


@require_safe
def answers_xlsx(request: ReaderRequest, slug: str) -> HttpResponseBase:
    """Send them as a workbook."""
    return _answers_file(request, slug, ending="xlsx")


def _answers_file(
    request: ReaderRequest, slug: str, *, ending: str
) -> HttpResponseBase:
    survey = readable_survey(request, slug)
    wanted = AnswersFilter(request.GET, survey=survey).wanted()
    found = responses_for(survey, access=request.access, **wanted)
    asked = Asked.of(survey)
    lines = response_lines(found, asked=asked)
    return table_file(
        [*FILE_HEADINGS, *map(clean_display, asked.questions.values())],
        _file_rows(lines, ZoneInfo(request.organisation.zone)),
        name=f"answers-{survey.slug}",
        ending=ending,
    )


@require_safe
def survey_invitations(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show who was asked and what became of it."""
    survey = readable_survey(request, slug)
    state = request.GET.get("state", "")
    page = invitation_page(
        survey,
        access=request.access,
        state=state,
        number=request.GET.get("page"),
    )
    context = {
        **survey_context(request, survey, tab="invitations"),
        "page_obj": page,
        "state": state if state in Invitation.State.values else "",
        "states": Invitation.State.choices,
    }
    return render(request, "surveys/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def response_void(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Leave a response out of every figure, after asking why."""
    survey = managed_survey(request, slug)
    response = get_object_or_404(responses_for(survey, access=request.access), pk=pk)
    form = VoidForm(
        request.POST if request.method == "POST" else None,
        initial={"note": _said(flags_of(response))},
    )
    back = reverse("surveys:answers", args=[slug])
    if request.method == "POST" and form.is_valid():
        answers.void_response(
            response, actor=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("The answer is left out of every figure."))
        return redirect(back)
    context = {
        **survey_context(request, survey, tab="answers"),
        "title": _("Leave this answer out"),
        "text": _("The score stays as it was given; it counts in no figure any more."),
        "button": _("Leave it out"),
        "form": form,
        "back": back,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/confirm.html", context, status=status)


@require_POST
def flags_look(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Note that a flagged answer was looked at and counts, or is to be looked at."""
    survey = managed_survey(request, slug)
    rows = flagged(responses_for(survey, access=request.access))
    response = get_object_or_404(rows, pk=pk)
    if request.POST.get("act") == "again":
        forget_look(response, actor=request.user, now=timezone.now())
        messages.success(request, _("The answer is to be looked at again."))
    else:
        note_look(response, actor=request.user, now=timezone.now())
        messages.success(request, _("Looked at. The answer counts as before."))
    return redirect(reverse("surveys:answers", args=[slug]) + "?flagged=on")


def survey_context(
    request: ReaderRequest, survey: Survey, *, tab: str
) -> dict[str, Any]:
    """Return what the head of every page of a survey needs."""
    return {
        "nav_active": "surveys",
        "survey": survey,
        "zone": request.organisation.zone,
        "tab": tab,
        "may_manage": request.access.may_manage_team(survey.team_id),
        "may_read": reads_answers(request.access),
        "crumbs": [
            (_("Surveys"), reverse("surveys:list")),
            (survey.name, reverse("surveys:detail", args=[survey.slug])),
        ][: 1 if tab == "detail" else 2],
    }


def _content(survey: Survey) -> Content | None:
    return Content.from_json(survey.version.content) if survey.version else None


def _course(survey: Survey, request: ReaderRequest, span: str) -> dict[str, Any]:
    """Return the trend, and how the span differs from the one before it."""
    asked = request.GET.get("grain", "month")
    grain = asked if asked in GRAINS else "month"
    calendar = get_calendar(request.organisation)
    found = trend(
        survey, access=request.access, calendar=calendar, grain=GRAINS[grain][0]
    )
    days, moved = SPANS[span], None
    if days is not None:
        moved = change_since(survey, access=request.access, days=days)
    return {
        "trend_rows": trend_rows(found) if found else [],
        "trend_chart": trend_chart(found, name=survey.name) if found else None,
        "grains": [(key, label, key == grain) for key, (_, label) in GRAINS.items()],
        "change_days": days,
        "change": difference_panel(
            moved, survey.kind, said=said_of_periods(moved.verdict)
        )
        if moved
        else None,
    }


def _funnel(survey: Survey, request: ReaderRequest, now: datetime) -> dict[str, Any]:
    found = funnel(survey, access=request.access, now=now)
    states = [
        (label, found.states[state])
        for state, label in Invitation.State.choices
        if state in found.states
    ]
    skips = [
        (label, found.skips[reason])
        for reason, label in Invitation.Skip.choices
        if reason in found.skips
    ]
    silent = found.arrived - found.answered
    rates = response_rates(complete=found.answered, unknown=silent)
    return {
        "steps": response_steps(survey, access=request.access, since_day=None),
        "total": found.total,
        "states": states,
        "skips": skips,
        "answered": found.answered,
        "arrived": found.arrived,
        "rate": figure(100 * rates.rr1, Unit.PERCENT) if rates else None,
    }


def _file_rows(lines: Iterator[ResponseLine], zone: ZoneInfo) -> Iterator[list[object]]:
    for line in lines:
        response = line.response
        yield [
            _answered(response, zone),
            line.score,
            line.high,
            clean_display(line.comment),
            ", ".join(line.themes),
            response.customer.name if response.customer else "",
            response.agent.name if response.agent else "",
            response.language,
            str(response.get_exclusion_display()) if response.exclusion else "",
            _said(line.flags),
            ", ".join(line.consents),
            *(clean_display(each.text) for each in line.replies),
        ]


def _said(flags: Iterable[Flag]) -> str:
    return ", ".join(str(flag.label) for flag in flags)


def _answered(response: Response, zone: ZoneInfo) -> str:
    """Return when it was answered, to the minute where that is known."""
    local = response.answered_at.astimezone(zone)
    if response.is_anonymous:
        return local.date().isoformat()
    return local.isoformat(timespec="minutes")
