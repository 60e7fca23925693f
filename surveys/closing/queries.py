"""The board of items and what came of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Membership, User
from crmkpi.lib.statistics import Interval, wilson
from surveys.hiding import MIN_N
from surveys.models import Answer, FollowUp
from surveys.queries.releases import led_team_ids
from surveys.queries.results import scale_of
from surveys.scoring import Band, Kind, Scale

PER_PAGE = 25
LOOK_BACK = timedelta(days=90)
VIEWS = ("open", "mine", "overdue", "closed")


@dataclass(frozen=True)
class ItemLine:
    """One item in the list, with what its customer said."""

    item: FollowUp
    score: int | None
    high: int | None
    comment: str
    is_overdue: bool


@dataclass(frozen=True)
class Recovery:
    """How many who were asked again are no longer unhappy."""

    recovered: int
    answered: int  # of those asked again
    asked: int
    interval: Interval | None  # 0..1; None under five answers

    @property
    def is_shown(self) -> bool:
        return self.answered >= MIN_N


@dataclass(frozen=True)
class Board:
    """Where the items that a reader sees stand."""

    open: int
    overdue: int
    closed: int  # in the last 90 days
    in_time: int  # of these, closed when due or before
    recovery: Recovery


def items_for(access: Access, *, view: str, now: datetime) -> QuerySet[FollowUp]:
    """Return the items of a view: open ones by due time, closed ones latest first."""
    rows = FollowUp.objects.visible_to(access)
    if view == "closed":
        return rows.filter(state__in=FollowUp.CLOSED_STATES).order_by(
            "-closed_at", "pk"
        )
    rows = rows.filter(state__in=FollowUp.OPEN_STATES)
    if view == "mine":
        mine = Q(owner_id=access.user_id) | Q(escalated_to_id=access.user_id)
        rows = rows.filter(mine)
    elif view == "overdue":
        rows = rows.filter(due_at__lte=now)
    return rows.order_by("due_at", "pk")


def item_page(
    rows: QuerySet[FollowUp], *, number: str | None, now: datetime
) -> tuple[Page[FollowUp], list[ItemLine]]:
    """Return a page of items and its lines. Queries: 3."""
    page = Paginator(with_answers(rows), PER_PAGE).get_page(number)
    return page, [line_of(each, now=now) for each in page.object_list]


def with_answers(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Return items with all that a line of the list shows."""
    answers = Answer.objects.select_related("question").order_by("pk")
    return rows.select_related(
        "owner",
        "escalated_to",
        "team",
        "response__survey",
        "response__customer",
        "response__contact",
        "response__invitation",
        "response__agent",
    ).prefetch_related(Prefetch("response__answers", queryset=answers))


def line_of(item: FollowUp, *, now: datetime) -> ItemLine:
    """Return an item fetched by `with_answers` as a line."""
    score = scale = None
    comments = []
    for answer in item.response.answers.all():
        if answer.value is not None:
            score, scale = answer.value, scale_of(answer.question)
        elif answer.kind == Kind.TEXT and answer.text:
            comments.append(answer.text)
    return ItemLine(
        item=item,
        score=score,
        high=scale.high if scale else None,
        comment="\n".join(comments),
        is_overdue=item.is_open and item.due_at <= now,
    )


def board(access: Access, *, now: datetime) -> Board:
    """Return the numbers above the list. Queries: 3."""
    rows = FollowUp.objects.visible_to(access)
    is_open = Q(state__in=FollowUp.OPEN_STATES)
    lately = Q(closed_at__gt=now - LOOK_BACK)
    found = rows.aggregate(
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(due_at__lte=now)),
        closed=Count("pk", filter=lately),
        in_time=Count("pk", filter=lately & Q(closed_at__lte=F("due_at"))),
    )
    return Board(**found, recovery=recovery(rows))


def recovery(rows: QuerySet[FollowUp]) -> Recovery:
    """Return how many of those asked again gave a score that is not low. Queries: 2."""
    asked = rows.filter(asked_again__isnull=False)
    again = Answer.objects.filter(
        response__invitation__follow_up__in=asked, value__isnull=False, exclusion=0
    )
    counted: Any = (
        again.order_by()
        .values_list(
            "kind",
            "low",
            "high",
            "question__top_from",
            "question__is_reversed",
            "value",
        )
        .annotate(n=Count("pk"))
    )
    answered = recovered = 0
    for kind, low, high, top_from, is_reversed, value, n in counted:
        answered += n
        if Scale(Kind(kind), low, high, top_from, is_reversed).band(value) != Band.LOW:
            recovered += n
    interval = wilson(recovered, answered) if answered >= MIN_N else None
    return Recovery(recovered, answered, asked.count(), interval)


def may_work(item: FollowUp, access: Access) -> bool:
    """Tell whether a reader may write on an item: its owner and who arranges it."""
    return item.owner_id == access.user_id or may_arrange(item, access)


def may_arrange(item: FollowUp, access: Access) -> bool:
    """Tell whether a reader may give an item to somebody: managers and the lead."""
    if item.team_id is None:
        return access.sees_company and access.manages
    if access.may_manage_team(item.team_id) or item.escalated_to_id == access.user_id:
        return True
    return item.team_id in led_team_ids(access)


def can_be_asked(item: FollowUp) -> bool:
    """Tell whether somebody is known who could be asked again."""
    asked = item.response.invitation
    return asked is not None and bool(asked.address or asked.phone)


def possible_owners(item: FollowUp, access: Access) -> QuerySet[User, User]:
    """Return whom an item can be given to: people in its team, and managers above."""
    held = Membership.objects.on(access.day)
    inside = held.filter(team=item.team_id).exclude(role=Membership.Role.ANALYST)
    above = held.filter(
        team__edges_down__descendant=item.team_id,
        team__edges_down__since_day__lte=access.day,
        team__edges_down__until_day__gt=access.day,
        role=Membership.Role.MANAGER,
    )
    people = Q(pk__in=inside.values("user_id")) | Q(pk__in=above.values("user_id"))
    found: QuerySet[User, User] = User.objects.filter(people, is_active=True)
    return found.order_by("name", "pk")
