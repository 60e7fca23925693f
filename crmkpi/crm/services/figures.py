"""Figures that people enter by hand: enter, change, delete, each with who and when."""

from datetime import datetime
from typing import Any, TypedDict
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_noop as _

from crmkpi.accounts.models import User
from crmkpi.crm import changes
from crmkpi.crm.figures import derived_of, note_change
from crmkpi.crm.models import MarketFigure, Source

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
