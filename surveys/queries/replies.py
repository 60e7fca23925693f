"""What customers replied to the questions after the score, in the survey's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from surveys.content import BRAND, Content
from surveys.models import Response, Survey


class Replied(NamedTuple):
    """What one response says to one question."""

    question: str  # as it was asked last
    text: str  # "" where nothing was replied


@dataclass(frozen=True)
class Asked:
    """The extra questions of all versions of a survey, to put replies into words."""

    questions: dict[str, str]  # by key, in its order, as it was asked last
    contents: dict[int, Content]  # by version

    @classmethod
    def of(cls, survey: Survey) -> Self:
        """Return what a survey has asked so far. Queries: 1."""
        versions = survey.versions.order_by("number").values_list("pk", "content")
        contents = {pk: Content.from_json(data) for pk, data in versions}
        questions = {
            extra.key: _branded(extra.wordings[content.language].question, content)
            for content in contents.values()
            for extra in content.extras
        }
        return cls(dict(sorted(questions.items())), contents)

    def replies(self, response: Response) -> tuple[Replied, ...]:
        """Return what a response says to each of the questions, in their order.

        Several choices are parted by semicolons, since options hold commas.

        Queries: none with extras and their questions at hand.
        """
        content = self.contents[response.version_id]
        texts = {}
        for each in response.extras.all():
            key = each.question.key
            options = option_texts(content, key, content.language, each.chosen)
            texts[key] = each.text or _branded("; ".join(options), content)
        return tuple(
            Replied(question, texts.get(key, ""))
            for key, question in self.questions.items()
        )


def option_texts(
    content: Content, key: str, language: str, chosen: Sequence[int]
) -> list[str]:
    """Return what the chosen options said in the version that asked."""
    asked = {each.key: each.wordings for each in content.extras}.get(key, {})
    words = asked.get(language) or asked.get(content.language)
    options = words.options if words else ()
    return [options[at - 1] for at in chosen if 0 < at <= len(options)]


def _branded(text: str, content: Content) -> str:
    return text.replace(BRAND, content.brand)
