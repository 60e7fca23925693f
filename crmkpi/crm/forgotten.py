"""What erased rows were called, so that imports neither bring them back nor miss them.

Only hashes are kept. An id belongs to its source; a name or address to any.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from django.db.models import F

from crmkpi.crm.members import folded
from crmkpi.crm.models import Forgotten
from crmkpi.lib.bulk import KeysIn

ERASED = "erased:"  # before the key of a row that has no id of its source any more


def hash_of_id(record: str, external_id: str, *, source_id: int) -> str:
    """Return under what the id of an erased row is remembered."""
    return _hash(f"{record}:{source_id}:{external_id}")


def hash_of_name(record: str, name: str) -> str:
    """Return under what the name or address of an erased row is remembered."""
    return _hash(f"{record}::{folded(name)}")


def remember(record: str, hashes: Mapping[str, int], *, now: datetime) -> None:
    """Remember which rows went by which hashes; the first of a name keeps it."""
    Forgotten.objects.bulk_create(
        [
            Forgotten(record=record, hashed=hashed, row_id=key, forgotten_at=now)
            for hashed, key in hashes.items()
        ],
        ignore_conflicts=True,
    )


def erased_ids(record: str, ids: Iterable[str], *, source_id: int) -> dict[str, int]:
    """Return the erased rows that a source called so, by that id. Queries: 1."""
    return _rows({hash_of_id(record, each, source_id=source_id): each for each in ids})


def new_ids(record: str, ids: Iterable[str], *, source_id: int) -> dict[str, str]:
    """Return what replaced the ids of rows that a source called so. Queries: 1.

    Shape: by the id of the source; the row may have been deleted since.
    Example: `{"mail:pat@acme.example": "erased:17"}`
    """
    found = erased_ids(record, ids, source_id=source_id)
    return {each: f"{ERASED}{row_id}" for each, row_id in found.items()}


def erased_names(record: str, names: Iterable[str]) -> dict[str, int]:
    """Return the erased rows that had such a name, by that name. Queries: 1."""
    wanted = list(names)
    found = _rows({hash_of_name(record, each): folded(each) for each in wanted})
    return {each: found[folded(each)] for each in wanted if folded(each) in found}


def _rows(texts: Mapping[str, str]) -> dict[str, int]:
    keys = KeysIn([F("hashed")], [(hashed,) for hashed in texts])
    rows = Forgotten.objects.filter(keys).values_list("hashed", "row_id")
    return {texts[hashed]: row_id for hashed, row_id in rows}


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
