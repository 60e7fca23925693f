"""Who is told of a rule, and who manages what it is on."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Membership, User
from crmkpi.accounts.queries import access_of, get_organisation, people_of, today
from metrics.alerts.kinds import source_of
from metrics.alerts.models import AlertRule
from metrics.dimensions import Cut
from metrics.scopes import ScopeKey


def readers_of(rule: AlertRule, *, now: datetime) -> list[User]:
    """Return who is told of a rule: those it is for who may see its figures today.

    Queries: 2, and 3 for each candidate.
    """
    day = today(now, get_organisation())
    people = User.objects.filter(is_active=True)
    is_own = rule.audience == AlertRule.Audience.SELF
    if is_own:
        people = people.filter(pk=rule.owner_id)
    else:
        people = people.filter(email__isnull=False).filter(
            Exists(Membership.objects.on(day).filter(user=OuterRef("pk")))
        )
        if rule.cut != Cut.AGENT:  # whose figures agents do not see
            above = Membership.objects.on(day).exclude(role=Membership.Role.AGENT)
            above = above.filter(user=OuterRef("pk"))
            people = people.filter(Q(pk=rule.owner_id) | Exists(above))
    source = source_of(rule)
    tells = source.may_see if is_own else source.concerns
    return [
        person
        for person in people.order_by("pk")
        if tells(rule, access_of(person, day=day))
    ]


def manages(scope: ScopeKey, access: Access) -> bool:
    """Whether a reader manages those whose figures a scope holds.

    Queries: 1 for the company and for people, else none.
    """
    if not access.manages:
        return False
    if scope.cut == Cut.TEAM:
        return access.may_manage_team(scope.member)
    if scope.cut == Cut.AGENT:
        people = people_of(access.managed_team_ids, day=access.day)
        return scope.member in people or _manages_company(access)
    if scope.other:
        return access.may_manage_team(scope.other)
    return _manages_company(access)


def _manages_company(access: Access) -> bool:
    root = get_organisation().root_team_id
    return root is not None and access.may_manage_team(root)
