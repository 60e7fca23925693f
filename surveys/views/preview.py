"""What customers would see of a draft, while it is being written and after."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render as render_for_staff
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crmkpi.accounts.http import ReaderRequest
from surveys.content import Content, ContentError
from surveys.draft_form import DraftForm
from surveys.scoring import Band
from surveys.services.redirects import host_of
from surveys.texts import PAGES
from surveys.views.asking import asked, told
from surveys.views.customer_pages import page_text, render
from surveys.views.doors import our_survey

QUESTION = "question"
SHOWN = [
    (QUESTION, gettext_lazy("the question")),
    (Band.LOW.value, gettext_lazy("thanks for a low score")),
    (Band.MIDDLE.value, gettext_lazy("thanks for a middling score")),
    (Band.HIGH.value, gettext_lazy("thanks for a high score")),
]


class PreviewForm(forms.Form):
    """Which page is previewed, in which language; it stands beside the draft's form."""

    preview_page = forms.ChoiceField(label=gettext_lazy("Page"), choices=SHOWN)
    preview_language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["form"] = "draft"


@require_http_methods(["GET", "HEAD", "POST"])
def survey_preview(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show the draft as customers would see it; nothing can be sent from here.

    POST takes the form as it stands, unsaved, and gives the part of the page with the
    two screens.
    """
    survey = our_survey(request, slug)
    if request.method == "POST":
        form = DraftForm(request.POST, survey=survey, access=request.access)
        context = previewed(form, PreviewForm(request.POST))
        return render_for_staff(request, "surveys/preview.html", context)
    content = Content.from_json(survey.draft)
    wish = request.GET.get("lang", "")
    language = wish if wish in content.wordings else content.language
    others = [
        (each, PAGES[each].name, f"?lang={each}")
        for each in content.languages
        if each != language
    ]
    page = asked(content, language, chosen=None, fault="")
    return render(
        "question",
        **page,
        is_preview=True,
        is_anonymous=survey.is_anonymous,
        others=others,
    )


def previewed(form: DraftForm, choice: PreviewForm) -> dict[str, Any]:
    """Return the page that a draft gives, or the sentences that say why none.

    The form may be bound to what is being typed, or unbound: then it is the draft as
    it was saved.
    """
    content, faults = _content(form)
    choice.is_valid()
    chosen = choice.cleaned_data if choice.is_bound else {}
    if content is None:
        return {"html": "", "faults": faults}
    wish = chosen.get("preview_language", content.language)
    language = wish if wish in content.wordings else content.language
    missing = [] if language == wish else [_("This language is not offered yet.")]
    page = chosen.get("preview_page", QUESTION)
    is_anonymous = bool(form["is_anonymous"].value())
    html = _html(content, language, page, is_anonymous=is_anonymous)
    return {"html": html, "faults": missing}


def _content(form: DraftForm) -> tuple[Content | None, list[str]]:
    try:
        if not form.is_bound:
            return form.before.complete(), []
        if form.is_valid():
            return form.content.complete(), []
    except ContentError as error:
        return None, [str(error)]
    named = [
        f"{form[name].label}: {error}" if name != "__all__" else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]
    return None, named[:3]


def _html(content: Content, language: str, page: str, *, is_anonymous: bool) -> str:
    if page == QUESTION:
        shown = asked(content, language, chosen=None, fault="")
        return page_text(
            "question", **shown, is_preview=True, is_anonymous=is_anonymous
        )
    scale = content.scale
    values = range(scale.low, scale.high + 1)
    score = next((each for each in values if scale.band(each) == page), scale.low)
    words = PAGES[language]
    return page_text(
        "thanks",
        language=language,
        content=content,
        sentence=words.recorded,
        thanks=content.wording(language).thanks,
        onward=content.redirect,
        onward_host=host_of(content.redirect) or "",
        hint=words.anonymous_hint if is_anonymous else "",
        is_preview=True,
        **told(content, language, score=score),
    )
