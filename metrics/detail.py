"""The page of a metric: value, comparisons, trend, breakdown, definition, sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.lib.periods import Calendar, Period
from metrics import breakdowns
from metrics.advice import AdvicePanel, advice_for
from metrics.breakdowns import Breakdown, Way
from metrics.expressions import Mean
from metrics.figures import (
    Change,
    backing,
    change,
    interval_text,
    maturity_text,
    reading_name,
    text_of,
)
from metrics.lineage import Lineage, lineage
from metrics.metric import SCORE, Metric
from metrics.models import MetricVersion
from metrics.passports import Passport, passport
from metrics.peers import Peers, peers
from metrics.pickers import Picked, compared_with, same_part
from metrics.queries import Asked, Value, read_value, read_values
from metrics.spread import Score, spread
from metrics.terms import VersionLine, history
from metrics.trends import CHOICES, Trend, grain_name, trend


@dataclass(frozen=True)
class Comparison:
    """The value beside that of another period."""

    label: str  # "Q4 2025", "Same days of Q4 2025"
    text: str
    backing: str
    change: Change
    whole: str = ""  # "Q4 2025 as a whole 2,310", where only a part is compared


@dataclass(frozen=True)
class Reading:
    """Another number that can be read from the same rows."""

    label: str
    text: str


@dataclass(frozen=True)
class GrainChoice:
    """A grain in which the trend can be drawn."""

    key: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Detail:
    """All that the page of a metric shows."""

    metric: Metric
    value: Value
    backing: str
    interval: str
    maturity: str
    readings: list[Reading]
    comparisons: list[Comparison]
    trend: Trend
    grains: list[GrainChoice]
    ways: list[Way]
    breakdown: Breakdown | None
    passport: Passport
    versions: list[VersionLine]  # latest first
    advice: AdvicePanel | None
    lineage: Lineage
    peers: Peers | None
    spread: list[Score]


def detail(
    metric: Metric,
    *,
    picked: Picked,
    by: str,
    grain: str,
    access: Access,
    calendar: Calendar,
    currency: str,
    now: datetime,
) -> Detail:
    """Return what the page of a metric shows of the scope and period picked.

    `by` names the way to split, `grain` that of the trend; what the metric does not
    have is passed over for the first.

    Queries: as many for few rows as for many.
    """
    subject = _Subject(metric, picked, access, calendar, currency, now)
    value = subject.value()
    ways = breakdowns.ways_of(metric, picked.scope, access)
    drawn = subject.trend(grain)
    versions = list(MetricVersion.objects.filter(key=metric.key).order_by("-number"))
    return Detail(
        metric=metric,
        value=value,
        backing=backing(metric, value),
        interval=interval_text(value, currency),
        maturity=maturity_text(value),
        readings=_readings(metric, value, currency),
        comparisons=subject.comparisons(value),
        trend=drawn,
        grains=_grains(drawn),
        ways=ways,
        breakdown=subject.breakdown(value, ways, by),
        passport=subject.passport(),
        versions=history(versions),
        advice=advice_for(metric, versions[0] if versions else None, access),
        lineage=lineage(metric, access),
        peers=peers(metric, value, picked=picked, access=access, currency=currency),
        spread=spread(value),
    )


@dataclass(frozen=True)
class _Subject:
    """The number that the page is about, and who looks at it."""

    metric: Metric
    picked: Picked
    access: Access
    calendar: Calendar
    currency: str
    now: datetime

    @property
    def today(self) -> int:
        return self.access.day

    def value(self) -> Value:
        return read_value(
            self.metric.key,
            self.picked.scope,
            self.picked.period,
            today=self.today,
            now=self.now,
        )

    def trend(self, grain: str) -> Trend:
        return trend(
            self.metric,
            scope=self.picked.scope,
            period=self.picked.period,
            asked=grain,
            calendar=self.calendar,
            currency=self.currency,
            today=self.today,
            now=self.now,
        )

    def breakdown(self, whole: Value, ways: list[Way], by: str) -> Breakdown | None:
        """Return the parts by the way that is named, or else by the first."""
        way = next((each for each in ways if each.key == by), ways[0] if ways else None)
        if way is None:
            return None
        return breakdowns.breakdown(
            self.metric,
            way,
            scope=self.picked.scope,
            period=self.picked.period,
            whole=whole,
            access=self.access,
            currency=self.currency,
            today=self.today,
            now=self.now,
        )

    def passport(self) -> Passport:
        return passport(
            self.metric.key,
            scope=self.picked.scope,
            period=self.picked.period,
            access=self.access,
            today=self.today,
            now=self.now,
        )

    def comparisons(self, value: Value) -> list[Comparison]:
        """Return the value beside the period before and the same one a year earlier.

        Of a period that is still open only as many days are compared as have passed.
        """
        pairs: dict[Period, Period] = {}
        for name in ("previous", "last-year"):
            full = compared_with(self.picked.period, self.calendar, name)
            part = same_part(full, self.picked.period, until=self.today + 1)
            if full is not None and part is not None:
                pairs.setdefault(part, full)
        found = self._values([*pairs, *pairs.values()])
        return [
            self._comparison(value, found[part], found[full])
            for part, full in pairs.items()
        ]

    def _values(self, periods: Iterable[Period]) -> dict[Period, Value]:
        asked: dict[Period, Asked] = {
            each: (self.metric.key, self.picked.scope.key, each) for each in periods
        }
        if not asked:
            return {}
        found = read_values(asked.values(), today=self.today, now=self.now)
        return {period: found[each] for period, each in asked.items()}

    def _comparison(self, value: Value, part: Value, full: Value) -> Comparison:
        """Return what the same part of a period was, and what it came to as a whole."""
        label, whole = full.period.label if full.period else "", ""
        if part.period != full.period:
            if full.has_value:
                text = text_of(full.value, self.metric.unit, self.currency)
                whole = _("%(period)s as a whole %(value)s")
                whole = whole % {"period": label, "value": text}
            label = _("Same days of %(period)s") % {"period": label}
        return Comparison(
            label,
            text_of(part.value, self.metric.unit, self.currency),
            backing(self.metric, part),
            change(value, part, self.metric, self.currency),
            whole,
        )


def _readings(metric: Metric, value: Value, currency: str) -> list[Reading]:
    """Return what stands beside a value, but for what says the same once more."""
    told = "mean" if isinstance(metric.expression, Mean) else ""
    return [
        Reading(reading_name(name), text_of(each, metric.unit_of(name), currency))
        for name, each in value.stats.items()
        if name != told and not name.startswith(SCORE)
    ]


def _grains(drawn: Trend) -> list[GrainChoice]:
    return [
        GrainChoice(key, grain_name(each), each is drawn.grain)
        for key, (each, _count) in CHOICES.items()
    ]
