"""Segments by rules: the list, the form with a live count, one segment, its file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import get_calendar
from crmkpi.crm.models import Segment
from crmkpi.crm.queries.segments import (
    Found,
    found_by,
    segment_list,
    segment_page,
    stays_file,
)
from crmkpi.crm.segment_forms import SegmentForm, initial_of
from crmkpi.crm.segments import services
from crmkpi.crm.segments.matching import sight
from crmkpi.crm.segments.services import BadSegment, faults_of_rule
from crmkpi.crm.views.files import csv_file


@require_safe
def segments(request: ReaderRequest) -> HttpResponse:
    """Show the segments in their order with the customers the reader may see."""
    context = _shell() | {
        "segments": segment_list(access=request.access),
        "may_edit": request.access.manages,
    }
    return render(request, "crm/segments/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def segment_new(request: ReaderRequest) -> HttpResponse:
    """Make a segment."""
    _must_manage(request)
    posted = request.POST if request.method == "POST" else None
    form = SegmentForm(posted or _tried(request))
    if posted is not None and form.is_valid():
        try:
            segment = services.create_segment(
                draft=form.draft(), actor=request.user, now=timezone.now()
            )
            messages.success(
                request, _("The segment is made. Customers come in within a minute.")
            )
            return redirect("crm:segment", pk=segment.pk)
        except BadSegment as error:
            form.refuse(error.faults)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def segment_edit(request: ReaderRequest, pk: int) -> HttpResponse:
    """Change a segment."""
    _must_manage(request)
    segment = _segment(pk)
    posted = request.POST if request.method == "POST" else None
    form = SegmentForm(posted or _tried(request), initial=initial_of(segment))
    if posted is not None and form.is_valid():
        try:
            is_other = services.change_segment(
                segment=segment,
                draft=form.draft(),
                actor=request.user,
                now=timezone.now(),
            )
            text = _("Changed. Customers follow within a minute.")
            messages.success(request, text if is_other else _("Nothing was changed."))
            return redirect("crm:segment", pk=pk)
        except BadSegment as error:
            form.refuse(error.faults)
    return _form_page(request, form, segment)


@require_safe
def segment_count(request: ReaderRequest) -> HttpResponse:
    """Send whom the open form finds."""
    _must_manage(request)
    key = request.GET.get("segment", "")
    segment = _segment(int(key)) if key.isdecimal() and len(key) < 10 else None
    form = SegmentForm(request.GET)
    context = _found(request, form, segment)
    return render(request, "crm/segments/count.html", context)


@require_safe
def segment_detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show who is in a segment, since when, and how many there were."""
    segment = _segment(pk)
    shown = segment_page(
        segment,
        access=request.access,
        calendar=get_calendar(request.organisation),
        today=request.access.day,
        number=request.GET.get("page"),
    )
    context = _shell(segment) | {
        "segment": segment,
        "shown": shown,
        "page_obj": shown.page,
        "may_edit": request.access.manages,
    }
    return render(request, "crm/segments/detail.html", context)


@require_safe
def segment_csv(request: ReaderRequest, pk: int) -> HttpResponseBase:
    """Send who was in a segment from when until when as a file."""
    segment = _segment(pk)
    headings = [
        _("Customer"),
        _("Id in the source"),
        _("Owner"),
        _("First day"),
        _("Last day"),
    ]
    rows = stays_file(segment, access=request.access)
    return csv_file(f"segment-{pk}.csv", headings, rows)


@require_POST
def segment_move(request: ReaderRequest, pk: int) -> HttpResponse:
    """Move a segment one place up in the order, or down with way=down."""
    _must_manage(request)
    segment = _segment(pk)
    up = request.POST.get("way") != "down"
    if services.move_segment(
        segment=segment, up=up, actor=request.user, now=timezone.now()
    ):
        messages.success(
            request, _("The order has changed. Customers follow within a minute.")
        )
    return redirect("crm:segments")


@require_http_methods(["GET", "HEAD", "POST"])
def segment_archive(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask first, then use a segment no more; one that is archived comes back."""
    _must_manage(request)
    segment = _segment(pk)
    is_archived = segment.archived_at is not None
    if request.method == "POST":
        services.archive_segment(
            segment=segment,
            archived=not is_archived,
            actor=request.user,
            now=timezone.now(),
        )
        text = _("Archived.") if not is_archived else _("In use again.")
        messages.success(request, text)
        return redirect("crm:segments")
    names = {"name": segment.member.name}
    heading, text, button = (
        (
            _("Use %(name)s again?") % names,
            _("It comes last in the order. Customers that match come in today."),
            _("Use the segment"),
        )
        if is_archived
        else (
            _("Archive %(name)s?") % names,
            _(
                "From today on its customers belong to the next segment that matches, "
                "or to that of their source. Figures of the past stay as they are."
            ),
            _("Archive the segment"),
        )
    )
    context = _shell(segment) | {
        "heading": heading,
        "text": text,
        "button": button,
        "back": reverse("crm:segment", args=[pk]),
    }
    return render(request, "accounts/confirm.html", context)


def _form_page(
    request: ReaderRequest, form: SegmentForm, segment: Segment | None = None
) -> HttpResponse:
    is_posted = request.method == "POST"
    shown = form
    if not form.is_bound and segment is not None:
        shown = SegmentForm(_as_typed(form))
    context = _shell(segment) | {"form": form, "segment": segment}
    if shown.is_bound:
        context |= _found(request, shown, segment, is_shown=shown is form)
    template = "crm/segments/form.html"
    return render(request, template, context, status=422 if is_posted else 200)


def _found(
    request: ReaderRequest,
    form: SegmentForm,
    segment: Segment | None,
    *,
    is_shown: bool = False,
) -> dict[str, Any]:
    """Return whom a form finds, or the sentences that say why it finds nobody."""
    if not form.is_begun():
        return {"faults": []}
    form.is_valid()
    of_rule = [
        f"{form[name].label}: {error}"
        for name, errors in form.errors.items()
        if name[:1].isdecimal() or name == "match"
        for error in errors
    ]
    if of_rule:
        return {"faults": of_rule[:1]}
    rule = form.rule()
    faults = faults_of_rule(rule)
    if faults:
        if is_shown and request.method != "POST":  # else the service has put them there
            form.refuse(faults)
        return {"faults": list(faults.values())[:1]}
    found: Found = found_by(
        rule,
        access=request.access,
        seen=sight(timezone.now()),
        segment=segment,
        number=request.GET.get("page"),
    )
    return {"found": found, "faults": []}


def _as_typed(form: SegmentForm) -> QueryDict:
    """Return what the form starts with as if it had been sent, for the first count."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if value is not None:
            data[name] = str(value)
    return data


def _tried(request: ReaderRequest) -> QueryDict | None:
    """Return what somebody without scripts wants to see the count of."""
    return request.GET if "match" in request.GET else None


def _segment(pk: int) -> Segment:
    found: Segment = get_object_or_404(Segment.objects.select_related("member"), pk=pk)
    return found


def _must_manage(request: ReaderRequest) -> None:
    if not request.access.manages:
        raise PermissionDenied(_("Only managers may change segments."))


def _shell(segment: Segment | None = None) -> dict[str, Any]:
    crumbs = [(_("Data"), reverse("crm:data"))]
    if segment is not None:
        crumbs.append((_("Segments"), reverse("crm:segments")))
    return {"nav_active": "data", "crumbs": crumbs}
