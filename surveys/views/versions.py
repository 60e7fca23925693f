"""The versions of a survey and what differs between two of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from surveys.content import Content, ContentError
from surveys.differences import Difference, differences
from surveys.models import Survey
from surveys.queries.versions import VersionLine, version_lines
from surveys.texts import PAGES
from surveys.views.doors import readable_survey
from surveys.views.results import survey_context

DRAFT = "draft"


@require_safe
def survey_versions(request: ReaderRequest, slug: str) -> HttpResponse:
    """Show all versions, and the difference of two: by default of the last two."""
    survey = readable_survey(request, slug)
    lines = version_lines(survey)
    context = survey_context(request, survey, tab="versions")
    sides = _sides(survey, lines, with_draft=context["may_manage"])
    names = list(sides)
    new = _chosen(request.GET.get("new"), names, default=0)
    old = (
        _chosen(request.GET.get("old"), names, default=names.index(new) + 1)
        if new
        else ""
    )
    found = differences(sides[old], sides[new]) if old and new else []
    context |= {
        "lines": lines,
        "choices": [(name, _name(name)) for name in names],
        "old": old,
        "new": new,
        "old_name": _name(old),
        "new_name": _name(new),
        "differences": [(each, _language(each)) for each in found],
        "breaks_line": any(each.breaks_line for each in found),
    }
    return render(request, "surveys/versions.html", context)


def draft_differences(survey: Survey) -> list[tuple[Difference, str]]:
    """Return what publishing the draft would change; nothing before the first time."""
    if survey.version is None:
        return []
    published = Content.from_json(survey.version.content)
    draft = Content.from_json(survey.draft).complete()
    return [(each, _language(each)) for each in differences(published, draft)]


def _sides(
    survey: Survey, lines: list[VersionLine], *, with_draft: bool
) -> dict[str, Content]:
    """Return what can be compared by name, the newest first."""
    sides = {}
    if with_draft and not survey.is_imported:
        draft = _draft(survey)
        if not lines or draft.fingerprint != lines[0].content.fingerprint:
            sides[DRAFT] = draft
    return sides | {str(line.version.number): line.content for line in lines}


def _draft(survey: Survey) -> Content:
    """Return the draft as it would be published, or as it is while it cannot be."""
    draft = Content.from_json(survey.draft)
    try:
        return draft.complete()
    except ContentError:
        return draft


def _chosen(wish: str | None, names: list[str], *, default: int) -> str:
    if wish in names:
        return str(wish)
    return names[min(default, len(names) - 1)] if names else ""


def _name(name: str) -> str:
    if name == DRAFT:
        return _("Draft")
    return _("Version %(number)s") % {"number": name} if name else ""


def _language(difference: Difference) -> str:
    return PAGES[difference.language].name if difference.language in PAGES else ""
