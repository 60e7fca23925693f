"""Who looked at whose figures."""

from datetime import datetime

from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation, today
from objectives.models import AccessLog


def note_look(*, viewer: User, subject: User, now: datetime) -> None:
    """Note that somebody opened another's scorecard; the own one is not noted."""
    if viewer.pk == subject.pk:
        return
    AccessLog.objects.update_or_create(
        viewer=viewer,
        subject=subject,
        day=today(now, get_organisation()),
        defaults={"at": now},
    )
