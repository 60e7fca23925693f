"""Who was erased, in a file beside the database: a restored backup forgets them again.

The file holds hashes of addresses and the random ids of answers, so it names nobody.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from surveys.services.errors import BadSurvey
from surveys.tokens import address_hash


@dataclass(frozen=True)
class ErasedList:
    """What a list tells: hashes of addresses, and ids of answers that had none."""

    address_hashes: set[str] = field(default_factory=set)
    answer_ids: set[str] = field(default_factory=set)


def note_erased(
    address_hashes: Iterable[str], answer_ids: Iterable[str], *, now: datetime
) -> None:
    """Add who is about to be erased to the list, unless it tells so already.

    Call it before the transaction ends: of a list that says too much nobody is the
    worse, one that says too little brings people back.

    Empty: nothing without a file in the settings.
    Raises: BadSurvey when the file cannot be written.
    """
    if not settings.SURVEYS_ERASED_LIST:
        return
    path = Path(settings.SURVEYS_ERASED_LIST)
    try:
        known = read_erased(path) if path.exists() else ErasedList()
        new = [
            *(("address", each) for each in set(address_hashes) - known.address_hashes),
            *(("answer", each) for each in set(answer_ids) - known.answer_ids),
        ]
        _append(path, [f"{now:%Y-%m-%d} {what} {key}\n" for what, key in sorted(new)])
    except OSError as error:
        reason = _("Nothing is erased: the list of erased people cannot be written.")
        raise BadSurvey(reason) from error


def read_erased(path: Path) -> ErasedList:
    """Return what a list tells; a line with a plain address counts as its hash.

    Raises: OSError; BadSurvey naming the line that says nothing.
    """
    found = ErasedList()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(_filled(lines), start=1):
            match line.split():
                case [_day, "address", key]:
                    found.address_hashes.add(key)
                case [_day, "answer", key]:
                    found.answer_ids.add(key)
                case [address] if "@" in address:
                    found.address_hashes.add(address_hash(address))
                case _:
                    reason = _("Row %(row)d is no address and no line of a list.")
                    raise BadSurvey(reason % {"row": number})
    return found


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _append(path: Path, lines: list[str]) -> None:
    """Write lines at once and see them on the disk."""
    if not lines:
        return
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(lines))
        file.flush()
        os.fsync(file.fileno())
