"""Tables in files: read CSV row by row, write CSV that a spreadsheet cannot run."""

import codecs
import csv
import gzip
import io
import math
import re
import shutil
import tempfile
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, NamedTuple, Self, cast

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_CELL = 1_000_000  # characters
MAX_COLUMNS = 16_384  # as many as a spreadsheet has
MAX_LINE = 16_000_000  # characters without a line break
MAX_UNPACKED = 2 * 1024**3  # bytes that a compressed file may unfold to
MAX_RATIO = 200  # unpacked ÷ packed; real tables stay below 50
_RATIO_FROM = 16 * 1024**2  # bytes unpacked before the ratio is looked at
_IN_MEMORY = 16 * 1024**2
_SAMPLE = 65_536
_HELD_BACK = 20  # rows that may turn out to be the foot of a report

# One limit for the whole process, so it is raised once and for all.
csv.field_size_limit(MAX_CELL)


class TableError(ValueError):
    """A file that cannot be read as a table, in words for the user."""


@dataclass(frozen=True)
class Footer:
    row_number: int  # as in the spreadsheet
    text: str  # its filled cells


class Table:
    """The rows of one file, to be read once.

    Shape: iteration gives `(row_number, cells)`. The row number is that of the
    spreadsheet, headings being row 1. Short rows are filled up with empty cells and
    empty cells beyond the headings are dropped; a row with *filled* cells beyond them
    comes as it is, longer than `headings`, for the caller to reject. Empty rows are
    left out. `footers` holds, once all rows are read, the total and copyright lines
    that were found below the last row and left out.
    Raises: TableError when the rest of the file cannot be read.
    """

    def __init__(self, name: str, raw: IO[bytes], *, owned: bool) -> None:
        self.name = name
        self.footers: list[Footer] = []
        self._raw = raw
        self._owned = owned
        self.encoding = _encoding_of(_unpacked(raw))
        self._lines = _Lines(_unpacked(raw), self.encoding)
        self.delimiter = self._lines.delimiter
        self._reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        self._row_number = 0
        self.headings = self._read_headings()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        if self._owned:
            self._raw.close()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        held: deque[tuple[int, list[str]]] = deque()
        for number, cells in self._records():
            if _may_be_footer(cells, len(self.headings)):
                held.append((number, cells))
                if len(held) > _HELD_BACK:
                    yield self._fitted(*held.popleft())
                continue
            while held:
                yield self._fitted(*held.popleft())
            yield self._fitted(number, cells)
        self.footers += [
            Footer(number, " ".join(cell.strip() for cell in cells if cell.strip()))
            for number, cells in held
        ]

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            first_line = self._lines.number + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise _fault(error, first_line, self._lines.number) from error
            self._row_number += 1
            if any(cell.strip() for cell in cells):
                yield (
                    self._row_number,
                    [unguarded(cell) if cell[:1] == "'" else cell for cell in cells],
                )

    def _read_headings(self) -> list[str]:
        for _number, cells in self._records():
            while not cells[-1].strip():
                cells.pop()
            if len(cells) > MAX_COLUMNS:
                raise TableError(
                    _("The file has more than %(limit)d columns.")
                    % {"limit": MAX_COLUMNS}
                )
            return _told_apart(cells)
        raise TableError(_("The file is empty."))

    def _fitted(self, number: int, cells: list[str]) -> tuple[int, list[str]]:
        width = len(self.headings)
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        return number, cells


def open_table(source: str | Path | BinaryIO, *, name: str) -> Table:
    """Open a CSV file, packed with gzip or not, and read its headings.

    Shape: commas, semicolons or tabs; UTF-8 with or without byte order mark, UTF-16
    or Windows-1252, found out from the file. Headings are stripped, a repeated one
    gets a number ("Create Date", "Create Date (2)"), an empty one its place
    ("Column 3"). Use it in a `with` block or close it; a file object stays open.
    Raises: TableError when it is no such file, is empty, holds NUL characters, an open
    quotation mark, or unfolds beyond the limits above.
    """
    raw, owned = _seekable(source)
    try:
        return Table(name, raw, owned=owned)
    except BaseException:
        if owned:
            raw.close()
        raise


