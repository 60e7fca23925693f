"""What customers said: responses, their answers, and how an answer was changed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.crm.models import (
    Channel,
    Contact,
    Customer,
    Exclusion,
    Fact,
    Member,
    Product,
)
from crmkpi.crm.models.base import (
    added_field,
    agent_field,
    axis_indexes,
    member_field,
    team_field,
)
from crmkpi.crm.querysets import FactQuerySet
from surveys.models.invitations import Invitation
from surveys.models.surveys import ANSWER_KINDS, Question, Survey, SurveyVersion


class Response(Fact):
    """One person's answers to one version, once.

    A live response has the source "surveys" and, as external id, what allows it only
    once: its invitation, or the form that was handed out with a shared link. An
    anonymous one comes out of its box as a Ballot with a random id.
    """

    class Origin(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        SHARED = "shared", _("Shared link")
        IMPORT = "import", _("Import")
        ANONYMOUS = "anonymous", _("Anonymous")

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="responses", db_index=False
    )
    version = models.ForeignKey(
        SurveyVersion, models.PROTECT, related_name="responses", db_index=False
    )
    origin = models.CharField(max_length=10, choices=Origin)
    invitation = models.OneToOneField(  # one response per invitation
        Invitation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="response",
    )
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    agent = agent_field(verbose_name=_("agent"))
    answered_team = team_field()
    language = models.CharField(_("language"), max_length=12, blank=True)
    answered_at = models.DateTimeField()
    # The thank-you page changes the answer until then; only the key's hash is kept.
    edit_key_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    edit_until = models.DateTimeField(null=True, blank=True)
    # Its network gave several by the shared link lately: a flag, see surveys.flags.
    is_one_of_several = models.BooleanField(default=False, db_default=False)
    # Void when exclusion is not 0: why in words, by whom, when.
    void_note = models.CharField(max_length=300, blank=True)
    voided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("answered_team",)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(origin="invitation", invitation__isnull=False)
                | (~Q(origin="invitation") & Q(invitation__isnull=True)),
                name="response_has_its_invitation",
            ),
            models.CheckConstraint(
                condition=~Q(origin="anonymous")
                | Q(
                    customer__isnull=True,
                    contact__isnull=True,
                    edit_key_hash__isnull=True,
                    edit_until__isnull=True,
                    language="",
                ),
                name="anonymous_response_names_nobody",
            ),
        ]
        indexes = [  # the survey's page, newest first
            models.Index(fields=["survey", "-answered_at"], name="response_of_survey")
        ]

    @property
    def is_anonymous(self) -> bool:
        return self.origin == self.Origin.ANONYMOUS


class Answer(models.Model):
    """The answer to one question; carries all that figures are computed from."""

    response = models.ForeignKey(
        Response, models.CASCADE, related_name="answers", db_index=False
    )
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="+", db_index=False
    )
    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="answers", db_index=False
    )
    kind = models.CharField(max_length=8, choices=ANSWER_KINDS)
    value = models.SmallIntegerField(null=True, blank=True)
    low = models.SmallIntegerField(null=True, blank=True)
    high = models.SmallIntegerField(null=True, blank=True)
    is_top = models.BooleanField(null=True, blank=True)  # in the declared top box
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    answered_day = models.IntegerField()
    event_day = models.IntegerField()  # local day whose agent and team are below
    answered_team = team_field()
    agent = agent_field(verbose_name=_("agent"))
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
    exclusion = models.PositiveSmallIntegerField(
        choices=Exclusion, default=Exclusion.NONE
    )
    added_at = added_field()

    objects = FactQuerySet.as_manager()
    agent_path = "agent"
    team_paths = ("answered_team",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="question_answered_once"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True)
                | Q(value__gte=F("low"), value__lte=F("high")),
                name="answer_on_its_scale",
            ),
        ]
        indexes = axis_indexes(
            "answer",
            "answered_day",
            "answered_team",
            "survey",
            "channel",
            "segment",
            "client",
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value if self.value is not None else self.text}"


class AnswerRevision(models.Model):
    """What an answer said before its customer changed it; append-only."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="revisions")
    value = models.SmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.value} until {self.replaced_at:%Y-%m-%d %H:%M}"
