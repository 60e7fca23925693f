"""Agent time, process runs, engagement days and market figures."""

from django.db import models
from django.db.models import F, Q
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


class AgentTime(Fact):
    """Seconds that an agent spent in one state on one local day."""

    class State(models.IntegerChoices):
        HANDLING = 1, _("Handling contacts")
        AVAILABLE = 2, _("Waiting for contacts")
        BREAK = 3, _("Break")
        MEETING = 4, _("Meeting")
        TRAINING = 5, _("Training")
        ABSENT = 6, _("Absent")

    agent = agent_field(verbose_name=_("agent"))
    day = models.IntegerField(_("day"))
    team = team_field()
    state = models.PositiveSmallIntegerField(_("state"), choices=State)
    seconds = models.PositiveIntegerField(_("seconds"))
    scheduled_seconds = models.PositiveIntegerField(
        _("scheduled seconds"), null=True, blank=True
    )
    is_planned = models.BooleanField(_("planned"), default=True)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta(Fact.Meta):
        indexes = axis_indexes("agenttime", "day", "team")


class ProcessRun(Fact):
    """One run of a process that a machine may finish without a person."""

    process = member_field(Member.Dimension.PROCESS)
    agent = agent_field()
    team = team_field()
    ended_at = models.DateTimeField(_("ended"))
    ended_day = models.IntegerField()
    is_eligible = models.BooleanField(_("could be automated"), default=True)
    is_finished = models.BooleanField(_("finished"), default=True)
    human_touches = models.PositiveIntegerField(_("human touches"), default=0)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("team",)

    class Meta(Fact.Meta):
        indexes = axis_indexes("processrun", "ended_day", "team", "process")


class EngagementDay(Fact):
    """What one channel reached and moved on one local day."""

    channel = models.PositiveSmallIntegerField(choices=Channel)
    campaign = models.ForeignKey(
        "crm.Campaign",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    agent = agent_field()
    team = team_field()
    day = models.IntegerField(_("day"))
    reach = models.BigIntegerField(_("reach"), null=True, blank=True)
    engagements = models.BigIntegerField(_("engagements"), null=True, blank=True)
    visits = models.BigIntegerField(_("visits"), null=True, blank=True)
    visitors = models.BigIntegerField(_("visitors"), null=True, blank=True)
    visit_seconds = models.BigIntegerField(_("seconds on site"), null=True, blank=True)
    active_users = models.BigIntegerField(_("active users"), null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ("team",)

    class Meta(Fact.Meta):
        indexes = axis_indexes("engagement", "day", "team", "channel", "campaign")


class MarketFigure(Fact):
    """A figure from outside, or entered by hand, with its source and its dates."""

    metric_key = models.CharField(_("figure"), max_length=64)  # "market_size", "csat"
    subject = models.CharField(_("of whom"), max_length=200, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4)
    # Of an audit: how many fields were checked, and, as in `value`, found right.
    out_of = models.BigIntegerField(_("out of"), null=True, blank=True)
    confirmed = models.BigIntegerField(null=True, editable=False)
    unit = models.CharField(_("unit"), max_length=32, blank=True)
    first_day = models.IntegerField(_("first day"))
    end_day = models.IntegerField(_("day after the last"))
    origin = models.CharField(_("where it comes from"), max_length=300, blank=True)
    author = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agent = agent_field(editable=False)  # always none: it is about the company
    team = team_field()
    # Of all that makes up the figure, so that sums over days tell when any of it moved.
    checksum = models.BigIntegerField(default=0, editable=False)

    objects = FactQuerySet.as_manager()
    agent_path = None
    team_paths = ()

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(first_day__lt=F("end_day")), name="market_figure_days"
            ),
        ]
        indexes = [
            models.Index(fields=["metric_key", "first_day"], name="market_figure_find")
        ]
