"""The pages after an anonymous answer: thanks, one comment, and what we hold of it."""

from functools import partial
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from surveys.extras import KEYS
from surveys.held_texts import HELD
from surveys.links import content_of
from surveys.models import Ballot
from surveys.services import replies
from surveys.services.ballots import find_ballot, takes_words
from surveys.services.errors import BadComment, BadReply, EditOver
from surveys.services.redirects import allowed_redirect, host_of
from surveys.services.replies import Given
from surveys.texts import PAGES
from surveys.views.asking import told
from surveys.views.customer_pages import leading_to, render, wished_language


def thank(request: HttpRequest, key: str) -> HttpResponse:
    """Thank for a ballot and take what is said to it, once.

    Raises: UnknownLink once its box was opened.
    """
    ballot = find_ballot(key)
    language = _language(request, ballot)
    if request.method != "POST":
        is_said = request.GET.get("done") == "comment"
        return _thank(ballot, key, language, is_said=is_said)
    text = request.POST.get("comment", "")
    given = {name: request.POST.getlist(name) for name in KEYS}
    show = partial(_thank, ballot, key, language, text=text, given=given, status=422)
    try:
        replies.tell_anonymously(key, comment=text, given=given, now=timezone.now())
    except BadComment as error:
        is_long = error.reason == "too long"
        return show(fault="comment_too_long" if is_long else "comment_unreadable")
    except BadReply as error:
        return show(reply_fault=error)
    except EditOver:
        return _thank(ballot, key, language, status=410)
    is_said = bool(text.strip()) or any(map(any, given.values()))
    if is_said and (onward := allowed_redirect(content_of(ballot.version_id).redirect)):
        return HttpResponseRedirect(onward, status=303)
    there = {"in": language} | ({"done": "comment"} if is_said else {})
    thanks = reverse("surveys:thanks", args=[key])
    return HttpResponseRedirect(f"{thanks}?{urlencode(there)}", status=303)


def held(request: HttpRequest, key: str) -> HttpResponse:
    """Say what a ballot holds to who has just cast it.

    Raises: UnknownLink once its box was opened.
    """
    ballot = find_ballot(key)
    language = _language(request, ballot)
    page = HELD[language]
    lines = [(page.nothing, ""), (page.score, str(ballot.score))]
    if ballot.comment:
        lines.append((f"{page.comment}: {{value}}", ballot.comment))
    if ballot.extras:
        lines.append((page.more, ""))
    return render(
        "held",
        language=language,
        content=content_of(ballot.version_id),
        held=page,
        lines=lines,
        note=page.anonymous,
        is_anonymous=True,
    )


def _language(request: HttpRequest, ballot: Ballot) -> str:
    """Return the language in the address: none is kept with a ballot."""
    return wished_language(request, content_of(ballot.version_id).languages)


def _thank(
    ballot: Ballot,
    key: str,
    language: str,
    *,
    is_said: bool = False,
    text: str = "",
    given: Given | None = None,
    fault: str = "",
    reply_fault: BadReply | None = None,
    status: int = 200,
) -> HttpResponse:
    content, page = content_of(ballot.version_id), PAGES[language]
    asks = takes_words(ballot, now=timezone.now())
    onward = allowed_redirect(content.redirect)
    held_page = reverse("surveys:held_answer", args=[key])
    shown = render(
        "thanks",
        language=language,
        content=content,
        status=status,
        sentence=page.comment_thanks if is_said else page.recorded,
        thanks=content.wording(language).thanks,
        text=text,
        hint=page.anonymous_hint,
        fault=getattr(page, fault) if fault else "",
        held=f"{held_page}?{urlencode({'in': language})}",
        held_text=HELD[language].link,
        onward=onward,
        onward_host=host_of(onward) if onward else "",
        **(
            told(content, language, score=ballot.score, given=given, fault=reply_fault)
            if asks
            else {}
        ),
    )
    return leading_to(shown, onward)
