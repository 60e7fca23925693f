"""Surveys, their immutable versions and the questions of each version."""

import secrets
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.fields import NameField
from crmkpi.accounts.models import Team, User
from surveys.querysets import SurveyQuerySet
from surveys.scoring import Kind

SCORE_KINDS = [
    (Kind.CSAT.value, _("Satisfaction (CSAT)")),
    (Kind.NPS.value, _("Recommendation (NPS)")),
    (Kind.CES.value, _("Effort (CES)")),
]
ANSWER_KINDS = [
    *SCORE_KINDS,
    (Kind.TEXT.value, _("Comment")),
    (Kind.CHOICE.value, _("Choice")),
]


def shared_key() -> str:
    """Return 128 random bits for the address of a shared link."""
    return secrets.token_hex(16)


class VersionIsImmutable(TypeError):
    """Somebody tried to change a published version."""


class Survey(models.Model):
    """One score question and a comment, asked by a team."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        CLOSED = "closed", _("Closed")

    slug = models.SlugField(max_length=80, unique=True)
    name = NameField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=8, choices=SCORE_KINDS)
    team = models.ForeignKey(
        Team, models.PROTECT, related_name="surveys", verbose_name=_("team")
    )
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    # Its answers come with imported records; nobody is invited.
    is_imported = models.BooleanField(default=False)
    window_days = models.PositiveSmallIntegerField(
        _("days to answer"), default=14
    )  # from sending; an answer after that is refused
    cooldown_days = models.PositiveSmallIntegerField(
        _("days until the same person is asked again"), default=30
    )
    draft = models.JSONField(default=dict)  # content.Content of the next version
    version = models.ForeignKey(  # the one that is asked now; none before publishing
        "SurveyVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shared_key = models.CharField(
        max_length=32, unique=True, default=shared_key, editable=False
    )
    is_shared = models.BooleanField(
        _("anybody with the link may answer"), default=False
    )
    # Nobody can tell whose an answer is; fixed by the first publishing.
    is_anonymous = models.BooleanField(default=False, db_default=False)
    has_kiosk = models.BooleanField(
        _("answers are taken on a shared device"), default=False, db_default=False
    )
    # Origins such as https://www.example.com whose pages may show it in a frame.
    frame_origins = models.JSONField(
        default=list, db_default=Value([], models.JSONField())
    )
    # Another value each time a rule for following up is saved; blank before the first.
    follow_up_stamp = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="live") | Q(version__isnull=False),
                name="live_survey_has_a_version",
            ),
            # What comes with records of others is known by their ids.
            models.CheckConstraint(
                condition=~Q(is_anonymous=True, is_imported=True),
                name="imported_survey_is_not_anonymous",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyVersion(models.Model):
    """What was asked, frozen: links keep asking what they were sent with.

    A change of wording or scale is a new version and a break in the trend line.
    """

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()  # content.Content as JSON
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="survey_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise VersionIsImmutable
        super().save(*args, **kwargs)


class Question(models.Model):
    """One question of a version; its key stays the same from version to version."""

    SCORE = "score"
    COMMENT = "comment"

    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=32)
    kind = models.CharField(max_length=8, choices=ANSWER_KINDS)
    low = models.SmallIntegerField(null=True, blank=True)  # first value of the scale
    high = models.SmallIntegerField(null=True, blank=True)  # last value
    # First value of the top box; on a reversed scale its last.
    top_from = models.SmallIntegerField(null=True, blank=True)
    is_reversed = models.BooleanField(default=False)  # a low value is the good one

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="question_key"),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True, top_from__isnull=True)
                | Q(low__lt=F("high"), top_from__gte=F("low"), top_from__lte=F("high")),
                name="question_scale",
            ),
            models.CheckConstraint(
                condition=~Q(kind="nps") | Q(low=0, high=10), name="nps_is_0_to_10"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.key}"
