"""Reads for the pages on which administrators arrange people."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import (
    ALWAYS,
    FOREVER,
    AgentIdentity,
    Membership,
    Team,
    User,
    UserInvitation,
)
from crmkpi.lib.periods import from_day

PER_PAGE = 50
STATES: dict[str, str | Promise] = {
    "active": _("Signs in"),
    "invited": _("Invited"),
    "met": _("Not invited"),
    "inactive": _("Deactivated"),
}
SORTS = {
    "name": ("name", "pk"),
    "-name": ("-name", "-pk"),
    "email": ("email", "name", "pk"),
    "-email": ("-email", "-name", "-pk"),
    "joined": ("joined_at", "name", "pk"),
    "-joined": ("-joined_at", "-name", "-pk"),
}


@dataclass(frozen=True)
class MembershipLine:
    """A membership as people read it: both days belong to it."""

    pk: int
    team: Team
    role: str
    first: date | None  # None: for as long as anybody knows
    last: date | None  # None: until further notice
    is_current: bool
    is_over: bool

    @property
    def role_label(self) -> str:
        return str(Membership.Role(self.role).label)


@dataclass(frozen=True)
class PersonLine:
    """A person in the list."""

    pk: int
    name: str
    email: str
    is_administrator: bool
    state: str  # a key of STATES
    joined_at: datetime | None
    memberships: list[MembershipLine]  # of today

    @property
    def state_label(self) -> str | Promise:
        return STATES[self.state]


@dataclass(frozen=True)
class PersonPage:
    """All that the page of a person shows."""

    user: User
    state: str  # a key of STATES
    memberships: list[MembershipLine]  # latest first
    identities: list[AgentIdentity]
    invitation: UserInvitation | None  # the last one

    @property
    def state_label(self) -> str | Promise:
        return STATES[self.state]

    @property
    def is_agent(self) -> bool:
        """Whether the person is an agent today, and so can move to another team."""
        return any(
            line.is_current and line.role == Membership.Role.AGENT
            for line in self.memberships
        )


def people(
    *,
    access: Access,
    now: datetime,
    text: str = "",
    team: Team | None = None,
    role: str = "",
    state: str = "",
    sort: str = "name",
) -> "QuerySet[User]":
    """Return the people that match, with their `state`, in the wanted order.

    Shape: users of `visible_to`, annotated with a key of STATES. The text is looked
    for in name and address; team and role are those of today, of one membership.
    """
    found: QuerySet[Any] = User.objects.visible_to(access).annotate(state=_state(now))
    for word in text.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if team is not None or role:
        holds = Membership.objects.on(access.day).filter(user=OuterRef("pk"))
        if team is not None:
            holds = holds.filter(team=team)
        if role:
            holds = holds.filter(role=role)
        found = found.filter(Exists(holds))
    if state:
        found = found.filter(state=state)
    return found.order_by(*SORTS.get(sort, SORTS["name"]))


def people_page(
    found: "QuerySet[User]", *, number: str | int | None, day: int
) -> tuple[Page[Any], list[PersonLine]]:
    """Return a page of the list and its lines. Queries: 3."""
    page = Paginator(found, PER_PAGE).get_page(number)
    return page, list(_lines(list(page.object_list), day=day))


def all_people(found: "QuerySet[User]", *, day: int) -> Iterator[PersonLine]:
    """Return the lines of the whole list, for a file. Queries: 2 for every 500."""
    pks = list(found.values_list("pk", flat=True))
    for start in range(0, len(pks), 500):
        part = found.filter(pk__in=pks[start : start + 500])
        yield from _lines(list(part), day=day)


def person_page(user: User, *, now: datetime, day: int) -> PersonPage:
    """Return what the page of a person shows. Queries: 4."""
    state = User.objects.annotate(state=_state(now)).values_list("state", flat=True)
    memberships = Membership.objects.filter(user=user).select_related("team")
    return PersonPage(
        user=user,
        state=str(state.get(pk=user.pk)),
        memberships=[
            membership_line(stint, day=day)
            for stint in memberships.order_by("-until_day", "-since_day", "-pk")
        ],
        identities=list(user.identities.order_by("source", "external_id")),
        invitation=user.invitations.order_by("-created_at").first(),
    )


def membership_line(membership: Membership, *, day: int) -> MembershipLine:
    """Return a membership as people read it on a local day."""
    since, until = membership.since_day, membership.until_day
    return MembershipLine(
        pk=membership.pk,
        team=membership.team,
        role=membership.role,
        first=from_day(since) if since > ALWAYS else None,
        last=from_day(until - 1) if until < FOREVER else None,
        is_current=since <= day < until,
        is_over=until <= day,
    )


def _lines(users: Iterable[User], *, day: int) -> Iterator[PersonLine]:
    held: dict[int, list[MembershipLine]] = {}
    stints = Membership.objects.on(day).filter(user__in=users).select_related("team")
    for stint in stints.order_by("team__name", "role"):
        held.setdefault(stint.user_id, []).append(membership_line(stint, day=day))
    for user in users:
        yield PersonLine(
            pk=user.pk,
            name=str(user),
            email=user.email or "",
            is_administrator=user.is_administrator,
            state=user.state,  # type: ignore[attr-defined]  # annotated
            joined_at=user.joined_at,
            memberships=held.get(user.pk, []),
        )


def _state(now: datetime) -> Case:
    invited = UserInvitation.objects.filter(
        user=OuterRef("pk"), accepted_at=None, expires_at__gt=now
    )
    return Case(
        When(is_active=False, then=Value("inactive")),
        When(~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX), then=Value("active")),
        When(Exists(invited), then=Value("invited")),
        default=Value("met"),
        output_field=CharField(),
    )
