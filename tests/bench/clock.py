"""CPU seconds of this process and of the database that works for it."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection


def cpu() -> float:
    """Return the CPU seconds used so far by this process and its database backend."""
    return time.process_time() + _backend()


def _backend() -> float:
    if connection.vendor != "postgresql":
        return 0.0  # SQLite works in this process
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        raise SystemExit(
            "The database's CPU time can be read on the same machine only."
        )
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(work: Callable[[], object]) -> float:
    """Return the CPU seconds that one call takes."""
    before = cpu()
    work()
    return cpu() - before


def medians(
    one: Callable[[], object], other: Callable[[], object], *, times: int
) -> tuple[float, float]:
    """Return the median CPU seconds of two pieces of work, alternated."""
    pairs = [(measured(one), measured(other)) for _ in range(times)]
    first, second = zip(*pairs, strict=True)
    return statistics.median(first), statistics.median(second)


def say(what: str, ratio: float, *, accept: float, good: float, note: str = "") -> None:
    """Print a ratio beside what to aim at."""
    verdict = "good" if ratio <= good else "accepted" if ratio <= accept else "SLOW"
    bars = f"accept {accept:g}, good {good:g}"
    print(f"{what:<58} {ratio:8.3f}  {verdict:<9} ({bars}) {note}", flush=True)
