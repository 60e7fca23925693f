"""Colours and logos of the customer pages: nothing about anybody, cached for long."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

from surveys.look import TEXT_ON_DARK, TEXT_ON_LIGHT
from surveys.models import Logo

COLOURS = re.compile(r"([0-9a-f]{6})-([0-9a-f]{6})\Z")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
HEADERS = {
    # The address names the content, which therefore never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}
SHEET = (
    ":root{{--brand:#{light};--on:{on_light}}}"
    "@media (prefers-color-scheme:dark){{:root{{--brand:#{dark};--on:{on_dark}}}}}"
)


def _asset(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def asset(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            for name, value in HEADERS.items():
                response[name] = value
        return response

    return login_not_required(require_safe(asset))


@_asset
def colours(request: HttpRequest, name: str) -> HttpResponse:
    """Return the style sheet with two colours: of light pages and of dark ones."""
    found = COLOURS.match(name)
    if found is None:
        return HttpResponseNotFound()
    sheet = SHEET.format(
        light=found[1], dark=found[2], on_light=TEXT_ON_LIGHT, on_dark=TEXT_ON_DARK
    )
    return HttpResponse(sheet, content_type="text/css")


@_asset
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """Return a logo. Queries: 1"""
    found = Logo.objects.filter(digest=digest).first() if DIGEST.match(digest) else None
    if found is None:
        return HttpResponseNotFound()
    return HttpResponse(bytes(found.content), content_type=found.media_type)
