"""Forms of the pages about sending."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.form_fields import RowsField
from crmkpi.accounts.models import Team, TeamEdge
from crmkpi.crm.models import Channel, Member, Order
from surveys.models import Means, SendingRule, Survey
from surveys.sending.conditions import Conditions

Event = SendingRule.Event
HOURS = [(hour, f"{hour:02}:00") for hour in range(25)]
ORIGIN = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?\Z")
MOST_ORIGINS = 20
NO_DELIVERIES = _(
    "No order has a delivery time yet: import orders with the column “delivered” to "
    "ask after deliveries."
)


class RuleForm(forms.Form):
    """Whom a survey asks by itself, and when."""

    use_required_attribute = False  # days are needed for one kind of rule only

    event = forms.ChoiceField(label=_("Ask when"), choices=Event.choices)
    every_days = forms.IntegerField(
        label=_("Days between"),
        help_text=_("For each active customer in turn; leave it empty otherwise."),
        min_value=7,
        max_value=730,
        required=False,
    )
    delay_hours = forms.IntegerField(
        label=_("Hours to wait"),
        help_text=_("Opened again meanwhile, a ticket is not asked about."),
        min_value=0,
        max_value=720,
        initial=24,
    )
    send_from = forms.TypedChoiceField(
        label=_("Send from"), coerce=int, choices=HOURS[:24], initial=8
    )
    send_until = forms.TypedChoiceField(
        label=_("Send until"),
        help_text=_("By the clock of the contact, else of the customer, else ours."),
        coerce=int,
        choices=HOURS[1:],
        initial=20,
    )
    sample_percent = forms.IntegerField(
        label=_("Of 100 people, ask"),
        help_text=_("The same people each time, chosen by chance."),
        min_value=1,
        max_value=100,
        initial=100,
    )
    means = forms.ChoiceField(
        label=_("Send by"), choices=Means.choices, initial=Means.MAIL
    )
    reminder_days = forms.IntegerField(
        label=_("Remind after days"),
        help_text=_("Once, who has not answered; empty for no reminder."),
        min_value=1,
        max_value=30,
        required=False,
    )
    teams = RowsField(
        Team.objects.none(),
        label=_("Teams"),
        help_text=_("And those below; none ticked: all."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    channels = forms.TypedMultipleChoiceField(
        label=_("Channels"),
        choices=[(each.value, each.label) for each in Channel],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    segments = RowsField(
        Member.objects.none(),
        label=_("Segments"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    policies = RowsField(
        Member.objects.none(),
        label=_("Priorities (service policies of tickets)"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    types = RowsField(
        Member.objects.none(),
        label=_("Types of ticket"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    clients = RowsField(
        Member.objects.none(),
        label=_("Clients of tickets"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    replied_only = forms.BooleanField(
        label=_("Only tickets that somebody replied to"),
        help_text=_("Leaves out what was closed by itself."),
        required=False,
        initial=True,
    )

    def __init__(
        self,
        *args: Any,
        survey: Survey,
        day: int,
        rule: SendingRule | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial(rule) if rule else {})
        super().__init__(*args, **kwargs)
        querysets: dict[str, QuerySet[Any]] = {
            "teams": _teams_below(survey.team_id, day=day),
            "segments": _members(Member.Dimension.SEGMENT),
            "policies": _members(Member.Dimension.POLICY),
            "types": _members(Member.Dimension.TYPE),
            "clients": _members(Member.Dimension.CLIENT),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        if not Order.objects.filter(delivered_at__isnull=False).exists():
            self.fields["event"].help_text = NO_DELIVERIES

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        start, end = given.get("send_from"), given.get("send_until")
        if start is not None and end is not None and start >= end:
            self.add_error("send_until", _("This must be later than the first hour."))
        is_blank = not given.get("every_days") and "every_days" not in self.errors
        if given.get("event") == Event.PERIOD and is_blank:
            self.add_error("every_days", _("Say after how many days."))
        return given

    def wanted(self) -> dict[str, Any]:
        """Return the values that services.save_rule takes."""
        given = self.cleaned_data
        plain = (
            "event",
            "delay_hours",
            "send_from",
            "send_until",
            "sample_percent",
            "reminder_days",
            "means",
        )
        conditions = Conditions(
            teams=_keys(given["teams"]),
            channels=tuple(given["channels"]),
            segments=_keys(given["segments"]),
            policies=_keys(given["policies"]),
            types=_keys(given["types"]),
            clients=_keys(given["clients"]),
            replied_only=given["replied_only"],
        )
        is_period = given["event"] == Event.PERIOD
        return {
            **{name: given[name] for name in plain},
            "every_days": given["every_days"] if is_period else None,
            "conditions": conditions.to_json(),
        }


class LimitsForm(forms.Form):
    """How long anybody has rest from all surveys."""

    rest_days = forms.IntegerField(
        label=_("Days between any two surveys to the same person"),
        help_text=_("Nobody gets more than two in a day, even at 0."),
        min_value=0,
        max_value=365,
    )


class SuppressForm(forms.Form):
    """An address that is to get no surveys."""

    address = forms.EmailField(label=_("E-mail"))


class OriginsForm(forms.Form):
    """Which pages of others may show the survey inside them."""

    origins = forms.CharField(
        label=_("Web sites that may show it"),
        help_text=_("One a line, such as https://www.example.com"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4_000,
        required=False,
    )

    def clean_origins(self) -> list[str]:
        """Return the origins, each once.

        Raises: ValidationError for anything but https, a host and perhaps a port.
        """
        given = [
            line.strip().rstrip("/").lower()
            for line in self.cleaned_data["origins"].splitlines()
            if line.strip()
        ]
        for each in given:
            if not ORIGIN.match(each) or ".." in each:
                raise ValidationError(
                    _("Not such as https://www.example.com: %(bad)s"),
                    params={"bad": each[:80]},
                )
        if len(given) > MOST_ORIGINS:
            raise ValidationError(
                _("Name at most %(most)d web sites."), params={"most": MOST_ORIGINS}
            )
        return list(dict.fromkeys(given))


def may_limit(access: Access, root_team_id: int | None) -> bool:
    """Tell whether a reader may change what holds across all surveys."""
    return access.is_administrator or (
        root_team_id is not None and access.may_manage_team(root_team_id)
    )


def _initial(rule: SendingRule) -> dict[str, Any]:
    names = (
        "event",
        "every_days",
        "delay_hours",
        "send_from",
        "send_until",
        "sample_percent",
        "means",
        "reminder_days",
    )
    return {
        **{name: getattr(rule, name) for name in names},
        **Conditions.from_json(rule.conditions).to_json(),
    }


def _teams_below(team_id: int, *, day: int) -> QuerySet[Team]:
    below = TeamEdge.objects.filter(
        ancestor=team_id, since_day__lte=day, until_day__gt=day
    )
    return Team.objects.filter(
        pk__in=below.values("descendant"), is_active=True
    ).order_by("name")


def _members(dimension: Member.Dimension) -> QuerySet[Member]:
    return Member.objects.filter(dimension=dimension).order_by("name")


def _keys(rows: QuerySet[Any]) -> tuple[int, ...]:
    return tuple(sorted(row.pk for row in rows))
