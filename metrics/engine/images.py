"""What rows were before they changed: kept, so that a number can say what moved it.

Runs in the writer's transaction. First rows have no image: a row that came after an
instant, by its added_at, was not there then.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from crmkpi.lib import bulk
from metrics.engine import one_row
from metrics.engine.marks import cause_of, is_off
from metrics.measures import AXES
from metrics.models import RowImage

PART = 10_000  # images that are swept in one statement
_COLUMNS = (
    "model",
    "row",
    "at",
    "added_at",
    "cause",
    "run_id",
    "actor_id",
    "first_day",
    "last_day",
    "columns",
)
# Texts that say which row it was, in the words of its source.
_IDENTITY = ("external_id",)


def keep(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    keys: Sequence[int] | None,
    cause: str,
    run_id: int | None,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Write down what rows were until now; return how many.

    `keys` are their primary keys, None when these are among the columns. A row that
    came at this very instant has no past and no image.

    Queries: 1, and 1 for when the rows came if no column says so.
    """
    if not rows or is_off() or not days_of(model):
        return 0
    at = {name: index for index, name in enumerate(columns)}
    primary = model._meta.pk.attname
    pks = [row[at[primary]] for row in rows] if keys is None else list(keys)
    added = _added(model, at, pks, rows)
    written = [
        (
            model._meta.label_lower,
            pk,
            now,
            came,
            cause_of(cause),
            run_id,
            actor_id,
            *_days_between(model, at, row),
            {name: row[at[name]] for name in kept_columns(model) if name in at},
        )
        for pk, row in zip(pks, rows, strict=True)
        if (came := added.get(pk)) is None or came < now
    ]
    bulk.insert_rows(RowImage, _COLUMNS, written)
    return len(written)


def forget(*, before: datetime) -> int:
    """Delete images of rows that changed before an instant; return how many.

    Safe to stop half-way: each part is deleted for good.
    """
    deleted = 0
    while True:
        old = RowImage.objects.filter(at__lt=before).order_by("at")
        some = list(old.values_list("pk", flat=True)[:PART])
        wanted = bulk.KeysIn([models.F("pk")], [(pk,) for pk in some])
        count, _each = RowImage.objects.filter(wanted).delete()
        deleted += count
        if count < PART:
            return deleted


def forget_names(model: type[models.Model], keys: Collection[int]) -> None:
    """Blank what a source called rows of somebody who was erased; numbers stay."""
    named = RowImage.objects.filter(model=model._meta.label_lower, row__in=keys)
    images = list(named.only("columns"))
    for each in images:
        each.columns |= {name: "" for name in _IDENTITY if name in each.columns}
    RowImage.objects.bulk_update(images, ["columns"], batch_size=PART)


@cache
def days_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns with the days on which rows of a fact count."""
    return tuple({axis.when: None for axis in AXES.values() if axis.fact is model})


@cache
def kept_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that an image holds: numbers, days, keys and choices.

    Texts and addresses of people are not kept, but for what the source calls a row and
    what conditions of measures look at.
    """
    axes = [axis for axis in AXES.values() if axis.fact is model]
    looked_at = {name for axis in axes for name in one_row.columns_of(axis)}
    return tuple(
        field.attname
        for field in model._meta.concrete_fields
        if _is_kept(field) or field.name in looked_at
    )


def _is_kept(field: Any) -> bool:
    if isinstance(field, models.ForeignKey | models.BooleanField | models.IntegerField):
        return not field.primary_key
    if field.name in _IDENTITY:
        return True
    return isinstance(field, models.CharField) and bool(field.choices)


def _added(
    model: type[models.Model],
    at: Mapping[str, int],
    pks: Sequence[int],
    rows: Sequence[Sequence[Any]],
) -> dict[int, datetime | None]:
    """Return when rows first came, by key."""
    if "added_at" in at:
        index = at["added_at"]
        return {pk: row[index] for pk, row in zip(pks, rows, strict=True)}
    wanted = bulk.KeysIn([models.F("pk")], [(pk,) for pk in sorted(set(pks))])
    found = model._base_manager.filter(wanted).values_list("pk", "added_at")
    return dict(found)


def _days_between(
    model: type[models.Model], at: Mapping[str, int], row: Sequence[Any]
) -> tuple[int | None, int | None]:
    """Return the first and the last day on which a row counts."""
    days = [day for name in days_of(model) if (day := row[at[name]]) is not None]
    return min(days, default=None), max(days, default=None)
