"""The rebuild against one query for each measure, scope and grain, over the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import mean
from typing import NamedTuple

from django.db import connection

from crmkpi.crm.models import Order
from crmkpi.lib.periods import Grain
from metrics.dimensions import Cut
from metrics.engine.cells import measure_names
from metrics.measures.orders import OrdersPaid
from tests.bench.clock import equality, measured, say

GRAINS = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
COLUMNS = {
    Grain.DAY: "k.day",
    Grain.WEEK: "k.week",
    Grain.MONTH: "k.month",
    Grain.QUARTER: "k.quarter",
    Grain.YEAR: "k.year",
}
VALUES = {
    "rows": "COUNT(*)",
    "amount": "SUM(o.amount)",
    "first": "COUNT(*) FILTER (WHERE o.is_first)",
}
UP_THE_TREE = (
    "JOIN accounts_teamedge e ON e.descendant_id = o.paid_team_id "
    "AND e.since_day <= o.paid_day AND e.until_day > o.paid_day"
)


class Kind(NamedTuple):
    """Whose figures, with how many cuts are read likewise and what to measure of it."""

    cut: Cut
    member: str
    is_in_team: bool
    cuts: int
    grains: tuple[Grain, Grain]


DIMENSIONS = len(OrdersPaid.cuts)
KINDS = (
    Kind(Cut.COMPANY, "0", False, 1, (Grain.DAY, Grain.MONTH)),
    Kind(Cut.TEAM, "e.ancestor_id", True, 1, (Grain.DAY, Grain.MONTH)),
    # The day of an agent is kept for each of the agent's teams.
    Kind(Cut.AGENT, "o.agent_id", False, 1, (Grain.WEEK, Grain.MONTH)),
    Kind(Cut.PRODUCT, "o.product_id", False, DIMENSIONS, (Grain.DAY, Grain.MONTH)),
    Kind(Cut.SEGMENT, "o.segment_id", True, DIMENSIONS, (Grain.DAY, Grain.MONTH)),
)


def measure(rebuild: float) -> bool:
    """Print the ratio to a rebuild of so many CPU seconds; return whether all agree."""
    measures, values, equal = len(measure_names(OrdersPaid)), cycle(VALUES), True
    seconds, queries, samples = 0.0, 0, 0
    for kind in KINDS:
        took = []
        for grain in kind.grains:
            name = next(values)
            with stored(query(kind, grain, VALUES[name])) as (seconds_of_one, rows):
                took.append(seconds_of_one)
                equal &= set(rows) == set(cells(kind, grain, name))
        of_kind = kind.cuts * len(GRAINS) * measures
        seconds += mean(took) * of_kind
        queries += of_kind
        samples += len(took)
    say(
        "full rebuild / one query for each measure, scope and grain",
        rebuild / seconds,
        accept=1 / 15,
        good=1 / 24,
        note=f"{queries} queries, extrapolated from {samples}; {equality(equal)}",
    )
    return equal


def query(kind: Kind, grain: Grain, value: str) -> str:
    start, is_team = COLUMNS[grain], kind.cut is Cut.TEAM
    other = "e.ancestor_id" if kind.is_in_team and not is_team else "0"
    targets = [kind.member, start, other]
    keys = ", ".join(target for target in targets if target != "0")
    return (
        f"SELECT {kind.member} AS member, {start} AS start, {other} AS other, "
        f"{value} AS value FROM {Order._meta.db_table} o "
        f"JOIN metrics_calendarday k ON k.day = o.paid_day "
        f"{UP_THE_TREE if kind.is_in_team else ''} WHERE o.exclusion = 0 "
        f"AND o.state = {int(Order.State.PAID)} GROUP BY {keys}"
    )


@contextmanager
def stored(sql: str) -> Iterator[tuple[float, list[tuple[int, ...]]]]:
    """Give how long it takes to keep the rows of a query, and the rows.

    Kept, as cells are: in a table without an index, the least there is.
    """
    with connection.cursor() as cursor:
        seconds = measured(
            lambda: cursor.execute(f"CREATE TEMPORARY TABLE one_query AS {sql}")
        )
        cursor.execute("SELECT * FROM one_query")
        yield seconds, [tuple(map(int, row)) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE one_query")


def cells(kind: Kind, grain: Grain, name: str) -> Iterator[tuple[int, ...]]:
    """Give what the engine's cells say of the same figures."""
    found = OrdersPaid.objects.filter(cut=kind.cut, grain=grain)
    in_team = kind.is_in_team and kind.cut is not Cut.TEAM
    found = found.exclude(other=0) if in_team else found.filter(other=0)
    return found.values_list("member", "start", "other", name).iterator()
