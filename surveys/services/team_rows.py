"""Which sent answers are about the work of some teams: all that their key may send."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import User
from crmkpi.accounts.queries import get_organisation
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.crm.ingest.references import References
from crmkpi.crm.ingest.registry import RowError
from crmkpi.crm.models import Contact, Customer, Source
from crmkpi.lib.bulk import KeysIn
from crmkpi.lib.periods import FIRST_DAY, LAST_DAY, local_day, to_day
from crmkpi.lib.values import ValueFault, parse_text
from surveys.models import Response, Survey

Row = Mapping[str, Any]
LONGEST = 200  # of anything that is called by a text
PEOPLE: Mapping[str, type[Model]] = {"customer": Customer, "contact": Contact}


def foreign_rows(
    rows: Sequence[Row], *, source: Source, access: Access, now: datetime
) -> list[RowError]:
    """Return the rows that are not about the reader's teams, and why, from 0.

    An answer counts for the team of its agent on its day, so that every row must name
    one, by the address with which the agent signs in: nobody new is made. What other
    checks refuse anyway is left to them.

    Queries: 11 at most
    """
    checks = _Checks.load(rows, source=source, access=access, now=now)
    found = ((number, row, checks.fault(row)) for number, row in enumerate(rows))
    return [
        RowError(number, fault[0], str(row.get(fault[0], ""))[:200], fault[1])
        for number, row, fault in found
        if fault is not None
    ]


@dataclass(frozen=True)
class _Checks:
    """What is known of everything that rows name, and what the reader may see of it."""

    access: Access
    zone: str
    teams: TeamDirectory
    agents: Mapping[str, int]  # by address
    seen: Mapping[str, set[str]]  # texts that name somebody the reader may see
    closed: set[str]  # names and slugs of surveys that other teams ask themselves
    taken: set[str]  # ids of answers about others

    @classmethod
    def load(
        cls, rows: Sequence[Row], *, source: Source, access: Access, now: datetime
    ) -> "_Checks":
        emails = {each.lower() for each in _texts(rows, "agent")}
        known = User.objects.filter(email__in=emails).order_by()
        references = References(source, now)
        return cls(
            access=access,
            zone=get_organisation().zone,
            teams=TeamDirectory.load(),
            agents=dict(known.values_list("email", "pk")),
            seen={
                name: _visible(
                    references.keys(name, sorted(_texts(rows, name))),
                    model.objects.visible_to(access),  # type: ignore[attr-defined]
                )
                for name, model in PEOPLE.items()
            },
            closed=_closed(access),
            taken=_taken(_texts(rows, "external_id"), source=source, access=access),
        )

    def fault(self, row: Row) -> tuple[str, str] | None:
        """Return the field to blame and the reason, None for a row of these teams."""
        key = self.agents.get(_text(row.get("agent")).lower())
        if not row.get("agent"):
            return "agent", _("Say whose work it is about: the key is for teams only.")
        if key is None:
            return "agent", _("Name the agent by the address used to sign in.")
        day = _day(row.get("answered"), self.zone)
        if day is None:
            return None
        if self.teams.team_of(key, day) not in self.access.team_ids:
            reason = _("This agent was in no team of the key on that day.")
            return "agent", reason
        for name, seen in self.seen.items():
            if row.get(name) and _text(row[name]) not in seen:
                return name, _("The teams of the key know nobody called so.")
        if _text(row.get("survey")).lower() in self.closed:
            return "survey", _("This survey is asked by a team that is not the key's.")
        if _text(row.get("external_id")) in self.taken:
            return "external_id", _("This id is that of an answer about another team.")
        return None


def _texts(rows: Iterable[Row], name: str) -> set[str]:
    """Return what rows have in a field that names something, as imports read it."""
    return {text for row in rows if (text := _text(row.get(name)))}


def _text(value: object) -> str:
    """Return a text or number as imports read it, "" for what they refuse."""
    if not isinstance(value, str | int):
        return ""
    try:
        return parse_text(str(value), LONGEST)
    except ValueFault:
        return ""


def _visible(keys: Mapping[str, int], rows: QuerySet[Any]) -> set[str]:
    wanted = KeysIn([F("pk")], [(key,) for key in set(keys.values())])
    seen = set(rows.filter(wanted).values_list("pk", flat=True))
    return {text for text, key in keys.items() if key in seen}


def _closed(access: Access) -> set[str]:
    """Return by what surveys go that other teams ask themselves. Queries: 1."""
    others = Survey.objects.filter(is_imported=False).exclude(
        team_id__in=access.team_ids
    )
    return {
        text.lower() for pair in others.values_list("name", "slug") for text in pair
    }


def _taken(ids: set[str], *, source: Source, access: Access) -> set[str]:
    keys = KeysIn([F("external_id")], [(each,) for each in ids])
    others = Response.objects.filter(keys, source=source).exclude(
        answered_team_id__in=access.team_ids
    )
    return set(others.values_list("external_id", flat=True))


def _day(answered: object, zone: str) -> int | None:
    """Return the local day of an answer; None for what is refused anyway."""
    if not isinstance(answered, date):
        return None
    if not isinstance(answered, datetime):
        return to_day(answered)
    if answered.tzinfo is None or not FIRST_DAY < to_day(answered.date()) < LAST_DAY:
        return None
    return local_day(answered, zone)
