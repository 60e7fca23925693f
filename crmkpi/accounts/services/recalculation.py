"""Asking for all figures anew, or no more: a worker carries out what is stored here."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import signals
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import Organisation, Recalculation, User
from crmkpi.accounts.services.errors import RecalculationRunning, Refused
from crmkpi.accounts.services.organisation import (
    CALENDAR_FIELDS,
    check_settings,
    differing,
    holidays_differ,
    update_organisation,
)

_RUNNING = _(
    "All figures are being recalculated. This can be changed once that is done; "
    "nothing was saved."
)
_NONE = _("No recalculation is under way.")
_TOO_LATE = _("It cannot be stopped any more; what is left will be done soon.")


def ask_for_settings(
    *,
    actor: User,
    now: datetime,
    holidays: Collection[tuple[int, str]],
    **changes: Any,
) -> Recalculation | None:
    """Change settings; what moves days or durations is left to a worker.

    Until the worker has put all rows on their new days, in one transaction, the
    settings and figures stay the old ones. Takes what update_organisation takes.

    Returns: the recalculation, None where none was needed and all is saved.
    Raises: as update_organisation; RecalculationRunning while one is under way.
    """
    wish = differing(Organisation.objects.get(pk=1), changes)
    has_other_holidays = holidays_differ(holidays)
    if not has_other_holidays and not wish.keys() & set(CALENDAR_FIELDS):
        if wish:
            # The worker may hold the settings for minutes; nobody should wait for it.
            _refuse_while_running(kind=Recalculation.Kind.SETTINGS)
            update_organisation(actor=actor, now=now, **wish)
        return None
    _refuse_while_running()
    check_settings(wish, holidays)
    if has_other_holidays:
        wish["holidays"] = [list(each) for each in holidays]
    return _ask(Recalculation.Kind.SETTINGS, actor=actor, now=now, wish=wish)


def ask_for_rebuild(*, actor: User, now: datetime) -> Recalculation:
    """Have all cells and stored values computed again from the rows.

    Raises: RecalculationRunning while one is under way.
    """
    _refuse_while_running()
    return _ask(Recalculation.Kind.REBUILD, actor=actor, now=now, wish={})


def stop_recalculation(*, actor: User, now: datetime) -> None:
    """Stop the recalculation under way; figures stay right, as they follow their rows.

    Raises: Refused where none is under way, or it has come too far to be stopped.
    """
    open_ones = Recalculation.objects.filter(is_open=True)
    if not open_ones.exists():
        raise Refused(_NONE)
    with transaction.atomic():
        # Who holds the row is putting rows on other days, which can take minutes.
        found = open_ones.select_for_update(skip_locked=True, of=("self",)).first()
        if found is None or not found.may_be_stopped:
            raise Refused(_TOO_LATE)
        found.state, found.is_open = Recalculation.State.STOPPED, False
        found.error, found.finished_at = "", now
        found.save()
        write_event("recalculation.stopped", subject=found, actor=actor, now=now)
        signals.recalculation_stopped.send(sender=Recalculation)


def _refuse_while_running(**which: Any) -> None:
    """Look without a transaction: to begin one could mean to wait for the worker."""
    if Recalculation.objects.filter(is_open=True, **which).exists():
        raise RecalculationRunning(_RUNNING)


@transaction.atomic
def _ask(
    kind: str, *, actor: User, now: datetime, wish: dict[str, Any]
) -> Recalculation:
    """Store the wish; of two at once the constraint lets one through."""
    try:
        with transaction.atomic():
            asked = Recalculation.objects.create(
                kind=kind, asked_by=actor, asked_at=now, wish=wish
            )
    except IntegrityError as error:
        raise RecalculationRunning(_RUNNING) from error
    write_event(
        "recalculation.asked", subject=asked, actor=actor, now=now, kind=kind, **wish
    )
    signals.recalculation_asked.send(sender=Recalculation)
    return asked
