"""A survey's score by what else it could be made of than each answer alike."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.crm.models import CustomerSpell
from surveys.hiding import MIN_N
from surveys.models import Survey
from surveys.queries.results import answers_for, current_scale, invitations_for
from surveys.queries.splits import counts_by, on_scale
from surveys.scoring import Scale, Summary, summary
from surveys.weighting import Weighing, weigh

Segments = dict[int | None, int]  # people by their segment, None for those in none


@dataclass(frozen=True)
class Population:
    """Those for whom answers are to speak, by segment."""

    label: str | Promise
    of: str | Promise  # heads the column of their shares
    count: Callable[..., Segments]


def active_customers(
    survey: Survey, *, access: Access, since_day: int | None
) -> Segments:
    """Return the customers active today of the reader's teams. Queries: 1."""
    rows = CustomerSpell.objects.visible_to(access).filter(
        Q(ended_day=None) | Q(ended_day__gt=access.day), started_day__lte=access.day
    )
    grouped: Any = rows.order_by().values_list("customer__segment_id")
    return dict(grouped.annotate(n=Count("customer_id", distinct=True)))


def could_be_asked(
    survey: Survey, *, access: Access, since_day: int | None
) -> Segments:
    """Return the occasions to ask, whether they were used or not. Queries: 1.

    Time: local days of the events that were asked about.
    """
    rows = invitations_for(survey, access).filter(exclusion=0)
    if since_day is not None:
        rows = rows.filter(event_day__gte=since_day)
    return dict(rows.order_by().values_list("segment_id").annotate(n=Count("pk")))


POPULATIONS = {
    "customers": Population(
        gettext_lazy("By share of customers"),
        gettext_lazy("Of customers"),
        active_customers,
    ),
    "asked": Population(
        gettext_lazy("By who could be asked"),
        gettext_lazy("Could be asked"),
        could_be_asked,
    ),
}


def weighed(
    survey: Survey, *, by: str, access: Access, since_day: int | None
) -> Weighing | None:
    """Return the score with each segment as heavy as it is in a population.

    Empty: None where no segment has both answers and people. Queries: 3.
    Raises: KeyError for an unknown population.
    """
    scale, counts = _counts(survey, "segment_id", access=access, since_day=since_day)
    people = POPULATIONS[by].count(survey, access=access, since_day=since_day)
    return weigh(scale, counts, people) if scale else None


def each_customer_once(
    survey: Survey, *, access: Access, since_day: int | None
) -> Summary | None:
    """Return the score of customers, each by the lower median of what its people said.

    Answers of nobody known are left out.

    Empty: None with fewer than five customers. Queries: 2.
    """
    scale, counts = _counts(
        survey, "response__customer_id", access=access, since_day=since_day
    )
    medians: dict[int, int] = {}
    for customer, given in counts.items():
        if customer is not None:
            middle = median_low([score for score, n in given.items() for _ in range(n)])
            medians[middle] = medians.get(middle, 0) + 1
    if scale is None or sum(medians.values()) < MIN_N:
        return None
    return summary(scale.kind, scale, medians)


def _counts(
    survey: Survey, column: str, *, access: Access, since_day: int | None
) -> tuple[Scale | None, dict[Any, dict[int, int]]]:
    scale = current_scale(survey)
    if scale is None:
        return None, {}
    rows = on_scale(answers_for(survey, access).counted(), scale)
    if since_day is not None:
        rows = rows.filter(answered_day__gte=since_day)
    return scale, counts_by(rows, column)
