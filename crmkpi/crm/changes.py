"""What changed in the rows that figures are computed from, as the signal carries it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models import F, QuerySet

from crmkpi.accounts.models import User
from crmkpi.crm.models import ImportRun
from crmkpi.crm.signals import facts_changed
from crmkpi.lib.bulk import KeysIn

Row = tuple[Any, ...]
# When a row was written and by which import moves no figure.
_NOT_CARRIED = {"written_at", "import_run_id", "added_at"}


@dataclass(frozen=True)
class Author:
    """Who changes rows: an import, a person, or both; nobody known."""

    run_id: int | None = None
    actor_id: int | None = None


NOBODY = Author()
_author: ContextVar[Author] = ContextVar("who changes rows", default=NOBODY)


@contextmanager
def made_by(
    *, run: ImportRun | None = None, actor: User | None = None
) -> Iterator[None]:
    """Have the changes announced inside carry whose they are."""
    actor_id = actor.pk if actor else run.actor_id if run else None
    token = _author.set(Author(run.pk if run else None, actor_id))
    try:
        yield
    finally:
        _author.reset(token)


def author() -> Author:
    """Return whose the changes are that are being made."""
    return _author.get()


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


@cache
def picker(model: type[models.Model]) -> Callable[[Mapping[str, Any]], Row]:
    """Return what makes a row of values by column."""
    return itemgetter(*columns(model))


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
    before: Mapping[int, Row],
    after: Iterable[Row],
    now: datetime,
    cause: str,
) -> None:
    """Tell the apps above which rows changed; call it inside the transaction.

    Rows that go are announced before they are deleted: who listens may look at them.
    """
    new = list(after)
    if before or new:
        by = author()
        facts_changed.send(
            sender=model,
            columns=columns(model),
            before=list(before.values()),
            after=new,
            keys=list(before),
            now=now,
            cause=cause,
            run_id=by.run_id,
            actor_id=by.actor_id,
        )
