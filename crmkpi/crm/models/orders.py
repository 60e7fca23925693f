"""Products and orders."""

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


class Product(Fact):
    """Something that is sold."""

    name = models.CharField(_("name"), max_length=300)
    family = models.CharField(_("family"), max_length=200, blank=True)
    list_price = models.BigIntegerField(null=True)  # minor units

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ()

    def __str__(self) -> str:
        return self.name


class Order(Fact):
    """A purchase; it counts once it is paid."""

    class State(models.IntegerChoices):
        PENDING = 0, _("Pending")
        PAID = 1, _("Paid")
        CANCELLED = 2, _("Cancelled")
        REFUNDED = 3, _("Refunded")

    class Sale(models.IntegerChoices):
        NEW = 0, _("New or repeat")
        UPSELL = 1, _("Upsell")
        CROSS_SELL = 2, _("Cross-sell")
        RENEWAL = 3, _("Renewal")

    UNDONE = (State.CANCELLED, State.REFUNDED)
    CREDIT_DAYS = 30

    customer = models.ForeignKey(
        "crm.Customer", models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    agent = agent_field(verbose_name=_("sold by"))
    state = models.PositiveSmallIntegerField(choices=State, default=State.PAID)
    sale = models.PositiveSmallIntegerField(choices=Sale, default=Sale.NEW)
    is_recurring = models.BooleanField(_("recurring"), default=False)
    is_first = models.BooleanField(default=False)  # the customer's first paid order
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
    )
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    segment = member_field(Member.Dimension.SEGMENT)
    region = member_field(Member.Dimension.REGION)
    amount = models.BigIntegerField(null=True)  # net of tax and shipping, minor units
    original_amount = models.BigIntegerField(null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    cost_amount = models.BigIntegerField(null=True)  # cost of goods, minor units
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    paid_day = models.IntegerField(null=True)
    paid_team = team_field()
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    delivered_day = models.IntegerField(null=True)
    delivered_team = team_field()
    # Whether it goes back to a campaign or to work with the customer, by the last touch
    # in CREDIT_DAYS before payment, and to which campaign.
    is_credited = models.BooleanField(default=False, editable=False)
    credited_campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("paid_team",)

    class Meta(Fact.Meta):
        indexes = [
            *axis_indexes(
                "order",
                "paid_day",
                "paid_team",
                "segment",
                "region",
                "product",
                "channel",
                "campaign",
                "credited_campaign",
            ),
            # what a rule for sending would have asked about lately
            models.Index(
                fields=["delivered_at"],
                condition=models.Q(delivered_at__isnull=False),
                name="order_delivered",
            ),
        ]
