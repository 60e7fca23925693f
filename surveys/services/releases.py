"""Let agents read a comment, and take it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from surveys.models import CommentRelease, Response
from surveys.queries.releases import is_releasable
from surveys.services.errors import BadSurvey


@transaction.atomic
def release_comment(
    response: Response, *, actor: User, now: datetime
) -> CommentRelease:
    """Let the agent of a response read its comment; doing it twice is doing it once.

    Raises: BadSurvey where there is no comment, nobody it is about, or no name that
    could be left out.
    """
    locked = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    if not is_releasable(locked):
        raise BadSurvey(_("This comment cannot be shown to an agent."))
    release, made = CommentRelease.objects.get_or_create(
        response=locked, defaults={"released_at": now, "released_by": actor}
    )
    if made:
        _tell("comment.released", locked, actor=actor, now=now)
    return release


@transaction.atomic
def take_comment_back(response: Response, *, actor: User, now: datetime) -> None:
    """Show a comment to its agent no more."""
    gone, _rows = CommentRelease.objects.filter(response=response).delete()
    if gone:
        _tell("comment.taken_back", response, actor=actor, now=now)


def _tell(action: str, response: Response, *, actor: User, now: datetime) -> None:
    write_event(action, subject=f"response {response.pk}", actor=actor, now=now)
