"""Tables as workbooks (XLSX), as safe in a spreadsheet as our CSV files are."""

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from crmkpi.lib.tables import guarded

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_TEXT = 32_767  # characters that a cell of a workbook holds
_ROWS = 1_048_576  # of one sheet
_IN_MEMORY = 4 * 1024**2
_PIECE = 64 * 1024
_OPTIONS = {
    "constant_memory": True,  # rows go to a file one by one
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_xlsx(
    headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[bytes]:
    """Yield a workbook in pieces; nothing comes before all rows were read.

    Shape: headings in bold, numbers as numbers, all else as text. A text that would
    run as a formula gets a leading apostrophe, as in `write_csv`, since people save
    sheets as CSV; None and what is not finite are empty cells. More rows than a sheet
    holds go on in another one under the same headings.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        with xlsxwriter.Workbook(file, _OPTIONS) as book:
            _fill(book, headings, rows)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _fill(
    book: xlsxwriter.Workbook,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> None:
    sheet, at = _sheet(book, headings), 1
    for row in rows:
        if at == _ROWS:
            sheet, at = _sheet(book, headings), 1
        for column, value in enumerate(row):
            _write(sheet, at, column, value)
        at += 1


def _sheet(book: xlsxwriter.Workbook, headings: Sequence[str]) -> Worksheet:
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for column, text in enumerate(headings):
        sheet.write_string(0, column, guarded(text), bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, int | float | Decimal):
        if math.isfinite(value):
            sheet.write_number(row, column, float(value))
    elif value is not None and value != "":
        sheet.write_string(row, column, guarded(str(value))[:MAX_TEXT])
