"""manage.py import_records: files in, a report and an exit status out."""

import gzip
import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from crmkpi.crm.ingest import files
from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import Customer, ImportRun, Interaction, Product, Source

pytestmark = pytest.mark.django_db

GOOD = "name,list_price\nKettle,30\nCup,4.50\n"
BAD = "name,list_price\nKettle,30\nCup,dear\n,4\nPot,9\n"


@pytest.fixture
def command(tmp_path):
    """Run the command on the text of a file; return status, stdout and stderr."""

    def run(record, text, *options, name="rows.csv", mapping=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if mapping is not None:
            (tmp_path / "mapping.json").write_text(json.dumps(mapping))
            options = (*options, "--mapping", str(tmp_path / "mapping.json"))
        out, err, status = io.StringIO(), io.StringIO(), 0
        try:
            call_command(
                "import_records", record, str(path), *options, stdout=out, stderr=err
            )
        except SystemExit as end:
            status = end.code
        return SimpleNamespace(
            status=status, out=out.getvalue().strip(), err=err.getvalue()
        )

    return run


def test_a_file_is_imported_and_noted(command):
    done = command("product", GOOD, "--source", "Web Shop")
    assert (done.status, done.out) == (
        0,
        "2 rows read: 2 new, 0 changed, 0 equal, 0 refused.",
    )
    run = ImportRun.objects.get()
    assert (run.record, run.state, run.file_name) == ("product", "done", "rows.csv")
    assert (run.rows_read, run.rows_new, run.rows_refused) == (2, 2, 0)
    assert len(run.file_hash) == 64
    assert run.finished_at >= run.started_at
    assert set(Product.objects.values_list("import_run", flat=True)) == {run.pk}
    source = Source.objects.get()
    assert (source.slug, source.name) == ("web-shop", "Web Shop")
    assert source.last_success_at == run.finished_at


def test_the_same_file_again_changes_nothing(command):
    command("product", GOOD)
    before = list(Product.objects.values())
    done = command("product", GOOD)
    assert (done.status, done.out) == (
        0,
        "2 rows read: 0 new, 0 changed, 2 equal. Nothing changed.",
    )
    assert list(Product.objects.values()) == before


def test_a_changed_file_changes_its_rows(command):
    command("product", GOOD)
    assert "1 changed, 1 equal" in command("product", GOOD.replace("30", "31")).out


def test_one_bad_row_keeps_all_out(command):
    done = command("product", BAD)
    assert done.status == 1
    assert done.out == "4 rows read, 2 refused: nothing was written."
    assert done.err.splitlines() == [
        "row 3, list_price: “dear” “dear” is not a number.",
        "row 4, name: This is required.",
    ]
    assert not Product.objects.exists()
    run = ImportRun.objects.get()
    assert (run.state, run.rows_refused, run.rows_new) == ("refused", 2, 0)
    assert run.errors[1] == {
        "row": 4,
        "column": "name",
        "value": "",
        "reason": "This is required.",
    }
    assert Source.objects.get().last_success_at is None


def test_the_good_rows_may_be_taken(command):
    done = command("product", BAD, "--partial")
    assert done.status == 1
    assert done.out == "4 rows read: 2 new, 0 changed, 0 equal, 2 refused."
    assert set(Product.objects.values_list("name", flat=True)) == {"Kettle", "Pot"}
    assert ImportRun.objects.get().state == "done"


def test_a_dry_run_writes_nothing(command):
    done = command("product", GOOD, "--dry-run")
    assert (done.status, done.out) == (
        0,
        "2 rows read, 2 good, 0 refused: nothing was written.",
    )
    assert not Product.objects.exists()
    assert not Source.objects.exists()
    assert not ImportRun.objects.exists()
    assert command("product", BAD, "--dry-run").status == 1


def test_json(command):
    done = command("product", BAD, "--json", "--source", "Shop")
    assert done.status == 1
    assert json.loads(done.out) == {
        "record": "product",
        "source": "shop",
        "dry_run": False,
        "written": False,
        "rows": 4,
        "new": 0,
        "changed": 0,
        "same": 0,
        "erased": 0,
        "refused": 2,
        "errors": [
            {
                "row": 3,
                "column": "list_price",
                "value": "dear",
                "reason": "“dear” is not a number.",
            },
            {"row": 4, "column": "name", "value": "", "reason": "This is required."},
        ],
        "warnings": {},
        "columns_not_read": [],
        "import": ImportRun.objects.get().pk,
    }


def test_packed_and_otherwise_encoded_files(command):
    command("product", gzip.compress(GOOD.encode()), name="rows.csv.gz")
    command("customer", "name;country\nMüller;Österreich\n".encode("cp1252"))
    command("customer", "name\tcountry\nŻuk\tPolska\n".encode("utf-16"))
    assert Product.objects.count() == 2
    assert dict(Customer.objects.values_list("name", "country")) == {
        "Müller": "Österreich",
        "Żuk": "Polska",
    }


def test_a_mapping_is_used_and_kept(command):
    mapping = {
        "columns": {"id": "external_id", "date": "started", "time": "started"},
        "constants": {"channel": "phone"},
        "zone": "UTC",
    }
    text = "id,date,time,mood\n1,2026-02-02,09:12:58,fine\n"
    done = command("interaction", text, mapping=mapping)
    assert (done.status, done.err) == (0, "Columns not read: mood\n")
    assert Interaction.objects.get().started_at.isoformat() == (
        "2026-02-02T09:12:58+00:00"
    )
    assert ImportRun.objects.get().mapping == mapping
    assert Source.objects.get().mapping == {"interaction": mapping}


def test_errors_name_the_columns_of_the_table(command):
    mapping = {"columns": {"Item": "name", "Price": "list_price"}}
    done = command("product", "Item,Price\n,4\nCup,dear\n", mapping=mapping)
    assert done.err.splitlines() == [
        "row 2, Item: This is required.",
        "row 3, Price: “dear” “dear” is not a number.",
    ]


def test_an_id_twice_in_one_file(command):
    done = command("product", "name\nCup\nPot\nCup\n")
    assert done.err.splitlines() == ["row 4, external_id: “Cup” Row 2 has the same id."]


def test_rows_below_the_table_are_left_out_and_told(command):
    text = "external_id,name,family\n1,Cup,C\n,,\nGrand Totals (1 records),,\n"
    done = command("product", text)
    assert done.status == 0
    assert "Lines below the table left out: 1" in done.err


def test_long_files_are_written_in_parts(command, monkeypatch):
    monkeypatch.setattr(files, "PART", 2)
    rows = "".join(f"c{number},c{number + 1}\n" for number in range(5))
    done = command("customer", f"name,parent\n{rows}c5,\n")
    assert done.out == "6 rows read: 6 new, 0 changed, 0 equal, 0 refused."
    parents = dict(Customer.objects.values_list("name", "parent__name"))
    assert parents == {f"c{n}": f"c{n + 1}" for n in range(5)} | {"c5": None}


def test_a_parent_that_never_comes_keeps_all_out(command, monkeypatch):
    monkeypatch.setattr(files, "PART", 1)
    done = command("customer", "name,parent\nc0,c1\nc1,c9\n")
    assert (done.status, Customer.objects.count()) == (1, 0)
    assert done.err.splitlines() == [
        "row 3, parent: “c9” There is no customer with this id or name."
    ]
    done = command("customer", "name,parent\nc0,c1\nc1,c9\n", "--partial")
    assert list(Customer.objects.values_list("name", "parent")) == [("c0", None)]


def test_what_was_written_before_a_crash_stays(command, monkeypatch):
    monkeypatch.setattr(files, "PART", 1)
    write = files.Intake.write

    def crash_at_the_second(self, rows):
        if self.outcome.taken:
            raise RuntimeError("the power went")
        write(self, rows)

    monkeypatch.setattr(files.Intake, "write", crash_at_the_second)
    with pytest.raises(RuntimeError):
        command("product", GOOD)
    assert Product.objects.count() == 1
    assert ImportRun.objects.get().state == "failed"
    monkeypatch.setattr(files.Intake, "write", write)
    done = command("product", GOOD)
    assert done.out == "2 rows read: 1 new, 0 changed, 1 equal, 0 refused."


def test_an_import_that_was_killed_is_marked_by_the_next(command):
    command("product", GOOD)
    ImportRun.objects.update(state="writing", finished_at=None)
    command("product", GOOD)
    states = ImportRun.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "done"]


