"""What changed in the rows that figures are computed from, as the signal carries it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, QuerySet

from crmkpi.crm.signals import facts_changed
from crmkpi.lib.bulk import KeysIn

Row = tuple[Any, ...]
# When a row was written and by which import moves no figure.
_NOT_CARRIED = {"written_at", "import_run_id"}


@cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that make up a row: all but its key and its book-keeping."""
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in _NOT_CARRIED
    )


@cache
def position(model: type[models.Model], column: str) -> int:
    """Return where a column stands in a row."""
    return columns(model).index(column)


def locked(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Lock rows until the end of the transaction, in the order of their keys.

    One order for all writers, so that no two wait for each other. The lock lets others
    point to the rows: a new order must not wait because its customer is looked at.
    """
    return queryset.select_for_update(of=("self",), no_key=True).order_by("pk")


def rows_by_key(queryset: QuerySet[Any], *, for_update: bool = False) -> dict[int, Row]:
    """Return rows by primary key, locked on request. Queries: 1."""
    if for_update:
        queryset = locked(queryset)
    names = columns(queryset.model)  # type: ignore[arg-type]  # models are hashable
    found = queryset.order_by("pk").values_list("pk", *names)
    return {pk: tuple(row) for pk, *row in found}


def with_keys(
    model: type[models.Model], keys: Iterable[int], *, column: str = "pk"
) -> QuerySet[Any]:
    """Return the rows whose column is one of the keys."""
    wanted = [(key,) for key in sorted(set(keys))]
    return model._base_manager.filter(KeysIn([F(column)], wanted))


def announce(
    model: type[models.Model],
    *,
    before: Iterable[Row],
    after: Iterable[Row],
    now: datetime,
    cause: str,
) -> None:
    """Tell the apps above which rows changed; call it inside the transaction."""
    old: Sequence[Row] = list(before)
    new: Sequence[Row] = list(after)
    if old or new:
        facts_changed.send(
            sender=model,
            columns=columns(model),
            before=old,
            after=new,
            now=now,
            cause=cause,
        )
