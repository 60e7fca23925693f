"""Stored values: the engine's upsert against the least that writes the same rows."""

import json
from itertools import islice, product
from statistics import median
from typing import Any

from django.db import connection, transaction

from crmkpi.lib import bulk
from crmkpi.lib.periods import Grain
from metrics.dimensions import Cut
from metrics.engine.snapshots import COLUMNS, KEY
from metrics.models import MetricVersion, Snapshot
from tests.bench.clock import equality, measured, say
from tests.world import NOW, TODAY

ROWS = 20_000
TIMES = 3
STATS = (*KEY, *COLUMNS).index("stats")
NAMES = ", ".join(f'"{name}"' for name in (*KEY, *COLUMNS))
TABLE = Snapshot._meta.db_table
BARS = {"accept": 3, "good": 2.3}


def measure() -> bool:
    """Print what writing values costs; return whether both ways wrote the same."""
    first, other = rows(value=1), rows(value=2)
    direct, inserted, updated, equal = [], [], [], True
    for _ in range(TIMES):
        empty()
        direct.append(measured(lambda: write_directly(first)))
        least = stored()
        empty()
        inserted.append(measured(lambda: upsert(first)))
        equal &= stored() == least
        updated.append(measured(lambda: upsert(other)))
        changed = stored()
        empty()
        write_directly(other)
        equal &= stored() == changed
    empty()
    least_way = "COPY" if connection.vendor == "postgresql" else "executemany"
    for what, took in (("new", inserted), ("changed", updated)):
        say(
            f"upsert of {ROWS:,} {what} stored values / {least_way} of as many new",
            median(took) / median(direct),
            **BARS,
            note=f"{median(took) / ROWS * 1e6:.0f} µs a row; {equality(equal)}",
        )
    return equal


def rows(*, value: int) -> list[tuple[Any, ...]]:
    """Return stored values in the order of KEY and COLUMNS."""
    versions = list(MetricVersion.objects.order_by("pk").values_list("pk", flat=True))
    keys = product(versions, range(1, 41), range(TODAY - 900, TODAY, 30))
    same = {
        "cut": Cut.TEAM.value,
        "other": 0,
        "grain": Grain.MONTH.value,
        "numerator": value,
        "denominator": 2,
        "n": 2,
        "cases": 2,
        "value": value,
        "low": None,
        "high": None,
        "method": "",
        "stats": {"median": str(value)},
        "status": Snapshot.Status.OK.value,
        "as_of_day": TODAY,
        "computed_at": NOW,
    }
    found = []
    for version, team, start in islice(keys, ROWS):
        own = {"version_id": version, "member": team, "start": start, "end": start + 30}
        found.append(tuple((same | own)[name] for name in (*KEY, *COLUMNS)))
    return found


@transaction.atomic
def upsert(given: list[tuple[Any, ...]]) -> None:
    bulk.upsert(Snapshot, KEY, COLUMNS, given)


@transaction.atomic
def write_directly(given: list[tuple[Any, ...]]) -> None:
    """Write rows that are all new; they are formatted here as the column asks."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {TABLE} ({NAMES}) FROM STDIN") as copy:
                for row in given:
                    copy.write_row(formatted(row))
            return
        marks = ", ".join("?" * len(given[0]))
        at = str(NOW.replace(tzinfo=None))  # as Django writes it
        connection.connection.executemany(
            f"INSERT INTO {TABLE} ({NAMES}) VALUES ({marks})",
            [(*formatted(row)[:-1], at) for row in given],
        )


def formatted(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:STATS], json.dumps(row[STATS]), *row[STATS + 1 :])


def stored() -> list[tuple[Any, ...]]:
    found = Snapshot.objects.order_by(*KEY)
    return list(found.values_list(*KEY, *COLUMNS))


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
