"""Past answers from a file on the page: checked, taken, refused row by row."""

import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crmkpi.crm.models import ImportRun, Source
from surveys.models import Answer, Response, Survey
from tests.metrics.views.reading import words
from tests.surveys.drafting import filled_in
from tests.surveys.test_past_answers_file import FILE, MAPPING
from tests.world import NOW

URL = "/surveys/past/"
GOOD = "external_id,survey,kind,score,answered\n1,Old tool,csat,5,2026-02-10\n"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def upload(client, world):
    """Return what sends a file, as on the first page."""
    client.force_login(world.mona)

    def post(text, **fields):
        content = text if isinstance(text, bytes) else text.encode()
        given = {"source": "Old tool"} | fields
        given["file"] = SimpleUploadedFile("answers.csv", content, "text/csv")
        return client.post(URL, given)

    return post


@pytest.fixture
def send(client, upload):
    """Return what goes through both pages, with the guesses but for `fields`."""

    def post(text, take="all", mapping="", **fields):
        asked = upload(text, mapping=mapping)
        assert asked.status_code == 200, asked.context["form"].errors
        return client.post(
            URL, filled_in(asked.context["form"]) | {"take": take} | fields
        )

    return post


def chosen(response):
    """Which field stands beside each heading."""
    return {
        column.heading: field.value() for column, field in response.context["form"].rows
    }


def test_a_file_twice_is_taken_once(client, send):
    first, again = send(GOOD), send(GOOD)

    runs = ImportRun.objects.order_by("pk")
    assert [first.url, again.url] == [
        reverse("crm:import", args=[run.pk]) for run in runs
    ]
    assert [(run.rows_new, run.rows_same) for run in runs] == [(1, 0), (0, 1)]
    assert runs[0].actor.name == "Mona"
    assert runs[0].file_name == "answers-answers.csv"
    assert Response.objects.get().origin == Response.Origin.IMPORT
    shown = client.get(reverse("surveys:list")).content.decode()
    assert reverse("surveys:past_answers") in shown


def test_each_wrong_row_is_named_and_none_is_written(client, send):
    fields = {"mapping": json.dumps(MAPPING)}

    checked = send(FILE, "check", **fields)

    assert checked.status_code == 200
    said = checked.content.decode()
    assert "nothing written" in said
    assert {error.row for error in checked.context["errors"]} >= {3, 4, 5, 6}
    assert not ImportRun.objects.exists()
    assert not Survey.objects.filter(is_imported=True).exists()
    refused = client.get(send(FILE, "all", **fields).url).content.decode()
    assert "Nothing was written" in refused
    assert not Answer.objects.exists()


def test_the_good_rows_and_the_mapping_of_last_time(client, send):
    taken = client.get(send(FILE, "good", mapping=json.dumps(MAPPING)).url)
    assert "rows refused" in taken.content.decode()
    kept = Response.objects.count()
    assert kept > 0

    send(FILE, "good")  # read as the last file of this system

    assert Response.objects.count() == kept
    assert ImportRun.objects.order_by("-pk")[0].rows_same == kept


