"""What comments are about: themes with their words, and which responses have which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.fields import NameField
from crmkpi.accounts.models import User
from surveys.models.responses import Response
from surveys.models.surveys import Survey


class Theme(models.Model):
    """A theme of one survey; comments that hold one of its words have it."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="themes")
    name = NameField(_("name"), max_length=60)
    words = models.JSONField(default=list)  # as theming.read_words returns them
    # Its words changed and not all comments were gone through yet.
    is_stale = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "name"], name="theme_once")
        ]

    def __str__(self) -> str:
        return self.name


class ThemeMark(models.Model):
    """Whether a response has a theme; what a person said outweighs the words."""

    response = models.ForeignKey(
        Response, models.CASCADE, related_name="theme_marks", db_index=False
    )
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="marks")
    is_on = models.BooleanField(default=True)  # False: a person took it away
    is_by_hand = models.BooleanField(default=False)
    marked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "theme"], name="marked_once")
        ]

    def __str__(self) -> str:
        return f"{self.theme}: {self.response_id}"