def said(*arguments):
    with pytest.raises(CommandError) as caught:
        call_command("import_records", *arguments)
    return str(caught.value)


def test_what_cannot_be_imported_is_told(tmp_path):
    known = ", ".join(RECORDS)
    empty, packed = tmp_path / "empty.csv", tmp_path / "book.xlsx"
    empty.write_text("")
    packed.write_bytes(b"PK\x03\x04....")
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"colums": {}}')
    assert said("case", "x.csv") == (
        f"There is no record “case”. Records are: {known}."
    )
    assert said("product", "nowhere.csv") == "nowhere.csv: No such file or directory"
    assert said("product") == "Name a record and a file, or --fields RECORD."
    assert said("product", str(empty)) == "The file is empty."
    assert "not a CSV file" in said("product", str(packed))
    assert "no key “colums”" in said("product", str(empty), "--mapping", str(mapping))
    assert said("product", str(empty), "--source", "…") == (
        "Give the source a name of letters or digits."
    )
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("record", list(RECORDS))
def test_fields_of_every_record(record, capsys):
    call_command("import_records", "--fields", record)
    printed = capsys.readouterr().out
    for field in RECORDS[record].fields:
        assert f"\n{field.name} " in printed
    assert '"date": "started"' in printed
    call_command("import_records", "--fields", record, "--json")
    listed = json.loads(capsys.readouterr().out)
    assert [field["name"] for field in listed] == list(RECORDS[record].field_names)


def test_the_records_are_those_that_people_were_promised():
    assert set(RECORDS) == {
        *("team", "agent", "customer", "contact", "product", "campaign", "lead"),
        *("opportunity", "order", "contract", "ticket", "interaction", "cost"),
        *("agent_time", "process_run", "engagement_day", "market_figure", "response"),
        "exchange_rate",
    }
