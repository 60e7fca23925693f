"""Metrics that managers make: the list, the builder, versions and retiring."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.accounts.queries import get_calendar
from metrics import pickers
from metrics.catalog import METRICS
from metrics.custom import loading, services
from metrics.custom.checking import faults_of
from metrics.custom.definitions import FORMULA, RATIO, Undefined
from metrics.custom.errors import BadInput, Faults, InUse, Refused
from metrics.custom.forms import FORMS, MetricForm, initial_of
from metrics.custom.history import versions_of
from metrics.custom.listing import listed
from metrics.custom.models import CustomMetric, CustomVersion
from metrics.custom.preview import Preview, preview
from metrics.custom.sharing import may_edit
from metrics.custom.uses import uses_of
from metrics.formula import FormulaError

PER_PAGE = 50
LONGEST_SEARCH = 100


@require_safe
def own_list(request: ReaderRequest) -> HttpResponse:
    """Show the metrics that people made and the reader may see."""
    text = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    retired = request.GET.get("retired") == "yes"
    lines = listed(access=request.access, text=text, retired=retired)
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = _shell() | {
        "page_obj": page,
        "text": text,
        "retired": retired,
        "is_filtered": bool(text) or retired,
        "may_make": request.access.manages,
    }
    return render(request, "metrics/own/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def own_new(request: ReaderRequest) -> HttpResponse:
    """Make a metric: of two boxes, or (?kind=formula) by a formula."""
    _must_manage(request)
    kind = _kind(request.GET.get("kind", ""))
    posted = request.POST if request.method == "POST" else None
    form = FORMS[kind](posted or _tried(request), access=request.access)
    if posted is not None and form.is_valid():
        try:
            metric = services.create_metric(
                definition=form.definition(),
                sharing=form.cleaned_data["sharing"],
                team=form.cleaned_data["team"],
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The metric is made."))
            return redirect("metrics:detail", key=metric.key)
        except BadInput as error:
            form.refuse(error.faults)
    return _builder(request, form, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def own_edit(request: ReaderRequest, key: str) -> HttpResponse:
    """Change a metric, which makes another version of it."""
    metric = _editable(request, key)
    last = _last(metric)
    definition = loading.definition_of(last)
    kind = _kind(request.GET.get("kind", definition.kind))
    posted = request.POST if request.method == "POST" else None
    form = FORMS[kind](
        posted or _tried(request),
        access=request.access,
        team=metric.team,
        initial=initial_of(definition, metric) | {"number": last.number},
    )
    if posted is not None and form.is_valid():
        try:
            services.change_metric(
                metric=metric,
                definition=form.definition(),
                sharing=form.cleaned_data["sharing"],
                team=form.cleaned_data["team"],
                expected_number=form.cleaned_data["number"] or 0,
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The metric has changed."))
            return redirect("metrics:own_versions", key=metric.key)
        except BadInput as error:
            form.refuse(error.faults)
        except Refused as error:
            form.add_error(None, str(error))
    return _builder(request, form, kind, metric)


@require_safe
def own_preview(request: ReaderRequest) -> HttpResponse:
    """Send what the open form gives on the rows there are."""
    _must_manage(request)
    form = FORMS[_kind(request.GET.get("kind", ""))](request.GET, access=request.access)
    context = _previewed(request, form, request.GET.get("key", ""))
    return render(request, "metrics/own/preview.html", context)


@require_safe
def own_versions(request: ReaderRequest, key: str) -> HttpResponse:
    """Show how a metric was defined when, and what is built on it."""
    metric = _readable(request, key)
    context = _shell(metric) | {
        "metric": METRICS[key],
        "custom": metric,
        "versions": versions_of(metric),
        "uses": uses_of(key, access=request.access),
        "may_edit": _may_edit(request, metric),
    }
    return render(request, "metrics/own/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def own_retire(request: ReaderRequest, key: str) -> HttpResponse:
    """Offer a metric no more, or again, or delete one that nothing is built on."""
    metric = _editable(request, key)
    uses = uses_of(key, access=request.access)
    fault = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "delete":
                services.delete_metric(
                    metric=metric, actor=request.user, now=timezone.now()
                )
                messages.success(request, _("The metric is deleted."))
                return redirect("metrics:own_list")
            services.retire_metric(
                metric=metric,
                retired=act != "restore",
                actor=request.user,
                now=timezone.now(),
            )
            return redirect("metrics:own_versions", key=key)
        except InUse as error:
            fault = str(error)
    context = _shell(metric) | {
        "metric": METRICS[key],
        "custom": metric,
        "uses": uses,
        "fault": fault,
    }
    status = 422 if fault else 200
    return render(request, "metrics/own/retire.html", context, status=status)


def _shell(metric: CustomMetric | None = None) -> dict[str, Any]:
    crumbs: list[Any] = [(_("Metrics"), reverse("metrics:library"))]
    if metric is not None:
        crumbs.append((_("Own metrics"), reverse("metrics:own_list")))
        page = reverse("metrics:detail", kwargs={"key": metric.key})
        crumbs.append((METRICS[metric.key].title, page))
    return {"nav_active": "metrics", "crumbs": crumbs}


def _must_manage(request: ReaderRequest) -> None:
    if not request.access.manages:
        raise PermissionDenied(_("Only managers may make metrics."))


def _kind(text: str) -> str:
    return FORMULA if text == FORMULA else RATIO


def _tried(request: ReaderRequest) -> QueryDict | None:
    """Return what somebody without scripts wants to see a preview of."""
    return request.GET if "preview" in request.GET else None


def _readable(request: ReaderRequest, key: str) -> CustomMetric:
    if not METRICS.may_read(key, request.access):
        raise Http404(_("There is no such metric."))
    metric = CustomMetric.objects.select_related("team", "owner").filter(key=key)
    found = metric.first()
    if found is None:
        raise Http404(_("This metric is not one that people made."))
    return found


def _editable(request: ReaderRequest, key: str) -> CustomMetric:
    metric = _readable(request, key)
    if not _may_edit(request, metric):
        raise PermissionDenied(services.NOT_YOURS)
    return metric


def _may_edit(request: ReaderRequest, metric: CustomMetric) -> bool:
    root = request.organisation.root_team_id
    return may_edit(loading.audience_of(metric), request.access, root)


def _last(metric: CustomMetric) -> CustomVersion:
    return metric.versions.order_by("-number")[0]


def _builder(
    request: ReaderRequest,
    form: MetricForm,
    kind: str,
    metric: CustomMetric | None = None,
) -> HttpResponse:
    is_posted = request.method == "POST"
    key = metric.key if metric else ""
    names = METRICS.readable(request.access)
    context = _shell(metric) | {
        "form": form,
        "kind": kind,
        "custom": metric,
        "names": [(each, found) for each, found in names.items() if each != key],
    }
    if form.is_bound:
        context |= _previewed(request, form, key)
    template = "metrics/own/builder.html"
    return render(request, template, context, status=422 if is_posted else 200)


def _previewed(request: ReaderRequest, form: MetricForm, key: str) -> dict[str, Any]:
    """Return the preview of a form, or the sentences that say why there is none."""
    found: Preview | None = None
    faults: list[str] = []
    form.is_valid()
    of_calculation = [
        str(error)
        for name, errors in form.errors.items()
        if name not in ("title", "text", "sharing", "team", "number", "__all__")
        for error in errors
    ]
    scope = pickers.home_scope(request.access)
    if of_calculation or scope is None:
        faults = of_calculation[:1]
    else:
        definition = form.definition()
        named: Faults = faults_of(definition, access=request.access, key=key)
        named.pop("title", None)
        faults = [str(each) for each in named.values()]
        if request.method != "POST":  # then the service has put them there
            form.refuse(named)
        if not faults:
            try:
                found = preview(
                    definition,
                    scope=scope,
                    calendar=get_calendar(request.organisation),
                    currency=request.organisation.currency,
                    today=request.access.day,
                    now=timezone.now(),
                )
            except (Undefined, FormulaError) as error:
                faults = [str(error)]
    return {"preview": found, "faults": faults}
