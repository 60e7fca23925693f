"""Tickets and interactions as they come in."""

from datetime import date

import pytest

from crmkpi.accounts import services
from crmkpi.crm.models import Interaction, SlaClock, Ticket, TicketSpell
from crmkpi.crm.signals import ratings_received
from crmkpi.lib.periods import UNDATED
from tests.crm.rows import at, call, refused, spells, take, ticket
from tests.world import NOW, TODAY, day

pytestmark = pytest.mark.django_db
Status = Ticket.Status


def stored(external_id="t1"):
    return Ticket.objects.get(external_id=external_id)


class TestTickets:
    def test_a_resolved_ticket(self, world):
        take(
            "ticket",
            ticket(
                subject="Leak",
                status="solved",
                channel="e-mail",
                type="Problem",
                replied=at("2026-02-02 10:00"),
                resolved=at("2026-02-03 10:30"),
                is_complaint=True,
            ),
        )
        found = stored()
        assert (found.status, found.channel) == (Status.RESOLVED, 2)
        assert found.opened_day == found.replied_day == day("2026-02-02")
        assert found.resolved_day == day("2026-02-03")
        assert (found.reply_seconds, found.resolution_seconds) == (7_200, 95_400)
        # Monday to Friday from 9 to 17 in Berlin, that is from 8 to 16 here
        assert found.reply_business_seconds == 7_200
        assert found.resolution_business_seconds == 8 * 3600 + 9_000
        assert found.opened_team == found.resolved_team == world.berlin
        assert (found.reopens, found.customer_contacts) == (0, 1)
        assert found.is_complaint
        assert found.calendar_version == world.org.calendar_version

    @pytest.mark.parametrize(
        ("status", "resolved", "reopened", "wanted"),
        [
            (None, None, None, Status.NEW),
            (None, "2026-02-03 10:00", None, Status.RESOLVED),
            (None, "2026-02-03 10:00", "2026-02-04 10:00", Status.OPEN),
            ("pending", None, None, Status.PENDING),
            ("Closed", "2026-02-03 10:00", None, Status.CLOSED),
            ("open", "2026-02-03 10:00", None, Status.OPEN),
        ],
    )
    def test_status(self, world, status, resolved, reopened, wanted):
        take(
            "ticket",
            ticket(
                status=status,
                resolved=resolved and at(resolved),
                reopened=reopened and at(reopened),
            ),
        )
        assert stored().status == wanted
        done = wanted in Ticket.DONE
        assert (stored().resolved_day is not None) is done

    def test_resolved_nobody_knows_when(self, world):
        take("ticket", ticket(status="resolved"))
        assert (stored().resolved_at, stored().resolved_day) == (None, UNDATED)
        assert stored().resolution_seconds is None
        assert spells(TicketSpell) == []

    def test_no_business_hours_no_business_seconds(self, world):
        services.update_organisation(
            actor=None,
            now=NOW,
            business_hours={"mon": []},
        )
        take("ticket", ticket(replied=at("2026-02-02 10:00")))
        assert stored().reply_business_seconds is None
        assert stored().reply_seconds == 7_200

    def test_business_seconds_stay_when_only_the_subject_changes(self, world):
        take("ticket", ticket(replied=at("2026-02-02 10:00")))
        version = stored().calendar_version
        Ticket.objects.update(reply_business_seconds=1)
        take("ticket", ticket(replied=at("2026-02-02 10:00"), subject="Leak"))
        assert stored().reply_business_seconds == 1
        assert stored().calendar_version == version

    def test_a_day_alone_gives_no_negative_duration(self, world):
        take("ticket", ticket(status="resolved", resolved=date(2026, 2, 2)))
        assert stored().resolved_day == day("2026-02-02")
        assert stored().resolution_seconds is None

    def test_what_lies_before_opening_is_refused(self, world):
        reason = "This lies before it was opened."
        for name in ("replied", "resolved", "reopened", "reply_due"):
            row = ticket(**{name: at("2026-02-02 07:59")})
            assert refused("ticket", row) == [(2, name, reason)]

    def test_resolved_without_a_word_on_the_status(self, world):
        take("ticket", ticket(status="pending"))
        resolved = {"external_id": "t1", "resolved": at("2026-02-03 10:00")}
        take("ticket", resolved)
        assert stored().status == Status.RESOLVED
        assert take("ticket", resolved).same == 1

    def test_a_new_ticket_needs_what_is_required(self, world):
        assert refused("ticket", {"external_id": "t1", "subject": "Leak"}) == [
            (2, "opened", "This is required.")
        ]

    def test_fields_that_a_table_does_not_have_stay(self, world):
        take("customer", {"name": "Acme"})
        take(
            "ticket",
            ticket(
                customer="Acme",
                status="closed",
                resolved=at("2026-02-03 10:00"),
                replied=at("2026-02-02 09:00"),
                reopened=at("2026-02-02 12:00"),
                reopens=2,
                customer_contacts=3,
                topic="Leaks",
                policy="Gold",
                reply_due=at("2026-02-02 10:00"),
            ),
        )
        before = Ticket.objects.values().get(), SlaClock.objects.values().get()
        assert take("ticket", {"external_id": "t1"}).same == 1
        after = Ticket.objects.values().get(), SlaClock.objects.values().get()
        assert after == before