@pytest.mark.parametrize(
    ("text", "fields", "field"),
    [
        (b"", {}, "file"),
        (GOOD + "2,\x00,csat,5,2026-02-10\n", {}, "file"),
        (b"\x1f\x8b\x08", {}, "file"),
        (b"x" * (1024**2 + 1), {}, "file"),
        (",".join(f"h{n}" for n in range(300)), {}, "file"),
        (GOOD, {"mapping": "{"}, "mapping"),
        (GOOD, {"mapping": "[" * 5_000}, "mapping"),
        (GOOD, {"mapping": "[]"}, "mapping"),
        (GOOD, {"mapping": r'{"columns": {"x": "\ud800"}}'}, "mapping"),
        (GOOD, {"mapping": r'{"constants": {"comment": "\u0000"}}'}, "mapping"),
        (GOOD, {"mapping": '{"columns": {"x": "nothing"}}'}, "mapping"),
        (GOOD, {"source": "surveys"}, "source"),
        (GOOD, {"source": "!"}, "source"),
    ],
)
def test_what_is_no_table_is_said_beside_its_field(upload, text, fields, field):
    answer = upload(text, **fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"take": "steal"}, "take"),
        ({"source": "surveys"}, "source"),
        ({"told": "["}, "told"),
        ({"told": "[]"}, "told"),
        ({"told": '{"constants": []}'}, "told"),
        ({"kind": "mood"}, "kind"),
        ({"survey": "a\x00b"}, "survey"),
        ({"column-1": "nothing"}, "column-1"),
        ({"column-1": "score"}, "column-3"),
        ({"column-3": ""}, "__all__"),
        ({"file_name": "x" * 999}, "file_name"),
        ({"table": "x"}, "file"),
        ({"table": ""}, "file"),
    ],
)
def test_what_nobody_may_choose_is_said_beside_its_field(send, fields, field):
    answer = send(GOOD, **fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Response.objects.exists()


EXPORT = (
    "Response ID;Date;Rating;Feedback;Browser\n"
    "a1;10.02.2026 09:30;5;Good;Firefox\nb2;11.02.2026;2;Slow;\n"
)


def test_headings_are_guessed_and_shown_with_what_is_below_them(upload):
    asked = upload(EXPORT)

    assert chosen(asked) == {
        "Response ID": "external_id",
        "Date": "answered",
        "Rating": "score",
        "Feedback": "comment",
        "Browser": "",
    }
    said = words(asked.content.decode())
    assert "Response ID a1 b2 Not read External id (needed)" in said
    assert "10.02.2026 09:30 11.02.2026" in said
    assert not ImportRun.objects.exists()


def test_what_every_row_needs_is_missed_by_name_and_may_be_the_same_in_all(
    client, send
):
    lacking = send(EXPORT)
    assert lacking.status_code == 422
    assert (
        "No column is chosen for what every row needs: Survey and Kind."
        in lacking.content.decode()
    )

    # The file is still there: only what is missing is said.
    again = filled_in(lacking.context["form"]) | {"survey": "Shop", "kind": "csat"}
    run = client.get(client.post(URL, again | {"take": "all"}).url).context["run"]

    assert (run.rows_new, run.rows_refused) == (2, 0)
    assert Survey.objects.get(is_imported=True).name == "Shop"
    assert Answer.objects.filter(kind="text").count() == 2


def test_the_next_file_of_a_system_is_read_as_the_last_one(upload, send):
    """Also that a column is not read, and what is the same in all rows."""
    same = {"survey": "Shop", "kind": "csat", "date_order": "MDY"}
    text = EXPORT.replace("10.02.2026", "02/10/2026").replace("11.02.", "02/11/")
    send(text, **same, **{"column-3": "", "column-4": "agent"})

    asked = upload(EXPORT.replace("Browser", "Browser;Comment"))

    assert chosen(asked) == {
        "Response ID": "external_id",
        "Date": "answered",
        "Rating": "score",
        "Feedback": "",
        "Browser": "agent",
        "Comment": "comment",
    }
    form = asked.context["form"]
    assert {name: form[name].value() for name in same} == same


def test_checked_first_and_taken_with_one_more_press(client, send):
    checked = send(GOOD, "check")
    assert "Every row is good." in checked.content.decode()
    assert not Response.objects.exists()

    taken = client.post(URL, filled_in(checked.context["form"]) | {"take": "all"})

    assert taken.status_code == 302
    assert Response.objects.count() == 1


def test_words_in_a_file_are_escaped(client, send):
    hostile = "<script>alert(1)</script>"
    bad = GOOD.replace("csat", hostile).replace("kind", f"{hostile},kind")
    fields = {"column-3": "", "column-2": "kind", "column-4": "score"}

    for answer in (
        send(bad, "check", **fields),
        client.get(send(bad, **fields).url),
        send(bad, **fields | {"told": hostile, "file_name": hostile}),
    ):
        said = answer.content.decode()
        assert hostile not in said
        assert "&lt;script&gt;" in said


def test_only_who_manages_the_whole_company(client, world):
    url = URL
    for person, status in (
        (world.mona, 200),
        (world.ana, 403),
        (world.nora, 403),
        (world.alice, 403),
        (world.adam, 403),
    ):
        client.force_login(person)
        assert client.get(url).status_code == status, person
        assert url in client.get(reverse("surveys:list")).text or status == 403
    assert not Source.objects.filter(slug="old-tool").exists()
