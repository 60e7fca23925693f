"""Invite people: choose, look over, queue."""

from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.models import Contact
from surveys import tasks
from surveys.forms import InviteForm
from surveys.models import Invitation, Survey
from surveys.queries.invitees import find_contacts, recipients
from surveys.services.errors import BadSurvey
from surveys.services.invitations import Recipient, invite, would_skip
from surveys.views.doors import managed_survey
from surveys.views.results import survey_context


@require_http_methods(["GET", "HEAD", "POST"])
def survey_invite(request: ReaderRequest, slug: str) -> HttpResponse:
    """Choose whom to ask; nothing is queued before it was looked over."""
    survey = managed_survey(request, slug)
    if request.method != "POST":
        return _choose(request, survey, InviteForm(choices=[]))
    form = InviteForm(request.POST, choices=_visible(request))
    if not form.is_valid():
        return _choose(request, survey, form, status=422)
    people = recipients(
        form.cleaned_data["contacts"], form.pasted.addresses, access=request.access
    )
    if "send" in request.POST:
        return _queue(request, survey, form, people)
    return _look_over(request, survey, form, people)


def _choose(
    request: ReaderRequest, survey: Survey, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    context = {
        **survey_context(request, survey, tab="invitations"),
        "form": form,
        "text": text,
        "contacts": find_contacts(text, access=request.access),
        "chosen": request.POST.getlist("contacts") if form.is_bound else [],
    }
    return render(request, "surveys/invite.html", context, status=status)


def _look_over(
    request: ReaderRequest, survey: Survey, form: InviteForm, people: list[Recipient]
) -> HttpResponse:
    skipped = would_skip(survey, people, now=timezone.now())
    labels = dict(Invitation.Skip.choices)
    context = {
        **survey_context(request, survey, tab="invitations"),
        "people": people,
        "n": len(people) - sum(skipped.values()),
        "skipped": [(labels[reason], n) for reason, n in skipped.items()],
        "contacts": form.cleaned_data["contacts"],
        "addresses": "\n".join(form.pasted.addresses),
        "request_id": uuid4().hex,
    }
    return render(request, "surveys/invite_confirm.html", context)


def _queue(
    request: ReaderRequest, survey: Survey, form: InviteForm, people: list[Recipient]
) -> HttpResponse:
    # Sending this page twice asks nobody twice.
    asked_for = request.POST.get("request_id", "")[:64] or uuid4().hex
    try:
        invited = invite(
            survey,
            people,
            request=asked_for,
            actor=request.user,
            now=timezone.now(),
        )
    except BadSurvey as error:
        form.add_error(None, str(error))
        return _choose(request, survey, form, status=422)
    transaction.on_commit(tasks.ring)
    text = ngettext(
        "%(n)d invitation is on its way.",
        "%(n)d invitations are on their way.",
        invited.queued,
    )
    messages.success(request, text % {"n": invited.queued})
    if invited.skipped:
        text = ngettext(
            "%(n)d person is not asked; the list says why.",
            "%(n)d people are not asked; the list says why.",
            invited.skipped,
        )
        messages.info(request, text % {"n": invited.skipped})
    if invited.same:
        messages.info(request, _("The others had been invited before."))
    return redirect("surveys:invitations", slug=survey.slug)


def _visible(request: ReaderRequest) -> list[int]:
    """Return those of the ticked contacts that the reader may see."""
    sent = request.POST.getlist("contacts")[:1000]
    ticked = [pk for pk in sent if pk.isdecimal() and len(pk) < 19]
    rows = Contact.objects.visible_to(request.access).filter(erased_at=None)
    return list(rows.filter(pk__in=ticked).values_list("pk", flat=True))
