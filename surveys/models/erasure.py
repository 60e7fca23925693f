"""Wishes of customers to be forgotten."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from surveys.models.invitations import Invitation
from surveys.models.responses import Response


class ErasureRequest(models.Model):
    """Somebody asks, with a link of ours in hand, that we forget them.

    Anybody may hold a forwarded link: an administrator looks and carries it out.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Erased")
        DECLINED = "declined", _("Declined")

    # One of the two: the mailed link, or the thank-you page of a shared one.
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="erasures"
    )
    response = models.ForeignKey(
        Response, models.CASCADE, null=True, blank=True, related_name="erasures"
    )
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)  # why it was declined

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, response__isnull=True)
                | Q(invitation__isnull=True, response__isnull=False),
                name="erasure_has_one_subject",
            ),
            *(  # asking twice is asking once
                models.UniqueConstraint(
                    fields=[subject],
                    condition=Q(state="open"),
                    name=f"one_open_erasure_{subject}",
                )
                for subject in ("invitation", "response")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} of {self.requested_at:%Y-%m-%d}"
