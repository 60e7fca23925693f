"""Who is reading: the organisation and the reader's rights, on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import ApiKey, User
from crmkpi.accounts.queries import (
    access_of,
    access_of_key,
    get_organisation,
    today,
)


class ReaderMiddleware:
    """Give requests `organisation` and `access`.

    Both are looked up when first used and once a request (1 query and 2 more), so
    public pages and files pay nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        set_reader(request)
        return self.get_response(request)


def set_reader(request: HttpRequest, *, key: ApiKey | None = None) -> None:
    """Let a request carry the rights of its user or, if given, of an API key."""
    # Plain attributes: a request has no other place for them (see http.ReaderRequest).
    if not hasattr(request, "organisation"):
        request.organisation = SimpleLazyObject(get_organisation)  # type: ignore[attr-defined]
    request.access = SimpleLazyObject(lambda: _access(request, key))  # type: ignore[attr-defined]


def _access(request: HttpRequest, key: ApiKey | None) -> Access:
    day = today(timezone.now(), request.organisation)  # type: ignore[attr-defined]
    if key is not None:
        return access_of_key(key, day=day)
    if isinstance(request.user, User):
        return access_of(request.user, day=day)
    return Access(user_id=0, day=day)
