"""The board of follow-ups, one item, and the rules of a survey."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.models import User
from crmkpi.lib.numbers import Unit, figure
from surveys.closing import services
from surveys.closing.forms import CloseForm, GiveForm, NoteForm, ReopenForm, RuleForm
from surveys.closing.queries import (
    VIEWS,
    Board,
    board,
    can_be_asked,
    item_page,
    items_for,
    line_of,
    may_arrange,
    may_work,
    possible_owners,
    with_answers,
)
from surveys.models import FollowUp, FollowUpRule, Survey
from surveys.queries.results import current_scale, reads_answers
from surveys.services.errors import BadSurvey
from surveys.views.doors import managed_survey, readable_survey
from surveys.views.results import survey_context


@require_safe
def follow_ups(request: ReaderRequest) -> HttpResponse:
    """List whom to get back to: an agent's own items, a team's, the company's."""
    now = timezone.now()
    asked = request.GET.get("view", "open")
    view = asked if asked in VIEWS else "open"
    rows = items_for(request.access, view=view, now=now)
    page, lines = item_page(rows, number=request.GET.get("page"), now=now)
    labels = {
        "open": _("Open"),
        "mine": _("Mine"),
        "overdue": _("Overdue"),
        "closed": _("Closed"),
    }
    context = {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "zone": request.organisation.zone,
        "page_obj": page,
        "lines": lines,
        "view": view,
        "views": [(key, labels[key], key == view) for key in VIEWS],
        "board": _board(board(request.access, now=now)),
        "is_reader": reads_answers(request.access),
    }
    return render(request, "surveys/follow_ups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show one item with its history, and take what was done about it."""
    now = timezone.now()
    rows = FollowUp.objects.visible_to(request.access)
    item = get_object_or_404(with_answers(rows), pk=pk)
    is_worker = may_work(item, request.access)
    forms_ = _forms(request, item) if is_worker else {}
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in forms_:
            raise PermissionDenied
        if _done(request, item, act, forms_[act]):
            return redirect("surveys:follow_up", pk=pk)
        status = 422
    context = {
        "nav_active": "surveys",
        "crumbs": [
            (_("Surveys"), reverse("surveys:list")),
            (_("Follow-up"), reverse("surveys:follow_ups")),
        ],
        "zone": request.organisation.zone,
        "line": line_of(item, now=now),
        "item": item,
        "events": item.events.select_related("actor"),
        "forms": forms_,
        "is_worker": is_worker,
        # Whoever only owns the item learns of the customer, of no other answers.
        "may_open_answers": reads_answers(request.access),
    }
    return render(request, "surveys/follow_up.html", context, status=status)


@require_safe
def rules(request: ReaderRequest, slug: str) -> HttpResponse:
    """List the rules of a survey."""
    survey = readable_survey(request, slug)
    context = {
        **survey_context(request, survey, tab="follow_up"),
        "rules": survey.follow_up_rules.select_related("owner"),
    }
    return render(request, "surveys/follow_up_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: ReaderRequest, slug: str) -> HttpResponse:
    """Make a rule; it looks at answers from now on."""
    survey = managed_survey(request, slug)
    rule = FollowUpRule(survey=survey, created_by=request.user)
    return _rule_page(request, survey, rule)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Change a rule or switch it off; items that it opened stay."""
    survey = managed_survey(request, slug)
    return _rule_page(request, survey, get_object_or_404(survey.follow_up_rules, pk=pk))


def _rule_page(
    request: ReaderRequest, survey: Survey, rule: FollowUpRule
) -> HttpResponse:
    names = ("name", "when", "score", "owned_by", "owner", "due_hours", "is_active")
    initial = {name: getattr(rule, name) for name in names}
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        initial=initial | {"words": ", ".join(rule.words)},
        scale=current_scale(survey),
        people=_people(request, survey),
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        for name, value in form.cleaned_data.items():
            setattr(rule, name, value)
        rule.created_at = rule.created_at or now
        rule.save()
        write_event(
            "follow_up_rule.saved",
            subject=f"survey {survey.slug}",
            actor=request.user,
            now=now,
            rule=rule.name,
            is_active=rule.is_active,
        )
        messages.success(request, _("The rule looks at answers from now on."))
        return redirect("surveys:follow_up_rules", slug=survey.slug)
    context = {
        **survey_context(request, survey, tab="follow_up"),
        "form": form,
        "rule": rule,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/follow_up_rule.html", context, status=status)


def _people(request: ReaderRequest, survey: Survey) -> Any:
    seen = User.objects.filter(
        pk__in=request.access.agent_ids | {request.access.user_id}, is_active=True
    )
    return seen.order_by("name", "pk")


def _forms(request: ReaderRequest, item: FollowUp) -> dict[str, forms.Form]:
    """Return what a worker of an item may fill in, by what it does."""
    posted = request.POST if request.method == "POST" else None
    act = request.POST.get("act", "")

    def data(name: str) -> Any:
        return posted if act == name else None

    if not item.is_open:
        return {"reopen": ReopenForm(data("reopen"), prefix="reopen")}
    found: dict[str, forms.Form] = {
        "note": NoteForm(data("note"), prefix="note"),
        "close": CloseForm(data("close"), prefix="close"),
    }
    if item.response.is_anonymous:  # nobody to be spoken to
        del found["note"].fields["is_contact"]
    if not can_be_asked(item):
        del found["close"].fields["ask_again"]
    if may_arrange(item, request.access):
        people = possible_owners(item, request.access)
        found["give"] = GiveForm(
            data("give"), prefix="give", people=people, initial={"owner": item.owner_id}
        )
    return found


def _done(request: ReaderRequest, item: FollowUp, act: str, form: forms.Form) -> bool:
    """Do what was filled in; False when the form says what is wrong."""
    if not form.is_valid():
        return False
    acts: dict[str, Callable[..., FollowUp]] = {
        "note": services.note,
        "close": services.close,
        "give": services.give,
        "reopen": services.reopen,
    }
    try:
        acts[act](item, actor=request.user, now=timezone.now(), **form.cleaned_data)
    except BadSurvey as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error))
        return False
    return True


def _board(found: Board) -> dict[str, Any]:
    back = found.recovery
    rate = 100 * back.recovered / back.answered if back.is_shown else None
    return {
        "found": found,
        "rate": figure(rate, Unit.PERCENT) if rate is not None else None,
        "low": figure(100 * back.interval.low, Unit.PERCENT).text
        if back.interval
        else "",
        "high": figure(100 * back.interval.high, Unit.PERCENT).text
        if back.interval
        else "",
    }
