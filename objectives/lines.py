"""One key result as a page prints it: value, bullet, status and the reason for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.access import Access
from crmkpi.lib.charts import bullet
from crmkpi.lib.numbers import Figure, chance_words
from crmkpi.lib.periods import Calendar, Grain, Period, from_day
from metrics.catalog import METRICS
from metrics.scopes import ScopeKey, may_see
from objectives.aims import target_of, version_in_force
from objectives.figures import value_period
from objectives.models import Evaluation, KeyResult, TargetVersion
from objectives.printing import Print, count_text, day_text, rests_on, share_text
from objectives.scoring import Direction, KrStatus, Target
from objectives.scoring.rollup import CLOSED, OFF, OK, TO_WATCH
from objectives.scoring.targets import HOLDS, needed

LOOKS = {
    **dict.fromkeys(OFF, "off"),
    **dict.fromkeys(TO_WATCH, "watch"),
    **dict.fromkeys(OK, "ok"),
}
# Worst first; what nobody can judge comes last.
ORDER = (
    KrStatus.OFF_TRACK,
    KrStatus.MISSED,
    KrStatus.WATCH,
    KrStatus.PARTLY,
    KrStatus.STALE,
    KrStatus.NO_DATA,
    KrStatus.NO_RESULT,
    KrStatus.TOO_EARLY,
    KrStatus.ON_TRACK,
    KrStatus.ACHIEVED_SO_FAR,
    KrStatus.MET,
    KrStatus.CANCELLED,
)


@dataclass(frozen=True)
class KeyResultLine:
    """A key result ready to be printed."""

    key_result: KeyResult
    evaluation: Evaluation | None
    version: TargetVersion | None
    scope_label: str
    status: str  # a key of scoring.KrStatus, for the badge
    now: Figure
    under: str  # what the value rests on: "154 of 4,273"
    so_far: str  # the value up to the last closed day, where today changes it
    bullet: SafeString
    left: str  # what stands under the bullet's start and its goal
    right: str
    why: str  # why this status
    chance: str  # "Very unlikely"; empty without a forecast
    ahead: str  # "528 by 31 Mar (487 to 570)"
    aim: str  # "from 40 % to 60 %", "hold at least 95 %"
    metric_query: str  # of the metric's pages, in the scope and period of the number
    may_open: bool  # whether the reader may see the rows of the scope
    computed_at: datetime | None

    @property
    def passport_id(self) -> str:
        return f"passport-{self.key_result.pk}"

    @property
    def closed_date(self) -> date | None:
        """Return the last closed day, up to which all but the value of now runs."""
        found = self.evaluation
        if found is None or found.value_closed is None:
            return None
        return from_day(found.closed_to - 1)

    @property
    def is_stale(self) -> bool:
        return self.status == KrStatus.STALE

    @property
    def rank(self) -> tuple[int, Decimal]:
        """Return what sorts worst first: by status, then by pace."""
        pace = self.evaluation.pace if self.evaluation else None
        return ORDER.index(KrStatus(self.status)), pace if pace is not None else _FAR


_FAR = Decimal(10) ** 6


def lines(
    key_results: Iterable[KeyResult],
    *,
    evaluations: Mapping[int, Evaluation],
    versions: Mapping[int, list[TargetVersion]],
    labels: Mapping[ScopeKey, str],
    access: Access,
    currency: str,
    calendar: Calendar | None = None,
) -> list[KeyResultLine]:
    """Return key results as pages print them, in the order given. Queries: none.

    With the calendar, links name a quarter as such and not by its days.
    """
    return [
        _Line(
            each,
            evaluations.get(each.pk),
            version_in_force(
                versions.get(each.pk, []),
                min(access.day, each.objective.cycle.end_day - 1),
            ),
            labels.get(each.scope, ""),
            access,
            Print.of(each.metric, currency),
            calendar,
        ).build()
        for each in key_results
    ]


@dataclass(frozen=True)
class _Line:
    key_result: KeyResult
    evaluation: Evaluation | None
    version: TargetVersion | None
    scope_label: str
    access: Access
    printed: Print
    calendar: Calendar | None

    def build(self) -> KeyResultLine:
        found, target = self.evaluation, self._target()
        left, right = self._ends(target)
        return KeyResultLine(
            key_result=self.key_result,
            evaluation=found,
            version=self.version,
            scope_label=self.scope_label,
            status=self._status(),
            now=self._now(),
            under=self._under(),
            so_far=self._so_far(),
            bullet=self._bullet(target),
            left=left,
            right=right,
            why=self._why(target),
            chance=chance_sentence(found),
            ahead=self._ahead(),
            aim=aim_text(target, self.printed),
            metric_query=self._metric_query(),
            may_open=not self.key_result.is_milestone
            and may_see(self.key_result.scope, self.access),
            computed_at=found.computed_at if found else None,
        )

    def _target(self) -> Target:
        if self.version is None or self.key_result.is_milestone:
            return Target(Direction.MILESTONE)
        return target_of(self.key_result, self.version)

    def _status(self) -> str:
        if self.key_result.is_cancelled:
            return KrStatus.CANCELLED
        return self.evaluation.status if self.evaluation else KrStatus.NO_DATA

    def _share(self, value: Decimal | None) -> Decimal | None:
        """Return a value of milestones, which is a share, as per cent."""
        if value is None or not self.key_result.is_milestone:
            return value
        return value * 100

    def _now(self) -> Figure:
        found = self.evaluation
        value = None
        if found is not None:
            is_over = self._is_over(found)
            value = found.value_closed if is_over else found.value_now
        return self.printed.figure(self._share(value))

    def _under(self) -> str:
        """Return what the value of now rests on."""
        found, metric = self.evaluation, METRICS.get(self.key_result.metric)
        if found is None or metric is None:
            return ""
        part, whole, n = found.numerator_now, found.denominator_now, found.n_now
        if self._is_over(found):
            part, whole, n = found.numerator, found.denominator, found.n
        return rests_on(metric, part, whole, n)

    def _is_over(self, found: Evaluation) -> bool:
        return KrStatus(found.status) in (*CLOSED, KrStatus.NO_RESULT)

    def _so_far(self) -> str:
        """Return the value that the status rests on, where today prints another."""
        found = self.evaluation
        if found is None or found.value_closed is None or self._is_over(found):
            return ""
        closed = self.printed.text(self._share(found.value_closed))
        if closed == self.printed.text(self._share(found.value_now)):
            return ""
        day = day_text(found.closed_to - 1)
        return _("%(value)s to %(day)s") % {"value": closed, "day": day}

    def _bullet(self, target: Target) -> SafeString:
        found = self.evaluation
        is_hold = target.direction in HOLDS and not self._is_paced(target)
        progress = found.progress if found else None
        if found is not None and is_hold and found.value_closed is not None:
            progress = level_of(target, found.value_closed)
        return bullet(
            progress=progress,
            expected=found.expected if found else None,
            title=self._bullet_title(target),
            status=LOOKS.get(KrStatus(self._status()), "none"),
            kind="hold" if is_hold else "journey",
        )

    def _is_paced(self, target: Target) -> bool:
        return self.key_result.is_flow and target.direction is Direction.AT_LEAST

    def _bullet_title(self, target: Target) -> str:
        found = self.evaluation
        if found is None or found.value_closed is None:
            return _("%(title)s: no value") % {"title": self.key_result.title}
        return _("%(title)s %(value)s, %(aim)s: %(why)s") % {
            "title": self.key_result.title,
            "value": self.printed.text(self._share(found.value_closed)),
            "aim": aim_text(target, self.printed),
            "why": self._why(target),
        }

    def _ends(self, target: Target) -> tuple[str, str]:
        def text(value: Decimal | None) -> str:
            return "" if value is None else self.printed.text(value, compact=True)

        match target.direction:
            case Direction.MILESTONE:
                return self.printed.text(0), self.printed.text(100)
            case Direction.RANGE:
                return text(target.red_low), f"{text(target.low)}–{text(target.high)}"
            case Direction.AT_LEAST if self.key_result.is_flow:
                return text(Decimal(0)), text(target.target)
            case Direction.AT_LEAST | Direction.AT_MOST:
                return text(target.red), text(target.target)
        return text(target.baseline), text(target.target)

    def _why(self, target: Target) -> str:
        found, status = self.evaluation, KrStatus(self._status())
        if status is KrStatus.CANCELLED:
            return _("taken out of the objective")
        if found is None:
            return _("not computed yet")
        if status is KrStatus.STALE and found.data_day is not None:
            return _("no news since %(day)s") % {"day": day_text(found.data_day)}
        if found.progress is None:
            return found.reason or _("no value")
        if status is KrStatus.TOO_EARLY and (few := self._too_few()):
            return few
        if target.direction in HOLDS and not self._is_paced(target):
            return self._kept(found)
        if found.expected is None:
            return _("%(done)s of the way") % {"done": share_text(found.progress)}
        if found.progress < 0:
            return _("%(done)s, below where it began; %(due)s expected") % {
                "done": share_text(found.progress),
                "due": share_text(found.expected),
            }
        return _("%(done)s of the way, %(due)s expected") % {
            "done": share_text(found.progress),
            "due": share_text(found.expected),
        }

    def _too_few(self) -> str:
        found, metric = self.evaluation, METRICS.get(self.key_result.metric)
        is_sample = metric is not None and metric.additivity not in ("A", "S")
        if not is_sample or found is None or metric is None or found.n is None:
            return ""
        if found.n >= metric.min_n:
            return ""
        return _("%(count)s of the %(needed)s %(what)s needed") % {
            "count": count_text(found.n),
            "needed": metric.min_n,
            "what": metric.denominator,
        }

    def _kept(self, found: Evaluation) -> str:
        if not found.weeks:
            return _("%(done)s of the way from the limit") % {
                "done": share_text(found.progress or 0)
            }
        return ngettext(
            "in band %(kept)s of %(weeks)s closed week",
            "in band %(kept)s of %(weeks)s closed weeks",
            found.weeks,
        ) % {"kept": found.weeks_in_band, "weeks": found.weeks}

    def _ahead(self) -> str:
        found = self.evaluation
        if found is None or found.forecast is None:
            return ""
        cycle = self.key_result.objective.cycle
        return _("%(value)s by %(day)s (%(low)s to %(high)s)") % {
            "value": self.printed.text(found.forecast, compact=True),
            "day": day_text(cycle.end_day - 1),
            "low": self.printed.text(found.forecast_low, compact=True),
            "high": self.printed.text(found.forecast_high, compact=True),
        }

    def _metric_query(self) -> str:
        if self.key_result.is_milestone:
            return ""
        cycle = self.key_result.objective.cycle.period
        end = min(self.access.day + 1, cycle.end)
        period = value_period(self.key_result, cycle.start, end)
        if period.start == cycle.start:
            period = cycle  # the metric's pages show its open part themselves
        key = period.key if self.calendar is None else period_key(period, self.calendar)
        return urlencode({"scope": self.key_result.scope_text, "period": key})


def period_key(period: Period, calendar: Calendar) -> str:
    """Return the text of days for addresses: "2026-Q1" for a whole quarter."""
    for grain in (Grain.QUARTER, Grain.MONTH, Grain.YEAR):
        whole = calendar.period(period.start, grain)
        if (whole.start, whole.end) == (period.start, period.end):
            return whole.key
    return period.key


def chance_sentence(evaluation: Evaluation | None) -> str:
    """Return the chance of ending on target in words; empty without a forecast."""
    if evaluation is None or evaluation.reach is None:
        return ""
    words = chance_words(min(1.0, max(0.0, evaluation.reach)))
    return words[:1].upper() + words[1:]


def aim_text(target: Target, printed: Print) -> str:
    """Return a target in words: "from 40 % to 60 %", "hold at most 6:00 min"."""
    match target.direction:
        case Direction.MILESTONE:
            return _("all milestones")
        case Direction.AT_LEAST:
            return _("at least %(value)s") % {"value": printed.text(target.target)}
        case Direction.AT_MOST:
            return _("at most %(value)s") % {"value": printed.text(target.target)}
        case Direction.RANGE:
            return _("between %(low)s and %(high)s") % {
                "low": printed.text(target.low),
                "high": printed.text(target.high),
            }
    return _("from %(start)s to %(goal)s") % {
        "start": printed.text(target.baseline),
        "goal": printed.text(target.target),
    }


def level_of(target: Target, value: Decimal) -> Decimal:
    """Return where the level of a hold stands: 0 at the red limit, 1 at the edge.

    Unlike progress it goes on beyond both ends, so that a dot shows by how much. A
    hold without a red limit has no scale: its dot is on the edge or at the limit.
    """
    if target.direction is Direction.RANGE:
        return min(
            _level(value, target.low, target.red_low, is_floor=True),
            _level(value, target.high, target.red_high, is_floor=False),
        )
    is_floor = target.direction is Direction.AT_LEAST
    return _level(value, target.target, target.red, is_floor=is_floor)


def _level(
    value: Decimal, edge: Decimal | None, red: Decimal | None, *, is_floor: bool
) -> Decimal:
    end = needed(edge, "edge of the band")
    if red is not None and red != end:
        return (value - red) / (end - red)
    is_kept = value >= end if is_floor else value <= end
    return Decimal(int(is_kept))
