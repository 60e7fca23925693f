"""Objectives for the table of permissions; views read the clock, so these do too."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from crmkpi.accounts.queries import get_calendar, today
from crmkpi.lib.periods import Grain
from metrics.alerts.services import Delivery
from metrics.scopes import parse_scope
from objectives import services
from objectives.alerts.services import create_status_rule
from objectives.models import KeyResult, Objective
from objectives.rules import Numbers, Step
from tests.world import World


def goal(world: World) -> Objective:
    """Return an objective of Support Berlin that its team and readers may see."""
    now = timezone.now()
    quarter = get_calendar(world.org).period(today(now, world.org), Grain.QUARTER)
    return services.create_objective(
        title="Answer first time",
        team=world.berlin,
        cycle=services.cycle_for(period=quarter),
        owner=world.ana,
        reviewer=world.ana,
        visibility="team",
        actor=world.ana,
        now=now,
    )


def result(world: World) -> KeyResult:
    return services.add_key_result(
        objective=goal(world),
        metric="win_rate",
        scope=parse_scope("team:support-berlin"),
        direction="increase",
        numbers=Numbers(baseline=Decimal(40), target=Decimal(60)),
        actor=world.ana,
        now=timezone.now(),
    )


def objective(world: World) -> dict[str, Any]:
    return {"pk": goal(world).pk}


def key_result(world: World) -> dict[str, Any]:
    return {"pk": result(world).pk}


def milestone(world: World) -> dict[str, Any]:
    made = services.add_milestones(
        objective=goal(world),
        title="Launch",
        steps=[Step("Plan")],
        actor=world.ana,
        now=timezone.now(),
    )
    return {"pk": made.milestones.get().pk}


def cycle(world: World) -> dict[str, Any]:
    return {"pk": goal(world).cycle_id}


def new_objective(world: World) -> dict[str, Any]:
    day = today(timezone.now(), world.org)
    return {
        "title": "Answer first time",
        "team": world.berlin.pk,
        "cycle": get_calendar(world.org).period(day, Grain.QUARTER).key,
        "owner": world.ana.pk,
        "reviewer": world.ana.pk,
        "visibility": "team",
    }


def status_rule(world: World) -> dict[str, Any]:
    """Return an alert of Lee's on the key result."""
    made = create_status_rule(
        key_result=result(world),
        worse_than="on_track",
        delivery=Delivery(),
        actor=world.lee,
        now=timezone.now(),
    )
    return {"pk": made.pk}
