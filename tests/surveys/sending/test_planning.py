"""From what happened to a mail: which events, when, to whom, and once."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crmkpi.crm.models import Contact, Member, Ticket
from surveys import tasks
from surveys.models import Invitation, Occasion, SendingLimits, SendingRule
from surveys.scoring import Kind
from surveys.sending import planning
from surveys.sending.conditions import Conditions
from surveys.sending.periods import plan_periods
from surveys.services.dispatch import send_invitation
from surveys.services.surveys import close, create_survey, publish
from tests.surveys.cast import contact as make_contact
from tests.surveys.cast import customer as make_customer
from tests.surveys.cast import recipient
from tests.surveys.sending.making import (
    another_survey,
    at,
    became,
    plan,
    rule,
    run,
    solved,
    tell,
)
from tests.world import NOW, day

pytestmark = pytest.mark.usefixtures("contact")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Event = SendingRule.Event


def test_a_resolved_ticket_is_asked_about_after_the_delay(world, survey, contact):
    rule(survey, delay_hours=24)
    solved(channel="phone")

    run(NOW + 24 * HOUR - timedelta(seconds=1))
    assert mail.outbox == []
    run(NOW + 24 * HOUR)

    (message,) = mail.outbox
    assert message.to == [contact.email]
    assert "About your request of 13 February." in message.body
    invitation = Invitation.objects.get()
    assert invitation.agent == world.alice
    assert invitation.sent_team == world.berlin
    assert invitation.event_day == day("2026-02-13")
    assert invitation.rule == SendingRule.objects.get()
    assert became() == {"T-17": "asked"}


def test_the_same_news_twice_is_one_occasion(survey):
    rule(survey)
    solved()
    solved()
    solved(subject="Other words")
    run()
    run()

    assert became() == {"T-17": "asked"}
    assert len(mail.outbox) == 1


def test_what_was_before_the_rule_was_switched_on_is_not_asked_about(survey):
    rule(survey, on_since=NOW + HOUR)
    solved()

    assert became() == {}


@pytest.mark.parametrize(
    "off", [{"is_on": False}, {"event": Event.ORDER_PAID}, {"event": Event.API}]
)
def test_other_rules_do_not_listen(survey, off):
    rule(survey, **off)
    solved()

    assert became() == {}


def test_orders_and_renewals(survey):
    rule(survey, event=Event.ORDER_PAID)
    rule(survey, event=Event.CONTRACT_RENEWED)
    tell(
        "order",
        {"external_id": "O-1", "customer": "Globex", "owner": "Alice", "amount": 9,
         "paid": NOW},
    )  # fmt: skip
    tell(
        "contract",
        {"external_id": "C-1", "customer": "Globex", "owner": "Alice",
         "started": date(2025, 2, 1), "due": date(2026, 2, 12),
         "renewed": date(2026, 2, 12), "monthly_amount": 5},
    )  # fmt: skip

    run()

    # Both are about one person, who is asked once.
    assert sorted(became().values()) == ["asked", "recent"]
    assert len(mail.outbox) == 1


def test_a_delivery_is_asked_about_on_its_own_day_and_team(world, survey, contact):
    rule(survey, event=Event.ORDER_DELIVERED)
    order = {"external_id": "O-1", "customer": "Globex", "owner": "Alice", "amount": 9}
    tell("order", order | {"paid": NOW - 2 * DAY})
    assert became() == {}

    tell("order", order | {"paid": NOW - 2 * DAY, "delivered": NOW - HOUR})
    run()

    invitation = Invitation.objects.get()
    assert became() == {"O-1": "asked"}
    assert (invitation.event_day, invitation.sent_team) == (
        day("2026-02-13"),
        world.berlin,
    )
    assert "About your order delivered on 13 February" in mail.outbox[0].body


def test_what_was_delivered_on_account_counts_and_what_came_back_does_not(survey):
    rule(survey, event=Event.ORDER_DELIVERED, delay_hours=24)
    order = {"customer": "Globex", "owner": "Alice", "amount": 9, "delivered": NOW}
    rows = [order | {"external_id": f"O-{n}", "state": "pending"} for n in (1, 2)]
    tell("order", *rows)
    assert became() == {"O-1": "waiting", "O-2": "waiting"}

    tell("order", rows[0] | {"state": "cancelled"})
    assert became() == {"O-1": "reopened", "O-2": "waiting"}


def test_each_active_customer_in_turn(world, survey, customer):
    """Every 10 days each has one turn, however often and late the job runs."""
    periodical = rule(survey, event=Event.PERIOD, every_days=10, on_since=NOW)
    names = [f"C{n}" for n in range(20)]
    for name in names:
        make_contact(f"{name}-person", customer=make_customer(name, agent=world.alice))
    tell(
        "contract",
        *(
            {"external_id": f"K-{name}", "customer": name, "owner": "Alice",
             "started": date(2025, 1, 1), "monthly_amount": 5}
            for name in names
        ),
    )  # fmt: skip
    Contact.objects.filter(customer=customer).delete()
    made = []
    for n in range(20):
        now = NOW + n * DAY
        made.append(plan_periods(now=now))
        assert plan_periods(now=now) == 0  # ticked off
        SendingRule.objects.filter(pk=periodical.pk).update(planned_day=None)
        assert plan_periods(now=now) == 0  # a job that died before it ticked off

    turns = Occasion.objects.values_list("customer__name", flat=True)
    assert sorted(turns) == sorted(names * 2)
    assert max(made) < 12  # spread over the days


def test_a_customer_without_anybody_to_ask(survey):
    rule(survey)
    make_customer("Initech")
    solved(customer="Initech", contact="")
    run()

    assert became() == {"T-17": "no address"}


def test_who_has_no_contact_of_the_event_is_asked_by_the_first_that_can_be(
    survey, customer, contact
):
    make_contact("Second", customer=customer)
    rule(survey)
    solved(contact="")
    run()

    assert [message.to for message in mail.outbox] == [[contact.email]]


# Conditions


@pytest.mark.parametrize(
    ("conditions", "asked"),
    [
        ({}, True),
        ({"channels": [1, 2]}, True),
        ({"channels": [2]}, False),
        ({"teams": ["berlin"]}, True),
        ({"teams": ["support"]}, True),  # or below
        ({"teams": ["north"]}, False),
        ({"segments": ["Gold"]}, True),
        ({"segments": ["Silver"]}, False),
        ({"policies": ["Urgent"]}, True),
        ({"policies": ["Later"]}, False),
        ({"types": ["Question"]}, True),
        ({"types": ["Fault"], "channels": [1]}, False),
        ({"clients": ["North Bank"]}, True),
        ({"clients": ["Harbour Air"]}, False),
    ],
)
def test_conditions(world, survey, conditions, asked):
    members = {
        name: Member.objects.get_or_create(dimension=dimension, name=name)[0].pk
        for dimension, name in [
            ("segment", "Gold"), ("segment", "Silver"), ("policy", "Urgent"),
            ("policy", "Later"), ("type", "Question"), ("type", "Fault"),
            ("client", "North Bank"), ("client", "Harbour Air"),
        ]
    }  # fmt: skip
    teams = {name: getattr(world, name).pk for name in ("berlin", "support", "north")}
    known = members | teams
    stored = Conditions(
        **{key: tuple(known.get(v, v) for v in values)
           for key, values in conditions.items()}
    ).to_json()  # fmt: skip
    rule(survey, conditions=stored)

    solved(
        channel="phone",
        segment="Gold",
        policy="Urgent",
        type="Question",
        client="North Bank",
    )

    assert bool(became()) is asked


def test_conditions_survive_storing():
    conditions = Conditions(teams=(3,), channels=(1, 2), replied_only=False)
    assert Conditions.from_json(conditions.to_json()) == conditions
    assert Conditions.from_json({}) == Conditions()


def test_a_survey_never_asks_about_another_part_of_the_organisation(world, survey):
    """Support's survey: nothing of Sales, and nothing that counts for nobody."""
    rule(survey)
    solved("T-sales", agent="Cleo")
    solved("T-nobody", agent="")

    assert became() == {}


