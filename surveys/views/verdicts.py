"""Differences between answers as the pages print them, and what may be said of them."""

from typing import Any

from django.utils.translation import gettext as _

from crmkpi.lib.charts import range_bar
from crmkpi.lib.numbers import Unit, difference, figure
from surveys.comparing import Difference, Verdict
from surveys.queries.splits import MemberLine, Split
from surveys.queries.trends import Trend, TrendPoint
from surveys.scoring import Kind, Scale, Summary
from surveys.views.figures import unit_of

# Of two groups, and of one period against the one before.
TONES = {Verdict.BETTER: "better", Verdict.WORSE: "worse"}


def said_of_groups(verdict: Verdict) -> str:
    return {
        Verdict.BETTER: _("above the others"),
        Verdict.WORSE: _("below the others"),
        Verdict.SAME: _("no real difference"),
        Verdict.TOO_FEW: _("too few to judge"),
        Verdict.OTHER: _("other wording"),
    }[verdict]


def said_of_periods(verdict: Verdict) -> str:
    return {
        Verdict.BETTER: _("better"),
        Verdict.WORSE: _("worse"),
        Verdict.SAME: _("no real change"),
        Verdict.TOO_FEW: _("too few to judge"),
        Verdict.OTHER: _("asked in other words, not comparable"),
    }[verdict]


def said_of_comments(verdict: Verdict) -> str:
    """Say how scores with a theme lie; that one goes with the other is all we know."""
    return {
        Verdict.BETTER: _("goes with higher scores"),
        Verdict.WORSE: _("goes with lower scores"),
        Verdict.SAME: _("no real difference"),
        Verdict.TOO_FEW: _("too few to judge"),
        Verdict.OTHER: _("other wording"),
    }[verdict]


def said_of_two(verdict: Verdict) -> str:
    return {
        Verdict.BETTER: _("the first scores higher"),
        Verdict.WORSE: _("the second scores higher"),
        Verdict.SAME: _("no real difference"),
        Verdict.TOO_FEW: _("too few to judge: each side needs 30 answers"),
        Verdict.OTHER: _("other wording"),
    }[verdict]


def difference_panel(found: Difference, kind: str, *, said: str) -> dict[str, Any]:
    """Return a difference with its interval and verdict in words."""
    unit = unit_of(kind)
    return {
        "text": difference(found.value, unit),
        "has_value": found.value is not None,
        "low": difference(found.low, unit),
        "high": difference(found.high, unit),
        "said": said,
        "tone": TONES.get(found.verdict, ""),
        "n": found.n,
    }


def score_cells(added: Summary, kind: str) -> dict[str, Any]:
    """Return a score, its interval and n as a table prints them."""
    unit = unit_of(kind)
    return {
        "n": added.n,
        "n_text": figure(added.n, Unit.COUNT).text,
        "figure": figure(added.value, unit),
        "low": figure(added.low, unit).text,
        "high": figure(added.high, unit).text,
        "is_thin": added.n < 30,
    }


def split_rows(found: Split) -> list[dict[str, Any]]:
    """Return the members of a split, each on the axis of all."""
    return [
        {
            "key": line.key,
            "name": line.name,
            "bar": _bar(line, found),
            "said": said_of_groups(line.against_rest.verdict),
            "tone": TONES.get(line.against_rest.verdict, ""),
            **score_cells(line.summary, found.scale.kind),
        }
        for line in found.lines
    ]


def ends_of(scale: Scale) -> tuple[int, int]:
    """Return between which values the score of a scale lies."""
    return (-100, 100) if scale.kind is Kind.NPS else (0, 100)


def trend_rows(found: Trend) -> list[dict[str, Any]]:
    """Return the periods of a trend, the latest first."""
    rows = []
    for point in reversed(found.points):
        row: dict[str, Any] = {"point": point, "label": point.period.label}
        if point.summary is not None and point.summary.n:
            row |= score_cells(point.summary, found.scale.kind)
            row["wordings"] = ", ".join(map(str, point.versions))
        if point.change is not None and point.change.value is not None:
            row["change"] = difference_panel(
                point.change,
                found.scale.kind,
                said=said_of_periods(point.change.verdict),
            )
        rows.append(row)
    return rows


def trend_chart(found: Trend, *, name: str) -> dict[str, Any]:
    """Return the trend as charts.js draws it, with a mark at each new wording."""
    unit = unit_of(found.scale.kind)
    points = found.points
    chart: dict[str, Any] = {
        "name": name,
        "labels": [point.period.label for point in points],
        "values": [_value(point) for point in points],
        "texts": [_text(point, unit) for point in points],
        "low80": [point.summary.low if point.summary else None for point in points],
        "high80": [point.summary.high if point.summary else None for point in points],
        **_ends(found),
        "marks": [
            {"at": at, "label": _("new wording")}
            for at, point in enumerate(points)
            if point.change is not None and point.change.verdict is Verdict.OTHER
        ],
    }
    if points[-1].is_open:
        chart["open_from"] = len(points) - 1
    return chart


def _ends(found: Trend) -> dict[str, int]:
    """Return where the axis of values has to end, so that it stays on the scale.

    Charts leave up to a tenth of what they show free above and below it.
    """
    start, end = ends_of(found.scale)
    room = (end - start) / 10
    shown = [
        value
        for point in found.points
        if (added := point.summary) is not None
        for value in (added.low, added.value, added.high)
        if value is not None
    ]
    ends = {}
    if shown and min(shown) < start + room:
        ends["min"] = start
    if shown and max(shown) > end - room:
        ends["max"] = end
    return ends


def _value(point: TrendPoint) -> float | None:
    return point.summary.value if point.summary else None


def _text(point: TrendPoint, unit: Unit) -> str:
    if point.summary is None or point.summary.value is None:
        return ""
    shown = figure(point.summary.value, unit)
    return _("%(score)s, %(n)d answers") % {
        "score": " ".join(filter(None, (shown.text, shown.unit))),
        "n": point.summary.n,
    }


def _bar(line: MemberLine, found: Split) -> str:
    start, end = ends_of(found.scale)
    added = line.summary
    return range_bar(
        low=start,
        high=end,
        me=added.value,
        me_low=added.low,
        me_high=added.high,
        target=found.whole.value,
        title=_("%(name)s: %(low)s to %(high)s")
        % {
            "name": line.name,
            "low": figure(added.low, unit_of(found.scale.kind)).text,
            "high": figure(added.high, unit_of(found.scale.kind)).text,
        },
    )
