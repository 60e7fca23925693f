"""Alert rules, what people were told, and what they noted about trends."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from crmkpi.lib.periods import Grain
from metrics.alerts.querysets import (
    AlertRuleQuerySet,
    NotificationQuerySet,
    TrendNoteQuerySet,
)
from metrics.scopes import ScopeKey


class AlertRule(models.Model):
    """What somebody wants to be told of, and whether it held when last looked at.

    `told` is the last state that people heard of: only another one is told, so that
    a rule nobody can judge for a while repeats nothing.
    """

    class Kind(models.TextChoices):
        VALUE = "value", _("The value")
        CHANGE = "change", _("A change")
        SIGNAL = "signal", _("A signal")
        FRESHNESS = "freshness", _("Missing rows")
        STATUS = "status", _("The status of a key result")
        FOLLOW_UP = "follow_up", _("Follow-ups that are yours")

    class Side(models.TextChoices):
        ABOVE = "above", _("above")
        BELOW = "below", _("below")
        EITHER = "either", _("either way")

    class Audience(models.TextChoices):
        SELF = "self", _("Only me")
        READERS = "readers", _("Everybody who may see these figures")

    class State(models.TextChoices):
        QUIET = "quiet", _("Quiet")
        FIRING = "firing", _("Alert")
        UNKNOWN = "unknown", _("Nobody can say")

    owner = models.ForeignKey(User, models.CASCADE, related_name="alert_rules")
    kind = models.CharField(max_length=9, choices=Kind)
    metric = models.CharField(max_length=64, blank=True)
    cut = models.SmallIntegerField(default=0)  # the scope, as in metrics.scopes
    member = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    scope_text = models.CharField(max_length=500, blank=True)
    side = models.CharField(max_length=6, choices=Side, blank=True)
    # In the metric's unit, money in major units; per cent of a relative change; days.
    threshold = models.DecimalField(
        max_digits=26, decimal_places=6, null=True, blank=True
    )
    is_relative = models.BooleanField(default=False)  # a change in per cent
    grain = models.SmallIntegerField(default=int(Grain.WEEK))  # of the periods
    min_n = models.PositiveIntegerField(null=True, blank=True)  # NULL: the metric's
    audience = models.CharField(max_length=7, choices=Audience, default=Audience.SELF)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)
    # Wall clock of the organisation; from 22:00 to 07:00 is over midnight.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    state = models.CharField(max_length=7, choices=State, default=State.UNKNOWN)
    since = models.DateTimeField()
    why = models.CharField(max_length=16, blank=True)  # code, while nobody can say
    told = models.CharField(max_length=7, choices=State, default=State.QUIET)
    # Counts up with every look and every edit: who did not see the last loses.
    turn = models.PositiveBigIntegerField(default=1)
    seen = models.BigIntegerField(default=0)  # version of the scope that was read
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_day = models.IntegerField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [  # which rules a changed scope concerns
            models.Index(fields=["cut", "member", "other"], name="alert_rule_scope")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_app=True) | Q(by_mail=True), name="alert_rule_channel"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                name="alert_rule_quiet_hours",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["value", "change", "freshness"])
                | Q(threshold__isnull=False),
                name="alert_rule_threshold",
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(kind="follow_up"),
                name="one_alert_rule_on_follow_ups",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.metric} {self.scope_text}"

    @property
    def scope(self) -> ScopeKey:
        return ScopeKey(self.cut, self.member, self.other)


class Notification(models.Model):
    """What one person was told of one change of state; words never change."""

    class Mail(models.TextChoices):
        NONE = "none", _("Not by mail")
        WAITING = "waiting", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        WITHHELD = "withheld", _("Not sent")
        FAILED = "failed", _("Could not be sent")

    person = models.ForeignKey(
        User, models.CASCADE, related_name="notifications", db_index=False
    )
    rule = models.ForeignKey(
        AlertRule, models.SET_NULL, null=True, related_name="notifications"
    )
    # The turn of the rule that told it; of a follow-up, the event that did.
    turn = models.PositiveBigIntegerField()
    # What it is about, for who may still see it; subject: the key result of a status,
    # or the follow-up.
    kind = models.CharField(max_length=9, choices=AlertRule.Kind)
    metric = models.CharField(max_length=64, blank=True)
    cut = models.SmallIntegerField(default=0)
    member = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    subject = models.BigIntegerField(default=0)
    is_firing = models.BooleanField()  # else it is back to normal
    title = models.CharField(max_length=300)
    text = models.CharField(max_length=1000)
    link = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    is_shown = models.BooleanField()  # in the application
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=8, choices=Mail, default=Mail.NONE)
    mail_after = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)  # while being sent
    attempts = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "turn", "person"], name="notification_once"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="notification_list"),
            models.Index(  # the count in the top bar
                fields=["person"],
                condition=Q(read_at__isnull=True, is_shown=True),
                name="notification_unread",
            ),
            models.Index(fields=["mail_state", "mail_after"], name="notification_due"),
        ]

    def __str__(self) -> str:
        return self.title


class Mute(models.Model):
    """What of one rule, or of all rules, does not reach a person who wants it so.

    A row of its own, so that it outlasts every edit of the rule.
    """

    person = models.ForeignKey(
        User, models.CASCADE, related_name="mutes", db_index=False
    )
    rule = models.ForeignKey(  # NULL: of all rules
        AlertRule, models.CASCADE, null=True, related_name="mutes"
    )
    in_app = models.BooleanField(default=False)  # True: not shown in the application
    by_mail = models.BooleanField(default=False)  # True: not mailed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "rule"], name="mute_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(rule__isnull=True), name="mute_all_once"
            ),
            models.CheckConstraint(
                condition=Q(in_app=True) | Q(by_mail=True), name="mute_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.rule_id or 'all'}"


class TrendNote(models.Model):
    """What happened on a day, noted on the trend of a metric of one scope."""

    metric = models.CharField(max_length=64)
    cut = models.SmallIntegerField()
    member = models.BigIntegerField()
    other = models.BigIntegerField()
    day = models.IntegerField()
    text = models.CharField(max_length=200)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = TrendNoteQuerySet.as_manager()

    class Meta:
        ordering = ["day", "pk"]
        indexes = [
            models.Index(
                fields=["metric", "cut", "member", "other", "day"], name="trend_note"
            )
        ]

    def __str__(self) -> str:
        return self.text