def write_csv(
    headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[str]:
    """Yield the lines of a CSV file, headings first.

    Shape: comma, quotes where needed, CRLF. A text that a spreadsheet would run as a
    formula gets a leading apostrophe, which `open_table` takes away again; numbers
    stay numbers; None and what is not finite are empty cells.
    Example: `list(write_csv(["a"], [["=1+1"]])) == ["a\\r\\n", "'=1+1\\r\\n"]`
    """
    line = _LastLine()
    writer = csv.writer(line)
    for row in chain([headings], rows):
        writer.writerow([_cell(value) for value in row])
        yield line.text


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the text without the apostrophe that `guarded` puts in front."""
    if text.startswith("'") and guarded(text[1:]) != text[1:]:
        return text[1:]
    return text


# Spreadsheets skip leading blanks and take full-width signs for plain ones. Leading
# apostrophes are looked through so that guarding and its undoing are exact opposites.
_FORMULA = re.compile(r"'*\s*[=+\-@＝＋－＠]|'*[\t\r]")
_NUMBER = re.compile(r"-[0-9]+(?:[.,][0-9]+)*")


class _LastLine:
    """What csv.writer writes to; keeps the last line alone."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        if not math.isfinite(value):
            return ""
        return format(value, "f") if isinstance(value, Decimal) else value
    return guarded(str(value))


def _seekable(source: str | Path | BinaryIO) -> tuple[IO[bytes], bool]:
    """Return a file that can be read twice, and whether it is ours to close."""
    if isinstance(source, str | Path):
        return Path(source).open("rb"), True
    if source.seekable():
        return source, False
    copy = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    shutil.copyfileobj(source, copy)
    return cast(IO[bytes], copy), True


def _unpacked(raw: IO[bytes]) -> io.BufferedReader:
    raw.seek(0)
    start = raw.read(4)
    raw.seek(0)
    if start[:2] == b"\x1f\x8b":
        return io.BufferedReader(_Gunzip(raw), _SAMPLE)
    if start in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise TableError(_("This is a workbook or a ZIP archive, not a CSV file."))
    return io.BufferedReader(_Plain(raw), _SAMPLE)


class _Plain(io.RawIOBase):
    """Reads a file that belongs to somebody else, and leaves it open."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        block = self._block(len(view))
        view[: len(block)] = block
        return len(block)

    def _block(self, size: int) -> bytes:
        return self._raw.read(size)


class _Gunzip(_Plain):
    """Unpacks while counting, so that a small file cannot fill the machine."""

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(raw)
        self._packed = gzip.GzipFile(fileobj=raw)
        self._given = 0

    def _block(self, size: int) -> bytes:
        try:
            block = self._packed.read1(size)
        except (OSError, EOFError, zlib.error) as error:
            raise TableError(_("The packed file is damaged or cut off.")) from error
        self._given += len(block)
        if self._given > MAX_UNPACKED:
            raise TableError(_("Unpacked, the file is larger than 2 GB."))
        if self._given > _RATIO_FROM and self._given > MAX_RATIO * self._raw.tell():
            raise TableError(
                _("The file unpacks to more than %(ratio)d times its size.")
                % {"ratio": MAX_RATIO}
            )
        return block


def _encoding_of(stream: io.BufferedReader) -> str:
    sample = stream.read(_SAMPLE)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if guess := _utf16_without_mark(sample):
        return guess
    # The first odd letter may be at the very end, so the whole file is looked at.
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while sample:
            decoder.decode(sample)
            sample = stream.read(_SAMPLE)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _utf16_without_mark(sample: bytes) -> str | None:
    """Recognise UTF-16 by Latin text, whose every other byte is zero."""
    sample = sample[:2000]
    pairs = len(sample) // 2
    if pairs >= 2:
        if sample[1::2].count(0) > 0.6 * pairs and not sample[::2].count(0):
            return "utf-16-le"
        if sample[::2].count(0) > 0.6 * pairs and not sample[1::2].count(0):
            return "utf-16-be"
    return None


class _Dialect(NamedTuple):
    delimiter: str
    skip_first: bool  # the line "sep=;" that tells spreadsheets the delimiter


class _Lines:
    """Lines of text, counted and checked on their way to the CSV reader."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self.number = 0  # of the last line handed out
        self._text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        self._waiting: deque[str] = deque()
        size = 0
        while size < _SAMPLE and (line := self._read()):
            self._waiting.append(line)
            size += len(line)
        self.delimiter, skip_first = _dialect(list(self._waiting))
        if skip_first:
            next(self)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        if "\0" in line:
            raise TableError(
                _("Line %(line)d holds a NUL character; this is no text file.")
                % {"line": self.number}
            )
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE + 1)
        except UnicodeError as error:
            raise TableError(
                _("After line %(line)d the file holds characters that cannot be read.")
                % {"line": self.number + len(self._waiting)}
            ) from error
        if len(line) > MAX_LINE:
            raise TableError(
                _("Line %(line)d is longer than any table has.")
                % {"line": self.number + len(self._waiting) + 1}
            )
        return line


