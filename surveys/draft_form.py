"""The form of a draft: scale, look, words in each language, extra questions."""

from dataclasses import fields
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from surveys.content import MAY_BE_EMPTY, WORDS, Content, Wording
from surveys.extras import AT_MOST, KEYS, Extra, ExtraKind, ExtraWording, options_of
from surveys.forms import managed_teams, one_line
from surveys.look import (
    STYLES,
    TEXT_ON_DARK,
    TEXT_ON_LIGHT,
    Look,
    LookError,
    Style,
    check_colour,
    check_look,
)
from surveys.models import Survey
from surveys.scoring import DEFAULT_SCALES, Kind, Scale
from surveys.services.errors import BadSurvey
from surveys.services.logos import LARGEST
from surveys.services.redirects import LONGEST, check_redirect
from surveys.texts import first_steps

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
EXTRA_KINDS = [
    ("", _("Not asked")),
    (ExtraKind.ONE.value, _("One choice")),
    (ExtraKind.MANY.value, _("Several choices")),
    (ExtraKind.TEXT.value, _("Short text")),
]
LONG_WORDS = frozenset({"question", "prompt_low", "prompt_middle", "prompt_high"})
LONG_WORDS |= {"thanks", "steps"}
LANGUAGES = [code for code, _name in settings.LANGUAGES]


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
    is_anonymous = forms.BooleanField(
        label=_("Anonymous answers"),
        help_text=_(
            "Nobody can ever tell who gave which answer. Fixed by the first publishing."
        ),
        required=False,
    )
    style = forms.ChoiceField(label=_("Scale drawn as"), choices=list(STYLES.items()))
    colour = forms.CharField(
        label=_("Colour"),
        help_text=_("Behind white text, such as #1f5f8b. Empty: our own."),
        required=False,
        max_length=7,
    )
    dark_colour = forms.CharField(
        label=_("Colour on dark screens"),
        help_text=_("Behind dark text. Empty: a lighter tone of the colour."),
        required=False,
        max_length=7,
    )
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP of at most 12 kB; shown once it is saved."),
        required=False,
    )
    drop_logo = forms.BooleanField(label=_("Show no logo"), required=False)
    redirect = forms.CharField(
        label=_("Where customers go in the end"),
        help_text=_("An https address on a host that an administrator allowed."),
        required=False,
        max_length=LONGEST,
    )

    def __init__(
        self, *args: Any, survey: Survey, access: Access, **kwargs: Any
    ) -> None:
        self.survey = survey
        self.before = Content.from_json(survey.draft)
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = managed_teams(access)  # type: ignore[attr-defined]
        self.fields["scale"].choices = [  # type: ignore[attr-defined]
            (_key(scale), label) for scale, label in self._scales()
        ]
        self.fields["is_anonymous"].disabled = survey.version_id is not None
        main = self["language"].value()
        for key in KEYS:
            self.fields[f"{key}_kind"] = forms.ChoiceField(
                label=_("Kind"), choices=EXTRA_KINDS, required=False
            )
        for code in LANGUAGES:
            for word in fields(Wording):
                self.fields[f"{code}_{word.name}"] = _word_field(
                    word.name, code, required=code == main
                )
            for key in KEYS:
                self.fields |= _extra_fields(key, code)

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
    def extras(self) -> list[dict[str, Any]]:
        """Return the fields of each extra question, for the page."""
        return [
            {
                "number": number,
                "kind": self[f"{key}_kind"],
                "languages": [
                    (self[f"{code}_{key}_question"], self[f"{code}_{key}_options"])
                    for code in LANGUAGES
                ],
                "is_open": bool(self[f"{key}_kind"].value()),
            }
            for number, key in enumerate(KEYS[:AT_MOST], start=1)
        ]

    @property
    def content(self) -> Content:
        """Return the content as it was filled in; call it after is_valid."""
        given = self.cleaned_data
        look = self._look(given)
        return Content(
            brand=given["brand"],
            language=given["language"],
            scale=self._scale(given),
            wordings={code: self._wording(code, look.style) for code in LANGUAGES},
            look=look,
            extras=tuple(
                Extra(
                    key=key,
                    kind=ExtraKind(given[f"{key}_kind"]),
                    wordings={code: self._extra(key, code) for code in LANGUAGES},
                )
                for key in KEYS
                if given[f"{key}_kind"]
            ),
            redirect=given["redirect"],
        )

    def clean_colour(self) -> str:
        return _colour(self.cleaned_data["colour"], TEXT_ON_LIGHT)

    def clean_dark_colour(self) -> str:
        return _colour(self.cleaned_data["dark_colour"], TEXT_ON_DARK)

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if logo is not None and logo.size > LARGEST:
            raise forms.ValidationError(
                _("Use a picture of at most 12 kB; customers load it on their phones.")
            )
        return logo

    def clean_redirect(self) -> str:
        address: str = self.cleaned_data["redirect"].strip()
        try:
            check_redirect(address)
        except BadSurvey as error:
            raise forms.ValidationError(str(error)) from error
        return address

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "style" in given and "scale" in given:
            style = Look(Style(given["style"]))  # the colours have been looked at
            try:
                check_look(style, self._scale(given))
            except LookError as error:
                self.add_error("style", str(error))
        return given

    def _scale(self, given: dict[str, Any]) -> Scale:
        scales = {_key(scale): scale for scale, _label in self._scales()}
        return scales[given["scale"]]

    def _look(self, given: dict[str, Any]) -> Look:
        return Look(
            style=Style(given["style"]),
            colour=given["colour"],
            dark_colour=given["dark_colour"],
            logo="" if given["drop_logo"] else self.before.look.logo,
        )

    def _wording(self, code: str, style: Style) -> Wording:
        words = {
            word.name: self.cleaned_data[f"{code}_{word.name}"]
            for word in fields(Wording)
        }
        if style is not Style.FACE:
            words["steps"] = ""  # nobody would see them
        return Wording(**words)

    def _extra(self, key: str, code: str) -> ExtraWording:
        given = self.cleaned_data
        is_text = given[f"{key}_kind"] == ExtraKind.TEXT
        return ExtraWording(
            question=given[f"{code}_{key}_question"],
            options=() if is_text else options_of(given[f"{code}_{key}_options"]),
        )

    def _initial(self) -> dict[str, Any]:
        content = self.before
        words = {
            f"{code}_{word.name}": getattr(wording, word.name)
            for code, wording in content.wordings.items()
            for word in fields(Wording)
        }
        for code in LANGUAGES:
            steps = words.get(f"{code}_steps") or first_steps(content.scale, code)
            words[f"{code}_steps"] = steps
        for extra in content.extras:
            words[f"{extra.key}_kind"] = extra.kind.value
            for code, wording in extra.wordings.items():
                words[f"{code}_{extra.key}_question"] = wording.question
                words[f"{code}_{extra.key}_options"] = "\n".join(wording.options)
        return {
            "name": self.survey.name,
            "team": self.survey.team_id,
            "brand": content.brand,
            "language": content.language,
            "scale": _key(content.scale),
            "window_days": self.survey.window_days,
            "cooldown_days": self.survey.cooldown_days,
            "is_anonymous": self.survey.is_anonymous,
            "style": content.look.style.value,
            "colour": content.look.colour,
            "dark_colour": content.look.dark_colour,
            "redirect": content.redirect,
            **words,
        }

    def _scales(self) -> list[tuple[Scale, Any]]:
        """Return what can be chosen: the usual ones, and the one it has."""
        usual, own = SCALES[Kind(self.survey.kind)], self.before.scale
        if any(scale == own for scale, _label in usual):
            return usual
        ends = {"low": own.low, "high": own.high}
        return [*usual, (own, _("%(low)d to %(high)d, as now") % ends)]


