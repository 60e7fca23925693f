"""Figures by hand: list, enter, change, delete and save as a file."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.figure_forms import (
    FORMS,
    FigureForm,
    FiguresFileForm,
    FiguresFilter,
    initial_of,
)
from crmkpi.crm.figures import (
    AUDIT,
    BRAND,
    KIND_NAMES,
    MARKET_SIZE,
    Kind,
    kind_of,
    title_of,
)
from crmkpi.crm.ingest.mapping import MappingError
from crmkpi.crm.ingest.registry import get_record
from crmkpi.crm.models import ImportRun, MarketFigure
from crmkpi.crm.queries.figures import (
    HEADINGS,
    figures,
    figures_file,
    figures_page,
    history_of,
    line_of,
    may_enter_figures,
    may_read_figures,
)
from crmkpi.crm.services import figures as services
from crmkpi.crm.uploads import put_aside
from crmkpi.crm.views.files import csv_file
from crmkpi.lib.tables import TableError

P = ParamSpec("P")
View = Callable[Concatenate[ReaderRequest, P], HttpResponseBase]


def readers_only(view: View[P]) -> Callable[..., Any]:
    """Let those in who see the company; to others the pages do not exist."""

    @wraps(view)
    def guarded(
        request: ReaderRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not may_read_figures(request.access):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@readers_only
def figures_list(request: ReaderRequest) -> HttpResponse:
    """Show the figures from outside, latest days first, 50 on a page."""
    form = FiguresFilter(request.GET)
    found = figures(access=request.access, **form.wanted())
    context = {
        "nav_active": "data",
        "crumbs": _crumbs()[:1],
        "form": form,
        "page_obj": figures_page(found, number=request.GET.get("page")),
        "is_filtered": any(form.wanted().values()),
        "may_enter": may_enter_figures(request.access),
        "kinds": [(kind.value, name) for kind, name in KIND_NAMES.items()],
    }
    return render(request, "crm/figures.html", context)


@require_safe
@readers_only
def figures_csv(request: ReaderRequest) -> HttpResponseBase:
    """Send the figures of the list as a file that can be imported again."""
    found = figures(access=request.access, **FiguresFilter(request.GET).wanted())
    return csv_file("figures.csv", HEADINGS, figures_file(found))


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def figures_upload(request: ReaderRequest) -> HttpResponse:
    """Take many figures from a file; what came of it is shown as of any import."""
    _may_enter(request)
    is_posted = request.method == "POST"
    form = FiguresFileForm(*((request.POST, request.FILES) if is_posted else ()))
    if is_posted and form.is_valid():
        try:
            run = _import(request, form)
        except (TableError, MappingError) as error:
            form.add_error("file", str(error))
        else:
            return redirect("crm:import", pk=run.pk)
    context = {
        "nav_active": "data",
        "crumbs": _crumbs(),
        "form": form,
        "fields": get_record("market_figure").fields,
        "names": [MARKET_SIZE, AUDIT, *BRAND],
    }
    status = 422 if form.errors else 200
    return render(request, "crm/figures_upload.html", context, status=status)


def _import(request: ReaderRequest, form: FiguresFileForm) -> ImportRun:
    with put_aside(form.cleaned_data["file"], prefix="figures") as path:
        imported = services.import_figures(
            path=path,
            mapping=form.mapping(),
            actor=request.user,
            now=timezone.now(),
            clock=timezone.now,
        )
    assert imported.run is not None  # noqa: S101
    return imported.run


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def figure_new(request: ReaderRequest, kind: str) -> HttpResponse:
    """Enter a figure of one kind."""
    _may_enter(request)
    chosen = _kind(kind)
    form = _form(request, chosen)
    if request.method == "POST" and form.is_valid():
        services.enter_figure(
            content=form.content(), actor=request.user, now=timezone.now()
        )
        messages.success(request, _("Entered. Figures made of it follow in a moment."))
        return redirect("crm:figures")
    context = {
        "nav_active": "data",
        "crumbs": _crumbs(),
        "heading": _("Enter: %(kind)s") % {"kind": str(KIND_NAMES[chosen]).lower()},
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "crm/figure.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def figure_detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show a figure with its history; who may, changes it here."""
    figure = _visible(request, pk)
    may_enter = may_enter_figures(request.access)
    if request.method == "POST":
        _may_enter(request)
    form = _form(request, kind_of(figure.metric_key), figure) if may_enter else None
    if request.method == "POST" and form is not None and form.is_valid():
        is_other = services.change_figure(
            figure=figure,
            content=form.content(),
            actor=request.user,
            now=timezone.now(),
        )
        text = _("Changed. Figures made of it follow in a moment.")
        messages.success(request, text if is_other else _("Nothing was changed."))
        return redirect("crm:figure", pk=pk)
    context = {
        "nav_active": "data",
        "crumbs": _crumbs(),
        "heading": _heading(figure),
        "form": form,
        "line": line_of(figure),
        "figure": figure,
        "history": history_of(pk),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "crm/figure.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def figure_delete(request: ReaderRequest, pk: int) -> HttpResponse:
    """Ask first, then delete a figure; the audit log keeps what it was."""
    figure = _visible(request, pk)
    _may_enter(request)
    if request.method == "POST":
        services.delete_figure(figure=figure, actor=request.user, now=timezone.now())
        messages.success(request, _("Deleted. Figures made of it follow in a moment."))
        return redirect("crm:figures")
    context = {
        "nav_active": "data",
        "crumbs": _crumbs(),
        "heading": _("Delete %(figure)s?") % {"figure": _heading(figure)},
        "text": _(
            "What is computed from it loses its value for these days. The audit log "
            "keeps what it was."
        ),
        "button": _("Delete the figure"),
        "back": reverse("crm:figure", args=[pk]),
    }
    return render(request, "accounts/confirm.html", context)


def _form(
    request: ReaderRequest, kind: Kind, figure: MarketFigure | None = None
) -> FigureForm:
    return FORMS[kind](
        request.POST if request.method == "POST" else None,
        currency=request.organisation.currency,
        initial=initial_of(figure) if figure else None,
    )


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise Http404 from None


def _may_enter(request: ReaderRequest) -> None:
    if not may_enter_figures(request.access):
        raise PermissionDenied


def _visible(request: ReaderRequest, pk: int) -> MarketFigure:
    found = MarketFigure.objects.visible_to(request.access)
    figure: MarketFigure = get_object_or_404(
        found.select_related("author", "source"), pk=pk
    )
    return figure


def _heading(figure: MarketFigure) -> str:
    title = title_of(figure.metric_key)
    return f"{title}, {figure.subject}" if figure.subject else title


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Data"), reverse("crm:data")),
        (_("Figures by hand"), reverse("crm:figures")),
    ]
