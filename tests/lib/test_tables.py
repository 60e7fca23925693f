import codecs
import gzip
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from crmkpi.lib import tables
from crmkpi.lib.tables import Footer, TableError, open_table, write_csv

Rows = list[tuple[int, list[str]]]


def read(data: str | bytes) -> tuple[list[str], Rows]:
    raw = data.encode() if isinstance(data, str) else data
    with open_table(io.BytesIO(raw), name="deals.csv") as table:
        return table.headings, list(table)


def footers(text: str) -> tuple[Rows, list[Footer]]:
    with open_table(io.BytesIO(text.encode()), name="report.csv") as table:
        return list(table), table.footers


def test_rows_carry_the_number_of_the_spreadsheet() -> None:
    headings, rows = read('id,name\n1,Ana\n2,"Joe\nLee"\n\n3,Mira\n')
    assert headings == ["id", "name"]
    # The cell with a line break is one row, the empty row counts but is left out.
    assert rows == [(2, ["1", "Ana"]), (3, ["2", "Joe\nLee"]), (5, ["3", "Mira"])]


@pytest.mark.parametrize(
    ("encoding", "mark", "seen"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
    ],
)
def test_the_encoding_is_found_out(encoding: str, mark: bytes, seen: str) -> None:
    raw = mark + "Name\tCity\r\nMüller\tKöln – Süd\r\n".encode(encoding)
    with open_table(io.BytesIO(raw), name="x") as table:
        assert table.encoding == seen
        assert table.headings == ["Name", "City"]
        assert list(table) == [(2, ["Müller", "Köln – Süd"])]


def test_an_odd_letter_at_the_very_end_decides() -> None:
    raw = b"id,name\n" + b"1,Ana\n" * 40_000 + "2,Müller\n".encode("cp1252")
    _headings, rows = read(raw)
    assert rows[-1] == (40_002, ["2", "Müller"])


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_delimiter_is_found_out(sign: str) -> None:
    text = f'id{sign}"a, b; c"{sign}price\n1{sign}x{sign}"1,5;6"\n'
    headings, rows = read(text)
    assert headings == ["id", "a, b; c", "price"]
    assert rows == [(2, ["1", "x", "1,5;6"])]


def test_commas_in_numbers_do_not_win_over_semicolons() -> None:
    headings, rows = read("amount;rate\n1,50;2,5\n2,75;3,5\n")
    assert headings == ["amount", "rate"]
    assert rows[0] == (2, ["1,50", "2,5"])


def test_the_line_for_spreadsheets_is_obeyed_and_not_counted() -> None:
    headings, rows = read("sep=;\r\na;b,c\r\n1;2,3\r\n")
    assert (headings, rows) == (["a", "b,c"], [(2, ["1", "2,3"])])


def test_one_column_needs_no_delimiter() -> None:
    assert read("mail\nana@example.org\n") == (["mail"], [(2, ["ana@example.org"])])


def test_equal_headings_are_kept_apart() -> None:
    headings, rows = read(
        "Create Date,Amount,create date,Create Date (2),Create Date\n1,2,3,4,5\n"
    )
    assert headings == [
        "Create Date",
        "Amount",
        "create date (3)",
        "Create Date (2)",
        "Create Date (4)",
    ]
    assert rows == [(2, ["1", "2", "3", "4", "5"])]


def test_headings_are_tidied() -> None:
    headings, _rows = read('" Deal \n Name ",,Amount,,\n1,2,3,,\n')
    assert headings == ["Deal Name", "Column 2", "Amount"]


def test_rows_are_fitted_to_the_headings_unless_something_would_be_lost() -> None:
    _headings, rows = read("a,b,c\n1,2\n1,2,3,,\n1,2,3,,5\n")
    assert rows == [
        (2, ["1", "2", ""]),
        (3, ["1", "2", "3"]),
        (4, ["1", "2", "3", "", "5"]),
    ]


def test_the_foot_of_a_report_is_told_and_left_out() -> None:
    rows, found = footers(
        "Owner,Amount,Stage,Type\nAna,5,Won,New\nTotal,5,,\n,,,\n"
        '"Grand Totals (1 records)",,,\n'
        "Confidential Information - Do Not Distribute,,,\n"
    )
    assert rows == [(2, ["Ana", "5", "Won", "New"])]
    assert found == [
        Footer(3, "Total 5"),
        Footer(5, "Grand Totals (1 records)"),
        Footer(6, "Confidential Information - Do Not Distribute"),
    ]


def test_a_thin_row_amid_others_is_a_record() -> None:
    rows, found = footers("a,b,c\n1,,\nTotal,,\n4,5,6\n")
    assert [number for number, _cells in rows] == [2, 3, 4]
    assert found == []


def test_many_thin_rows_at_the_end_are_records_but_for_the_last() -> None:
    rows, found = footers("a,b,c\n1,2,3\n" + "x,,\n" * 100)
    assert len(rows) + len(found) == 101
    assert len(found) == 20


def test_a_full_last_row_that_begins_with_total_is_a_record() -> None:
    rows, found = footers("Account,Amount,Stage\nTotal,5,Won\n")
    assert (len(rows), found) == (1, [])


