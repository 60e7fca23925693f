"""The list of customers and the page of one, each also as a file."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crmkpi.accounts.http import ReaderRequest
from crmkpi.crm.forms import CustomersFilter
from crmkpi.crm.models import Customer
from crmkpi.crm.queries.customers import (
    all_customers,
    all_rows,
    customer_page,
    customers,
    customers_page,
)
from crmkpi.crm.queries.tabs import TABS
from crmkpi.crm.views.files import csv_file


@require_safe
def customers_list(request: ReaderRequest) -> HttpResponse:
    """Show the customers that the reader may see, 50 on a page."""
    form = CustomersFilter(request.GET)
    wanted = form.wanted()
    found = customers(access=request.access, **wanted)
    page, lines = customers_page(found, number=request.GET.get("page"))
    context = {
        "nav_active": "customers",
        "form": form,
        "page_obj": page,
        "customers": lines,
        "sort": wanted["sort"],
        "is_filtered": any(
            form.cleaned_data.get(key) for key in form.fields if key != "sort"
        ),
    }
    return render(request, "crm/customers.html", context)


@require_safe
def customers_csv(request: ReaderRequest) -> HttpResponseBase:
    """Send the same list, unpaged, as a file."""
    found = customers(access=request.access, **CustomersFilter(request.GET).wanted())
    headings = [
        _("Name"),
        _("Owner"),
        _("Industry"),
        _("Region"),
        _("Segment"),
        _("Won on"),
    ]
    rows = (
        [
            line.name,
            line.owner,
            line.industry,
            line.region,
            line.segment,
            line.won.isoformat() if line.won else "",
        ]
        for line in all_customers(found)
    )
    return csv_file("customers.csv", headings, rows)


@require_safe
def customer_detail(request: ReaderRequest, pk: int) -> HttpResponse:
    """Show one customer with its contacts and, tab by tab, its rows."""
    customer = _visible(request, pk)
    shown = customer_page(
        customer,
        access=request.access,
        currency=request.organisation.currency,
        tab=request.GET.get("tab", ""),
        number=request.GET.get("page"),
    )
    context = {
        "nav_active": "customers",
        "crumbs": [(_("Customers"), reverse("crm:customers"))],
        "customer": customer,
        "shown": shown,
        "page_obj": shown.page,
    }
    return render(request, "crm/customer.html", context)


@require_safe
def customer_rows_csv(request: ReaderRequest, pk: int, tab: str) -> HttpResponseBase:
    """Send the rows of one tab, unpaged, as a file."""
    customer = _visible(request, pk)
    if tab not in TABS:
        raise Http404
    wanted = TABS[tab]
    rows = all_rows(
        customer,
        wanted,
        access=request.access,
        currency=request.organisation.currency,
    )
    return csv_file(f"{tab}.csv", [str(one) for one in wanted.headings], rows)


def _visible(request: ReaderRequest, pk: int) -> Customer:
    visible = Customer.objects.visible_to(request.access).select_related(
        "agent",
        "industry",
        "region",
        "segment",
        "given_segment",
        "parent",
        "source",
    )
    found: Customer = get_object_or_404(visible, pk=pk)
    return found
