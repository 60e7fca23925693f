"""What a metric is made of, and what would change if it did."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from metrics.catalog import METRICS
from metrics.custom.uses import uses_of
from metrics.engine import basis
from metrics.expressions import linears
from metrics.measures import AXES
from metrics.measures.base import Cells
from metrics.metric import Metric
from metrics.row_columns import FACTS

WHEN = {  # by which day rows of an axis are counted, in words
    "acquired_day": gettext_lazy("by the day they were acquired"),
    "answered_day": gettext_lazy("by the day they were given"),
    "as_of_day": gettext_lazy("as they are on the day"),
    "at_day": gettext_lazy("by their day"),
    "closed_day": gettext_lazy("by the day they were closed"),
    "created_day": gettext_lazy("by the day they were created"),
    "day": gettext_lazy("by their day"),
    "decided_day": gettext_lazy("by the day they were kept or broken"),
    "due_day": gettext_lazy("by the day they fall due"),
    "ended_day": gettext_lazy("by the day a state ended"),
    "first_day": gettext_lazy("by their first day"),
    "opened_day": gettext_lazy("by the day they were opened"),
    "paid_day": gettext_lazy("by the day they were paid"),
    "proposed_day": gettext_lazy("by the day of the proposal"),
    "replied_day": gettext_lazy("by the day of the first reply"),
    "resolved_day": gettext_lazy("by the day they were resolved"),
    "responded_day": gettext_lazy("by the day of the first response"),
    "sent_day": gettext_lazy("by the day they were sent"),
    "started_day": gettext_lazy("by the day a state began"),
}


@dataclass(frozen=True)
class Need:
    """Rows of one kind that a metric reads."""

    title: str  # "Tickets"
    when: str  # "by the day they were resolved"
    counted: str = ""  # the measures taken of them: "tickets resolved, complaints"


@dataclass(frozen=True)
class Link:
    """A metric, or something that shows it, with its page where there is one."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Lineage:
    """From rows over other metrics to what people look at."""

    needs: list[Need]
    inputs: list[Link]
    used_by: list[Link]
    hidden: int  # further uses that the reader may not see

    @property
    def is_used(self) -> bool:
        return bool(self.used_by or self.hidden)


def lineage(metric: Metric, access: Access) -> Lineage:
    """Return what a metric reads and what is built on it, as a reader may see it.

    Queries: those of uses_of.
    """
    declared = [each for each in METRICS.values() if metric.key in each.inputs]
    uses = uses_of(metric.key, access=access)
    return Lineage(
        needs=_needs(metric),
        inputs=[_page(METRICS[key]) for key in dict.fromkeys(metric.inputs)],
        used_by=[
            *map(_page, declared),
            *(Link(use.title, use.url) for use in uses if use.title),
        ],
        hidden=sum(1 for use in uses if not use.title),
    )


def _needs(metric: Metric) -> list[Need]:
    found: dict[tuple[str, str], list[str]] = {}
    for key in sorted(metric.axes):
        axis = AXES[key]
        place = (_rows_of(axis), str(WHEN[axis.when]))
        found.setdefault(place, []).extend(_measures_of(metric, key))
    return [
        Need(title, when, ", ".join(counted))
        for (title, when), counted in found.items()
    ]


def _measures_of(metric: Metric, axis: str) -> list[str]:
    """Return what the measures of an axis that the value is made of are called."""
    names = {
        ref.name
        for each in linears(metric.expression)
        for ref in each.refs
        if ref.axis == axis
    }
    known = AXES[axis].measures()
    return [str(each.label) for each in known if each.name in names and each.label]


def _rows_of(axis: type[Cells]) -> str:
    return capfirst(str(FACTS[axis.fact].plural))


def change_of_part(name: str) -> str:
    """Return what it means that a part of engine.basis is declared otherwise.

    Empty: nothing for what people have no word for, and for what is there no more.

    Example: "rows metrics.ticketsopened" gives "Tickets: other rows count."
    """
    kind, _space, what = name.partition(" ")
    if kind == basis.METRIC and what in METRICS:
        needed = METRICS[what].title
        return _("“%(metric)s”, which it rests on, changed.") % {"metric": needed}
    if kind == basis.MEASURE:
        return _change_of_measure(*what.rsplit(".", 1))
    if kind in (basis.ROWS, basis.DAY) and what in AXES:
        rows = {"rows": _rows_of(AXES[what])}
        if kind == basis.ROWS:
            return _("%(rows)s: other rows count.") % rows
        return _("%(rows)s: another day decides when they count.") % rows
    return ""


def _change_of_measure(axis: str, name: str) -> str:
    known = AXES[axis].measures() if axis in AXES else []
    label = next((each.label for each in known if each.name == name), "")
    if not label:
        return ""
    return _("Counted otherwise: %(measure)s.") % {"measure": label}


def _page(metric: Metric) -> Link:
    page = reverse("metrics:detail", kwargs={"key": metric.key})
    return Link(str(metric.title), page)
