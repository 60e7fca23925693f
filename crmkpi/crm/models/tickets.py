"""Tickets: questions and complaints of customers, and the clocks that run on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Channel,
    Fact,
    Member,
    Spell,
    added_field,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Ticket(Fact):
    """A customer's request from opening to its last resolution."""

    class Status(models.IntegerChoices):
        NEW = 0, _("New")
        OPEN = 1, _("Open")
        PENDING = 2, _("Waiting for the customer")
        RESOLVED = 3, _("Resolved")
        CLOSED = 4, _("Closed")

    DONE = (Status.RESOLVED, Status.CLOSED)
    REOPEN_WINDOW_DAYS = 7  # a return within it was not resolved at first contact

    subject = models.CharField(_("subject"), max_length=300, blank=True)
    customer = models.ForeignKey(
        "crm.Customer", models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    contact = models.ForeignKey(
        "crm.Contact", models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    agent = agent_field(verbose_name=_("agent"))
    status = models.PositiveSmallIntegerField(choices=Status, default=Status.NEW)
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    type = member_field(Member.Dimension.TYPE)
    topic = member_field(Member.Dimension.TOPIC)
    policy = member_field(Member.Dimension.POLICY)
    segment = member_field(Member.Dimension.SEGMENT)
    client = member_field(Member.Dimension.CLIENT)
    product = models.ForeignKey(
        "crm.Product", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_complaint = models.BooleanField(_("complaint"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    opened_day = models.IntegerField()
    opened_team = team_field()
    replied_at = models.DateTimeField(_("first reply"), null=True, blank=True)
    replied_day = models.IntegerField(null=True)
    replied_team = team_field()
    reply_seconds = models.BigIntegerField(null=True)
    reply_business_seconds = models.BigIntegerField(null=True)  # NULL: no calendar
    resolved_at = models.DateTimeField(_("last resolved"), null=True, blank=True)
    resolved_day = models.IntegerField(null=True)
    resolved_team = team_field()
    resolution_seconds = models.BigIntegerField(null=True)
    resolution_business_seconds = models.BigIntegerField(null=True)
    reopened_at = models.DateTimeField(_("first reopened"), null=True, blank=True)
    reopened_day = models.IntegerField(null=True)
    reopens = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    customer_contacts = models.PositiveSmallIntegerField(
        _("contacts by the customer"), default=1
    )
    # Day of the next ticket of the same customer and topic after this was resolved.
    followed_up_day = models.IntegerField(null=True, editable=False)
    calendar_version = models.PositiveIntegerField(default=0)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("opened_team", "replied_team", "resolved_team")

    class Meta(Fact.Meta):
        indexes = [
            *axis_indexes(
                "ticket",
                "opened_day",
                "opened_team",
                "channel",
                "type",
                "segment",
                "client",
            ),
            *axis_indexes(
                "ticket", "replied_day", "replied_team", "channel", "segment", "client"
            ),
            *axis_indexes(
                "ticket",
                "resolved_day",
                "resolved_team",
                "channel",
                "type",
                "segment",
                "client",
            ),
            # finds the next ticket of the same customer and topic
            models.Index(
                fields=["customer", "topic", "opened_at"], name="ticket_follow_up"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.external_id


class TicketSpell(Spell):
    """A stretch of a ticket in one status under one owner."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="spells")
    status = models.PositiveSmallIntegerField(choices=Ticket.Status)
    is_open = models.BooleanField(default=True)
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    type = member_field(Member.Dimension.TYPE)
    segment = member_field(Member.Dimension.SEGMENT)  # the ticket's
    client = member_field(Member.Dimension.CLIENT)  # the ticket's
    exclusion = models.PositiveSmallIntegerField(default=0)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        indexes = [
            *axis_indexes(
                "tickspell",
                "started_day",
                "team",
                "channel",
                "type",
                "segment",
                "client",
            ),
            *axis_indexes(
                "tickspell", "ended_day", "team", "channel", "type", "segment", "client"
            ),
        ]


class SlaClock(models.Model):
    """A promise on a ticket: decided when it is kept or falls due, whichever first.

    A clock that still runs counts as missed on the day it falls due, so that an open
    ticket past its due time is in the figure without anything having to happen.
    """

    class Kind(models.IntegerChoices):
        REPLY = 0, _("First reply")
        RESOLUTION = 1, _("Resolution")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    kind = models.PositiveSmallIntegerField(choices=Kind)
    policy = member_field(Member.Dimension.POLICY)
    segment = member_field(Member.Dimension.SEGMENT)  # the ticket's
    client = member_field(Member.Dimension.CLIENT)  # the ticket's
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField()
    decided_day = models.IntegerField()
    is_met = models.BooleanField()
    agent = agent_field()
    team = team_field()
    exclusion = models.PositiveSmallIntegerField(default=0)
    added_at = added_field()

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind"], name="one_clock_a_kind")
        ]
        indexes = axis_indexes(
            "slaclock", "decided_day", "team", "policy", "kind", "segment", "client"
        )
