"""Forms of the survey pages for staff."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from crmkpi.crm.models import Exclusion
from surveys.models import Survey
from surveys.models.surveys import SCORE_KINDS
from surveys.queries.invitees import PASTED_AT_MOST, Pasted, take_apart
from surveys.queries.lists import SORTS
from surveys.scoring import Kind

one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f]*\Z", _("This must fit on one line."), code="one_line"
)


class SurveyFilter(forms.Form):
    """What the list of surveys is narrowed down to, from the address."""

    q = forms.CharField(
        label=_("Name"), max_length=100, required=False, widget=forms.SearchInput
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *SCORE_KINDS], required=False
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            ("", _("All")),
            *Survey.Status.choices,
            ("imported", _("Imported")),
        ],
        required=False,
    )
    sort = forms.ChoiceField(
        choices=[(key, key) for key in SORTS],
        required=False,
        widget=forms.HiddenInput,
    )

    def wanted(self) -> dict[str, str]:
        """Return the arguments of queries.lists.surveys; unreadable parts left out."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "kind": given.get("kind", ""),
            "status": given.get("status", ""),
            "sort": given.get("sort") or "name",
        }


class NewSurveyForm(forms.Form):
    """The first step of a survey: what kind, for whom, in whose name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("For your colleagues; customers do not see it."),
        validators=[one_line],
    )
    kind = forms.ChoiceField(
        label=_("What to ask"),
        choices=SCORE_KINDS,
        widget=forms.RadioSelect,
        initial=Kind.CSAT.value,
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Team"),
        help_text=_("Answers about nobody in particular count for it."),
    )
    brand = forms.CharField(
        label=_("Name shown to customers"), max_length=100, validators=[one_line]
    )
    language = forms.ChoiceField(
        label=_("Main language"),
        help_text=_("For customers who speak none of the others."),
        choices=settings.LANGUAGES,
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = managed_teams(access)  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Whom to ask: contacts that were ticked and addresses that were pasted."""

    contacts = forms.TypedMultipleChoiceField(coerce=int, required=False)
    addresses = forms.CharField(
        label=_("Addresses"),
        help_text=_("One a line, or parted by commas."),
        max_length=50_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, choices: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].choices = [  # type: ignore[attr-defined]
            (pk, str(pk)) for pk in choices
        ]
        self.pasted = Pasted((), ())

    def clean_addresses(self) -> str:
        text: str = self.cleaned_data["addresses"]
        self.pasted = take_apart(text)
        if self.pasted.bad:
            raise forms.ValidationError(
                _("Not an e-mail address: %(bad)s"),
                params={"bad": ", ".join(self.pasted.bad[:10])},
            )
        if len(self.pasted.addresses) > PASTED_AT_MOST:
            raise forms.ValidationError(
                _("These are %(n)d addresses; paste at most %(most)d at a time."),
                params={"n": len(self.pasted.addresses), "most": PASTED_AT_MOST},
            )
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        nobody = not given.get("contacts") and not self.pasted.addresses
        if nobody and not self.errors:
            raise forms.ValidationError(_("Choose a contact or paste an address."))
        return given


class VoidForm(forms.Form):
    """Why a response is left out."""

    reason = forms.TypedChoiceField(
        label=_("Reason"),
        choices=[
            (each.value, each.label)
            for each in (Exclusion.TEST, Exclusion.SPAM, Exclusion.DUPLICATE)
        ],
        coerce=lambda value: Exclusion(int(value)),
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For whoever asks later why it is left out."),
        max_length=300,
    )


def managed_teams(access: Access) -> QuerySet[Team]:
    """Return the teams for which a reader may make surveys."""
    return Team.objects.filter(pk__in=access.managed_team_ids, is_active=True)
