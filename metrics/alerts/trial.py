"""What a rule would have told in the last 13 periods, from the data there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.lib.periods import Grain
from metrics.alerts.judging import judge_rows
from metrics.alerts.kinds import Verdict
from metrics.alerts.models import AlertRule
from metrics.alerts.reading import closed_periods, days_with_rows
from metrics.alerts.watching import periods_of, verdict_on
from metrics.catalog import METRICS
from metrics.figures import backing, text_of
from metrics.metric import Metric
from metrics.queries import Asked, read_values

State, Kind = AlertRule.State, AlertRule.Kind
PERIODS = 13
WEEKS = 13 * 7  # days, for what is judged by the day


@dataclass(frozen=True)
class Line:
    """One past period and what the rule would have said of it."""

    label: str
    text: str
    backing: str
    state: str  # of AlertRule.State
    is_told: bool  # a message would have been sent


@dataclass(frozen=True)
class Trial:
    """How a rule would have behaved; lines only where there are periods to show."""

    times: int  # it would have told of an alert
    judged: int  # periods or days of which anybody could say
    span: str  # "the last 13 weeks"
    lines: list[Line] = field(default_factory=list)  # latest first

    @property
    def sentence(self) -> str:
        """Return the result in words: "It would have told you twice …"."""
        if not self.judged:
            return _("Too few data in %(span)s to say.") % {"span": self.span}
        if not self.times:
            return _("It would have told you nothing in %(span)s.") % {
                "span": self.span
            }
        words = ngettext(
            "It would have told you once in %(span)s.",
            "It would have told you %(times)d times in %(span)s.",
            self.times,
        )
        return words % {"times": self.times, "span": self.span}


def alarms(states: Sequence[str]) -> list[bool]:
    """Return for each of successive states whether an alert would have been told.

    Example: quiet, firing, unknown, firing, quiet, firing tells of the 2nd and 6th.
    """
    told, found = State.QUIET.value, []
    for state in states:
        found.append(state == State.FIRING and told != State.FIRING)
        if state in (State.QUIET, State.FIRING):
            told = str(state)
    return found


def trial(rule: AlertRule, *, now: datetime) -> Trial:
    """Return how a rule, stored or not, would have behaved.

    Queries: those of read_values, or 1 for each axis of a rule on missing rows.
    """
    metric = METRICS[rule.metric]
    if rule.kind == Kind.FRESHNESS:
        return _by_days(rule, metric, now=now)
    organisation = get_organisation()
    day, grain = today(now, organisation), Grain(rule.grain)
    needed = periods_of(rule.kind, grain)
    spans = closed_periods(
        metric,
        grain,
        PERIODS + needed - 1,
        calendar=get_calendar(organisation),
        today=day,
    )
    asked: list[Asked] = [(rule.metric, rule.scope, span) for span in spans]
    values = list(read_values(asked, today=day, now=now).values())
    verdicts = [
        verdict_on(rule, metric, values[at : at + needed]) for at in range(PERIODS)
    ]
    told = alarms([verdict.state for verdict in verdicts])
    currency = organisation.currency
    lines = [
        Line(
            span.label,
            text_of(value.value, metric.unit, currency) if value.has_value else "",
            backing(metric, value),
            verdict.state,
            is_told,
        )
        for span, value, verdict, is_told in zip(
            spans[needed - 1 :], values[needed - 1 :], verdicts, told, strict=True
        )
    ]
    return Trial(sum(told), _judged(verdicts), span_text(grain), lines[::-1])


def _by_days(rule: AlertRule, metric: Metric, *, now: datetime) -> Trial:
    day = today(now, get_organisation())
    held = days_with_rows(metric, rule.scope, since=day - WEEKS, today=day)
    last: int | None = None
    verdicts = []
    for each in range(day - WEEKS, day + 1):
        verdicts.append(judge_rows(rule, last, today=each))  # in the morning
        last = each if each in held else last
    told = alarms([verdict.state for verdict in verdicts])
    return Trial(sum(told), _judged(verdicts), span_text(Grain.WEEK))


def span_text(grain: Grain) -> str:
    return {
        Grain.DAY: _("the last 13 days"),
        Grain.WEEK: _("the last 13 weeks"),
        Grain.MONTH: _("the last 13 months"),
    }.get(grain, _("the last 13 quarters"))


def _judged(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.state != State.UNKNOWN for verdict in verdicts)
