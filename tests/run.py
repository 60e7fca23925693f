"""Run every check: `python -m tests.run`; arguments are pytest's.

The tests run on SQLite and, where a server is found, again on PostgreSQL, in shares, as
many checks at once as there are cores. A few tests that fail beside others are run once
more alone; the summary names them, whatever comes of it. At the end it says what was
not found; CRMKPI_REQUIRE (browser,engines,postgresql,redis,reference) turns each of
those into a failure.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests import needs

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL_CANDIDATES = (
    "postgres://crmkpi:crmkpi@127.0.0.1:5432/crmkpi",
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres:///postgres",  # the socket, as the user of this machine
)
PRODUCTION = {
    "DJANGO_ENV": "production",
    "SECRET_KEY": "only-for-the-check-of-production-settings-" * 2,
    "BASE_URL": "https://crmkpi.example.com",
    "ALLOWED_HOSTS": "crmkpi.example.com",
    "DJANGO_SETTINGS_MODULE": "crmkpi.settings",
}

# Two halves of about the same length, so that no core waits long for the last.
SHARES = {
    "others": ["--ignore=tests/metrics"],
    "metrics": ["tests/metrics", "--no-migrations"],  # they took 20 s the first time
}
FEW = 8  # more failures than these are no accident


class Check(NamedTuple):
    """One command and what it is called in the summary."""

    name: str
    command: list[str]
    settings: dict[str, str]
    memory: Path | None = None  # where pytest keeps which tests failed


def main() -> int:
    failed: list[str] = []
    unsteady: list[str] = []
    with TemporaryDirectory(prefix="crmkpi-runs-") as folder:
        for check in run([*suites(Path(folder)), *quick_checks()]):
            doubtful = failures(check)
            if doubtful and not run([again(check)]):
                unsteady += doubtful
            else:
                failed.append(check.name)
    report(failed, unsteady)
    return 1 if failed or unmet_requirements() else 0


def quick_checks() -> list[Check]:
    make, manage = ["make", "--no-print-directory"], [sys.executable, "manage.py"]
    tests = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    migrations = [*manage, "makemigrations", "--check", "--dry-run"]
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    return [
        Check("Types", [*make, "types"], {}),
        Check("Style", [*make, "lint"], {}),
        Check("Migrations", migrations, tests),
        Check("Production settings", deploy, PRODUCTION),
    ]


def suites(folder: Path) -> list[Check]:
    """Return the shares of the tests on each database found, the longest first."""
    urls = {"PostgreSQL": postgresql_url(), "SQLite": ""}
    shares = {"all": sys.argv[1:]} if sys.argv[1:] else SHARES
    return [
        suite(f"Tests on {database}, {share}", url, folder / database / share, chosen)
        for database, url in urls.items()
        for share, chosen in shares.items()
        if url is not None
    ]


def suite(name: str, url: str, memory: Path, chosen: list[str]) -> Check:
    pytest = [sys.executable, "-m", "pytest", "-q", "--durations=10"]
    settings = {"TEST_DATABASE_URL": url, "TEST_SHARE": memory.name}
    command = [*pytest, "-o", f"cache_dir={memory}", *chosen]
    return Check(name, command, settings, memory)


def failures(check: Check) -> list[str]:
    """Return the tests that failed; none if the check broke off, or if many did."""
    kept = check.memory and check.memory / "v" / "cache" / "lastfailed"
    failed = list(json.loads(kept.read_text())) if kept and kept.exists() else []
    return [f"{check.name}: {test}" for test in failed] if len(failed) <= FEW else []


def again(suite: Check) -> Check:
    return suite._replace(
        name=f"{suite.name}, failed ones once more, alone",
        command=[*suite.command, "--last-failed", "--last-failed-no-failures=none"],
    )


def run(checks: list[Check]) -> list[Check]:
    """Run checks beside each other; print and return them as they end, failed ones."""
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        started = {pool.submit(outcome, check): check for check in checks}
        for done in as_completed(started):
            check, (status, output) = started[done], done.result()
            print(f"\n== {check.name}\n{output}", flush=True)
            if status:
                failed.append(check)
    return failed


def outcome(check: Check) -> tuple[int, str]:
    """Return how a check ended, 0 for well, and what it printed."""
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.returncode, done.stdout.rstrip()


def postgresql_url() -> str | None:
    """Return the address of a server where databases may be created, else None."""
    import psycopg

    given = os.environ.get("TEST_DATABASE_URL")
    for url in [given] if given else POSTGRESQL_CANDIDATES:
        try:
            with psycopg.connect(url, connect_timeout=2) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles"
                    " WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url
    return None


def not_found() -> dict[str, str]:
    """Return for each unmet need the reason, in words."""
    asked = ("browser", "engines", "redis", "reference")
    reasons = {need: needs.missing(need) for need in asked}
    if postgresql_url() is None:
        reasons["postgresql"] = "no PostgreSQL server lets us create a database"
    return {need: reason for need, reason in reasons.items() if reason}


def unmet_requirements() -> set[str]:
    return needs.required() & set(not_found())


def report(failed: list[str], unsteady: list[str]) -> None:
    print("\n== Summary")
    for test in unsteady:
        print(f"UNSTEADY, failed once and passed alone: {test}")
    for need, reason in not_found().items():
        verdict = "REQUIRED" if need in needs.required() else "left out"
        print(f"{need} tests {verdict}: {reason}")
    print(f"FAILED: {', '.join(failed)}" if failed else "Everything that ran passed.")


if __name__ == "__main__":
    sys.exit(main())
