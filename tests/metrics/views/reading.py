"""Short ways to read pages in tests."""

import csv
import io
import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(html: str) -> str:
    """Return the text of a page as people read it, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def page(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def statements(client: Client, address: str) -> list[str]:
    """Return the SQL that showing a page takes."""
    with CaptureQueriesContext(connection) as found:
        page(client, address)
    return [each["sql"] for each in found]


def table(client: Client, address: str) -> list[dict[str, str]]:
    """Return the lines of a CSV file by its headings."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="')
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))
