"""What was predicted when: the models' parameters, and each customer's future."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models import Customer, Member
from crmkpi.crm.models.base import (
    added_field,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class LifetimeFit(models.Model):
    """The models fitted to all purchases up to one day, or why they could not be."""

    class Refusal(models.TextChoices):
        FEW_CUSTOMERS = "customers", _("Fewer than 200 customers had bought.")
        SHORT_HISTORY = "history", _("Purchases reach back less than 26 weeks.")
        NOT_FITTED = "not_fitted", _("The purchases tell no pattern: nobody came back.")
        CORRELATED = (
            "correlated",
            _("Who buys more often spends differently: values cannot be predicted."),
        )

    as_of_day = models.IntegerField(unique=True)  # the last day that was looked at
    fitted_at = models.DateTimeField()
    customers = models.PositiveIntegerField()  # who had bought
    weeks = models.FloatField()  # since the first purchase
    refusal = models.CharField(max_length=12, choices=Refusal, blank=True)
    value_refusal = models.CharField(max_length=12, choices=Refusal, blank=True)
    # BG/NBD, in weeks
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    log_likelihood = models.FloatField(null=True)
    # Gamma-Gamma, in minor units of money
    p = models.FloatField(null=True)
    q = models.FloatField(null=True)
    v = models.FloatField(null=True)
    value_log_likelihood = models.FloatField(null=True)
    correlation = models.FloatField(null=True)  # of how often with how much, −1..1
    holdout_error = models.FloatField(null=True)  # per cent of the purchases
    brier = models.FloatField(null=True)  # 0..1, of the chance of being gone

    class Meta:
        ordering = ["-as_of_day"]

    def __str__(self) -> str:
        return str(self.as_of_day)


class CustomerPrediction(models.Model):
    """What one fit says of one customer, owned and placed as on its day."""

    fit = models.ForeignKey(LifetimeFit, models.CASCADE, related_name="predictions")
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="predictions", db_index=True
    )
    as_of_day = models.IntegerField()  # of the fit
    agent = agent_field()
    team = team_field()
    segment = member_field(Member.Dimension.SEGMENT)
    industry = member_field(Member.Dimension.INDUSTRY)
    is_active = models.BooleanField()  # whether a contract or order covers the day
    expected_purchases = models.DecimalField(max_digits=9, decimal_places=2)
    # Hundredths of a per cent: whole numbers add up exactly.
    alive_share = models.PositiveSmallIntegerField()
    gone_share = models.PositiveSmallIntegerField()
    value = models.BigIntegerField(null=True)  # minor units; NULL: not predicted
    added_at = added_field()

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fit", "customer"], name="one_prediction_a_fit"
            )
        ]
        indexes = axis_indexes("prediction", "as_of_day", "team", "segment", "industry")


class CustomerStanding(models.Model):
    """How close an active customer was on a day, part by part; NULL: not known."""

    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="standings", db_index=True
    )
    as_of_day = models.IntegerField()
    agent = agent_field()
    team = team_field()
    segment = member_field(Member.Dimension.SEGMENT)
    industry = member_field(Member.Dimension.INDUSTRY)
    # Points from 0 to 100
    recency = models.PositiveSmallIntegerField(null=True)
    channels = models.PositiveSmallIntegerField(null=True)
    tenure = models.PositiveSmallIntegerField(null=True)
    nps = models.PositiveSmallIntegerField(null=True)
    complaints = models.PositiveSmallIntegerField(null=True)
    points = models.BigIntegerField()  # times weights, added up
    weight = models.PositiveSmallIntegerField()  # of the parts that are known
    added_at = added_field()

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        constraints = [  # led by the day: the last look before a day is searched
            models.UniqueConstraint(
                fields=["as_of_day", "customer"], name="one_standing_a_day"
            )
        ]
        indexes = axis_indexes("standing", "as_of_day", "team", "segment", "industry")
