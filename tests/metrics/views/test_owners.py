"""Who answers for the definition of a metric, named by managers of the company."""

import pytest
from django.http import HttpResponse

from crmkpi.accounts.models import AuditEvent, User
from metrics.models import MetricOwner
from tests.metrics.custom.making import make, ratio
from tests.metrics.views.reading import page, signed_in, words
from tests.world import World

pytestmark = pytest.mark.usefixtures("at_now")
PAGE = "/metrics/win_rate/"
ANSWERS = "Who answers for it"


def name(actor: User, person: User | None, key: str = "win_rate") -> HttpResponse:
    sent = {"user": person.pk if person else "", "query": "period=2026-01"}
    return signed_in(actor).post(f"/metrics/{key}/owner/", sent)


def test_a_manager_names_who_answers(world: World) -> None:
    assert ANSWERS not in words(page(signed_in(world.nora), PAGE))

    answer = name(world.mona, world.carl)

    assert answer["Location"] == f"{PAGE}?period=2026-01#definition"
    told = f"{ANSWERS} {world.carl.name}"
    assert told in words(page(signed_in(world.nora), PAGE))
    assert told in words(page(signed_in(world.alice), "/manual/metrics/"))
    sum_page = words(page(signed_in(world.nora), f"{PAGE}passport/"))
    assert f"{world.carl.name} answers for it" in sum_page
    event = AuditEvent.objects.get(action="metric.owner")
    assert event.subject == "metric win_rate"
    assert event.detail == {"before": "", "after": world.carl.name}


def test_another_follows_and_nobody_is_possible(world: World) -> None:
    name(world.mona, world.carl)
    name(world.mona, world.nora)
    assert MetricOwner.objects.get().user == world.nora
    name(world.mona, None)
    name(world.mona, None)
    assert not MetricOwner.objects.exists()
    assert AuditEvent.objects.filter(action="metric.owner").count() == 3


def test_others_name_nobody(world: World) -> None:
    for actor in (world.nora, world.ana, world.alice):
        assert name(actor, world.carl).status_code == 403
    assert name(world.mona, world.alice).status_code == 403  # an agent leads nobody
    assert not MetricOwner.objects.exists()


@pytest.mark.parametrize("text", ["x", "\0", "²", "1" * 5000, "-1", "9" * 19])
def test_what_is_no_person_is_refused(world: World, text: str) -> None:
    answer = signed_in(world.mona).post("/metrics/win_rate/owner/", {"user": text})

    assert answer.status_code == 400


def test_who_made_a_metric_answers_for_it(world: World) -> None:
    made = make(ratio(), world.ana)

    assert f"{ANSWERS} {world.ana.name}" in words(
        page(signed_in(world.nora), f"/metrics/{made.key}/")
    )
    assert name(world.mona, world.carl, made.key).status_code == 403


def test_what_is_wrong_is_refused(world: World) -> None:
    client = signed_in(world.mona)
    address = f"{PAGE}owner/"
    assert client.get(address).status_code == 405
    assert client.post(address, {"user": "carl"}).status_code == 400
    assert client.post(address, {"user": "99999999"}).status_code == 404
    assert client.post("/metrics/nothing/owner/").status_code == 404
