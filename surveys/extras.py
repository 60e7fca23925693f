"""Questions after the score: a choice, several choices or a short text."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext as _

from surveys.comments import CommentFault, clean_comment
from surveys.scoring import Kind

AT_MOST = 3  # extra questions of a survey
FEWEST, MOST = 2, 10  # options of a choice
SHORT_TEXT = 300  # code points
KEYS = tuple(f"extra{number}" for number in range(1, AT_MOST + 1))


class ExtraKind(StrEnum):
    ONE = "one"
    MANY = "many"
    TEXT = "text"

    @property
    def stored(self) -> Kind:
        """Return as which kind the question is stored."""
        return Kind.TEXT if self is ExtraKind.TEXT else Kind.CHOICE


class ExtraError(ValueError):
    """An extra question that cannot be asked; the text is for people."""


class ReplyFault(ValueError):
    """A reply that cannot be stored: "too long", "unreadable" or "not offered"."""


@dataclass(frozen=True)
class ExtraWording:
    question: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extra:
    """A question on the thank-you page; its key is the same in every version."""

    key: str
    kind: ExtraKind
    wordings: Mapping[str, ExtraWording]  # by language

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            key=data["key"],
            kind=ExtraKind(data["kind"]),
            wordings={
                language: ExtraWording(words["question"], tuple(words["options"]))
                for language, words in data["words"].items()
            },
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": self.kind.value,
            "words": {
                language: {"question": words.question, "options": list(words.options)}
                for language, words in self.wordings.items()
            },
        }

    def complete(self, languages: Sequence[str]) -> Self:
        """Return the question in the languages of its survey.

        Raises: ExtraError when a language lacks it, or offers other options.
        """
        asked = {
            language: self.wordings.get(language, ExtraWording(""))
            for language in languages
        }
        for language, words in asked.items():
            if not words.question.strip():
                sentence = _("An extra question is missing in %(language)s.")
                raise ExtraError(sentence % {"language": language.upper()})
        counts = {len(words.options) for words in asked.values()}
        if self.kind is ExtraKind.TEXT:
            if counts != {0}:
                raise ExtraError(_("A question for a short text has no options."))
        elif len(counts) != 1:
            raise ExtraError(_("Each language offers the same options, in one order."))
        elif not FEWEST <= counts.pop() <= MOST:
            raise ExtraError(_("A choice offers two to ten options, one a line."))
        elif any(
            len({option.casefold() for option in words.options}) < len(words.options)
            for words in asked.values()
        ):
            raise ExtraError(_("Two options of a question are the same."))
        return type(self)(self.key, self.kind, asked)

    def read(self, given: Sequence[str]) -> "Reply":
        """Return what was replied, from the values of the field as they were posted.

        Empty: nothing chosen and no text.
        Raises: ReplyFault.
        Example: a choice of three, read(["2"]) == Reply(chosen=(2,))
        """
        if self.kind is ExtraKind.TEXT:
            return Reply(text=_short_text(given[0] if given else ""))
        offered = {
            str(number): number
            for number in range(1, len(next(iter(self.wordings.values())).options) + 1)
        }
        chosen = [each for each in given if each]
        if any(each not in offered for each in chosen):
            raise ReplyFault("not offered")
        if self.kind is ExtraKind.ONE and len(chosen) > 1:
            raise ReplyFault("not offered")
        return Reply(chosen=tuple(sorted({offered[each] for each in chosen})))


@dataclass(frozen=True)
class Reply:
    """What somebody said to an extra question; options count from 1."""

    chosen: tuple[int, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.chosen or self.text)


def options_of(text: str) -> tuple[str, ...]:
    """Return the options that were written one a line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return tuple(unicodedata.normalize("NFC", line) for line in lines if line)


def _short_text(text: str) -> str:
    try:
        words = " ".join(clean_comment(text).split())
    except CommentFault as error:
        raise ReplyFault(str(error)) from error
    if len(words) > SHORT_TEXT:
        raise ReplyFault("too long")
    return words
