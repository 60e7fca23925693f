"""Run every check that needs the application: `python -m tests.run`.

The suite runs on SQLite and, where a server is found, again on PostgreSQL. At the end
it says what was not found; CRMKPI_REQUIRE (browser,engines,postgresql,redis,reference)
turns each of those into a failure.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
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


class Check(NamedTuple):
    """One command and what it is called in the summary."""

    name: str
    command: list[str]
    settings: dict[str, str]


def main() -> int:
    failed = [check.name for check in quick_checks() if not passes(check)]
    failed += run_side_by_side(suites())
    report(failed)
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


def suites() -> list[Check]:
    """Return the test suite once for each database that was found."""
    pytest = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:]]
    found = [Check("Tests on SQLite", pytest, database("sqlite://:memory:"))]
    if url := postgresql_url():
        found.append(Check("Tests on PostgreSQL", pytest, database(url)))
    return found


def database(url: str) -> dict[str, str]:
    return {"TEST_DATABASE_URL": url}


def passes(check: Check) -> bool:
    print(f"\n== {check.name}", flush=True)
    return start(check).wait() == 0


def run_side_by_side(checks: list[Check]) -> list[str]:
    """Run the suites at once, print one after another; return those that failed.

    Both databases together take as long as the slower one where there are two cores.
    """
    first, *others = checks
    with ExitStack() as files:
        outputs = [files.enter_context(TemporaryFile()) for _ in others]
        waiting = [
            start(check, output) for check, output in zip(others, outputs, strict=True)
        ]
        failed = [] if passes(first) else [first.name]
        for check, process, output in zip(others, waiting, outputs, strict=True):
            print(f"\n== {check.name}", flush=True)
            if process.wait():
                failed.append(check.name)
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


def report(failed: list[str]) -> None:
    print("\n== Summary")
    for need, reason in not_found().items():
        verdict = "REQUIRED" if need in needs.required() else "left out"
        print(f"{need} tests {verdict}: {reason}")
    print(f"FAILED: {', '.join(failed)}" if failed else "Everything that ran passed.")


if __name__ == "__main__":
    sys.exit(main())