def _dialect(lines: Sequence[str]) -> _Dialect:
    if lines and (match := re.fullmatch(r'"?sep=([,;\t])"?[\r\n]*', lines[0].lower())):
        return _Dialect(match[1], True)
    return _Dialect(max(",;\t", key=lambda sign: _fit(lines, sign)), False)


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Return how well a delimiter cuts the lines: even rows first, then many columns.

    One column is no cut at all and loses against any other.
    """
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) == 50:
                break
    except csv.Error:
        pass
    if not widths or widths[0] < 2:
        return 0.0, 0
    even = sum(width == widths[0] for width in widths)
    return even / len(widths), widths[0]


def _told_apart(cells: Sequence[str]) -> list[str]:
    names = [
        " ".join(cell.split()) or _("Column %(number)d") % {"number": place}
        for place, cell in enumerate(cells, start=1)
    ]
    taken = {name.casefold() for name in names}
    seen: set[str] = set()
    headings: list[str] = []
    for name in names:
        heading, number = name, 2
        if name.casefold() in seen:
            while (heading := f"{name} ({number})").casefold() in taken | seen:
                number += 1
        seen.add(heading.casefold())
        headings.append(heading)
    return headings


_TOTAL = re.compile(r"(?:grand |sub)?totals?(?:\s*\(.*\))?\s*:?", re.IGNORECASE)


def _may_be_footer(cells: Sequence[str], width: int) -> bool:
    """Tell a line below a report from a record; it only counts at the very end."""
    filled = [cell for cell in cells if cell]
    if width < 3 or 2 * len(filled) > width:
        return False
    return len(filled) == 1 or bool(_TOTAL.fullmatch(filled[0].strip()))


def _fault(error: csv.Error, first_line: int, last_line: int) -> TableError:
    words = str(error)
    if "unexpected end of data" in words:
        return TableError(
            _("A quotation mark opened in the row of line %(line)d is never closed.")
            % {"line": first_line}
        )
    if "field larger than field limit" in words:
        return TableError(
            _(
                "A cell in the row of line %(line)d is longer than %(limit)s "
                "characters; perhaps a quotation mark is not closed."
            )
            % {"line": first_line, "limit": f"{MAX_CELL:,}"}
        )
    return TableError(
        _(
            "The quotation marks in line %(line)d do not match: after a closing one "
            "the cell must end."
        )
        % {"line": last_line}
    )