def test_narrow_tables_have_no_foot() -> None:
    rows, found = footers("a,b\n1,\nTotal,\n")
    assert (len(rows), found) == (2, [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"PK\x03\x04rest", "not a CSV"),
        (b"\xd0\xcf\x11\xe0rest", "not a CSV"),
        (b"a,b\n1,\x00\n", "Line 2 holds a NUL"),
        (b'a,b\n1,2\n3,"open\n4,5\n', "row of line 3 is never closed"),
        (b'"a,b\n1,2\n', "row of line 1 is never closed"),
        (b'a,b\n1,2\n"x"y,5\n', "line 3 do not match"),
        (b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8", "cannot be read"),
        (b"a,b\n\x81,\xe4\n", "cannot be read"),
        (b"\x1f\x8b\x08\x00broken", "damaged"),
        (gzip.compress(b"a,b\n1,2\n")[:-6], "damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read(data)


def test_rows_before_an_open_quotation_mark_are_not_the_whole_story() -> None:
    with open_table(io.BytesIO(b'a,b\n1,2\n3,"x\n4,5\n'), name="x") as table:
        rows = iter(table)
        assert next(rows) == (2, ["1", "2"])
        with pytest.raises(TableError, match="line 3"):
            next(rows)


def test_a_large_cell_is_allowed_up_to_the_limit() -> None:
    _headings, rows = read('a,b\n1,"' + "x" * tables.MAX_CELL + '"\n')
    assert len(rows[0][1][1]) == tables.MAX_CELL
    with pytest.raises(TableError, match=r"line 2 is longer than 1,000,000"):
        read('a,b\n1,"' + "x" * (tables.MAX_CELL + 1) + '"\n')


def test_an_open_quotation_mark_does_not_swallow_a_large_file() -> None:
    lines = 'a,b\n1,"open\n' + "some text without any quotation mark\n" * 40_000
    with pytest.raises(TableError, match=r"line 2 .* quotation mark"):
        read(lines)


def test_a_file_without_line_breaks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_LINE", 1000)
    with pytest.raises(TableError, match="Line 2 is longer"):
        read("a,b\n" + "x" * 1001)


def test_too_many_columns_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_COLUMNS", 3)
    assert read("a,b,c,,\n")[0] == ["a", "b", "c"]
    with pytest.raises(TableError, match="3 columns"):
        read("a,b,c,d\n")


def test_a_packed_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv.gz"
    path.write_bytes(gzip.compress("id;name\n1;Müller\n".encode("cp1252")))
    with open_table(path, name=path.name) as table:
        assert list(table) == [(2, ["1", "Müller"])]
    with open_table(str(path), name=path.name) as table:
        assert table.headings == ["id", "name"]


def test_a_packed_file_that_swells_is_refused() -> None:
    bomb = gzip.compress(b"a,b\n" + b"0,0\n" * 8_000_000)
    with pytest.raises(TableError, match="200 times"):
        open_table(io.BytesIO(bomb), name="bomb")


def test_a_packed_file_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED", 1000)
    with pytest.raises(TableError, match="2 GB"):
        open_table(io.BytesIO(gzip.compress(b"a,b\n" * 300)), name="large")


def test_a_file_that_is_no_table_is_closed_again(tmp_path: Path) -> None:
    # An open file would be reported as a warning, and warnings are errors here.
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(TableError, match="empty"):
        open_table(path, name=path.name)


class Pipe(io.RawIOBase):
    """Bytes that can be read once, such as a request body."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


def test_a_stream_that_cannot_be_rewound_is_copied_first() -> None:
    with open_table(Pipe(b"a,b\n1,2\n"), name="body") as table:  # type: ignore[arg-type]
        assert list(table) == [(2, ["1", "2"])]


def test_a_file_object_is_read_from_its_start_and_stays_open() -> None:
    file = io.BytesIO(b"a,b\n1,2\n")
    file.read()
    for _time in range(2):
        with open_table(file, name="x") as table:
            assert list(table) == [(2, ["1", "2"])]
    with pytest.raises(TableError):
        open_table(io.BytesIO(b""), name="x")
    assert not file.closed


# Writing


def lines(headings: list[str], rows: list[list[object]]) -> list[str]:
    return list(write_csv(headings, rows))


def test_rows_are_written_one_by_one() -> None:
    def endless() -> Iterator[list[object]]:
        while True:
            yield [1, "x"]

    writer = write_csv(["id", "name"], endless())
    assert [next(writer) for _line in range(3)] == ["id,name\r\n", "1,x\r\n", "1,x\r\n"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1234",
        "-1+2",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "  =1+1",
        "\n=1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "'=1+1",
    ],
)
def test_formulas_are_made_harmless_in_cells_and_headings(text: str) -> None:
    raw = "".join(lines([text, "b"], [[text, 1]])).encode()
    first, second = raw.split(b"1\r\n")[0], raw
    assert b"'" + text.encode() in first
    assert second.count(b"'" + text.encode()) == 2
    headings, rows = read(raw)
    assert rows == [(2, [text, "1"])]
    assert headings[0] == " ".join(text.split())


def test_numbers_stay_numbers() -> None:
    row: list[object] = [-5, -5.25, Decimal("-1E+2"), "-5", "-1,054.00", None, True]
    assert lines(["n"], [row])[1] == '-5,-5.25,-100,-5,"-1,054.00",,True\r\n'


def test_what_is_not_finite_is_an_empty_cell() -> None:
    row: list[object] = [float("nan"), float("inf"), Decimal("NaN"), 1]
    assert lines(["n"], [row])[1] == ",,,1\r\n"


def test_translated_texts_are_guarded_too() -> None:
    assert lines(["n"], [[gettext_lazy("=x")]])[1] == "'=x\r\n"


cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)


@given(st.lists(st.tuples(cells, cells, cells), max_size=10))
def test_what_is_written_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    raw = "".join(write_csv(["id", "b", "c", "d"], [["k", *row] for row in rows]))
    with open_table(io.BytesIO(raw.encode("utf-8-sig")), name="x") as table:
        # Rows with nothing but the key may be taken for the foot at the very end.
        found = [row for _number, row in table]
        foot = len(table.footers)
    expected = [["k", *row] for row in rows]
    assert found == expected[: len(expected) - foot]
    assert not any(any(row[1:]) for row in expected[len(found) :])
