"""The order of tokens: brackets, and values that take turns with what joins them."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NoReturn

from django.utils.translation import gettext as _

from metrics.formula.grammar import (
    DEEPEST,
    FUNCTIONS,
    WORDS,
    FormulaError,
    Token,
    short,
)


def check_order(tokens: list[Token]) -> None:
    """Check brackets, turns and branches. Raises: FormulaError for the first fault."""
    _check_brackets(tokens)
    _check_turns(tokens)
    _check_branches(tokens)


def _check_brackets(tokens: Iterable[Token]) -> None:
    opened: list[int] = []
    for token in tokens:
        if token.text == "(":
            opened.append(token.at)
            if len(opened) > DEEPEST:
                raise FormulaError(
                    _("Brackets stand at most %(most)s deep: make two metrics of it.")
                    % {"most": DEEPEST},
                    token.at,
                )
        elif token.text == ")":
            if not opened:
                raise FormulaError(
                    _("This bracket closes nothing: take it out or open one before."),
                    token.at,
                )
            opened.pop()
    if opened:
        raise FormulaError(_("This bracket is never closed: add a )."), opened[-1])


def _check_turns(tokens: list[Token]) -> None:
    """Check that values and what joins them take turns, to say it in plain words."""
    first = tokens[0]
    if not (_begins_value(first) or first.text in ("+", "-")):
        _nothing_before(first)
    for one, other in pairwise(tokens):
        if _ends_value(one):
            if other.text == "(" and one.kind == "name":
                _check_function(one)
            elif _begins_value(other):
                raise FormulaError(
                    _("Something is missing before “%(what)s”: put + - * / between.")
                    % {"what": short(other.text)},
                    other.at,
                )
            elif one.kind == "name" and one.text in FUNCTIONS:
                raise FormulaError(
                    _("Brackets are missing after “%(name)s”: %(name)s(…).")
                    % {"name": one.text},
                    other.at,
                )
        elif not (_begins_value(other) or other.text in ("+", "-")):
            _nothing_between(one, other)


def _check_branches(tokens: Iterable[Token]) -> None:
    """Check that every “if” has its “else” within the same brackets."""
    waiting: list[list[Token]] = [[]]
    for token in tokens:
        held = waiting[-1]
        if token.text == "(":
            waiting.append([])
        elif token.text == "if":
            held.append(token)
        elif token.text == "else":
            if not held:
                raise FormulaError(
                    _("“else” comes after “if”: a if x > 0 else b."), token.at
                )
            held.pop()
        elif token.text in (")", ",") or token.kind == "end":
            if held:
                raise FormulaError(
                    _("This “if” needs an “else”: a if x > 0 else b."), held[-1].at
                )
            if token.text == ")":
                waiting.pop()


def _begins_value(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in WORDS
    return token.kind == "number" or token.text == "("


def _ends_value(token: Token) -> bool:
    if token.kind == "name":
        return token.text not in WORDS
    return token.kind == "number" or token.text == ")"


def _check_function(token: Token) -> None:
    if token.text not in FUNCTIONS:
        raise FormulaError(
            _("There is no function “%(name)s”; there are: %(known)s.")
            % {"name": short(token.text), "known": ", ".join(sorted(FUNCTIONS))},
            token.at,
        )


def _nothing_before(token: Token) -> NoReturn:
    raise FormulaError(
        _("A value is missing before “%(sign)s”: write a number or a metric’s key.")
        % {"sign": token.text},
        token.at,
    )


def _nothing_between(one: Token, other: Token) -> NoReturn:
    raise FormulaError(
        _("A value is missing after “%(sign)s”: write a number or a metric’s key.")
        % {"sign": one.text},
        other.at,
    )
