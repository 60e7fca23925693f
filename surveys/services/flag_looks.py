"""Take down that somebody looked at the flags of an answer; it counts as before."""

from datetime import datetime

from django.db import transaction

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from surveys.models import FlagLook, Response


@transaction.atomic
def note_look(response: Response, *, actor: User | None, now: datetime) -> FlagLook:
    """Take an answer from those to be looked at; the first look stays."""
    look, made = FlagLook.objects.get_or_create(
        response=response, defaults={"looked_at": now, "looked_by": actor}
    )
    if made:
        _tell("response.flags_looked_at", response, actor=actor, now=now)
    return look


@transaction.atomic
def forget_look(response: Response, *, actor: User | None, now: datetime) -> None:
    """Put an answer among those to be looked at again."""
    gone, _rows = FlagLook.objects.filter(response=response).delete()
    if gone:
        _tell("response.flags_to_look_at", response, actor=actor, now=now)


def _tell(
    action: str, response: Response, *, actor: User | None, now: datetime
) -> None:
    write_event(action, subject=f"response {response.pk}", actor=actor, now=now)
