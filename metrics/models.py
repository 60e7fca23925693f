"""Cells, snapshots and the to-do list of the engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.crm.models import ImportRun
from metrics.alerts.models import AlertRule, Mute, Notification, TrendNote
from metrics.analytics.models import (
    CustomerPrediction,
    CustomerStanding,
    LifetimeFit,
)
from metrics.custom.models import CustomMetric, CustomStamp, CustomVersion
from metrics.measures import AXES

__all__ = [
    "AXES",
    "AlertRule",
    "CalendarDay",
    "Cause",
    "CustomMetric",
    "CustomStamp",
    "CustomVersion",
    "CustomerPrediction",
    "CustomerStanding",
    "DirtyKey",
    "LifetimeFit",
    "MeasureState",
    "MetricOwner",
    "MetricVersion",
    "Mute",
    "Notification",
    "Pin",
    "Reading",
    "Revision",
    "RowImage",
    "ScopeVersion",
    "Slot",
    "Snapshot",
    "StalePair",
    "TrendNote",
]


class Cause(models.TextChoices):
    """Why a number changed."""

    NEW = "new", _("New rows")
    LATE = "late", _("Rows that arrived late")
    EDIT = "edit", _("Edited rows")
    REASSIGNMENT = "reassignment", _("Rows that moved to another agent or team")
    DELETION = "deletion", _("Deleted rows")
    DEFINITION = "definition", _("Another definition")
    TREE = "tree", _("Another team tree")
    REBUILD = "rebuild", _("Computed afresh from the rows")


class CalendarDay(models.Model):
    """To which week, month, quarter and year a day belongs: grains are joins."""

    day = models.IntegerField(primary_key=True)
    week = models.IntegerField()
    month = models.IntegerField()
    quarter = models.IntegerField()
    year = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["month", "day"], name="calendar_month"),
        ]

    def __str__(self) -> str:
        return str(self.day)


class Slot(models.Model):
    """One axis with one leaf cut: the row that a worker locks while it works there."""

    axis = models.CharField(max_length=64)
    cut = models.SmallIntegerField()
    # Set when so many rows changed that reading all of them again is cheaper.
    rebuild = models.BooleanField(default=False)
    rebuild_cause = models.CharField(max_length=12, choices=Cause, blank=True)
    # Whether it is read again only because a person wished it: that may be stopped.
    is_asked_for = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["axis", "cut"], name="slot_once")
        ]

    def __str__(self) -> str:
        return f"{self.axis} {self.cut}"


class DirtyKey(models.Model):
    """A leaf cell to be read again; append-only, deleted with the work."""

    slot_id = models.IntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()
    day = models.IntegerField()
    cause = models.CharField(max_length=12, choices=Cause)

    class Meta:
        indexes = [  # the oldest keys of a slot
            models.Index(fields=["slot_id", "id"], name="dirty_key_slot")
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}: {self.member} {self.other} {self.day}"


class MonthToCopy(models.Model):
    """A month whose rows changed since they were copied to a file; append-only.

    See engine.months.
    """

    axis = models.CharField(max_length=64, db_index=True)
    month = models.IntegerField(null=True)  # its first day; NULL: every month

    def __str__(self) -> str:
        return f"{self.axis}: {self.month}"


class CopiedFiles(models.Model):
    """Which files belong to this state of the database; see engine.columnar."""

    axis = models.CharField(max_length=64, primary_key=True)
    stamp = models.CharField(max_length=32)  # of the last copying, as in the folder

    def __str__(self) -> str:
        return f"{self.axis}: {self.stamp}"


class StalePair(models.Model):
    """A scope and period whose snapshots may have changed; append-only."""

    axis = models.CharField(max_length=64)
    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()
    grain = models.SmallIntegerField()
    start = models.IntegerField()
    cause = models.CharField(max_length=12, choices=Cause)

    def __str__(self) -> str:
        return f"{self.axis}: {self.cut} {self.member} {self.grain} {self.start}"


class MeasureState(models.Model):
    """How a measure was defined when its cells were last built."""

    axis = models.CharField(max_length=64)
    measure = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=16)
    built_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["axis", "measure"], name="measure_once")
        ]

    def __str__(self) -> str:
        return f"{self.axis}.{self.measure}"


class MetricVersion(models.Model):
    """A metric as it was defined from one time on; snapshots point here."""

    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=16)
    # Windows and thresholds by name, see Metric.terms; of old versions unknown.
    terms = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField())
    )
    # Hashes of all that the number rests on, see engine.basis; of old ones unknown.
    basis = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField())
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="version_once")
        ]
        ordering = ["key", "number"]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


class MetricOwner(models.Model):
    """Who in the organisation answers for the definition of a declared metric."""

    key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.key}: {self.user_id}"


class Reading(models.Model):
    """That somebody has read what moves a metric, and of which version."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    version = models.ForeignKey(MetricVersion, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="reading_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"


