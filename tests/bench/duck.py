"""The same roll-up in DuckDB, one thread, in memory: the least work to compare with."""

import csv
import tempfile
from itertools import chain
from typing import Any

import duckdb
from django.db.models.functions import Coalesce

from crmkpi.accounts.models import TeamEdge
from crmkpi.crm.models import Order
from metrics.dimensions import Cut
from metrics.engine.cells import measure_names
from metrics.measures.orders import OrdersPaid
from metrics.models import CalendarDay
from tests.bench.digests import digest

MEASURES = {
    "rows": "count(*)",
    "has_customer": "count(*) FILTER (customer IS NOT NULL)",
    "has_product": "count(*) FILTER (product IS NOT NULL)",
    "is_dated": "count(*) FILTER (day > -1000000)",
    "has_amount": "count(*) FILTER (amount > 0)",
    "amount": "sum(amount)",
    "units": "sum((amount + 50) // 100)",
    "units2": "sum(((amount + 50) // 100) * ((amount + 50) // 100))",
    "first": "count(*) FILTER (is_first)",
    "first_amount": "coalesce(sum(amount) FILTER (is_first), 0)",
    "recurring": "count(*) FILTER (is_recurring)",
    "recurring_amount": "coalesce(sum(amount) FILTER (is_recurring), 0)",
    "of_campaigns": "count(*) FILTER (campaign <> 0)",
    "campaign_amount": "coalesce(sum(amount) FILTER (campaign <> 0), 0)",
    "cost": "coalesce(sum(cost), 0)",
    "costed": "count(*) FILTER (cost IS NOT NULL)",
    "costed_amount": "coalesce(sum(amount) FILTER (cost IS NOT NULL), 0)",
}
LEAVES = (
    (Cut.AGENT, "agent"),
    (Cut.SEGMENT, "segment"),
    (Cut.REGION, "region"),
    (Cut.PRODUCT, "product"),
    (Cut.CHANNEL, "channel"),
    (Cut.CAMPAIGN, "campaign"),
)


class Duck:
    """Orders, calendar and team tree, copied; the copying is not measured."""

    def __init__(self) -> None:
        self.db = duckdb.connect(config={"threads": 1})
        self.names = measure_names(OrdersPaid)
        self._table(
            "orders",
            "agent BIGINT, team BIGINT, segment BIGINT, region BIGINT, product BIGINT, "
            "channel BIGINT, day BIGINT, amount BIGINT, is_first BOOLEAN, "
            "is_recurring BOOLEAN, campaign BIGINT, customer BIGINT, cost BIGINT",
            Order.objects.filter(exclusion=0, state=Order.State.PAID).values_list(
                "agent_id",
                "paid_team_id",
                "segment_id",
                "region_id",
                "product_id",
                "channel",
                "paid_day",
                "amount",
                "is_first",
                "is_recurring",
                Coalesce("campaign_id", 0),
                "customer_id",
                "cost_amount",
            ),
        )
        self._table(
            "calendar",
            "day BIGINT, week BIGINT, month BIGINT, quarter BIGINT, year BIGINT",
            CalendarDay.objects.values_list("day", "week", "month", "quarter", "year"),
        )
        self._table(
            "edges",
            "below BIGINT, above BIGINT",
            TeamEdge.objects.values_list("descendant_id", "ancestor_id"),
        )

    def _table(self, name: str, columns: str, rows: Any) -> None:
        self.db.execute(f"CREATE TABLE {name} ({columns})")
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as file:
            csv.writer(file).writerows(rows.iterator(chunk_size=20_000))
            file.flush()
            self.db.execute(f"COPY {name} FROM '{file.name}' (HEADER false)")

    def roll_up(self) -> None:
        """Build the cells that the engine builds: leaves, then all coarser ones."""
        sums = ", ".join(f"{MEASURES[name]}::BIGINT AS {name}" for name in self.names)
        again = ", ".join(f"sum({name})::BIGINT AS {name}" for name in self.names)
        parts = [
            f"SELECT {cut:d} AS cut, {column} AS member, 0 AS grain, day AS start, "
            f"team AS other, {sums} FROM orders GROUP BY {column}, day, team"
            for cut, column in LEAVES
        ]
        self._make("leaves", " UNION ALL ".join(parts))
        rest = f"{again} FROM leaves l"
        up = "JOIN edges e ON e.below = l.other"
        self._make(
            "days",
            f"SELECT 1 AS cut, 0 AS member, l.start, 0 AS other, {rest} "
            f"WHERE cut = 3 GROUP BY l.start "
            f"UNION ALL SELECT 2, e.above, l.start, 0, {rest} {up} "
            f"WHERE cut = 3 GROUP BY e.above, l.start "
            f"UNION ALL SELECT cut, member, l.start, 0, {rest} "
            f"WHERE cut <> 3 GROUP BY cut, member, l.start "
            f"UNION ALL SELECT cut, member, l.start, e.above, {rest} {up} "
            f"WHERE cut <> 3 GROUP BY cut, member, l.start, e.above",
        )
        agents = (
            "SELECT cut, member, start, 0 AS other, * EXCLUDE (cut, member, grain, "
        )
        agents += "start, other) FROM leaves WHERE cut = 3"
        finest = f"(SELECT * FROM days UNION ALL {agents})"
        for grain, source, table in (
            ("week", finest, "weeks"),
            ("month", finest, "months"),
            ("quarter", "months", "quarters"),
            ("year", "months", "years"),
        ):
            self._make(
                table,
                f"SELECT d.cut, d.member, k.{grain} AS start, d.other, {again} "
                f"FROM {source} d JOIN calendar k ON k.day = d.start "
                f"GROUP BY d.cut, d.member, k.{grain}, d.other",
            )

    def _make(self, table: str, query: str) -> None:
        self.db.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")

    def digest(self) -> str:
        """Return the digest of all cells as the engine's table holds them."""
        names = ", ".join(self.names)
        tables = ("days", "weeks", "months", "quarters", "years")
        parts = [f"SELECT cut, member, grain, start, other, {names} FROM leaves"]
        parts += [
            f"SELECT cut, member, {grain}, start, other, {names} FROM {table}"
            for grain, table in enumerate(tables, start=1)
        ]
        self.db.execute(f"{' UNION ALL '.join(parts)} ORDER BY ALL")
        return digest(chain.from_iterable(iter(lambda: self.db.fetchmany(20_000), [])))
