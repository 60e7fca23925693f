"""Whether the installation is alive and ready to serve."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

BEAT_KEY = "frame.last_beat_at"
LATE_BEAT = timedelta(minutes=2)  # eight beats missed


def note_beat(now: datetime) -> None:
    """Remember that a worker took a message of beat."""
    cache.set(BEAT_KEY, now.isoformat(), timeout=None)


def last_beat_at() -> datetime | None:
    """Return when a worker last took a message of beat, None if never."""
    kept = cache.get(BEAT_KEY)
    return datetime.fromisoformat(kept) if kept else None


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
        beat_at = last_beat_at()
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    late = beat_at is None or timezone.now() - beat_at > LATE_BEAT
    return JsonResponse(
        {
            "database": "ok",
            "jobs": "late" if late else "ok",
            "last_beat_at": beat_at and beat_at.isoformat(),
        }
    )
