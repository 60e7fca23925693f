"""Contracts: what a customer pays for over a time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Fact,
    Member,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Contract(Fact):
    """A contract from its first day until it ends."""

    class Kind(models.IntegerChoices):
        SUBSCRIPTION = 0, _("Subscription")
        SERVICE = 1, _("Service")

    customer = models.ForeignKey(
        "crm.Customer", models.CASCADE, related_name="contracts"
    )
    agent = agent_field(verbose_name=_("owner"))
    kind = models.PositiveSmallIntegerField(choices=Kind, default=Kind.SUBSCRIPTION)
    product = models.ForeignKey(
        "crm.Product", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    segment = member_field(Member.Dimension.SEGMENT)
    monthly_amount = models.BigIntegerField(null=True)  # minor units
    original_amount = models.BigIntegerField(null=True)  # of a month, as it came
    original_currency = models.CharField(max_length=3, blank=True)
    started_day = models.IntegerField(_("first day"))
    ended_day = models.IntegerField(_("day after the last"), null=True, blank=True)
    due_day = models.IntegerField(_("renewal due"), null=True, blank=True)
    due_team = team_field()
    renewed_day = models.IntegerField(_("renewed"), null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("due_team",)

    class Meta(Fact.Meta):
        indexes = axis_indexes("contract", "due_day", "due_team", "segment")
