"""Rows that follow from facts, such as spells and shares: stored anew as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import models

from crmkpi.crm import changes
from crmkpi.lib import bulk

Stored = dict[int, dict[int, changes.Row]]  # rows by key, by the fact they belong to


def stored(model: type[models.Model], parent: str, keys: Iterable[int]) -> Stored:
    """Return derived rows by their key, by the fact they belong to.

    Queries: 1, none without keys.
    """
    at = changes.position(model, parent)
    found: Stored = {}
    rows = changes.rows_by_key(changes.with_keys(model, keys, column=parent))
    for key, row in rows.items():
        found.setdefault(row[at], {})[key] = row
    return found


def replace(
    model: type[models.Model],
    old: Mapping[int, Mapping[int, changes.Row]],
    wanted: Mapping[int, Sequence[changes.Row]],
    *,
    now: datetime,
    cause: str,
) -> set[int]:
    """Store the wanted rows of facts in place of the old ones and announce the change.

    Rows that are there already stay untouched. Returns the keys of the facts whose
    rows changed. Queries: 2 at most.
    """
    gone: dict[int, changes.Row] = {}
    after: list[changes.Row] = []
    changed: set[int] = set()
    for parent in {**old, **wanted}:
        new = wanted.get(parent, ())
        if parent in old:  # where nothing is, there is nothing to compare
            missing = Counter(new)
            for key, row in old[parent].items():
                if missing[row]:
                    missing[row] -= 1
                else:
                    gone[key] = row
                    changed.add(parent)
            new = list(missing.elements())
        if new:
            after += new
            changed.add(parent)
    changes.announce(model, before=gone, after=after, now=now, cause=cause)
    if gone:
        rows = changes.with_keys(model, gone)
        rows._raw_delete(rows.db)
    columns = [*changes.columns(model), "added_at"]
    bulk.insert_rows(model, columns, [(*row, now) for row in after])
    return changed
