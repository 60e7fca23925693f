"""Notes on the trend of a metric: what happened."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crmkpi.accounts.http import ReaderRequest
from metrics import scopes
from metrics.alerts.models import TrendNote
from metrics.alerts.notes import add_note, delete_note
from metrics.alerts.readers import manages
from metrics.custom.errors import BadInput
from metrics.scopes import NotVisible, ScopeError, ScopeKey, visible_scope
from metrics.views.metric import metric_or_404


@require_POST
def note_new(request: ReaderRequest, key: str) -> HttpResponse:
    """Note what happened on a day of the trend of a scope."""
    metric = metric_or_404(request, key)
    try:
        scope = visible_scope(request.POST.get("scope", "")[:500], request.access)
    except (ScopeError, NotVisible) as error:
        raise Http404(_("There is no such scope that you may see.")) from error
    if not manages(scope.key, request.access):
        raise PermissionDenied
    try:
        add_note(
            metric=metric.key,
            scope=scope,
            day=_day(request.POST.get("day", "")),
            text=request.POST.get("text", "")[:1000],
            actor=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Noted."))
    except BadInput as error:
        for sentence in error.faults.values():
            messages.error(request, str(sentence))
    return _back(request, key)


@require_POST
def note_delete(request: ReaderRequest, key: str, pk: int) -> HttpResponse:
    """Take a note back."""
    metric = metric_or_404(request, key)
    note = TrendNote.objects.filter(pk=pk, metric=metric.key).first()
    if note is None:
        raise Http404(_("There is no such note."))
    scope = ScopeKey(note.cut, note.member, note.other)
    if not scopes.may_see(scope, request.access):
        raise Http404(_("There is no such note."))
    if not manages(scope, request.access):
        raise PermissionDenied
    delete_note(note=note, actor=request.user, now=timezone.now())
    messages.success(request, _("The note is gone."))
    return _back(request, key)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _back(request: ReaderRequest, key: str) -> HttpResponse:
    page = reverse("metrics:detail", kwargs={"key": key})
    query = request.POST.get("query", "")
    return redirect(f"{page}?{query}#trend-notes" if query else f"{page}#trend-notes")
