"""Words for what the catalogue declares, and links to what stands in rows."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from crmkpi.lib.numbers import Unit
from metrics.metric import Better, Metric
from metrics.row_lists import Cell
from metrics.splits import dimensions_of, in_use
from metrics.terms import Term, terms_of

register = template.Library()

UNITS: dict[Unit, Promise] = {
    Unit.PERCENT: _("per cent"),
    Unit.POINTS: _("points from −100 to 100"),
    Unit.SCORE: _("score"),
    Unit.COUNT: _("count"),
    Unit.MONEY: _("money"),
    Unit.MONEY_PER_DAY: _("money a day"),
    Unit.SECONDS: _("time"),
    Unit.DAYS: _("days"),
    Unit.RATIO: _("ratio"),
    Unit.INDEX: _("index"),
}
DIRECTIONS: dict[Better, Promise] = {
    Better.HIGHER: _("higher"),
    Better.LOWER: _("lower"),
    Better.RANGE: _("within a range"),
    Better.NONE: _("neither: it says how much there is"),
}


@register.filter
def unit_name(unit: Unit) -> str:
    return str(UNITS[unit])


@register.filter
def better_name(better: Better) -> str:
    return str(DIRECTIONS[better])


@register.filter
def dimension_names(metric: Metric) -> list[str]:
    return [str(dimension.label) for dimension in in_use(dimensions_of(metric))]


@register.filter
def terms(metric: Metric) -> list[Term]:
    return terms_of(metric)


@register.filter
def customer_link(cell: Cell) -> SafeString | str:
    """Return the customer's name as a link, where there is a page to go to."""
    try:
        page = reverse("crm:customer", kwargs={"pk": cell.customer})
    except NoReverseMatch:
        return cell.text
    return format_html('<a href="{}">{}</a>', page, cell.text)
