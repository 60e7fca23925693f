"""The chapter of the manual on writing surveys and on what customers meet."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from surveys.comments import MAX_LENGTH
from surveys.extras import AT_MOST, SHORT_TEXT
from surveys.look import ENOUGH
from surveys.services.logos import LARGEST
from surveys.services.storing import EDIT_LIFE
from surveys.services.test_mails import LIFE


@require_safe
def manual(request: ReaderRequest) -> HttpResponse:
    """Explain versions, looks, extra questions, tests, and what is held."""
    context = {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "contrast": ENOUGH,
        "logo_kb": LARGEST // 1024,
        "extras": AT_MOST,
        "short_text": SHORT_TEXT,
        "comment": MAX_LENGTH,
        "edit_hours": int(EDIT_LIFE.total_seconds() // 3600),
        "test_days": LIFE.days,
    }
    return render(request, "surveys/writing_manual.html", context)
