"""Fifty people change their formulas at the same moment, which would close a ring."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from metrics.custom import loading
from metrics.custom.errors import BadInput
from metrics.custom.models import CustomMetric
from tests.metrics.custom.making import change, formula, make
from tests.world import build_world

HOW_MANY = 50


def fifty(world):
    return [
        make(formula(f"win_rate + {number}", title=f"M {number}"), world.ana)
        for number in range(HOW_MANY)
    ]


def point_on(metrics, number, actor):
    """Make a metric need the next one; return why it was refused, or nothing."""
    following = metrics[(number + 1) % HOW_MANY].key
    try:
        change(metrics[number], formula(following, title=f"M {number}"), actor)
    except BadInput as error:
        return str(error.faults["formula"])
    return ""


def assert_one_refused(answers):
    refused = [answer for answer in answers if answer]
    assert len(refused) == 1
    assert "This closes a ring" in refused[0]
    needs = {
        each.metric.key: loading.definition_of(each).needs()
        for each in loading.newest_versions()
    }
    assert sum(keys == ("win_rate",) for keys in needs.values()) == 1
    for key, needed in needs.items():
        assert key not in loading.reached_from(needed, needs)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_only_the_one_that_closes_the_ring_is_refused():
    world = build_world()
    metrics = fifty(world)
    barrier = threading.Barrier(HOW_MANY)

    def save(number):
        try:
            barrier.wait(timeout=60)
            return point_on(metrics, number, world.ana)
        finally:
            connection.close()

    with ThreadPoolExecutor(HOW_MANY) as pool:
        answers = list(pool.map(save, range(HOW_MANY)))
    assert_one_refused(answers)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_of_one_name_at_once_get_fifty_keys():
    world = build_world()

    def add(number):
        try:
            return make(formula("win_rate", title="The same"), world.ana).key
        finally:
            connection.close()

    with ThreadPoolExecutor(HOW_MANY) as pool:
        keys = set(pool.map(add, range(HOW_MANY)))
    assert len(keys) == HOW_MANY == CustomMetric.objects.count()


def test_one_after_the_other_in_any_order_the_last_is_refused(world):
    metrics = fifty(world)
    order = list(range(HOW_MANY))
    random.Random(7).shuffle(order)
    answers = [point_on(metrics, number, world.ana) for number in order]
    assert_one_refused(answers)
    assert answers[-1]
