"""The list of surveys."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.lib.periods import from_day
from surveys.forms import SurveyFilter
from surveys.queries.lists import survey_page, surveys
from surveys.queries.results import LIST_DAYS
from surveys.records import may_bring
from surveys.views.figures import score_figure


@require_safe
def survey_list(request: ReaderRequest) -> HttpResponse:
    """Show the surveys a reader may see with what they got lately."""
    form = SurveyFilter(request.GET)
    wanted = form.wanted()
    found = surveys(access=request.access, **wanted)
    page, lines = survey_page(
        found, access=request.access, number=request.GET.get("page")
    )
    context = {
        "nav_active": "surveys",
        "form": form,
        "page_obj": page,
        "lines": [
            {
                "survey": line.survey,
                "summary": line.summary,
                "figure": score_figure(line.summary, line.survey.kind),
                "last": from_day(line.last_day) if line.last_day is not None else None,
            }
            for line in lines
        ],
        "sort": wanted["sort"],
        "days": LIST_DAYS,
        "is_filtered": any(
            form.cleaned_data.get(key) for key in ("q", "kind", "status")
        ),
        "may_bring": may_bring(request.access),
        "may_add": request.access.manages,
    }
    return render(request, "surveys/list.html", context)
