"""Which orders go back to a campaign or to work with the customer."""

from datetime import timedelta

import pytest

from crmkpi.crm import changes
from crmkpi.crm.attribution import NOBODY, Credit, Touch, credit
from crmkpi.crm.models import Interaction, Order
from crmkpi.crm.removal import remove
from tests.crm.rows import at, order, take
from tests.world import NOW

pytestmark = pytest.mark.django_db
PAID = at("2026-01-10 09:00")


def interaction(external_id="i1", days=5, **values):
    """Return a contact so many days before the order was paid."""
    return {
        "external_id": external_id,
        "agent": "Cleo",
        "customer": "Acme",
        "channel": "email",
        "started": PAID - timedelta(days=days),
    } | values


@pytest.fixture
def acme(world):
    take("customer", {"name": "Acme"}, {"name": "Other"})
    take("campaign", {"name": "Spring"}, {"name": "Summer"})


def credited(external_id="r1"):
    found = Order.objects.select_related("credited_campaign").get(
        external_id=external_id
    )
    campaign = found.credited_campaign
    return found.is_credited, campaign.name if campaign else None


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        (9, NOBODY),
        (10, Credit(True, 7)),
        (19, Credit(True, 7)),
        (20, Credit(True, None)),
        (50, Credit(True, None)),
        (51, NOBODY),
        (None, NOBODY),
    ],
)
def test_the_last_touch_within_30_days(paid, expected):
    """Touched on day 10 by campaign 7, and on day 20 by a sales contact."""
    touches = [Touch(10, NOW, 1, 7), Touch(20, NOW, 2, None)]
    assert credit(None, paid, touches) == expected
    assert credit(3, paid, touches) == Credit(True, 3)


def test_an_order_that_names_its_campaign_goes_back_to_that(acme):
    take("interaction", interaction(campaign="Summer"))
    take(
        "order", order(campaign="Spring"), order("r2", customer=None, campaign="Spring")
    )
    assert credited() == credited("r2") == (True, "Spring")
    take("order", order(campaign=None))
    assert credited() == (True, "Summer")


def test_a_late_contact_changes_what_an_earlier_order_goes_back_to(acme, heard):
    take("order", order())
    assert credited() == (False, None)
    heard.told.clear()
    take("interaction", interaction(days=30, campaign="Spring"))
    assert credited() == (True, "Spring")
    ((before, after, cause),) = heard.of(Order, "is_credited")
    assert (before, after, cause) == ([(False,)], [(True,)], "import")
    take("interaction", interaction("i2", days=4, is_sales=True))
    assert credited() == (True, None)


@pytest.mark.parametrize(
    "values",
    [
        {"campaign": None},
        {"exclusion": "test"},
        {"answered": False},
        {"customer": "Other"},
        {"started": PAID - timedelta(days=31)},
        {"started": PAID + timedelta(days=1)},
    ],
)
def test_a_contact_that_no_longer_touches_gives_the_order_back(acme, values):
    take("interaction", interaction(campaign="Spring"))
    take("order", order())
    assert credited() == (True, "Spring")
    take("interaction", interaction(campaign="Spring") | values)
    assert credited() == (False, None)


def test_a_contact_that_is_deleted_gives_the_order_back(acme):
    take("interaction", interaction(campaign="Spring"))
    take("order", order())
    found = changes.rows_by_key(Interaction.objects.all(), for_update=False)
    remove(Interaction, found, now=NOW)
    assert credited() == (False, None)


def test_an_order_moves_with_its_customer_and_its_day(acme):
    take("interaction", interaction(campaign="Spring"))
    take("order", order())
    take("order", order(customer="Other"))
    assert credited() == (False, None)
    take("order", order())
    assert credited() == (True, "Spring")
    take("order", order(paid=PAID + timedelta(days=26)))
    assert credited() == (False, None)


def test_the_same_rows_again_change_nothing(acme):
    take("interaction", interaction(campaign="Spring"))
    take("order", order())
    before = list(Order.objects.values())
    assert take("order", order()).same == 1
    assert take("interaction", interaction(campaign="Spring")).same == 1
    assert list(Order.objects.values()) == before
