"""Workbooks, read back from their XML."""

import io
import re
import zipfile
from decimal import Decimal

from crmkpi.lib import workbooks
from crmkpi.lib.workbooks import write_xlsx


def sheets(pieces):
    """The cells of each sheet: (formula or not, type, text), by row."""
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as book:
        names = sorted(name for name in book.namelist() if "worksheets/sheet" in name)
        texts = [book.read(name).decode() for name in names]
    return [
        [
            [
                ("t=" in cell[0], re.sub(r"<[^>]+>", "", cell[1]), "<f>" in cell[1])
                for cell in re.findall(r"<c ([^>]*)>(.*?)</c>", row)
            ]
            for row in re.findall(r"<row [^>]*>(.*?)</row>", text)
        ]
        for text in texts
    ]


def test_formula_on_export():
    texts = ["=1+1", "+1", "-1+2", "@SUM(1)", "\t=1", "  ＝1", "https://evil.example"]

    (rows,) = sheets(write_xlsx(["=A1", "b"], [[text, 1] for text in texts]))

    assert rows[0][0][1] == "'=A1"
    assert [row[0][1] for row in rows[1:]] == [
        "'=1+1",
        "'+1",
        "'-1+2",
        "'@SUM(1)",
        "'\t=1",
        "'  ＝1",
        "https://evil.example",
    ]
    assert not any(is_formula for row in rows for _, _, is_formula in row)


def test_numbers_stay_numbers():
    values = [3, 2.5, Decimal("1.25"), "-7", "007", None, "", float("nan")]

    (rows,) = sheets(write_xlsx([str(n) for n in range(8)], [values]))

    assert [(is_text, text) for is_text, text, _ in rows[1]] == [
        (False, "3"),
        (False, "2.5"),
        (False, "1.25"),
        (True, "-7"),
        (True, "007"),
    ]


def test_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr(workbooks, "_ROWS", 3)

    found = sheets(write_xlsx(["n"], [[n] for n in range(5)]))

    assert [[row[0][1] for row in sheet] for sheet in found] == [
        ["n", "0", "1"],
        ["n", "2", "3"],
        ["n", "4"],
    ]


def test_no_rows():
    assert [[cell[1] for cell in row] for row in sheets(write_xlsx(["a"], []))[0]] == [
        ["a"]
    ]
