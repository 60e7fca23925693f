from contextlib import contextmanager

import pytest

from crmkpi.accounts import services, signals
from crmkpi.accounts.models import ALWAYS, FOREVER, AuditEvent, Membership
from crmkpi.accounts.teams import TeamDirectory
from crmkpi.lib.periods import UNDATED
from tests.world import NOW, TODAY, Role, person


@contextmanager
def heard():
    """Collect what teams_changed says while the block runs."""
    said = []

    def receiver(sender, signal, **news):
        said.append(news)

    signals.teams_changed.connect(receiver)
    try:
        yield said
    finally:
        signals.teams_changed.disconnect(receiver)


def stints(user):
    rows = user.memberships.order_by("since_day")
    return list(rows.values_list("team__slug", "role", "since_day", "until_day"))


def test_a_membership_said_twice_is_one(world):
    joiner = person("Joiner")
    with heard() as said:
        for _time in range(2):
            services.set_membership(
                user=joiner,
                team=world.berlin,
                role=Role.AGENT,
                since_day=100,
                until_day=200,
                actor=world.adam,
                now=NOW,
            )
    assert stints(joiner) == [("support-berlin", "agent", 100, 200)]
    assert len(said) == 1
    event = AuditEvent.objects.get(subject=f"user {joiner.pk}")
    assert event.action == "membership.set" and event.actor == world.adam


def test_the_first_membership_reaches_back_to_rows_of_unknown_days(world):
    joiner = person("Joiner")
    with heard() as said:
        services.set_membership(
            user=joiner,
            team=world.berlin,
            role=Role.AGENT,
            since_day=100,
            actor=None,
            now=NOW,
        )
    assert said == [
        {
            "agent_ids": {joiner.pk},
            "team_ids": {world.berlin.pk},
            "from_day": ALWAYS,
            "until_day": FOREVER,
            "now": NOW,
        }
    ]


def test_moving_the_last_day_tells_the_days_between(world):
    with heard() as said:
        services.set_membership(
            user=world.alice,
            team=world.berlin,
            role=Role.AGENT,
            until_day=TODAY,
            actor=None,
            now=NOW,
        )
    assert [(news["from_day"], news["until_day"]) for news in said] == [
        (TODAY, FOREVER)
    ]


def test_the_same_role_twice_at_once_is_refused(world):
    with pytest.raises(services.MembershipOverlap, match="Alice already is Agent"):
        services.set_membership(
            user=world.alice,
            team=world.berlin,
            role=Role.AGENT,
            since_day=100,
            actor=None,
            now=NOW,
        )


def test_an_end_before_the_beginning_is_refused(world):
    with pytest.raises(services.DaysOutOfOrder):
        services.set_membership(
            user=world.alice,
            team=world.north,
            role=Role.AGENT,
            since_day=100,
            until_day=100,
            actor=None,
            now=NOW,
        )
    with pytest.raises(services.DaysOutOfOrder):
        services.end_membership(
            membership=world.alice.memberships.get(),
            until_day=ALWAYS,
            actor=None,
            now=NOW,
        )


def test_ending_a_membership_twice_tells_once(world):
    with heard() as said:
        for _time in range(2):
            services.end_membership(
                membership=world.alice.memberships.get(),
                until_day=TODAY,
                actor=world.adam,
                now=NOW,
            )
    assert stints(world.alice) == [("support-berlin", "agent", ALWAYS, TODAY)]
    assert len(said) == 1


def test_a_moved_agent_keeps_the_days_before(world):
    with heard() as said:
        services.move_agent(
            user=world.alice, team=world.north, from_day=TODAY, actor=None, now=NOW
        )
    assert stints(world.alice) == [
        ("support-berlin", "agent", ALWAYS, TODAY),
        ("sales-north", "agent", TODAY, FOREVER),
    ]
    (news,) = said
    assert news["agent_ids"] == {world.alice.pk}
    assert news["team_ids"] == {world.berlin.pk, world.north.pk}
    assert (news["from_day"], news["until_day"]) == (TODAY, FOREVER)
    directory = TeamDirectory.load()
    assert directory.team_of(world.alice.pk, TODAY - 1) == world.berlin.pk
    assert directory.team_of(world.alice.pk, TODAY) == world.north.pk
    assert directory.team_of(world.alice.pk, UNDATED) == world.berlin.pk


def test_moving_where_one_already_is_changes_nothing(world):
    with heard() as said:
        services.move_agent(
            user=world.alice, team=world.berlin, from_day=TODAY, actor=None, now=NOW
        )
    assert stints(world.alice) == [("support-berlin", "agent", ALWAYS, FOREVER)]
    assert said == []


def test_a_move_back_in_time_leaves_the_later_one(world):
    for team, day in ((world.north, TODAY), (world.sales, TODAY - 10)):
        services.move_agent(
            user=world.alice, team=team, from_day=day, actor=None, now=NOW
        )
    assert stints(world.alice) == [
        ("support-berlin", "agent", ALWAYS, TODAY - 10),
        ("sales", "agent", TODAY - 10, TODAY),
        ("sales-north", "agent", TODAY, FOREVER),
    ]


def test_a_move_on_the_first_day_replaces_it(world):
    services.move_agent(
        user=world.alice, team=world.north, from_day=ALWAYS, actor=None, now=NOW
    )
    assert stints(world.alice) == [("sales-north", "agent", ALWAYS, FOREVER)]


def test_other_roles_stay_when_an_agent_moves(world):
    services.move_agent(
        user=world.lee, team=world.north, from_day=TODAY, actor=None, now=NOW
    )
    assert stints(world.lee) == [
        ("support-berlin", "lead", ALWAYS, FOREVER),
        ("sales-north", "agent", TODAY, FOREVER),
    ]


def test_analysts_move_nobodys_rows(world):
    with heard() as said:
        services.set_membership(
            user=world.adam, team=world.north, role=Role.ANALYST, actor=None, now=NOW
        )
    assert said == []
    assert Membership.objects.filter(user=world.adam).exists()


def test_a_refused_receiver_takes_the_change_back(world):
    def receiver(**news):
        raise RuntimeError("rows could not be stamped")

    signals.teams_changed.connect(receiver)
    try:
        with pytest.raises(RuntimeError):
            services.move_agent(
                user=world.alice, team=world.north, from_day=TODAY, actor=None, now=NOW
            )
    finally:
        signals.teams_changed.disconnect(receiver)
    assert stints(world.alice) == [("support-berlin", "agent", ALWAYS, FOREVER)]


def test_a_change_of_role_moves_the_access_version(world):
    world.alice.refresh_from_db()
    before = world.alice.access_version
    services.move_agent(
        user=world.alice, team=world.north, from_day=TODAY, actor=None, now=NOW
    )
    world.alice.refresh_from_db()
    assert world.alice.access_version == before + 1
