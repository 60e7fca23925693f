"""Scores as the pages print them."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.lib.charts import hbar
from crmkpi.lib.numbers import Figure, Unit, figure
from crmkpi.lib.sampling import answers_needed, answers_to_detect
from surveys.comparing import FEWEST_TO_JUDGE
from surveys.queries.results import ScaleResult
from surveys.scoring import Kind, Summary

# The interval of the score, in words that say which one it is.
METHODS = {
    "wilson": gettext_lazy("method: Wilson"),
    "adjusted_wald": gettext_lazy("method: adjusted Wald"),
}


@dataclass(frozen=True)
class Bar:
    """How many chose one value."""

    value: int
    n: int
    share: Figure
    drawing: SafeString
    is_top: bool


@dataclass(frozen=True)
class Enough:
    """How many answers would tell more than a few do."""

    within: int  # points
    answers: int  # that tell the score within so many points
    for_change: int  # in each of two periods, that show a change of 10 points


def enough_for(kind: Kind) -> Enough:
    """Return how many answers are enough, where nothing is known of how they vary."""
    if kind is Kind.NPS:  # 0.6 is usual, 1 the worst there is
        return Enough(10, answers_needed(0.10, 1), answers_to_detect(0.10, 0.6))
    return Enough(5, answers_needed(0.05, 0.25), answers_to_detect(0.10, 0.25))


def unit_of(kind: str) -> Unit:
    return Unit.POINTS if kind == Kind.NPS else Unit.PERCENT


def score_figure(summary: Summary | None, kind: str) -> Figure | None:
    """Return a score as printed, None when there is none."""
    if summary is None or summary.value is None:
        return None
    return figure(summary.value, unit_of(kind))


def result_panel(result: ScaleResult) -> dict[str, Any]:
    """Return what the page shows of one scale."""
    added, kind = result.summary, result.scale.kind
    unit = unit_of(kind)
    top = sum(n for value, n in added.distribution if result.scale.is_top(value))
    return {
        "scale": result.scale,
        "is_current": result.is_current,
        "n": added.n,
        "top": top,
        "figure": score_figure(added, kind),
        "low": figure(added.low, unit),
        "high": figure(added.high, unit),
        "method": METHODS.get(added.method, added.method),
        "mean": figure(added.mean, Unit.SCORE, digits=2),
        "bars": [_bar(result, value, n) for value, n in reversed(added.distribution)],
        "kind": kind.value,
        "enough": enough_for(kind) if added.n < FEWEST_TO_JUDGE else None,
    }


def _bar(result: ScaleResult, value: int, n: int) -> Bar:
    total = result.summary.n
    share = n / total if total else None
    percent = figure(100 * share if share is not None else None, Unit.PERCENT)
    title = _("%(value)d: %(n)d of %(total)d") % {
        "value": value,
        "n": n,
        "total": total,
    }
    return Bar(
        value=value,
        n=n,
        share=percent,
        drawing=hbar(share=share, title=title),
        is_top=result.scale.is_top(value),
    )
