"""CPU seconds of this process and of the database that works for it, and its memory."""

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
    pid = backend_pid()
    if pid is None:
        return 0.0  # SQLite works in this process
    precise = Path(f"/proc/{pid}/schedstat")
    if precise.exists():
        return int(precise.read_text().split()[0]) / 1e9
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


def stay_in_one_process() -> None:
    """Keep PostgreSQL from helpers whose CPU seconds cpu() would not see."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")


def backend_pid() -> int | None:
    """Return the process of the database that works for this one; None on SQLite."""
    if connection.vendor != "postgresql":
        return None
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def peak_memory(pid: int | None = None) -> float | None:
    """Return how many MB a process, this one without, held at most so far.

    Empty: None where the system does not tell.
    """
    status = Path(f"/proc/{pid or 'self'}/status")
    if not status.exists():
        return None
    lines = (line.split() for line in status.read_text().splitlines())
    return next(int(line[1]) for line in lines if line[0] == "VmHWM:") / 1024


def say(what: str, ratio: float, *, accept: float, good: float, note: str = "") -> None:
    """Print a ratio beside the bars that it should not exceed, and whether it does."""
    verdict = "good" if ratio <= good else "met" if ratio <= accept else "NOT MET"
    bars = f"accept {accept:.3g}, good {good:.3g}"
    print(f"{verdict:<8} {ratio:8.3f}  {bars:<23} {what}  {note}".rstrip(), flush=True)


def equality(is_equal: bool) -> str:
    """Return the note of a bar whose results must equal those of the slow way."""
    return "results equal" if is_equal else "RESULTS DIFFER"


def tell(what: str, amount: float, unit: str = "") -> None:
    """Print a figure that has no bar."""
    print(f"{'':<8} {amount:8.3f}  {unit:<23} {what}", flush=True)
