"""What the pages about sending read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team
from crmkpi.crm.models import Channel, Member
from crmkpi.lib.bulk import KeysIn
from surveys.models import Invitation, Occasion, SendingRule, Suppression, Survey
from surveys.sending.conditions import Conditions
from surveys.sending.sms import plain_number
from surveys.tokens import address_hash

PER_PAGE = 50
DAYS = 30
State = Occasion.State


@dataclass(frozen=True)
class RuleLine:
    """A rule with what it did in the last 30 days, as far as the reader may see."""

    rule: SendingRule
    conditions: list[str]  # in words
    counts: dict[str, int]  # of occasions by state

    @property
    def asked(self) -> int:
        return self.counts.get(State.ASKED, 0)

    @property
    def skipped(self) -> int:
        return self.counts.get(State.SKIPPED, 0)

    @property
    def cancelled(self) -> int:
        return self.counts.get(State.CANCELLED, 0)

    @property
    def waiting(self) -> int:
        return self.counts.get(State.WAITING, 0)


def rule_lines(survey: Survey, *, access: Access, now: datetime) -> list[RuleLine]:
    """Return the rules of a survey. Queries: 4."""
    rules = list(survey.rules.select_related("survey").order_by("pk"))
    since = now - timedelta(days=DAYS)
    counts: dict[int, dict[str, int]] = {}
    rows = occasions_for(survey, access).filter(happened_at__gte=since)
    grouped = rows.order_by().values_list("rule_id", "state").annotate(n=Count("pk"))
    for rule_id, state, n in grouped:
        counts.setdefault(rule_id, {})[state] = n
    names = _names([Conditions.from_json(rule.conditions) for rule in rules])
    return [RuleLine(rule, names.of(rule), counts.get(rule.pk, {})) for rule in rules]


def rule_words(rule: SendingRule) -> list[str]:
    """Return the conditions of one rule in words. Queries: 2."""
    return _names([Conditions.from_json(rule.conditions)]).of(rule)


@dataclass(frozen=True)
class _Names:
    teams: dict[int, str] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)

    def of(self, rule: SendingRule) -> list[str]:
        wanted = Conditions.from_json(rule.conditions)
        parts = [
            *(self.teams[each] for each in wanted.teams if each in self.teams),
            *(str(Channel(each).label) for each in wanted.channels),
            *(self.members[each] for each in wanted.members if each in self.members),
        ]
        if rule.sample_percent < 100:
            parts.append(
                _("%(percent)d of 100 people") % {"percent": rule.sample_percent}
            )
        return parts


def _names(conditions: Iterable[Conditions]) -> _Names:
    """Return what teams and members are called. Queries: 2."""
    teams, members = set[int](), set[int]()
    for each in conditions:
        teams.update(each.teams)
        members.update(each.members)
    return _Names(
        dict(Team.objects.filter(pk__in=teams).values_list("pk", "name")),
        dict(Member.objects.filter(pk__in=members).values_list("pk", "name")),
    )


def occasions_for(survey: Survey, access: Access) -> QuerySet[Occasion]:
    """Return the occasions that count for the reader's teams."""
    rows = Occasion.objects.filter(rule__survey=survey)
    if access.sees_company:
        return rows
    return rows.filter(team__in=access.team_ids)


@dataclass(frozen=True)
class Sends:
    """A page of occasions, with how many there are of each outcome."""

    page: Page[Occasion]
    states: list[tuple[str, str, int]]
    reasons: list[tuple[str, str, int]]


def sends(
    survey: Survey,
    *,
    access: Access,
    state: str = "",
    reason: str = "",
    rule: str = "",
    since: datetime | None = None,
    number: str | None,
) -> Sends:
    """Return what became of each occasion, the latest first. Queries: 3."""
    rows = occasions_for(survey, access)
    if since is not None:
        rows = rows.filter(happened_at__gte=since)
    if rule.isdecimal() and len(rule) < 15:
        rows = rows.filter(rule_id=int(rule))
    states: dict[str, int] = {}
    reasons: dict[str, int] = {}
    grouped = rows.order_by().values_list("state", "reason").annotate(n=Count("pk"))
    for found, why, n in grouped:
        states[found] = states.get(found, 0) + n
        if why:
            reasons[why] = reasons.get(why, 0) + n
    if state in State.values:
        rows = rows.filter(state=state)
    if reason in Invitation.Skip.values:
        rows = rows.filter(reason=reason)
    ordered = rows.select_related(
        "rule", "contact", "customer", "agent", "invitation"
    ).order_by("-happened_at", "-pk")
    return Sends(
        Paginator(ordered, PER_PAGE).get_page(number),
        [(key, str(label), states.get(key, 0)) for key, label in State.choices],
        [
            (key, str(label), reasons[key])
            for key, label in Invitation.Skip.choices
            if key in reasons
        ],
    )


@dataclass(frozen=True)
class SuppressionLine:
    """An address that gets no surveys, in clear where the reader may see its mail."""

    suppression: Suppression
    address: str

    @property
    def may_be_released(self) -> bool:
        return self.suppression.reason not in Suppression.WISHES


def suppressions(
    *, access: Access, now: datetime, text: str, number: str | None
) -> tuple[Page[Suppression], list[SuppressionLine]]:
    """Return who is not asked, the latest first; a text finds one address. Queries: 3.

    Only hashes are kept; an address is told where the reader may see an invitation or
    a contact that has it.
    """
    rows = Suppression.objects.filter(Q(until=None) | Q(until__gt=now))
    if text.strip():
        hashes = [address_hash(text), address_hash(plain_number(text))]
        rows = rows.filter(address_hash__in=hashes)
    page = Paginator(rows.order_by("-created_at", "-pk"), PER_PAGE).get_page(number)
    shown = list(page.object_list)
    keys = [(each.address_hash,) for each in shown]
    known = (
        Invitation.objects.visible_to(access)
        .filter(KeysIn([F("address_hash")], keys))
        .values_list("address_hash", "address", "phone")
    )
    names = {key: address or phone for key, address, phone in known}
    return page, [
        SuppressionLine(each, names.get(each.address_hash, "")) for each in shown
    ]
