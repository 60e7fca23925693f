"""Everything a customer reaches without signing in, and nothing else.

GET and HEAD only show; what is recorded comes by POST from a form of ours.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from surveys.content import Content
from surveys.extras import KEYS
from surveys.held_texts import HELD
from surveys.links import Link, find_invitation, find_shared
from surveys.mails import about
from surveys.models import Answer, Response
from surveys.scoring import Scale, ScoreError
from surveys.services import answers, replies, suppressions
from surveys.services.answers import Answered
from surveys.services.consents import agreed_to
from surveys.services.errors import (
    AlreadyAnswered,
    BadComment,
    BadReply,
    BadScore,
    EditOver,
    LinkClosed,
    StaleForm,
    UnknownLink,
)
from surveys.services.redirects import allowed_redirect, host_of
from surveys.services.replies import Given, said_before
from surveys.texts import PAGES
from surveys.tokens import Form, hash_of
from surveys.views import public_ballots
from surveys.views.asking import asked, offered, told
from surveys.views.customer_pages import (
    customer_page,
    language_of,
    leading_to,
    refuse,
    render,
    say,
)
from surveys.views.networks import take_shared
from surveys.views.throttle import SHARED_ANSWERS, WINDOW_SECONDS, too_many_answers

Take = Callable[..., Answered]
Find = Callable[[], Link]
Refusal = AlreadyAnswered | LinkClosed | StaleForm | BadScore


@customer_page("GET", "HEAD", "POST")
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The question of an invitation."""
    if request.method == "POST":
        take = partial(answers.answer, token)
        return _take(
            request, token, take=take, find=lambda: _must_exist(find_invitation(token))
        )
    link = _must_exist(find_invitation(token))
    if link.is_answered:
        language = language_of(request, link)
        return say(
            "already",
            language=language,
            content=link.content,
            status=200,
            held=reverse("surveys:held", args=[token]),
            held_text=HELD[language].link,
        )
    return _show_if_open(request, link, token)


@customer_page("GET", "HEAD", "POST")
def shared(request: HttpRequest, address: str) -> HttpResponse:
    """The question behind a link that anybody may use."""
    link = _must_exist(find_shared(address))
    return for_anybody(request, link, address, limit=SHARED_ANSWERS)


def for_anybody(
    request: HttpRequest, link: Link, address: str, *, limit: int
) -> HttpResponse:
    """Ask whoever comes, or take the answer, so often from one network."""
    if request.method != "POST":
        return _show_if_open(request, link, address)
    if too_many_answers(request, link.name, limit=limit):
        language = language_of(request, link)
        response = say("too_many", language=language, content=link.content, status=429)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    take = partial(take_shared, request, link)
    return _take(request, address, take=take, find=lambda: link)


@customer_page("GET", "HEAD")
def who_sees(request: HttpRequest, token: str = "", address: str = "") -> HttpResponse:
    """Who sees an answer, in three sentences."""
    link = _must_exist(find_invitation(token) if token else find_shared(address))
    back = (
        reverse("surveys:answer", args=[token])
        if token
        else reverse("surveys:shared", args=[address])
    )
    return render(
        "who",
        language=language_of(request, link),
        content=link.content,
        is_anonymous=link.survey.is_anonymous,
        back=f"{back}{_kept_choice(request)}",
        held=reverse("surveys:held", args=[token]) if token else "",
        held_text=HELD[language_of(request, link)].link,
    )


