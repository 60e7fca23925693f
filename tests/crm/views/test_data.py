import csv
import io

import pytest

from crmkpi.crm.models import ImportRun, Source
from tests.crm.rows import take
from tests.world import NOW

URL = "/data/"


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


@pytest.fixture
def shop(world):
    return Source.objects.create(slug="shop", name="Shop", last_success_at=NOW)


def run_of(source, **values):
    values = {"record": "product", "state": "done", "started_at": NOW} | values
    return ImportRun.objects.create(source=source, **values)


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(NOW)


def freshness(answer):
    return [(line.name, line.freshness) for line in answer.context["sources"]]


def test_how_fresh_each_source_is(admin, shop, noon):
    Source.objects.create(slug="desk", name="Desk")
    # Expected weekly, and so not late before two weeks have passed.
    for slug, text in [("one", "2026-01-30T13:00Z"), ("two", "2026-01-30T11:00Z")]:
        Source.objects.create(
            slug=slug, name=f"Feed {slug}", last_success_at=text, expected_every_days=7
        )
    assert freshness(admin.get(URL)) == [
        ("Feed two", "stale"),
        ("Desk", "never"),
        ("Feed one", "fresh"),
        ("Shop", "fresh"),
    ]
    assert "13 Feb 2026 13:00" in admin.get(URL).content.decode()  # Berlin's clocks


def test_rows_that_a_service_took_in_are_a_success(admin, noon):
    take("product", {"name": "Cup"}, source="Web shop")
    assert freshness(admin.get(URL)) == [("Web shop", "fresh")]


def test_no_data_yet(admin):
    assert b"No data yet" in admin.get(URL).content


def test_what_is_stored(admin):
    take("product", {"name": "Cup"}, {"name": "Pot"})
    counts = {one.name: one.rows for one in admin.get(URL).context["counts"]}
    assert (counts["product"], counts["order"], counts["agent"]) == (2, 0, 9)


@pytest.mark.parametrize("user", ["alice", "lee", "ana", "carl"])
def test_readers_of_a_team_see_freshness_alone(client, world, shop, user):
    run = run_of(shop, rows_new=12345, errors=[{"row": 2, "value": "secret"}])
    client.force_login(getattr(world, user))
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "page_obj" not in answer.context and "counts" not in answer.context
    assert b"12345" not in answer.content
    assert client.get(f"{URL}imports/{run.pk}/").status_code == 404
    assert client.get(f"{URL}imports/{run.pk}/errors.csv").status_code == 404


@pytest.mark.parametrize("user", ["mona", "nora", "adam"])
def test_those_who_see_the_company_see_imports(client, world, shop, user):
    run = run_of(shop, rows_new=12345, rows_refused=3)
    client.force_login(getattr(world, user))
    (line,) = client.get(URL).context["sources"]
    assert (line.rows, line.last_refused) == (12345, 3)
    assert client.get(f"{URL}imports/{run.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["order", "product", "product"]),
        ("?record=order", ["order"]),
        ("?source=desk", ["product"]),
        ("?state=refused", ["order"]),
        ("?state=nonsense", ["order", "product", "product"]),
        ("?page=99", ["order", "product", "product"]),
    ],
)
def test_imports_are_filtered(admin, shop, query, found):
    desk = Source.objects.create(slug="desk", name="Desk")
    run_of(shop)
    run_of(desk)
    run_of(shop, record="order", state="refused")
    page = admin.get(URL + query).context["page_obj"]
    assert [run.record for run in page] == found


def test_as_many_queries_for_fifty_as_for_one(
    admin, shop, django_assert_max_num_queries
):
    run_of(shop)
    with django_assert_max_num_queries(35) as few:
        admin.get(URL)
    queries = len(few)
    for _number in range(60):
        run_of(shop)
    with django_assert_max_num_queries(queries):
        assert len(admin.get(URL).context["page_obj"]) == 50


class TestOne:
    ERRORS = [
        {"row": 3, "column": "Price", "value": "=dear", "reason": "Not a number."},
        {"row": 4, "column": "", "value": "", "reason": "<b>Required</b>"},
    ]

    @pytest.fixture
    def run(self, shop):
        return run_of(
            shop,
            state="refused",
            rows_read=9,
            rows_refused=2,
            errors=self.ERRORS,
            mapping={"columns": {"Price": "list_price"}},
            file_name="prices.csv",
        )

    def test_why_rows_were_refused(self, admin, run):
        content = admin.get(f"{URL}imports/{run.pk}/").content.decode()
        assert "Nothing was written: some rows could not be taken." in content
        for text in ("prices.csv", "Not a number.", "list_price", "2 rows refused"):
            assert text in content
        assert "&lt;b&gt;Required" in content and "<b>Required" not in content

    def test_the_reasons_as_a_file(self, admin, run):
        answer = admin.get(f"{URL}imports/{run.pk}/errors.csv")
        text = b"".join(answer.streaming_content).decode()
        assert list(csv.reader(io.StringIO(text))) == [
            ["Row", "Column", "Value", "Reason"],
            ["3", "Price", "'=dear", "Not a number."],
            ["4", "", "", "<b>Required</b>"],
        ]

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"rows_same": 4}, "Nothing changed: every row was known and equal."),
            (
                {"rows_new": 3, "rows_changed": 2, "rows_same": 1},
                "3 new rows, 2 changed, 1 equal.",
            ),
            ({"state": "failed"}, "It broke off."),
            ({"state": "writing"}, "It is still running."),
        ],
    )
    def test_what_it_came_to(self, admin, shop, values, words):
        content = admin.get(f"{URL}imports/{run_of(shop, **values).pk}/").content
        assert words in content.decode()

    def test_an_unknown_import_and_a_wrong_verb(self, admin, run):
        assert admin.get(f"{URL}imports/999999/").status_code == 404
        assert admin.post(f"{URL}imports/{run.pk}/").status_code == 405
        assert admin.post(URL).status_code == 405
