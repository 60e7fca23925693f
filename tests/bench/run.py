"""One pass of the measurements on the database of the settings.

What the pass on the other database is compared with goes to the file that is named.
"""

import json
import os
import sys
from pathlib import Path

import django

django.setup()

from django.test.utils import setup_databases, teardown_databases

from tests.bench import engine, pages, writing
from tests.bench.clock import stay_in_one_process
from tests.bench.orders import Company


def main(results: Path) -> int:
    rows = int(os.environ.get("ROWS", "100000"))
    old = setup_databases(verbosity=0, interactive=False)
    try:
        stay_in_one_process()
        company = Company()
        print(f"{rows:,} orders of 300 agents in 30 teams over three years")
        rebuilt = engine.measure(company, rows)
        equal = rebuilt.equal & writing.measure()
        pages.measure(company)
        results.write_text(json.dumps(rebuilt._asdict()))
    finally:
        teardown_databases(old, verbosity=0)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
