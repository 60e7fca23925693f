"""Short ways to change a draft and to publish it."""

from dataclasses import replace
from typing import Any

from surveys.content import Content
from surveys.extras import Extra, ExtraKind, ExtraWording
from surveys.models import Survey
from surveys.services.surveys import publish, update_survey
from tests.world import NOW, World

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00"
    b"\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00"
    b"\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
WHY = Extra(
    "extra1",
    ExtraKind.ONE,
    {
        "en": ExtraWording("What mattered most?", ("Price", "Speed")),
        "de": ExtraWording("Was war am wichtigsten?", ("Preis", "Tempo")),
        "ar": ExtraWording("ما الأهم؟", ("السعر", "السرعة")),
    },
)
WHERE = Extra(
    "extra2",
    ExtraKind.MANY,
    {
        code: ExtraWording("Where else?", ("Shop", "Web", "Fair"))
        for code in ("en", "de", "ar")
    },
)
WORD = Extra(
    "extra3",
    ExtraKind.TEXT,
    {code: ExtraWording("In one word?") for code in ("en", "de", "ar")},
)


def change(survey: Survey, world: World, **changes: Any) -> Content:
    """Publish a version whose content differs in some parts."""
    words = changes.pop("words", {})
    content = replace(Content.from_json(survey.draft), **changes)
    wordings = {code: replace(each, **words) for code, each in content.wordings.items()}
    content = replace(content, wordings=wordings)
    update_survey(survey, content=content, actor=world.ana, now=NOW)
    publish(survey, actor=world.ana, now=NOW)
    survey.refresh_from_db()
    return content


def filled_in(form: Any) -> dict[str, Any]:
    """Return what a browser would post of a form that nobody touched."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}
