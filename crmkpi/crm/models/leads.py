"""Leads: people or companies who might buy."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Channel,
    Fact,
    Member,
    Spell,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Lead(Fact):
    """Somebody who might buy, until converted or lost."""

    class State(models.IntegerChoices):
        OPEN = 0, _("Open")
        CONVERTED = 1, _("Converted")
        LOST = 2, _("Lost")

    name = models.CharField(_("name"), max_length=300, blank=True)
    customer = models.ForeignKey(
        "crm.Customer", models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    agent = agent_field(verbose_name=_("owner"))
    state = models.PositiveSmallIntegerField(choices=State, default=State.OPEN)
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
    )
    product = models.ForeignKey(
        "crm.Product",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    segment = member_field(Member.Dimension.SEGMENT)
    region = member_field(Member.Dimension.REGION)
    created_at = models.DateTimeField(_("created"), null=True)
    created_day = models.IntegerField()
    created_team = team_field()
    responded_at = models.DateTimeField(_("first response"), null=True, blank=True)
    responded_day = models.IntegerField(null=True)
    responded_team = team_field()
    response_seconds = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(_("converted or lost"), null=True, blank=True)
    closed_day = models.IntegerField(null=True)
    closed_team = team_field()

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("created_team", "closed_team")

    class Meta(Fact.Meta):
        indexes = [
            *axis_indexes(
                "lead",
                "created_day",
                "created_team",
                "channel",
                "campaign",
                "product",
                "region",
                "segment",
            ),
            *axis_indexes(
                "lead",
                "responded_day",
                "responded_team",
                "channel",
                "campaign",
                "product",
                "region",
                "segment",
            ),
            *axis_indexes("lead", "closed_day", "closed_team"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class LeadSpell(Spell):
    """A stretch in which a lead was open under one owner."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="spells")
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    segment = member_field(Member.Dimension.SEGMENT)  # the lead's
    exclusion = models.PositiveSmallIntegerField(default=0)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        indexes = [
            *axis_indexes("leadspell", "started_day", "team", "channel", "segment"),
            *axis_indexes("leadspell", "ended_day", "team", "channel", "segment"),
        ]
