"""The rules by which a survey asks by itself: list, try, switch, and what they did."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from surveys.models import SendingRule, Survey
from surveys.sending import services
from surveys.sending.forms import RuleForm
from surveys.sending.queries import DAYS, rule_lines, rule_words, sends
from surveys.sending.trial import AT_MOST, trial
from surveys.services.errors import BadSurvey
from surveys.views.doors import our_survey, readable_survey
from surveys.views.results import survey_context

RECENT = "recent"  # ?time= of the days that the list of rules counts


@require_safe
def rule_list(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show by which rules a survey asks, and what each did lately."""
    survey = _asked_by_us(readable_survey(request, slug))
    context = {
        **survey_context(request, survey, tab="sending"),
        "lines": rule_lines(survey, access=request.access, now=timezone.now()),
        "days": DAYS,
        "recent": RECENT,
    }
    return render(request, "surveys/sending/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: ReaderRequest, slug: str) -> HttpResponse:
    """Make a rule; it is off until somebody has seen what it would do."""
    survey = our_survey(request, slug)
    return _edit(request, survey, SendingRule(survey=survey))


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Change a rule."""
    survey = our_survey(request, slug)
    return _edit(request, survey, _rule_of(survey, pk))


@require_safe
def rule_detail(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Show what a rule would have done in the last 30 days, and its switch."""
    survey = our_survey(request, slug)
    rule = _rule_of(survey, pk)
    context = {
        **_context(request, survey),
        "rule": rule,
        "words": rule_words(rule),
        "trial": trial(rule, now=timezone.now()),
        "at_most": AT_MOST,
    }
    return render(request, "surveys/sending/rule.html", context)


@require_POST
def rule_switch(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Switch a rule on or off."""
    survey = our_survey(request, slug)
    rule = _rule_of(survey, pk)
    is_on = request.POST.get("on") == "yes"
    try:
        services.switch_rule(rule, is_on=is_on, actor=request.user, now=timezone.now())
    except BadSurvey as error:
        messages.error(request, str(error))
    else:
        text = (
            _("The rule is on. It asks about what happens from now on.")
            if is_on
            else _("The rule is off, and what waited is not sent.")
        )
        messages.success(request, text)
    return redirect("surveys:rule", slug=slug, pk=pk)


@require_safe
def survey_sends(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show each occasion on which rules asked, or why they did not."""
    survey = _asked_by_us(readable_survey(request, slug))
    wanted = {key: request.GET.get(key, "") for key in ("state", "reason", "rule")}
    is_recent = request.GET.get("time") == RECENT
    found = sends(
        survey,
        access=request.access,
        since=timezone.now() - timedelta(days=DAYS) if is_recent else None,
        number=request.GET.get("page"),
        **wanted,
    )
    context = {
        **_context(request, survey),
        "found": found,
        "page_obj": found.page,
        "wanted": wanted,
        "is_recent": is_recent,
        "is_filtered": is_recent or any(wanted.values()),
        "recent": RECENT,
        "days": DAYS,
    }
    return render(request, "surveys/sending/sends.html", context)


def _edit(request: ReaderRequest, survey: Survey, rule: SendingRule) -> HttpResponse:
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        survey=survey,
        day=request.access.day,
        rule=rule if rule.pk else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_rule(
                rule, actor=request.user, now=timezone.now(), **form.wanted()
            )
        except BadSurvey as error:
            form.add_error(error.field, str(error))
        else:
            return redirect("surveys:rule", slug=survey.slug, pk=saved.pk)
    context = {**_context(request, survey), "form": form, "rule": rule}
    status = 422 if form.errors else 200
    return render(request, "surveys/sending/rule_form.html", context, status=status)


def _rule_of(survey: Survey, pk: int) -> SendingRule:
    rules = SendingRule.objects.filter(survey=survey).select_related("survey")
    return get_object_or_404(rules, pk=pk)


def _asked_by_us(survey: Survey) -> Survey:
    """Return a survey that we ask ourselves; imported ones send nothing: 404."""
    if survey.is_imported:
        raise Http404
    return survey


def _context(request: ReaderRequest, survey: Survey) -> dict[str, Any]:
    context = survey_context(request, survey, tab="sending")
    crumb = (_("Sending"), reverse("surveys:sending", args=[survey.slug]))
    return {**context, "crumbs": [*context["crumbs"], crumb]}
