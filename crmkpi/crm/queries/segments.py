"""Reads for the pages of segments: the list, one segment, a rule being written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import AuditEvent
from crmkpi.accounts.queries.audit import AuditLine, audit_lines
from crmkpi.crm.models import Customer, Segment, SegmentStay, SegmentTurn
from crmkpi.crm.segments.fields import Sight
from crmkpi.crm.segments.matching import finds, rule_of, sentences
from crmkpi.crm.segments.rules import Rule
from crmkpi.crm.segments.stays import counts
from crmkpi.lib.charts import sparkline
from crmkpi.lib.periods import Calendar, Grain, from_day

PER_PAGE = 50
PREVIEWED = 10
MONTHS = 13
CHANGES_SHOWN = 10


@dataclass(frozen=True)
class SegmentLine:
    """A segment in the list."""

    pk: int
    name: str
    text: str
    sentences: list[str]
    needs_all: bool
    customers: int  # of those that the reader may see, today
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class SegmentList:
    """The segments in use in their order, those archived, and who is in none."""

    used: list[SegmentLine]
    archived: list[SegmentLine]
    others: int  # customers that no rule matches
    turn: SegmentTurn | None


@dataclass(frozen=True)
class Month:
    """How many were in a segment at the end of a month, and who came and went."""

    label: str
    inside: int
    entered: int
    left: int
    is_open: bool


@dataclass(frozen=True)
class MemberLine:
    """A customer in a segment."""

    pk: int
    name: str
    owner: str
    region: str
    industry: str
    since: date


@dataclass(frozen=True)
class SegmentPage:
    """All that the page of a segment shows."""

    line: SegmentLine
    page: Page[Any]
    members: list[MemberLine]
    months: list[Month]  # the latest first
    spark: SafeString
    history: list[AuditLine]
    is_waiting: bool  # for rules that changed


@dataclass(frozen=True)
class Found:
    """Whom a rule that is being written finds, of those that the reader may see."""

    matching: int
    taken: int  # of these, who is in segments before it
    of: int
    page: Page[Any]

    @property
    def inside(self) -> int:
        return self.matching - self.taken


def segment_list(*, access: Access) -> SegmentList:
    """Return the segments with their customers. Queries: 4."""
    segments = list(Segment.objects.select_related("member"))
    visible: QuerySet[Any] = Customer.objects.visible_to(access).filter(exclusion=0)
    tally = visible.order_by().values("ruled_segment_id").annotate(n=Count("pk"))
    found = dict(tally.values_list("ruled_segment_id", "n"))
    used = [each for each in segments if each.archived_at is None]
    return SegmentList(
        used=[
            _line(each, found, is_first=at == 0, is_last=at == len(used) - 1)
            for at, each in enumerate(used)
        ],
        archived=[_line(each, found) for each in segments if each.archived_at],
        others=found.get(None, 0),
        turn=_turn(),
    )


def segment_page(
    segment: Segment,
    *,
    access: Access,
    calendar: Calendar,
    today: int,
    number: str | None = None,
) -> SegmentPage:
    """Return what the page of a segment shows. Queries: 6."""
    members = _members(segment, access)
    page = Paginator(members, PER_PAGE).get_page(number)
    months = _months(segment, access=access, calendar=calendar, today=today)
    title = _("Customers at the ends of months: %(values)s") % {
        "values": ", ".join(str(month.inside) for month in months)
    }
    events = AuditEvent.objects.filter(subject=f"segment {segment.pk}")
    latest = events.select_related("actor").order_by("-at", "-pk")[:CHANGES_SHOWN]
    turn = _turn()
    return SegmentPage(
        line=_line(segment, {segment.member_id: page.paginator.count}),
        page=page,
        members=[_member_line(each) for each in page.object_list],
        months=months[::-1],
        spark=sparkline(
            [month.inside for month in months], open_last=True, title=title
        ),
        history=audit_lines(latest),
        is_waiting=turn is not None and turn.changed_at is not None,
    )


def stays_file(segment: Segment, *, access: Access) -> Iterator[list[Any]]:
    """Return who was in a segment from when until when, as rows. Queries: 1."""
    stays = _stays(segment, access).order_by("-entered_day", "customer__name", "pk")
    columns = (
        *("customer__name", "customer__external_id", "customer__agent__name"),
        *("entered_day", "left_day"),
    )
    for name, key, owner, entered, left in stays.values_list(*columns).iterator(
        chunk_size=2_000
    ):
        last = "" if left is None else from_day(left - 1).isoformat()
        yield [name, key, owner or "", from_day(entered).isoformat(), last]


def found_by(
    rule: Rule,
    *,
    access: Access,
    seen: Sight,
    segment: Segment | None = None,
    number: str | None = None,
) -> Found:
    """Return whom a rule finds now; `segment` is the one whose rule it becomes.

    Queries: 4
    """
    before = Segment.objects.filter(archived_at__isnull=True)
    if segment is not None and segment.archived_at is None:
        before = before.filter(place__lt=segment.place)
    visible: QuerySet[Any] = Customer.objects.visible_to(access).filter(exclusion=0)
    matching = visible.filter(finds(rule, seen))
    members = before.order_by().values("member_id")
    taken = matching.filter(ruled_segment__in=members)
    listed = matching.select_related("agent", "segment").order_by("name", "pk")
    page = Paginator(listed, PREVIEWED).get_page(number)
    return Found(
        matching=page.paginator.count,
        taken=taken.count(),
        of=visible.count(),
        page=page,
    )


def _line(segment: Segment, found: dict[int | None, int], **more: bool) -> SegmentLine:
    rule = rule_of(segment)
    return SegmentLine(
        pk=segment.pk,
        name=segment.member.name,
        text=segment.text,
        sentences=sentences(rule),
        needs_all=rule.needs_all,
        customers=found.get(segment.member_id, 0),
        **more,
    )


def _members(segment: Segment, access: Access) -> QuerySet[Any]:
    """Return the customers that are in a segment, with the day they entered."""
    visible: QuerySet[Any] = Customer.objects.visible_to(access)
    stays = SegmentStay.objects.filter(customer=OuterRef("pk"), left_day__isnull=True)
    entered = stays.values("entered_day")[:1]
    found = visible.filter(ruled_segment=segment.member_id)
    named = found.select_related("agent", "region", "industry")
    dated: QuerySet[Any] = named.annotate(entered_day=entered)
    return dated.order_by("name", "pk")


def _member_line(customer: Any) -> MemberLine:
    return MemberLine(
        pk=customer.pk,
        name=customer.name,
        owner=str(customer.agent or ""),
        region=str(customer.region or ""),
        industry=str(customer.industry or ""),
        since=from_day(customer.entered_day),
    )


def _stays(segment: Segment, access: Access) -> QuerySet[SegmentStay]:
    """Return the stays of customers that the reader may see."""
    stays = SegmentStay.objects.filter(segment=segment)
    if access.sees_company:
        return stays
    visible = Customer.objects.visible_to(access).filter(pk=OuterRef("customer"))
    return stays.filter(Exists(visible))


def _months(
    segment: Segment, *, access: Access, calendar: Calendar, today: int
) -> list[Month]:
    """Return the last months in which anybody was inside, oldest first. Queries: 1."""
    tally = _stays(segment, access).order_by().values("entered_day", "left_day")
    tallies = list(tally.annotate(n=Count("pk")).values_list(*_TALLY))
    if not tallies:
        return []
    first = min(entered for entered, _left, _n in tallies)
    period = calendar.period(today, Grain.MONTH)
    periods = [period]
    while len(periods) < MONTHS and periods[-1].start > first:
        periods.append(calendar.period(periods[-1].start - 1, Grain.MONTH))
    periods.reverse()
    inside = counts(tallies, [min(today, each.end - 1) for each in periods])
    return [
        Month(
            label=each.label,
            inside=n,
            entered=_within(tallies, 0, each.start, each.end),
            left=_within(tallies, 1, each.start, each.end),
            is_open=each.end > today,
        )
        for each, n in zip(periods, inside, strict=True)
    ]


_TALLY = ("entered_day", "left_day", "n")


def _within(tallies: Sequence[tuple[Any, ...]], at: int, start: int, end: int) -> int:
    return sum(
        each[2] for each in tallies if each[at] is not None and start <= each[at] < end
    )


def _turn() -> SegmentTurn | None:
    return SegmentTurn.objects.filter(pk=SegmentTurn.ONLY).first()
