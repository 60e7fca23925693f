"""Flagged answers that somebody has looked at."""

from django.db import models

from crmkpi.accounts.models import User
from surveys.models.responses import Response


class FlagLook(models.Model):
    """Somebody looked at the flags of a response and let it count."""

    response = models.OneToOneField(
        Response, models.CASCADE, related_name="flag_look", primary_key=True
    )
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey(  # NULL: by a key of the API
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"flags of response {self.response_id}"
