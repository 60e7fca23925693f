"""Words that tell what a comment is about: rules that anybody can read, no model."""

import re
import unicodedata
from collections.abc import Iterable

MAX_WORDS = 60  # of one theme
MAX_LENGTH = 60  # characters of one entry
# Scripts that put no blanks between words: their entries match anywhere.
_NO_BLANKS = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
)


class WordsError(ValueError):
    """Words that make no rule; the text is for people."""


def read_words(text: str) -> list[str]:
    """Return the entries of a text, parted by commas or lines, each once.

    Raises: WordsError for more or longer entries than a theme takes, and for one that
    is nothing but a star.
    Example: read_words("slow, Wait*\\nslow") == ["slow", "wait*"]
    """
    entries: dict[str, None] = {}
    for part in re.split(r"[,\n\r;]+", text):
        entry = _plain(part)
        if entry:
            entries[entry] = None
    if len(entries) > MAX_WORDS:
        raise WordsError("too many")
    for entry in entries:
        if len(entry) > MAX_LENGTH or not entry.strip("* "):
            raise WordsError(entry[:MAX_LENGTH])
    return list(entries)


def pattern_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds one of the entries in a text made plain by `matches`.

    Whole words; an entry that ends in * takes any ending. Empty: None without words.
    """
    parts = [_part(entry) for entry in words]
    return re.compile("|".join(parts)) if parts else None


def matches(pattern: re.Pattern[str] | None, text: str) -> bool:
    """Tell whether a comment holds one of a theme's entries, in any case.

    Example: matches(pattern_of(["wait*"]), "I was WAITING") is True
    """
    return pattern is not None and pattern.search(_plain(text)) is not None


def _part(entry: str) -> str:
    stem = entry.rstrip("*")
    text = r"\s+".join(re.escape(word) for word in stem.split())
    if _NO_BLANKS.search(stem):
        return text
    end = "" if entry.endswith("*") else r"(?!\w)"
    return rf"(?<!\w){text}{end}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
