"""How answers spread over the scores of a scale, beside the value they make."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from crmkpi.lib.charts import hbar
from crmkpi.lib.numbers import Unit
from metrics.figures import count_text, text_of
from metrics.metric import SCORE
from metrics.queries import Value


@dataclass(frozen=True)
class Score:
    """The answers that gave one score."""

    score: str
    count: str
    share: str  # of the answers on this scale
    bar: SafeString


def spread(value: Value) -> list[Score]:
    """Return how many answers gave each score, the best first.

    Empty: for what is no score, and without an answer on the scale.

    Example: one answer of 4 and three of 5 are 25 % and 75 %.
    """
    counts = {
        name.removeprefix(SCORE): count or Decimal(0)
        for name, count in value.stats.items()
        if name.startswith(SCORE)
    }
    whole = sum(counts.values(), Decimal(0))
    if not whole:
        return []
    return [_score(score, counts[score], whole) for score in reversed(counts)]


def _score(score: str, count: Decimal, whole: Decimal) -> Score:
    share = text_of(count * 100 / whole, Unit.PERCENT, "")
    said = ngettext("%(n)s answer", "%(n)s answers", int(count))
    title = f"{score}: {said % {'n': count_text(count)}}, {share}"
    return Score(
        score, count_text(count), share, hbar(share=count / whole, title=title)
    )
