"""What moves a number, and that a reader has read it."""

import re

import pytest
from django.test import Client

from metrics.models import MetricVersion, Reading
from tests.metrics.views.reading import page, signed_in, words
from tests.world import NOW, World

pytestmark = pytest.mark.usefixtures("at_now")
PAGE = "/metrics/win_rate/"


def mark(client: Client, word: str = "yes"):
    return client.post(f"{PAGE}read/", {"read": word, "query": "period=2026-01"})


def test_the_own_role_comes_first(everything: World) -> None:
    def first_role(user) -> str:
        text = page(signed_in(user), f"{PAGE}?period=2026-01")
        found = re.search(r"<dt>(As [^<]+)</dt>", text)
        return found[1] if found else ""

    assert first_role(everything.mona) == "As a manager"
    assert first_role(everything.lee) == "As a team lead"
    assert first_role(everything.alice) == "As an agent"


def test_reading_it_is_remembered_once_and_can_be_undone(everything: World) -> None:
    client = signed_in(everything.mona)
    assert "I have read this" in words(page(client, PAGE))

    answer = mark(client)
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?period=2026-01#advice"
    mark(client)
    assert Reading.objects.get().at == NOW
    assert "You read this on 13 Feb 2026" in words(page(client, PAGE))

    mark(client, "no")
    assert not Reading.objects.exists()
    assert "I have read this" in words(page(client, PAGE))


def test_another_version_is_to_be_read_again(everything: World) -> None:
    client = signed_in(everything.mona)
    mark(client)
    MetricVersion.objects.create(
        key="win_rate", number=2, fingerprint="another", since=NOW
    )

    text = words(page(client, PAGE))
    assert "Changed since you read it" in text and "I have read this" in text


def test_what_one_has_read_another_has_not(everything: World) -> None:
    mark(signed_in(everything.mona))
    assert "I have read this" in words(page(signed_in(everything.ana), PAGE))


def test_an_unknown_metric_is_not_found(everything: World) -> None:
    client = signed_in(everything.mona)
    assert client.post("/metrics/nothing/read/").status_code == 404
