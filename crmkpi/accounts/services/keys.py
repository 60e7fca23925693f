"""API keys: only their hashes are kept."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import ApiKey, Team, User
from crmkpi.accounts.services.errors import DaysOutOfOrder, NoScope

PREFIX_LENGTH = 12
TOUCH_EVERY = timedelta(minutes=1)


def hash_of(secret: str) -> str:
    """Return what is kept of a key or token.

    They carry 128 bits of chance and more, so a plain hash cannot be guessed back.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_api_key(
    *,
    name: str,
    scopes: Iterable[str],
    actor: User,
    now: datetime,
    teams: Iterable[Team] = (),
    whole_company: bool = False,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key and its plain text, which cannot be had again.

    Raises: NoScope without a scope, or without teams and not for the whole company;
    DaysOutOfOrder when it would have expired already.
    """
    scopes, teams = sorted(set(scopes)), list(teams)
    if not scopes or not set(scopes) <= set(ApiKey.Scope.values):
        raise NoScope(_("Choose what the key may do."))
    if not teams and not whole_company:
        raise NoScope(_("Choose the teams whose data the key may reach."))
    if expires_at is not None and expires_at <= now:
        raise DaysOutOfOrder(_("Choose a day in the future."))
    prefix = "ck" + secrets.token_hex((PREFIX_LENGTH - 2) // 2)
    plain = f"{prefix}.{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name.strip(),
        prefix=prefix,
        key_hash=hash_of(plain),
        scopes=scopes,
        whole_company=whole_company,
        created_by=actor,
        created_at=now,
        expires_at=expires_at,
    )
    key.teams.set([] if whole_company else teams)
    write_event(
        "key.created",
        subject=key,
        actor=actor,
        now=now,
        name=key.name,
        prefix=prefix,
        scopes=scopes,
        teams=[team.slug for team in key.teams.all()],
        whole_company=whole_company,
        expires_at=expires_at.isoformat() if expires_at else None,
    )
    return key, plain


@transaction.atomic
def revoke_api_key(*, key: ApiKey, actor: User | None, now: datetime) -> ApiKey:
    """End a key at once and for good; a revoked one stays as it is."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        write_event("key.revoked", subject=key, actor=actor, now=now, name=key.name)
    return key


def touch_api_key(*, key: ApiKey, now: datetime) -> None:
    """Note that a key was used, at most once a minute. Queries: 0 or 1."""
    if key.last_used_at is not None and now - key.last_used_at < TOUCH_EVERY:
        return
    unnoticed = Q(last_used_at=None) | Q(last_used_at__lte=now - TOUCH_EVERY)
    ApiKey.objects.filter(unnoticed, pk=key.pk).update(last_used_at=now)
