"""A single row counted in Python is what the database counts, for every measure."""

import pytest
from django.db.models import F, Q

from crmkpi.crm.models import Channel, Ticket
from metrics.engine.images import kept_columns
from metrics.engine.one_row import CannotTell, adds, holds, paths_of
from metrics.expressions import Linear, MeasureRef
from metrics.measures import AXES
from tests.world import World

# Sums of decimal columns: told in words, not by rows.
UNTOLD = {"metrics.marketfigures"}


@pytest.mark.parametrize("key", sorted(AXES.keys() - UNTOLD))
def test_every_measure_of_every_row_is_what_the_database_says(
    key: str, everything: World
) -> None:
    """Each row of the fact alone, summed by the database and by hand."""
    axis = AXES[key]
    linears = {
        each.name: Linear(((MeasureRef(key, each.name), 1),))
        for each in axis.measures()
    }
    paths = paths_of(axis, linears.values())
    rows = list(
        axis.fact._default_manager.values("pk", *kept_columns(axis.fact), *paths)
    )
    summed = {f"m_{each.name}": each.aggregate() for each in axis.measures()}
    told = {
        row.pop("pk"): {name.removeprefix("m_"): int(row[name]) for name in summed}
        for row in axis.fact._default_manager.filter(axis.base)
        .order_by()
        .values("pk")
        .annotate(**summed)
    }

    assert rows
    for row in rows:
        counted = {name: adds(each, axis, row) for name, each in linears.items()}
        assert counted == told.get(row["pk"], dict.fromkeys(linears, 0)), row


CONDITIONS = [
    Q(),
    Q(resolved_day__isnull=True),
    ~Q(resolved_day__isnull=True),
    Q(channel=Channel.PHONE) | Q(channel__in=[2, 3]),
    ~Q(type=None),
    ~Q(reply_business_seconds__gt=500),
    Q(reply_business_seconds__lte=500, reply_seconds__gte=0),
    Q(resolved_day=F("opened_day")),
    ~Q(resolved_day=F("opened_day")),
    Q(resolved_day__lt=F("opened_day") + 2),
    ~Q(Q(resolved_day__gt=F("opened_day") + 1) & Q(is_complaint=False)),
    Q(opened_day__range=(20_400, 20_440)),
    Q(customer_contacts__gt=1) ^ Q(channel=1),
    Q(agent=None) & ~Q(exclusion=0),
    ~Q(channel__in=[1]),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_picks_the_rows_that_the_database_picks(
    condition: Q, everything: World
) -> None:
    rows = Ticket.objects.values("pk", *kept_columns(Ticket))
    picked = {row["pk"] for row in rows if holds(condition, Ticket, row)}

    assert picked == set(Ticket.objects.filter(condition).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "condition", [Q(subject__icontains="x"), Q(customer__name="x"), Q(missing__day=1)]
)
def test_what_only_the_database_can_tell_is_refused(condition: Q) -> None:
    with pytest.raises((CannotTell, LookupError)):
        holds(condition, Ticket, {"customer_id": 1})
