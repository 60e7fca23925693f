from contextlib import contextmanager

import pytest
from django.core.management import call_command

from crmkpi.accounts import queries, services, signals
from crmkpi.accounts.models import AuditEvent, Holiday, Organisation, Team, TeamEdge
from tests.world import NOW, TODAY


@contextmanager
def listening(signal, answer=None):
    said = []

    def receiver(sender, signal, **news):
        said.append(news)
        return answer

    signal.connect(receiver)
    try:
        yield said
    finally:
        signal.disconnect(receiver)


def change(world, **changes):
    return services.update_organisation(actor=world.adam, now=NOW, **changes)


@pytest.mark.django_db
def test_an_installation_starts_with_an_organisation_and_its_root_team():
    org = queries.get_organisation()
    assert org.pk == 1 and org.root_team.slug == "company"
    assert TeamEdge.objects.filter(descendant=org.root_team).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_gets_them_again():
    call_command("flush", interactive=False, verbosity=0)
    assert queries.get_organisation().root_team.name == "Company"


@pytest.mark.django_db
def test_migrating_again_makes_no_second_one():
    services.ensure_organisation(using="default")
    assert Organisation.objects.count() == Team.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"zone": "America/New_York"},
        {"week_start": 6},
        {"fiscal_month": 4},
        {"business_hours": {"mon": [["08:00", "12:00"]]}},
        {"holidays": [(TODAY, "Carnival")]},
    ],
)
def test_changes_of_the_calendar_are_told(world, changes):
    version = world.org.calendar_version
    with listening(signals.calendar_changed) as said:
        change(world, **changes)
        change(world, **changes)
    before = {name: getattr(world.org, name, None) for name in changes}
    before.pop("holidays", None)
    assert said == [{"fields": set(changes), "before": before, "now": NOW}]
    assert queries.get_organisation().calendar_version == version + 1
    assert AuditEvent.objects.filter(actor=world.adam).count() == 2  # with the key's


def test_a_new_name_moves_no_calendar(world):
    with listening(signals.calendar_changed) as said:
        org = change(world, name="Southwind")
    assert said == [] and org.calendar_version == world.org.calendar_version


def test_holidays_are_replaced_as_a_whole(world):
    change(world, holidays=[(TODAY, "Carnival"), (TODAY + 1, "Saturday")])
    change(world, holidays=[(TODAY, "Friday"), (TODAY + 2, "Sunday")])
    assert list(Holiday.objects.values_list("day", "name")) == [
        (TODAY, "Friday"),
        (TODAY + 2, "Sunday"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("zone", "Europe/Atlantis"),
        ("week_start", 3),
        ("fiscal_month", 13),
        ("business_hours", {"mon": [["17:00", "09:00"]]}),
        ("holidays", [(0, "Long ago")]),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(world, field, value):
    with pytest.raises(services.BadSetting) as refused:
        change(world, **{field: value})
    assert refused.value.field == field
    assert queries.get_organisation().calendar_version == world.org.calendar_version


def test_the_currency_is_locked_once_amounts_are_stored(world):
    with listening(signals.currency_in_use, answer=True):
        with pytest.raises(services.CurrencyLocked):
            change(world, currency="USD")
        change(world, currency="EUR", name="Southwind")  # no change is no harm
    with listening(signals.currency_in_use, answer=False):
        assert change(world, currency="USD").currency == "USD"
