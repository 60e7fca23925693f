"""Opportunities (deals) and the stages they pass through."""

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
from crmkpi.crm.models.orders import Order
from crmkpi.crm.querysets import FactQuerySet
from crmkpi.lib.periods import UNDATED


class State(models.IntegerChoices):
    OPEN = 0, _("Open")
    WON = 1, _("Won")
    LOST = 2, _("Lost")


class Stage(models.Model):
    """A step of the sales process."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    state = models.PositiveSmallIntegerField(choices=State, default=State.OPEN)
    before_proposal = models.BooleanField(_("before the proposal"), default=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Opportunity(Fact):
    """A deal that is open, won or lost."""

    State = State

    name = models.CharField(_("name"), max_length=300, blank=True)
    customer = models.ForeignKey(
        "crm.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opportunities",
    )
    agent = agent_field(verbose_name=_("owner"))
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    state = models.PositiveSmallIntegerField(choices=State, default=State.OPEN)
    product = models.ForeignKey(
        "crm.Product",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    campaign = models.ForeignKey(
        "crm.Campaign", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    region = member_field(Member.Dimension.REGION)
    industry = member_field(Member.Dimension.INDUSTRY)
    segment = member_field(Member.Dimension.SEGMENT)
    competitor = models.CharField(_("competitor"), max_length=200, blank=True)
    sale = models.PositiveSmallIntegerField(
        choices=Order.Sale, default=Order.Sale.NEW, db_default=Order.Sale.NEW
    )
    is_renewal = models.BooleanField(_("renewal"), default=False)
    amount = models.BigIntegerField(null=True)  # organisation's currency, minor units
    original_amount = models.BigIntegerField(null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    opened_day = models.IntegerField()
    opened_team = team_field()
    proposed_at = models.DateTimeField(_("proposal sent"), null=True, blank=True)
    proposed_day = models.IntegerField(null=True)
    proposed_team = team_field()
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_day = models.IntegerField(null=True)
    closed_team = team_field()
    cycle_days = models.IntegerField(null=True)  # closed_day − opened_day, both known

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("opened_team", "closed_team")

    class Meta(Fact.Meta):
        verbose_name_plural = _("opportunities")
        indexes = [
            *axis_indexes(
                "opp",
                "opened_day",
                "opened_team",
                "region",
                "industry",
                "product",
                "channel",
                "segment",
            ),
            *axis_indexes(
                "opp",
                "proposed_day",
                "proposed_team",
                "region",
                "industry",
                "product",
                "channel",
                "segment",
            ),
            *axis_indexes(
                "opp",
                "closed_day",
                "closed_team",
                "region",
                "industry",
                "product",
                "channel",
                "segment",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class StageSpell(Spell):
    """A stretch of an opportunity in one stage under one owner."""

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="spells")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    is_open = models.BooleanField(default=True)  # the stage's state is open
    before_proposal = models.BooleanField(default=True)
    exclusion = models.PositiveSmallIntegerField(default=0)
    region = member_field(Member.Dimension.REGION)
    industry = member_field(Member.Dimension.INDUSTRY)
    product = models.ForeignKey(
        "crm.Product", models.SET_NULL, null=True, related_name="+", db_index=False
    )
    segment = member_field(Member.Dimension.SEGMENT)  # the deal's
    # The day on which the deal came into the stage, whoever owned it then.
    entered_day = models.IntegerField(default=UNDATED)
    days = models.IntegerField(null=True)  # in the stage; of the last spell of a stay

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        indexes = [
            *axis_indexes(
                "stagespell",
                "started_day",
                "team",
                "region",
                "industry",
                "product",
                "stage",
                "segment",
            ),
            *axis_indexes(
                "stagespell",
                "ended_day",
                "team",
                "region",
                "industry",
                "product",
                "stage",
                "segment",
            ),
        ]
