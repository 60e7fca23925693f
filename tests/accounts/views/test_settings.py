import pytest

from crmkpi.accounts.models import Holiday, Recalculation
from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.settings_form import hours_of
from crmkpi.crm.models import FxRate
from metrics.recalculating import begin
from tests.world import NOW, TODAY

URL = "/settings/"
AS_IT_IS = {
    "name": "Northwind",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "week_start": "0",
    "fiscal_month": "1",
    "holidays": "",
    **dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00"),
    "sat": "",
    "sun": "",
}


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


def test_the_page_says_what_a_change_means(admin):
    content = admin.get(URL).content
    assert b"all stored figures are computed anew" in content


def test_a_new_name_is_saved_at_once(admin, world):
    answer = admin.post(URL, AS_IT_IS | {"name": "Southwind"})
    assert answer.status_code == 302
    org = get_organisation()
    assert org.name == "Southwind"
    assert org.calendar_version == world.org.calendar_version


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"zone": "Asia/Kolkata"}, "zone", "Asia/Kolkata"),
        ({"week_start": "6"}, "week_start", 6),
        ({"fiscal_month": "4"}, "fiscal_month", 4),
    ],
)
def test_a_change_of_the_calendar_is_confirmed_first(
    admin, world, change, field, value
):
    answer = admin.post(URL, AS_IT_IS | change)
    assert answer.status_code == 200
    assert b"Compute all figures anew?" in answer.content
    assert getattr(get_organisation(), field) == getattr(world.org, field)
    assert admin.post(URL, AS_IT_IS | change | {"confirmed": "1"}).status_code == 302
    assert getattr(get_organisation(), field) == getattr(world.org, field)
    assert Recalculation.objects.get().wish == {field: value}
    assert b"Waiting for a worker" in admin.get(URL).content


def test_the_question_carries_all_answers_along(admin):
    change = {"zone": "Asia/Kolkata", "holidays": "2026-02-13 Carnival"}
    content = admin.post(URL, AS_IT_IS | change).content.decode()
    assert 'value="Asia/Kolkata"' in content
    assert "2026-02-13 Carnival" in content


def test_hours_and_holidays_are_read_as_people_write_them(admin):
    change = {
        "mon": "8:30-12:00, 13:00 – 17:00",
        "fri": "",
        "holidays": "2026-02-13 Carnival\n\n2026-12-25 Christmas Day\n",
        "confirmed": "1",
    }
    assert admin.post(URL, AS_IT_IS | change).status_code == 302
    assert begin(now=NOW)
    hours = get_organisation().business_hours
    assert hours["mon"] == [["08:30", "12:00"], ["13:00", "17:00"]]
    assert "fri" not in hours
    assert list(Holiday.objects.values_list("day", "name")) == [
        (TODAY, "Carnival"),
        (20812, "Christmas Day"),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"currency": "XXXX"}, "currency"),
        ({"fiscal_month": "13"}, "fiscal_month"),
        ({"mon": "nine to five"}, "mon"),
        ({"mon": "17:00-09:00", "confirmed": "1"}, "__all__"),
        ({"holidays": "Christmas"}, "holidays"),
        ({"holidays": "1890-01-01 Old", "confirmed": "1"}, "holidays"),
    ],
)
def test_a_fault_is_shown_beside_its_field(admin, world, change, field):
    answer = admin.post(URL, AS_IT_IS | change)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert get_organisation().calendar_version == world.org.calendar_version


def test_the_currency_is_locked_once_amounts_are_stored(admin):
    FxRate.objects.create(currency="USD", day=TODAY, rate="0.9")
    assert b"amounts are already stored" in admin.get(URL).content
    admin.post(URL, AS_IT_IS | {"currency": "USD"})
    assert get_organisation().currency == "EUR"


def test_the_currency_changes_before(admin):
    admin.post(URL, AS_IT_IS | {"currency": "JPY"})
    assert get_organisation().currency == "JPY"


def test_a_second_change_is_refused_while_one_runs(admin):
    admin.post(URL, AS_IT_IS | {"zone": "Asia/Kolkata", "confirmed": "1"})
    change = AS_IT_IS | {"week_start": "6", "name": "Southwind", "confirmed": "1"}
    answer = admin.post(URL, change)
    assert answer.status_code == 422
    assert b"All figures are being recalculated." in answer.content
    assert Recalculation.objects.get().wish == {"zone": "Asia/Kolkata"}
    assert get_organisation().name == "Northwind"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("9:00-17:00", [["09:00", "17:00"]]),
        ("09:00 to 12:00; 13:00–17:30", [["09:00", "12:00"], ["13:00", "17:30"]]),
    ],
)
def test_hours_of_a_text(text, spans):
    assert hours_of(text) == spans
