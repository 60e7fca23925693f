"""Make themes, and sort comments into them by words and by hand."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import User
from crmkpi.lib import bulk
from surveys.models import Answer, Response, Survey, Theme, ThemeMark
from surveys.scoring import Kind
from surveys.services.errors import BadSurvey
from surveys.theming import MAX_WORDS, WordsError, matches, pattern_of, read_words

AT_ONCE = 2_000  # comments that are gone through while a person waits
CHUNK = 1_000
MOST_THEMES = 40  # of one survey


@transaction.atomic
def save_theme(
    survey: Survey,
    *,
    name: str,
    words: str,
    actor: User | None,
    now: datetime,
    theme: Theme | None = None,
) -> Theme:
    """Make a theme or change it, and sort the comments anew.

    More than a few thousand comments are left to the task; the theme is stale until
    then.

    Raises: BadSurvey for words that make no rule, a name that is taken, or more
    themes than a survey takes.
    """
    try:
        entries = read_words(words)
    except WordsError as error:
        raise BadSurvey(_bad_words(error), field="words") from error
    if theme is None:
        if survey.themes.count() >= MOST_THEMES:
            raise BadSurvey(_("A survey takes at most 40 themes."))
        theme = Theme(survey=survey, created_at=now, created_by=actor)
    theme.name, theme.words, theme.is_stale = name.strip(), entries, True
    try:
        with transaction.atomic():
            theme.save()
    except IntegrityError as error:
        raise BadSurvey(_("There is a theme of that name."), field="name") from error
    write_event(
        "theme.saved",
        subject=f"survey {survey.slug}",
        actor=actor,
        now=now,
        theme=theme.name,
    )
    if _comments().filter(survey=survey).count() <= AT_ONCE:
        sort_stale(theme)
    return theme


@transaction.atomic
def delete_theme(theme: Theme, *, actor: User, now: datetime) -> None:
    """Delete a theme with its marks; no answer changes."""
    write_event(
        "theme.deleted",
        subject=f"survey {theme.survey.slug}",
        actor=actor,
        now=now,
        theme=theme.name,
    )
    theme.delete()


@transaction.atomic
def sort_stale(theme: Theme) -> None:
    """Go through all comments of a stale theme's survey; safe to run twice."""
    locked = Theme.objects.select_for_update().filter(pk=theme.pk).first()
    if locked is None:
        return
    pattern = pattern_of(locked.words)
    texts = _comments().filter(survey_id=locked.survey_id)
    found = [
        response_id
        for response_id, text in texts.values_list("response_id", "text").iterator(
            chunk_size=CHUNK
        )
        if matches(pattern, text)
    ]
    ThemeMark.objects.filter(theme=locked, is_by_hand=False).delete()
    _add(locked, found)
    Theme.objects.filter(pk=locked.pk).update(is_stale=False)
    theme.is_stale = False


def sort_responses(response_ids: Collection[int]) -> None:
    """Sort new or changed comments into the themes of their surveys.

    Queries: 1 when their surveys have no themes.
    """
    keys = bulk.KeysIn([F("pk")], [(pk,) for pk in response_ids])
    surveys = Response.objects.filter(keys).values("survey_id")
    themes = list(Theme.objects.filter(survey_id__in=surveys))
    if not themes:
        return
    mine = bulk.KeysIn([F("response_id")], [(pk,) for pk in response_ids])
    texts = list(
        _comments().filter(mine).values_list("response_id", "survey_id", "text")
    )
    for theme in themes:
        pattern = pattern_of(theme.words)
        ThemeMark.objects.filter(mine, theme=theme, is_by_hand=False).delete()
        _add(
            theme,
            [
                response_id
                for response_id, survey_id, text in texts
                if survey_id == theme.survey_id and matches(pattern, text)
            ],
        )


@transaction.atomic
def mark_by_hand(response: Response, themes: Iterable[Theme], *, actor: User) -> None:
    """Give a response exactly these themes; words change nothing of it any more."""
    wanted = {theme.pk for theme in themes}
    offered = set(
        Theme.objects.filter(survey_id=response.survey_id).values_list("pk", flat=True)
    )
    before = {
        mark.theme_id: mark
        for mark in ThemeMark.objects.select_for_update().filter(response=response)
    }
    for pk in offered:
        is_on, mark = pk in wanted, before.get(pk)
        if (mark is not None and mark.is_on) == is_on:
            continue
        ThemeMark.objects.update_or_create(
            response=response,
            theme_id=pk,
            defaults={"is_on": is_on, "is_by_hand": True, "marked_by": actor},
        )


def _add(theme: Theme, response_ids: Iterable[int]) -> None:
    """Mark responses that nobody has marked by hand."""
    ThemeMark.objects.bulk_create(
        (ThemeMark(theme=theme, response_id=pk) for pk in response_ids),
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def _comments() -> QuerySet[Answer]:
    return Answer.objects.filter(kind=Kind.TEXT.value).exclude(text="")


def _bad_words(error: WordsError) -> str:
    if str(error) == "too many":
        return _("At most %(n)d words or phrases.") % {"n": MAX_WORDS}
    return _("“%(words)s” is no word or is too long.") % {"words": error}
