"""Forms of the pages on objectives."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.forms import DayField
from crmkpi.accounts.models import Membership, Team, TeamEdge, User
from crmkpi.accounts.templatetags.shell import BADGES
from crmkpi.lib.periods import Calendar, Grain, Period, PeriodError
from metrics.fields import ValueField
from metrics.metric import Metric
from metrics.scopes import NotVisible, Scope, ScopeError, visible_scope
from objectives import rules
from objectives.lines import ORDER, period_key
from objectives.models import Cycle, KeyResult, Objective, TargetVersion
from objectives.queries.listing import SORTS, WHOSE
from objectives.rules import Numbers, Step
from objectives.scope_choices import Group

NUMBERS = ("baseline", "target", "red", "low", "high", "red_low", "red_high")


def people_for(access: Access, team_ids: Sequence[int]) -> "QuerySet[User]":
    """Return who may own or review objectives of teams: who works there or above."""
    above = TeamEdge.objects.filter(
        descendant__in=team_ids, since_day__lte=access.day, until_day__gt=access.day
    ).values("ancestor")
    held = Membership.objects.on(access.day).filter(
        Q(team__in=above) | Q(team__in=list(access.team_ids))
    )
    known = Q(pk__in=held.values("user")) | Q(pk=access.user_id)
    found: QuerySet[User] = User.objects.filter(known, is_active=True)
    return found


def cycle_choices(calendar: Calendar, *, today: int) -> list[tuple[str, str]]:
    """Return the cycles an objective can be for: open ones and those coming up.

    Queries: 1
    """
    quarter = calendar.period(today, Grain.QUARTER)
    found = {
        each.key: each.label
        for each in (
            quarter,
            calendar.next(quarter),
            calendar.period(today, Grain.YEAR),
        )
    }
    open_ones = Cycle.objects.filter(state=Cycle.State.OPEN, end_day__gt=today)
    known = {period_key(cycle.period, calendar): cycle.name for cycle in open_ones}
    return list((found | known).items())


class ObjectiveFilter(forms.Form):
    """What the list of objectives is narrowed down to, from the address."""

    q = forms.CharField(
        label=_("Title or owner"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    whose = forms.ChoiceField(
        label=_("Whose"), choices=list(WHOSE.items()), required=False
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        to_field_name="slug",
        required=False,
        empty_label=_("All teams"),
    )
    cycle = forms.ModelChoiceField(
        Cycle.objects.all(),
        label=_("Cycle"),
        required=False,
        empty_label=_("All cycles"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All states")), *Objective.State.choices],
        required=False,
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    sort = forms.ChoiceField(
        choices=[(sign + key, key) for key in SORTS for sign in ("", "-")],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = Objective.objects.visible_to(access)
        self.fields["team"].queryset = Team.objects.filter(  # type: ignore[attr-defined]
            pk__in=visible.values("team")
        )
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", _("Any status")),
            *((each.value, BADGES[each].word) for each in ORDER),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return what is asked for; what cannot be read is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "whose": given.get("whose", ""),
            "team": given.get("team"),
            "cycle": given.get("cycle"),
            "state": given.get("state", ""),
            "status": given.get("status", ""),
            "sort": given.get("sort") or "status",
        }


def state_field() -> forms.ChoiceField:
    States = Objective.State
    return forms.ChoiceField(
        label=_("State"),
        choices=[(each.value, each.label) for each in (States.ACTIVE, States.DRAFT)],
        required=False,
        help_text=_("A draft is seen by owner, reviewer and managers alone."),
    )


class ObjectiveForm(forms.Form):
    """What a team wants to reach, until when, and who answers for it."""

    title = forms.CharField(
        label=_("What is to be reached?"),
        max_length=200,
        help_text=_("One sentence, without numbers: those are the key results."),
    )
    description = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    cycle = forms.ChoiceField(label=_("Until when?"))
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("Owner"), help_text=_("Checks in every week.")
    )
    reviewer = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Reviewer"),
        help_text=_("Approves a change of target."),
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it?"), choices=Objective.Visibility.choices
    )
    state = state_field()

    def __init__(
        self,
        *args: Any,
        access: Access,
        calendar: Calendar,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.calendar, self.today = calendar, access.day
        teams = Team.objects.filter(pk__in=access.managed_team_ids, is_active=True)
        people = people_for(access, list(access.managed_team_ids))
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        for name in ("owner", "reviewer"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
        choices = cycle_choices(calendar, today=access.day)
        self.fields["cycle"].choices = choices  # type: ignore[attr-defined]

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or Objective.State.ACTIVE

    def clean_cycle(self) -> Period:
        try:
            return self.calendar.parse(self.cleaned_data["cycle"], today=self.today)
        except PeriodError as error:
            raise forms.ValidationError(str(error)) from error


class ObjectiveEditForm(forms.Form):
    """What may change about an objective while it runs."""

    title = forms.CharField(label=_("What is to be reached?"), max_length=200)
    description = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"))
    reviewer = forms.ModelChoiceField(User.objects.none(), label=_("Reviewer"))
    visibility = forms.ChoiceField(
        label=_("Who may see it?"), choices=Objective.Visibility.choices
    )
    state = state_field()
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self, *args: Any, access: Access, objective: Objective, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = people_for(access, [objective.team_id])
        self.objective = objective
        held = Q(pk__in=[objective.owner_id, objective.reviewer_id])
        for name in ("owner", "reviewer"):
            field: Any = self.fields[name]
            field.queryset = User.objects.filter(held | Q(pk__in=people.values("pk")))

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or self.objective.state


LABELS = {
    "baseline": _("Where it starts"),
    "target": _("Target"),
    "red": _("Red limit"),
    "low": _("Lower end"),
    "high": _("Upper end"),
    "red_low": _("Lower red limit"),
    "red_high": _("Upper red limit"),
}
MISSING = {
    "baseline": _("Enter where it starts from."),
    "target": _("Enter the target."),
    "low": _("Enter the lower end."),
    "high": _("Enter the upper end."),
}


class TargetNumbersForm(forms.Form):
    """The numbers of a target: those that its direction needs."""

    metric_shown: Metric
    direction_shown: str
    cycle: Period

    def add_numbers(self, metric: Metric, direction: str, *, currency: str) -> None:
        """Add a field for each number of a direction, in the metric's unit."""
        self.metric_shown, self.direction_shown = metric, direction
        for name in rules.needed_for(metric, direction):
            options: dict[str, Any] = {"label": LABELS[name]}
            if name in MISSING:
                options |= {"error_messages": {"required": MISSING[name]}}
            if name not in ("target", "low"):
                options["help_text"] = ""
            if name == "red":
                options["help_text"] = _(
                    "Where it counts as failed. Empty: all outside is off track."
                )
            self.fields[name] = ValueField(
                unit=metric.unit,
                currency=currency,
                required=name in MISSING,
                **options,
            )

    def numbers(self) -> Numbers:
        """Return the numbers that could be read."""
        given = getattr(self, "cleaned_data", {})
        return Numbers(
            baseline=given.get("baseline"),
            target=given.get("target"),
            red=given.get("red"),
            low=given.get("low"),
            high=given.get("high"),
            red_low=given.get("red_low"),
            red_high=given.get("red_high"),
        )

    def refuse(self, faults: rules.Faults) -> None:
        """Put each fault to its field, those of no field on top of the form."""
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, str(sentence))

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if not any(name in self.errors for name in (*NUMBERS, "direction")):
            self.refuse(
                rules.target_faults(
                    self.metric_shown,
                    self.direction_shown,
                    self.numbers(),
                    cycle=self.cycle,
                )
            )
        return given


