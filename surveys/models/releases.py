"""Comments that agents may read, because somebody who leads them said so."""

from django.db import models

from crmkpi.accounts.models import User
from surveys.models.responses import Response


class CommentRelease(models.Model):
    """The comment of a response may be shown to the agent whom it is about."""

    response = models.OneToOneField(
        Response, models.CASCADE, related_name="release", primary_key=True
    )
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"comment of response {self.response_id}"
