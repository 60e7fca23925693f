"""Objectives of the tests: a quarter, deals of Support Berlin, and what they aim at."""

from decimal import Decimal
from typing import Any

from metrics.scopes import parse_scope
from metrics.services import drain
from objectives import services
from objectives.models import Cycle, KeyResult, Objective
from objectives.rules import Numbers
from tests.metrics import rows
from tests.world import NOW, World, day

Q1 = (day("2026-01-01"), day("2026-04-01"))


def quarter() -> Cycle:
    return Cycle.objects.get_or_create(
        name="Q1 2026", defaults={"start_day": Q1[0], "end_day": Q1[1]}
    )[0]


def deals(world: World, *, on: str, won: int = 0, lost: int = 0) -> list[Any]:
    """Return unsaved deals of Alice that were decided on a day."""
    closed = day(on)
    return [
        rows.deal(
            world.alice, world.berlin, opened=closed - 30, closed=closed, won=won_
        )
        for won_ in [True] * won + [False] * lost
    ]


def put(*made: Any) -> None:
    """Save rows and let the engine work off what they touched."""
    rows.put(*made)
    drain(now=NOW)


def objective(world: World, **fields: Any) -> Objective:
    known = {
        "title": "Win more of what we decide",
        "team": world.berlin,
        "cycle": quarter(),
        "owner": world.ana,
        "reviewer": world.mona,
        "actor": world.ana,
        "now": NOW,
    }
    return services.create_objective(**known | fields)


def numbers(**given: str | int) -> Numbers:
    return Numbers(**{name: Decimal(value) for name, value in given.items()})


def key_result(
    world: World,
    objective: Objective,
    *,
    metric: str = "win_rate",
    scope: str = "team:support-berlin",
    direction: str = "increase",
    aim: Numbers | None = None,
    **fields: Any,
) -> KeyResult:
    """Add a key result as Ana does; without an aim from 40 % to 60 %."""
    known = {"actor": world.ana, "now": NOW}
    return services.add_key_result(
        objective=objective,
        metric=metric,
        scope=parse_scope(scope),
        direction=direction,
        numbers=aim or numbers(baseline=40, target=60),
        **known | fields,
    )


def of_autumn(objective: Objective) -> Objective:
    """Let an objective have run in Q4 2025, which nobody could create it for now."""
    objective.cycle = Cycle.objects.create(
        name="Q4 2025", start_day=day("2025-10-01"), end_day=Q1[0]
    )
    objective.save()
    return objective
