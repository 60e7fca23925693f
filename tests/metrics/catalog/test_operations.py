"""Runs of processes, worked out by hand."""

from crmkpi.crm import models as crm
from tests.metrics import rows
from tests.metrics.catalog.ask import computed, of_company, of_team
from tests.world import TODAY, day

FIRST = day("2026-02-01")


def run(on, process="Invoice", **fields):
    return rows.new(
        crm.ProcessRun,
        ended_at=rows.noon(on),
        ended_day=on,
        process=rows.member("process", process),
        **fields,
    )


def of_scope(key, text):
    from metrics import queries
    from metrics.scopes import parse_scope
    from tests.metrics.catalog.ask import FEBRUARY
    from tests.world import NOW

    scope = parse_scope(text)
    return queries.read_value(key, scope, FEBRUARY, today=TODAY, now=NOW).value


def test_runs_without_a_human_touch(world):
    """Eligible: untouched, touched, failed, untouched of another process: 2 of 4."""
    rows.put(
        run(FIRST),
        run(FIRST, human_touches=1),
        run(FIRST, is_finished=False),
        run(FIRST + 12, process="Refund"),
        run(FIRST, is_eligible=False),
        run(FIRST - 1),
        run(FIRST + 13),  # tomorrow
        run(FIRST, exclusion=crm.Exclusion.TEST),
    )
    computed()
    found = of_company("process_automation_rate")
    assert (found.numerator, found.denominator) == (2, 4)
    assert of_scope("process_automation_rate", "process:Refund") == 100
    assert of_team("process_automation_rate", world.sales).value is None
