"""What a metric is made of, and what would change if it did."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from metrics.catalog import METRICS
from metrics.custom.uses import uses_of
from metrics.measures import AXES
from metrics.metric import Metric
from metrics.row_columns import FACTS

WHEN = {  # by which day rows of an axis are counted, in words
    "acquired_day": _("by the day they were acquired"),
    "answered_day": _("by the day they were given"),
    "as_of_day": _("as they are on the day"),
    "at_day": _("by their day"),
    "closed_day": _("by the day they were closed"),
    "created_day": _("by the day they were created"),
    "day": _("by their day"),
    "decided_day": _("by the day they were kept or broken"),
    "due_day": _("by the day they fall due"),
    "ended_day": _("by the day a state ended"),
    "first_day": _("by their first day"),
    "opened_day": _("by the day they were opened"),
    "paid_day": _("by the day they were paid"),
    "proposed_day": _("by the day of the proposal"),
    "replied_day": _("by the day of the first reply"),
    "resolved_day": _("by the day they were resolved"),
    "responded_day": _("by the day of the first response"),
    "sent_day": _("by the day they were sent"),
    "started_day": _("by the day a state began"),
}


@dataclass(frozen=True)
class Need:
    """Rows of one kind that a metric reads."""

    title: str  # "Tickets"
    when: str  # "by the day they were resolved"


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
    found = {}
    for key in sorted(metric.axes):
        axis = AXES[key]
        when = str(WHEN[axis.when])
        title = capfirst(str(FACTS[axis.fact].plural))
        found[title, when] = Need(title, when)
    return list(found.values())


def _page(metric: Metric) -> Link:
    page = reverse("metrics:detail", kwargs={"key": metric.key})
    return Link(str(metric.title), page)