class Pin(models.Model):
    """A metric of a scope that somebody looks at: its weeks and up are stored."""

    metric = models.CharField(max_length=64)
    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "cut", "member", "other"], name="pin_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.cut} {self.member}"


class Snapshot(models.Model):
    """A stored value of one metric version for one scope and period."""

    class Status(models.TextChoices):
        OK = "ok", _("Computed")
        NO_DATA = "no_data", _("No data")
        LOW_N = "low_n", _("Too few to judge")
        IMMATURE = "immature", _("Too early to tell")
        ERROR = "error", _("Could not be computed")

    version = models.ForeignKey(MetricVersion, models.CASCADE, related_name="+")
    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()
    grain = models.SmallIntegerField()
    start = models.IntegerField()
    end = models.IntegerField()
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    n = models.BigIntegerField(null=True)
    cases = models.BigIntegerField(null=True)  # with those too young to count
    value = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    low = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    method = models.CharField(max_length=24, blank=True)
    stats = models.JSONField(default=dict)  # name: decimal as text, or None
    status = models.CharField(max_length=8, choices=Status)
    as_of_day = models.IntegerField()  # the local day up to which rows could count
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "cut", "member", "other", "grain", "start"],
                name="snapshot_once",
            )
        ]
        indexes = [  # the second stage finds what a touched pair concerns
            models.Index(
                fields=["cut", "member", "grain", "start"], name="snapshot_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.cut} {self.member} {self.grain} {self.start}"


class Revision(models.Model):
    """What a snapshot of a closed period was before it changed; append-only."""

    version = models.ForeignKey(MetricVersion, models.CASCADE, related_name="+")
    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()
    grain = models.SmallIntegerField()
    start = models.IntegerField()
    old_numerator = models.BigIntegerField(null=True)
    old_denominator = models.BigIntegerField(null=True)
    old_value = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    new_numerator = models.BigIntegerField(null=True)
    new_denominator = models.BigIntegerField(null=True)
    new_value = models.DecimalField(max_digits=26, decimal_places=6, null=True)
    cause = models.CharField(max_length=12, choices=Cause)
    at = models.DateTimeField()
    # Since when the old value was right; NULL in records that did not keep it.
    old_computed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["cut", "member", "grain", "start"], name="revision_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.cut} {self.member} {self.grain} {self.start}"


class RowImage(models.Model):
    """A row of a fact as it was until it was changed or deleted; append-only.

    With it any row can be put back to what it was at any instant since: that is how a
    number can say which rows moved it. Only what figures rest on is kept, no texts.
    """

    model = models.CharField(max_length=64)  # "crm.ticket"
    row = models.BigIntegerField()  # its primary key, also after it is gone
    at = models.DateTimeField()  # until when it was like this
    added_at = models.DateTimeField(null=True)  # when the row first came
    cause = models.CharField(max_length=12, choices=Cause)
    run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # Between which of its days it counted; NULL when nothing had happened to it yet.
    first_day = models.IntegerField(null=True)
    last_day = models.IntegerField(null=True)
    columns = models.JSONField()

    class Meta:
        indexes = [
            # rows of a kind that changed since an instant, and what they were then
            models.Index(fields=["model", "at"], name="row_image_since"),
            models.Index(fields=["model", "row", "at"], name="row_image_of_row"),
            models.Index(fields=["at"], name="row_image_age"),  # for the sweep
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row} until {self.at:%Y-%m-%d %H:%M}"


class ScopeVersion(models.Model):
    """A number that grows whenever a figure of the scope may have changed.

    Open pages poll it: one row read tells that nothing is new.
    """

    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cut", "member"], name="scope_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.cut} {self.member}: {self.number}"
