"""People: met in imports, invited, active, deactivated."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import (
    AgentIdentity,
    ApiKey,
    Organisation,
    User,
    UserInvitation,
)
from crmkpi.accounts.services.errors import (
    EmailTaken,
    InvitationSpent,
    LastAdministrator,
    NotAllowed,
    Refused,
)
from crmkpi.accounts.services.keys import hash_of, revoke_api_key

INVITATION_LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Met:
    """A person as a source of data names them."""

    external_id: str
    name: str = ""  # the id when the source gives no name
    email: str = ""


def agent_for(
    *, source: str, external_id: str, name: str = "", email: str = ""
) -> User:
    """Return the person whom a source calls so, met for the first time or known."""
    met = Met(external_id, name, email)
    user_id = agents_for(source=source, people=[met])[external_id]
    user: User = User.objects.get(pk=user_id)
    return user


@transaction.atomic
def agents_for(*, source: str, people: Iterable[Met]) -> dict[str, int]:
    """Return the user ids of people whom a source names, by external id.

    Who is known: by the id in this source, else by address, else by a name that only
    one person has and whom the source does not already know under an id of its own.
    The others become users who cannot sign in until they are invited. A missing name
    or address is filled in, none is overwritten.

    Shape: `{external_id: user id}` for every external id asked for
    Queries: 6 reads at most (each in parts of 500) and, for those met for the first
    time, one insert each and one for all
    Example: `agents_for(source="crm", people=[Met("7", "Ana Duarte")]) == {"7": 12}`
    """
    wanted = {met.external_id: met for met in people}
    found = dict(_known_by_id(source, wanted))
    identities: list[AgentIdentity] = []
    if len(found) < len(wanted):
        # Two imports that meet the same person must not make two of them.
        Organisation.objects.select_for_update().get(pk=1)
        found |= _known_by_id(source, wanted.keys() - found.keys())
    missing = [met for key, met in wanted.items() if key not in found]
    if missing:
        known = _Known.load(source, missing)
        for met in missing:
            user_id = known.user_of(met) or known.add(met)
            found[met.external_id] = user_id
            identities.append(
                AgentIdentity(
                    user_id=user_id, source=source, external_id=met.external_id
                )
            )
        AgentIdentity.objects.bulk_create(identities)
    _fill_in(wanted, found)
    return found


def _known_by_id(source: str, wanted: Iterable[str]) -> Iterable[tuple[str, int]]:
    for part in _parts(wanted):
        yield from AgentIdentity.objects.filter(
            source=source, external_id__in=part
        ).values_list("external_id", "user_id")


@dataclass
class _Known:
    """The people whom those still missing might be."""

    by_email: dict[str, int]
    by_name: dict[str, set[int]]
    own_ids: dict[int, list[str]]  # ids by which this source calls them

    @classmethod
    def load(cls, source: str, missing: list[Met]) -> "_Known":
        by_email: dict[str, int] = {}
        for part in _parts({_email(met) for met in missing} - {""}):
            users = User.objects.filter(email__in=part).order_by()
            by_email.update(users.values_list("email", "pk"))
        # Folding case is not portable in SQL, and people are few.
        by_name: dict[str, set[int]] = {}
        for pk, name in User.objects.order_by().values_list("pk", "name"):
            by_name.setdefault(_folded(name), set()).add(pk)
        own_ids: dict[int, list[str]] = {}
        identities = AgentIdentity.objects.filter(source=source)
        for user_id, external_id in identities.values_list("user_id", "external_id"):
            own_ids.setdefault(user_id, []).append(external_id)
        return cls(by_email, by_name, own_ids)

    def user_of(self, met: Met) -> int | None:
        if (email := _email(met)) in self.by_email:
            return self.by_email[email]
        name = _folded(_name(met))
        namesakes = self.by_name.get(name, set())
        if len(namesakes) != 1:
            return None
        (user_id,) = namesakes
        is_reference = _folded(met.external_id) == name
        own = [key for key in self.own_ids.get(user_id, ()) if _folded(key) != name]
        return user_id if is_reference or not own else None

    def add(self, met: Met) -> int:
        user = User(name=_name(met), email=_email(met) or None)
        user.set_unusable_password()
        user.save()
        if user.email:
            self.by_email[user.email] = user.pk
        self.by_name.setdefault(_folded(user.name), set()).add(user.pk)
        self.own_ids.setdefault(user.pk, []).append(met.external_id)
        return user.pk


def _fill_in(wanted: Mapping[str, Met], found: Mapping[str, int]) -> None:
    told = {found[key]: met for key, met in wanted.items() if met.email or met.name}
    changed = []
    for part in _parts(told):
        for user in User.objects.filter(pk__in=part):
            before = (user.name, user.email)
            met = told[user.pk]
            email = _email(met)
            if not user.email and email and not _taken(email, but=user):
                user.email = email
            if user.name == met.external_id:  # all that was known until now
                user.name = _name(met)
            if (user.name, user.email) != before:
                changed.append(user)
    User.objects.bulk_update(changed, ["name", "email"])


def _parts(values: Iterable[object], size: int = 500) -> Iterable[list[object]]:
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def _email(met: Met) -> str:
    return User.objects.normalize_email(met.email)


def _name(met: Met) -> str:
    return " ".join((met.name or met.external_id).split())[:200]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


@transaction.atomic
def invite_user(
    *,
    email: str,
    actor: User | None,
    now: datetime,
    name: str = "",
    user: User | None = None,
    is_administrator: bool = False,
) -> tuple[UserInvitation, str]:
    """Return an invitation to sign in and its token, which cannot be had again.

    `user` is a person already known, from an import or an earlier invitation; earlier
    invitations of the same person end. The caller sends the token by mail.
    Raises: EmailTaken; Refused for an address that is none.
    """
    email = User.objects.normalize_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(_("This is not an e-mail address.")) from error
    if _taken(email, but=user):
        raise EmailTaken(_("Somebody else already has this address."))
    if user is None:
        user = User.objects.create_user(
            email, name=name.strip() or email, is_administrator=is_administrator
        )
    else:
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.has_usable_password() and user.is_active:
            raise Refused(_("This person already signs in."))
        user.email = email
        user.is_active = True
        user.save(update_fields=["email", "is_active"])
    user.invitations.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(24)
    invitation = UserInvitation.objects.create(
        user=user,
        token_hash=hash_of(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    write_event("user.invited", subject=user, actor=actor, now=now, email=email)
    return invitation, token


def open_invitation(*, token: str, now: datetime) -> UserInvitation:
    """Return the invitation that a token opens, not yet accepted.

    Raises: InvitationSpent for one that is unknown, used, too old or withdrawn.
    """
    invitation = (
        UserInvitation.objects.select_related("user", "invited_by")
        .filter(
            token_hash=hash_of(token),
            accepted_at=None,
            expires_at__gt=now,
            user__is_active=True,
        )
        .first()
    )
    if invitation is None:
        raise InvitationSpent(
            _("This invitation has been used or is too old. Ask for a new one.")
        )
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, now: datetime) -> User:
    """Let an invited person sign in by name and password; works once.

    The caller has checked the password against the rules for passwords.
    Raises: InvitationSpent.
    """
    invitation = open_invitation(token=token, now=now)
    # Of two that arrive together one wins: the condition is looked at by the database.
    taken = UserInvitation.objects.filter(pk=invitation.pk, accepted_at=None)
    if not taken.update(accepted_at=now):
        raise InvitationSpent(_("This invitation has just been used."))
    user = invitation.user
    user.name = name.strip() or user.name
    user.joined_at = now
    user.set_password(password)
    user.save(update_fields=["name", "joined_at", "password"])
    # The link came by mail, so the address is proved.
    EmailAddress.objects.update_or_create(
        user=user,
        email=user.email,
        defaults={"verified": True, "primary": True},
    )
    write_event("user.joined", subject=user, actor=user, now=now)
    return user


@transaction.atomic
def update_user(
    *,
    user: User,
    actor: User,
    now: datetime,
    name: str | None = None,
    is_administrator: bool | None = None,
) -> User:
    """Rename a person, or give or take the rights of an administrator.

    A change of rights ends the person's sessions.
    Raises: LastAdministrator; NotAllowed for the own rights.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"name": user.name, "is_administrator": user.is_administrator}
    if is_administrator is not None and is_administrator != user.is_administrator:
        if user.pk == actor.pk:
            raise NotAllowed(_("Another administrator must change your own rights."))
        if not is_administrator:
            _check_administrators(but=user)
        user.is_administrator = is_administrator
        user.access_version += 1
    if name is not None and name.strip():
        user.name = name.strip()
    after = {"name": user.name, "is_administrator": user.is_administrator}
    if after != before:
        user.save()
        write_event(
            "user.updated",
            subject=user,
            actor=actor,
            now=now,
            before=before,
            after=after,
        )
    return user


