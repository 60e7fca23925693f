"""What all customer pages share: language, headers, limits and the pages of refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from surveys.content import Content, accepted_languages, choose_language
from surveys.links import Link
from surveys.look import Look
from surveys.services.errors import AlreadyAnswered, LinkClosed, UnknownLink
from surveys.texts import PAGES, direction
from surveys.views.throttle import MISSES, WINDOW_SECONDS, too_many

BODY_LIMIT = 96 * 1024  # 5,000 characters and three replies, escaped, and room to spare
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
}
Page = Callable[..., HttpResponse]


def customer_page(*methods: str) -> Callable[[Page], Page]:
    """Make a view that anybody may open: no session, no cookie, no script, no cache.

    The forms need no CSRF cookie: nothing here acts on behalf of somebody signed in.
    What allows a change is the secret in the address.
    """

    def decorate(view: Page) -> Page:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = _answer(request, lambda: view(request, *args, **kwargs))
            for name, value in HEADERS.items():
                response.setdefault(name, value)
            # Django logs the address of a refusal, and the address is the secret.
            response._has_been_logged = True  # type: ignore[attr-defined]
            return response

        allowed = require_http_methods(list(methods))(page)
        return csrf_exempt(login_not_required(allowed))

    return decorate


def leading_to(response: HttpResponse, address: str) -> HttpResponse:
    """Let the form of a page lead to an address outside, which browsers else refuse."""
    if address:
        host = urlsplit(address).netloc
        own = "form-action 'self'"
        response["Content-Security-Policy"] = POLICY.replace(
            own, f"{own} https://{host}"
        )
    return response


def _answer(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    if _body_length(request) > BODY_LIMIT:
        return _say(request, "too_long", status=413)
    try:
        return view()
    except UnknownLink:
        if too_many(request, "miss", limit=MISSES):
            response = _say(request, "too_many", status=429)
            response["Retry-After"] = str(WINDOW_SECONDS)
            return response
        return _say(request, "missing", status=404)
    except DatabaseError:
        if request.method in ("GET", "HEAD"):
            raise
        # Never thank for what was not stored.
        response = _say(request, "later", status=503)
        response["Retry-After"] = "60"
        return response


def _body_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if str(length).isdigit() else BODY_LIMIT + 1


def _say(request: HttpRequest, what: str, *, status: int) -> HttpResponse:
    """Return a page of two sentences for a link about which nothing may be said."""
    language = wished_language(request, tuple(PAGES))
    return say(what, language=language, status=status)


def say(
    what: str,
    *,
    language: str,
    content: Content | None = None,
    status: int,
    **context: Any,
) -> HttpResponse:
    """Return a page of two sentences."""
    page = PAGES[language]
    return render(
        "message",
        language=language,
        content=content,
        status=status,
        heading=getattr(page, what),
        text=getattr(page, f"{what}_text"),
        **context,
    )


def refuse(
    error: AlreadyAnswered | LinkClosed, *, language: str, content: Content
) -> HttpResponse:
    """Return the page for a link that takes no answer (any more)."""
    if isinstance(error, AlreadyAnswered):
        return say("already", language=language, content=content, status=409)
    return say("closed", language=language, content=content, status=410)


def render(
    template: str,
    *,
    language: str,
    content: Content | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Return a customer page; without content it says nothing about whose it is."""
    html = page_text(template, language=language, content=content, **context)
    return HttpResponse(html, status=status)


def page_text(
    template: str, *, language: str, content: Content | None, **context: Any
) -> str:
    """Return the HTML of a customer page; no request reaches its template."""
    brand = content.brand if content else ""
    look = content.look if content else Look()
    return render_to_string(
        f"surveys/public/{template}.html",
        {
            "page": PAGES[language],
            "language": language,
            "direction": direction(language),
            "brand": brand,
            "mark": brand[:1].upper(),
            "colours": style_name(look),
            "logo": look.logo,
            **context,
        },
    )


def style_name(look: Look) -> str:
    """Return the name of the style sheet with a survey's colours, "" for ours.

    Example: "1f5f8b-8cc4ea"
    """
    colours = look.colours
    return "-".join(colour.lstrip("#") for colour in colours) if colours else ""


def language_of(request: HttpRequest, link: Link) -> str:
    """Return the language to speak: the customer's choice on the page, then the
    invitation's, then that of the address, of the browser, of the survey."""
    invited = link.invitation.language if link.invitation else ""
    return wished_language(request, link.content.languages, invited=invited)


def wished_language(
    request: HttpRequest, offered: tuple[str, ...], *, invited: str = ""
) -> str:
    """Return the first language that is wished for and offered."""
    # A body that is refused for its length is not read for a language either.
    is_short = _body_length(request) <= BODY_LIMIT
    return choose_language(
        offered,
        request.POST.get("in", "") if is_short else "",
        request.GET.get("in", ""),
        invited,
        request.GET.get("lang", ""),
        accepted=accepted_languages(request.headers.get("Accept-Language", "")),
    )
