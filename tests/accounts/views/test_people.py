import csv
import io

import pytest

from crmkpi.accounts import services
from crmkpi.accounts.models import AuditEvent, Membership, User
from tests.world import NOW, Role, person

URL = "/people/"


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


def names(answer):
    return [line.name for line in answer.context["people"]]


def test_everybody_is_listed_by_name(admin):
    answer = admin.get(URL)
    assert names(answer) == [
        "Adam",
        "Alice",
        "Ana",
        "Bob",
        "Carl",
        "Cleo",
        "Lee",
        "Mona",
        "Nora",
    ]
    assert b"9 people" in answer.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=al", ["Alice"]),
        ("q=ALICE@EXAMPLE", ["Alice"]),
        ("q=alice bob", []),
        ("team=support-berlin", ["Alice", "Bob", "Lee"]),
        ("team=support-berlin&role=lead", ["Lee"]),
        ("role=analyst", ["Nora"]),
        ("state=met", ["Martha"]),
        ("state=inactive", ["Cleo"]),
        ("state=invited", ["Zoe"]),
        ("role=lead&sort=-name", ["Lee", "Carl"]),
        ("role=lead&sort=-email", ["Lee", "Carl"]),
        ("role=lead&sort=password", ["Carl", "Lee"]),  # not a way to sort
        ("role=boss&team=support-emea", ["Ana"]),  # what cannot be read is left out
        ("role=lead&page=99", ["Carl", "Lee"]),
        ("role=lead&page=x", ["Carl", "Lee"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(admin, world, query, found):
    services.agent_for(source="calls", external_id="Martha")
    services.deactivate_user(user=world.cleo, actor=world.adam, now=NOW)
    admin.post(
        "/people/new/", {"name": "Zoe", "email": "zoe@example.com", "role": "agent"}
    )
    assert names(admin.get(f"{URL}?{query}")) == found


def test_nobody_found_says_so_and_offers_the_way_out(admin):
    answer = admin.get(f"{URL}?q=xyz")
    assert names(answer) == []
    assert b"Nobody matches" in answer.content and b"Show everybody" in answer.content


def test_fifty_on_a_page_and_as_many_queries_as_for_one(
    admin, world, django_assert_max_num_queries
):
    for number in range(60):
        person(f"Person {number:02}", world.berlin)
    with django_assert_max_num_queries(9) as few:
        answer = admin.get(f"{URL}?q=person")
    queries = len(few)
    assert len(names(answer)) == 50
    assert names(admin.get(f"{URL}?q=person&page=2"))[0] == "Person 50"
    with django_assert_max_num_queries(queries):
        admin.get(f"{URL}?q=lee")


def read_csv(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_the_list_unpaged(admin, world):
    for number in range(60):
        person(f"Person {number:02}", world.berlin)
    rows = read_csv(admin.get("/people/people.csv?q=person&sort=-name"))
    assert rows[0][0] == "Name"
    assert len(rows) == 61
    assert rows[1][0] == "Person 59"
    assert rows[1][4] == "Agent, Support Berlin"


def test_the_file_runs_no_formula(admin, world):
    services.agent_for(source="calls", external_id="=cmd()")
    rows = read_csv(admin.get("/people/people.csv?state=met"))
    assert rows[1][0] == "'=cmd()"


def test_names_are_shown_as_text(admin):
    services.agent_for(source="calls", external_id="<script>alert(1)</script>")
    content = admin.get(URL).content
    assert b"&lt;script&gt;alert" in content and b"<script>alert" not in content


def test_somebody_new_is_invited_by_mail(admin, world, mailoutbox):
    answer = admin.post(
        "/people/new/",
        {
            "name": "Zoe",
            "email": "Zoe@Example.com",
            "team": world.berlin.pk,
            "role": "lead",
        },
        headers={"Host": "testserver"},
    )
    zoe = User.objects.get(email="zoe@example.com")
    assert answer.url == f"/people/{zoe.pk}/"
    assert zoe.memberships.get().role == Role.LEAD
    (mail,) = mailoutbox
    assert mail.to == ["zoe@example.com"]
    assert "Adam invites you" in mail.body
    assert (
        "http://127.0.0.1:8000/join/" in mail.body
    )  # BASE_URL, not the host asked for
    assert AuditEvent.objects.filter(action="user.invited", actor=world.adam).exists()


def test_mail_that_cannot_be_sent_leaves_the_link(admin, world, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("crmkpi.accounts.invitations.send_mail", refuse)
    answer = admin.post(
        "/people/new/",
        {"name": "Zoe", "email": "zoe@example.com", "role": "agent"},
        follow=True,
    )
    assert (
        b"Hand over this link yourself: http://127.0.0.1:8000/join/" in answer.content
    )


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "alice@example.com"}, "email"),
        ({"team": "99999"}, "team"),
        ({"role": "boss"}, "role"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_a_fault_is_shown_beside_its_field_and_nothing_is_written(admin, data, field):
    good = {"name": "Zoe", "email": "zoe@example.com", "role": "agent"} if data else {}
    before = (User.objects.count(), Membership.objects.count())
    answer = admin.post("/people/new/", good | data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert (User.objects.count(), Membership.objects.count()) == before


def test_pages_are_for_administrators(client, world):
    for user in (world.alice, world.lee, world.mona, world.nora):
        client.force_login(user)
        assert client.get(URL).status_code == 403
        assert client.post("/people/new/", {"name": "Zoe"}).status_code == 403
    assert admin_count() == 1


def admin_count():
    return User.objects.filter(is_administrator=True).count()
