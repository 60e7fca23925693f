"""Cells, snapshots and the to-do list of the engine."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from metrics.measures import AXES

__all__ = [
    "AXES",
    "CalendarDay",
    "Cause",
    "DirtyKey",
    "MeasureState",
    "MetricVersion",
    "Pin",
    "Revision",
    "ScopeVersion",
    "Slot",
    "Snapshot",
    "StalePair",
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
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="version_once")
        ]
        ordering = ["key", "number"]

    def __str__(self) -> str:
        return f"{self.key} v{self.number}"


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

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["cut", "member", "grain", "start"], name="revision_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.cut} {self.member} {self.grain} {self.start}"


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