def test_the_companys_survey_asks_about_all(world, contact):
    draft = create_survey(
        name="All", kind=Kind.CSAT, team=world.company, brand="F", actor=None, now=NOW
    )
    publish(draft, actor=None, now=NOW)
    rule(draft)
    solved("T-sales", agent="Cleo")
    solved("T-nobody", agent="")

    assert list(became()) == ["T-sales", "T-nobody"]


# Hours


def test_mail_waits_for_the_hours_of_its_customer(survey, contact):
    Contact.objects.update(zone="Asia/Tokyo")  # NOW is 21:00 there
    rule(survey, send_from=8, send_until=20)
    solved()

    run()
    assert (became(), mail.outbox) == ({"T-17": "waiting"}, [])
    run(at("2026-02-13 22:59"))
    assert mail.outbox == []
    run(at("2026-02-13 23:00"))
    assert len(mail.outbox) == 1


def test_mail_that_was_refused_for_a_while_does_not_go_out_at_night(survey):
    rule(survey, send_from=8, send_until=20)
    solved()
    plan()
    (pk,) = Invitation.objects.values_list("pk", flat=True)

    assert send_invitation(pk, now=at("2026-02-13 23:00")) == "queued"

    invitation = Invitation.objects.get()
    assert (invitation.send_after, invitation.attempts) == (at("2026-02-14 07:00"), 0)
    assert mail.outbox == []


