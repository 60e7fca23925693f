"""What changed in the rows that figures are computed from, as the signal carries it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from crmkpi.crm.changes import author
from surveys.signals import Change, response_changed

Row = tuple[Any, ...]
# Whom a mail went to, and when and how, moves no figure.
_NOT_CARRIED = {
    "uuid",
    "request_key",
    "address",
    "address_hash",
    "phone",
    "language",
    "subject",
    "send_after",
    "lease_until",
    "fault",
    "sent_at",
    "expires_at",
    "remind_at",
    "created_at",
}


@cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that the signal carries: all but texts and book-keeping."""
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, models.TextField) and field.attname not in _NOT_CARRIED
    )


def row_of(instance: models.Model) -> Row:
    """Return an instance as a row of the signal."""
    model: Any = type(instance)
    return tuple(getattr(instance, name) for name in columns(model))


def rows_of(queryset: models.QuerySet[Any]) -> list[Row]:
    """Return rows as the signal carries them. Queries: 1."""
    model: Any = queryset.model
    return list(queryset.order_by("pk").values_list(*columns(model)))


def change_of(
    model: type[models.Model], *, before: Iterable[Row], after: Iterable[Row]
) -> Change:
    """Return what changed in rows of a model."""
    return Change(model, columns(model), list(before), list(after))


def announce(
    model: type[models.Model],
    *,
    before: Iterable[Row],
    after: Iterable[Row],
    now: datetime,
    cause: str,
) -> None:
    """Tell the apps above which rows changed; call it inside the transaction."""
    announce_all([change_of(model, before=before, after=after)], now=now, cause=cause)


def announce_all(
    changes: Iterable[Change], *, now: datetime, cause: str, may_follow_up: bool = True
) -> None:
    """Tell the apps above at once what changed together.

    Without `may_follow_up` no rule for following up is looked for: the writer knows
    that none names these rows.
    """
    told = [each for each in changes if each.before or each.after]
    if told:
        by = author()
        response_changed.send(
            sender=None,
            changes=told,
            now=now,
            cause=cause,
            run_id=by.run_id,
            actor_id=by.actor_id,
            may_follow_up=may_follow_up,
        )
