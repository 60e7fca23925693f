"""When customers are asked by themselves: rules, their occasions, and limits."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.crm.models import Channel, Contact, Customer, Member, Product
from crmkpi.crm.models.base import agent_field, member_field, team_field
from crmkpi.crm.querysets import FactQuerySet
from surveys.models.invitations import Invitation, Means
from surveys.models.surveys import Survey


class SendingRule(models.Model):
    """Whom a survey asks by itself: after what, how much later, and at which hours.

    It concerns what happens from the moment on which it is switched on; customers are
    never asked about what was before.
    """

    class Event(models.TextChoices):
        TICKET_RESOLVED = "ticket", _("A ticket was resolved")
        ORDER_PAID = "order", _("An order was paid")
        ORDER_DELIVERED = "delivery", _("An order was delivered")
        CONTRACT_RENEWED = "contract", _("A contract was renewed")
        PERIOD = "period", _("Every so many days, each active customer")
        API = "api", _("Another system asks for it (API)")

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="rules")
    event = models.CharField(_("ask when"), max_length=8, choices=Event)
    conditions = models.JSONField(default=dict)  # sending.conditions.Conditions
    delay_hours = models.PositiveSmallIntegerField(_("hours to wait"), default=24)
    every_days = models.PositiveSmallIntegerField(
        _("days between"), null=True, blank=True
    )
    send_from = models.PositiveSmallIntegerField(_("send from"), default=8)
    send_until = models.PositiveSmallIntegerField(_("send until"), default=20)
    sample_percent = models.PositiveSmallIntegerField(_("of 100 people"), default=100)
    # One reminder so many days after the mail; NULL: none.
    reminder_days = models.PositiveSmallIntegerField(null=True, blank=True)
    means = models.CharField(_("by"), max_length=4, choices=Means, default=Means.MAIL)
    is_on = models.BooleanField(default=False)
    on_since = models.DateTimeField(null=True, blank=True)
    planned_day = models.IntegerField(null=True)  # last day planned, when periodical
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sample_percent__gte=1, sample_percent__lte=100),
                name="rule_sample_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(send_from__lt=F("send_until"), send_until__lte=24),
                name="rule_hours_of_one_day",
            ),
            models.CheckConstraint(
                condition=~Q(event="period")
                | Q(every_days__isnull=False, every_days__gte=1),
                name="periodical_rule_has_days",
            ),
            models.CheckConstraint(
                condition=Q(is_on=False) | Q(on_since__isnull=False),
                name="rule_is_on_since",
            ),
        ]
        indexes = [  # what concerns a row that has just come in
            models.Index(fields=["event", "is_on"], name="rule_listening")
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.survey})"


class Occasion(models.Model):
    """Something that happened about which a rule may ask, and what became of it.

    Agent, team, channel, segment, client and product are those of the moment it
    happened.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ASKED = "asked", _("Invited")
        SKIPPED = "skipped", _("Not asked")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    rule = models.ForeignKey(SendingRule, models.PROTECT, related_name="occasions")
    # "ticket:3:T-17", "customer:12:81"; "api:key-1:b3f0…" for what a system asked for.
    subject = models.CharField(max_length=300)
    happened_at = models.DateTimeField()
    event_day = models.IntegerField()
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Only while it waits, and only when a system gave them.
    address = models.EmailField(blank=True)
    phone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=12, blank=True)
    agent = agent_field()
    team = team_field()
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    segment = member_field(Member.Dimension.SEGMENT)
    client = member_field(Member.Dimension.CLIENT)
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=16, choices=Invitation.Skip, blank=True)
    due_at = models.DateTimeField()
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="occasion"
    )
    fingerprint = models.CharField(max_length=64, blank=True)  # of what a system sent
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "subject"], name="one_occasion")
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="occasion_due"),
            # what a ticket that is open again takes back
            models.Index(fields=["subject"], name="occasion_subject"),
            # the page of a rule, newest first
            models.Index(fields=["rule", "-happened_at"], name="occasion_of_rule"),
        ]

    def __str__(self) -> str:
        return self.subject


class SendingLimits(models.Model):
    """What holds across all surveys; one row."""

    rest_days = models.PositiveSmallIntegerField(
        _("days between any two surveys to the same person"), default=7
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="sending_limits_are_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.rest_days} days"


class BounceEvent(models.Model):
    """What the mail provider told about a mail that came back; each event once."""

    class Kind(models.TextChoices):
        HARD = "hard", _("The address does not exist")
        SOFT = "soft", _("Could not be delivered this time")
        COMPLAINT = "complaint", _("Was reported as unwanted")

    event_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=9, choices=Kind)
    address_hash = models.CharField(max_length=64)
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="bounces"
    )
    happened_at = models.DateTimeField()

    class Meta:
        indexes = [  # how often did mail to this address come back lately
            models.Index(fields=["address_hash", "happened_at"], name="bounce_of")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
