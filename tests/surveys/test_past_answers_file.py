"""A file of past answers as people have them: with every fault at once, then again."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from crmkpi.accounts.models import User
from crmkpi.crm.ingest.services import ingest
from crmkpi.crm.models import ImportRun
from surveys.models import Answer, Response, Survey
from tests.crm.rows import at
from tests.world import NOW

FILE = "\r\n".join(
    [
        "\ufeffNr;Umfrage;Art;Note;Beantwortet am;Mitarbeiter;Kommentar",
        "1;Altes Tool;Zufriedenheit;5;10.02.2026 09:30;Alice;Danke, <b>gut</b>",
        "2;Altes Tool;csat;9;10.02.2026;Alice;zu viel",
        "3;Altes Tool;csat;4,5;10.02.2026;Alice;",
        "4;Altes Tool;csat;4;10.02.2036;Alice;morgen",
        "5;Altes Tool;csat;4;31.02.2026;Niemand Neu;",
        "1;Altes Tool;csat;3;11.02.2026;Alice;doppelt",
        ";Altes Tool;csat;3;11.02.2026;Alice;ohne Nr",
        "7;;csat;3;11.02.2026;Alice;ohne Umfrage",
        "8;Altes Tool;Laune;3;11.02.2026;Alice;",
        "9;Altes Tool;csat;;11.02.2026;Alice;keine Note",
        "10;Altes Tool;nps;0;11.02.2026;Neue Kollegin;=1+1",
        "11;Altes Tool;csat;2;11.02.2026;Alice;eins;zu viel",
    ]
)
MAPPING = {
    "columns": {
        "Nr": "external_id",
        "Umfrage": "survey",
        "Art": "kind",
        "Note": "score",
        "Beantwortet am": "answered",
        "Mitarbeiter": "agent",
        "Kommentar": "comment",
    },
    "values": {"kind": {"Zufriedenheit": "csat"}},
    "date_order": "DMY",
    "decimal": ",",
}


@pytest.fixture
def bring(tmp_path, world):
    """Import a file as the command does; return what it says."""
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(MAPPING))

    def run(text, *options, source="old-tool", mapping=mapping):
        path = tmp_path / "answers.csv"
        path.write_text(text, encoding="utf-8", newline="")
        out = StringIO()
        given = ["--mapping", str(mapping)] if mapping else []
        try:
            call_command(
                "import_records", "response", str(path), *given, *options,
                "--source", source, "--json", stdout=out,
            )  # fmt: skip
        except SystemExit:  # some rows were refused
            pass
        return json.loads(out.getvalue())

    return run


def test_each_row_says_what_is_wrong_and_nothing_is_written(bring):
    people = User.objects.count()

    said = bring(FILE)

    assert [(each["row"], each["column"]) for each in said["errors"]] == [
        (3, "Note"),
        (4, "Note"),
        (5, "Beantwortet am"),
        (6, "Beantwortet am"),
        (7, "Nr"),
        (8, "Nr"),
        (9, "Umfrage"),
        (10, "Art"),
        (11, "Note"),
        (13, ""),
    ]
    reasons = {each["row"]: each["reason"] for each in said["errors"]}
    assert reasons[3] == "The score 9 is not on the scale from 1 to 5."
    assert reasons[7] == "Row 2 has the same id."
    assert (said["written"], Response.objects.count()) == (False, 0)
    assert not Survey.objects.exists()
    assert User.objects.count() == people


def test_the_good_rows_come_once_and_say_where_they_are_from(client, bring, world):
    first = bring(FILE, "--partial")
    again = bring(FILE, "--partial")

    assert (first["new"], first["refused"]) == (2, 10)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    assert Answer.objects.filter(value__isnull=False).count() == 2
    client.force_login(world.mona)
    survey = Survey.objects.get(kind="csat")
    page = client.get(reverse("surveys:answers", args=[survey.slug])).content.decode()
    assert "old-tool, 1</span>" in page
    assert "Danke, &lt;b&gt;gut&lt;/b&gt;" in page
    run = ImportRun.objects.first()
    page = client.get(reverse("crm:import", args=[run.pk])).content.decode()
    assert "The score 9 is not on the scale from 1 to 5." in page


@pytest.mark.parametrize("lacking", ["survey", "kind", "score", "answered"])
def test_a_table_without_a_column_that_is_needed(bring, lacking):
    row = {
        "external_id": "1",
        "survey": "Old",
        "kind": "csat",
        "score": "5",
        "answered": "2026-02-10",
    }
    del row[lacking]
    said = bring(f"{','.join(row)}\n{','.join(row.values())}\n", mapping=None)

    (error,) = said["errors"]
    assert (error["column"], error["reason"]) == (lacking, "This is required.")


def test_the_ids_of_our_own_pages_are_nobody_elses(bring):
    row = {"external_id": "invitation:1", "survey": "Old", "kind": "csat", "score": 5}
    with pytest.raises(CommandError, match="our own survey pages"):
        bring(FILE, source="Surveys")
    with pytest.raises(ValueError, match="our own survey pages"):
        ingest(
            "response",
            [row | {"answered": at("2026-02-10 08:00")}],
            source="surveys",
            now=NOW,
        )
