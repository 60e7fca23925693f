"""API keys of other systems: `Authorization: Bearer KEY`."""

from hmac import compare_digest
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crmkpi.accounts.middleware import set_reader
from crmkpi.accounts.models import ApiKey
from crmkpi.accounts.services import touch_api_key
from crmkpi.accounts.services.keys import hash_of

SCHEME = "Bearer"


class KeyPrincipal:
    """Stands for the system that holds a key, where a user is expected."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_administrator = False

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.pk = f"key-{key.pk}"  # what request limits count by

    def __str__(self) -> str:
        return self.key.name


class ApiKeyAuthentication(BaseAuthentication):
    """Let a request read as its key may; `request.access` then holds the key's rights.

    Unknown, revoked and expired keys get one and the same answer, 401.
    """

    def authenticate(self, request: Request) -> tuple[KeyPrincipal, ApiKey] | None:
        scheme, _space, given = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        now = timezone.now()
        key = self._key(given.strip().decode("latin-1"))
        if key is None or not key.is_usable(now=now):
            raise AuthenticationFailed(_("This key is not known or no longer valid."))
        touch_api_key(key=key, now=now)
        set_reader(request._request, key=key)
        return KeyPrincipal(key), key

    def authenticate_header(self, request: Request) -> str:
        return SCHEME

    def _key(self, plain: str) -> ApiKey | None:
        prefix = plain.partition(".")[0]
        if "\x00" in plain:
            return None
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None or not compare_digest(key.key_hash, hash_of(plain)):
            return None
        return key


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Say in the description of the API how a key is sent."""

    target_class = ApiKeyAuthentication
    name = "API key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