class TestTicketSpells:
    def test_open_until_resolved(self, world):
        take("ticket", ticket(resolved=at("2026-02-03 10:00")))
        names = ("status", "is_open", "team", "started_day", "ended_day")
        assert spells(TicketSpell, *names) == [
            (Status.OPEN, True, world.berlin.pk, day("2026-02-02"), day("2026-02-03"))
        ]

    def test_a_hand_over(self, world):
        take("ticket", ticket())
        take("ticket", ticket(agent="Bob"))
        assert spells(TicketSpell) == [
            ("Alice", day("2026-02-02"), TODAY),
            ("Bob", TODAY, None),
        ]

    def test_a_reopened_ticket(self, world):
        take("ticket", ticket(resolved=at("2026-02-03 10:00")))
        take(
            "ticket",
            ticket(
                status="open",
                resolved=at("2026-02-03 10:00"),
                reopened=at("2026-02-05 10:00"),
            ),
        )
        assert spells(TicketSpell) == [
            ("Alice", day("2026-02-02"), day("2026-02-03")),
            ("Alice", day("2026-02-05"), None),
        ]

    def test_a_reopened_ticket_met_for_the_first_time(self, world):
        take(
            "ticket",
            ticket(resolved=at("2026-02-03 10:00"), reopened=at("2026-02-05 10:00")),
        )
        assert spells(TicketSpell) == [
            ("Alice", day("2026-02-02"), day("2026-02-03")),
            ("Alice", day("2026-02-05"), None),
        ]

    def test_a_resolution_taken_back(self, world):
        take("ticket", ticket(resolved=at("2026-02-03 10:00")))
        take("ticket", ticket(resolved=None, status="open"))
        assert spells(TicketSpell) == [("Alice", day("2026-02-02"), None)]


