"""Run every check that needs the application: `python -m tests.run`.

The suite runs on SQLite and, where a server is found, again on PostgreSQL. At the end
it says what was not found; CRMKPI_REQUIRE (browser,postgresql,redis,reference) turns
each of those into a failure.
"""

import os
import subprocess
import sys
from pathlib import Path

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


def main() -> int:
    failed = []
    for name, command, settings in checks():
        print(f"\n== {name}", flush=True)
        result = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings})
        if result.returncode:
            failed.append(name)
    report(failed)
    return 1 if failed or unmet_requirements() else 0


def checks():
    """Return name, command and environment of each check, in the order to run."""
    manage = [sys.executable, "manage.py"]
    pytest = [sys.executable, "-m", "pytest", "-q", *sys.argv[1:]]
    tests = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    yield "Migrations", [*manage, "makemigrations", "--check", "--dry-run"], tests
    deploy = [*manage, "check", "--deploy", "--fail-level", "WARNING"]
    yield "Production settings", deploy, PRODUCTION
    yield "Tests on SQLite", pytest, {"TEST_DATABASE_URL": "sqlite://:memory:"}
    if url := postgresql_url():
        yield "Tests on PostgreSQL", pytest, {"TEST_DATABASE_URL": url}


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
    reasons = {need: needs.missing(need) for need in ("browser", "redis", "reference")}
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
