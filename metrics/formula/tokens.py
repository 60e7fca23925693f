"""From characters to tokens, by hand: what has no place in a formula is named."""

import keyword
import re
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext as _

from metrics.formula.grammar import (
    LARGEST,
    LONGEST,
    MOST_TOKENS,
    WORDS,
    FormulaError,
    Token,
    short,
)

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|==|!=|\*\*|//|[-+*/(),<>])"
)
_BLANKS = " \t\r\n\f"
_SIGNS = {  # what people write, and what formulas are written with
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "=": "==",
}


def tokens_of(text: str) -> list[Token]:
    if len(text) > LONGEST:
        message = _("A formula has at most %(most)s characters; this one has %(n)s.")
        raise FormulaError(message % {"most": LONGEST, "n": len(text)}, LONGEST)
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] in _BLANKS:
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            _unknown_character(text, at)
        found.append(_token(match, text))
        if len(found) > MOST_TOKENS:
            message = _(
                "The formula is too long: at most %(most)s numbers, names and signs. "
                "Make two metrics of it."
            )
            raise FormulaError(message % {"most": MOST_TOKENS}, at)
        at = match.end()
    if not found:
        raise FormulaError(
            _("Write a formula, for example: %(example)s")
            % {"example": "won_deals / new_leads * 100"},
            0,
        )
    return [*found, Token("end", "", len(text))]


def _token(match: re.Match[str], text: str) -> Token:
    kind, found, at = str(match.lastgroup), match.group(), match.start()
    after = text[match.end() : match.end() + 1]
    if kind == "number":
        if after.isalpha() or after in ("_", "."):
            raise FormulaError(
                _("Put a blank or a sign between %(number)s and what follows.")
                % {"number": found},
                match.end(),
            )
        _check_number(found, at)
    elif kind == "name":
        _check_word(found, at)
    elif found == "**":
        raise FormulaError(
            _("There are no powers in formulas: multiply, as in x * x."), at
        )
    elif found == "//":
        raise FormulaError(
            _("Write one / to divide, and round(…) for whole numbers."), at
        )
    return Token(kind, found, at)


def _check_number(found: str, at: int) -> None:
    if len(found) > 1 and found[0] == "0" and found[1].isdigit():
        raise FormulaError(
            _("Write the number %(number)s without zeros in front.")
            % {"number": short(found)},
            at,
        )
    if Decimal(found) > LARGEST:
        raise FormulaError(
            _("The number %(number)s is too large: at most 1,000,000,000,000,000.")
            % {"number": short(found)},
            at,
        )


def _check_word(found: str, at: int) -> None:
    if not keyword.iskeyword(found) or found in WORDS:
        return
    if found in ("and", "or", "not"):
        message = _(
            "“%(word)s” is not possible: put one condition into the other, as in "
            "(a if x > 0 else b) if y > 0 else b."
        )
    else:
        message = _("“%(word)s” is no word of formulas: write the key of a metric.")
    raise FormulaError(message % {"word": found}, at)


def _unknown_character(text: str, at: int) -> NoReturn:
    one = text[at]
    if one in _SIGNS:
        message = _("Write %(right)s instead of %(wrong)s.")
        raise FormulaError(message % {"right": _SIGNS[one], "wrong": one}, at)
    if one in "'\"“”„‘’`":
        message = _("There is no text in formulas: write keys without quotation marks.")
    elif one == "%":
        message = _("Write / 100 instead of the sign for per cent.")
    elif one == "^":
        message = _("There are no powers in formulas: multiply, as in x * x.")
    elif one == ".":
        message = _("A point stands only within a number, as in 0.5.")
    elif one in "[]{}":
        message = _("Use round brackets: ( and ).")
    else:
        shown = one if one.isprintable() else f"U+{ord(one):04X}"
        message = _("“%(character)s” has no place in a formula: take it out.") % {
            "character": shown
        }
    raise FormulaError(message, at)
