"""Customers (accounts), their contacts (people) and when they were active."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.crm.models.base import (
    Channel,
    Fact,
    Member,
    Spell,
    agent_field,
    axis_indexes,
    erased_index,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet


class Customer(Fact):
    """A company or person that buys."""

    name = models.CharField(_("name"), max_length=300)
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries"
    )
    agent = agent_field(verbose_name=_("owner"))
    industry = member_field(Member.Dimension.INDUSTRY)
    region = member_field(Member.Dimension.REGION)
    # The one that counts today: that of a rule, else what the source gave. The stays
    # in crm.SegmentStay, and for what sources gave crm.SegmentBefore, tell which one
    # counted on an earlier day (see segments/).
    segment = member_field(Member.Dimension.SEGMENT)
    given_segment = member_field(Member.Dimension.SEGMENT)
    ruled_segment = member_field(Member.Dimension.SEGMENT)
    acquired_segment = member_field(Member.Dimension.SEGMENT)  # on acquired_day
    country = models.CharField(_("country"), max_length=100, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    acquired_at = models.DateTimeField(_("acquired"), null=True, blank=True)
    # The day of acquired_at, else of the first paid order; NULL: not yet a customer.
    acquired_day = models.IntegerField(null=True, editable=False)
    acquired_team = team_field()
    acquired_campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    acquired_channel = models.PositiveSmallIntegerField(
        choices=Channel, default=Channel.UNKNOWN
    )
    referred_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="referred"
    )
    # When a person who is a customer was erased; the row stays and counts.
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("acquired_team",)

    class Meta(Fact.Meta):
        indexes = [
            *axis_indexes(
                "customer", "acquired_day", "acquired_team", "industry", "region"
            ),
            *(  # the engine re-reads the cells of these, which are named otherwise
                models.Index(
                    fields=[f"acquired_{name}", "acquired_team", "acquired_day"],
                    name=f"customer_acquired_{name}",
                )
                for name in ("segment", "channel", "campaign")
            ),
            # the list narrowed down to a segment, and what rules changed of it
            models.Index(fields=["segment"], name="customer_by_segment"),
            models.Index(fields=["name"], name="customer_by_name"),  # the list, search
            erased_index("customer"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Fact):
    """A person at a customer."""

    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = "customer__agent"
    team_paths = ("customer__acquired_team",)

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["email"], name="contact_by_email"),
            erased_index("contact"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class CustomerSpell(Spell):
    """A stretch in which a customer was active, derived from contracts and orders.

    A contract covers its days; a paid order covers ACTIVE_DAYS from its day. What
    touches or overlaps is one stretch. Rebuilt for a customer whenever one of its
    contracts or orders changes; ended_day may lie in the future.
    """

    ACTIVE_DAYS = 365

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="spells")
    segment = member_field(Member.Dimension.SEGMENT)
    industry = member_field(Member.Dimension.INDUSTRY)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta:
        indexes = [
            *axis_indexes("custspell", "started_day", "team", "segment", "industry"),
            *axis_indexes("custspell", "ended_day", "team", "segment", "industry"),
        ]
