"""A real browser beside a real server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from tests.world import NOW, PASSWORD

Opens = Callable[..., Any]
# Refusals under test, and what htmx says when a page is left while it asks. Previews of
# surveys take no script, not even that of axe.
EXPECTED = (
    "Failed to load resource",
    "htmx:sendAbort",
    "htmx:afterRequest",
    "Blocked script execution in 'about:srcdoc'",
)


@pytest.fixture
def open_page(chromium, live_server):
    """Return a function that opens a fresh visitor's page: desktop unless told else.

    A script error or anything that the content security policy refused fails the test.
    """
    with visitors(chromium, live_server.url) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def lasting_rows(request, chromium, django_db_setup, django_db_blocker):
    """Rows that the module's `write` commits once, and the address they are shown at.

    For tests that look and write little; each sees what those before it wrote.
    """
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=True):
        request.module.write()
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def visit(chromium, lasting_rows, django_db_blocker):
    """Return a function that opens a page on the lasting rows: visit("Lee", dark=True).

    Without a name it is a visitor's who has not signed in.
    """
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=True),
        visitors(chromium, lasting_rows) as open_one,
    ):

        def open_for(name="", **looks):
            page = open_one(**looks)
            if name:
                page.goto("/accounts/login/")
                page.get_by_label("E-mail address").fill(f"{name.lower()}@example.com")
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in").click()
            return page

        yield open_for


@pytest.fixture
def ana(visit):
    """Return a function that opens a page for Ana, who has rows of every kind."""
    return partial(visit, "Ana")


@contextmanager
def visitors(chromium: Any, address: str) -> Iterator[Opens]:
    contexts, complaints = [], []

    def open_one(*, width=1440, height=1000, dark=False, script=True):
        context = chromium.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        return page

    def note(message):
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
