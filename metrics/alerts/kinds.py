"""What can be watched: each kind of rule has a source that judges and words it.

Metrics brings a source for figures; what stands above registers its own, so that
every kind shares state, delivery, quiet hours and lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q

from crmkpi.accounts.access import Access

if TYPE_CHECKING:
    from metrics.alerts.models import AlertRule


@dataclass(frozen=True)
class News:
    """What a change of state says, in the active language."""

    title: str  # "CSAT, Support Berlin: below 80 %"
    text: str  # "Week 7 2026: 71.2 %, 412 answers."
    link: str  # path within the installation


@dataclass(frozen=True)
class Verdict:
    """Whether what a rule looks for holds, and what that rests on."""

    state: str  # of AlertRule.State
    why: str = ""  # code of the reason when nobody can say
    seen: int = 0  # the version of the scope that was read
    found: Any = None  # what the source needs to word it


class Source(Protocol):
    """One kind of thing that rules watch."""

    def due(self, *, now: datetime) -> "list[AlertRule]":
        """Return the active rules whose state may have changed."""

    def judge(
        self, rules: "Sequence[AlertRule]", *, now: datetime
    ) -> dict[int, Verdict]:
        """Return the verdict on each rule by primary key."""

    def may_see(self, rule: "AlertRule", access: Access) -> bool:
        """Whether a reader may see what the rule is on."""

    def concerns(self, rule: "AlertRule", access: Access) -> bool:
        """Whether a rule for everybody tells a reader of it."""

    def name(self, rule: "AlertRule") -> str:
        """Return what the rule is on: "CSAT, Support Berlin"."""

    def condition(self, rule: "AlertRule") -> str:
        """Return what the rule looks for: "below 80 %, each week"."""

    def news(self, rule: "AlertRule", verdict: Verdict) -> News:
        """Return what to say of a change to this verdict."""

    def page(self, rule: "AlertRule") -> str:
        """Return the path of what the rule is on; nothing where it is gone."""

    def edit_page(self, rule: "AlertRule") -> str:
        """Return the path of the form that changes the rule."""

    def subject(self, rule: "AlertRule") -> int:
        """Return what a notice is about beside its scope, 0 for nothing."""

    def visible(self, access: Access) -> Q:
        """Return the filter for notices of this kind that a reader may still see."""


SOURCES: dict[str, Source] = {}  # by kind


def register(kinds: Sequence[str], source: Source) -> None:
    SOURCES.update(dict.fromkeys(kinds, source))


def source_of(rule: "AlertRule") -> Source:
    return SOURCES[rule.kind]


def distinct_sources() -> dict[int, tuple[Source, list[str]]]:
    """Return each source once, with the kinds it judges."""
    found: dict[int, tuple[Source, list[str]]] = {}
    for kind, source in SOURCES.items():
        found.setdefault(id(source), (source, []))[1].append(kind)
    return found


def visible_notices(access: Access) -> Q:
    """Return the filter for notices of any kind that a reader may still see."""
    found = Q(pk__in=[])
    for source, kinds in distinct_sources().values():
        found |= Q(kind__in=kinds) & source.visible(access)
    return found
