"""Who was asked: invitations, the keys of their links, and who must not be asked."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.crm.models import Channel, Contact, Customer, Exclusion, Member, Product
from crmkpi.crm.models.base import (
    added_field,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet
from surveys.models.surveys import Survey, SurveyVersion


class Means(models.TextChoices):
    """By what an invitation reaches somebody."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")


class Invitation(models.Model):
    """One person asked once about one thing.

    Agent, team, channel, segment, client and product are those of the event that is
    asked about, on its day; they never follow later changes of the records.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        ANSWERED = "answered", _("Answered")
        BOUNCED = "bounced", _("Did not arrive")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")
        SKIPPED = "skipped", _("Not sent")
        FAILED = "failed", _("Could not be sent")

    class Skip(models.TextChoices):
        SUPPRESSED = "suppressed", _("Asked not to get surveys, or cannot be reached")
        RECENT = "recent", _("Was asked by this survey a short while ago")
        NO_ADDRESS = "no address", _("Has no e-mail address")
        ERASED = "erased", _("Asked to be forgotten")
        QUARANTINE = "quarantine", _("Mail came back too often lately")
        RECENT_ANY = "recent any", _("Was asked by another survey a short while ago")
        DAILY = "daily", _("Was asked often enough within a day")
        NO_PHONE = "no phone", _("Has no telephone number")
        SAMPLE = "sample", _("Not in the sample")
        LATE = "late", _("Happened too long ago when we learnt of it")
        REOPENED = "reopened", _("It was opened again")
        GONE = "gone", _("It was deleted or does not count any more")
        SAME = "same", _("Was asked about it before")
        CLOSED = "closed", _("The survey or the rule was switched off")

    OPEN = (State.QUEUED, State.SENDING, State.SENT)  # an answer may still come

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(  # the axis index starts with it
        Survey, models.PROTECT, related_name="invitations", db_index=False
    )
    version = models.ForeignKey(
        SurveyVersion, models.PROTECT, related_name="invitations", db_index=False
    )
    # What asked for it: asking a second time under the same key makes no second one.
    request_key = models.CharField(max_length=200)
    rule = models.ForeignKey(  # NULL: somebody asked by hand
        "surveys.SendingRule",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    address = models.EmailField(_("e-mail"), blank=True)
    address_hash = models.CharField(max_length=64, blank=True)  # or of the number
    means = models.CharField(
        max_length=4, choices=Means, default=Means.MAIL, db_default=Means.MAIL
    )
    phone = models.CharField(
        _("phone"), max_length=64, blank=True, default="", db_default=""
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    # The thing asked about: "ticket:T-17"; blank when it is the relation as a whole.
    subject = models.CharField(max_length=240, blank=True)
    event_day = models.IntegerField()  # local day whose agent and team are below
    agent = agent_field(verbose_name=_("agent"))
    sent_team = team_field()
    channel = models.PositiveSmallIntegerField(choices=Channel, default=Channel.UNKNOWN)
    segment = member_field(Member.Dimension.SEGMENT)
    client = member_field(Member.Dimension.CLIENT)
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    skip_reason = models.CharField(max_length=16, choices=Skip, blank=True)
    send_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)  # while being sent
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)  # what the mail server said
    sent_at = models.DateTimeField(null=True, blank=True)  # the mail server took it
    sent_day = models.IntegerField(null=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    is_bounced = models.BooleanField(default=False)
    is_answered = models.BooleanField(default=False)
    # One reminder; NULL: none, none any more, or not sent yet.
    reminder_days = models.PositiveSmallIntegerField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    reminders_sent = models.PositiveSmallIntegerField(default=0, db_default=0)
    exclusion = models.PositiveSmallIntegerField(
        choices=Exclusion, default=Exclusion.NONE
    )
    created_at = models.DateTimeField()
    added_at = added_field()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("sent_team",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "request_key"], name="invited_once_for_a_request"
            ),
            models.UniqueConstraint(
                fields=["rule", "subject"],
                condition=Q(state__in=["queued", "sending"]) & ~Q(subject=""),
                name="one_pending_invitation_of_a_rule",
            ),
        ]
        indexes = [
            *axis_indexes(
                "invite",
                "sent_day",
                "sent_team",
                "survey",
                "channel",
                "segment",
                "client",
            ),
            # what is to be sent, and what is past its time
            models.Index(fields=["state", "send_after"], name="invite_due"),
            models.Index(fields=["state", "expires_at"], name="invite_expiry"),
            models.Index(fields=["remind_at"], name="invite_reminder"),
            # the survey's page, newest first
            models.Index(fields=["survey", "-created_at"], name="invite_of_survey"),
            # when was this address asked last
            models.Index(
                fields=["address_hash", "survey", "created_at"], name="invite_clock"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class InvitationToken(models.Model):
    """The key in a mailed link; only its hash is kept, so nobody can look it up.

    Each mail has its own pair, so that the address that mail programs fetch to
    unsubscribe somebody cannot be used to answer.
    """

    class Purpose(models.TextChoices):
        ANSWER = "answer", _("Answer")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribe")

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=11, choices=Purpose)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.token_hash[:8]}"


class Suppression(models.Model):
    """An address that gets no surveys; only its hash, so that it outlives erasure."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsub", _("Asked not to get surveys")
        HARD_BOUNCE = "hard", _("The address does not exist")
        SOFT_BOUNCE = "soft", _("Mail came back several times")
        MANUAL = "manual", _("Entered by hand")
        ERASED = "erased", _("Asked to be forgotten")

    WISHES = (Reason.UNSUBSCRIBED, Reason.ERASED)  # of the person: for good

    address_hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=8, choices=Reason)
    until = models.DateTimeField(null=True, blank=True)  # NULL: until further notice
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.address_hash[:8]} ({self.reason})"
