"""Requests of readers, people and keys alike, as views find them."""

from django.http import HttpRequest

from crmkpi.accounts.access import Access
from crmkpi.accounts.models import Organisation, User


class ReaderRequest(HttpRequest):
    """A request that has passed ReaderMiddleware, with somebody signed in."""

    user: User
    organisation: Organisation
    access: Access
