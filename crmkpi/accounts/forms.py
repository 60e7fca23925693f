"""Forms of the pages on people, teams, settings and keys."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.form_fields import RowsField
from crmkpi.accounts.models import FOREVER, ApiKey, Membership, Team, User
from crmkpi.accounts.queries.audit import ACTIONS
from crmkpi.accounts.queries.people import SORTS, STATES
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, from_day, to_day


class DayInput(forms.DateInput):
    """The device's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(
            format="%Y-%m-%d",
            attrs={
                "min": from_day(FIRST_DAY).isoformat(),
                "max": from_day(LAST_DAY).isoformat(),
            },
        )


class DayField(forms.DateField):
    """A local day; cleaned to its number."""

    widget = DayInput
    default_error_messages = {"range": _("Choose a day between 1990 and 2059.")}

    def clean(self, value: Any) -> int | None:
        cleaned = super().clean(value)
        if cleaned is None:
            return None
        day = to_day(cleaned)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["range"], code="range")
        return day


class AcceptForm(forms.Form):
    """The first steps of an invited person."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


class PeopleFilter(forms.Form):
    """What the list of people is narrowed down to, from the address."""

    q = forms.CharField(
        label=_("Name or e-mail"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        label=_("Team"),
        to_field_name="slug",
        required=False,
        empty_label=_("All teams"),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("All roles")), *Membership.Role.choices],
        required=False,
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All states")), *STATES.items()],
        required=False,
    )
    sort = forms.ChoiceField(
        choices=[(key, key) for key in SORTS],
        required=False,
        widget=forms.HiddenInput,
    )

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of queries.people; what cannot be read is left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "team": given.get("team"),
            "role": given.get("role", ""),
            "state": given.get("state", ""),
            "sort": given.get("sort") or "name",
        }


class MembershipForm(forms.Form):
    """A role in a team and the days on which it holds."""

    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        empty_label=_("Choose a team"),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)
    since = DayField(
        label=_("First day"),
        required=False,
        help_text=_("Empty: for as long as there are data."),
    )
    last = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until further notice."),
    )

    @property
    def until_day(self) -> int:
        """Return the first day without the membership."""
        last = self.cleaned_data["last"]
        return FOREVER if last is None else last + 1


class NewPersonForm(forms.Form):
    """Somebody to invite, with a first role."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("The invitation goes to this address.")
    )
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("Team"),
        required=False,
        empty_label=_("No team yet"),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        help_text=_(
            "Agents see themselves, leads their team, managers and analysts a team "
            "and all below it."
        ),
    )
    is_administrator = forms.BooleanField(
        label=_("Administrator: arranges people, settings and keys"), required=False
    )


class InviteForm(forms.Form):
    """The address of somebody known who shall sign in."""

    email = forms.EmailField(label=_("E-mail"))


class PersonForm(forms.Form):
    """What is changed about a person."""

    name = forms.CharField(label=_("Name"), max_length=200)
    is_administrator = forms.BooleanField(
        label=_("Administrator: arranges people, settings and keys"), required=False
    )


class MoveForm(forms.Form):
    """Another team for an agent."""

    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True),
        label=_("New team"),
        empty_label=_("Choose a team"),
    )
    from_day = DayField(
        label=_("From"), help_text=_("Figures of earlier days stay where they are.")
    )


class EndForm(forms.Form):
    """The last day of a membership."""

    last = DayField(label=_("Last day"))


class NewTeamForm(forms.Form):
    """A team and where it has always stood."""

    name = forms.CharField(label=_("Name"), max_length=200)
    parent = forms.ModelChoiceField(
        Team.objects.all(), label=_("Below"), empty_label=_("Choose a team")
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=200,
        required=False,
        help_text=_("Counts for rows that name no region of their own."),
    )


class TeamForm(forms.Form):
    """What is changed about a team."""

    name = forms.CharField(label=_("Name"), max_length=200)
    region = forms.CharField(label=_("Region"), max_length=200, required=False)
    is_active = forms.BooleanField(
        label=_("Open: people and targets can be added"), required=False
    )


class PlaceForm(forms.Form):
    """Another place in the tree from a day on."""

    parent = forms.ModelChoiceField(
        Team.objects.all(), label=_("Below"), empty_label=_("Choose a team")
    )
    from_day = DayField(
        label=_("From"), help_text=_("Figures of earlier days stay where they are.")
    )


class ApiKeyForm(forms.Form):
    """What a new key may do, where, and until when."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("The system that will use it, for example “Helpdesk import”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("May"),
        choices=ApiKey.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    whole_company = forms.BooleanField(label=_("For the whole company"), required=False)
    teams = RowsField(
        Team.objects.filter(is_active=True),
        label=_("Or for these teams and all below them"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: until it is revoked."),
    )


class AuditFilter(forms.Form):
    """What the audit log is narrowed down to, from the address."""

    q = forms.CharField(
        label=_("Who or what"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    action = forms.ChoiceField(
        label=_("Action"),
        choices=[("", _("All actions")), *ACTIONS.items()],
        required=False,
    )

    def wanted(self) -> dict[str, str]:
        """Return the arguments of queries.audit.events; faults are left out."""
        self.is_valid()
        given = self.cleaned_data
        return {"text": given.get("q", ""), "action": given.get("action", "")}
