"""Make, change, publish, share and close a survey."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crmkpi.accounts.http import ReaderRequest
from surveys.content import Content, ContentError
from surveys.differences import Difference
from surveys.draft_form import DraftForm
from surveys.forms import NewSurveyForm
from surveys.models import Survey
from surveys.scoring import Kind
from surveys.services import surveys as services
from surveys.services.errors import BadSurvey
from surveys.services.logos import store_logo
from surveys.services.test_mails import send_test_mail
from surveys.views.doors import our_survey
from surveys.views.preview import PreviewForm, previewed
from surveys.views.results import survey_context
from surveys.views.throttle import too_many
from surveys.views.versions import draft_differences

TESTS = 20  # in ten minutes


@require_http_methods(["GET", "HEAD", "POST"])
def survey_new(request: ReaderRequest) -> HttpResponse:
    """Start a survey with our own words in it."""
    if not request.access.manages:
        raise PermissionDenied
    form = NewSurveyForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        initial={"brand": request.organisation.name, "language": "en"},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        survey = services.create_survey(
            actor=request.user,
            now=timezone.now(),
            **{**given, "kind": Kind(given["kind"])},
        )
        messages.success(
            request, _("Our words are filled in. Change what you like, then publish.")
        )
        return redirect("surveys:edit", slug=survey.slug)
    context = {
        "nav_active": "surveys",
        "form": form,
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def survey_edit(request: ReaderRequest, slug: str) -> HttpResponse:
    """Change the draft; customers see nothing of it before it is published."""
    survey = our_survey(request, slug)
    is_posted = request.method == "POST"
    form = DraftForm(
        request.POST if is_posted else None,
        request.FILES if is_posted else None,
        survey=survey,
        access=request.access,
    )
    is_preview = "preview" in request.POST
    if is_posted and form.is_valid() and not is_preview:
        try:
            _save(request, survey, form)
        except BadSurvey as error:
            field = error.field if error.field in form.fields else None
            form.add_error(field, str(error))
        except ContentError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Saved. Customers see it once it is published.")
            )
            return redirect("surveys:edit", slug=slug)
    choice = PreviewForm(
        request.POST if is_preview else None,
        initial={"preview_language": form["language"].value()},
    )
    context = {
        **survey_context(request, survey, tab="edit"),
        "form": form,
        "choice": choice,
        "is_published": _is_published(survey),
        **previewed(form, choice),
    }
    status = 422 if form.errors and not is_preview else 200
    return render(request, "surveys/edit.html", context, status=status)


@require_POST
def survey_test(request: ReaderRequest, slug: str) -> HttpResponse:
    """Send the draft as a test to whoever asks."""
    survey = our_survey(request, slug)
    if too_many(request, f"test:{request.user.pk}", limit=TESTS):
        messages.error(request, _("Too many tests. Wait ten minutes."))
        return redirect("surveys:edit", slug=slug)
    try:
        send_test_mail(
            survey,
            language=request.POST.get("language", ""),
            actor=request.user,
            now=timezone.now(),
        )
    except BadSurvey as error:
        messages.error(request, str(error))
    else:
        text = _("A test is on its way to %(address)s. It is never counted.")
        messages.success(request, text % {"address": request.user.email})
    return redirect("surveys:edit", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def survey_publish(request: ReaderRequest, slug: str) -> HttpResponse:
    """Ask the draft from now on, after saying what that means."""
    survey = our_survey(request, slug)
    fault = ""
    if request.method == "POST":
        try:
            version = services.publish(survey, actor=request.user, now=timezone.now())
        except BadSurvey as error:
            fault = str(error)
        else:
            text = _("Version %(number)d is asked from now on.")
            messages.success(request, text % {"number": version.number})
            return redirect("surveys:detail", slug=slug)
    context = {
        **survey_context(request, survey, tab="edit"),
        "title": _("Publish this survey"),
        "text": _first_publishing(survey)
        if survey.version is None
        else _(
            "A new version begins: links that were sent keep asking the old one, and "
            "another scale starts another line of figures."
        ),
        "button": _("Publish"),
        "is_good": True,
        "fault": fault,
        "differences": _changes(survey),
        "back": reverse("surveys:edit", args=[slug]),
    }
    return render(
        request, "surveys/confirm.html", context, status=422 if fault else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def survey_close(request: ReaderRequest, slug: str) -> HttpResponse:
    """End a survey, after asking."""
    survey = our_survey(request, slug)
    if request.method == "POST":
        services.close(survey, actor=request.user, now=timezone.now())
        messages.success(request, _("The survey is closed."))
        return redirect("surveys:detail", slug=slug)
    context = {
        **survey_context(request, survey, tab="detail"),
        "title": _("Close this survey"),
        "text": _(
            "Links take no more answers, and invitations that wait are not sent. "
            "Answers stay. Publishing opens it again."
        ),
        "button": _("Close the survey"),
        "back": reverse("surveys:detail", args=[slug]),
    }
    return render(request, "surveys/confirm.html", context)


@require_POST
def survey_share(request: ReaderRequest, slug: str) -> HttpResponse:
    """Open or close the shared link."""
    survey = our_survey(request, slug)
    is_shared = request.POST.get("shared") == "yes"
    try:
        services.share(
            survey, is_shared=is_shared, actor=request.user, now=timezone.now()
        )
    except BadSurvey as error:
        messages.error(request, str(error))
    return redirect("surveys:detail", slug=slug)


def _save(request: ReaderRequest, survey: Survey, form: DraftForm) -> None:
    given = form.cleaned_data
    content = form.content
    if given["logo"] is not None:
        logo = store_logo(given["logo"].read(), actor=request.user, now=timezone.now())
        content = replace(content, look=replace(content.look, logo=logo.digest))
    content.complete()  # say now what publishing would refuse
    services.update_survey(
        survey,
        name=given["name"],
        team=given["team"],
        content=content,
        window_days=given["window_days"],
        cooldown_days=given["cooldown_days"],
        is_anonymous=given["is_anonymous"],
        actor=request.user,
        now=timezone.now(),
    )


def _first_publishing(survey: Survey) -> str:
    """Return what the first publishing settles."""
    fixed = _("What customers are asked is fixed with this version.")
    if survey.is_anonymous:
        return f"{fixed} {_('Its answers are anonymous, and stay so for good.')}"
    return fixed


def _changes(survey: Survey) -> list[tuple[Difference, str]]:
    """Return what publishing would change; a draft that cannot be says so itself."""
    try:
        return draft_differences(survey)
    except ContentError:
        return []


def _is_published(survey: Survey) -> bool:
    """Tell whether customers are asked what the draft says."""
    if survey.version is None or survey.status != Survey.Status.LIVE:
        return False
    try:
        draft = Content.from_json(survey.draft).complete()
    except ContentError:
        return False
    return draft.fingerprint == survey.version.content_hash
