"""What is there before the main story begins: `python -m tests.flows.founding X`."""

import sys
from datetime import timedelta
from decimal import Decimal

import django

django.setup()

from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.models import Team, User
from crmkpi.accounts.queries import get_calendar, get_organisation, today
from crmkpi.crm.ingest import services as ingest
from crmkpi.lib.periods import Grain
from metrics import services as engine
from metrics.scopes import team_scope
from objectives import evaluation
from objectives.models import Cycle
from objectives.rules import Numbers
from objectives.services import add_key_result, create_objective
from surveys.links import shared_address
from surveys.models import Answer, Survey
from surveys.scoring import Kind
from surveys.services.surveys import (
    create_survey,
    publish,
    share,
)
from tests.bench.mailed import mailed_links
from tests.world import build_world

MONTHS = 14


def found() -> str:
    """Write people, fourteen months of deals and a survey; compute everything."""
    world, now = build_world(), timezone.now()
    ingest.ingest("opportunity", list(_deals(now)), source="story", now=now)
    survey = create_survey(
        name="After the call",
        kind=Kind.CSAT,
        team=world.berlin,
        brand="Northwind",
        actor=world.ana,
        now=now,
    )
    publish(survey, actor=world.ana, now=now)
    share(survey, is_shared=True, actor=world.ana, now=now)
    ingest.ingest("response", list(_answers(now)), source="story", now=now)
    engine.drain(now=now)
    _objective(world, now)
    evaluation.evaluate_due(now=now)
    return "founded"


def _answers(now):
    """Give forty answers about Alice today and before, thirty of them satisfied."""
    for number in range(40):
        yield {
            "external_id": f"answer-{number}",
            "survey": "Earlier",
            "kind": "csat",
            "score": 5 if number % 4 else 2,
            "answered": now - timedelta(minutes=number + 1),
            "agent": "Alice",
        }


def _objective(world, now):
    organisation = get_organisation()
    quarter = get_calendar(organisation).period(today(now, organisation), Grain.QUARTER)
    objective = create_objective(
        title="Customers leave satisfied",
        team=world.berlin,
        cycle=Cycle.objects.create(
            name="This quarter", start_day=quarter.start, end_day=quarter.end
        ),
        owner=world.ana,
        reviewer=world.mona,
        actor=world.ana,
        now=now,
    )
    add_key_result(
        objective=objective,
        metric="csat",
        scope=team_scope(world.berlin),
        direction="at_least",
        numbers=Numbers(target=Decimal(80), red=Decimal(60)),
        actor=world.ana,
        now=now,
    )


def _deals(now):
    """Give five deals a month of Cleo; two of three are won."""
    for number in range(MONTHS * 5):
        closed = now - timedelta(days=6 * number + 1)
        yield {
            "external_id": f"deal-{number}",
            "name": f"Deal {number}",
            "owner": "Cleo",
            "stage": "Won" if number % 3 else "Lost",
            "opened": closed - timedelta(days=30),
            "closed": closed,
            "amount": 1000,
        }


def survey_link() -> str:
    """Print the address of the shared survey link."""
    survey = Survey.objects.get(name="After the call")
    return reverse("surveys:shared", args=[shared_address(survey)])


def mailed_link() -> str:
    """Print the address of a link that was mailed to one customer of Sales."""
    now, sales = timezone.now(), Team.objects.get(slug="sales")
    survey = create_survey(
        name="After the sale",
        kind=Kind.NPS,
        team=sales,
        brand="Northwind",
        actor=None,
        now=now,
    )
    publish(survey, actor=None, now=now)
    (token,) = mailed_links(survey, 1, request="story", now=now)
    return reverse("surveys:answer", args=[token])


def scores_after_the_sale() -> str:
    """Print what the one customer of Sales was heard to say."""
    given = Answer.objects.filter(survey__name="After the sale")
    return " ".join(map(str, given.values_list("value", flat=True)))


def cleo() -> str:
    """Print the id of an agent of another team."""
    return str(User.objects.get(name="Cleo").pk)


if __name__ == "__main__":
    sys.stdout.write(globals()[sys.argv[1]]())
