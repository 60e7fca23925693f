"""Revenue for each person who sold: distinct people cannot be added up from cells."""

from collections import defaultdict
from collections.abc import Iterable

from crmkpi.lib.periods import Grain
from metrics.dimensions import Cut
from metrics.engine.ancestry import Ancestry
from metrics.engine.cohorts import CohortWindow, read_cohorts
from metrics.expressions import Outcome, Span
from metrics.measures.base import Cells
from metrics.measures.cohorts_sales import PAID
from metrics.measures.interactions import Interactions
from metrics.measures.opportunities import (
    OpportunitiesClosed,
    OpportunitiesOpened,
    ProposalsSent,
)
from metrics.measures.orders import OrdersPaid

# What somebody who sells has, and the measure that counts it.
SELLING: tuple[tuple[type[Cells], str], ...] = (
    (OrdersPaid, "rows"),
    (OpportunitiesOpened, "rows"),
    (OpportunitiesClosed, "rows"),
    (ProposalsSent, "rows"),
    (Interactions, "sales_calls"),
)
AXES_OF_SELLING = tuple(axis.key() for axis, _measure in SELLING)


def revenue_of_sellers(windows: Iterable[CohortWindow]) -> dict[CohortWindow, Outcome]:
    """Return revenue divided by the people who sold, for each team and the company.

    Empty: nobody sold gives no value.

    Queries: 5 for each span, 1 for the teams, and those of read_cohorts.
    """
    wanted = set(windows)
    revenue = read_cohorts((PAID, each) for each in wanted)
    teams = Ancestry(each.scope for each in wanted)
    sellers = {span: _sellers(span, teams) for span in {each.span for each in wanted}}
    return {
        each: Outcome(
            numerator=revenue[PAID, each].above,
            denominator=len(sellers[each.span][each.scope.member]),
        )
        for each in wanted
    }


def _sellers(span: Span, teams: Ancestry) -> dict[int, set[int]]:
    """Return who sold by team, those of teams below included; 0 is the company."""
    found: dict[int, set[int]] = defaultdict(set)
    for axis, measure in SELLING:
        cells = axis._default_manager.filter(
            cut=Cut.AGENT,
            grain=Grain.LEAF,
            member__gt=0,
            start__gte=span.start,
            start__lt=span.end,
            **{f"{measure}__gt": 0},
        )
        for agent, team, day in cells.values_list("member", "other", "start"):
            found[0].add(agent)
            for each in teams.above(team, day):
                found[each].add(agent)
    return found