@customer_page("GET", "HEAD", "POST")
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """Thank for an answer and, for a day, take a comment and what else is asked."""
    try:
        response = response_of(key)
    except UnknownLink:
        return public_ballots.thank(request, key)
    if request.method != "POST":
        return _thank(response, key, done=request.GET.get("done", ""))
    text = request.POST.get("comment", "")
    given = {name: request.POST.getlist(name) for name in KEYS}
    agreed = request.POST.getlist("agree")
    show = partial(
        _thank, response, key, text=text, given=given, agreed=agreed, status=422
    )
    try:
        replies.tell(key, comment=text, given=given, agreed=agreed, now=timezone.now())
    except BadComment as error:
        is_long = error.reason == "too long"
        return show(fault="comment_too_long" if is_long else "comment_unreadable")
    except BadReply as error:
        return show(reply_fault=error)
    except EditOver:
        return _thank(response, key, status=410)
    is_more = bool(agreed) or any(map(any, given.values()))
    told = "comment" if text.strip() else "more" if is_more else ""
    if told and (onward := allowed_redirect(_content_of(response).redirect)):
        return _see(onward)
    done = f"?done={told}" if told else ""
    return _see(f"{reverse('surveys:thanks', args=[key])}{done}")


@customer_page("GET", "HEAD", "POST")
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Change an answer, reachable only from its thank-you page."""
    response = response_of(key)
    now = timezone.now()
    may_change = response.origin == Response.Origin.INVITATION
    if not may_change or not is_editable(response, now):
        return _thank(response, key, status=410)
    if request.method != "POST":
        given = Answer.objects.get(response=response, value__isnull=False)
        return _show_change(response, key, chosen=given.value)
    try:
        answers.change_answer(key, score=request.POST.get("score"), now=now)
    except BadScore:
        return _show_change(response, key, fault=True, status=422)
    except EditOver:
        return _thank(response, key, status=410)
    return _see(f"{reverse('surveys:thanks', args=[key])}?done=change")


@customer_page("GET", "HEAD", "POST")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop surveys: GET asks, POST does it, also the one of mail programs."""
    link = _must_exist(find_invitation(token, may_be_unsubscribe=True))
    if request.method == "POST":
        suppressions.unsubscribe(token, now=timezone.now())
    return render(
        "unsubscribe",
        language=language_of(request, link),
        content=link.content,
        is_done=request.method == "POST",
    )


def _must_exist(link: Link | None) -> Link:
    if link is None:
        raise UnknownLink("")
    return link


def _show_if_open(request: HttpRequest, link: Link, secret: str) -> HttpResponse:
    if not link.is_open(timezone.now()):
        language = language_of(request, link)
        return refuse(LinkClosed(""), language=language, content=link.content)
    chosen = _valid(request.GET.get("score"), link.content.scale)
    return _show(request, link, secret, chosen=chosen)


def _take(request: HttpRequest, secret: str, *, take: Take, find: Find) -> HttpResponse:
    """Store a posted answer and lead to its thank-you page."""
    try:
        answered = take(
            score=request.POST.get("score"),
            form=request.POST.get("form", ""),
            speak=partial(language_of, request),
            now=timezone.now(),
        )
    except (AlreadyAnswered, LinkClosed, StaleForm, BadScore) as error:
        return _refuse(request, find(), secret, error)
    thanks = reverse("surveys:thanks", args=[answered.edit_key])
    if answered.response_id is None:
        # Nothing else would know the language: none is kept with an anonymous answer.
        language = language_of(request, find())
        thanks = f"{thanks}?in={language}"
    return _see(thanks)


def _refuse(
    request: HttpRequest, link: Link, secret: str, error: Refusal
) -> HttpResponse:
    """Say why an answer was not taken, on the form where another try may help."""
    # Nobody is asked to press once more where that leads nowhere.
    if isinstance(error, StaleForm | BadScore):
        if link.is_answered:
            error = AlreadyAnswered("")
        elif not link.is_open(timezone.now()):
            error = LinkClosed("")
    if isinstance(error, AlreadyAnswered | LinkClosed):
        language = language_of(request, link)
        return refuse(error, language=language, content=link.content)
    if isinstance(error, BadScore):
        return _show(request, link, secret, fault="choose_score", status=422)
    chosen = _valid(request.POST.get("score"), link.content.scale)
    return _show(request, link, secret, chosen=chosen, fault="stale", status=422)


