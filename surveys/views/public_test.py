"""Where the links of a test mail lead: the pages as customers get them, unstored."""

from django.http import HttpRequest, HttpResponse

from surveys.scoring import ScoreError
from surveys.services.errors import UnknownLink
from surveys.services.test_mails import find_tried
from surveys.texts import PAGES
from surveys.views.asking import asked, told
from surveys.views.customer_pages import customer_page, render, wished_language


@customer_page("GET", "HEAD", "POST")
def try_out(request: HttpRequest, token: str) -> HttpResponse:
    """The question, then the thanks after the posted score; nothing is kept."""
    tried = find_tried(token)
    if tried is None:
        raise UnknownLink("")
    content = tried.content
    language = wished_language(request, content.languages, invited=tried.language)
    page = PAGES[language]
    if request.method == "POST" and "comment" in request.POST:
        return render(
            "thanks",
            language=language,
            content=content,
            trial=page.test_note,
            sentence=page.comment_thanks,
            thanks=content.wording(language).thanks,
        )
    given = request.POST if request.method == "POST" else request.GET
    try:
        score = content.scale.check(given.get("score"))
    except ScoreError:
        score = None
    if request.method == "POST" and score is not None:
        return render(
            "thanks",
            language=language,
            content=content,
            trial=page.test_note,
            sentence=page.recorded,
            thanks=content.wording(language).thanks,
            hint=page.anonymous_hint if tried.is_anonymous else "",
            **told(content, language, score=score),
        )
    fault = "choose_score" if request.method == "POST" else ""
    return render(
        "question",
        status=422 if fault else 200,
        **asked(content, language, chosen=score, fault=fault),
        picked=None if fault else score,
        is_anonymous=tried.is_anonymous,
        trial=page.test_note,
        others=[
            (each, PAGES[each].name, f"?in={each}")
            for each in content.languages
            if each != language
        ],
    )
