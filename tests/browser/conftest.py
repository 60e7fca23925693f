"""A real browser beside a real server."""

import pytest


@pytest.fixture
def open_page(chromium, live_server):
    """Return a function that opens a fresh visitor's page: desktop unless told else.

    A script error or anything that the content security policy refused fails the test.
    """
    contexts, complaints = [], []

    def open_one(*, width=1440, height=1000, dark=False, script=True):
        context = chromium.new_context(
            base_url=live_server.url,
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
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
