"""The columns of a file as people are asked what they hold, and a guess at it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from crmkpi.crm.ingest.reader import name_key
from crmkpi.crm.ingest.registry import Record
from crmkpi.lib.tables import TableError, open_table
from crmkpi.lib.text import clean_display

MOST_COLUMNS = 200  # that people are asked about
LOOKED_AT = 200  # rows
SAMPLES = 3


@dataclass(frozen=True)
class Column:
    """One column: what stands above it, and what it may hold."""

    heading: str
    samples: tuple[str, ...]  # the first different cells that are filled, for display

    @property
    def shown(self) -> str:
        """Return the heading without what hides or turns other text."""
        return clean_display(self.heading)


def columns_of(path: Path) -> list[Column]:
    """Return the columns of a file in their order.

    Raises: TableError for a file that is no table, or has more columns than anybody
    can be asked about.
    """
    with open_table(path, name=path.name) as table:
        if len(table.headings) > MOST_COLUMNS:
            raise TableError(
                _("The file has more than %(n)d columns: take out what is not needed.")
                % {"n": MOST_COLUMNS}
            )
        rows = [cells for _number, cells in islice(table, LOOKED_AT)]
        return [
            Column(heading, _samples(row[place].strip() for row in rows))
            for place, heading in enumerate(table.headings)
        ]


def guess_fields(
    record: Record, headings: Iterable[str], *, also: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Return which field a column is likely to hold, by heading; each field once.

    Shape: `also` has, by field, the other words by which systems call it. Names go
    before words, and words of a field in their order: "Date" is taken where there is
    no "Answered at".
    Example: `{"Note": "score"}`
    """
    by_key: dict[str, str] = {}
    for heading in headings:
        by_key.setdefault(_key(heading), heading)
    words = [(name, name) for name in record.field_names]
    words += [
        (word, name) for name in record.field_names for word in also.get(name, ())
    ]
    found: dict[str, str] = {}
    for word, name in words:
        called = by_key.get(_key(word), "")
        if called and called not in found and name not in found.values():
            found[called] = name
    return found


def guess_date_order(columns: Iterable[Column]) -> str:
    """Return in which order the first date that leaves no doubt is written.

    Example: "DMY" for 13/02/2026 and for 02.03.2026; "" for 02/03/2026
    """
    samples = (sample for column in columns for sample in column.samples)
    return next(filter(None, map(_order_of, samples)), "")


def _order_of(text: str) -> str:
    if re.match(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])", text):
        return "YMD"
    date = re.match(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2[0-9]{4}(?![0-9])", text)
    if date is None:
        return ""
    if date[2] == "." or int(date[1]) > 12:
        return "DMY"
    return "MDY" if int(date[3]) > 12 else ""


def _key(heading: str) -> str:
    return name_key(heading.replace("-", " ").replace(".", " "))


def _samples(cells: Iterable[str]) -> tuple[str, ...]:
    filled = dict.fromkeys(cell for cell in cells if cell)
    return tuple(clean_display(cell) for cell in islice(filled, SAMPLES))
