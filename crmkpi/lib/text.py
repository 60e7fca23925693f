"""Text from outside, made fit for display."""

import re

# Direction overrides and isolates, invisible fillers, control characters. Joiners stay
# between letters beyond ASCII: Persian and emoji are written with them.
_HIDDEN = re.compile(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


def clean_display(text: str) -> str:
    """Return the text without characters that hide, reorder or fake what it says.

    Shape: tabs and line breaks stay; a bell, a zero-width space or a direction
    override goes. For display alone: stored text keeps what was written.
    Example: `clean_display("pay\\u202egnp.exe") == "paygnp.exe"`
    """
    return _HIDDEN.sub("", text)
