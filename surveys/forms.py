"""Forms of the survey pages for staff."""

from dataclasses import fields
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from crmkpi.crm.models import Exclusion
from surveys.content import WORDS, Content, Wording
from surveys.models import Survey
from surveys.models.surveys import SCORE_KINDS
from surveys.queries.invitees import PASTED_AT_MOST, Pasted, take_apart
from surveys.queries.lists import SORTS
from surveys.scoring import DEFAULT_SCALES, Band, Kind, Scale

one_line = RegexValidator(
    r"^[^\x00-\x1f\x7f]*\Z", _("This must fit on one line."), code="one_line"
)
# What can be asked; the key is stored nowhere.
SCALES: dict[Kind, list[tuple[Scale, Any]]] = {
    Kind.CSAT: [
        (DEFAULT_SCALES[Kind.CSAT], _("1 to 5, satisfied from 4")),
        (Scale(Kind.CSAT, 1, 7, 6), _("1 to 7, satisfied from 6")),
        (Scale(Kind.CSAT, 1, 10, 9), _("1 to 10, satisfied from 9")),
        (Scale(Kind.CSAT, 1, 10, 8), _("1 to 10, satisfied from 8")),
    ],
    Kind.NPS: [(DEFAULT_SCALES[Kind.NPS], _("0 to 10, as NPS is always asked"))],
    Kind.CES: [
        (DEFAULT_SCALES[Kind.CES], _("1 to 7, easy from 5")),
        (
            Scale(Kind.CES, 1, 5, 2, reversed=True),
            _("1 to 5, how much effort it took: easy up to 2"),
        ),
    ],
}
LONG_WORDS = frozenset({"question", "prompt_low", "prompt_middle", "prompt_high"})


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


class AnswersFilter(forms.Form):
    """Which answers the list shows."""

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
    comment = forms.BooleanField(label=_("With a comment only"), required=False)

    def wanted(self) -> dict[str, Any]:
        """Return the arguments of queries.results.responses_for."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "band": Band(given["band"]) if given.get("band") else None,
            "with_comment": given.get("comment", False),
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
        self.fields["team"].queryset = _managed(access)  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """Everything that can be changed about a survey before it is published."""

    # A browser cannot point at an empty field inside a folded language.
    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=200, validators=[one_line])
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"))
    brand = forms.CharField(
        label=_("Name shown to customers"), max_length=100, validators=[one_line]
    )
    language = forms.ChoiceField(label=_("Main language"), choices=settings.LANGUAGES)
    scale = forms.ChoiceField(label=_("Scale"))
    window_days = forms.IntegerField(
        label=_("Days to answer"),
        help_text=_("Links lead to an end page after that."),
        min_value=1,
        max_value=365,
    )
    cooldown_days = forms.IntegerField(
        label=_("Days until the same person is asked again"),
        min_value=0,
        max_value=365,
    )

    def __init__(
        self, *args: Any, survey: Survey, access: Access, **kwargs: Any
    ) -> None:
        self.survey = survey
        content = Content.from_json(survey.draft)
        kwargs.setdefault("initial", self._initial(content))
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = _managed(access)  # type: ignore[attr-defined]
        self.fields["scale"].choices = [  # type: ignore[attr-defined]
            (_key(scale), label) for scale, label in self._scales(content)
        ]
        main = self["language"].value()
        for code, _name in settings.LANGUAGES:
            for word in fields(Wording):
                self.fields[f"{code}_{word.name}"] = _word_field(
                    word.name, code, required=code == main
                )

    @property
    def languages(self) -> list[dict[str, Any]]:
        """Return the fields of each language, for the page."""
        return [
            {
                "code": code,
                "name": name,
                "fields": [self[f"{code}_{word.name}"] for word in fields(Wording)],
                "is_open": code == self["language"].value()
                or any(self[f"{code}_{word.name}"].errors for word in fields(Wording)),
            }
            for code, name in settings.LANGUAGES
        ]

    @property
    def content(self) -> Content:
        """Return the content as it was filled in; call it after is_valid."""
        given = self.cleaned_data
        scales = {
            _key(scale): scale
            for scale, _label in self._scales(Content.from_json(self.survey.draft))
        }
        return Content(
            brand=given["brand"],
            language=given["language"],
            scale=scales[given["scale"]],
            wordings={
                code: Wording(
                    **{
                        word.name: given[f"{code}_{word.name}"]
                        for word in fields(Wording)
                    }
                )
                for code, _name in settings.LANGUAGES
            },
        )

    def _initial(self, content: Content) -> dict[str, Any]:
        words = {
            f"{code}_{word.name}": getattr(wording, word.name)
            for code, wording in content.wordings.items()
            for word in fields(Wording)
        }
        return {
            "name": self.survey.name,
            "team": self.survey.team_id,
            "brand": content.brand,
            "language": content.language,
            "scale": _key(content.scale),
            "window_days": self.survey.window_days,
            "cooldown_days": self.survey.cooldown_days,
            **words,
        }

    def _scales(self, content: Content) -> list[tuple[Scale, Any]]:
        """Return what can be chosen: the usual ones, and the one it has."""
        usual = SCALES[Kind(self.survey.kind)]
        if any(scale == content.scale for scale, _label in usual):
            return usual
        ends = {"low": content.scale.low, "high": content.scale.high}
        return [*usual, (content.scale, _("%(low)d to %(high)d, as now") % ends)]


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


def _managed(access: Access) -> Any:
    return Team.objects.filter(pk__in=access.managed_team_ids, is_active=True)


def _word_field(name: str, language: str, *, required: bool) -> forms.CharField:
    attrs = {"dir": "rtl" if language == "ar" else "ltr", "lang": language}
    widget = (
        forms.Textarea(attrs={**attrs, "rows": 2})
        if name in LONG_WORDS
        else forms.TextInput(attrs=attrs)
    )
    return forms.CharField(
        label=str(WORDS[name]).capitalize(),
        max_length=300 if name in LONG_WORDS else 150,
        required=required,
        widget=widget,
        validators=[one_line],
    )


def _key(scale: Scale) -> str:
    turned = "-reversed" if scale.reversed else ""
    return f"{scale.low}-{scale.high}-{scale.top_from}{turned}"
