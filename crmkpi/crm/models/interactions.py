"""Interactions: calls, mails, chats and visits between a customer and an agent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Channel,
    Fact,
    Member,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Interaction(Fact):
    """One contact over one channel; calls carry their seconds."""

    class Direction(models.IntegerChoices):
        INBOUND = 0, _("Inbound")
        OUTBOUND = 1, _("Outbound")

    REPEAT_WINDOW_DAYS = 7

    customer = models.ForeignKey(
        "crm.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
    )
    agent = agent_field(verbose_name=_("agent"))
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    direction = models.PositiveSmallIntegerField(
        choices=Direction, default=Direction.INBOUND
    )
    topic = member_field(Member.Dimension.TOPIC)
    segment = member_field(Member.Dimension.SEGMENT)
    client = member_field(Member.Dimension.CLIENT)
    topics = models.PositiveSmallIntegerField(_("number of topics"), default=1)
    campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
        db_index=False,
    )
    opportunity = models.ForeignKey(
        "crm.Opportunity",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
    )
    ticket = models.ForeignKey(
        "crm.Ticket",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interactions",
    )
    is_sales = models.BooleanField(_("sales contact"), default=False)
    is_answered = models.BooleanField(_("answered"), null=True, blank=True)
    is_resolved = models.BooleanField(_("resolved"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    at_day = models.IntegerField()  # of ended_at, else of started_at
    at_team = team_field()
    wait_seconds = models.PositiveIntegerField(_("seconds waited"), null=True)
    talk_seconds = models.PositiveIntegerField(_("seconds talked"), null=True)
    hold_seconds = models.PositiveIntegerField(_("seconds on hold"), null=True)
    wrap_up_seconds = models.PositiveIntegerField(_("seconds of wrap-up"), null=True)
    # Day of the next call of the same customer and topic.
    followed_up_day = models.IntegerField(null=True, editable=False)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("at_team",)

    class Meta(Fact.Meta):
        indexes = [
            *axis_indexes(
                "contact",
                "at_day",
                "at_team",
                "channel",
                "topic",
                "campaign",
                "segment",
                "client",
            ),
            models.Index(  # finds the next call of the same customer and topic
                fields=["customer", "topic", "started_at"], name="contact_follow_up"
            ),
        ]