class KeyResultForm(TargetNumbersForm):
    """A metric, whose number it is, and where it shall go."""

    title = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        help_text=_("Empty: the name of the metric."),
    )
    scope = forms.CharField(label=_("Whose number?"), widget=forms.Select)
    direction = forms.ChoiceField(widget=forms.HiddenInput)

    field_order = ("scope", *NUMBERS, "title", "weight", "direction")

    def __init__(
        self,
        *args: Any,
        metric: Metric,
        direction: str,
        scopes: Sequence[Group],
        access: Access,
        cycle: Period,
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cycle, self.access = cycle, access
        self.fields["scope"].widget.choices = scopes
        choices = [(value, value) for value in rules.directions_for(metric)]
        self.fields["direction"].choices = choices  # type: ignore[attr-defined]
        self.add_numbers(metric, direction, currency=currency)
        self.fields["weight"] = weight_field()
        self.order_fields(self.field_order)

    def clean_scope(self) -> Scope:
        text = self.cleaned_data["scope"]
        try:
            return visible_scope(text, self.access)
        except ScopeError as error:
            raise forms.ValidationError(str(error)) from error
        except NotVisible as error:
            raise forms.ValidationError(
                _("There is no such scope that you may see.")
            ) from error


class TargetForm(TargetNumbersForm):
    """Another target from a day on, with the reason and who approved it."""

    effective_day = DayField(label=_("Holds from"))
    reason = forms.CharField(
        label=_("Why does it change?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    approver = forms.ModelChoiceField(User.objects.none(), label=_("Approved by"))
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    field_order = (*NUMBERS, "weight", "effective_day", "reason", "approver", "number")

    def __init__(
        self,
        *args: Any,
        metric: Metric,
        key_result: KeyResult,
        approvers: "QuerySet[User]",
        currency: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = key_result.objective.cycle.period
        self.add_numbers(metric, key_result.direction, currency=currency)
        self.fields["weight"] = weight_field()
        self.fields["approver"].queryset = approvers  # type: ignore[attr-defined]
        self.order_fields(self.field_order)


def weight_field() -> forms.DecimalField:
    return forms.DecimalField(
        label=_("Weight"),
        min_value=Decimal(0),
        max_value=rules.HEAVIEST,
        max_digits=6,
        decimal_places=2,
        initial=Decimal(1),
        help_text=_("Beside the other key results; 0 only watches."),
    )


class CheckInForm(forms.Form):
    """How sure somebody is, and one sentence."""

    confidence = forms.TypedChoiceField(
        label=_("How sure are you that we get there?"),
        choices=[(number, str(number)) for number in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    sentence = forms.CharField(
        label=_("One sentence: what will you do next?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The number comes from the data; you need not type it."),
    )


class MilestonesForm(forms.Form):
    """A key result that is reached in steps."""

    title = forms.CharField(label=_("Name"), max_length=200)
    weight = weight_field()


class StepForm(forms.Form):
    """One milestone."""

    title = forms.CharField(label=_("Milestone"), max_length=200, required=False)
    due = DayField(label=_("Due"), required=False)
    weight = forms.DecimalField(
        label=_("Weight"),
        min_value=Decimal(0),
        max_value=rules.HEAVIEST,
        max_digits=6,
        decimal_places=2,
        initial=Decimal(1),
    )

    def step(self) -> Step | None:
        """Return the milestone, None for a row left blank."""
        given = self.cleaned_data
        if not given.get("title", "").strip():
            return None
        return Step(given["title"], given["weight"], given["due"])


StepFormSet = forms.formset_factory(StepForm, extra=6, max_num=30)


def initial_of(version: TargetVersion) -> dict[str, Any]:
    """Return the numbers of a target version for a form."""
    return {name: getattr(version, name) for name in NUMBERS}
