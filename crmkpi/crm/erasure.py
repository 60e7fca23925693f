"""Forgetting people: contacts lose what can name them and stay as rows that count."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from crmkpi.crm import changes
from crmkpi.crm.models import Contact

NAMING = ("name", "email", "phone", "language", "zone")


@transaction.atomic
def erase_contacts(keys: Collection[int], *, now: datetime) -> int:
    """Blank contacts for good: imports bring nothing of them back.

    Returns: how many were not erased before. Queries: 3
    """
    wanted = changes.with_keys(Contact, keys).filter(erased_at=None)
    before = changes.rows_by_key(wanted, for_update=True)
    if before:
        gone = changes.with_keys(Contact, before)
        gone.update(**dict.fromkeys(NAMING, ""), erased_at=now)
        after = changes.rows_by_key(gone)
        changes.announce(
            Contact, before=before, after=after.values(), now=now, cause="edit"
        )
    return len(before)
