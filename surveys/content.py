"""What a version asks: its scale and its words in each language, as a frozen value."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
}


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
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data with everything in it."""
        return {
            "brand": self.brand,
            "language": self.language,
            "scale": asdict(self.scale),
            "words": {
                language: asdict(words) for language, words in self.wordings.items()
            },
        }

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

        Raises: ContentError when a word is missing in a language that is asked.
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
                str(WORDS[field.name])
                for field in fields(words)
                if not getattr(words, field.name).strip()
            ]
            if missing:
                raise ContentError(
                    _("These words are missing in %(language)s: %(words)s.")
                    % {"language": language.upper(), "words": ", ".join(missing)}
                )
        return replace(self, wordings=asked)


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
