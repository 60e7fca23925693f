"""The panel that shows a score weighed, beside that of all answers alike."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.http import ReaderRequest
from crmkpi.lib.numbers import Unit, figure
from surveys.models import Survey
from surveys.queries.splits import NOBODY, Split
from surveys.queries.weighed import POPULATIONS, each_customer_once, weighed
from surveys.views.figures import METHODS, unit_of
from surveys.views.verdicts import score_cells
from surveys.weighting import Stratum, Weighing

ONCE = "once"  # each customer once
LABELS = {
    "": gettext_lazy("Each answer alike"),
    **{key: each.label for key, each in POPULATIONS.items()},
    ONCE: gettext_lazy("Each customer once"),
}


def weighing_panel(
    request: ReaderRequest, survey: Survey, found: Split, *, since_day: int | None
) -> dict[str, Any]:
    """Return what ?weigh= asks for, beside the score as it is; off unless asked."""
    asked = request.GET.get("weigh", "")
    way = asked if asked in LABELS else ""
    panel: dict[str, Any] = {
        "ways": [(key, label, key == way) for key, label in LABELS.items()],
        "way": way,
        "alike": score_cells(found.whole, found.scale.kind),
    }
    if way in POPULATIONS:
        added = weighed(survey, by=way, access=request.access, since_day=since_day)
        panel |= {"of": POPULATIONS[way].of}
        panel |= _weighed(added, found) if added else {}
    elif way == ONCE:
        each = each_customer_once(survey, access=request.access, since_day=since_day)
        if each is not None:
            panel["once"] = score_cells(each, found.scale.kind)
            panel["method"] = METHODS[each.method]
    return panel


def _weighed(added: Weighing, found: Split) -> dict[str, Any]:
    unit = unit_of(found.scale.kind)
    return {
        "weighed": {
            "figure": figure(added.value, unit),
            "low": figure(added.low, unit).text if added.low is not None else "",
            "high": figure(added.high, unit).text,
            "effective_n": figure(added.effective_n, Unit.SCORE, digits=1).text,
            "n": added.n,
            "left_out": added.left_out,
            "unheard": _percent(added.unheard) if added.unheard else "",
            "is_thin": added.effective_n < 30,
            "strata": [_stratum(each, found) for each in added.strata],
        }
    }


def _stratum(each: Stratum, found: Split) -> dict[str, Any]:
    names = {line.key: line.name for line in found.lines}
    keys = [NOBODY if key is None else str(key) for key in each.keys]
    shown = names.get(keys[0]) if len(keys) == 1 else None
    return {
        "name": shown or _("Those not shown, together"),
        "n": each.n,
        "of_answers": _percent(each.of_answers),
        "of_population": _percent(each.of_population),
    }


def _percent(share: float) -> str:
    shown = figure(100 * share, Unit.PERCENT)
    return f"{shown.text} {shown.unit}"
