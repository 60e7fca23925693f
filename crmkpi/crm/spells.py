"""Stored spells: timelines of open records, cut wherever the owner changes team."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models

from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm import changes, derived
from crmkpi.crm.models import (
    Lead,
    LeadSpell,
    Opportunity,
    Spell,
    Stage,
    StageSpell,
    Ticket,
    TicketSpell,
)
from crmkpi.crm.timelines import Point, Stretch, Told, merge, split, timeline
from crmkpi.lib.periods import UNDATED, day_start

Values = Mapping[str, Any]  # columns of a record by name


@dataclass(frozen=True)
class SpellKind:
    """How the spells of one fact are kept: its columns and what they copy."""

    fact: type[models.Model]
    model: type[Spell]
    parent: str  # column that points to the fact
    state: str  # column of the state, "" where there is but one
    copied: tuple[str, ...]  # columns that a spell takes from its record


TICKETS = SpellKind(
    Ticket,
    TicketSpell,
    "ticket_id",
    "status",
    ("channel", "type_id", "segment_id", "client_id", "exclusion"),
)
STAGES = SpellKind(
    Opportunity,
    StageSpell,
    "opportunity_id",
    "stage_id",
    ("exclusion", "region_id", "industry_id", "product_id", "segment_id"),
)
LEADS = SpellKind(
    Lead, LeadSpell, "lead_id", "", ("channel", "segment_id", "exclusion")
)
KINDS: dict[type[models.Model], SpellKind] = {
    kind.fact: kind for kind in (TICKETS, STAGES, LEADS)
}


@dataclass(frozen=True)
class Cutter:
    """Turns stretches into rows of one kind of spell."""

    kind: SpellKind
    directory: TeamDirectory
    zone: str
    early_stages: frozenset[int] = frozenset()  # those before the proposal

    @classmethod
    def load(cls, kind: SpellKind, directory: TeamDirectory, zone: str) -> "Cutter":
        """Return a cutter. Queries: 1 for stages, else 0."""
        if kind is not STAGES:
            return cls(kind, directory, zone)
        early = Stage.objects.filter(before_proposal=True).values_list("pk", flat=True)
        return cls(kind, directory, zone, frozenset(early))

    def rows(
        self, parent: int, record: Values, stretches: Sequence[Stretch]
    ) -> list[changes.Row]:
        """Return the rows of a record's spells."""
        proposed = _point(record, "proposed") if self.kind is STAGES else None
        names = changes.columns(self.kind.model)
        found = []
        for stretch, stay in stays(split(stretches, proposed)):
            traits = {name: record[name] for name in self.kind.copied}
            traits[self.kind.parent] = parent
            traits["agent_id"] = stretch.agent
            if self.kind.state:
                traits[self.kind.state] = stretch.state
            traits |= self._is_open(stretch, proposed)
            traits["entered_day"] = stay.entered_day
            for piece in self._pieces(stretch, stay):
                values = traits | piece
                found.append(tuple(values.get(name) for name in names))
        return found

    def _is_open(self, stretch: Stretch, proposed: Point | None) -> dict[str, Any]:
        if self.kind is LEADS:
            return {}
        if self.kind is TICKETS:
            return {"is_open": True}
        early = stretch.state in self.early_stages and (
            proposed is None or stretch.start.order < proposed.order
        )
        return {"is_open": True, "before_proposal": early}

    def _pieces(self, stretch: Stretch, stay: "Stay") -> Iterable[dict[str, Any]]:
        """Give the parts of a stretch that lie in one team each."""
        start, end = stretch.start, stretch.end
        spans = self.directory.spans(
            stretch.agent, start.day, end.day if end is not None else None
        )
        last = len(spans) - 1
        for index, (first_day, end_day, team_id) in enumerate(spans):
            piece: dict[str, Any] = {
                "team_id": team_id,
                "started_day": first_day,
                "ended_day": end_day,
            }
            piece["started_at"] = start.at if index == 0 else self._midnight(first_day)
            piece["ended_at"] = None
            if index < last:
                piece["ended_at"] = self._midnight(end_day or 0)
            elif end is not None:
                piece["ended_at"] = end.at
                piece["days"] = stay.days
            yield piece

    def _midnight(self, day: int) -> datetime:
        return day_start(day, self.zone)


class Stay(NamedTuple):
    """The time in one state, whoever owned the record, as far as one stretch tells."""

    entered_day: int
    days: int | None  # with its last stretch, once that has ended


def stays(stretches: Sequence[Stretch]) -> list[tuple[Stretch, Stay]]:
    """Return stretches in their order, each with the stay in its state.

    A stay counts once, however many owners it had: with its last stretch.

    Example: one state from day 3 to 5 under one owner and to 9 under the next gives
    Stay(3, None) and Stay(3, 6).
    """
    found: list[tuple[Stretch, Stay]] = []
    entered = UNDATED
    for index, stretch in enumerate(stretches):
        before = stretches[index - 1] if index else None
        after = stretches[index + 1] if index + 1 < len(stretches) else None
        if before is None or not _goes_on(before, stretch):
            entered = stretch.start.day
        days = None
        if stretch.end is not None and not (after and _goes_on(stretch, after)):
            days = _days(entered, stretch.end.day)
        found.append((stretch, Stay(entered, days)))
    return found


def _goes_on(one: Stretch, other: Stretch) -> bool:
    return one.end == other.start and one.state == other.state


def _days(start: int, end: int) -> int | None:
    return None if UNDATED in (start, end) else max(0, end - start)


def update(
    cutter: Cutter,
    told: Mapping[int, tuple[Values, Told]],
    *,
    new: Collection[int],
    now: datetime,
    today: int,
    cause: str,
) -> None:
    """Bring the spells of records up to what was told of them.

    `told` holds the record's columns and what an import says, by primary key; those
    in `new` have no spells yet. Queries: 1 read, 1 delete, 1 insert.
    """
    old = derived.stored(
        cutter.kind.model, cutter.kind.parent, [key for key in told if key not in new]
    )
    here = Point(today, now)
    wanted = {
        key: cutter.rows(
            key,
            record,
            timeline(stretches_of(cutter.kind, old.get(key)), said, now=here),
        )
        for key, (record, said) in told.items()
    }
    derived.replace(cutter.kind.model, old, wanted, now=now, cause=cause)


def cut_again(
    cutter: Cutter, records: Mapping[int, Values], *, now: datetime, cause: str
) -> None:
    """Cut the spells of records anew after teams moved; their stretches stay."""
    old = derived.stored(cutter.kind.model, cutter.kind.parent, records)
    wanted = {
        key: cutter.rows(key, record, stretches_of(cutter.kind, old.get(key)))
        for key, record in records.items()
    }
    derived.replace(cutter.kind.model, old, wanted, now=now, cause=cause)


def stretches_of(
    kind: SpellKind, rows: Mapping[int, changes.Row] | None
) -> list[Stretch]:
    """Return the stretches that stored spells of one record were cut from."""
    if not rows:
        return []
    names = changes.columns(kind.model)
    found = []
    for row in rows.values():
        values = dict(zip(names, row, strict=True))
        end = values["ended_day"]
        found.append(
            Stretch(
                Point(values["started_day"], values["started_at"]),
                None if end is None else Point(end, values["ended_at"]),
                values[kind.state] if kind.state else None,
                values["agent_id"],
            )
        )
    found.sort(key=lambda one: (one.start.order, one.end is None))
    return merge(found)


def _point(record: Values, name: str) -> Point | None:
    day = record[f"{name}_day"]
    return None if day is None else Point(day, record[f"{name}_at"])
