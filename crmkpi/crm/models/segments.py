"""Segments that rules put customers into, and when a customer was in which."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.crm.models.base import Member, member_field
from crmkpi.crm.models.customers import Customer


class Segment(models.Model):
    """Rules that pick out customers; of several that match, the first in order wins.

    Its member is what figures are split by; it stays when the segment is archived.
    """

    class Match(models.TextChoices):
        ALL = "all", _("All of these hold")
        ANY = "any", _("At least one of these holds")

    member = models.OneToOneField(Member, models.PROTECT, related_name="ruled_by")
    text = models.CharField(max_length=500, blank=True)
    match = models.CharField(max_length=3, choices=Match, default=Match.ALL)
    conditions = models.JSONField(default=list)  # see segments/rules.py
    place = models.PositiveIntegerField()  # in the order; archived ones keep theirs
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return self.member.name


class SegmentStay(models.Model):
    """Days in which a customer was in a segment of rules; no end: is in it still."""

    segment = models.ForeignKey(
        Segment, models.CASCADE, related_name="stays", db_index=False
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    entered_day = models.IntegerField()
    left_day = models.IntegerField(null=True)  # the first day outside

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(left_day__isnull=True),
                name="in_one_segment",
            ),
            models.CheckConstraint(
                condition=Q(left_day__isnull=True) | Q(left_day__gt=F("entered_day")),
                name="segment_stay_has_days",
            ),
        ]
        indexes = [  # the page of a segment: who is in it, and how many were when
            models.Index(fields=["segment", "left_day"], name="segment_stay_of")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id} from {self.entered_day}"


class SegmentBefore(models.Model):
    """What a source gave a customer for the days before one, where it gives another."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    segment = member_field(Member.Dimension.SEGMENT)  # NULL: none then
    until_day = models.IntegerField()  # the first day on which it no longer held

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "until_day"], name="segment_before_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id} until {self.until_day}"


class SegmentTurn(models.Model):
    """When customers were last put into segments; one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    turned_day = models.IntegerField(null=True)
    turned_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)  # rules changed and are not yet used

    def __str__(self) -> str:
        return f"segments of {self.turned_at}"
