"""Links that show a survey's results to people without an account."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from surveys.models.surveys import Survey


class ResultLink(models.Model):
    """One link; only its hash is kept. It shows what its maker could see when made."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="result_links")
    name = models.CharField(_("heading"), max_length=120)  # shown on the page
    token_hash = models.CharField(max_length=64, unique=True)
    span = models.CharField(max_length=4)  # how far back: a key of views.spans.SPANS
    with_comments = models.BooleanField(default=False)
    sees_company = models.BooleanField(default=False)
    team_ids = models.JSONField(default=list)  # unless it shows the whole company
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now: datetime) -> bool:
        """Tell whether the link shows anything at an instant."""
        return self.revoked_at is None and now < self.expires_at

    def access(self, *, day: int) -> Access:
        """Return the rights of whoever holds the link: to read figures, no more."""
        return Access(
            user_id=0,
            day=day,
            sees_company=self.sees_company,
            team_ids=frozenset(self.team_ids),
        )
