"""What changed in the rows that figures are computed from, as the signal carries it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from crmkpi.crm.changes import author
from surveys.signals import response_changed

Row = tuple[Any, ...]


@cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that the signal carries: all but long texts."""
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, models.TextField)
    )


def row_of(instance: models.Model) -> Row:
    """Return an instance as a row of the signal."""
    model: Any = type(instance)
    return tuple(getattr(instance, name) for name in columns(model))


def rows_of(queryset: models.QuerySet[Any]) -> list[Row]:
    """Return rows as the signal carries them. Queries: 1."""
    model: Any = queryset.model
    return list(queryset.order_by("pk").values_list(*columns(model)))


def announce(
    model: type[models.Model],
    *,
    before: Iterable[Row],
    after: Iterable[Row],
    now: datetime,
    cause: str,
    may_follow_up: bool = True,
) -> None:
    """Tell the apps above which rows changed; call it inside the transaction.

    Without `may_follow_up` no rule for following up is looked for: the writer knows
    that none names these rows.
    """
    old: Sequence[Row] = list(before)
    new: Sequence[Row] = list(after)
    if old or new:
        by = author()
        response_changed.send(
            sender=model,
            columns=columns(model),
            before=old,
            after=new,
            now=now,
            cause=cause,
            run_id=by.run_id,
            actor_id=by.actor_id,
            may_follow_up=may_follow_up,
        )
