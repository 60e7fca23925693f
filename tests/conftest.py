"""What holds for all tests."""

import gc
import os

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from crmkpi.lib import kept
from metrics.custom import loading
from metrics.engine import bell
from tests import needs, space
from tests.faults.installation import migrated
from tests.stage import commits, in_order, stage, stays
from tests.world import build_world

# Playwright keeps an event loop in this thread; the ORM would refuse to work beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Properties hold on a busy machine, too: how long an example takes is no fault.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)  # the plugin then puts those that commit behind
def pytest_collection_modifyitems(items):
    items[:] = in_order(items)


def pytest_collection_finish():
    """Spare the garbage collector what stays: going through it was a seventh of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(autouse=True)
def fresh_cache():
    """Forget sign-in limits and kept figures of the test before."""
    cache.clear()
    loading.look_again()


def pytest_runtest_setup(item):
    kept.forget()  # before rows that a module shares come, too
    bell.forget()
    for need in ("browser", "engines", "redis", "reference"):
        if not any(item.iter_markers(need)):
            continue
        reason = needs.missing(need)
        if reason and need in needs.required():
            pytest.fail(f"required here, but {reason}", pytrace=False)
        elif reason:
            pytest.skip(reason)
    if any(item.iter_markers("postgresql")) and connection.vendor != "postgresql":
        pytest.skip("runs in the pass on PostgreSQL")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    def clear():
        with item.config.stash[blocking_manager_key].unblock():
            stage.clear()

    if nextitem is None:  # before the browser and the database go
        item.getparent(pytest.Module).addfinalizer(clear)
    try:
        return (yield)
    finally:
        if not stays(item, nextitem):
            clear()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment, django_db_blocker, django_db_use_migrations
):
    """Make the tables whichever tests run, also those that commit rows of their own.

    The plugin's makes none where no test is marked for it.
    """
    connection.settings_dict["TEST"]["MIGRATE"] = django_db_use_migrations
    with django_db_blocker.unblock():
        before = setup_databases(0, interactive=False, serialized_aliases=set())
        yield
        space.end_other_sessions()
        teardown_databases(before, 0)


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    """Empty tables by DELETE after tests that commit.

    On PostgreSQL Django truncates them, which makes new files of some 150 tables and
    their indexes each time: seconds for a few rows.
    """

    def sql_flush(operations, style, tables, **_options):
        quoted = [operations.quote_name(table) for table in tables]
        return [f"DELETE FROM {table}" for table in quoted]  # noqa: S608

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session")
def tables(tmp_path_factory, django_db_setup):
    """The address of a database that installations under test begin as copies of."""
    with migrated(tmp_path_factory.mktemp("tables")) as url:
        yield url


@pytest.fixture(scope="class")  # wider than `db`, so it comes first
def _cast(request, django_db_setup, django_db_blocker):
    if not commits(request.node, request.fixturenames):
        with django_db_blocker.unblock():
            stage.set(build_world)


@pytest.fixture
def world(_cast, db):
    """The cast of tests/world.py."""
    return stage.world()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needs.chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
