"""Forms of the follow-up pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.models import User
from surveys.closing.services import LONGEST_NOTE
from surveys.forms import one_line
from surveys.models import FollowUp, FollowUpRule
from surveys.scoring import Scale
from surveys.theming import WordsError, read_words

When = FollowUpRule.When
STATES = [
    (state.value, state.label)
    for state in FollowUp.State
    if state in FollowUp.CLOSED_STATES
]


class RuleForm(forms.Form):
    """Which answers become work, whose and until when."""

    name = forms.CharField(label=_("Name"), max_length=120, validators=[one_line])
    when = forms.ChoiceField(label=_("Follow up when"), choices=When.choices)
    score = forms.IntegerField(
        label=_("This score or worse"),
        required=False,
        help_text=_("Only for “this or worse”."),
    )
    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=4_000,
        help_text=_(
            "Only for words: parted by commas, a star takes any ending: cancel*"
        ),
    )
    owned_by = forms.ChoiceField(label=_("Owner"), choices=FollowUpRule.Owner.choices)
    owner = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False
    )
    due_hours = forms.IntegerField(
        label=_("Due in business hours"), min_value=1, max_value=400, initial=8
    )
    is_active = forms.BooleanField(
        label=_("Look at new answers"), required=False, initial=True
    )

    def __init__(
        self, *args: Any, scale: Scale | None, people: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scale = scale
        owner: Any = self.fields["owner"]
        owner.queryset = people

    def clean_words(self) -> list[str]:
        try:
            return read_words(self.cleaned_data["words"])
        except WordsError as error:
            raise forms.ValidationError(
                _("“%(words)s” is no word, or there are too many.") % {"words": error}
            ) from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        when, score = given.get("when"), given.get("score")
        if when == When.SCORE and not self._is_offered(score):
            self.add_error("score", _("Give a score that the survey offers."))
        if when == When.WORDS and "words" in given and not given["words"]:
            self.add_error("words", _("Give at least one word."))
        is_person = given.get("owned_by") == FollowUpRule.Owner.PERSON
        if is_person and given.get("owner") is None and "owner" not in self.errors:
            self.add_error("owner", _("Choose the person."))
        if when != When.SCORE:
            given["score"] = None
        return given

    def _is_offered(self, score: int | None) -> bool:
        if score is None or self.scale is None:
            return False
        return self.scale.low <= score <= self.scale.high


class GiveForm(forms.Form):
    """Who gets an item."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = people


class NoteForm(forms.Form):
    """What was done."""

    text = forms.CharField(
        label=_("What was done"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_contact = forms.BooleanField(
        label=_("The customer was contacted"), required=False
    )


class ReopenForm(forms.Form):
    """Why an item is opened again."""

    text = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CloseForm(forms.Form):
    """How an item ended; all of it is needed."""

    state = forms.ChoiceField(label=_("How it ended"), choices=STATES)
    cause = forms.ChoiceField(
        label=_("What it came from"), choices=[("", "–"), *FollowUp.Cause.choices]
    )
    outcome = forms.CharField(
        label=_("Outcome"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was done, so that the next one can read it."),
    )
    ask_again = forms.BooleanField(
        label=_("Ask the customer once more in three days"), required=False
    )
