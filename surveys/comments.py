"""Comments of customers: what is stored and what is refused."""

import unicodedata

MAX_LENGTH = 5_000  # code points


class CommentFault(ValueError):
    """A comment that cannot be stored; the text is "too long" or "unreadable"."""


def clean_comment(text: str) -> str:
    """Return a comment as it is stored: composed, with plain line ends, trimmed.

    What a hostile comment could do on a page is prevented where it is shown; here
    only what no database or export can hold is refused.

    Raises: CommentFault for NUL and half characters, and above 5,000 code points.
    Example: clean_comment(" Too\\r\\nslow ") == "Too\\nslow"
    """
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise CommentFault("unreadable")
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    stored = plain.strip()
    if len(stored) > MAX_LENGTH:
        raise CommentFault("too long")
    return stored
