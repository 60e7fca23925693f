"""What customers replied to the questions after the score, for who may open answers."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from crmkpi.accounts.access import Access
from surveys.content import Content
from surveys.extras import Extra, ExtraKind
from surveys.hiding import MIN_N
from surveys.models import Answer, ExtraAnswer, Question, Survey
from surveys.queries.replies import option_texts
from surveys.queries.results import reads_answers

LATEST = 10  # short texts that are shown


@dataclass(frozen=True)
class OptionCount:
    text: str
    n: int
    share: float  # of those who replied, 0 to 1; several choices add up to more


@dataclass(frozen=True)
class ExtraResult:
    """The replies to one question, options in the order in which they are offered."""

    key: str
    question: str
    kind: ExtraKind
    n: int  # people who replied
    options: list[OptionCount]
    texts: list[str]  # the latest first


def extra_results(
    survey: Survey,
    *,
    access: Access,
    since_day: int | None,
    until_day: int | None = None,
) -> list[ExtraResult]:
    """Return the replies of the reader's teams to the questions asked now.

    An option of an earlier version counts under its words; one that is no longer
    offered comes last. Empty: nothing for agents and without such questions; of an
    anonymous survey no question with fewer than five replies.
    Time: local days of the scores, half-open.
    Queries: 2 for all choices and 1 for each short text.
    """
    if survey.version is None or not reads_answers(access):
        return []
    content = Content.from_json(survey.version.content)
    if not content.extras:
        return []
    rows = _rows(survey, access, since_day, until_day)
    counted = _counted(rows)
    found = [
        _result(each, content.language, rows, counted.get(each.key, []))
        for each in content.extras
    ]
    least = MIN_N if survey.is_anonymous else 0
    return [each for each in found if each.n >= least]


Counted = list[tuple[Content, list[int], int]]  # asked how, options chosen, people


def _rows(
    survey: Survey, access: Access, since_day: int | None, until_day: int | None
) -> QuerySet[ExtraAnswer]:
    rows = ExtraAnswer.objects.filter(
        question__version__survey=survey, response__exclusion=0
    )
    if not access.sees_company:
        rows = rows.filter(response__answered_team__in=access.team_ids)
    scored = Answer.objects.filter(response=OuterRef("response"), value__isnull=False)
    if since_day is not None:
        scored = scored.filter(answered_day__gte=since_day)
    if until_day is not None:
        scored = scored.filter(answered_day__lt=until_day)
    return rows.filter(Exists(scored))


def _counted(rows: QuerySet[ExtraAnswer]) -> dict[str, Counted]:
    found = list(
        rows.order_by().values_list("question", "chosen").annotate(n=Count("pk"))
    )
    asked = Question.objects.select_related("version").in_bulk(
        {question for question, _chosen, _n in found}
    )
    contents = {
        pk: Content.from_json(question.version.content)
        for pk, question in asked.items()
    }
    counted: dict[str, Counted] = {}
    for pk, chosen, n in found:
        counted.setdefault(asked[pk].key, []).append((contents[pk], chosen, n))
    return counted


def _result(
    extra: Extra, language: str, rows: QuerySet[ExtraAnswer], counted: Counted
) -> ExtraResult:
    words = extra.wordings[language]
    total = sum(n for _content, _chosen, n in counted)
    counts = dict.fromkeys(words.options, 0)
    for content, chosen, n in counted:
        for text in option_texts(content, extra.key, language, chosen):
            counts[text] = counts.get(text, 0) + n
    texts = (
        rows.filter(question__key=extra.key)
        .exclude(text="")
        .order_by("-replied_at", "-pk")
        .values_list("text", flat=True)[:LATEST]
        if extra.kind is ExtraKind.TEXT
        else []
    )
    return ExtraResult(
        key=extra.key,
        question=words.question,
        kind=extra.kind,
        n=total,
        options=[
            OptionCount(text, n, n / total if total else 0.0)
            for text, n in counts.items()
        ],
        texts=list(texts),
    )
