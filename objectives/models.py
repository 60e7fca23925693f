"""Objectives, their key results and targets, what people say and what numbers say."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import Team, User
from crmkpi.lib.periods import Period
from metrics.alerts.models import AlertRule
from metrics.scopes import ScopeKey
from objectives.querysets import KeyResultQuerySet, ObjectiveQuerySet


def _number() -> models.DecimalField:
    """Return a column for a value in the metric's unit, money in major units."""
    return models.DecimalField(max_digits=26, decimal_places=6, null=True, blank=True)


class Cycle(models.Model):
    """The days over which objectives run, most often a quarter."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    name = models.CharField(_("name"), max_length=100, unique=True)
    start_day = models.IntegerField(_("first day"))
    end_day = models.IntegerField()  # the day after the last one
    state = models.CharField(
        _("state"), max_length=6, choices=State, default=State.OPEN
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-start_day", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_day__lt=F("end_day")), name="cycle_days"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def period(self) -> Period:
        return Period(self.start_day, self.end_day)

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED


class Objective(models.Model):
    """What a team wants to reach in a cycle; its key results say when it is reached."""

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        TEAM = "team", _("The team and who reads its figures")
        PRIVATE = "private", _("Owner, reviewer and managers")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        CLOSED = "closed", _("Closed")

    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="objectives", verbose_name=_("owner")
    )
    reviewer = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="objectives_to_review",
        verbose_name=_("reviewer"),
    )
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="objectives", verbose_name=_("team")
    )
    cycle = models.ForeignKey(
        Cycle, models.PROTECT, related_name="objectives", verbose_name=_("cycle")
    )
    visibility = models.CharField(
        _("who may see it"),
        max_length=7,
        choices=Visibility,
        default=Visibility.PUBLIC,
    )
    state = models.CharField(
        _("state"), max_length=6, choices=State, default=State.ACTIVE
    )
    version = models.PositiveIntegerField(default=1)  # refuses a lost update
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        indexes = [  # scorecard of a team and the list of objectives
            models.Index(fields=["cycle", "team", "state"], name="objective_team")
        ]

    def __str__(self) -> str:
        return self.title


class KeyResult(models.Model):
    """A metric of a scope with a direction, or milestones; targets are versions."""

    class Direction(models.TextChoices):
        INCREASE = "increase", _("Increase to")
        DECREASE = "decrease", _("Decrease to")
        AT_LEAST = "at_least", _("Keep at or above")
        AT_MOST = "at_most", _("Keep at or below")
        RANGE = "range", _("Keep within a range")
        MILESTONE = "milestone", _("Reach milestones")

    class PeriodValue(models.TextChoices):
        """Which value of the cycle counts; the metric decides, not the user."""

        FLOW = "flow", _("Sum over the cycle so far")
        RATIO = "ratio", _("Over all cases of the cycle so far")
        LEVEL = "level", _("At the close of the last day")
        DISTRIBUTION = "distribution", _("Computed from all rows of the cycle so far")
        MILESTONES = "milestones", _("Weight of the milestones done")

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="key_results")
    title = models.CharField(_("title"), max_length=200)
    metric = models.CharField(_("metric"), max_length=64, blank=True)
    cut = models.SmallIntegerField(default=0)  # the scope, as in metrics.scopes
    member = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    scope_text = models.CharField(max_length=500, blank=True)
    direction = models.CharField(_("direction"), max_length=9, choices=Direction)
    period_value = models.CharField(max_length=12, choices=PeriodValue)
    # A journey of a rate may look back so many days instead of to the first day.
    window_days = models.PositiveSmallIntegerField(
        _("days to look back"), null=True, blank=True
    )
    weight = models.DecimalField(
        _("weight"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(0)],
    )
    position = models.PositiveSmallIntegerField(default=1)
    is_cancelled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = KeyResultQuerySet.as_manager()

    class Meta:
        ordering = ["objective", "position", "pk"]
        indexes = [  # which key results a changed scope concerns
            models.Index(fields=["cut", "member", "other"], name="key_result_scope")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gte=0), name="key_result_weight"
            ),
            models.CheckConstraint(
                condition=Q(direction="milestone", metric="")
                | (~Q(direction="milestone") & ~Q(metric="")),
                name="key_result_has_metric_or_milestones",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> ScopeKey:
        return ScopeKey(self.cut, self.member, self.other)

    @property
    def is_flow(self) -> bool:
        return self.period_value == self.PeriodValue.FLOW

    @property
    def is_milestone(self) -> bool:
        return self.direction == self.Direction.MILESTONE


class Milestone(models.Model):
    """A step that is done or not."""

    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="milestones")
    title = models.CharField(_("title"), max_length=200)
    weight = models.DecimalField(
        _("weight"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(0)],
    )
    due_day = models.IntegerField(_("due"), null=True, blank=True)
    done_day = models.IntegerField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class TargetVersion(models.Model):
    """What a key result aims at from one day on; append-only."""

    class Curve(models.TextChoices):
        LINEAR = "linear", _("Evenly over the cycle")
        STEPS = "steps", _("In steps")
        POINTS = "points", _("Along points")
        LAST_YEAR = "last_year", _("As last year")
        NONE_UNTIL = "none_until", _("Nothing before a day")

    key_result = models.ForeignKey(KeyResult, models.CASCADE, related_name="targets")
    number = models.PositiveIntegerField()
    effective_day = models.IntegerField(_("from"))
    baseline = _number()
    target = _number()
    red = _number()
    low = _number()
    high = _number()
    red_low = _number()
    red_high = _number()
    curve = models.CharField(max_length=10, choices=Curve, default=Curve.LINEAR)
    steps = models.JSONField(default=list)  # [[day, value as text], …]
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    approver = models.ForeignKey(  # none of a first target
        User, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["key_result", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["key_result", "number"], name="target_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_result_id} v{self.number}"


class Evaluation(models.Model):
    """What the numbers said of a key result on a local day; can be computed again.

    Values are in the metric's unit, money in major units; shares are 1 = the target.
    """

    key_result = models.ForeignKey(
        KeyResult, models.CASCADE, related_name="evaluations"
    )
    day = models.IntegerField()  # on which it was computed
    closed_to = models.IntegerField()  # the first day that had not closed yet
    target_version = models.ForeignKey(
        TargetVersion, models.SET_NULL, null=True, related_name="+"
    )
    value_now = _number()  # with today so far
    value_closed = _number()  # up to the last closed day: everything below rests on it
    numerator = _number()
    denominator = _number()
    n = models.BigIntegerField(null=True)
    low = _number()
    high = _number()
    numerator_now = _number()  # of value_now, so that both are printed together
    denominator_now = _number()
    n_now = models.BigIntegerField(null=True)
    # The same closed part of other periods, by key of metrics.pickers.COMPARISONS:
    # {"value": "82.5", "n": 40, "low": …, "high": …}, numbers as text, None missing.
    compared = models.JSONField(default=dict)
    progress = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    expected = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    expected_value = _number()
    pace = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    status = models.CharField(max_length=16)  # a key of scoring.KrStatus
    forecast = _number()
    forecast_low = _number()  # 80 %
    forecast_high = _number()
    forecast_low_50 = _number()
    forecast_high_50 = _number()
    reach = models.FloatField(null=True)  # chance 0..1 of ending on target
    is_rough = models.BooleanField(default=False)  # too few days for the bands
    weeks = models.PositiveSmallIntegerField(default=0)  # closed, with data
    weeks_in_band = models.PositiveSmallIntegerField(default=0)  # of a hold
    reason = models.CharField(max_length=300, blank=True)  # why a number is missing
    data_day = models.IntegerField(null=True)  # last day the source is known to cover
    metric_version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["key_result", "-day"]
        constraints = [
            models.UniqueConstraint(
                fields=["key_result", "day"], name="evaluation_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_result_id} on {self.day}: {self.status}"


class DueEvaluation(models.Model):
    """A key result to be judged anew; append-only, deleted with the work.

    Without a foreign key, so that the engine's transactions wait for nobody here.
    """

    key_result_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key_result_id} is due"


class StatusRule(AlertRule):
    """Tells when the status of a key result becomes worse than a word; see alerts."""

    class WorseThan(models.TextChoices):
        ON_TRACK = "on_track", _("On track")
        WATCH = "watch", _("Watch")

    key_result = models.ForeignKey(
        KeyResult, models.CASCADE, related_name="alert_rules"
    )
    worse_than = models.CharField(max_length=8, choices=WorseThan)

    def __str__(self) -> str:
        return f"{self.key_result_id} worse than {self.worse_than}"


class CheckIn(models.Model):
    """What people say about an objective; it never changes what the numbers say."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="check_ins")
    confidence = models.PositiveSmallIntegerField(
        _("confidence"), validators=[MaxValueValidator(10)]
    )
    sentence = models.CharField(_("one sentence"), max_length=500)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__lte=10), name="check_in_confidence"
            )
        ]

    def __str__(self) -> str:
        return f"{self.confidence} of 10"


class Link(models.Model):
    """One objective that contributes to another, or is aligned with it."""

    class Kind(models.TextChoices):
        CONTRIBUTES = "contributes", _("Contributes to")
        ALIGNED = "aligned", _("Aligned with")

    child = models.ForeignKey(Objective, models.CASCADE, related_name="links_up")
    parent = models.ForeignKey(Objective, models.CASCADE, related_name="links_down")
    kind = models.CharField(max_length=11, choices=Kind)
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="link_once"),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(kind="contributes"),
                name="link_contributes_to_one",
            ),
            models.CheckConstraint(
                condition=~Q(child=F("parent")), name="link_is_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.kind} {self.parent_id}"


class AccessLog(models.Model):
    """Who looked at a person's scorecard, once a day."""

    viewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    subject = models.ForeignKey(User, models.CASCADE, related_name="looks")
    day = models.IntegerField()
    at = models.DateTimeField()  # of the last look

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["viewer", "subject", "day"], name="look_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.viewer_id} looked at {self.subject_id}"
