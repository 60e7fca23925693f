"""Answers split by a dimension, with nothing that tells what single people said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Team, User
from crmkpi.crm.members import is_in_use
from crmkpi.crm.models import Channel, Member, Product
from surveys.comparing import Difference, compare, compare_with_rest
from surveys.hiding import hidden
from surveys.models import Answer, Response, Survey, SurveyVersion
from surveys.queries.results import answers_for, current_scale
from surveys.scoring import Scale, Summary, summary

NOBODY = ""  # the key of answers that belong to no member
Names = Callable[[Iterable[Any]], dict[Any, str]]


@dataclass(frozen=True)
class Dimension:
    """What answers can be split by."""

    key: str
    label: str | Promise
    column: str  # of an answer; it holds what was frozen at the event
    names: Names  # of its members, by what the column holds


@dataclass(frozen=True)
class MemberLine:
    """What the answers of one member add up to."""

    key: str  # of the member within its dimension, NOBODY for none
    name: str
    summary: Summary
    against_rest: Difference


@dataclass(frozen=True)
class Split:
    """A survey's answers by the members of one dimension."""

    dimension: Dimension
    scale: Scale
    whole: Summary
    lines: list[MemberLine]  # the most answers first; hidden members are left out
    hidden_members: int
    hidden_n: int  # answers of the hidden members together

    def line(self, key: str) -> MemberLine | None:
        """Return a member that is shown."""
        return next((each for each in self.lines if each.key == key), None)


def _of_rows(model: Any, column: str = "name") -> Names:
    def names(ids: Iterable[Any]) -> dict[Any, str]:
        return dict(model._base_manager.filter(pk__in=ids).values_list("pk", column))

    return names


def _of_choices(choices: Iterable[tuple[Any, Any]]) -> Names:
    return lambda ids: {key: str(label) for key, label in choices}


def _numbers(ids: Iterable[Any]) -> dict[Any, str]:
    rows = SurveyVersion.objects.filter(pk__in=ids).values_list("pk", "number")
    return {pk: _("Version %(number)d") % {"number": number} for pk, number in rows}


DIMENSIONS = {
    each.key: each
    for each in (
        Dimension("team", gettext_lazy("Team"), "answered_team_id", _of_rows(Team)),
        Dimension("agent", gettext_lazy("Agent"), "agent_id", _of_rows(User)),
        Dimension(
            "channel", gettext_lazy("Channel"), "channel", _of_choices(Channel.choices)
        ),
        Dimension("segment", gettext_lazy("Segment"), "segment_id", _of_rows(Member)),
        Dimension("client", gettext_lazy("Client"), "client_id", _of_rows(Member)),
        Dimension("product", gettext_lazy("Product"), "product_id", _of_rows(Product)),
        Dimension(
            "language",
            gettext_lazy("Language"),
            "response__language",
            lambda ids: {each: each.upper() for each in ids if each},
        ),
        Dimension("version", gettext_lazy("Wording"), "response__version_id", _numbers),
        Dimension(
            "origin",
            gettext_lazy("Way in"),
            "response__origin",
            _of_choices(Response.Origin.choices),
        ),
    )
}


def offered() -> list[Dimension]:
    """Return what a page offers to split by. Queries: 1."""
    return [each for each in DIMENSIONS.values() if is_in_use(each.key)]


def split(
    survey: Survey, *, by: str, access: Access, since_day: int | None
) -> Split | None:
    """Return the answers on the scale that is asked now, by one dimension.

    Members with fewer than five answers are hidden, and with them as many others as
    it takes that nobody finds them by subtraction.

    Empty: None without an answer. Queries: at most 4.
    Raises: KeyError for an unknown dimension.
    """
    dimension = DIMENSIONS[by]
    scale = current_scale(survey)
    if scale is None:
        return None
    rows = on_scale(answers_for(survey, access).counted(), scale)
    if since_day is not None:
        rows = rows.filter(answered_day__gte=since_day)
    counts = counts_by(rows, dimension.column)
    if not counts:
        return None
    sizes = {member: sum(given.values()) for member, given in counts.items()}
    gone = hidden(sizes)
    names = dimension.names([member for member in counts if member not in gone])
    against = compare_with_rest(scale, counts)
    lines = [
        MemberLine(
            key=NOBODY if member is None else str(member),
            name=names.get(member) or _("None of these"),
            summary=summary(scale.kind, scale, counts[member]),
            against_rest=against[member],
        )
        for member in sorted(counts, key=lambda each: (-sizes[each], str(each)))
        if member not in gone
    ]
    whole: dict[int, int] = {}
    for given in counts.values():
        for score, n in given.items():
            whole[score] = whole.get(score, 0) + n
    return Split(
        dimension=dimension,
        scale=scale,
        whole=summary(scale.kind, scale, whole),
        lines=lines,
        hidden_members=len(gone),
        hidden_n=sum(sizes[member] for member in gone),
    )


def compare_members(found: Split, first: str, second: str) -> Difference | None:
    """Return how two members that are shown differ, None when one is not."""
    one, two = found.line(first), found.line(second)
    if one is None or two is None or one is two:
        return None
    return compare(
        found.scale, dict(one.summary.distribution), dict(two.summary.distribution)
    )


def on_scale(rows: QuerySet[Answer], scale: Scale) -> QuerySet[Answer]:
    """Return the scores that were given on one scale."""
    return rows.filter(
        kind=scale.kind.value,
        low=scale.low,
        high=scale.high,
        question__top_from=scale.top_from,
        question__is_reversed=scale.reversed,
        value__isnull=False,
    )


def counts_by(rows: QuerySet[Answer], column: str) -> dict[Any, dict[int, int]]:
    """Return how often each score was given, by what a column holds. Queries: 1."""
    counts: dict[Any, dict[int, int]] = {}
    grouped: Any = rows.order_by().values_list(column, "value").annotate(n=Count("pk"))
    for member, value, n in grouped:
        counts.setdefault(member, {})[value] = n
    return counts
