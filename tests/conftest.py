"""What holds for all tests."""

import os

import pytest
from django.core.cache import cache
from django.db import connection

from tests import needs
from tests.world import build_world

# Playwright keeps an event loop in this thread; the ORM would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(autouse=True)
def fresh_cache():
    """Forget sign-in limits and kept figures of the test before."""
    cache.clear()


def pytest_runtest_setup(item):
    for need in ("browser", "redis", "reference"):
        if not any(item.iter_markers(need)):
            continue
        reason = needs.missing(need)
        if reason and need in needs.required():
            pytest.fail(f"required here, but {reason}", pytrace=False)
        elif reason:
            pytest.skip(reason)
    if any(item.iter_markers("postgresql")) and connection.vendor != "postgresql":
        pytest.skip("runs in the pass on PostgreSQL")


@pytest.fixture
def world(db):
    """The cast of tests/world.py."""
    return build_world()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needs.chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
