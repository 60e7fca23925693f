"""What the pages with the question and with the thanks show of a survey's content."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from surveys.consent_texts import sentences
from surveys.content import Content
from surveys.extras import Extra, ExtraKind
from surveys.look import FACES, Style
from surveys.services.errors import BadReply
from surveys.services.replies import Given
from surveys.texts import PAGES, Page


@dataclass(frozen=True)
class Mark:
    """One value of a scale as it is drawn, always with its number."""

    value: int
    word: str  # said with it; only the ends have one unless each has its own
    face: int = 0  # 1 the unhappiest to 5; 0 none


@dataclass(frozen=True)
class Option:
    value: int
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Asked:
    """An extra question as its part of the form shows it."""

    key: str
    kind: str
    question: str
    options: list[Option]
    text: str
    fault: str


@dataclass(frozen=True)
class Box:
    """Something to agree to."""

    what: str
    text: str
    is_ticked: bool


def asked(
    content: Content, language: str, *, chosen: int | None, fault: str
) -> dict[str, Any]:
    """Return what the form with the scale shows, and in which language and look."""
    scale, words = content.scale, content.wording(language)
    sentence = getattr(PAGES[language], fault) if fault else ""
    return {
        "language": language,
        "content": content,
        "question": words.question,
        "low": words.low,
        "high": words.high,
        "scale": scale,
        "style": content.look.style.value,
        "size": scale.high - scale.low + 1,
        "marks": _marks(content, language),
        "chosen": chosen,
        "fault": sentence.format(low=scale.low, high=scale.high),
    }


def told(
    content: Content,
    language: str,
    *,
    score: int,
    given: Given | None = None,
    fault: BadReply | None = None,
) -> dict[str, Any]:
    """Return what the thank-you page asks after a score."""
    page = PAGES[language]
    return {
        "prompt": content.wording(language).prompt(content.scale.band(score)),
        "extras": [
            _asked(each, language, page, (given or {}).get(each.key, ()), fault)
            for each in content.extras
        ],
    }


def offered(language: str, brand: str, ticked: Collection[str]) -> list[Box]:
    """Return the boxes of the thank-you page; none is ticked before a customer did."""
    words = sentences(language, brand)
    return [Box(what, text, what in ticked) for what, text in words.items()]


def _marks(content: Content, language: str) -> list[Mark]:
    scale, words = content.scale, content.wording(language)
    values = range(scale.low, scale.high + 1)
    if content.look.style is Style.FACE:
        steps = words.step_words
        return [
            Mark(value, word, FACES - at if scale.reversed else at + 1)
            for at, (value, word) in enumerate(zip(values, steps, strict=False))
        ]
    ends = {scale.low: words.low, scale.high: words.high}
    return [Mark(value, ends.get(value, "")) for value in values]


def _asked(
    extra: Extra, language: str, page: Page, given: Any, fault: BadReply | None
) -> Asked:
    words = extra.wordings[language]
    sentences = {
        "too long": page.extra_too_long,
        "unreadable": page.comment_unreadable,
        "not offered": page.extra_unoffered,
    }
    is_text = extra.kind is ExtraKind.TEXT
    return Asked(
        key=extra.key,
        kind=extra.kind.value,
        question=words.question,
        options=[
            Option(number, text, str(number) in given)
            for number, text in enumerate(words.options, start=1)
        ],
        text=given[0] if is_text and given else "",
        fault=sentences[fault.reason] if fault and fault.key == extra.key else "",
    )
