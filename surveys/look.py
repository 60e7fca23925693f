"""How a survey looks: the style of its scale, its colours and its logo."""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.scoring import Kind, Scale

COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
ENOUGH = 4.5  # WCAG 2.2, 1.4.3: contrast of text
FACES = 5  # as many faces are drawn
# The two texts that stand on a survey's colour: on light pages and on dark ones.
TEXT_ON_LIGHT, TEXT_ON_DARK = "#ffffff", "#0b1a26"
OUR_COLOUR, OUR_DARK_COLOUR = "#1f5f8b", "#8cc4ea"


class Style(StrEnum):
    NUMBER = "number"
    STAR = "star"
    FACE = "face"


STYLES = {  # what they are called on pages
    Style.NUMBER: gettext_lazy("Numbers"),
    Style.STAR: gettext_lazy("Stars with numbers"),
    Style.FACE: gettext_lazy("Faces with numbers and words"),
}


class LookError(ValueError):
    """A look that cannot be published; the text is for people."""


@dataclass(frozen=True)
class Look:
    """How the question is drawn, in whose colours."""

    style: Style = Style.NUMBER
    colour: str = ""  # "#1f5f8b" on light pages; ours when empty
    dark_colour: str = ""  # on dark pages; a lighter tone of the colour when empty
    logo: str = ""  # digest of a stored logo; the first letter when empty

    @property
    def colours(self) -> tuple[str, str] | None:
        """Return the colours of light and dark pages; None: ours."""
        if not self.colour and not self.dark_colour:
            return None
        light = self.colour or OUR_COLOUR
        return light, self.dark_colour or nearest(light, TEXT_ON_DARK)


def check_look(look: Look, scale: Scale) -> None:
    """Make sure that a look fits its scale and that its texts can be read.

    Raises: LookError with what to do about it.
    """
    values = scale.high - scale.low + 1
    if look.style is not Style.NUMBER and scale.kind is Kind.NPS:
        raise LookError(_("NPS is asked with numbers, or it cannot be compared."))
    if look.style is Style.STAR and scale.reversed:
        raise LookError(_("More stars are better; on this scale less is. Use numbers."))
    if look.style is Style.FACE and values != FACES:
        raise LookError(_("There are five faces. Choose a scale of five, or numbers."))
    for colour, text in (
        (look.colour, TEXT_ON_LIGHT),
        (look.dark_colour, TEXT_ON_DARK),
    ):
        if colour:
            check_colour(colour, text)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG, 1 to 21.

    Example: contrast("#ffffff", "#000000") == 21
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def nearest(colour: str, text: str) -> str:
    """Return the colour, darker or lighter as far as the text on it needs.

    Example: nearest("#ffcc00", "#ffffff") is a dark ochre of contrast 4.5
    """
    end = 0 if _luminance(text) > 0.5 else 255
    for step in range(101):
        mixed = [round(part + (end - part) * step / 100) for part in _parts(colour)]
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(found, text) >= ENOUGH:
            return found
    raise AssertionError(text)  # black or white is always enough


def check_colour(colour: str, text: str) -> None:
    """Make sure that a text can be read on a colour. Raises: LookError."""
    if not COLOUR.match(colour):
        raise LookError(_("Write a colour as # and six digits, such as #1f5f8b."))
    found = contrast(colour, text)
    if found < ENOUGH:
        sentence = (
            _("White text on %(colour)s has a contrast of %(found)s; 4.5 is needed. ")
            if text == TEXT_ON_LIGHT
            else _(
                "Dark text on %(colour)s has a contrast of %(found)s; 4.5 is needed. "
            )
        )
        advice = _("Take %(nearest)s or a stronger tone.")
        values = {
            "colour": colour,
            "found": f"{int(found * 10) / 10}",  # never rounded up to 4.5
            "nearest": nearest(colour, text),
        }
        raise LookError((sentence + advice) % values)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (each / 255 for each in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
