"""Run every check that needs the application: `python -m tests.run`.

The suite runs on SQLite and, where a server is found, again on PostgreSQL. A few tests
that fail while both run side by side are run once more alone; the summary names them,
whatever comes of it. At the end it says what was not found; CRMKPI_REQUIRE (browser,
engines,postgresql,redis,reference) turns each of those into a failure.
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, NamedTuple

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


FEW = 8  # more failures than these are no accident


class Check(NamedTuple):
    """One command and what it is called in the summary."""

    name: str
    command: list[str]
    settings: dict[str, str]
    memory: Path | None = None  # where pytest keeps which tests failed


def main() -> int:
    failed = [check.name for check in quick_checks() if not passes(check)]
    unsteady: list[str] = []
    with TemporaryDirectory(prefix="crmkpi-runs-") as folder:
        for suite in run_side_by_side(suites(Path(folder))):
            doubtful = failures(suite)
            if doubtful and passes(again(suite)):
                unsteady += doubtful
            else:
                failed.append(suite.name)
    report(failed, unsteady)
    return 1 if failed or unmet_requirements() else 0


def quick_checks() -> list[Check]:
    manage = [sys.executable, "manage.py"]
    tests = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    migrations = [*manage, "makemigrations", "--check", "--dry-run"]
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    return [
        Check("Migrations", migrations, tests),
        Check("Production settings", deploy, PRODUCTION),
    ]


def suites(folder: Path) -> list[Check]:
    """Return the test suite once for each database that was found."""
    found = [suite("Tests on SQLite", "", folder / "sqlite")]
    if url := postgresql_url():
        found.append(suite("Tests on PostgreSQL", url, folder / "postgresql"))
    return found


def suite(name: str, url: str, memory: Path) -> Check:
    pytest = [sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={memory}"]
    command = [*pytest, *sys.argv[1:]]
    return Check(name, command, {"TEST_DATABASE_URL": url}, memory)


def failures(suite: Check) -> list[str]:
    """Return the tests that failed; none if the suite broke off, or if many did."""
    assert suite.memory is not None
    kept = suite.memory / "v" / "cache" / "lastfailed"
    failed = list(json.loads(kept.read_text())) if kept.exists() else []
    return [f"{suite.name}: {test}" for test in failed] if len(failed) <= FEW else []


def again(suite: Check) -> Check:
    return suite._replace(
        name=f"{suite.name}, failed ones once more, alone",
        command=[*suite.command, "--last-failed", "--last-failed-no-failures=none"],
    )


def passes(check: Check) -> bool:
    print(f"\n== {check.name}", flush=True)
    return start(check).wait() == 0


def run_side_by_side(checks: list[Check]) -> list[Check]:
    """Run the suites at once, print one after another; return those that failed.

    Both databases together take as long as the slower one where there are two cores.
    """
    first, *others = checks
    with ExitStack() as files:
        outputs = [files.enter_context(TemporaryFile()) for _ in others]
        waiting = [
            start(check, output) for check, output in zip(others, outputs, strict=True)
        ]
        failed = [] if passes(first) else [first]
        for check, process, output in zip(others, waiting, outputs, strict=True):
            print(f"\n== {check.name}", flush=True)
            if process.wait():
                failed.append(check)
            output.seek(0)
            sys.stdout.buffer.write(output.read())
            sys.stdout.flush()
    return failed


def start(check: Check, output: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.settings},
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
    )


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
