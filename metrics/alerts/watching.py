"""The source of rules on metrics: which are due, what they say, who may see them."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, TeamEdge
from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.lib.periods import Calendar, Grain, Period
from metrics import scopes
from metrics.alerts import judging, words
from metrics.alerts.judging import Found, grows, least, unknown
from metrics.alerts.kinds import News, Verdict
from metrics.alerts.models import AlertRule
from metrics.alerts.reading import (
    CLOSED,
    Trust,
    closed_periods,
    company_reach,
    last_days,
)
from metrics.catalog import METRICS
from metrics.custom.models import PREFIX, CustomMetric
from metrics.dimensions import Cut
from metrics.freshness import freshness
from metrics.metric import Metric
from metrics.pickers import query
from metrics.queries import Asked, Value, read_values
from metrics.scopes import ScopeKey

Kind, Side = AlertRule.Kind, AlertRule.Side
KINDS = (Kind.VALUE, Kind.CHANGE, Kind.SIGNAL, Kind.FRESHNESS)
VERSIONED = (Cut.COMPANY, Cut.TEAM, Cut.AGENT)
# No version tells of members of a dimension, so they are looked at now and then.
LOOK_EVERY = timedelta(minutes=15)

log = logging.getLogger(__name__)


class MetricWatch:
    """Rules on value, change, signal and freshness of a metric."""

    def due(self, *, now: datetime) -> list[AlertRule]:
        """Return active rules whose figures changed or that no day has looked at yet.

        Queries: 3
        """
        day = today(now, get_organisation())
        rules = AlertRule.objects.filter(kind__in=KINDS, is_active=True)
        versions = _versions()
        return [
            rule
            for rule in rules.order_by("pk")
            if rule.checked_day != day
            or (
                rule.checked_at is None or now - rule.checked_at >= LOOK_EVERY
                if rule.cut not in VERSIONED
                else versions.get((rule.cut, rule.member), 0) != rule.seen
            )
        ]

    def judge(self, rules: Sequence[AlertRule], *, now: datetime) -> dict[int, Verdict]:
        """Return the verdict on each rule.

        One that cannot be computed is unknown and stops no other.

        Queries: about 10 and those of read_values, 1 for each axis and scope of rules
        on freshness.
        """
        versions = _versions()  # before the figures: what comes meanwhile is seen later
        desk = Desk.open(rules, now=now)
        try:
            values = desk.values(desk.asked(rules))
        except Exception:
            log.exception("figures of alert rules could not be read together")
            values = {}
            for rule in rules:
                values |= self._one(desk, rule)
        return {
            rule.pk: _seen(desk.verdict(rule, values), rule, versions) for rule in rules
        }

    def _one(self, desk: "Desk", rule: AlertRule) -> dict[Asked, Value]:
        try:
            return desk.values(desk.asked([rule]))
        except Exception:
            log.exception("an alert rule could not be read", extra={"rule": rule.pk})
            return {}

    def may_see(self, rule: AlertRule, access: Access) -> bool:
        return METRICS.may_read(rule.metric, access) and scopes.may_see(
            rule.scope, access
        )

    def concerns(self, rule: AlertRule, access: Access) -> bool:
        return self.may_see(rule, access)

    def name(self, rule: AlertRule) -> str:
        label = scopes.labels([rule.scope])[rule.scope]
        metric = METRICS.get(rule.metric)
        if metric is None:
            return _("A metric that is gone, %(scope)s") % {"scope": label}
        if rule.other:
            team = ScopeKey(int(Cut.TEAM), rule.other)
            label = f"{label}, {scopes.labels([team])[team]}"
        return words.name_text(metric, label)

    def condition(self, rule: AlertRule) -> str:
        metric = METRICS.get(rule.metric)
        if metric is None:
            return ""
        return words.condition_text(rule, metric, get_organisation().currency)

    def news(self, rule: AlertRule, verdict: Verdict) -> News:
        metric, currency = METRICS[rule.metric], get_organisation().currency
        is_firing = verdict.state == AlertRule.State.FIRING
        limit = words.limit_text(rule, metric, currency)
        found: Found = verdict.found
        title = words.title_text(self.name(rule), limit, is_firing=is_firing)
        text = words.found_text(rule, metric, found, currency, is_firing=is_firing)
        period = None if found.value is None else found.value.period
        return News(title, text, _page(rule, period))

    def page(self, rule: AlertRule) -> str:
        return _page(rule, None) if rule.metric in METRICS else ""

    def edit_page(self, rule: AlertRule) -> str:
        return reverse("metrics:alert_edit", kwargs={"pk": rule.pk})

    def subject(self, rule: AlertRule) -> int:
        return 0

    def visible(self, access: Access) -> Q:
        """Return the filter for notices on scopes and metrics open to a reader.

        The same as may_see, in the database: the count in the top bar is one query.
        """
        return _scope_filter(access) & _metric_filter(access)


class Desk:
    """All that a batch of rules needs beside its values."""

    def __init__(
        self, *, organisation: Organisation, now: datetime, trust: Trust
    ) -> None:
        self.organisation, self.now, self.trust = organisation, now, trust
        self.calendar: Calendar = get_calendar(organisation)
        self.today = today(now, organisation)
        self.last: dict[tuple[str, ScopeKey], int | None] = {}

    @classmethod
    def open(cls, rules: Iterable[AlertRule], *, now: datetime) -> "Desk":
        organisation = get_organisation()
        known = [rule for rule in rules if rule.metric in METRICS]
        on_rows = {
            (rule.metric, rule.scope) for rule in known if rule.kind == Kind.FRESHNESS
        }
        keys = {rule.metric for rule in known if rule.kind != Kind.FRESHNESS}
        day = today(now, organisation)
        trust = Trust(
            organisation.zone, freshness(keys), company_reach(keys, today=day)
        )
        desk = cls(organisation=organisation, now=now, trust=trust)
        desk.last = last_days(on_rows, today=day)
        return desk

    def asked(self, rules: Iterable[AlertRule]) -> list[Asked]:
        """Return the values that rules rest on."""
        return list(
            chain.from_iterable(
                [(rule.metric, rule.scope, period) for period in self._periods(rule)]
                for rule in rules
                if rule.metric in METRICS and rule.kind != Kind.FRESHNESS
            )
        )

    def values(self, asked: list[Asked]) -> dict[Asked, Value]:
        return read_values(asked, today=self.today, now=self.now) if asked else {}

    def verdict(self, rule: AlertRule, values: dict[Asked, Value]) -> Verdict:
        metric = METRICS.get(rule.metric)
        if metric is None:
            return unknown(judging.GONE)
        if rule.kind == Kind.FRESHNESS:
            last = self.last.get((rule.metric, rule.scope))
            return judging.judge_rows(rule, last, today=self.today)
        read = [
            values.get((rule.metric, rule.scope, period))
            for period in self.closed(rule, metric)
        ]
        running = None
        if (period := self._running(rule, metric)) is not None:
            running = values.get((rule.metric, rule.scope, period))
        verdict = verdict_on(rule, metric, read, running=running)
        last_value = read[-1]
        rests_on_closed = verdict.found.value is last_value
        if last_value and rests_on_closed and self.trust.is_late(last_value):
            return unknown(judging.LATE, last_value)
        return verdict

    def closed(self, rule: AlertRule, metric: Metric) -> list[Period]:
        grain = Grain(rule.grain)
        return closed_periods(
            metric,
            grain,
            periods_of(rule.kind, grain),
            calendar=self.calendar,
            today=self.today,
        )

    def _periods(self, rule: AlertRule) -> list[Period]:
        metric = METRICS[rule.metric]
        running = self._running(rule, metric)
        return self.closed(rule, metric) + ([running] if running else [])

    def _running(self, rule: AlertRule, metric: Metric) -> Period | None:
        """Return the open period where it counts: of a count that can only grow."""
        may_run = rule.kind == Kind.VALUE and rule.side == Side.ABOVE
        if not may_run or not grows(metric):
            return None
        return self.calendar.period(self.today, Grain(rule.grain))


def periods_of(kind: str, grain: Grain) -> int:
    """Return how many closed periods a verdict rests on."""
    return {Kind.VALUE: 1, Kind.CHANGE: 2}.get(Kind(kind), CLOSED[grain])


def verdict_on(
    rule: AlertRule,
    metric: Metric,
    closed: Sequence[Value | None],
    *,
    running: Value | None = None,
) -> Verdict:
    """Return the verdict of a rule on closed periods, oldest first."""
    min_n = least(rule, metric)
    if rule.kind == Kind.VALUE:
        return judging.judge_value(rule, closed[-1], running=running, min_n=min_n)
    if rule.kind == Kind.CHANGE:
        return judging.judge_change(rule, closed[-1], closed[-2], min_n=min_n)
    return judging.judge_signal(
        [value for value in closed if value is not None], min_n=min_n
    )


def _seen(
    verdict: Verdict, rule: AlertRule, versions: dict[tuple[int, int], int]
) -> Verdict:
    seen = versions.get((rule.cut, rule.member), 0)
    return Verdict(verdict.state, verdict.why, seen, verdict.found)


def _versions() -> dict[tuple[int, int], int]:
    """Return the versions of the scopes that active rules are on. Queries: 1."""
    from metrics.models import ScopeVersion

    rules = AlertRule.objects.filter(
        is_active=True, cut=OuterRef("cut"), member=OuterRef("member")
    )
    rows = ScopeVersion.objects.filter(Exists(rules))
    return {
        (cut, member): n
        for cut, member, n in rows.values_list("cut", "member", "number")
    }


def _page(rule: AlertRule, period: Period | None) -> str:
    page = reverse("metrics:detail", kwargs={"key": rule.metric})
    grain = {Grain.DAY: "day", Grain.WEEK: "week", Grain.MONTH: "month"}.get(
        Grain(rule.grain), "quarter"
    )
    if period is None:
        return f"{page}?{query(rule.scope_text, None)}&grain={grain}"
    return f"{page}?{query(rule.scope_text, period)}&grain={grain}"


def _scope_filter(access: Access) -> Q:
    if access.sees_company:
        return Q()
    people = set(access.agent_ids)
    if access.own_team_ids:
        people.add(access.user_id)
    inner = ~Q(cut__in=[int(cut) for cut in VERSIONED])
    return (
        Q(cut=int(Cut.TEAM), member__in=access.team_ids)
        | Q(cut=int(Cut.AGENT), member__in=people)
        | (inner & Q(other__in=access.team_ids))
    )


def _metric_filter(access: Access) -> Q:
    mine = access.team_ids | access.own_team_ids
    around = TeamEdge.objects.filter(
        descendant__in=mine, since_day__lte=access.day, until_day__gt=access.day
    )
    open_to = CustomMetric.objects.filter(
        Q(sharing=CustomMetric.Sharing.EVERYBODY)
        | Q(owner=access.user_id)
        | Q(sharing=CustomMetric.Sharing.TEAM, team__in=around.values("ancestor"))
    )
    return ~Q(metric__startswith=PREFIX) | Q(metric__in=open_to.values("key"))


def rules_on(keys: Iterable[ScopeKey]) -> bool:
    """Whether any active rule is on figures of these scopes. Queries: 1."""
    active = AlertRule.objects.filter(is_active=True, kind__in=KINDS)
    return active.of_scopes(keys).exists()
