"""People: the organisation, its users, the dated team tree, keys and the audit log."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.fields import NameField
from crmkpi.accounts.querysets import (
    ApiKeyQuerySet,
    MembershipQuerySet,
    TeamQuerySet,
    UserQuerySet,
)

ALWAYS = -1_000_000  # since_day of what has held for as long as anybody knows
FOREVER = 1_000_000  # until_day of what holds until further notice

DEFAULT_HOURS = {
    day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")
}


def default_hours() -> dict[str, list[list[str]]]:
    """Return Monday to Friday, nine to five."""
    return {day: [list(span) for span in spans] for day, spans in DEFAULT_HOURS.items()}


class Organisation(models.Model):
    """The one organisation that this installation serves."""

    class WeekStart(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    name = NameField(_("name"), max_length=200)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    week_start = models.PositiveSmallIntegerField(
        _("week starts on"), choices=WeekStart, default=WeekStart.MONDAY
    )
    fiscal_month = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"), default=1
    )
    business_hours = models.JSONField(_("business hours"), default=default_hours)
    calendar_version = models.PositiveIntegerField(default=1)  # moves with any of these
    # Since when figures follow other settings than these; every page says so meanwhile.
    recalculating_since = models.DateTimeField(null=True)
    # Teams that nobody placed stand below this one; who manages it sees the company.
    root_team = models.ForeignKey(
        "Team", models.PROTECT, null=True, related_name="+", verbose_name=_("root team")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="organisation_is_one_row"),
            models.CheckConstraint(
                condition=Q(fiscal_month__gte=1, fiscal_month__lte=12),
                name="organisation_fiscal_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A local day without business hours."""

    day = models.IntegerField(_("day"), unique=True)  # days since 1970-01-01
    name = NameField(_("name"), max_length=200)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Create users; people met in imports have neither address nor password."""

    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: object
    ) -> "User":
        user: User = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: object
    ) -> "User":
        """Create an administrator; `manage.py createsuperuser` makes the first one."""
        fields.setdefault("joined_at", timezone.now())  # commands may read the clock
        return self.create_user(email, password, is_administrator=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()


class User(AbstractBaseUser):
    """A person: signs in by e-mail, or was met in an import and never will."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = NameField(_("name"), max_length=200)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True)  # light, dark or ""
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)
    # Moves with every change of role, so that caches keyed on it forget old rights.
    access_version = models.PositiveIntegerField(default=1)
    # Whether unread notices may wait; while none does, pages need not ask.
    has_notices = models.BooleanField(default=False, db_default=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.email or str(_("Unnamed"))

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        # Sessions rest on these rights too: a change of them signs the person out.
        return salted_hmac(
            "crmkpi.accounts.models.User.session",
            f"{self.password}:{self.is_administrator}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def is_staff(self) -> bool:
        return self.is_administrator

    @property
    def initials(self) -> str:
        """Two letters for the avatar, for example AD for Ana Duarte."""
        words = self.name.split() or [self.email or "?"]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class AgentIdentity(models.Model):
    """How one source of data calls a person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    source = models.CharField(_("source"), max_length=64)
    external_id = models.CharField(_("id in the source"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="identity_is_one_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class Team(models.Model):
    """A team; its place in the tree is dated, see TeamParent."""

    name = NameField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    region = NameField(_("region"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamParent(models.Model):
    """Under which team a team stands, from one day until another (half-open)."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Team, models.CASCADE, related_name="children")
    since_day = models.IntegerField(default=ALWAYS)
    until_day = models.IntegerField(default=FOREVER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "since_day"], name="team_has_one_parent_a_day"
            ),
            models.CheckConstraint(
                condition=Q(since_day__lt=F("until_day")), name="team_parent_days"
            ),
            models.CheckConstraint(
                condition=~Q(team=F("parent")), name="team_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} below {self.parent_id}"


class TeamEdge(models.Model):
    """The closure of the tree: every team lies below itself and all above it.

    Rebuilt by services.rebuild_team_edges whenever a TeamParent changes.
    """

    descendant = models.ForeignKey(Team, models.CASCADE, related_name="edges_up")
    ancestor = models.ForeignKey(Team, models.CASCADE, related_name="edges_down")
    since_day = models.IntegerField(default=ALWAYS)
    until_day = models.IntegerField(default=FOREVER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["descendant", "ancestor", "since_day"], name="team_edge_once"
            )
        ]
        indexes = [  # the roll-up walks down from a team
            models.Index(fields=["ancestor", "descendant"], name="team_edge_down")
        ]

    def __str__(self) -> str:
        return f"{self.descendant_id} below {self.ancestor_id}"


class Membership(models.Model):
    """What a person is in a team, from one day until another (half-open)."""

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        LEAD = "lead", _("Lead")
        MANAGER = "manager", _("Manager")
        ANALYST = "analyst", _("Analyst")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    since_day = models.IntegerField(_("since"), default=ALWAYS)
    until_day = models.IntegerField(_("until"), default=FOREVER)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "role", "since_day"], name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(since_day__lt=F("until_day")), name="membership_days"
            ),
        ]
        indexes = [  # who works in a team on a day
            models.Index(fields=["team", "role", "since_day"], name="membership_team")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} in {self.team_id}"


