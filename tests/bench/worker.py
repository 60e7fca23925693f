"""A worker of its own that rebuilds the orders axis and prints its peaks of memory.

A process apart, because the one that measures holds the rows that it compares.
"""

import json
import sys

import django

django.setup()

from django.db import connection

from metrics.engine import rebuild, refresh, snapshots
from metrics.measures.orders import OrdersPaid
from tests.bench.clock import backend_pid, peak_memory
from tests.world import NOW


def main(database: str) -> None:
    connection.settings_dict["NAME"] = database
    rebuild.request_rebuild(OrdersPaid.key())
    while refresh.work_off_one(now=NOW):
        pass
    snapshots.work_off_pairs(now=NOW)
    backend = backend_pid()
    print(json.dumps([peak_memory(), backend and peak_memory(backend)]))


if __name__ == "__main__":
    main(sys.argv[1])
