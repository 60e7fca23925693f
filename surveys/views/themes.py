"""Themes: what comments are about, and which scores go together with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.form_fields import RowsField
from crmkpi.accounts.http import ReaderRequest
from crmkpi.lib.text import clean_display
from surveys.forms import one_line
from surveys.models import Response, Survey, Theme
from surveys.queries.drivers import Drivers, drivers
from surveys.queries.replies import Asked
from surveys.queries.results import line_of, responses_for
from surveys.services import themes as services
from surveys.services.errors import BadSurvey
from surveys.views.doors import managed_survey, readable_survey
from surveys.views.results import survey_context
from surveys.views.spans import since_day, span_chips, span_of
from surveys.views.verdicts import difference_panel, said_of_comments, score_cells


class ThemeForm(forms.Form):
    """A theme with its words."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60, validators=[one_line]
    )
    words = forms.CharField(
        label=gettext_lazy("Words"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Words or phrases, parted by commas. A star takes any ending: wait* finds "
            "waited and waiting. Without words the theme is given by hand only."
        ),
    )


@require_safe
def survey_themes(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show the themes with the scores of those who wrote about them."""
    survey = readable_survey(request, slug)
    span = span_of(request)
    found = drivers(
        survey,
        access=request.access,
        since_day=since_day(span, today=request.access.day),
    )
    themes = list(survey.themes.all())
    context = {
        **survey_context(request, survey, tab="themes"),
        "spans": span_chips(span),
        "themes": themes,
        "is_sorting": any(theme.is_stale for theme in themes),
        "found": found,
        "rows": _rows(found) if found else [],
        "whole": score_cells(found.whole, found.scale.kind) if found else None,
    }
    return render(request, "surveys/themes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def theme_new(request: ReaderRequest, slug: str) -> HttpResponse:
    """Name a theme and its words."""
    return _theme_page(request, managed_survey(request, slug), None)


@require_http_methods(["GET", "HEAD", "POST"])
def theme_edit(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Change a theme; the comments are sorted anew."""
    survey = managed_survey(request, slug)
    return _theme_page(request, survey, get_object_or_404(survey.themes, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def theme_delete(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Delete a theme after asking."""
    survey = managed_survey(request, slug)
    theme = get_object_or_404(survey.themes.select_related("survey"), pk=pk)
    back = reverse("surveys:themes", args=[slug])
    if request.method == "POST":
        services.delete_theme(theme, actor=request.user, now=timezone.now())
        messages.success(request, _("The theme is deleted. No answer changed."))
        return redirect(back)
    context = {
        **survey_context(request, survey, tab="themes"),
        "title": _("Delete the theme %(name)s") % {"name": clean_display(theme.name)},
        "text": _("What was marked with it by hand is lost. No answer changes."),
        "button": _("Delete it"),
        "back": back,
    }
    return render(request, "surveys/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def response_themes(request: ReaderRequest, slug: str, pk: int) -> HttpResponse:
    """Say by hand what one comment is about."""
    survey = managed_survey(request, slug)
    response = get_object_or_404(responses_for(survey, access=request.access), pk=pk)
    form = _marks_form(request, survey, response)
    if request.method == "POST" and form.is_valid():
        services.mark_by_hand(response, form.cleaned_data["themes"], actor=request.user)
        messages.success(request, _("The comment has these themes now."))
        return redirect("surveys:answers", slug=slug)
    context = {
        **survey_context(request, survey, tab="answers"),
        "form": form,
        "line": line_of(response, asked=Asked.of(survey)),
        "has_themes": form.fields["themes"].queryset.exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/response_themes.html", context, status=status)


def _theme_page(
    request: ReaderRequest, survey: Survey, theme: Theme | None
) -> HttpResponse:
    initial = {"name": theme.name, "words": ", ".join(theme.words)} if theme else {}
    form = ThemeForm(
        request.POST if request.method == "POST" else None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_theme(
                survey,
                theme=theme,
                actor=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except BadSurvey as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The comments are sorted by these words."))
            return redirect("surveys:themes", slug=survey.slug)
    context = {
        **survey_context(request, survey, tab="themes"),
        "form": form,
        "theme": theme,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/theme.html", context, status=status)


def _marks_form(request: ReaderRequest, survey: Survey, response: Response) -> Any:
    class MarksForm(forms.Form):
        themes = RowsField(
            label=gettext_lazy("Themes"),
            queryset=survey.themes.all(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    current = response.theme_marks.filter(is_on=True).values_list("theme_id", flat=True)
    data = request.POST if request.method == "POST" else None
    return MarksForm(data, initial={"themes": list(current)})


def _rows(found: Drivers) -> list[dict[str, Any]]:
    kind = found.scale.kind
    return [
        {
            "theme": line.theme,
            "n": line.n,
            "low_band": line.low,
            "score": score_cells(line.summary, kind) if line.summary else None,
            "against": difference_panel(
                line.against_rest,
                kind,
                said=said_of_comments(line.against_rest.verdict),
            )
            if line.against_rest
            else None,
        }
        for line in found.lines
    ]
