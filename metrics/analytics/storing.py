"""What predictions and standings share: whose customers are, and what is forgotten."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from crmkpi.accounts.queries import get_calendar, get_organisation
from crmkpi.crm import changes
from crmkpi.crm.models import CustomerSpell
from crmkpi.lib.periods import Grain
from metrics.engine import marks
from metrics.models import Cause

KEPT_DAYS = 35  # as long weeks are kept apart; of older days the last of each month


def active(day: int) -> dict[int, tuple[int | None, int | None, int | None]]:
    """Return agent, team and segment of the customers active on a day. Queries: 1."""
    spells = CustomerSpell.objects.filter(
        Q(ended_day=None) | Q(ended_day__gt=day), started_day__lte=day
    )
    columns = ("customer_id", "agent_id", "team_id", "segment_id")
    found = spells.order_by("pk").values_list(*columns)
    return {
        customer: (agent, team, segment) for customer, agent, team, segment in found
    }


def outdated(days: Iterable[int], *, newest: int, by_week: bool = False) -> list[int]:
    """Return the days whose rows a later day of their week or month stands for.

    Of the last KEPT_DAYS every day is kept, or with `by_week` the last of each week.
    Queries: 1.

    Example: of 8 and 22 November seen at the end of the year, 8 November.
    """
    calendar = get_calendar(get_organisation())
    seen: set[tuple[Grain, int]] = set()
    found = []
    for day in sorted(days, reverse=True):
        is_recent = day >= newest - KEPT_DAYS
        grain = Grain.WEEK if is_recent else Grain.MONTH
        period = (grain, calendar.period(day, grain).start)
        month = (Grain.MONTH, calendar.period(day, Grain.MONTH).start)
        if period in seen and month in seen and (by_week or not is_recent):
            found.append(day)
        seen |= {period, month}
    return found


def forget(rows: QuerySet[Any]) -> None:
    """Delete rows that grew old and have their cells counted anew.

    Unlike rows that a source takes back, they leave no image: nothing has changed.
    """
    model: Any = rows.model
    names = changes.columns(model)
    marks.mark(model, names, rows.order_by().values_list(*names), cause=Cause.DELETION)
    rows.order_by()._raw_delete(rows.db)
