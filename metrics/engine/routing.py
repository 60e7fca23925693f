"""Where the engine reads rows and cells: METRICS_DB_ALIAS, by one router.

Only what computes figures for readers goes there. Who is in a transaction reads where
it writes: workers turn rows into cells, snapshots and judgements in one transaction
each, and a copy that lags behind would lose changes for good.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models, transaction

_computes: ContextVar[bool] = ContextVar("metrics_engine_computes", default=False)


@contextmanager
def computing() -> Iterator[None]:
    """Let the reads within go to METRICS_DB_ALIAS, also as a decorator."""
    token = _computes.set(True)
    try:
        yield
    finally:
        _computes.reset(token)


class MetricsRouter:
    """Send the engine's reads of facts and cells to METRICS_DB_ALIAS, all else nowhere.

    With the alias at "default" it has no opinion on anything.
    """

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        if not _is_elsewhere():
            return None
        may = _computes.get() and not transaction.get_connection().in_atomic_block
        if may and _is_read_by_the_engine(model):
            return str(settings.METRICS_DB_ALIAS)
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str | None:
        """Write where everything is written, rows that were read elsewhere too."""
        return DEFAULT_DB_ALIAS if _is_elsewhere() else None

    def allow_relation(
        self, one: models.Model, other: models.Model, **hints: Any
    ) -> bool | None:
        """Allow rows of both to refer to each other: they are the same rows."""
        return True if _is_elsewhere() else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Leave the tables of the other database to whoever fills them."""
        return False if _is_elsewhere() and db == settings.METRICS_DB_ALIAS else None


def _is_elsewhere() -> bool:
    return bool(settings.METRICS_DB_ALIAS != DEFAULT_DB_ALIAS)


def _is_read_by_the_engine(model: type[models.Model]) -> bool:
    from metrics.measures import AXES

    return any(model in (axis, axis.fact) for axis in AXES.values())
