"""What rows call other records: found by id, then by name; some made when new."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts import services
from crmkpi.accounts.models import Team, User
from crmkpi.crm.forgotten import erased_names, new_ids
from crmkpi.crm.members import ensure_members, folded
from crmkpi.crm.models import (
    Campaign,
    Contact,
    Customer,
    Fact,
    Member,
    Opportunity,
    Product,
    Source,
    Stage,
    Ticket,
)
from crmkpi.lib.bulk import KeysIn

# Facts that rows may name, and the column that holds their name.
NAMED: dict[str, tuple[type[Fact], str]] = {
    "customer": (Customer, "name"),
    "contact": (Contact, "email"),
    "product": (Product, "name"),
    "campaign": (Campaign, "name"),
    "opportunity": (Opportunity, ""),
    "ticket": (Ticket, ""),
}
PEOPLE = frozenset({"customer", "contact"})  # who may have been erased
# How people say what they may write for one.
_NOUNS = {
    "customer": _("customer"),
    "contact": _("contact"),
    "product": _("product"),
    "campaign": _("campaign"),
    "opportunity": _("opportunity"),
    "ticket": _("ticket"),
}
# What is made on the way when nobody has met it yet.
MADE = frozenset({"agent", "team", "stage", *Member.Dimension.values})

OPEN_STAGE = "Open"  # of deals whose stages nobody told us
_AFTER_PROPOSAL = ("propos", "quot", "negotiat", "contract", "verbal", "commit")
# Usual stages and where they stand; others come after the ones known so far.
_POSITIONS = {
    "open": 0,
    "prospecting": 10,
    "qualification": 20,
    "qualified": 20,
    "engaging": 30,
    "needs analysis": 30,
    "proposal": 60,
    "negotiation": 70,
    "won": 900,
    "lost": 910,
}


@dataclass
class References:
    """Finds what rows name; keeps what it found for as long as an import runs."""

    source: Source
    now: datetime
    _found: dict[str, dict[str, int]] = field(default_factory=dict)
    _doubles: dict[str, set[str]] = field(default_factory=dict)

    def missing(self, to: str, texts: Iterable[str]) -> dict[str, str]:
        """Return why texts name nothing, by text; nothing is made.

        Empty: everything is known, or would be made when rows are written.
        """
        if to in MADE:
            return {}
        found = self._find(to, texts)
        return {text: self._reason(to, text) for text in texts if text not in found}

    def keys(self, to: str, texts: Iterable[str]) -> dict[str, int]:
        """Return the primary keys of what texts name; those MADE come into being."""
        if to not in MADE:
            return self._find(to, texts)
        found = self._found.setdefault(to, {})
        new = [text for text in texts if text not in found]
        if new:
            found.update(self._make(to, new))
        return found

    def _make(self, to: str, texts: list[str]) -> dict[str, int]:
        if to == "agent":
            return self._agents(texts)
        if to == "team":
            return self._teams(texts)
        if to == "stage":
            return self._stages(texts)
        members = ensure_members(to, texts)
        return {text: members[folded(text)] for text in texts}

    def _agents(self, texts: list[str]) -> dict[str, int]:
        """Find people by id, address or name; make those unknown, without address."""
        by_email = {
            text: text.strip().lower()
            for text in texts
            if "@" in text and " " not in text
        }
        known = dict(
            User.objects.filter(email__in=set(by_email.values()))
            .order_by()
            .values_list("email", "pk")
        )
        found = {
            text: known[email] for text, email in by_email.items() if email in known
        }
        people = [services.Met(text) for text in texts if text not in found]
        return found | services.agents_for(source=self.source.slug, people=people)

    def _teams(self, texts: list[str]) -> dict[str, int]:
        known: dict[str, int] = {}
        for pk, name, slug in Team.objects.order_by().values_list("pk", "name", "slug"):
            known.setdefault(slug, pk)
            known[folded(name)] = pk
        for text in texts:
            if folded(text) not in known:
                team = services.add_team(
                    name=" ".join(text.split()), actor=None, now=self.now
                )
                known[folded(text)] = team.pk
        return {text: known[folded(text)] for text in texts}

    def _stages(self, texts: list[str]) -> dict[str, int]:
        stages = Stage.objects.order_by().values_list("name", "pk")
        known = {folded(name): pk for name, pk in stages}
        for text in texts:
            if folded(text) not in known:
                stage, _new = Stage.objects.get_or_create(
                    name=" ".join(text.split()), defaults=stage_defaults(text)
                )
                known[folded(text)] = stage.pk
        return {text: known[folded(text)] for text in texts}

    def _find(self, to: str, texts: Iterable[str]) -> dict[str, int]:
        found = self._found.setdefault(to, {})
        new = sorted(set(texts) - found.keys())
        if not new:
            return found
        model, name = NAMED[to]
        own = model._base_manager.filter(source=self.source)
        found.update(_by_text(own, "external_id", new))
        steps = [(own, name), (model._base_manager.all(), name)] if name else []
        steps.append((model._base_manager.all(), "external_id"))
        doubles = self._doubles.setdefault(to, set())
        for rows, column in steps:
            new = [text for text in new if text not in found and text not in doubles]
            if not new:
                break
            unique, double = _by_name(rows, column, new)
            found.update(unique)
            doubles |= double
        new = [text for text in new if text not in found and text not in doubles]
        found.update(self._nameless(own, to, new))
        return found

    def _nameless(
        self, own: models.QuerySet[Any], to: str, texts: list[str]
    ) -> dict[str, int]:
        """Return the rows that these texts named once: of people, or by their ids."""
        if not texts:
            return {}
        named = erased_names(to, texts) if to in PEOPLE else {}
        ids = new_ids(to, texts, source_id=self.source.pk)
        keys = _by_text(own, "external_id", list(ids.values())) if ids else {}
        return named | {told: keys[now] for told, now in ids.items() if now in keys}

    def _reason(self, to: str, text: str) -> str:
        words = {"record": _NOUNS[to]}
        if text in self._doubles.get(to, ()):
            return str(
                _("Several are called so: name the %(record)s by its id.") % words
            )
        return str(_("There is no %(record)s with this id or name.") % words)


def stage_defaults(name: str) -> dict[str, Any]:
    """Return what a stage of this name is like, going by the name.

    Example: "Closed Won" is won, "Proposal sent" comes after the proposal and
    "Prospecting" before it.
    """
    word = re.sub(r"[\W_]", "", folded(name)).removeprefix("closed")
    state = {"won": 1, "lost": 2}.get(word, 0)
    late = bool(state) or any(part in folded(name) for part in _AFTER_PROPOSAL)
    position = _POSITIONS.get(folded(name))
    if position is None:
        position = {1: 900, 2: 910}.get(state, 60 if late else 40)
    return {"state": state, "before_proposal": not late, "position": position}


def _by_text(
    rows: models.QuerySet[Any], column: str, texts: list[str]
) -> dict[str, int]:
    keys = KeysIn([F(column)], [(text,) for text in texts])
    return dict(rows.filter(keys).values_list(column, "pk"))


def _by_name(
    rows: models.QuerySet[Any], column: str, texts: list[str]
) -> tuple[dict[str, int], set[str]]:
    """Return the texts that one record is called, and those that several are.

    Names are compared with their case folded, which databases do in ways of their own:
    so exact names are looked up first, and all names are read only for the rest.
    """
    keys = KeysIn([F(column)], [(text,) for text in texts])
    exact = rows.filter(keys).values_list(column, "pk")
    found, doubles = _unique(exact, {text: [text] for text in texts})
    if column == "external_id":
        return found, doubles
    rest: dict[str, list[str]] = {}
    for text in texts:
        if text not in found and text not in doubles:
            rest.setdefault(folded(text), []).append(text)
    if rest:
        every = ((folded(name), pk) for name, pk in rows.values_list(column, "pk"))
        more, double = _unique((one for one in every if one[0] in rest), rest)
        found |= more
        doubles |= double
    return found, doubles


def _unique(
    pairs: Iterable[tuple[str, int]], texts: dict[str, list[str]]
) -> tuple[dict[str, int], set[str]]:
    """Sort texts, by the name they stand for, into those of one record and of more."""
    keys: dict[str, set[int]] = {}
    for name, pk in pairs:
        keys.setdefault(name, set()).add(pk)
    found: dict[str, int] = {}
    doubles: set[str] = set()
    for name, pks in keys.items():
        if len(pks) == 1:
            found.update(dict.fromkeys(texts[name], min(pks)))
        else:
            doubles.update(texts[name])
    return found, doubles
