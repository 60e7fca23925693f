"""Formulas that people write over the values of metrics: read, checked, evaluated.

A formula is tokenised by hand, then parsed by Python, then checked node by node against
a short list of what is allowed, and evaluated on Decimal. No text, powers, attributes
or subscripts. Whatever is wrong comes out as a FormulaError that says where and how to
mend it; nothing else comes out.
"""

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from metrics.formula.evaluation import Value, evaluate
from metrics.formula.grammar import (
    DEEPEST,
    LARGEST,
    LONGEST,
    FormulaError,
)
from metrics.formula.order import check_order
from metrics.formula.tokens import tokens_of
from metrics.formula.tree import check_names, check_value, parsed

__all__ = [
    "DEEPEST",
    "LARGEST",
    "LONGEST",
    "Formula",
    "FormulaError",
    "Value",
    "parse",
]


@dataclass(frozen=True)
class Formula:
    """A formula that has passed every check."""

    text: str  # as it was written
    names: tuple[str, ...]  # of the metrics it reads, in the order of appearance
    tree: ast.expr = field(compare=False, repr=False)

    @property
    def canonical(self) -> str:
        """Return the same formula whatever its blanks: for comparing definitions."""
        return ast.unparse(self.tree)

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """Return the result over the values of metrics by name.

        Empty: None where a value that is needed is missing, and where it would be
        divided by 0; only `coalesce` goes on without a value.

        Raises: FormulaError when a number on the way is too large.

        Example: `won / (won + lost)` over 3 and 1 is 0.75, over 0 and 0 None.
        """
        return evaluate(self.tree, values)


def parse(text: str, known: Collection[str] | None = None) -> Formula:
    """Return the formula that a text is, all names among the known ones.

    Raises: FormulaError with the place of the first fault.

    Example: `parse("won_deals / new_leads").names` is ("won_deals", "new_leads").
    """
    check_order(tokens_of(text))
    blank = re.sub(r"\s", " ", text)  # one line, so that columns are positions
    body = parsed(blank)
    names: dict[str, int] = {}
    check_value(body, blank, names)
    if known is not None:
        check_names(names, known)
    return Formula(text, tuple(names), body)
