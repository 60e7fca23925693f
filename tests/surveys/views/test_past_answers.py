"""Past answers from a file on the page: checked, taken, refused row by row."""

import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crmkpi.crm.models import ImportRun, Source
from surveys.models import Answer, Response, Survey
from tests.surveys.test_past_answers_file import FILE, MAPPING
from tests.world import NOW

GOOD = "external_id,survey,kind,score,answered\n1,Old tool,csat,5,2026-02-10\n"


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def send(client, world):
    client.force_login(world.mona)

    def post(text, take="all", **fields):
        content = text if isinstance(text, bytes) else text.encode()
        given = {"source": "Old tool", "date_order": "YMD", "take": take} | fields
        given["file"] = SimpleUploadedFile("answers.csv", content, "text/csv")
        return client.post(reverse("surveys:past_answers"), given)

    return post


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
    fields = {"columns": json.dumps(MAPPING)}

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
    taken = client.get(send(FILE, "good", columns=json.dumps(MAPPING)).url)
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
        (GOOD, {"columns": "{"}, "columns"),
        (GOOD, {"columns": "[" * 5_000}, "columns"),
        (GOOD, {"columns": "[]"}, "columns"),
        (GOOD, {"columns": r'{"columns": {"x": "\ud800"}}'}, "columns"),
        (GOOD, {"columns": r'{"constants": {"comment": "\u0000"}}'}, "columns"),
        (GOOD, {"columns": '{"columns": {"x": "nothing"}}'}, "columns"),
        (GOOD, {"source": "surveys"}, "source"),
        (GOOD, {"source": "!"}, "source"),
        (GOOD, {"take": "steal"}, "take"),
    ],
)
def test_what_is_no_table_is_said_beside_its_field(send, text, fields, field):
    answer = send(text, **fields)

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Response.objects.exists()


def test_words_in_a_file_are_escaped(client, send):
    hostile = "<script>alert(1)</script>"
    bad = GOOD.replace("csat", hostile)

    for answer in (send(bad, "check"), client.get(send(bad).url)):
        said = answer.content.decode()
        assert hostile not in said
        assert "&lt;script&gt;" in said


def test_only_who_manages_the_whole_company(client, world):
    url = reverse("surveys:past_answers")
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
