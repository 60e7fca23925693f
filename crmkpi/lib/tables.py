"""Tables in files: read CSV row by row, write CSV that a spreadsheet cannot run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


class TableError(ValueError):
    """A file that cannot be read as a table, with words for the user."""


@dataclass(frozen=True)
class Footer:
    row_number: int
    text: str


class Table:
    """Rows of one file: iterate once, then look at `footers`."""

    name: str
    headings: list[str]
    encoding: str
    delimiter: str
    footers: list[Footer]

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        raise NotImplementedError

    def __enter__(self) -> "Table":
        raise NotImplementedError

    def __exit__(self, *exc: object) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def open_table(source: str | Path | BinaryIO, *, name: str) -> Table:
    raise NotImplementedError


def write_csv(
    headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[str]:
    raise NotImplementedError
