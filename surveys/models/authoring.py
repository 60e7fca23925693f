"""What surveys are dressed with, and where they may lead."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User


class Logo(models.Model):
    """A small picture; versions name it by its digest, so it never changes."""

    digest = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=32)
    content = models.BinaryField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return self.digest[:8]


class RedirectHost(models.Model):
    """A host to which surveys may lead customers, by word of an administrator."""

    host = models.CharField(_("host"), max_length=253, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host
