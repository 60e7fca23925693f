"""What customers agreed to beside their answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.responses import Response


class Consent(models.Model):
    """One box that a customer ticked; it stands until it is taken back."""

    class What(models.TextChoices):
        CONTACT = "contact", _("Asks to be contacted")
        QUOTE = "quote", _("The comment may be published")

    response = models.ForeignKey(
        Response, models.CASCADE, related_name="consents", db_index=False
    )
    what = models.CharField(max_length=7, choices=What)
    wording = models.CharField(max_length=300)  # what stood beside the box
    given_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "what"], name="consent_once"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=models.F("given_at")),
                name="consent_revoked_after",
            ),
        ]

    def __str__(self) -> str:
        return self.wording
