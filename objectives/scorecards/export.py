"""Scorecards as files: the numbers behind each row, unrounded."""

from decimal import Decimal

from crmkpi.accounts.templatetags.shell import BADGES
from objectives.models import TargetVersion
from objectives.scorecards.rows import Row

HEADINGS = [
    "Status",
    "Key result",
    "Objective",
    "Owner",
    "Cycle",
    "Metric",
    "Scope",
    "Target",
    "Start or limit",
    "Goal",
    "Value now",
    "Numerator",
    "Denominator",
    "Rows",
    "Value at close",
    "Closed to",
    "Progress",
    "Expected",
    "Change",
    "Change means",
    "Forecast",
    "Forecast low",
    "Forecast high",
    "Chance",
    "Outlook",
    "Computed at",
]


def csv_row(row: Row) -> list[object]:
    """Return the cells of one key result: numbers plain, in the metric's unit."""
    line, each = row.line, row.line.key_result
    found, version = line.evaluation, line.version
    start, goal = _ends(version)
    numbers: list[object] = [None] * 12
    if found is not None:
        numbers = [
            _plain(found.value_now),
            _plain(found.numerator_now),
            _plain(found.denominator_now),
            found.n_now,
            _plain(found.value_closed),
            line.closed_date.isoformat() if line.closed_date else "",
            _plain(found.progress),
            _plain(found.expected),
            _plain(found.forecast),
            _plain(found.forecast_low),
            _plain(found.forecast_high),
            found.reach,
        ]
    return [
        str(BADGES[line.status].word),
        each.title,
        each.objective.title,
        str(each.objective.owner),
        each.objective.cycle.name,
        each.metric,
        line.scope_label,
        line.aim if version else "",
        start,
        goal,
        *numbers[:8],
        row.change.text if row.change else "",
        row.change.word if row.change else "",
        *numbers[8:],
        ": ".join(filter(None, (row.outlook.text, row.outlook.sub))),
        line.computed_at.isoformat(timespec="seconds") if line.computed_at else "",
    ]


def _ends(version: TargetVersion | None) -> tuple[Decimal | None, Decimal | None]:
    """Return where the way starts or the limit lies, and where it leads."""
    if version is None:
        return None, None
    if version.low is not None:
        return _plain(version.low), _plain(version.high)
    start = version.red if version.baseline is None else version.baseline
    return _plain(start), _plain(version.target)


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize()