# Faults


def test_killed_half_way_nothing_is_lost(survey, monkeypatch):
    rule(survey)
    solved()

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Occasion.objects, "bulk_update", die)
        with pytest.raises(KeyboardInterrupt):
            plan()
    assert became() == {"T-17": "waiting"}
    assert not Invitation.objects.exists()

    run()
    assert became() == {"T-17": "asked"}
    assert len(mail.outbox) == 1


def test_jobs_that_stood_still_for_long_do_not_ask_about_the_past(survey):
    rule(survey)
    solved()

    run(NOW + 8 * DAY)

    assert became() == {"T-17": "late"}
    assert mail.outbox == []


def test_news_that_came_late(survey):
    rule(survey)
    solved(resolved=at("2026-02-03 12:00"), opened=at("2026-02-02 09:00"),
           replied=at("2026-02-02 10:00"))  # fmt: skip

    assert became() == {"T-17": "late"}


def test_a_rule_that_was_switched_off_meanwhile(survey):
    rule(survey, delay_hours=1)
    solved()
    SendingRule.objects.update(is_on=False)
    run(NOW + HOUR)

    assert became() == {"T-17": "closed"}


def test_a_survey_that_was_closed_meanwhile(world, survey):
    rule(survey, delay_hours=1)
    solved()
    close(survey, actor=world.ana, now=NOW)
    run(NOW + HOUR)

    assert became() == {"T-17": "closed"}


def test_a_ticket_that_became_spam_meanwhile(survey):
    rule(survey, delay_hours=1)
    solved()
    Ticket.objects.update(exclusion=2)  # by a writer that told nobody
    run(NOW + HOUR)

    assert became() == {"T-17": "reopened"}


def test_a_ticket_that_is_gone(survey):
    rule(survey, delay_hours=1)
    solved()
    Ticket.objects.all().delete()
    run(NOW + HOUR)

    assert became() == {"T-17": "gone"}


def test_number_of_queries_does_not_grow(survey, customer):
    SendingLimits.objects.create(pk=1)
    rule(survey)
    for n in range(21):
        make_contact(f"P{n}", customer=customer)
    counts = []
    for numbers in (range(1), range(1, 21)):
        for n in numbers:
            solved(f"T-{n}", contact=f"P{n}")
        with CaptureQueriesContext(connection) as seen:
            plan()
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert set(became().values()) == {"asked"}


def test_task_plans_and_sends(survey):
    rule(survey)
    solved()
    # The task reads the clock.
    Occasion.objects.update(due_at=timezone.now() - HOUR)

    assert tasks.plan_occasions() == 1
    assert tasks.plan_occasions() == 0
    assert became() == {"T-17": "asked"}


def test_one_bad_rule_does_not_hold_up_the_others(world, survey, monkeypatch):
    """A fault of ours in one survey; the others ask, and it is tried again."""
    bad = rule(another_survey(world))
    rule(survey)
    solved()
    Occasion.objects.update(due_at=timezone.now() - HOUR)
    real = planning.invite

    def fail_for_one(asked, *args, **kwargs):
        if asked.pk == bad.survey_id:
            raise ValueError("a fault of ours")
        return real(asked, *args, **kwargs)

    monkeypatch.setattr(planning, "invite", fail_for_one)

    assert tasks.plan_occasions() == 1
    assert set(Occasion.objects.values_list("rule", "state")) == {
        (bad.pk, "waiting"),
        (bad.pk + 1, "asked"),
    }


def test_recipient_of_a_message_is_known_by_its_number(contact):
    by_number = recipient(contact, means="sms", phone="+49 30 / 123-45")
    assert (
        by_number.hashed == recipient(contact, means="sms", phone="+493012345").hashed
    )
    assert by_number.hashed != recipient(contact).hashed
