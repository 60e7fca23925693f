"""The shared question inside pages of others, where the survey allows their origin.

No cookie is needed: what a form may do is in the secret of its address.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.csrf import csrf_exempt

from surveys.links import find_shared
from surveys.services.errors import UnknownLink
from surveys.views import public
from surveys.views.customer_pages import customer_page, language_of, render

NOBODY = "frame-ancestors 'none'"
Page = Callable[..., HttpResponse]


def framed(view: Page) -> Page:
    """Let a customer page appear in the frames that its survey allows.

    Where it leads on, it stays inside the frame.
    """

    @wraps(view)
    def page(request: HttpRequest, address: str, **kwargs: str) -> HttpResponse:
        response = view(request, address=address, **kwargs)
        link = find_shared(address)
        if link is None:
            return response
        allowed = " ".join(["'self'", *link.survey.frame_origins])
        policy = response.get("Content-Security-Policy", NOBODY)
        response["Content-Security-Policy"] = policy.replace(
            NOBODY, f"frame-ancestors {allowed}"
        )
        # The older header knows no list; who heeds it alone would show nothing.
        response.headers.pop("X-Frame-Options", None)
        response.xframe_options_exempt = True
        if "Location" in response:
            response["Location"] = _inside(response["Location"], address)
        return response

    return csrf_exempt(login_not_required(page))


@framed
def question(request: HttpRequest, address: str) -> HttpResponse:
    """The question of a shared link."""
    return public.shared(request, address=address)


@framed
def thanks(request: HttpRequest, address: str, key: str) -> HttpResponse:
    """The page after an answer."""
    return public.thanks(request, key=key)


@framed
@customer_page("GET", "HEAD")
def who_sees(request: HttpRequest, address: str) -> HttpResponse:
    """Who sees an answer, in three sentences."""
    link = find_shared(address)
    if link is None:
        raise UnknownLink("")
    return render(
        "who",
        language=language_of(request, link),
        content=link.content,
        is_anonymous=link.survey.is_anonymous,
        back=reverse("surveys:embedded", args=[address]),
    )


def _inside(location: str, address: str) -> str:
    """Return where a page leads to, within the frame."""
    path, mark, query = location.partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return location
    if found.view_name != "surveys:thanks":
        return location
    inside = reverse("surveys:embedded_thanks", args=[address, found.kwargs["key"]])
    return f"{inside}{mark}{query}"
