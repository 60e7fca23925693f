"""How a key result is likely to end, in words first."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.catalog import METRICS
from objectives import scoring
from objectives.figures import is_share
from objectives.lines import KeyResultLine, level_of
from objectives.models import Evaluation
from objectives.printing import Print, count_text, day_text, share_text
from objectives.scoring import Direction, KrStatus, Target, is_paced
from objectives.scoring.rollup import CLOSED, WITHOUT_DATA
from objectives.scoring.targets import HOLDS


@dataclass(frozen=True)
class Outlook:
    """A sentence and what it rests on."""

    text: str  # "Very unlikely", "In band", "No news since 2 Feb"
    sub: str  # "528 by 31 Mar (487 to 570)", "in band 5 of 6 weeks"


def outlook(
    line: KeyResultLine, target: Target, *, printed: Print, left: Decimal | None
) -> Outlook:
    """Return what can be said about the end of a key result.

    `left` is how many business days are to come for each that has closed.
    """
    found, status = line.evaluation, KrStatus(line.status)
    if found is None or found.progress is None or status in WITHOUT_DATA:
        return Outlook(_sentence(line.why), "")
    if status in CLOSED:
        sub = line.why if is_hold(line, target) else _closed_share(found)
        return Outlook(_CLOSED[status](), sub)
    if status is KrStatus.TOO_EARLY:
        return Outlook(_("Too early to tell"), line.why)
    if is_hold(line, target):
        return _kept(line, found, target, left)
    if line.key_result.is_milestone:
        return Outlook(_sentence(line.why), "")
    if not line.chance:
        return Outlook(_("No forecast yet"), line.why)
    return Outlook(line.chance, _ahead(line, found, printed) or line.why)


def is_hold(line: KeyResultLine, target: Target) -> bool:
    """Whether a level is to be kept from the first day on."""
    flow = line.key_result.is_flow
    return target.direction in HOLDS and not is_paced(target.direction, flow=flow)


def _ahead(line: KeyResultLine, found: Evaluation, printed: Print) -> str:
    """Return the forecast in short: "528 by 31 Mar (487–570)"."""
    if found.forecast is None:
        return ""
    value, low, high = (
        printed.figure(each, compact=True).text
        for each in (found.forecast, found.forecast_low, found.forecast_high)
    )
    return _("%(value)s by %(day)s (%(low)s–%(high)s)") % {
        "value": value,
        "day": day_text(line.key_result.objective.cycle.end_day - 1),
        "low": low,
        "high": high,
    }


_CLOSED = {
    KrStatus.MET: lambda: _("Reached"),
    KrStatus.PARTLY: lambda: _("Partly reached"),
    KrStatus.MISSED: lambda: _("Not reached"),
}


def _closed_share(found: Evaluation) -> str:
    return _("%(done)s of the way") % {"done": share_text(found.progress or 0)}


def _kept(
    line: KeyResultLine, found: Evaluation, target: Target, left: Decimal | None
) -> Outlook:
    level = level_of(target, found.value_closed or Decimal(0))
    sub = _misses(line, found, target, left) or line.why
    if level >= 1:
        return Outlook(_("In band"), sub)
    if level <= 0:
        return Outlook(_("Past the limit"), sub)
    return Outlook(line.chance or _("Between limit and target"), sub)


def _misses(
    line: KeyResultLine, found: Evaluation, target: Target, left: Decimal | None
) -> str:
    """Return how many misses a share to be kept still allows; empty for all else."""
    metric = METRICS.get(line.key_result.metric)
    if metric is None or not is_share(metric) or line.key_result.window_days:
        return ""
    if target.direction is not Direction.AT_LEAST or left is None:
        return ""
    met, total = int(found.numerator or 0), int(found.denominator or 0)
    share = (target.target or Decimal(0)) / 100
    if not 0 <= met <= total or not total or not 0 <= share <= 1:
        return ""
    budget = scoring.miss_budget(share, met, total, round(total * left))
    counts = {
        "left": count_text(abs(budget.left)),
        "allowed": count_text(budget.allowed),
    }
    if budget.left < 0:
        return _("%(left)s misses over the %(allowed)s allowed") % counts
    return _("%(left)s misses left of %(allowed)s") % counts


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:].rstrip(".")
