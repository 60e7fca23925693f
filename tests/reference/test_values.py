"""Published figures of real data, through the import command and both ways to ask."""

import json
import os
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from crmkpi.lib.periods import Calendar, Period, to_day
from metrics import services
from tests.reference.mappings import FILES
from tests.space import give_back, settle
from tests.world import build_world

pytestmark = pytest.mark.reference
FOLDER = Path(os.environ.get("REFERENCE_DATA", "."))


def reference() -> list[dict]:
    path = FOLDER / "reference_values.json"
    return json.loads(path.read_text()) if path.exists() else []


def name_of(row: dict) -> str:
    parts = (row["key"], row["stat"], row["scope"], row["period"])
    return " ".join(str(part) for part in parts if part)


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker, tmp_path_factory):
    """Give the world with all three data sets imported and computed, once."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        for dataset, files in FILES.items():
            for record, file, mapping in files:
                path = tmp_path_factory.mktemp("mapping") / f"{record}.json"
                path.write_text(json.dumps(mapping))
                call_command(
                    "import_records",
                    record,
                    str(FOLDER / file),
                    "--source",
                    dataset.replace("_", "-"),
                    "--mapping",
                    str(path),
                    stdout=StringIO(),
                    stderr=StringIO(),
                )
        services.drain(now=timezone.now())
        settle()
        yield world
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        give_back()


def dates(period: str) -> dict[str, str]:
    if period == "all":
        return {}
    found: Period = Calendar().parse(period, today=to_day(date(2026, 1, 1)))
    return {"from": str(found.first_date), "to": str(found.last_date)}


def by_command(row: dict, stat: str | None) -> dict:
    printed = StringIO()
    asked = ["metric_value", row["key"], "--scope", row["scope"], "--json"]
    for name, value in dates(row["period"]).items():
        asked += [f"--{name}", value]
    if stat:
        asked += ["--stat", stat]
    call_command(*asked, stdout=printed)
    return json.loads(printed.getvalue())


def by_api(client, world, row: dict, stat: str | None) -> dict:
    client.force_login(world.mona)
    asked = {"scope": row["scope"], **dates(row["period"])}
    if stat:
        asked["stat"] = stat
    answer = client.get(f"/api/v1/metrics/{row['key']}/value", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


SAME = [row for row in reference() if row["verdict"] == "same"]
DIFFERENT = [row for row in reference() if row["verdict"] == "different"]


@pytest.mark.parametrize("row", SAME, ids=name_of)
def test_equals_what_was_published(db, imported, client, row):
    told = by_command(row, row["stat"])
    served = by_api(client, imported, row, row["stat"])
    assert told["value"] == pytest.approx(row["expected"], abs=row["tolerance"] or 1e-9)
    assert {**served, "computed_at": None} == {**told, "computed_at": None}


@pytest.mark.parametrize("row", DIFFERENT, ids=name_of)
def test_another_definition_gives_another_number(db, imported, row):
    told = by_command(row, None)
    if row["stat"] == "interval":
        low, high = row["ours"]
        assert told["interval"]["low"] == pytest.approx(low, abs=row["tolerance"])
        assert told["interval"]["high"] == pytest.approx(high, abs=row["tolerance"])
        assert [told["interval"]["low"], told["interval"]["high"]] != row["expected"]
    else:
        assert abs(told["value"] - row["expected"]) > 0.1


def test_agents_without_deals_have_no_win_rate(db, imported):
    """5 of the 35 agents own no deal: no data, not 0."""
    from crmkpi.accounts.models import AgentIdentity

    agents = AgentIdentity.objects.filter(source="maven-crm")
    assert agents.count() == 35
    told = [
        by_command(
            {"key": "win_rate", "scope": f"agent:{agent.external_id}", "period": "all"},
            None,
        )
        for agent in agents
    ]
    empty = [each for each in told if each["value"] is None]
    assert len(empty) == 5
    assert {each["status"] for each in empty} == {"no_data"}


def test_500_deals_without_a_date_are_undated_in_a_period(db, imported):
    told = by_command(
        {"key": "close_rate", "scope": "company", "period": "2017-Q1"}, None
    )
    assert {"name": "Undated", "count": 500} in told["exclusions"]


def test_calls_without_a_customer_have_no_first_contact_resolution(db, imported):
    row = {
        "key": "first_contact_resolution",
        "scope": "company",
        "period": "2021-Q1",
    }
    assert by_command(row, None)["status"] == "no_data"
