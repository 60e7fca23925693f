"""What the reader was told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crmkpi.accounts.http import ReaderRequest
from metrics.alerts import services
from metrics.alerts.models import AlertRule, Notification
from metrics.alerts.muting import (
    Reach,
    choose_reach,
    reach_lines,
    reach_of_all,
    rules_that_told,
)
from metrics.alerts.queries import notices


@require_safe
def notifications(request: ReaderRequest) -> HttpResponse:
    """List what the reader was told, latest first; ?unread=1 leaves out the read."""
    only_unread = request.GET.get("unread") == "1"
    page = notices(
        request.access, only_unread=only_unread, number=request.GET.get("page")
    )
    context = {
        "page_obj": page,
        "only_unread": only_unread,
        "zone": request.organisation.zone,
        "reach_of_all": reach_of_all(request.access),
        "reach_lines": reach_lines(request.access),
    }
    return render(request, "metrics/notifications.html", context)


@require_POST
def notification_read(request: ReaderRequest, pk: int) -> HttpResponse:
    """Mark one notice as read; with open=1 go where it leads."""
    notice = Notification.objects.visible_to(request.access).filter(pk=pk).first()
    if notice is None:
        raise Http404(_("There is no such notice."))
    services.mark_read(pks=[notice.pk], actor=request.user, now=timezone.now())
    if request.POST.get("open") == "1" and notice.link:
        return redirect(notice.link)
    return redirect("metrics:notifications")


@require_POST
def notifications_read(request: ReaderRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_read(pks=None, actor=request.user, now=timezone.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("metrics:notifications")


@require_POST
def notifications_reach(request: ReaderRequest) -> HttpResponse:
    """Choose how a rule (rule=12), or all of them, may reach the reader.

    Raises: Http404 for a rule that has told the reader nothing.
    """
    rule = _told_by(request, request.POST.get("rule", ""))
    reach = Reach("app" in request.POST, "mail" in request.POST)
    choose_reach(rule=rule, reach=reach, actor=request.user)
    messages.success(request, _("Saved. What you were told before stays."))
    return redirect(f"{reverse('metrics:notifications')}#reach")


def _told_by(request: ReaderRequest, text: str) -> AlertRule | None:
    if not text:
        return None
    known = rules_that_told(request.access)
    is_key = text.isdecimal() and len(text) < 19
    rule = known.filter(pk=text).first() if is_key else None
    if rule is None:
        raise Http404(_("There is no such alert that told you anything."))
    return rule
