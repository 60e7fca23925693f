"""Real rows of three other systems, imported by the command with a mapping each.

The expected counts are those of the files' own description and of plain counting.
"""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, Q

from crmkpi.accounts.models import Team, User
from crmkpi.crm.models import (
    Customer,
    ImportRun,
    Interaction,
    Member,
    Opportunity,
    StageSpell,
)
from crmkpi.lib.periods import UNDATED
from surveys.models import Answer
from tests.reference.mappings import FILES
from tests.space import give_back, settle

pytestmark = [pytest.mark.reference, pytest.mark.django_db]


ROWS = {
    "customer": 85,
    "product": 7,
    "agent": 35,
    "opportunity": 8800,
    "interaction": 5000,
    "response": 39,
}


@pytest.fixture(scope="module")
def reports(django_db_setup, django_db_blocker, tmp_path_factory):
    """What the command reported of each file, imported twice for this module."""
    folder = tmp_path_factory.mktemp("mappings")
    with django_db_blocker.unblock(), transaction.atomic():
        both = [import_all(folder), import_all(folder)]
        settle()
        yield both
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        give_back()


def import_all(folder):
    """Import every file; return the reports by record."""
    found = {}
    for dataset, files in FILES.items():
        for record, file, mapping in files:
            (folder / f"{record}.json").write_text(json.dumps(mapping))
            out = io.StringIO()
            call_command(
                "import_records",
                record,
                str(Path(os.environ["REFERENCE_DATA"]) / file),
                "--source",
                dataset,
                "--mapping",
                str(folder / f"{record}.json"),
                "--json",
                stdout=out,
                stderr=io.StringIO(),
            )
            found[record] = json.loads(out.getvalue())
    return found


def test_every_row_comes_in(reports):
    first, _again = reports
    assert {record: report["new"] for record, report in first.items()} == ROWS
    assert {report["refused"] for report in first.values()} == {0}
    assert all(report["warnings"] == {} for report in first.values())


def test_again_nothing_changes(reports):
    _first, again = reports
    assert {record: report["same"] for record, report in again.items()} == ROWS
    assert {(one["new"], one["changed"]) for one in again.values()} == {(0, 0)}
    assert ImportRun.objects.filter(state="done").count() == 2 * len(ROWS)


def test_deals(reports):
    deals = Opportunity.objects
    assert deals.filter(opened_day=UNDATED).count() == 500
    assert deals.filter(customer=None).count() == 1425
    states = dict(deals.values_list("state").annotate(n=Count("pk")))
    assert states == {0: 2089, 1: 4238, 2: 2473}
    won = deals.filter(state=Opportunity.State.WON)
    assert sum(won.values_list("amount", flat=True)) == 1_000_553_400
    cycles = list(won.values_list("cycle_days", flat=True))
    assert round(sum(cycles) / len(cycles), 3) == 51.782
    assert StageSpell.objects.filter(ended_day=None).count() == 2089


def test_deals_have_team_region_and_industry(reports):
    deals = Opportunity.objects
    assert not deals.filter(
        Q(opened_team=None) | Q(region=None) | Q(agent=None)
    ).exists()
    decided = Q(state__gt=0)
    central = deals.filter(decided, region__name="Central")
    assert (central.count(), central.filter(state=1).count()) == (2604, 1629)
    medical = deals.filter(decided, industry__name="medical")
    assert (medical.count(), medical.filter(state=1).count()) == (950, 592)


def test_people_and_teams(reports):
    assert User.objects.filter(identities__source="maven_crm").count() == 35
    teams = Team.objects.exclude(slug="company")
    assert teams.count() == 6
    assert set(teams.values_list("region", flat=True)) == {"Central", "East", "West"}
    owners = Opportunity.objects.aggregate(n=Count("agent", distinct=True))
    assert owners == {"n": 30}


def test_customers(reports):
    assert Customer.objects.exclude(parent=None).count() == 15
    industries = Member.objects.filter(dimension="industry")
    assert industries.count() == 10


def test_calls(reports):
    calls = Interaction.objects
    answered = calls.filter(is_answered=True)
    assert (answered.count(), answered.filter(is_resolved=True).count()) == (4054, 3646)
    waits = list(answered.values_list("wait_seconds", flat=True))
    assert round(sum(waits) / len(waits), 4) == 67.5207


def test_ratings_of_calls_become_answers(reports):
    ratings = Answer.objects.filter(kind="csat")
    values = list(ratings.values_list("value", flat=True))
    assert len(values) == 4054
    assert round(sum(values) / len(values), 4) == 3.4036


def test_the_conference_survey(reports):
    scores = list(Answer.objects.filter(kind="nps").values_list("value", flat=True))
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    assert (len(scores), promoters, detractors) == (39, 8, 22)