def _colour(text: str, text_on_it: str) -> str:
    colour = text.strip().lower()
    if colour:
        colour = f"#{colour.lstrip('#')}"
        try:
            check_colour(colour, text_on_it)
        except LookError as error:
            raise forms.ValidationError(str(error)) from error
    return colour


def _word_field(name: str, language: str, *, required: bool) -> forms.CharField:
    attrs = _attrs(language)
    is_lines = name == "steps"
    widget = (
        forms.Textarea(attrs={**attrs, "rows": 5 if is_lines else 2})
        if name in LONG_WORDS
        else forms.TextInput(attrs=attrs)
    )
    return forms.CharField(
        label=str(WORDS[name]).capitalize(),
        max_length=300 if name in LONG_WORDS else 150,
        required=required and name not in MAY_BE_EMPTY,
        widget=widget,
        validators=[] if is_lines else [one_line],
    )


def _extra_fields(key: str, language: str) -> dict[str, forms.Field]:
    name, attrs = language.upper(), _attrs(language)
    return {
        f"{language}_{key}_question": forms.CharField(
            label=_("Question in %(language)s") % {"language": name},
            max_length=300,
            required=False,
            widget=forms.Textarea(attrs={**attrs, "rows": 4}),  # as tall as its options
            validators=[one_line],
        ),
        f"{language}_{key}_options": forms.CharField(
            label=_("Options in %(language)s, one a line") % {"language": name},
            max_length=1000,
            required=False,
            widget=forms.Textarea(attrs={**attrs, "rows": 4}),
        ),
    }


def _attrs(language: str) -> dict[str, str]:
    return {"dir": "rtl" if language == "ar" else "ltr", "lang": language}


def _key(scale: Scale) -> str:
    turned = "-reversed" if scale.reversed else ""
    return f"{scale.low}-{scale.high}-{scale.top_from}{turned}"
