"""Whose number: the company, a team, an agent, or one member of a dimension."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import AgentIdentity, Organisation, Team, User
from metrics.dimensions import BY_KEY, DIMENSIONS, NOBODY, Cut


class ScopeError(ValueError):
    """A text that names no scope, in words for the user."""


class NotVisible(LookupError):
    """A scope that the reader may not see; answered like one that does not exist."""


class ScopeKey(NamedTuple):
    """A scope as cells know it."""

    cut: int
    member: int
    other: int = 0


@dataclass(frozen=True)
class Scope:
    """A scope with its name and its text in URLs and commands."""

    key: ScopeKey
    text: str  # company, team:support-emea, agent:~12, channel:phone@team:…
    label: str

    @property
    def cut(self) -> Cut:
        return Cut(self.key.cut)


COMPANY_KEY = ScopeKey(int(Cut.COMPANY), 0)


def company(name: str = "") -> Scope:
    """Return the scope of the whole organisation. Queries: 1, none for a known name."""
    name = name or Organisation.objects.values_list("name", flat=True).first() or ""
    return Scope(COMPANY_KEY, "company", name or _("Company"))


def team_scope(team: Team) -> Scope:
    return Scope(ScopeKey(int(Cut.TEAM), team.pk), f"team:{team.slug}", team.name)


def agent_scope(user: User) -> Scope:
    return Scope(ScopeKey(int(Cut.AGENT), user.pk), f"agent:~{user.pk}", user.name)


def parse_scope(text: str) -> Scope:
    """Return the scope that a text names.

    Shape: `company`, `team:SLUG`, `agent:EXTERNAL-ID-OR-EMAIL`, `DIMENSION:MEMBER`, the
    last one also within a team: `DIMENSION:MEMBER@team:SLUG`.

    Queries: 1 to 3.

    Raises: ScopeError naming what was not found and what would be.
    """
    if not is_plain(text):
        raise ScopeError(_("A scope has no NUL and no broken characters."))
    text = text.strip()
    if text in ("", "company"):
        return company()
    kind, colon, rest = text.partition(":")
    if not colon or not rest.strip():
        raise ScopeError(
            _("“%(text)s” is no scope: write company, team:…, agent:… or DIMENSION:…")
            % {"text": text}
        )
    if kind == "team":
        return team_scope(_team(rest))
    if kind == "agent":
        return agent_scope(_agent(rest.strip()))
    if kind not in BY_KEY:
        raise ScopeError(
            _("There is no dimension “%(kind)s”; there are: %(known)s")
            % {"kind": kind, "known": ", ".join(sorted(BY_KEY))}
        )
    return _member(kind, rest)


def is_plain(text: str) -> bool:
    """Whether a text has nothing that no database takes: NUL, half a character."""
    return "\x00" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def visible_scope(text: str, access: Access) -> Scope:
    """Return the scope that a text names, if the reader may see its figures.

    Raises: ScopeError for a text that names nothing, NotVisible for a foreign scope.
    """
    scope = parse_scope(text)
    if not may_see(scope.key, access):
        raise NotVisible(scope.text)
    return scope


def may_see(key: ScopeKey, access: Access) -> bool:
    """Whether a reader may see the figures of a scope."""
    if access.sees_company:
        return True
    if key.cut == Cut.TEAM:
        return access.may_read_team(key.member)
    if key.cut == Cut.AGENT:
        return access.may_read_agent(key.member)
    if key.cut == Cut.COMPANY:
        return False
    return bool(key.other) and access.may_read_team(key.other)


def labels(keys: list[ScopeKey]) -> dict[ScopeKey, str]:
    """Return the names of scopes. Queries: 1 for each kind of scope."""
    found: dict[ScopeKey, str] = {}
    for cut in {key.cut for key in keys}:
        some = [key for key in keys if key.cut == cut]
        ids = {key.member for key in some}
        if cut == Cut.COMPANY:
            names = {0: company().label}
        elif cut == Cut.TEAM:
            names = dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))
        elif cut == Cut.AGENT:
            names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
        else:
            names = DIMENSIONS[Cut(cut)].labels(ids)
        found |= {key: names.get(key.member, str(_("Unassigned"))) for key in some}
    return found


def _team(text: str) -> Team:
    wanted = text.strip()
    team = Team.objects.filter(Q(slug=wanted) | Q(name__iexact=wanted)).first()
    if team is None:
        raise ScopeError(_("There is no team “%(name)s”.") % {"name": wanted})
    return team


def _agent(wanted: str) -> User:
    """Return a person by ~id (as URLs write it), external id, e-mail or name."""
    if wanted.startswith("~") and wanted[1:].isdecimal() and wanted.isascii():
        by_id: User | None = User.objects.filter(pk=int(wanted[1:18])).first()
        if by_id is not None:
            return by_id
    identity = AgentIdentity.objects.filter(external_id=wanted).select_related("user")
    if (known := identity.order_by("pk").first()) is not None:
        return known.user
    people = User.objects.filter(Q(email__iexact=wanted) | Q(name__iexact=wanted))
    found: list[User] = list(people.order_by("pk")[:2])
    if not found:
        raise ScopeError(_("There is no agent “%(name)s”.") % {"name": wanted})
    if len(found) > 1:
        raise ScopeError(
            _("Several people are called “%(name)s”: use the e-mail or external id.")
            % {"name": wanted}
        )
    return found[0]


def _member(kind: str, rest: str) -> Scope:
    name, _at, within = rest.partition("@team:")
    dimension = BY_KEY[kind]
    member = 0 if name.strip().lower() == NOBODY else dimension.member_id(name)
    if member is None:
        raise ScopeError(
            _("There is no %(kind)s “%(name)s”.") % {"kind": kind, "name": name.strip()}
        )
    label = dimension.labels([member]).get(member, name.strip())
    text = label
    if member == 0 or dimension.choices is not None:
        text = dimension.texts([]).get(member, NOBODY)
    if not within:
        key = ScopeKey(int(dimension.cut), member)
        return Scope(key, f"{kind}:{text}", label)
    team = _team(within)
    key = ScopeKey(int(dimension.cut), member, team.pk)
    return Scope(key, f"{kind}:{text}@team:{team.slug}", f"{label}, {team.name}")
