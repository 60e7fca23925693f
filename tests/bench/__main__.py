"""Measure speed as ratios of CPU seconds in one run: `make bench`.

Every figure is work of the product divided by the least work that could give the
same, both measured here and now, variants alternated; absolute seconds say nothing on
a shared machine. Results that must be equal are compared, and a difference fails.

    ROWS=300000 make bench      orders in the table, 100,000 without
    TIMES=1 make bench          alternations of a rebuild, 3 without
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.clock import equality, say
from tests.run import postgresql_url


def main() -> int:
    databases = {"SQLite": ""}
    if url := postgresql_url():
        databases["PostgreSQL"] = url
    failed, results = False, []
    with TemporaryDirectory(prefix="crmkpi-bench-") as folder:
        for name, url in databases.items():
            print(f"\n== {name}", flush=True)
            path = Path(folder) / name
            failed |= run(url, path) != 0
            if path.exists():
                results.append(json.loads(path.read_text()))
                print(f"Everything was measured on {name}, from end to end.")
    if len(databases) == 1:
        print("\nNo PostgreSQL server was found; only SQLite was measured.")
    elif len(results) == 2:
        failed |= not compare(*results)
    return int(failed)


def run(url: str, results: Path) -> int:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": url,
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.run", str(results)]
    return subprocess.run(command, env=environment).returncode


def compare(sqlite: dict[str, Any], postgresql: dict[str, Any]) -> bool:
    """Print how both databases compare; return whether their cells are equal."""
    print("\n== SQLite and PostgreSQL")
    equal = bool(sqlite["cells"] == postgresql["cells"])
    say(
        "full rebuild on SQLite / on PostgreSQL, the same rows",
        sqlite["seconds"] / postgresql["seconds"],
        accept=4,
        good=2,
        note=equality(equal),
    )
    return equal


if __name__ == "__main__":
    sys.exit(main())
