"""Figures that people enter by hand: enter, change, delete, each with who and when."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _

from crmkpi.accounts.models import User
from crmkpi.crm import changes
from crmkpi.crm.figures import derived_of, note_change
from crmkpi.crm.ingest.files import Imported, import_file
from crmkpi.crm.ingest.mapping import TableMapping
from crmkpi.crm.ingest.registry import get_record
from crmkpi.crm.models import MarketFigure, Source
from crmkpi.lib.tables import TableError, open_table

BY_HAND = "by-hand"


class Content(TypedDict):
    """What a figure consists of; both days are days of it, the second the day after."""

    metric_key: str
    subject: str
    value: Any
    out_of: Any
    unit: str
    first_day: int
    end_day: int
    origin: str


def enter_figure(*, content: Content, actor: User, now: datetime) -> MarketFigure:
    """Write a new figure and mark what is computed from it."""
    with transaction.atomic(), changes.made_by(actor=actor):
        figure = MarketFigure(
            source=_source(now),
            external_id=uuid4().hex,
            author=actor,
            written_at=now,
            **content,
        )
        _derive(figure)
        figure.save()
        after = _row(figure)
        changes.announce(
            MarketFigure, before={}, after=[_values(after)], now=now, cause="import"
        )
        note_change(figure.pk, None, after, actor=actor, now=now)
    return figure


def change_figure(
    *, figure: MarketFigure, content: Content, actor: User, now: datetime
) -> bool:
    """Change a figure and mark what is computed from it; return whether it differed."""
    with transaction.atomic(), changes.made_by(actor=actor):
        figure = MarketFigure.objects.select_for_update().get(pk=figure.pk)
        before = _row(figure)
        for name, value in content.items():
            setattr(figure, name, value)
        figure.full_clean(exclude=["source", "author"])
        _derive(figure)
        if figure.checksum == before["checksum"]:
            return False
        figure.written_at = now
        figure.save()
        after = _row(figure)
        changes.announce(
            MarketFigure,
            before={figure.pk: _values(before)},
            after=[_values(after)],
            now=now,
            cause="edit",
        )
        note_change(figure.pk, before, after, actor=actor, now=now)
    return True


def delete_figure(*, figure: MarketFigure, actor: User, now: datetime) -> None:
    """Delete a figure and mark what was computed from it; its history stays."""
    with transaction.atomic(), changes.made_by(actor=actor):
        found = MarketFigure.objects.select_for_update().filter(pk=figure.pk).first()
        if found is None:
            return
        key, before = found.pk, _row(found)
        changes.announce(
            MarketFigure,
            before={key: _values(before)},
            after=[],
            now=now,
            cause="deletion",
        )
        found.delete()
        note_change(key, before, None, actor=actor, now=now)


def import_figures(
    *,
    path: Path,
    mapping: TableMapping,
    actor: User,
    now: datetime,
    clock: Callable[[], datetime],
) -> Imported:
    """Take the figures of a CSV file, all of them or none, each with its history.

    Figures that are here already, by their ids, are changed where they stand; others
    count as entered by hand.

    Raises: TableError for a file that is no table, or whose figures are of several
    sources; MappingError for headings that are no fields.
    """
    return import_file(
        path,
        record=get_record("market_figure"),
        source=_source_of(path, now).slug,
        mapping=mapping,
        now=now,
        clock=clock,
        actor=actor,
    )


def _source_of(path: Path, now: datetime) -> Source:
    """Return the source that knows the figures of a file, else that of people."""
    with open_table(path, name=path.name) as table:
        headings = [heading.casefold() for heading in table.headings]
        if "external_id" not in headings:
            return _source(now)
        place = headings.index("external_id")
        ids = {cells[place].strip() for _number, cells in table}
    known = MarketFigure.objects.filter(external_id__in=ids).order_by()
    sources = list(Source.objects.filter(pk__in=known.values("source_id")))
    if len(sources) > 1:
        names = ", ".join(sorted(source.name for source in sources))
        raise TableError(
            _t(
                "These figures come from several sources: %(names)s. Put those of each "
                "into a file of their own."
            )
            % {"names": names}
        )
    return sources[0] if sources else _source(now)


def _derive(figure: MarketFigure) -> None:
    for name, value in derived_of(vars(figure)).items():
        setattr(figure, name, value)


def _source(now: datetime) -> Source:
    """Return the source of what people enter."""
    made = {"name": _("Entered by hand"), "expected_every_days": 366}
    found, _new = Source.objects.get_or_create(slug=BY_HAND, defaults=made)
    Source.objects.filter(pk=found.pk).update(last_success_at=now)
    return found


def _row(figure: MarketFigure) -> dict[str, Any]:
    figure.refresh_from_db()  # numbers as they are stored
    names = changes.columns(MarketFigure)
    return {name: getattr(figure, name) for name in names}


def _values(row: dict[str, Any]) -> changes.Row:
    return tuple(row.values())
