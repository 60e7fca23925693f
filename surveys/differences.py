"""What differs between two versions of a survey, in words, and what breaks its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext as _

from surveys.content import BRAND, WORDS, Content, Wording
from surveys.look import STYLES
from surveys.scoring import Scale

# Another question, another scale or other words at its values are another measurement.
MEASURING = frozenset({"question", "low", "high", "steps"})


class Mark(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    text: str
    mark: Mark


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise."""

    what: str  # "question", "scale"
    language: str  # "" for what all languages share
    pieces: tuple[Piece, ...]
    breaks_line: bool  # scores before and after it are not of one measurement


def differences(old: Content, new: Content) -> list[Difference]:
    """Return what changed from one content to another, the scale first.

    Empty: equal content gives nothing.
    """
    return [
        each
        for each in (*_shared(old, new), *_worded(old, new), *_extra(old, new))
        if any(piece.mark is not Mark.SAME for piece in each.pieces)
    ]


def breaks_line(old: Content, new: Content) -> bool:
    """Tell whether scores of two contents are of different measurements."""
    return any(each.breaks_line for each in differences(old, new))


def compared(old: str, new: str) -> tuple[Piece, ...]:
    """Return two texts as one, word by word, with what is gone and what is new.

    Example: compared("very good", "good") is "very " gone and "good" the same
    """
    before, after = (re.findall(r"\S+\s*", text) for text in (old, new))
    pieces = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, since, until in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("".join(after[since:until]), Mark.SAME))
            continue
        if end > start:
            pieces.append(Piece("".join(before[start:end]), Mark.GONE))
        if until > since:
            pieces.append(Piece("".join(after[since:until]), Mark.NEW))
    return tuple(pieces)


def _shared(old: Content, new: Content) -> Iterator[Difference]:
    asks_by_name = any(BRAND in words.question for words in new.wordings.values())
    pairs = (
        (_("scale"), _scale(old.scale), _scale(new.scale), True),
        (_("drawn as"), _drawn(old), _drawn(new), True),
        (_("name shown to customers"), old.brand, new.brand, asks_by_name),
        (_("main language"), old.language, new.language, False),
        (_("colour"), old.look.colour, new.look.colour, False),
        (
            _("colour on dark screens"),
            old.look.dark_colour,
            new.look.dark_colour,
            False,
        ),
        (_("logo"), old.look.logo[:8], new.look.logo[:8], False),
        (_("where customers go in the end"), old.redirect, new.redirect, False),
    )
    for what, before, after, is_break in pairs:
        yield Difference(what, "", compared(before, after), is_break)


def _worded(old: Content, new: Content) -> Iterator[Difference]:
    silent = Wording(**dict.fromkeys((each.name for each in fields(Wording)), ""))
    for language in dict.fromkeys((*new.wordings, *old.wordings)):
        before = old.wordings.get(language, silent)
        after = new.wordings.get(language, silent)
        # A language that comes or goes changes nothing for who is asked in another.
        in_both = language in old.wordings and language in new.wordings
        for word in fields(Wording):
            yield Difference(
                str(WORDS[word.name]),
                language,
                compared(getattr(before, word.name), getattr(after, word.name)),
                in_both and word.name in MEASURING,
            )


def _extra(old: Content, new: Content) -> Iterator[Difference]:
    before, after = ({each.key: each for each in side.extras} for side in (old, new))
    for number, key in enumerate(sorted(before.keys() | after.keys()), start=1):
        sides = [side[key].wordings if key in side else {} for side in (before, after)]
        for language in dict.fromkeys((*sides[1], *sides[0])):
            texts = [
                " / ".join((words.question, *words.options))
                if (words := side.get(language))
                else ""
                for side in sides
            ]
            what = _("question %(number)d after the score") % {"number": number}
            yield Difference(what, language, compared(*texts), False)


def _drawn(content: Content) -> str:
    return str(STYLES[content.look.style])


def _scale(scale: Scale) -> str:
    ends = {"low": scale.low, "high": scale.high, "top": scale.top_from}
    if scale.reversed:
        return _("%(low)d to %(high)d, good up to %(top)d") % ends
    return _("%(low)d to %(high)d, good from %(top)d") % ends
