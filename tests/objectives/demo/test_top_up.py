"""What a top-up leaves in the database is what a later load would have left."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import models, transaction

from crmkpi.accounts.models import Team, User
from crmkpi.crm.models import Fact, Member, Source, Stage
from crmkpi.lib import kept
from metrics import services as metrics
from objectives.demo import asking, founding, seeding
from objectives.demo.loading import import_world
from objectives.demo.story import Story, evening_of
from objectives.demo.world import World
from surveys.models import Answer, Invitation, Response
from tests.objectives.demo.days import FRIDAY, LATER

SCALE = 0.01
NAMES = {User: "email", Team: "slug", Member: "name", Stage: "name", Source: "slug"}
# When it was written and by which import; keys of rows that are numbered anew.
NOT_COMPARED = {
    "id",
    "written_at",
    "added_at",
    "import_run",
    "uuid",
    "response",
    "invitation",
}


def tell(until: int, *, since: int | None = None) -> None:
    """Write facts and survey answers up to the evening of a day."""
    now = evening_of(until)
    story = Story.told_on(until, scale=SCALE)
    founding.found(story, now=now)
    before = None if since is None else evening_of(since)
    world = World(story, now, since=before)
    with metrics.filling():
        import_world(world, say=lambda text: None)
        asking.bring_in(world)
        if since is None:
            seeding.import_late(world)


def facts() -> dict[str, list[tuple[Any, ...]]]:
    """Return all facts with what they point to called by its name."""
    found = {}
    for model in [*apps.get_models(), Invitation, Answer]:
        if not (issubclass(model, Fact) or model in (Invitation, Answer)):
            continue
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in NOT_COMPARED
            and not (model is Response and field.name == "external_id")
        ]
        calls = [_caller(field) for field in fields]
        rows = model._base_manager.values_list(*[field.attname for field in fields])
        found[model._meta.label] = sorted(
            (
                tuple(call(value) for call, value in zip(calls, row, strict=True))
                for row in rows
            ),
            key=repr,
        )
    return found


def _caller(field: models.Field) -> Callable[[Any], Any]:
    """Return what turns a value of a column into one that every load gives."""
    other = field.related_model
    if other is None:
        return lambda value: value
    name = NAMES.get(other, "external_id" if issubclass(other, Fact) else None)
    if name is None:
        return lambda value: None
    names = dict(other._base_manager.values_list("pk", name))
    return lambda value: None if value is None else names[value]


def test_told_on_the_facts_are_those_of_a_later_load(db):
    with transaction.atomic():
        tell(LATER)
        expected = facts()
        transaction.set_rollback(True)
    kept.forget()  # keys of rows that were taken back
    tell(FRIDAY)
    between = facts()

    tell(LATER, since=FRIDAY)

    told = facts()
    assert between != expected
    for label, rows in expected.items():
        assert rows, label
        assert told[label] == rows, label


def test_the_comparison_sees_single_differences(db):
    tell(FRIDAY)
    before = facts()
    for label in ("crm.Ticket", "crm.Order", "surveys.Answer"):
        model = apps.get_model(label)
        row = model.objects.order_by("pk").first()
        model.objects.filter(pk=row.pk).update(agent=None, exclusion=5)

    after = facts()

    assert {label for label, rows in before.items() if after[label] != rows} == {
        "crm.Ticket", "crm.Order", "surveys.Answer",
    }  # fmt: skip