class TestClocks:
    DUE = at("2026-02-02 12:00")

    def clock(self, **values):
        take("ticket", ticket(policy="Gold", reply_due=self.DUE) | values)
        clock = SlaClock.objects.get()
        return clock.is_met, clock.decided_at, clock.stopped_at

    def test_kept_when_it_stops_in_time(self, world):
        replied = at("2026-02-02 11:00")
        assert self.clock(replied=replied) == (True, replied, replied)

    def test_kept_to_the_second(self, world):
        assert self.clock(replied=self.DUE) == (True, self.DUE, self.DUE)

    def test_missed_when_it_falls_due_first(self, world):
        late = at("2026-02-02 12:01")
        assert self.clock(replied=late) == (False, self.DUE, late)

    def test_missed_while_it_still_runs(self, world):
        assert self.clock() == (False, self.DUE, None)

    def test_it_carries_agent_team_policy_and_day(self, world):
        self.clock()
        clock = SlaClock.objects.get()
        assert (clock.agent, clock.team) == (world.alice, world.berlin)
        assert (str(clock.policy), clock.decided_day) == ("Gold", day("2026-02-02"))

    def test_both_kinds(self, world):
        row = ticket(reply_due=self.DUE, resolution_due=at("2026-02-04 12:00"))
        take("ticket", row)
        assert SlaClock.objects.count() == 2

    def test_another_due_time_is_a_change(self, world, heard):
        take("ticket", ticket(reply_due=self.DUE))
        heard.told.clear()
        outcome = take("ticket", ticket(reply_due=at("2026-02-02 13:00")))
        assert (outcome.changed, outcome.same) == (1, 0)
        assert len(heard.of(SlaClock, "due_at")) == 1
        assert heard.of(Ticket, "opened_day") == []

    def test_a_promise_taken_back(self, world):
        take("ticket", ticket(reply_due=self.DUE))
        assert take("ticket", ticket(reply_due=None)).changed == 1
        assert not SlaClock.objects.exists()

    def test_a_ticket_resolved_on_an_unknown_day_stops_nothing(self, world):
        take("ticket", ticket(status="resolved", resolution_due=self.DUE))
        assert not SlaClock.objects.get().is_met


class TestFollowUps:
    @pytest.fixture(autouse=True)
    def acme(self, world):
        take("customer", {"name": "Acme"}, {"name": "Brill"})

    def tickets(self, *rows):
        take(
            "ticket",
            *(
                ticket(str(number), customer="Acme", topic="Leaks") | row
                for number, row in enumerate(rows, 1)
            ),
        )
        found = Ticket.objects.order_by("external_id")
        return list(found.values_list("followed_up_day", flat=True))

    FIRST = {"resolved": at("2026-02-03 10:00")}

    def test_the_next_ticket_after_the_resolution(self):
        later = {"opened": at("2026-02-05 10:00")}
        latest = {"opened": at("2026-02-06 10:00")}
        assert self.tickets(self.FIRST, latest, later) == [
            day("2026-02-05"),
            None,
            None,
        ]

    def test_another_topic_customer_or_an_excluded_one_do_not_count(self):
        later = {"opened": at("2026-02-05 10:00")}
        assert (
            self.tickets(
                self.FIRST,
                later | {"topic": "Bills"},
                later | {"customer": "Brill"},
                later | {"customer": None},
                later | {"exclusion": "spam"},
            )
            == [None] * 5
        )

    def test_one_opened_before_the_resolution_does_not_count(self):
        assert self.tickets(self.FIRST, {"opened": at("2026-02-03 09:00")})[0] is None

    def test_no_topic_is_a_topic_of_its_own(self):
        blank = {"topic": None}
        later = blank | {"opened": at("2026-02-05 10:00")}
        assert self.tickets(self.FIRST | blank, later)[0] == day("2026-02-05")

    def test_one_that_comes_late_or_goes_is_noticed(self, heard):
        self.tickets(self.FIRST)
        heard.told.clear()
        self.tickets(self.FIRST, {"opened": at("2026-02-05 10:00")})
        assert heard.of(Ticket, "external_id", "followed_up_day")[-1] == (
            [("1", None)],
            [("1", day("2026-02-05"))],
            "import",
        )
        moved = {"opened": at("2026-02-05 10:00"), "topic": "Bills"}
        assert self.tickets(self.FIRST, moved)[0] is None

    def test_calls_of_the_customer(self):
        take(
            "interaction",
            call("1", customer="Acme"),
            call("2", customer="Acme", started=at("2026-02-04 09:00")),
            call("3", customer="Acme", channel="email", started=at("2026-02-03 09:00")),
            call(
                "4",
                customer="Acme",
                direction="outbound",
                started=at("2026-02-03 08:30"),
            ),
        )
        found = Interaction.objects.order_by("external_id")
        days = list(found.values_list("followed_up_day", flat=True))
        assert days == [day("2026-02-04"), None, None, None]


