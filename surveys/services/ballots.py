"""Anonymous answers as they are cast: into a box, without a name.

Whether a link takes an answer is decided where all answers are (services.answers): the
invitation is marked as used in the transaction that casts the ballot. Nothing leads
from one to the other.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.queries import get_zone
from crmkpi.lib.periods import local_day
from surveys.links import Link
from surveys.models import Ballot
from surveys.services.errors import UnknownLink
from surveys.tokens import Form, hash_of


def cast(
    link: Link,
    *,
    value: int,
    form: Form,
    day: int,
    team_id: int | None,
    agent_id: int | None = None,
    segment_id: int | None = None,
) -> Ballot:
    """Put a score into the box of its version.

    Raises: IntegrityError when the form was cast before.
    """
    return Ballot.objects.create(
        version=link.version,
        day=day,
        score=value,
        team_id=team_id,
        agent_id=agent_id,
        segment_id=segment_id,
        key_hash=hash_of(form.edit_key),
    )


def was_cast(form: Form, *, value: int) -> bool:
    """Tell whether this very form was cast with the same score. Queries: 1."""
    same = Ballot.objects.filter(key_hash=hash_of(form.edit_key), score=value)
    return same.exists()


def find_ballot(key: str) -> Ballot:
    """Return the ballot of a thank-you page. Queries: 1.

    Raises: UnknownLink, also once its box was opened: nothing leads to it any more.
    """
    found = Ballot.objects.filter(key_hash=hash_of(key)).first()
    if found is None:
        raise UnknownLink(_("This link leads nowhere."))
    return found


def takes_words(ballot: Ballot, *, now: datetime) -> bool:
    """Tell whether a ballot still takes a comment: once, until the end of the next day.

    The hour at which it was cast is not known, so it cannot be counted from there.
    """
    is_blank = not ballot.comment and not ballot.extras
    return is_blank and local_day(now, get_zone()) <= ballot.day + 1
