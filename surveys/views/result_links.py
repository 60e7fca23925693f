"""Links to results: made and revoked by managers, opened by anybody who has one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import get_calendar, get_organisation, today
from surveys.forms import one_line
from surveys.mails import absolute
from surveys.queries.shared_results import find_result_link, shared_results
from surveys.services.errors import UnknownLink
from surveys.services.result_links import make_result_link, revoke_result_link
from surveys.views.customer_pages import customer_page
from surveys.views.doors import managed_survey
from surveys.views.figures import result_panel
from surveys.views.results import survey_context
from surveys.views.spans import LABELS, SPANS, USUAL, since_day
from surveys.views.verdicts import trend_rows


class LinkForm(forms.Form):
    """What a link shows and how long."""

    name = forms.CharField(
        label=gettext_lazy("Heading"),
        max_length=120,
        validators=[one_line],
        help_text=gettext_lazy("Whoever opens the link reads it."),
    )
    span = forms.ChoiceField(
        label=gettext_lazy("How far back"),
        choices=[(key, LABELS[key]) for key in SPANS],
        initial=USUAL,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until it ends"),
        min_value=1,
        max_value=365,
        initial=30,
    )
    with_comments = forms.BooleanField(
        label=gettext_lazy("Show comments too"),
        required=False,
        help_text=gettext_lazy(
            "Word for word: customers may have named themselves or others in them."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def result_links(request: ReaderRequest, slug: str) -> HttpResponse:
    """List the links to a survey's results and make one; its address is shown once."""
    survey = managed_survey(request, slug)
    now = timezone.now()
    form = LinkForm(
        request.POST if request.method == "POST" else None,
        initial={"name": survey.name},
    )
    made, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            _link, token = make_result_link(
                survey,
                access=request.access,
                actor=request.user,
                now=now,
                **form.cleaned_data,
            )
            made, status = absolute("surveys:shared_results", token), 201
            form = LinkForm(initial={"name": survey.name})
        else:
            status = 422
    context = {
        **survey_context(request, survey, tab="links"),
        "form": form,
        "made": made,
        "links": [
            (link, LABELS[link.span], link.is_open(now))
            for link in survey.result_links.select_related("created_by")
        ],
    }
    return render(request, "surveys/result_links.html", context, status=status)


@require_POST
def result_link_revoke(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """End a link at once."""
    survey = managed_survey(request, slug)
    link = get_object_or_404(survey.result_links.select_related("survey"), pk=pk)
    revoke_result_link(link, actor=request.user, now=timezone.now())
    messages.success(request, _("The link shows nothing any more."))
    return redirect("surveys:result_links", slug=slug)


@customer_page("GET", "HEAD")
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show results to whoever holds a link: no name of anybody, nothing to change."""
    now = timezone.now()
    link = find_result_link(token, now=now)
    if link is None:
        raise UnknownLink(token)
    organisation = get_organisation()
    day = today(now, organisation)
    found = shared_results(
        link,
        day=day,
        since_day=since_day(link.span, today=day),
        calendar=get_calendar(organisation),
    )
    context: dict[str, Any] = {
        "found": found,
        "link": link,
        "span": LABELS[link.span],
        "zone": organisation.zone,
        "panels": [result_panel(each) for each in found.scales],
        "trend_rows": trend_rows(found.trend) if found.trend else [],
    }
    return HttpResponse(render_to_string("surveys/public/results.html", context))
