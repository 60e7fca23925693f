"""Campaigns and what customer work costs."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Channel,
    Fact,
    added_field,
    agent_field,
    axis_indexes,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Campaign(Fact):
    """A marketing campaign."""

    name = models.CharField(_("name"), max_length=300)
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    agent = agent_field()
    team = team_field()
    started_day = models.IntegerField(_("first day"), null=True, blank=True)
    ended_day = models.IntegerField(_("day after the last"), null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ("team",)

    class Meta(Fact.Meta):
        indexes = axis_indexes("campaign", "started_day", "team", "channel")

    def __str__(self) -> str:
        return self.name


class Cost(Fact):
    """Money spent on winning, keeping or serving customers, over a range of days."""

    class Kind(models.IntegerChoices):
        MARKETING = 1, _("Marketing")
        SALES = 2, _("Sales")
        RETENTION = 3, _("Retention")
        SERVICE = 4, _("Service")
        CRM_SYSTEM = 5, _("CRM system")

    kind = models.PositiveSmallIntegerField(_("kind"), choices=Kind)
    description = models.CharField(_("description"), max_length=300, blank=True)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="costs"
    )
    team = team_field()
    amount = models.BigIntegerField(null=True)  # organisation's currency, minor units
    original_amount = models.BigIntegerField(null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    first_day = models.IntegerField(_("first day"))
    end_day = models.IntegerField(_("day after the last"))

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ("team",)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(first_day__lt=F("end_day")), name="cost_days"
            ),
        ]


class CostShare(models.Model):
    """A cost's even share of one day, in whole minor units that sum to the cost."""

    cost = models.ForeignKey(Cost, models.CASCADE, related_name="shares")
    day = models.IntegerField()
    amount = models.BigIntegerField()
    kind = models.PositiveSmallIntegerField(choices=Cost.Kind)
    exclusion = models.PositiveSmallIntegerField(default=0)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    channel = models.PositiveSmallIntegerField(  # of the campaign
        choices=Channel, default=Channel.UNKNOWN, db_default=Channel.UNKNOWN
    )
    agent = agent_field()
    team = team_field()
    added_at = added_field()

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ("team",)

    class Meta:
        indexes = axis_indexes("costshare", "day", "team", "campaign", "channel")
