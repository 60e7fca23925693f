"""Ids of rows that tell an address or a number of somebody: replaced and remembered.

Sources call rows as they like: a ticket after the address it came from, an order after
the telephone number it was placed with.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from crmkpi.crm import changes
from crmkpi.crm.forgotten import ERASED, hash_of_id, remember
from crmkpi.crm.models import Fact
from crmkpi.crm.signals import ids_replaced, rows_erased

SHORTEST_NUMBER = 7  # digits; shorter ones are in too many ids by chance


def telling(words: Iterable[str], *, column: str = "external_id") -> Q | None:
    """Return what finds the ids that tell one of the addresses or numbers.

    Case and how a number is set do not matter. Longer addresses and numbers, of which
    this is only a part, are those of others. Names are not looked for.

    Empty: None when nothing can be looked for.
    """
    patterns = sorted({_pattern(each) for each in words} - {""})
    if not patterns:
        return None
    replaced = Q(**{f"{column}__startswith": ERASED})
    return Q(**{f"{column}__iregex": "|".join(patterns)}) & ~replaced


def rows_telling(words: Iterable[str]) -> Iterator[QuerySet[Any]]:
    """Return the rows of each fact of ours whose ids tell one of the words."""
    found = telling(words)
    if found is not None:
        for model in apps.get_app_config("crm").get_models():
            if issubclass(model, Fact):
                yield model._base_manager.filter(found)


def replace_ids(words: Iterable[str], *, now: datetime) -> int:
    """Give the rows whose ids tell one of the words other ids; return how many.

    Imports go on finding them by the ids that their sources know.

    Queries: 1 for each fact, and a fixed number where there are such rows
    """
    return sum(_replace(rows, now=now) for rows in rows_telling(words))


def rename(record: str, rows: QuerySet[Any], *, now: datetime) -> None:
    """Take the ids that their source gave rows, and remember them. Queries: 3."""
    remember(
        record,
        {
            hash_of_id(record, external_id, source_id=source): pk
            for pk, source, external_id in rows.values_list(
                "pk", "source_id", "external_id"
            )
        },
        now=now,
    )
    rows.update(external_id=Concat(Value(ERASED), Cast("pk", CharField())))


def _replace(rows: QuerySet[Any], *, now: datetime) -> int:
    """Ids move no figure: only who keeps some is told."""
    model = rows.model
    found = list(changes.locked(rows).values_list("pk", "source_id", "external_id"))
    if not found:
        return 0
    keys = [pk for pk, _source, _id in found]
    named = changes.with_keys(model, keys)
    rename(model._meta.model_name or "", named, now=now)
    rows_erased.send(sender=model, keys=keys)
    replaced = [(source, old, f"{ERASED}{pk}") for pk, source, old in found]
    ids_replaced.send(sender=model, rows=replaced, now=now)
    return len(found)


def _pattern(word: str) -> str:
    """Return the expression that finds an address or number in an id; "" for others."""
    text = word.strip().lower()
    if "@" in text:
        # Longer: "mary" in front, or "co.uk" where this ends with "co".
        return rf"(?<![a-z0-9]){re.escape(text)}(?![a-z0-9]|\.[a-z]{{2}}(?![a-z0-9]))"
    digits = re.sub("[^0-9]", "", text)
    if len(digits) < SHORTEST_NUMBER or any(each.isalpha() for each in text):
        return ""
    return rf"(?<![0-9])(?:00)?{'[^0-9a-z]{0,2}'.join(digits)}(?![0-9])"
