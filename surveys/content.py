"""What a version asks: its scale and its words in each language, as a frozen value."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import sha256
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.extras import Extra, ExtraError
from surveys.look import Look, LookError, Style, check_look
from surveys.scoring import Band, Kind, Scale

BRAND = "{brand}"  # stands for the name shown to customers

WORDS = {  # what the fields of a Wording are called on pages
    "question": gettext_lazy("question"),
    "low": gettext_lazy("lowest value in words"),
    "high": gettext_lazy("highest value in words"),
    "prompt_low": gettext_lazy("question after a low score"),
    "prompt_middle": gettext_lazy("question after a middling score"),
    "prompt_high": gettext_lazy("question after a high score"),
    "mail_subject": gettext_lazy("subject of the mail"),
    "mail_intro": gettext_lazy("first line of the mail"),
    "thanks": gettext_lazy("thank-you text"),
    "steps": gettext_lazy("words under the faces, one a line"),
}
MAY_BE_EMPTY = frozenset({"thanks", "steps"})


class ContentError(ValueError):
    """A draft that cannot be published; the text is for people."""


@dataclass(frozen=True)
class Wording:
    """The words of a survey in one language; {brand} becomes the brand's name."""

    question: str
    low: str  # what the first value of the scale means
    high: str  # what its last value means
    prompt_low: str  # asks for a comment after a score in the low band
    prompt_middle: str
    prompt_high: str
    mail_subject: str
    mail_intro: str
    thanks: str = ""  # said after the answer; our own sentence when empty
    steps: str = ""  # what each face means, one a line, from the first value on

    @property
    def step_words(self) -> list[str]:
        """Return what each face means."""
        return [line.strip() for line in self.steps.splitlines() if line.strip()]

    def prompt(self, band: Band) -> str:
        """Return what is asked after a score in a band."""
        prompts = {
            Band.LOW: self.prompt_low,
            Band.MIDDLE: self.prompt_middle,
            Band.HIGH: self.prompt_high,
        }
        return prompts[band]


@dataclass(frozen=True)
class Content:
    """Everything a customer is shown that somebody here decided on."""

    brand: str
    language: str  # shown when the customer speaks none of the others
    scale: Scale
    wordings: Mapping[str, Wording]  # by language; none in imported surveys
    look: Look = field(default_factory=Look)
    extras: tuple[Extra, ...] = ()  # asked after the score, in this order
    redirect: str = ""  # where customers are led in the end; "" nowhere

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what to_json wrote."""
        scale = data["scale"]
        return cls(
            brand=data["brand"],
            language=data["language"],
            scale=Scale(**{**scale, "kind": Kind(scale["kind"])}),
            wordings={
                language: Wording(**words) for language, words in data["words"].items()
            },
            look=_look(data.get("look", {})),
            extras=tuple(Extra.from_json(each) for each in data.get("extras", ())),
            redirect=data.get("redirect", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data with everything in it.

        What a survey does not use is left out, so that what was published before there
        was such a thing keeps its fingerprint.
        """
        data: dict[str, Any] = {
            "brand": self.brand,
            "language": self.language,
            "scale": asdict(self.scale),
            "words": {
                language: {
                    name: text
                    for name, text in asdict(words).items()
                    if text or name not in MAY_BE_EMPTY
                }
                for language, words in self.wordings.items()
            },
        }
        if self.look != Look():
            data["look"] = asdict(self.look)
        if self.extras:
            data["extras"] = [each.to_json() for each in self.extras]
        if self.redirect:
            data["redirect"] = self.redirect
        return data

    @property
    def fingerprint(self) -> str:
        """Return a hash that is equal exactly for equal content."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages it can be asked in, its own first."""
        others = [each for each in self.wordings if each != self.language]
        return (self.language, *others)

    def wording(self, language: str) -> Wording:
        """Return the words of a language with the brand still as {brand}."""
        return self.wordings[language]

    def complete(self) -> Self:
        """Return the content without the languages that have no question.

        Raises: ContentError when a word is missing in a language that is asked, when
        the look does not fit, or when an extra question cannot be asked.
        """
        asked = {
            language: words
            for language, words in self.wordings.items()
            if words.question.strip()
        }
        if self.language not in asked:
            raise ContentError(_("The question is missing in the survey's language."))
        for language, words in asked.items():
            missing = [
                str(WORDS[each.name])
                for each in fields(words)
                if each.name not in MAY_BE_EMPTY
                and not getattr(words, each.name).strip()
            ]
            if missing:
                raise ContentError(
                    _("These words are missing in %(language)s: %(words)s.")
                    % {"language": language.upper(), "words": ", ".join(missing)}
                )
            self._check_steps(language, words)
        try:
            check_look(self.look, self.scale)
            extras = tuple(each.complete(list(asked)) for each in self.extras)
        except (LookError, ExtraError) as error:
            raise ContentError(str(error)) from error
        return replace(self, wordings=asked, extras=extras)

    def _check_steps(self, language: str, words: Wording) -> None:
        """Make sure that each face has its word: a face alone means nothing to some."""
        values = self.scale.high - self.scale.low + 1
        if self.look.style is Style.FACE and len(words.step_words) != values:
            raise ContentError(
                _("Write %(values)d lines for the faces in %(language)s, one for each.")
                % {"values": values, "language": language.upper()}
            )


def choose_language(
    offered: tuple[str, ...], *wishes: str, accepted: tuple[str, ...] = ()
) -> str:
    """Return the first wish that is offered, then what the browser accepts.

    Shape: wishes in order of weight, "" for none; "de-AT" is served by "de".
    Example: choose_language(("en", "de"), "", "de-AT") == "de"
    """
    for wish in (*wishes, *accepted):
        for language in (wish.lower(), wish.lower().split("-")[0]):
            if language in offered:
                return language
    return offered[0]


def accepted_languages(header: str) -> tuple[str, ...]:
    """Return the languages of an Accept-Language header, the most wanted first.

    Example: accepted_languages("de;q=0.5, ar") == ("ar", "de")
    """
    weighed = []
    for part in header[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if name and name != "*" and quality > 0:
            weighed.append((quality, name))
    return tuple(name for _, name in sorted(weighed, key=lambda pair: -pair[0]))


def _look(data: Mapping[str, Any]) -> Look:
    return Look(**{**data, "style": Style(data["style"])}) if data else Look()
