"""Pages of segments: list, form with live count, one segment, order, archive, file."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crmkpi.accounts.models import AuditEvent
from crmkpi.crm.models import Customer, Segment, SegmentTurn
from crmkpi.crm.segments.turning import turn_segments
from tests.crm.rows import take
from tests.crm.segments.making import condition, segment
from tests.world import NOW

LIST = "/data/segments/"
NORTH = condition("region", "any_of", "North")
TYPED = {
    "name": "Northern",
    "text": "All of the North",
    "match": "all",
    "1_field": "region",
    "1_how": "any_of",
    "1_value": " north,North ",
}


@pytest.fixture
def customers(world):
    """Acme is Alice's and of the North, as is Bolt, Cleo's; Cara is of the South."""
    take(
        "customer",
        {"name": "Acme", "region": "North"},
        {"name": "Bolt", "region": "North"},
        {"name": "Cara", "region": "South"},
    )
    Customer.objects.filter(name="Acme").update(agent=world.alice)
    Customer.objects.filter(name="Bolt").update(agent=world.cleo)
    Customer.objects.filter(name="Cara").update(agent=world.bob)


@pytest.fixture
def ana(client, world, customers):
    client.force_login(world.ana)
    return client


@pytest.fixture
def mona(client, world, customers):
    client.force_login(world.mona)
    return client


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_segment_is_made_and_customers_come_in(mona, world):
    answer = mona.post(f"{LIST}new/", TYPED)

    made = Segment.objects.get()
    assert (answer.status_code, answer.url) == (302, f"{LIST}{made.pk}/")
    assert made.conditions == [
        {"field": "region", "how": "any_of", "values": ["North"]}
    ]
    assert (str(made), made.author) == ("Northern", world.mona)
    assert SegmentTurn.objects.get().changed_at is not None
    assert "customers follow within a minute" in text(mona.get(answer.url))
    turn_segments(now=timezone.now())
    html = text(mona.get(answer.url))
    assert "2 customers" in html and "Acme" in html and "Cara" not in html
    assert "Region: one of North" in html
    assert AuditEvent.objects.filter(action="segment.created").count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"name": ""}, "This field is required"),
        ({"1_field": ""}, "This field is required"),
        ({"1_field": "shoe_size"}, "Select a valid choice"),
        ({"1_value": ""}, "Name at least one. There are: North, South."),
        ({"1_value": "Nort"}, "There is none called “Nort”"),
        ({"1_value": "north, south"}, "tells nobody apart"),
        ({"1_how": "at_least"}, "Choose one of: is one of, is none of"),
        ({"2_field": "orders", "2_how": "at_least", "2_value": "x"}, "Write a number"),
        (
            {"3_field": "orders", "3_how": "at_least", "3_value": "1"},
            "Say over how many days",
        ),
        (
            {"1_field": "orders", "1_how": "at_most", "1_value": "0", "1_days": "9"},
            "This matches all 3 customers",
        ),
        ({"match": "some"}, "Select a valid choice"),
        ({"1_days": "x" * 50}, "Enter a whole number"),
    ],
)
def test_what_cannot_be_used_is_said(mona, typed, told):
    answer = mona.post(f"{LIST}new/", TYPED | typed)

    assert answer.status_code == 422
    assert told in text(answer)
    assert not Segment.objects.exists()


def test_a_name_is_one_segment(mona):
    segment("Northern", NORTH)
    take("customer", {"name": "Dora", "segment": "Small"})

    for name in ("northern", " SMALL "):
        answer = mona.post(f"{LIST}new/", TYPED | {"name": name})

        assert answer.status_code == 422
        assert "already" in text(answer)


def test_the_count_follows_what_is_typed(mona):
    segment("Northern", NORTH)
    turn_segments(now=NOW)
    count = f"{LIST}count/"

    assert "appear here while you type" in text(mona.get(count))
    html = text(mona.get(count, TYPED))
    assert "of 3 customers" in html
    assert "2 match; 2 of them are in segments before this one" in html
    html = text(mona.get(count, TYPED | {"1_how": "none_of"}))
    assert "Cara" in html and "Acme" not in html
    assert "Name at least one" in text(mona.get(count, TYPED | {"1_value": ""}))


@pytest.mark.parametrize(
    "query",
    [
        {"match": "\x00", "1_field": "region"},
        TYPED | {"page": "nine"},
        TYPED | {"segment": "9" * 30},
        TYPED | {"1_field": "orders", "1_how": "at_least", "1_value": "1e999"},
        TYPED | {"1_field": "orders", "1_how": "at_least", "1_value": "nan"},
        TYPED | {"1_days": "-1"},
        TYPED | {"1_value": "," * 1_000},
    ],
)
def test_rubbish_is_no_fault_of_ours(mona, query):
    assert mona.get(f"{LIST}count/", query).status_code == 200
    assert mona.get(f"{LIST}new/", query).status_code == 200


def test_everybody_sees_only_their_customers(ana, world):
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)

    html = text(ana.get(f"{LIST}{northern.pk}/"))
    file = b"".join(ana.get(f"{LIST}{northern.pk}/customers.csv")).decode()

    assert "1 customer<" in html and "Acme" in html and "Bolt" not in html
    assert "Acme" in file and "2026-02-13" in file and "Bolt" not in file
    assert "Bolt" not in text(ana.get(f"{LIST}count/", TYPED))


def test_the_page_of_a_customer_says_whose_word_the_segment_is(mona):
    take("customer", {"name": "Acme", "region": "North", "segment": "Small"})
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)

    html = text(mona.get(f"/customers/{Customer.objects.get(name='Acme').pk}/"))

    assert f'<a href="{LIST}{northern.pk}/">Northern</a>' in html
    assert "by a rule since 13 Feb 2026; Small by its source" in html


def test_an_agent_reads_and_changes_nothing(client, world, customers):
    northern = segment("Northern", NORTH)
    client.force_login(world.alice)

    html = text(client.get(LIST))

    assert "Northern" in html
    assert "New segment" not in html and ">Up<" not in html
    assert client.post(f"{LIST}new/", TYPED).status_code == 403
    assert client.post(f"{LIST}{northern.pk}/edit/", TYPED).status_code == 403


def test_a_change_is_noted_with_what_it_was(mona):
    northern = segment("Northern", NORTH)
    page = f"{LIST}{northern.pk}/edit/"
    assert 'value="North"' in text(mona.get(page))

    mona.post(page, TYPED | {"1_value": "South", "name": "Southern"})

    assert str(Segment.objects.get()) == "Southern"
    html = text(mona.get(f"{LIST}{northern.pk}/"))
    assert "Region: one of North → Region: one of South" in html
    mona.post(page, TYPED | {"1_value": "South", "name": "Southern"})
    assert AuditEvent.objects.filter(action="segment.changed").count() == 1


def test_the_order_is_changed_one_place_at_a_time(mona):
    one, two = segment("One", NORTH), segment("Two", NORTH)

    mona.post(f"{LIST}{two.pk}/move/", {"way": "up"})
    assert [str(each) for each in Segment.objects.all()] == ["Two", "One"]
    mona.post(f"{LIST}{two.pk}/move/", {"way": "up"})  # it is the first
    mona.post(f"{LIST}{two.pk}/move/", {"way": "down"})

    assert [str(each) for each in Segment.objects.all()] == ["One", "Two"]
    assert mona.get(f"{LIST}{one.pk}/move/").status_code == 405


def test_archiving_asks_first_and_keeps_the_past(mona):
    northern = segment("Northern", NORTH)
    turn_segments(now=NOW)
    page = f"{LIST}{northern.pk}/archive/"

    assert "Archive Northern?" in text(mona.get(page))
    mona.post(page)
    turn_segments(now=timezone.now())

    assert "No segments by rules yet" in text(mona.get(LIST))
    html = text(mona.get(f"{LIST}{northern.pk}/"))
    assert "Archived on" in html and "0 customers" in html
    assert Customer.objects.filter(segment__isnull=False).count() == 0
    mona.post(page)
    assert Segment.objects.get().archived_at is None


def test_there_is_no_such_segment(mona):
    for page in ("", "edit/", "archive/", "customers.csv"):
        assert mona.get(f"{LIST}999/{page}").status_code == 404


def test_pages_take_as_many_queries_with_fifty(mona):
    first = segment("North 0", NORTH)
    turn_segments(now=NOW)
    pages = [LIST, f"{LIST}{first.pk}/"]
    seen = [_queries(mona, page) for page in pages]

    for number in range(1, 50):
        segment(f"North {number}", NORTH)
    rows = [{"name": f"C{n}", "region": "North", "owner": f"P{n}"} for n in range(50)]
    take("customer", *rows)
    turn_segments(now=NOW)

    assert [_queries(mona, page) for page in pages] == seen


def _queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)
