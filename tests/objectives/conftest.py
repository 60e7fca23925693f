import pytest
import time_machine
from django.test import Client

from tests.world import NOW


@pytest.fixture
def today():
    """Let views read NOW from the clock."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def as_(world, today):
    """Return a client signed in as somebody of the cast, by name."""

    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return sign_in
