"""The question on a device that many customers use, one after the other.

Nothing of one customer is left for the next: the page after an answer holds no key to
it, and each page leads back to the question by itself. The header does that, so that
it needs no script and no cookie.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from surveys.links import Link, find_kiosk
from surveys.services.errors import LinkClosed, UnknownLink
from surveys.views.customer_pages import customer_page, language_of, refuse, render
from surveys.views.public import for_anybody
from surveys.views.throttle import KIOSK_ANSWERS

DONE_SECONDS = 20
IDLE_SECONDS = 120  # to read and to choose; then a choice left behind goes


@customer_page("GET", "HEAD", "POST")
def question(request: HttpRequest, address: str) -> HttpResponse:
    """The question, and the answer of whoever stands there."""
    link = _kiosk(address)
    response = for_anybody(request, link, address, limit=KIOSK_ANSWERS)
    if response.status_code == 303:
        thanks_page = reverse("surveys:kiosk_thanks", args=[address])
        response["Location"] = f"{thanks_page}?in={language_of(request, link)}"
        return response
    is_asking = response.status_code in (200, 422)
    seconds = IDLE_SECONDS if is_asking else DONE_SECONDS
    return _back_after(response, address, seconds=seconds)


@customer_page("GET", "HEAD")
def thanks(request: HttpRequest, address: str) -> HttpResponse:
    """Thank, in words that are the same after every answer."""
    link = _kiosk(address)
    language = language_of(request, link)
    if not link.survey.has_kiosk:
        return refuse(LinkClosed(""), language=language, content=link.content)
    response = render(
        "kiosk_thanks",
        language=language,
        content=link.content,
        thanks=link.content.wording(language).thanks,
        back=reverse("surveys:kiosk", args=[address]),
    )
    return _back_after(response, address, seconds=DONE_SECONDS)


@customer_page("GET", "HEAD")
def who_sees(request: HttpRequest, address: str) -> HttpResponse:
    """Who sees an answer, in three sentences."""
    link = _kiosk(address)
    response = render(
        "who",
        language=language_of(request, link),
        content=link.content,
        is_anonymous=link.survey.is_anonymous,
        back=reverse("surveys:kiosk", args=[address]),
    )
    return _back_after(response, address, seconds=IDLE_SECONDS)


def _kiosk(address: str) -> Link:
    link = find_kiosk(address)
    if link is None:
        raise UnknownLink("")
    return link


def _back_after(response: HttpResponse, address: str, *, seconds: int) -> HttpResponse:
    """Let the browser go back to the question, in the language that comes first."""
    response["Refresh"] = f"{seconds}; url={reverse('surveys:kiosk', args=[address])}"
    return response