class UserInvitation(models.Model):
    """An invitation to sign in; only the hash of its token is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="invitations_made"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class ApiKey(models.Model):
    """A key of another system; only its hash is kept."""

    class Scope(models.TextChoices):
        READ_METRICS = "metrics:read", _("Read metrics")
        WRITE_FACTS = "facts:write", _("Send facts")
        READ_SURVEYS = "surveys:read", _("Read survey results")
        WRITE_SURVEYS = "surveys:write", _("Send survey answers and invitations")

    name = NameField(_("name"), max_length=200)
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(_("scopes"), default=list)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True)
    whole_company = models.BooleanField(_("whole company"), default=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="api_keys")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        """What the key may do, in words."""
        return [str(self.Scope(scope).label) for scope in self.scopes]

    def is_usable(self, *, now: datetime) -> bool:
        """Whether the key opens anything at an instant."""
        return self.revoked_at is None and (
            self.expires_at is None or now < self.expires_at
        )


class AuditEvent(models.Model):
    """Who did what to people, settings and keys; append-only."""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)  # "user 12", "team support-emea"
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="audit_latest")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Recalculation(models.Model):
    """A computing anew of all figures that a person asked for, and how far it is.

    The row is the work: whoever finds it open goes on where it stands, so a worker that
    dies costs time and nothing else.
    """

    class Kind(models.TextChoices):
        SETTINGS = "settings", _("Change of settings")
        REBUILD = "rebuild", _("All figures from the rows")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        ROWS = "rows", _("Putting the rows on their days")
        CELLS = "cells", _("Adding up the rows")
        VALUES = "values", _("Storing the values")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    is_open = models.BooleanField(default=True)  # not done, failed or stopped
    wish = models.JSONField(default=dict)  # the settings that update_organisation takes
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)  # at the first step
    total = models.PositiveIntegerField(default=0)  # slots, then pairs, of this step
    done = models.PositiveIntegerField(default=0)
    last_key = models.BigIntegerField(default=0)  # what came after it waits for nobody
    error = models.TextField(blank=True)  # of the last attempt; empty once it went on
    counted_from = models.DateTimeField(null=True)  # when adding up the rows began
    counted_at = models.DateTimeField(null=True)  # when `done` was written last
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_open"],
                condition=Q(is_open=True),
                name="recalculation_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"recalculation {self.pk}: {self.kind}, {self.state}"

    @property
    def may_be_stopped(self) -> bool:
        """Whether nothing is half done: other settings are taken over all or not."""
        early = self.state == self.State.WAITING
        adding = self.kind == self.Kind.REBUILD and self.state == self.State.CELLS
        return self.is_open and (early or adding)