def _show(
    request: HttpRequest,
    link: Link,
    secret: str,
    *,
    chosen: int | None = None,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    """Return the question page with a form that nobody has yet."""
    content, language = link.content, language_of(request, link)
    invitation = link.invitation
    form = Form.hand_out(link=link.name, version_id=link.version.pk, now=timezone.now())
    others = [
        (each, PAGES[each].name, f"?in={each}")
        for each in content.languages
        if each != language
    ]
    return render(
        "question",
        status=status,
        **asked(content, language, chosen=chosen, fault=fault),
        picked=chosen if request.method == "GET" else None,
        form=form.signed,
        about=about(invitation, PAGES[language], language) if invitation else "",
        others=others,
        is_anonymous=link.survey.is_anonymous,
        is_kiosk=link.is_kiosk,
        who=f"{request.path}who/{_kept_choice(request)}",
        stop=reverse("surveys:unsubscribe", args=[secret]) if invitation else "",
    )


def _show_change(
    response: Response,
    key: str,
    *,
    chosen: int | None = None,
    fault: bool = False,
    status: int = 200,
) -> HttpResponse:
    content = _content_of(response)
    language = spoken(response, content)
    return render(
        "change",
        status=status,
        **asked(
            content, language, chosen=chosen, fault="choose_score" if fault else ""
        ),
        back=reverse("surveys:thanks", args=[key]),
    )


def _thank(
    response: Response,
    key: str,
    *,
    done: str = "",
    text: str = "",
    given: Given | None = None,
    agreed: Collection[str] = (),
    fault: str = "",
    reply_fault: BadReply | None = None,
    status: int = 200,
) -> HttpResponse:
    content = _content_of(response)
    language = spoken(response, content)
    page = PAGES[language]
    may_edit = is_editable(response, timezone.now())
    context: dict[str, Any] = {}
    if may_edit and done not in ("comment", "more"):
        if given is None:  # who comes back finds what was said, not an empty form
            text, given = said_before(response)
            agreed = agreed_to(response)
        score = Answer.objects.get(response=response, value__isnull=False).value
        context = told(
            content, language, score=score or 0, given=given, fault=reply_fault
        )
        if response.origin == Response.Origin.INVITATION:
            context["consents"] = offered(language, content.brand, agreed)
    sentences = {"comment": page.comment_thanks, "change": page.changed}
    onward = allowed_redirect(content.redirect)
    shown = render(
        "thanks",
        language=language,
        content=content,
        status=status,
        sentence=sentences.get(done, page.recorded),
        thanks=content.wording(language).thanks,
        text=text,
        fault=getattr(page, fault) if fault else "",
        change=reverse("surveys:change", args=[key])
        if may_edit and response.origin == Response.Origin.INVITATION
        else "",
        held=reverse("surveys:held_answer", args=[key]),
        held_text=HELD[language].link,
        onward=onward,
        onward_host=host_of(onward) if onward else "",
        **context,
    )
    return leading_to(shown, onward)


def response_of(key: str) -> Response:
    """Return the response of a thank-you page. Queries: 1."""
    found = (
        Response.objects.select_related("version")
        .filter(edit_key_hash=hash_of(key))
        .first()
    )
    if found is None:
        raise UnknownLink("")
    return found


def _content_of(response: Response) -> Content:
    return Content.from_json(response.version.content)


def is_editable(response: Response, now: datetime) -> bool:
    """Tell whether the thank-you page may still change an answer."""
    return (
        response.exclusion == 0
        and response.edit_until is not None
        and now < response.edit_until
    )


def spoken(response: Response, content: Content) -> str:
    """Return the language in which an answer was given, or the survey's own."""
    languages = content.languages
    return response.language if response.language in languages else languages[0]


def _valid(score: str | None, scale: Scale) -> int | None:
    try:
        return scale.check(score)
    except ScoreError:
        return None


def _kept_choice(request: HttpRequest) -> str:
    """Return the part of an address that keeps the language chosen on the page."""
    wish = request.GET.get("in", "")
    return f"?in={wish}" if wish in PAGES else ""


def _see(address: str) -> HttpResponse:
    """Send the browser to a page of its own, so that reloading posts nothing."""
    return HttpResponseRedirect(address, status=303)
