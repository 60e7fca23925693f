from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from objectives import services
from objectives.models import AccessLog, Link, Objective
from tests.objectives.cast import Q1, deals, key_result, objective, put, quarter
from tests.world import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["lee", "alice", "nora", "adam", "carl"])
def test_only_managers_of_the_team_write(world, name):
    actor, goal = getattr(world, name), objective(world)

    with pytest.raises(PermissionDenied):
        objective(world, actor=actor)
    with pytest.raises(PermissionDenied):
        services.update_objective(
            objective=goal, version=1, actor=actor, now=NOW, title="Mine"
        )
    with pytest.raises(PermissionDenied):
        services.close_objective(objective=goal, version=1, actor=actor, now=NOW)
    with pytest.raises(PermissionDenied):
        services.check_in(
            objective=goal, confidence=5, sentence="Hm.", actor=actor, now=NOW
        )
    with pytest.raises(PermissionDenied):
        key_result(world, goal, actor=actor)


def test_rights_of_yesterday_do_not_count(world):
    world.ana.memberships.update(until_day=TODAY)

    with pytest.raises(PermissionDenied):
        objective(world)


def test_a_cycle_that_is_over_takes_no_objective(world):
    after = NOW + timedelta(days=Q1[1] - TODAY)

    with pytest.raises(services.BadInput) as error:
        objective(world, now=after)

    assert set(error.value.faults) == {"cycle"}


def test_an_update_keeps_what_is_not_named(world):
    goal = objective(world, description="Because.")

    changed = services.update_objective(
        objective=goal, version=1, actor=world.ana, now=NOW, title="Other"
    )

    assert (changed.title, changed.description, changed.version) == (
        "Other",
        "Because.",
        2,
    )


def test_a_lost_update_is_refused(world):
    goal = objective(world)
    services.update_objective(
        objective=goal, version=1, actor=world.mona, now=NOW, title="Mona's"
    )

    with pytest.raises(services.Conflict):
        services.update_objective(
            objective=goal, version=1, actor=world.ana, now=NOW, title="Ana's"
        )

    assert Objective.objects.get().title == "Mona's"


def test_closing_twice_changes_nothing(world):
    goal = objective(world)
    once = services.close_objective(objective=goal, version=1, actor=world.ana, now=NOW)
    again = services.close_objective(
        objective=goal, version=1, actor=world.ana, now=NOW + timedelta(days=1)
    )

    assert (again.closed_at, again.version) == (once.closed_at, 2)
    with pytest.raises(services.AlreadyClosed):
        services.update_objective(
            objective=again, version=2, actor=world.ana, now=NOW, title="Late"
        )


# Cycles


def test_closing_a_cycle_gives_every_result_once(world):
    put(*deals(world, on="2026-01-20", won=22, lost=18))  # 55 %: 15 of the 20 points
    first, second = objective(world), objective(world, title="Second")
    one, two = key_result(world, first), key_result(world, second, metric="csat")
    after = NOW + timedelta(days=Q1[1] - TODAY)

    services.close_cycle(cycle=quarter(), actor=world.mona, now=after)
    closed = services.close_cycle(
        cycle=quarter(), actor=world.mona, now=after + timedelta(days=1)
    )

    assert closed.closed_at == after
    assert set(Objective.objects.values_list("state", flat=True)) == {"closed"}
    statuses = [each.evaluations.get(day=Q1[1]).status for each in (one, two)]
    assert statuses == ["partly", "no_result"]
    assert not one.evaluations.filter(day=Q1[1] + 1).exists()


def test_a_cycle_does_not_close_before_its_end(world):
    with pytest.raises(services.CycleNotOver):
        services.close_cycle(cycle=quarter(), actor=world.mona, now=NOW)


@pytest.mark.parametrize("name", ["ana", "nora", "adam", "lee"])
def test_only_who_manages_the_company_closes_a_cycle(world, name):
    after = NOW + timedelta(days=90)

    with pytest.raises(PermissionDenied):
        services.close_cycle(cycle=quarter(), actor=getattr(world, name), now=after)


# Links


def link(world, child: Objective, parent: Objective, kind: str = "contributes") -> Link:
    return services.link_objectives(
        child=child, parent=parent, kind=kind, actor=world.ana, now=NOW
    )


def test_contributions_make_no_circle(world):
    a, b, c = (objective(world, title=title) for title in "ABC")
    link(world, a, b)
    link(world, b, c)

    with pytest.raises(services.LinkLoop):
        link(world, c, a)
    with pytest.raises(services.LinkLoop):
        link(world, a, a, "aligned")
    assert Link.objects.count() == 2


def test_one_parent_and_many_aligned(world):
    a, b, c, d = (objective(world, title=title) for title in "ABCD")
    link(world, a, b)
    link(world, a, c, "aligned")
    link(world, a, d, "aligned")
    link(world, a, b)  # the same again

    with pytest.raises(services.SecondParent):
        link(world, a, c)
    assert Link.objects.filter(child=a).count() == 3


def test_links_are_shown_only_to_those_who_may_open_the_other_end(world, as_):
    child = objective(world, title="Child")
    parent = objective(world, title="Secret parent", visibility="private")
    link(world, child, parent)
    place = f"/objectives/{child.pk}/"

    assert "Secret parent" in as_("ana").get(place).text
    assert "Secret parent" not in as_("lee").get(place).text


# Who looked


def test_looks_are_kept_once_a_day_and_never_of_oneself(world):
    for hours in (0, 1, 24):
        services.note_look(
            viewer=world.lee, subject=world.alice, now=NOW + timedelta(hours=hours)
        )
    services.note_look(viewer=world.alice, subject=world.alice, now=NOW)

    days = AccessLog.objects.order_by("day").values_list("viewer", "day", "at")
    assert list(days) == [
        (world.lee.pk, TODAY, NOW + timedelta(hours=1)),
        (world.lee.pk, TODAY + 1, NOW + timedelta(hours=24)),
    ]


def test_weights_that_are_none(world):
    goal = objective(world)

    for weight in (Decimal(-1), Decimal(1001), Decimal("NaN")):
        with pytest.raises(services.BadInput) as error:
            key_result(world, goal, weight=weight)
        assert "weight" in error.value.faults
    key_result(world, goal, weight=Decimal(0))
