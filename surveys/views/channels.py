"""Other ways to a survey than mail: link, QR code, poster, kiosk, pages of others."""

from io import BytesIO

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from surveys.content import Content, choose_language
from surveys.links import shared_address
from surveys.mails import absolute
from surveys.models import Survey
from surveys.sending import services
from surveys.sending.forms import OriginsForm
from surveys.services.errors import BadSurvey
from surveys.services.surveys import offer_kiosk
from surveys.texts import PAGES
from surveys.views.customer_pages import page_text
from surveys.views.doors import our_survey
from surveys.views.results import survey_context


@require_http_methods(["GET", "HEAD", "POST"])
def channels(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show link, QR code and embed code; say which pages may embed it."""
    survey = our_survey(request, slug)
    initial = {"origins": "\n".join(survey.frame_origins)}
    form = OriginsForm(
        request.POST if request.method == "POST" else None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        services.allow_origins(
            survey,
            origins=form.cleaned_data["origins"],
            actor=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Saved. These web sites may show the survey."))
        return redirect("surveys:channels", slug=slug)
    context = survey_context(request, survey, tab="sending")
    crumb = (_("Sending"), reverse("surveys:sending", args=[slug]))
    context |= {
        "crumbs": [*context["crumbs"], crumb],
        "form": form,
        "shared_url": _shared_url(survey),
        "embedded_url": absolute("surveys:embedded", shared_address(survey)),
        "kiosk_url": absolute("surveys:kiosk", shared_address(survey)),
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/sending/channels.html", context, status=status)


@require_safe
def qr_code(request: ReaderRequest, slug: str) -> HttpResponse:
    """Send the shared link as a QR code to print, sharp at any size."""
    survey = our_survey(request, slug)
    image = BytesIO()
    segno.make(_shared_url(survey), error="q", micro=False).save(
        image, kind="svg", scale=8, border=4, dark="#000", light="#fff"
    )
    name = f"qr-{survey.slug}.svg"
    as_file = "attachment" if "download" in request.GET else "inline"
    return HttpResponse(
        image.getvalue(),
        content_type="image/svg+xml",
        headers={"Content-Disposition": f'{as_file}; filename="{name}"'},
    )


@require_safe
def poster(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show a sheet of A4 to print, in a language of the survey: ?in=de."""
    survey = our_survey(request, slug)
    asked = survey.version.content if survey.version else survey.draft
    content = Content.from_json(asked)
    language = choose_language(content.languages, request.GET.get("in", ""))
    html = page_text(
        "poster",
        language=language,
        content=content,
        question=content.wording(language).question,
        survey=survey,
        address=_shared_url(survey),
        languages=[
            (each, PAGES[each].name, each == language) for each in content.languages
        ],
    )
    return HttpResponse(html)


@require_POST
def kiosk_switch(request: ReaderRequest, slug: str) -> HttpResponse:
    """Open or close the page for a shared device."""
    survey = our_survey(request, slug)
    is_offered = request.POST.get("kiosk") == "yes"
    try:
        offer_kiosk(
            survey, is_offered=is_offered, actor=request.user, now=timezone.now()
        )
    except BadSurvey as error:
        messages.error(request, str(error))
    return redirect("surveys:channels", slug=slug)


def _shared_url(survey: Survey) -> str:
    return absolute("surveys:shared", shared_address(survey))
