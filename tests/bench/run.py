"""One pass of the measurements on the database of the settings.

The cache is that of a default installation, a table of the database. What the pass on
the other database is compared with goes to the file that is named.
"""

import json
import os
import sys
from pathlib import Path

import django

django.setup()

from django.test.utils import (
    override_settings,
    setup_databases,
    teardown_databases,
)

from crmkpi import settings as product
from crmkpi.memory import settle
from tests.bench import engine, pages, writing
from tests.bench.clock import stay_in_one_process
from tests.bench.orders import Company


@override_settings(CACHES=product.CACHES)
def main(results: Path) -> int:
    rows = int(os.environ.get("ROWS", "100000"))
    old = setup_databases(verbosity=0, interactive=False)
    try:
        stay_in_one_process()
        settle()
        company = Company()
        print(f"{rows:,} orders of 300 agents in 30 teams over three years")
        print(f"cache: {product.CACHES['default']['BACKEND']}")
        rebuilt = engine.measure(company, rows)
        equal = rebuilt.equal & writing.measure()
        pages.measure(company)
        results.write_text(json.dumps(rebuilt._asdict()))
    finally:
        teardown_databases(old, verbosity=0)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
