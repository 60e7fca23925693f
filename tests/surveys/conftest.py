import pytest

from crmkpi.crm.models import Contact, Customer
from surveys.models import Survey
from surveys.scoring import Kind
from surveys.services.surveys import create_survey, publish
from tests.surveys import cast
from tests.world import NOW, World


@pytest.fixture
def customer(world: World) -> Customer:
    return cast.customer("Globex", agent=world.alice)


@pytest.fixture
def contact(customer: Customer) -> Contact:
    return cast.contact("Grace", customer=customer)


@pytest.fixture
def survey(world: World) -> Survey:
    """A live CSAT survey of Support EMEA in all our languages."""
    draft = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(draft, actor=world.ana, now=NOW)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def heard():
    """The changes that were announced: (model, before, after, cause), as dicts."""
    with cast.listening() as news:
        yield news
