"""People who were asked by mail, as many as a measurement needs."""

from datetime import datetime, timedelta

from django.db import transaction

from crmkpi.accounts.queries import get_zone
from crmkpi.lib.periods import local_day
from surveys.models import Invitation, InvitationToken, Survey
from surveys.services.invitations import Recipient, invite
from surveys.tokens import hash_of, new_token


@transaction.atomic
def mailed_links(
    survey: Survey, people: int, *, request: str, now: datetime
) -> list[str]:
    """Return the secrets in the links of so many invitations that were sent."""
    names = [f"{request}-{number}" for number in range(people)]
    recipients = [Recipient(address=f"{name}@example.org") for name in names]
    invite(survey, recipients, request=request, actor=None, now=now)
    invitations = Invitation.objects.filter(state=Invitation.State.QUEUED)
    secrets = {new_token(): pk for pk in invitations.values_list("pk", flat=True)}
    InvitationToken.objects.bulk_create(
        InvitationToken(
            invitation_id=pk,
            token_hash=hash_of(token),
            purpose=InvitationToken.Purpose.ANSWER,
            created_at=now,
        )
        for token, pk in secrets.items()
    )
    invitations.update(
        state=Invitation.State.SENT,
        sent_at=now,
        sent_day=local_day(now, get_zone()),
        expires_at=now + timedelta(days=14),
    )
    return list(secrets)
