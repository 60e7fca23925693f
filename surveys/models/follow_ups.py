"""Getting back to customers: which answers ask for it, and what came of it."""

import secrets
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.fields import NameField
from crmkpi.accounts.models import Team, User
from surveys.models.invitations import Invitation
from surveys.models.responses import Response
from surveys.models.surveys import Survey


class FollowUpRule(models.Model):
    """Which answers of a survey become work, whose, and until when."""

    class When(models.TextChoices):
        LOW = "low", _("The score is low")
        SCORE = "score", _("The score is this or worse")
        WORDS = "words", _("The comment holds one of these words")
        ASKED = "asked", _("The customer asks to be contacted")

    class Owner(models.TextChoices):
        LEAD = "lead", _("The lead of the team, else the manager above")
        AGENT = "agent", _("The agent whom the answer is about, else the lead")
        PERSON = "person", _("This person")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="follow_up_rules")
    name = NameField(_("name"), max_length=120)
    when = models.CharField(max_length=5, choices=When, default=When.LOW)
    score = models.SmallIntegerField(null=True, blank=True)  # for "this or worse"
    words = models.JSONField(default=list, blank=True)  # as theming.read_words gives
    due_hours = models.PositiveSmallIntegerField(default=8)  # business hours
    owned_by = models.CharField(max_length=6, choices=Owner, default=Owner.LEAD)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()  # answers before it are left alone
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(when="score") | Q(score__isnull=False),
                name="follow_up_rule_score",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the rule; whoever kept the rules of its survey reads them anew."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            Survey.objects.filter(pk=self.survey_id).update(
                follow_up_stamp=secrets.token_hex(16)
            )


class FollowUpQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Return the items of the reader's teams, and those the reader owns."""
        if access.sees_company:
            return self
        return self.filter(Q(team_id__in=access.team_ids) | Q(owner_id=access.user_id))


class FollowUp(models.Model):
    """One response that somebody has to get back to."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONTACTED = "contacted", _("Customer contacted")
        RESOLVED = "resolved", _("Resolved")
        UNREACHABLE = "unreachable", _("Could not be reached")
        WONT_FIX = "wont_fix", _("Nothing to be done")

    class Cause(models.TextChoices):
        WAITING = "waiting", _("Waiting time")
        SOLUTION = "solution", _("No or wrong solution")
        TONE = "tone", _("Tone or communication")
        PRODUCT = "product", _("Product or quality")
        PROCESS = "process", _("Process or policy")
        PRICE = "price", _("Price or invoice")
        MISTAKE = "mistake", _("Customer chose the wrong score")
        OTHER = "other", _("Something else")

    OPEN_STATES = (State.OPEN, State.CONTACTED)
    CLOSED_STATES = (State.RESOLVED, State.UNREACHABLE, State.WONT_FIX)

    response = models.OneToOneField(Response, models.CASCADE, related_name="follow_up")
    rule = models.ForeignKey(
        FollowUpRule, models.SET_NULL, null=True, blank=True, related_name="items"
    )
    reason = models.CharField(max_length=120)  # the rule's name at that time
    team = models.ForeignKey(  # the one the answer counts for
        Team, models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="follow_ups"
    )
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_to = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cause = models.CharField(max_length=8, choices=Cause, blank=True)
    outcome = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_again = models.OneToOneField(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="follow_up"
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "contacted"], closed_at__isnull=True)
                | (
                    ~Q(state__in=["open", "contacted"])
                    & Q(closed_at__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(cause="")
                ),
                name="closed_follow_up_has_an_outcome",
            )
        ]
        indexes = [  # the board, and what is to be escalated
            models.Index(fields=["state", "due_at"], name="follow_up_due"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class FollowUpEvent(models.Model):
    """What happened to an item, by whom; append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened by a rule")
        GIVEN = "given", _("Given to")
        NOTE = "note", _("Note")
        CONTACTED = "contacted", _("Customer contacted")
        ESCALATED = "escalated", _("Overdue, told to")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Opened again")
        ASKED = "asked", _("Customer is asked again")

    item = models.ForeignKey(FollowUp, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