class TestInteractions:
    def test_a_call(self, world):
        take(
            "interaction",
            call(
                topic="Bills",
                answered=True,
                resolved=False,
                ended=at("2026-02-02 23:30"),
                wait_seconds=20,
                talk_seconds=143,
            ),
        )
        found = Interaction.objects.get()
        assert (found.agent, found.at_team) == (world.alice, world.berlin)
        assert found.at_day == day("2026-02-03")  # it ended past midnight in Berlin
        assert (found.is_answered, found.is_resolved) == (True, False)
        assert (found.wait_seconds, found.talk_seconds) == (20, 143)
        assert (found.hold_seconds, found.direction) == (None, 0)
        assert (str(found.topic), found.topics) == ("Bills", 1)

    def test_the_same_again(self, world, heard):
        row = call(topic="Bills", answered=True, talk_seconds=3)
        take("interaction", row)
        heard.told.clear()
        assert take("interaction", row).same == 1
        assert take(
            "interaction", {"external_id": "c1", "started": row["started"]}
        ).same
        assert heard.told == []

    def test_links_to_a_deal_and_a_ticket(self, world):
        take("ticket", ticket())
        take("interaction", call(ticket="t1"))
        assert Interaction.objects.get().ticket == stored()

    def test_talking_on_a_call_that_nobody_answered(self, world):
        reason = "Nobody can have talked: it was not answered."
        assert refused("interaction", call(answered=False, talk_seconds=5)) == [
            (2, "talk_seconds", reason)
        ]


class TestRatings:
    @pytest.fixture
    def ratings(self):
        heard = []

        def listen(sender, source, rows, now, **_):
            heard.append((source, rows))
            return {row["external_id"] for row in rows if row["score"] == 1}

        ratings_received.connect(listen)
        yield heard
        ratings_received.disconnect(listen)

    def test_a_rated_call(self, world, ratings):
        take("interaction", call(csat=4, nps=10), call("c2"))
        ((source, rows),) = ratings
        assert source == "crm"
        assert rows == [
            {
                "kind": kind,
                "score": score,
                "external_id": "c1",
                "answered_at": at("2026-02-02 08:00"),
                "agent_id": world.alice.pk,
                "customer_id": None,
                "channel": 1,
                "client_id": None,
                "subject": "interaction",
            }
            for kind, score in [("csat", 4), ("nps", 10)]
        ]

    def test_a_rated_ticket_is_rated_when_it_was_resolved(self, world, ratings):
        take("ticket", ticket(ces=6, resolved=at("2026-02-03 10:00")))
        assert ratings[0][1][0]["answered_at"] == at("2026-02-03 10:00")
        take("ticket", ticket("t2", ces=6))
        assert ratings[1][1][0]["answered_at"] == at("2026-02-02 08:00")
        take("ticket", ticket("t3", ces=6, rated=at("2026-02-09 10:00")))
        assert ratings[2][1][0]["answered_at"] == at("2026-02-09 10:00")

    def test_a_rating_that_changes_is_a_change(self, world, ratings):
        take("interaction", call(csat=4))
        assert take("interaction", call(csat=4)).same == 1
        assert take("interaction", call(csat=1)).changed == 1

    def test_a_rating_that_is_gone_is_told(self, world, ratings):
        take("interaction", call(csat=4))
        take("interaction", call(csat=None))
        assert [row["score"] for row in ratings[-1][1]] == [None]

    def test_a_table_without_ratings_says_nothing_of_them(self, world, ratings):
        take("interaction", call(csat=4))
        take("interaction", call(talk_seconds=3))
        assert len(ratings) == 1
