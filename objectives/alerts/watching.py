"""The source of rules on the status of a key result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.queries import get_organisation, today
from crmkpi.accounts.templatetags.shell import BADGES
from crmkpi.lib.periods import Grain
from metrics.alerts.kinds import News, Verdict
from metrics.alerts.models import AlertRule
from metrics.alerts.trial import WEEKS, Trial, alarms, span_text
from objectives.evaluation import latest_evaluations
from objectives.models import Evaluation, KeyResult, StatusRule
from objectives.scoring import KrStatus

State = AlertRule.State
KINDS = (AlertRule.Kind.STATUS,)
# How bad each status is; of all others nobody can say whether it is worse.
DEPTHS = {
    KrStatus.MET: 0,
    KrStatus.ACHIEVED_SO_FAR: 0,
    KrStatus.ON_TRACK: 0,
    KrStatus.WATCH: 1,
    KrStatus.PARTLY: 1,
    KrStatus.OFF_TRACK: 2,
    KrStatus.MISSED: 2,
}


@dataclass(frozen=True)
class Seen:
    """The evaluation that a verdict rests on."""

    status: str
    day: int
    reason: str = ""


def state_of(status: str, worse_than: str) -> str:
    """Return whether a status is worse than the word of a rule.

    Empty: unknown for no data, stale, too early and the like.
    Example: "watch" is worse than "on_track" and not worse than "watch".
    """
    depth = DEPTHS.get(KrStatus(status))
    if depth is None:
        return State.UNKNOWN
    return State.FIRING if depth > DEPTHS[KrStatus(worse_than)] else State.QUIET


class StatusWatch:
    """Rules on the status of a key result."""

    def due(self, *, now: datetime) -> list[AlertRule]:
        """Return active rules whose key result was judged since the last look.

        Queries: 2
        """
        rules = list(_rules().filter(is_active=True))
        latest = latest_evaluations([rule.key_result for rule in rules])
        return [
            rule
            for rule in rules
            if rule.checked_at is None
            or (
                (found := latest.get(rule.key_result_id)) is not None
                and found.computed_at > rule.checked_at
            )
        ]

    def judge(self, rules: Sequence[AlertRule], *, now: datetime) -> dict[int, Verdict]:
        """Return the verdict on each rule. Queries: 2."""
        held = {rule.pk: rule for rule in _rules().filter(pk__in=[r.pk for r in rules])}
        latest = latest_evaluations([rule.key_result for rule in held.values()])
        found = {}
        for rule in rules:
            own = held.get(rule.pk)
            last = latest.get(own.key_result_id) if own else None
            if own is None or last is None:
                found[rule.pk] = Verdict(State.UNKNOWN, "no_data")
                continue
            state = state_of(last.status, own.worse_than)
            why = "" if state != State.UNKNOWN else "no_status"
            seen = Seen(last.status, last.day, last.reason)
            found[rule.pk] = Verdict(state, why, found=seen)
        return found

    def may_see(self, rule: AlertRule, access: Access) -> bool:
        results = KeyResult.objects.visible_to(access)
        return results.filter(pk=_of(rule).key_result_id).exists()

    def concerns(self, rule: AlertRule, access: Access) -> bool:
        """Whether the reader answers for it or reads its team: public is not enough."""
        objective = _of(rule).key_result.objective
        mine = access.user_id in (objective.owner_id, objective.reviewer_id)
        reads = access.may_read_team(objective.team_id)
        return (mine or reads) and self.may_see(rule, access)

    def name(self, rule: AlertRule) -> str:
        result = _of(rule).key_result
        return f"{result.objective.title}: {result.title}"

    def condition(self, rule: AlertRule) -> str:
        words = _("worse than “%(status)s”")
        return words % {"status": word_of(_of(rule).worse_than)}

    def news(self, rule: AlertRule, verdict: Verdict) -> News:
        seen: Seen = verdict.found
        name, word = self.name(rule), word_of(seen.status)
        title = f"{name}: {word}"
        if verdict.state != State.FIRING:
            title = _("%(name)s: back to %(word)s") % {"name": name, "word": word}
        said = _("The status is now “%(word)s”.") % {"word": word}
        asked = _("The alert is: %(condition)s.") % {"condition": self.condition(rule)}
        return News(title, f"{said} {asked}", self.page(rule))

    def page(self, rule: AlertRule) -> str:
        result = _of(rule).key_result
        page = reverse("objectives:detail", kwargs={"pk": result.objective_id})
        return f"{page}?kr={result.pk}"

    def edit_page(self, rule: AlertRule) -> str:
        return reverse("objectives:status_alert_edit", kwargs={"pk": rule.pk})

    def subject(self, rule: AlertRule) -> int:
        return _of(rule).key_result_id

    def visible(self, access: Access) -> Q:
        open_to = KeyResult.objects.visible_to(access).order_by()
        return Q(subject__in=open_to.values("pk"))


def status_trial(key_result: KeyResult, worse_than: str, *, now: datetime) -> Trial:
    """Return how often a rule would have told in the last 13 weeks. Queries: 2."""
    since = today(now, get_organisation()) - WEEKS
    statuses = (
        Evaluation.objects.filter(key_result=key_result, day__gte=since)
        .order_by("day")
        .values_list("status", flat=True)
    )
    states = [state_of(status, worse_than) for status in statuses]
    judged = sum(state != State.UNKNOWN for state in states)
    return Trial(sum(alarms(states)), judged, span_text(Grain.WEEK))


def word_of(status: str) -> str:
    return str(BADGES[status].word)


def _of(rule: AlertRule) -> StatusRule:
    """Return the rule with its key result. Queries: 1, none for one read as such."""
    if isinstance(rule, StatusRule):
        return rule
    return _rules().get(pk=rule.pk)


def _rules() -> QuerySet[StatusRule]:
    return StatusRule.objects.select_related("key_result__objective")
