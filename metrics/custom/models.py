"""Metrics that people made: what never changes, and the versions of what does."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import Team, User
from crmkpi.lib.numbers import Unit
from metrics.metric import Better

PREFIX = "own_"  # of every key, so that none is ever a declared one
LONGEST_KEY = 64


class CustomMetric(models.Model):
    """A metric that somebody made; it counts by its newest version."""

    class Sharing(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("A team and all below it")
        EVERYBODY = "everybody", _("Everybody")

    key = models.CharField(max_length=LONGEST_KEY, unique=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    sharing = models.CharField(_("shared with"), max_length=9, choices=Sharing)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)  # computed on, offered no more

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sharing="team", team__isnull=False)
                | (~Q(sharing="team") & Q(team__isnull=True)),
                name="custom_metric_team",
            )
        ]

    def __str__(self) -> str:
        return self.key


class CustomVersion(models.Model):
    """What a metric was from one edit to the next; never changed."""

    class Kind(models.TextChoices):
        RATIO = "ratio", _("One sum divided by another")
        FORMULA = "formula", _("A formula over metrics")

    metric = models.ForeignKey(CustomMetric, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # What its values are stored under; an edit of the words alone keeps it.
    computed_as = models.ForeignKey(
        "metrics.MetricVersion", models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    title = models.CharField(_("name"), max_length=120)
    text = models.CharField(_("what it says"), max_length=500, blank=True)
    unit = models.CharField(max_length=13, choices=[(each, each) for each in Unit])
    better = models.CharField(max_length=6, choices=[(each, each) for each in Better])
    min_n = models.PositiveIntegerField()
    above = models.JSONField(default=list)  # lines as in definitions.Line
    below = models.JSONField(default=list)
    formula = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["metric", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "number"], name="custom_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} v{self.number}"

    def save(self, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("a version is never changed: make another one")
        super().save(**options)


class CustomStamp(models.Model):
    """One row: locked by who changes a metric, and another text after each change.

    A random text rather than a number: one that was taken back never comes again, so
    what was read under it can be kept by every process.
    """

    stamp = models.CharField(max_length=32, blank=True)
