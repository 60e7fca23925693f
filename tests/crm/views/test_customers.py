import csv
import io

import pytest

from crmkpi.crm.models import Customer
from tests.crm.rows import at, call, opportunity, order, take, ticket

URL = "/customers/"


@pytest.fixture
def customers(world):
    take(
        "customer",
        {
            "external_id": "7",
            "name": "Acme",
            "owner": "Alice",
            "industry": "Retail",
            "region": "East",
            "segment": "Small",
            "acquired": at("2025-05-01 10:00"),
        },
        {"name": "Brill", "owner": "Bob", "industry": "Food"},
        {"name": "Corner", "owner": "Cleo", "acquired": at("2025-06-01 10:00")},
        {"name": "Nobody's"},
    )


@pytest.fixture
def reader(client, world, customers):
    """Ana, who manages Support EMEA with Alice and Bob."""
    client.force_login(world.ana)
    return client


def names(answer):
    return [line.name for line in answer.context["customers"]]


def read_csv(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        ("ana", ["Acme", "Brill"]),
        ("lee", ["Acme", "Brill"]),
        ("alice", ["Acme"]),
        ("carl", ["Corner"]),
        ("mona", ["Acme", "Brill", "Corner", "Nobody's"]),
        ("adam", []),
    ],
)
def test_everybody_sees_the_customers_of_the_own_people(
    client, world, customers, user, seen
):
    client.force_login(getattr(world, user))
    assert names(client.get(URL)) == seen
    for customer in Customer.objects.all():
        wanted = 200 if customer.name in seen else 404
        assert client.get(f"{URL}{customer.pk}/").status_code == wanted
        assert client.get(f"{URL}{customer.pk}/orders.csv").status_code == wanted


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=acm", ["Acme"]),
        ("q=7", ["Acme"]),
        ("q=corner", []),
        ("won=yes", ["Acme"]),
        ("won=no", ["Brill"]),
        ("sort=-name", ["Brill", "Acme"]),
        ("sort=-owner", ["Brill", "Acme"]),
        ("sort=password", ["Acme", "Brill"]),
        ("industry=x", ["Acme", "Brill"]),
        ("page=99", ["Acme", "Brill"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(reader, query, found):
    assert names(reader.get(f"{URL}?{query}")) == found


def test_the_list_is_filtered_by_members(reader):
    acme = Customer.objects.get(name="Acme")
    for key in ("industry", "region", "segment"):
        member = getattr(acme, f"{key}_id")
        assert names(reader.get(f"{URL}?{key}={member}")) == ["Acme"]


def test_nobody_found_and_nobody_there(reader, world):
    assert b"No customer matches" in reader.get(f"{URL}?q=xyz").content
    reader.force_login(world.adam)
    assert b"No customers yet" in reader.get(URL).content


def test_as_many_queries_for_fifty_as_for_one(
    reader, world, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12) as few:
        reader.get(URL)
    queries = len(few)
    take("customer", *({"name": f"C{n:02}", "owner": "Alice"} for n in range(60)))
    with django_assert_max_num_queries(queries):
        assert len(names(reader.get(URL))) == 50


def test_the_file_holds_the_list_unpaged(reader):
    take("customer", *({"name": f"C{n:02}", "owner": "Alice"} for n in range(60)))
    take("customer", {"name": "=cmd()", "owner": "Alice"})
    rows = read_csv(reader.get(f"{URL}customers.csv?sort=name"))
    assert rows[0] == ["Name", "Owner", "Industry", "Region", "Segment", "Won on"]
    assert len(rows) == 64
    assert ["Acme", "Alice", "Retail", "East", "Small", "2025-05-01"] in rows
    assert "'=cmd()" in [row[0] for row in rows]


class TestOne:
    @pytest.fixture(autouse=True)
    def rows(self, reader, world):
        take("contact", {"external_id": "p1", "name": "Pat", "customer": "Acme"})
        take(
            "ticket",
            ticket("t1", customer="Acme", subject="Leak", topic="Pipes"),
            ticket("t2", customer="Acme", agent="Cleo"),
        )
        take("order", order(owner="Alice", amount=1250))
        take("opportunity", opportunity(owner="Alice", customer="Acme", opened=None))
        take(
            "contract",
            {
                "external_id": "k1",
                "customer": "Acme",
                "owner": "Alice",
                "monthly_amount": 10,
                "started": at("2025-01-01 12:00").date(),
                "ended": at("2025-12-31 12:00").date(),
                "due": at("2025-12-31 12:00").date(),
            },
        )
        take("interaction", call(customer="Acme", talk_seconds=143))

    def url(self, rest=""):
        return f"{URL}{Customer.objects.get(name='Acme').pk}/{rest}"

    def test_the_page(self, reader):
        content = reader.get(self.url()).content.decode()
        for text in ("Acme", "A customer since 1 May 2025", "Retail", "Pat", "Leak"):
            assert text in content

    @pytest.mark.parametrize(
        ("tab", "row"),
        [
            ("", ["Leak", "Alice", "New", "Unknown", "Pipes", "2 Feb 2026", ""]),
            ("orders", ["r1", "Alice", "Paid", "", "€1,250.00", "10 Jan 2026"]),
            ("opportunities", ["o1", "Alice", "Prospecting", "", "unknown", ""]),
            (
                "contracts",
                [
                    "k1",
                    "Alice",
                    "Subscription",
                    "€10.00",
                    "1 Jan 2025",
                    "31 Dec 2025",
                    "31 Dec 2025",
                ],
            ),
            ("interactions", ["2 Feb 2026", "Alice", "Phone", "Inbound", "", "2:23"]),
            (
                "nonsense",
                ["Leak", "Alice", "New", "Unknown", "Pipes", "2 Feb 2026", ""],
            ),
        ],
    )
    def test_each_tab_shows_rows_that_the_reader_may_see(self, reader, tab, row):
        shown = reader.get(self.url(f"?tab={tab}")).context["shown"]
        assert shown.rows == [row]
        assert [link.count for link in shown.tabs] == [1] * 5

    def test_each_tab_is_a_file_too(self, reader):
        rows = read_csv(reader.get(self.url("tickets.csv")))
        assert rows[0][0] == "Subject"
        assert [row[0] for row in rows[1:]] == ["Leak"]
        assert reader.get(self.url("secrets.csv")).status_code == 404

    def test_an_unknown_customer(self, reader):
        assert reader.get(f"{URL}999999/").status_code == 404

    def test_only_reading(self, reader):
        assert reader.post(URL).status_code == 405
        assert reader.post(self.url()).status_code == 405

    def test_as_many_queries_with_more_rows(
        self, reader, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(16) as few:
            reader.get(self.url())
        queries = len(few)
        take("ticket", *(ticket(f"m{n}", customer="Acme") for n in range(60)))
        with django_assert_max_num_queries(queries):
            shown = reader.get(self.url()).context["shown"]
        assert (len(shown.rows), shown.page.paginator.count) == (50, 61)


def test_what_is_left_out_says_why(reader):
    take("customer", {"external_id": "7", "name": "Acme", "exclusion": "test"})
    pk = Customer.objects.get(name="Acme").pk
    content = reader.get(f"{URL}{pk}/").content
    assert b"Left out of all figures: Test or internal account" in content
