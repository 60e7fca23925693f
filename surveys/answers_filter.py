"""Which answers the list and its files show, from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Survey, Theme
from surveys.scoring import Band


class AnswersFilter(forms.Form):
    """Which answers the list shows."""

    q = forms.CharField(
        label=_("Words in the comment"),
        max_length=100,
        required=False,
        widget=forms.SearchInput,
    )
    band = forms.ChoiceField(
        label=_("Score"),
        choices=[
            ("", _("All scores")),
            (Band.LOW.value, _("Low")),
            (Band.MIDDLE.value, _("Middling")),
            (Band.HIGH.value, _("High")),
        ],
        required=False,
    )
    theme = forms.ModelChoiceField(
        label=_("Theme"),
        queryset=Theme.objects.none(),
        empty_label=_("All themes"),
        required=False,
    )
    comment = forms.BooleanField(label=_("With a comment only"), required=False)
    contact = forms.BooleanField(label=_("Asks to be contacted"), required=False)
    flagged = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, survey: Survey, flagged: int = 0) -> None:
        super().__init__(data)
        self.fields["flagged"].label = _("Flagged, to look at (%(n)d)") % {"n": flagged}
        offered: Any = self.fields["theme"]
        offered.queryset = survey.themes.all()

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of queries.results.responses_for."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "text": given.get("q", ""),
            "band": Band(given["band"]) if given.get("band") else None,
            "theme": given.get("theme"),
            "with_comment": given.get("comment", False),
            "asks_contact": given.get("contact", False),
            "is_flagged": given.get("flagged", False),
        }
