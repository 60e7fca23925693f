"""Measure speed as ratios of CPU seconds in one run: `make bench`.

Every figure is work of the product divided by the least work that could give the
same, both measured here and now, variants alternated; absolute seconds say nothing on
a shared machine. Results that must be equal are compared, and a difference fails.

    ROWS=300000 make bench      orders in the table, 100,000 without
"""

import os
import subprocess
import sys

from tests.run import postgresql_url


def main() -> int:
    databases = {"SQLite": ""}
    if url := postgresql_url():
        databases["PostgreSQL"] = url
    failed = False
    for name, url in databases.items():
        print(f"\n== {name}", flush=True)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": url or "sqlite:///bench.sqlite3",
        }
        command = [sys.executable, "-W", "ignore", "-m", "tests.bench.run"]
        failed |= subprocess.run(command, env=environment).returncode != 0
    if len(databases) == 1:
        print("\nNo PostgreSQL server was found; only SQLite was measured.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
