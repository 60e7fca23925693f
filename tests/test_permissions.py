"""Every address × every principal, generated from the resolver."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions_table import PRINCIPALS, TABLE
from tests.world import World

# A session is kept for whoever signs in; its rows say nothing about the product. That
# somebody looked at a person's scorecard is noted for that person.
UNCOUNTED = {"django_session", "objectives_accesslog"}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or repr(pattern)}"
        else:
            inner = pattern.namespace
            yield from names(pattern, f"{namespace}{inner}:" if inner else namespace)


NAMES = sorted(set(names(get_resolver())))


def test_every_address_is_classified():
    assert [name for name in NAMES if name not in TABLE] == []


def test_every_rule_has_an_address():
    assert [name for name in TABLE if name not in NAMES] == []


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(TABLE)))
def test_everybody_gets_the_answer_that_the_table_says(name, world):
    rule = TABLE[name]
    url = reverse(name, kwargs=rule.kwargs(world)) + rule.query
    data = rule.data(world)
    got_get, got_post = {}, {}
    for principal in PRINCIPALS:
        client, headers = visitor(principal, world)
        with taken_back():
            got_get[principal] = client.get(url, headers=headers).status_code
        with taken_back():
            kind = {"content_type": "application/json"} if rule.json else {}
            answer = client.post(url, data, headers=headers, **kind)
            got_post[principal] = answer.status_code
    assert got_get == rule.get
    if rule.post is not None:
        assert got_post == rule.post
    else:
        assert set(got_post.values()) <= {302, 401, 403, 404, 405}
        assert 302 not in {
            status for who, status in got_post.items() if who not in OUTSIDE
        }


OUTSIDE = ("anonymous", "key")  # without a session: pages ask them to sign in


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(TABLE)))
def test_looking_writes_nothing(name, world):
    rule = TABLE[name]
    url = reverse(name, kwargs=rule.kwargs(world)) + rule.query
    visitors = [
        visitor(principal, world)
        for principal in ("anonymous", "agent", "manager", "administrator")
    ]
    before = row_counts()
    with CaptureQueriesContext(connection) as seen:
        for client, headers in visitors:
            for look in (client.get, client.head):
                list(look(url, headers=headers))  # streams are read to their end
    assert row_counts() == before
    assert [sql for sql in map(write_in, seen.captured_queries) if sql] == []


# Names that must never reach somebody: other agents, and other departments' people.
# Looked for as words: a random token may hold the four letters of one, and a Lee wrote
# about lifetimes in 2005.
FOREIGN = {
    "agent": ("Bob", "Cleo", "Carl", "Sales North"),
    "lead": ("Cleo", "Carl", "Sales North"),
    "manager": ("Cleo", "Carl", "Sales North"),
    "stranger": ("Alice", "Bob", "Lee(?!, 2005)", "Support Berlin"),
    "key": ("Cleo", "Carl", "Sales North"),
}


@pytest.mark.parametrize("name", sorted(set(NAMES) & set(TABLE)))
def test_no_page_names_who_is_out_of_sight(name, world):
    rule = TABLE[name]
    url = reverse(name, kwargs=rule.kwargs(world)) + rule.query
    seen = {}
    for principal, foreign in FOREIGN.items():
        client, headers = visitor(principal, world)
        answer = client.get(url, headers=headers)
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode(errors="replace")
        if leaked := [name for name in foreign if re.search(rf"\b{name}\b", text)]:
            seen[principal] = leaked
    assert seen == {}


def visitor(principal: str, world: World) -> tuple[Client, dict[str, str]]:
    client, headers = Client(raise_request_exception=True), {}
    person = {
        "agent": world.alice,
        "lead": world.lee,
        "manager": world.ana,
        "analyst": world.nora,
        "administrator": world.adam,
        "stranger": world.carl,
    }.get(principal)
    if person is not None:
        client.force_login(person)
    elif principal == "key":
        headers["Authorization"] = f"Bearer {world.plain_key}"
    return client, headers


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def row_counts() -> dict[str, int]:
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.db_table not in UNCOUNTED
    }


def write_in(query: dict[str, str]) -> str | None:
    sql = query["sql"].lstrip()
    if not sql.upper().startswith(WRITES):
        return None
    return None if any(table in sql for table in UNCOUNTED) else sql
