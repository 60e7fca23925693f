"""Whether the installation is alive and ready to serve."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crmkpi.celery import BEAT_KEY

LATE_BEAT = timedelta(minutes=2)  # eight beats missed


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the web process answers, whatever the rest does."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers (503 if not) and when jobs last ran.

    Late jobs make figures late, not pages wrong, so they are told and not refused.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        last_beat = cache.get(BEAT_KEY)
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    late = (
        last_beat is None
        or timezone.now() - datetime.fromisoformat(last_beat) > LATE_BEAT
    )
    return JsonResponse(
        {
            "database": "ok",
            "last_beat_at": last_beat,
            "jobs": "late" if late else "ok",
        }
    )