@transaction.atomic
def deactivate_user(*, user: User, actor: User | None, now: datetime) -> User:
    """Let a person sign in no more: ends sessions, invitations and keys made by them.

    Figures and memberships stay. Only a new invitation opens the door again.
    Raises: LastAdministrator; NotAllowed for oneself.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor is not None and user.pk == actor.pk:
        raise NotAllowed(_("You cannot deactivate yourself."))
    if not user.is_active:
        return user
    if user.is_administrator:
        _check_administrators(but=user)
    user.is_active = False
    user.is_administrator = False
    user.joined_at = None
    user.access_version += 1
    user.set_unusable_password()  # old sessions rest on the password, so they end too
    user.save()
    user.invitations.filter(accepted_at=None, expires_at__gt=now).update(expires_at=now)
    for key in ApiKey.objects.filter(created_by=user, revoked_at=None):
        revoke_api_key(key=key, actor=actor, now=now)
    write_event("user.deactivated", subject=user, actor=actor, now=now)
    return user


def _check_administrators(*, but: User) -> None:
    others = User.objects.filter(is_administrator=True, is_active=True)
    others = others.exclude(pk=but.pk).exclude(
        password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    if not others.exists():
        raise LastAdministrator(
            _("Make somebody else an administrator first: one must remain.")
        )


def _taken(email: str, *, but: User | None) -> bool:
    others = User.objects.filter(email=email)
    return bool((others.exclude(pk=but.pk) if but else others).exists())
