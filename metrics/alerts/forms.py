"""The forms of rules: what to look for, and how to be told."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.lib.numbers import Unit
from crmkpi.lib.periods import Grain
from metrics.alerts.models import AlertRule
from metrics.alerts.services import Delivery, Terms
from metrics.fields import ValueField
from metrics.figures import SUBTRACTED
from metrics.metric import Metric
from metrics.scopes import NotVisible, Scope, ScopeError, visible_scope

Kind, Side = AlertRule.Kind, AlertRule.Side

GRAINS = [
    (Grain.DAY.value, _("Day")),
    (Grain.WEEK.value, _("Week")),
    (Grain.MONTH.value, _("Month")),
    (Grain.QUARTER.value, _("Quarter")),
]
VALUE_SIDES = [
    (Side.ABOVE.value, _("rises above")),
    (Side.BELOW.value, _("falls below")),
]
CHANGE_SIDES = [
    (Side.EITHER.value, _("up or down")),
    (Side.ABOVE.value, _("up")),
    (Side.BELOW.value, _("down")),
]
PERCENT, POINTS = "percent", "points"
CHANNELS = [("app", _("In the application")), ("mail", _("By mail"))]


class DeliveryForm(forms.Form):
    """Whom to tell, how, and when not."""

    audience = forms.ChoiceField(
        label=_("Who is told?"), choices=AlertRule.Audience.choices
    )
    channels = forms.MultipleChoiceField(
        label=_("How?"),
        choices=CHANNELS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way to be told.")},
    )
    quiet_from = forms.TimeField(
        label=_("No mail from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Quiet hours in the organisation's time; mail waits until after."),
    )
    quiet_until = forms.TimeField(
        label=_("until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, may_tell_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_tell_others:
            del self.fields["audience"]

    def delivery(self) -> Delivery:
        """Return what was entered; call it on a valid form."""
        given = self.cleaned_data
        return Delivery(
            audience=given.get("audience", AlertRule.Audience.SELF),
            in_app="app" in given["channels"],
            by_mail="mail" in given["channels"],
            quiet_from=given["quiet_from"],
            quiet_until=given["quiet_until"],
        )

    def refuse(self, faults: dict[str, Any]) -> None:
        """Show the sentences of a service beside their fields."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, str(sentence))


class AlertForm(DeliveryForm):
    """A rule of one kind on one metric; only what the kind needs is asked."""

    scope = forms.ChoiceField(label=_("Whose figures?"))

    field_order = [
        "scope",
        "side",
        "measure",
        "threshold",
        "grain",
        "min_n",
        "audience",
        "channels",
        "quiet_from",
        "quiet_until",
    ]

    def __init__(
        self,
        *args: Any,
        metric: Metric,
        kind: str,
        access: Access,
        scopes: Sequence[Scope],
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, may_tell_others=access.manages, **kwargs)
        self.metric, self.kind, self.access = metric, kind, access
        scope_field: Any = self.fields["scope"]
        scope_field.choices = [(each.text, each.label) for each in scopes]
        if kind == Kind.FRESHNESS:
            self.fields["threshold"] = _days_field()
        elif kind == Kind.VALUE:
            self.fields["side"] = forms.ChoiceField(
                label=_("Tell me when it"), choices=VALUE_SIDES
            )
            self.fields["threshold"] = ValueField(
                label=_("this value"), unit=metric.unit, currency=currency
            )
        elif kind == Kind.CHANGE:
            self._add_change(currency)
        if kind != Kind.FRESHNESS:
            self.fields["grain"] = forms.TypedChoiceField(
                label=_("Look at each"), choices=GRAINS, coerce=int, initial=2
            )
            self.fields["min_n"] = _least_field(metric)
        self.order_fields(self.field_order)

    def _add_change(self, currency: str) -> None:
        units = [(PERCENT, _("per cent of the value before"))]
        if self.metric.unit in SUBTRACTED:
            units.insert(0, (POINTS, _("points, in the metric's own unit")))
        first = units[0][0]
        asked = self.data.get("measure") or self.initial.get("measure") or first
        unit = Unit.PERCENT if asked == PERCENT else self.metric.unit
        self.fields["side"] = forms.ChoiceField(
            label=_("Tell me when it goes"), choices=CHANGE_SIDES
        )
        self.fields["measure"] = forms.ChoiceField(
            label=_("measured in"), choices=units, initial=first
        )
        self.fields["threshold"] = ValueField(
            label=_("by more than"), unit=unit, currency=currency
        )

    def clean_scope(self) -> Scope:
        try:
            return visible_scope(self.cleaned_data["scope"], self.access)
        except (ScopeError, NotVisible) as error:
            raise forms.ValidationError(
                _("There is no such scope that you may see.")
            ) from error

    def terms(self) -> Terms:
        """Return what was entered; call it on a form whose terms are valid."""
        given = self.cleaned_data
        threshold = given.get("threshold")
        return Terms(
            kind=self.kind,
            metric=self.metric.key,
            scope=given["scope"],
            side=given.get("side", ""),
            threshold=None if threshold is None else Decimal(threshold),
            is_relative=given.get("measure") == PERCENT,
            grain=given.get("grain", Grain.WEEK.value),
            min_n=given.get("min_n"),
        )

    def has_terms(self) -> bool:
        """Whether what to look for is complete, whatever else is missing yet."""
        self.is_valid()
        wanted = {"scope", "side", "measure", "threshold", "grain", "min_n"}
        return not wanted & set(self.errors)


def _days_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Tell me after so many whole days without a row"),
        min_value=1,
        max_value=366,
        initial=3,
    )


def _least_field(metric: Metric) -> forms.IntegerField:
    help_text = _("Periods with fewer say nothing. This metric needs %(n)s.")
    return forms.IntegerField(
        label=_("Only with at least so many cases"),
        required=False,
        min_value=metric.min_n,
        max_value=10**9,
        help_text=help_text % {"n": metric.min_n},
    )


def initial_of(rule: AlertRule) -> dict[str, Any]:
    """Return what the form of a stored rule starts with."""
    threshold: Any = rule.threshold
    if rule.kind == Kind.FRESHNESS:
        threshold = int(rule.threshold or 1)
    return {
        "scope": rule.scope_text,
        "side": rule.side,
        "measure": PERCENT if rule.is_relative else POINTS,
        "threshold": threshold,
        "grain": rule.grain,
        "min_n": rule.min_n,
    } | delivery_of(rule)


def delivery_of(rule: AlertRule) -> dict[str, Any]:
    channels = [
        name for name, on in (("app", rule.in_app), ("mail", rule.by_mail)) if on
    ]
    return {
        "audience": rule.audience,
        "channels": channels,
        "quiet_from": rule.quiet_from,
        "quiet_until": rule.quiet_until,
    }
