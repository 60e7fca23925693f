"""What all facts share: where they come from, what leaves them out, whose they are."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.fields import NameField
from crmkpi.accounts.models import Team, User


class Channel(models.IntegerChoices):
    """How a customer and the organisation met; 0 when the source does not say."""

    UNKNOWN = 0, _("Unknown")
    PHONE = 1, _("Phone")
    EMAIL = 2, _("E-mail")
    CHAT = 3, _("Chat")
    WEB = 4, _("Web")
    SOCIAL = 5, _("Social media")
    APP = 6, _("App")
    IN_PERSON = 7, _("In person")
    SMS = 8, _("Text message")
    PARTNER = 9, _("Partner")
    OTHER = 10, _("Other")


class Exclusion(models.IntegerChoices):
    """Why a row is left out of every metric; printed with its count on each card."""

    NONE = 0, _("Counted")
    TEST = 1, _("Test or internal account")
    SPAM = 2, _("Spam")
    MERGED = 3, _("Merged into another record")
    DUPLICATE = 4, _("Duplicate")
    DELETED = 5, _("Deleted in the source")
    DRAFT = 6, _("Draft")
    NO_RATE = 7, _("No exchange rate for its currency")
    CUSTOMER = 8, _("Customer is a test account")  # else it would count


class Source(models.Model):
    """Where rows come from: a file series, a connector, a survey."""

    slug = models.SlugField(max_length=64, unique=True)
    name = NameField(_("name"), max_length=200)
    # After how many days it sends again; NULL: learned from the days it came through,
    # of which the last few are kept (see rhythm.py).
    expected_every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    came_days = models.JSONField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    mapping = models.JSONField(default=dict)  # remembered per record

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One import: who, when, which file, what came of it."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Checking")
        WRITING = "writing", _("Writing")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    record = models.CharField(max_length=32)
    source = models.ForeignKey(Source, models.PROTECT, related_name="imports")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_same = models.PositiveIntegerField(default=0)
    # Known to be of somebody who was erased, and left as they are.
    rows_erased = models.PositiveIntegerField(default=0, db_default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    errors = models.JSONField(default=list)  # the first hundred

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["-started_at"], name="import_latest")]


class Member(models.Model):
    """One value of an open dimension: industry "medical", region "Central"."""

    class Dimension(models.TextChoices):
        INDUSTRY = "industry", _("Industry")
        REGION = "region", _("Region")
        SEGMENT = "segment", _("Segment")
        TOPIC = "topic", _("Topic")
        TYPE = "type", _("Type")
        POLICY = "policy", _("Policy")
        PROCESS = "process", _("Process")
        CLIENT = "client", _("Client")  # of an outsourcer: whom the work was done for

    dimension = models.CharField(max_length=16, choices=Dimension)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dimension", "name"], name="member_once")
        ]
        ordering = ["dimension", "name"]

    def __str__(self) -> str:
        return self.name


class FxRate(models.Model):
    """How many units of the organisation's currency one unit was worth on a day."""

    currency = models.CharField(max_length=3)
    day = models.IntegerField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="rate_once_a_day")
        ]


def added_field() -> models.DateTimeField:
    """Return the column with the instant at which a row first came; it never changes.

    Empty: NULL for rows that came before it was written down.
    """
    return models.DateTimeField(null=True, editable=False)


class Fact(models.Model):
    """A row that happened, known to its source under an external id.

    Instants end in _at (UTC); local days end in _day: days since 1970-01-01 in the
    organisation's zone, NULL when it has not happened, periods.UNDATED when it has
    but nobody knows when. A team column holds the owner's team on that day.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    external_id = models.CharField(_("id in the source"), max_length=200)
    exclusion = models.PositiveSmallIntegerField(
        choices=Exclusion, default=Exclusion.NONE
    )
    written_at = models.DateTimeField()  # when this installation last learnt of it
    added_at = added_field()
    import_run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="%(class)s_source_id"
            )
        ]

    def __str__(self) -> str:
        return self.external_id


class Spell(models.Model):
    """A stretch of time in one state under one owner and team; NULL end: still on.

    Cut wherever the owner changes team, so that a state at a date is the spells
    started less the spells ended up to it, for every team. Extra cuts change nothing.
    """

    agent = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    started_day = models.IntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_day = models.IntegerField(null=True)
    added_at = added_field()

    class Meta:
        abstract = True


def member_field(dimension: Member.Dimension) -> models.ForeignKey:
    """Return the column that holds a row's member of an open dimension."""
    return models.ForeignKey(
        Member,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=dimension.label,
        db_index=False,
    )


def agent_field(**options: Any) -> models.ForeignKey:
    """Return the column that holds whom a row counts for."""
    return models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        **options,
    )


def team_field() -> models.ForeignKey:
    """Return the column that holds the owner's team on the day of the event."""
    return models.ForeignKey(
        Team,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        editable=False,
    )


def axis_indexes(
    model: str, when: str, team: str, *dimensions: str
) -> list[models.Index]:
    """Return the indexes by which the engine re-reads the cells of one axis.

    One for the agent's day and one for each dimension's day in a team.
    """
    short = when.removesuffix("_day")
    indexes = [models.Index(fields=["agent", when], name=f"{model}_{short}_agent")]
    indexes += [
        models.Index(
            fields=[dimension, team, when], name=f"{model}_{short}_{dimension}"
        )
        for dimension in dimensions
    ]
    return indexes


def erased_index(model: str) -> models.Index:
    """Return the index by which an import finds the few rows that were erased."""
    return models.Index(
        fields=["erased_at"],
        condition=models.Q(erased_at__isnull=False),
        name=f"{model}_erased",
    )
