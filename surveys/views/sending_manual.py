"""The chapter of the manual on sending."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from surveys.models import Invitation
from surveys.sending.bounces import QUARANTINE, SOFT_LIMIT, SOFT_WINDOW
from surveys.sending.clocks import DAILY_CAP
from surveys.sending.events import TOO_LATE
from surveys.sending.signatures import HEADER
from surveys.services.dispatch import MAX_ATTEMPTS


@require_safe
def manual(request: ReaderRequest) -> HttpResponse:
    """Explain rules, limits, reasons, and how other systems take part."""
    context = {
        "nav_active": "surveys",
        "crumbs": [(_("Surveys"), reverse("surveys:list"))],
        "reasons": Invitation.Skip.choices,
        "late_days": TOO_LATE.days,
        "daily_cap": DAILY_CAP,
        "attempts": MAX_ATTEMPTS,
        "soft_limit": SOFT_LIMIT,
        "soft_days": SOFT_WINDOW.days,
        "quarantine_days": QUARANTINE.days,
        "header": HEADER,
        "base_url": settings.BASE_URL,
    }
    return render(request, "surveys/sending/manual.html", context)
