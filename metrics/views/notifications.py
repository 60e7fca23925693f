"""What the reader was told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crmkpi.accounts.http import ReaderRequest
from metrics.alerts import services
from metrics.alerts.models import Notification
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
