"""Who asks, how a rule is written, and what many rules share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from tests.world import World

PRINCIPALS = (
    "anonymous",
    "agent",
    "lead",
    "manager",
    "analyst",
    "administrator",
    "stranger",
    "key",
)


Answers = dict[str, int]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Rule:
    """How one address answers.

    `get` and `post` hold a status for each principal; `post` is left out where the
    address takes none, and everybody gets 405 (anonymous is asked to sign in first).
    `kwargs` builds what the address needs, `data` what is posted, both in the world
    of the test. What a POST writes is taken back before the next principal.
    """

    get: Answers
    post: Answers | None = None
    kwargs: Callable[[World], dict[str, Any]] = nothing
    data: Callable[[World], dict[str, Any]] = nothing
    query: str = ""  # added to the address, for example "?scope=company"
    json: bool = False  # post the data as JSON


def everybody(status: int = 200, **others: int) -> Answers:
    """Return the same answer for all, signed in or not, but for those named."""
    return dict.fromkeys(PRINCIPALS, status) | others


def signed_in(status: int = 200, **others: int) -> Answers:
    """Return an answer for people who signed in; others are sent to sign in (302)."""
    return everybody(status, anonymous=302, key=302) | others


def administrators(status: int = 200) -> Answers:
    """Return an answer for administrators; other people get 403."""
    return signed_in(403, administrator=status)


def api(status: int = 200, **others: int) -> Answers:
    """Return an answer for people and keys; anonymous gets 401."""
    return everybody(status, anonymous=401) | others


def has_page(name: str) -> bool:
    """Whether this installation has a page, whatever its address needs."""
    try:
        reverse(name, kwargs={"slug": "any"})
    except NoReverseMatch:
        return False
    return True


def alice(world: World) -> dict[str, Any]:
    return {"pk": world.alice.pk}


def berlin(world: World) -> dict[str, Any]:
    return {"slug": world.berlin.slug}
