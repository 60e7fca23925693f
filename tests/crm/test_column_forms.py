"""The step of an import that asks what each column of a file holds."""

import base64
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crmkpi.crm.column_forms import ColumnsForm
from crmkpi.crm.ingest.headings import (
    MOST_COLUMNS,
    Column,
    columns_of,
    guess_date_order,
    guess_fields,
)
from crmkpi.crm.ingest.registry import get_record
from crmkpi.crm.uploads import MOST_BYTES, packed, unpacked
from crmkpi.lib.tables import TableError

ALSO = {"subject": ("title", "concern"), "opened": ("created at", "date")}


def ticket_form(headings, **chosen):
    return ColumnsForm(
        {"table": "x", "file_name": "t.csv", **chosen},
        record=get_record("ticket"),
        columns=[Column(heading, ()) for heading in headings],
        guesses={},
    )


def guess(*headings):
    return guess_fields(get_record("ticket"), headings, also=ALSO)


def test_columns_with_what_they_hold_first(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "Id;Note\u202e;Empty\n1;good;\n2;good; \n3;;\n4;bad\u200b;\n5;so;\n"
    )

    number, note, empty = columns_of(path)

    assert number == Column("Id", ("1", "2", "3"))
    assert (note.shown, note.samples) == ("Note", ("good", "bad", "so"))
    assert (empty.heading, empty.samples) == ("Empty", ())


def test_more_columns_than_anybody_can_be_asked_about(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)))

    with pytest.raises(TableError, match="more than 200 columns"):
        columns_of(path)


def test_guesses_by_name_then_by_words_each_field_once():
    assert guess("External ID", "opened", "Date", "Title:", "TITLE") == {
        "External ID": "external_id",
        "opened": "opened",
        "Title:": "subject",
    }
    assert guess("Date", "created-at", "is_complaint") == {
        "created-at": "opened",
        "is_complaint": "is_complaint",
    }
    assert guess("Date", "What is this", "") == {"Date": "opened"}


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (("T-1", "13/02/2026 10:00"), "DMY"),
        (("02/03/2026", "02/13/2026"), "MDY"),
        (("2.3.2026",), "DMY"),
        (("2026-03-02T10:00:00Z",), "YMD"),
        (("02/03/2026",), ""),
        (("1.2.3.2026", "12345678", "٢٠٢٦-٠١-٠١", ""), ""),
    ],
)
def test_the_order_of_dates_where_it_is_plain(texts, order):
    assert guess_date_order([Column("A", texts[:1]), Column("B", texts[1:])]) == order


def test_what_every_row_needs_is_asked_for():
    form = ticket_form(["Id", "When"], **{"column-0": "external_id"})
    assert not form.is_valid()
    assert form.non_field_errors() == [
        "No column is chosen for what every row needs: Opened."
    ]

    whole = {"column-0": "external_id", "column-1": "opened"}
    form = ticket_form(["Id", "When", "Else"], **whole, **{"column-2": ""})
    assert form.is_valid()
    assert form.chosen() == {"Id": "external_id", "When": "opened"}


def test_one_field_from_two_columns_only_where_they_are_text():
    needed = {"column-0": "external_id", "column-1": "opened"}
    headings = ["Id", "When", "A", "B"]

    texts = ticket_form(
        headings, **needed, **{"column-2": "subject", "column-3": "subject"}
    )
    assert texts.is_valid()
    for name in ("csat", "external_id", "agent"):
        doubled = ticket_form(
            headings, **needed, **{"column-2": name, "column-3": name}
        )
        assert "is chosen as" in doubled.errors["column-3"][0], name


def test_what_no_field_is_called_is_refused():
    assert "column-0" in ticket_form(["Id"], **{"column-0": "nothing"}).errors


def test_a_file_goes_along_with_the_page():
    content = "Nr;Größe\n1;2\n".encode() * 1000
    sent = SimpleUploadedFile("sizes.csv", content)
    sent.read()  # somebody looked at it

    back = unpacked(packed(sent), name=sent.name)

    assert (back.name, back.read()) == ("sizes.csv", content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "ä",
        "\x00",
        base64.b64encode(b"no table").decode(),
        base64.b64encode(zlib.compress(b"a,b\n" * 99)[:-5]).decode(),
        base64.b64encode(zlib.compress(b"\0" * (MOST_BYTES + 1))).decode(),
    ],
)
def test_what_did_not_come_through_whole_is_not_read(text):
    with pytest.raises(TableError, match="Choose it once more"):
        unpacked(text, name="t.csv")
