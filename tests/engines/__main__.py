"""Compare the declared queries on other engines with the database: `make engines`.

Some rows of every fact and ROWS orders (100,000 without) are written to a database of
their own and copied; every axis is then read on each engine that is installed, by each
of its dimensions, and compared cell by cell. A difference fails.

DuckDB belongs to the environment. Two more are compared where somebody put them:

    .boot/bin/uv pip install --python .venv/bin/python chdb       ClickHouse, in process
    .boot/bin/uv pip install --python .venv/bin/python pyspark    Spark; needs Java
"""

import os
import subprocess
import sys

from tests.run import postgresql_url


def main() -> int:
    url = postgresql_url() or "sqlite:///engines.sqlite3"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": url,
    }
    command = [sys.executable, "-W", "ignore", "-m", "tests.engines.run"]
    return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
