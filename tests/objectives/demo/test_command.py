"""The command seed_demo where there is nothing, something else, or half of it."""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import Product, Source
from objectives.demo import organisation as org
from objectives.demo import people, seeding
from objectives.demo.founding import person
from objectives.demo.story import evening_of
from tests.objectives.demo.days import FRIDAY
from tests.objectives.demo.tables import contents, stored

NOW = evening_of(FRIDAY)


def test_other_data_is_left_alone(db):
    source = Source.objects.create(slug="crm", name="CRM")
    Product.objects.create(
        source=source, external_id="1", name="Kettle", written_at=NOW
    )
    before, output = contents(), StringIO()

    call_command("seed_demo", if_empty=True, top_up=True, stdout=output)
    with pytest.raises(CommandError, match="There is data already"):
        call_command("seed_demo", stdout=output)

    assert "was not loaded" in output.getvalue()
    assert contents() == before


def test_nothing_to_top_up_in_an_empty_database(db):
    output = StringIO()

    call_command("seed_demo", top_up=True, stdout=output)

    assert "nothing to add" in output.getvalue()
    assert not AuditEvent.objects.exists()


def test_sign_ins_of_an_empty_database_are_none(db):
    output = StringIO()

    call_command("seed_demo", sign_ins=True, stdout=output)

    assert output.getvalue() == ""


@pytest.mark.parametrize("options", [{"scale": 0}, {"date": "2999-01-01"}])
def test_impossible_options_are_refused(db, options):
    arguments = [f"--{name}={value}" for name, value in options.items()]

    with pytest.raises(CommandError):
        call_command("seed_demo", *arguments)

    assert not AuditEvent.objects.exists()


def test_production_asks_for_a_password(db, settings, monkeypatch):
    settings.PRODUCTION = True
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)

    with pytest.raises(CommandError, match="DEMO_PASSWORD"):
        call_command("seed_demo", stdout=StringIO())


def test_what_was_broken_off_is_completed(db, monkeypatch):
    now = evening_of(FRIDAY)

    def stop(world: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setenv("DEMO_PASSWORD", "another-one")
    for step in ("set_past_goals", "judge_days"):
        monkeypatch.setattr(f"objectives.demo.goals.{step}", lambda *rows, now: None)
    monkeypatch.setattr("objectives.demo.goals.set_goals", lambda *, now: [])
    with time_machine.travel(now, tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("objectives.demo.asking.bring_in", stop)
            with pytest.raises(KeyboardInterrupt):
                call_command("seed_demo", scale=0.01, stdout=StringIO())
        begun = seeding.told()
        facts = stored("segment")
        call_command("seed_demo", if_empty=True, scale=1, stdout=StringIO())

    assert begun.until is None
    assert seeding.told().until == now
    assert seeding.told().story == begun.story
    after = stored("segment")  # follow when all is there
    assert all(len(after[label]) >= len(rows) for label, rows in facts.items())
    assert after["crm.Ticket"] == facts["crm.Ticket"]
    assert person(people.MANAGERS[org.NAME]).check_password("another-one")
