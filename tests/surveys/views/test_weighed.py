"""The panel beside the segments: the score weighed, and as it is."""

import pytest
from django.urls import reverse

from crmkpi.crm.models import CustomerSpell, Member
from surveys.models import Answer, Survey
from surveys.scoring import DEFAULT_SCALES, Kind
from tests.surveys.cast import customer
from tests.surveys.replies import replies
from tests.world import NOW

NPS = DEFAULT_SCALES[Kind.NPS]


@pytest.fixture
def ana(client, world):
    client.force_login(world.ana)
    return client


@pytest.fixture
def large(db) -> Member:
    return Member.objects.create(dimension=Member.Dimension.SEGMENT, name="Large")


@pytest.fixture
def small(db) -> Member:
    return Member.objects.create(dimension=Member.Dimension.SEGMENT, name="Small")


def said(segment: Member | None, counts, world) -> Survey:
    """Have so many of a segment answer about Alice."""
    before = list(Answer.objects.values_list("pk", flat=True))
    survey = replies(counts, scale=NPS, agent_id=world.alice.pk)
    Answer.objects.exclude(pk__in=before).update(segment=segment)
    return survey


def active(segment: Member | None, n: int, world) -> None:
    for number in range(n):
        buyer = customer(f"{segment} {number}")
        buyer.segment = segment
        buyer.save()
        CustomerSpell.objects.create(
            customer=buyer, team=world.berlin, started_day=0, added_at=NOW
        )


def page(client, survey, **query):
    url = reverse("surveys:breakdown", args=[survey.slug])
    return client.get(url, {"by": "segment", **query})


@pytest.fixture
def survey(world, large, small) -> Survey:
    """60, 10, 10 of a fifth of the customers, 4, 6, 10 of all others."""
    said(large, {10: 60, 8: 10, 2: 10}, world)
    active(large, 2, world)
    active(small, 8, world)
    return said(small, {9: 4, 7: 6, 6: 10}, world)


def test_weighted_beside_unweighted_with_effective_n(ana, survey):
    text = page(ana, survey, weigh="customers").content.decode()

    assert ">−12<" in text  # −11.5
    assert "between −39 and +16 (taken segment by segment)" in text
    assert "100 answers, which tell as much as 30.8 that all count the same" in text
    assert "Each answer alike: +44" in text
    panel = page(ana, survey, weigh="customers").context["weighing"]
    assert [
        (row["name"], row["of_answers"], row["of_population"])
        for row in panel["weighed"]["strata"]
    ] == [("Small", "20 %", "80 %"), ("Large", "80 %", "20 %")]


@pytest.mark.parametrize("query", [{}, {"weigh": "odd"}])
def test_off_by_default(ana, survey, query):
    panel = page(ana, survey, **query).context["weighing"]

    assert panel["way"] == ""
    assert "weighed" not in panel
    by_team = ana.get(reverse("surveys:breakdown", args=[survey.slug]))
    assert by_team.context["weighing"] is None


def test_who_left_is_no_customer_and_who_is_silent_has_no_say(
    ana, survey, world, large
):
    CustomerSpell.objects.filter(customer__segment=large).update(ended_day=1)
    active(None, 8, world)

    text = page(ana, survey, weigh="customers").content.decode()

    assert "50 % of them are in segments without an answer" in text
    assert "80 answers of segments in which nobody is do not count" in text


def test_each_customer_once_by_its_median(ana, world):
    """Five are asked often and say 0, 10, 10; five say 3 once: as many of either."""
    for number in range(5):
        pk = customer(f"Often {number}").pk
        replies({0: 1, 10: 2}, scale=NPS, customer_id=pk, agent_id=world.alice.pk)
        pk = customer(f"Once {number}").pk
        survey = replies({3: 1}, scale=NPS, customer_id=pk, agent_id=world.alice.pk)

    panel = page(ana, survey, weigh="once").context["weighing"]

    assert (panel["once"]["figure"].text, panel["once"]["n"]) == ("0", 10)
    assert panel["alike"]["n"] == 20


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("customers", "No active customers of your teams"),
        ("asked", "Nobody was invited in this time"),
        ("once", "Fewer than five customers are known"),
    ],
)
def test_why_there_is_nothing_to_weigh_by(ana, world, large, way, words):
    survey = said(large, {10: 6, 3: 6}, world)

    assert words in page(ana, survey, weigh=way).content.decode()


def test_readers_weigh_by_customers_of_their_own_teams(client, survey, world):
    client.force_login(world.carl)

    replies({10: 6}, scale=NPS, agent_id=world.cleo.pk)

    text = page(client, survey, weigh="customers").content.decode()
    assert "No active customers of your teams" in text
