"""What a metric's past says about a target while it is being typed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.models import Organisation
from crmkpi.accounts.queries import get_calendar, today
from crmkpi.lib.charts import sparkline
from crmkpi.lib.numbers import Unit
from crmkpi.lib.numbers import figure as number
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics.catalog import METRICS
from metrics.metric import Better
from metrics.queries import Value, read_values
from metrics.scopes import Scope
from objectives.models import KeyResult
from objectives.printing import Print
from objectives.rules import Numbers

Direction = KeyResult.Direction
WEEKS = 13
PAST = {Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 4}


@dataclass(frozen=True)
class PastLine:
    """One closed period of the past."""

    label: str
    value: str
    under: str  # how many cases it rests on


@dataclass(frozen=True)
class Hint:
    """What stands beside the target field."""

    title: str
    scope_label: str
    now: str  # of the cycle so far, or of the last 13 weeks before it has begun
    now_label: str
    now_value: Decimal | None  # as the form would take it for a start
    under: str
    sentences: list[str]
    spark: SafeString
    weeks: list[PastLine]  # latest first
    periods: list[PastLine]  # latest first
    has_history: bool


def hint(
    *,
    metric: str,
    scope: Scope,
    cycle: Period,
    direction: str,
    numbers: Numbers,
    organisation: Organisation,
    now: datetime,
) -> Hint:
    """Return the current value of a metric, its past, and how bold a target is.

    Queries: those of read_values, once.
    """
    calendar, day = get_calendar(organisation), today(now, organisation)
    current, label = _current(cycle, day)
    weeks = _closed(calendar, day, Grain.WEEK, WEEKS)
    grain = grain_like(cycle)
    periods = _closed(calendar, day, grain, PAST[grain])
    found = read_values(
        [(metric, scope.key, each) for each in (current, *weeks, *periods)],
        today=day,
        now=now,
    )
    value = found[metric, scope.key, current]
    past = [found[metric, scope.key, each] for each in periods]
    recent = [found[metric, scope.key, each] for each in weeks]
    printed = Print.of(metric, organisation.currency)
    title = str(METRICS[metric].title)
    return Hint(
        title=title,
        scope_label=scope.label,
        now=printed.text(value.value),
        now_label=label,
        now_value=value.value,
        under=_cases(value) or value.reason,
        sentences=judge(metric, direction, numbers, past, grain, printed),
        spark=sparkline(
            [each.value for each in recent],
            goal=_goal(direction, numbers),
            title=_("%(metric)s, the last 13 closed weeks") % {"metric": title},
        ),
        weeks=_lines(recent, printed),
        periods=_lines(past, printed),
        has_history=any(each.value is not None for each in (*past, *recent)),
    )


def judge(
    metric: str,
    direction: str,
    numbers: Numbers,
    past: list[Value],
    grain: Grain,
    printed: Print,
) -> list[str]:
    """Return what the past says of a target, in plain sentences.

    Example: win rates of 40, 45, 44, 50 per cent in four quarters and a journey from
    50 to 55 give "4 quarters: best ever 50 %." and "A rise of 5.0 pts or more from one
    quarter to the next came in 2 of 3."
    """
    known = [each.value for each in past if each.value is not None]
    if not known:
        return [_("There is no closed period with data to compare with yet.")]
    sentences = [_best(metric, known, grain, printed)]
    if direction in (Direction.INCREASE, Direction.DECREASE):
        sentences += _moves(metric, numbers, known, grain, printed)
    else:
        sentences += _kept(direction, numbers, known, grain)
    return sentences


def grain_like(cycle: Period) -> Grain:
    """Return the calendar period that a cycle is most like."""
    if cycle.days <= 45:
        return Grain.MONTH
    return Grain.QUARTER if cycle.days <= 200 else Grain.YEAR


def _current(cycle: Period, day: int) -> tuple[Period, str]:
    if cycle.start <= day:
        end = min(day + 1, cycle.end)
        return Period(cycle.start, end), _("in this cycle so far")
    return Period(day - 7 * WEEKS, day), _("in the last 13 weeks")


def _closed(calendar: Calendar, day: int, grain: Grain, count: int) -> list[Period]:
    """Return the last closed periods, oldest first."""
    found = [calendar.previous(calendar.period(day, grain))]
    while len(found) < count:
        found.append(calendar.previous(found[-1]))
    return found[::-1]


def _best(metric: str, known: list[Decimal], grain: Grain, printed: Print) -> str:
    better = METRICS[metric].better
    if better in (Better.RANGE, Better.NONE):
        return _("%(periods)s: between %(low)s and %(high)s.") % {
            "periods": _count(grain, len(known)),
            "low": printed.text(min(known)),
            "high": printed.text(max(known)),
        }
    best = max(known) if better is Better.HIGHER else min(known)
    return _("%(periods)s: best ever %(best)s.") % {
        "periods": _count(grain, len(known)),
        "best": printed.text(best),
    }


def _moves(
    metric: str,
    numbers: Numbers,
    known: list[Decimal],
    grain: Grain,
    printed: Print,
) -> list[str]:
    if numbers.target is None:
        return []
    if METRICS[metric].is_flow:
        return _kept(Direction.AT_LEAST, numbers, known, grain)
    if numbers.baseline is None or len(known) < 2:
        return []
    wanted = numbers.target - numbers.baseline
    moves = [after - before for before, after in pairwise(known)]
    if wanted > 0:
        came = sum(move >= wanted for move in moves)
        text = _(
            "A rise of %(move)s or more from one %(period)s to the next came %(came)s."
        )
    else:
        came = sum(move <= wanted for move in moves)
        text = _(
            "A fall of %(move)s or more from one %(period)s to the next came %(came)s."
        )
    names = {
        Grain.MONTH: _("month"),
        Grain.QUARTER: _("quarter"),
        Grain.YEAR: _("year"),
    }
    return [
        text
        % {
            "move": printed.change(abs(wanted)).removeprefix("+"),
            "period": names[grain],
            "came": _of(came, len(moves)),
        }
    ]


def _kept(
    direction: str, numbers: Numbers, known: list[Decimal], grain: Grain
) -> list[str]:
    low, high = _band(direction, numbers)
    if low is None and high is None:
        return []
    kept = sum(
        (low is None or value >= low) and (high is None or value <= high)
        for value in known
    )
    return [_("It would have been met %(kept)s.") % {"kept": _of(kept, len(known))}]


def _band(direction: str, numbers: Numbers) -> tuple[Decimal | None, Decimal | None]:
    if direction == Direction.RANGE:
        return numbers.low, numbers.high
    if direction == Direction.AT_MOST:
        return None, numbers.target
    return numbers.target, None


def _goal(direction: str, numbers: Numbers) -> Decimal | None:
    return numbers.low if direction == Direction.RANGE else numbers.target


def _of(some: int, all_: int) -> str:
    return _("in %(some)s of %(all)s") % {"some": some, "all": all_}


def _count(grain: Grain, count: int) -> str:
    texts = {
        Grain.MONTH: ngettext("%(n)s month", "%(n)s months", count),
        Grain.QUARTER: ngettext("%(n)s quarter", "%(n)s quarters", count),
        Grain.YEAR: ngettext("%(n)s year", "%(n)s years", count),
    }
    return texts[grain] % {"n": count}


def _lines(values: list[Value], printed: Print) -> list[PastLine]:
    return [
        PastLine(
            label=value.period.label if value.period else "",
            value="–" if value.value is None else printed.text(value.value),
            under=_cases(value),
        )
        for value in reversed(values)
    ]


def _cases(value: Value) -> str:
    if value.n is None or value.denominator is None:
        return ""
    count = number(value.n, Unit.COUNT).text
    return f"{count} {METRICS[value.key].denominator}"
