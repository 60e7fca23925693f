"""Find the highest rate of answers to mailed links without an error: `make load`.

A real installation on a PostgreSQL database of its own, gunicorn and a worker, and
beside them, on the same machine, customers who open their page and answer. The rate
goes up in short steps until an answer fails or the slow ones take too long; then the
highest one is held for a minute, or the highest below it that can be. Afterwards each
answer that was taken must be stored, once.

    SECONDS=60 make load      how long the rate is held
"""

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.bench.customers import answer_all
from tests.faults.installation import Installation, migrated
from tests.run import postgresql_url

SECONDS = int(os.environ.get("SECONDS", "60"))
PROBE_SECONDS = 8
FIRST_RATE = 20.0  # answers a second
FASTER, SLOWER = 1.3, 0.88
BAR = 1.0  # seconds that 19 of 20 answers may take, page and button together
CLIENTS = 2  # processes
SERVER = ("--workers", "2", "--threads", "4", "--keep-alive", "75")
STORY = "tests.bench.load_story"


class Step(NamedTuple):
    """One rate, held for some seconds."""

    rate: float
    seconds: list[float]
    faults: list[str]

    @property
    def is_held(self) -> bool:
        return not self.faults and self.percentile(95) <= BAR

    def percentile(self, share: int) -> float:
        ordered = sorted(self.seconds) or [float("inf")]
        return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]

    def __str__(self) -> str:
        p50, p95, p99 = (f"{1000 * self.percentile(n):.0f}" for n in (50, 95, 99))
        slow = f"{len(self.seconds)} answers, p50 {p50}, p95 {p95}, p99 {p99} ms"
        faults = f"; {len(self.faults)} errors: {self.faults[0]}" if self.faults else ""
        return f"{self.rate:6.1f} a second: {slow}{faults}"


def main() -> int:
    url = postgresql_url()
    if url is None:
        print("No PostgreSQL server lets us create a database.", file=sys.stderr)
        return 1
    os.environ["TEST_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with tempfile.TemporaryDirectory(prefix="crmkpi-load-") as name:
        folder = Path(name)
        with migrated(folder) as database:
            installation = Installation(folder, database)
            try:
                return measure(installation, folder)
            finally:
                installation.stop()


def measure(installation: Installation, folder: Path) -> int:
    installation.ask("ask", of=STORY)
    address = installation.start_web(*SERVER)
    installation.start_worker()
    context = get_context("spawn")
    with ProcessPoolExecutor(CLIENTS, mp_context=context) as clients:
        load = Load(installation, clients, address, taken=folder / "taken")
        held = load.search()
    if held is None:
        print("No rate was held.")
        return 1
    print(f"\nHighest rate held for {SECONDS} s without an error\n{held}")
    since = time.monotonic()
    while (left := installation.ask("waiting", of=STORY)) != "0":
        if time.monotonic() > since + 60:
            print(f"{left} keys of cells still wait for the worker")
            return 1
    print(f"figures had followed {time.monotonic() - since:.0f} s later")
    lost, unheard = map(
        int, installation.ask("check", str(load.taken), of=STORY).split()
    )
    print(
        f"{load.answers} answers taken, {lost} of them lost; "
        f"{unheard} stored of {load.faults} whose customers saw an error"
    )
    return 1 if lost or unheard > load.faults else 0


class Load:
    """Customers in processes of their own, and what they were told."""

    def __init__(
        self,
        installation: Installation,
        clients: ProcessPoolExecutor,
        address: str,
        *,
        taken: Path,
    ) -> None:
        self.installation, self.clients, self.address = installation, clients, address
        self.taken = taken
        self.steps = self.answers = self.faults = 0

    def search(self) -> Step | None:
        """Return the highest rate that was held, None if none was."""
        rate = FIRST_RATE
        while self.hold(rate, PROBE_SECONDS).is_held:
            rate *= FASTER
        rate /= FASTER
        while rate > 1:
            step = self.hold(rate, SECONDS)
            if step.is_held:
                return step
            rate *= SLOWER
        return None

    def hold(self, rate: float, seconds: float) -> Step:
        """Answer so many links a second, spread evenly."""
        self.steps += 1
        people = str(round(rate * seconds))
        told = self.installation.ask("links", people, f"step{self.steps}", of=STORY)
        start = time.time() + 1
        due = [(start + n / rate, token) for n, token in enumerate(told.split())]
        shares = [due[client::CLIENTS] for client in range(CLIENTS)]
        heard = [
            each.result()
            for each in [
                self.clients.submit(answer_all, self.address, share) for share in shares
            ]
        ]
        with self.taken.open("a") as file:
            file.writelines(f"{token}\n" for each in heard for token in each.taken)
        step = Step(
            rate,
            [one for each in heard for one in each.seconds],
            [one for each in heard for one in each.faults],
        )
        self.answers += len(step.seconds)
        self.faults += len(step.faults)
        print(step, flush=True)
        return step


if __name__ == "__main__":
    sys.exit(main())
