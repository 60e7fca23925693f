"""One pass of the measurements on the database of the settings."""

import os
import sys

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases

from tests.bench import engine, pages
from tests.bench.orders import Company


def main() -> int:
    rows = int(os.environ.get("ROWS", "100000"))
    old = setup_databases(verbosity=0, interactive=False)
    try:
        company = Company()
        print(f"{rows:,} orders of 300 agents in 30 teams over three years")
        equal = engine.measure(company, rows)
        pages.measure(company)
    finally:
        teardown_databases(old, verbosity=0)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
