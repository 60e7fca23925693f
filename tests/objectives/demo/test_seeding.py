"""The demonstration in the database: complete, computed, open to its people."""

import re
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.test import Client

from crmkpi.accounts.models import Membership, Organisation, TeamEdge, User
from crmkpi.accounts.queries import access_of
from crmkpi.crm.ingest.registry import RECORDS
from crmkpi.crm.models import ImportRun, Order, Source, Ticket
from crmkpi.lib.periods import Calendar, Grain
from metrics.catalog import METRICS
from metrics.models import DirtyKey, Revision, StalePair
from metrics.queries import read_values
from metrics.scopes import parse_scope
from objectives.demo import asking, people, seeding, sending, showroom
from objectives.demo import organisation as org
from objectives.demo.founding import SIGN_INS, person
from objectives.demo.goals import set_goals
from objectives.demo.listening import RULE_AGE, THEMES
from objectives.demo.story import Story, at, evening_of
from objectives.demo.targets import GOALS
from objectives.demo.world import World
from objectives.evaluation import latest_evaluations
from objectives.models import CheckIn, Cycle, KeyResult, Objective, TargetVersion
from surveys.links import shared_address
from surveys.models import (
    Answer,
    Ballot,
    FollowUp,
    FollowUpRule,
    Invitation,
    InvitationToken,
    Occasion,
    Response,
    SendingRule,
    Suppression,
    Survey,
    ThemeMark,
)
from surveys.queries.results import scale_of
from surveys.scoring import Band
from surveys.services.invitations import Recipient, invite
from tests.objectives.demo.days import FRIDAY, NEXT_QUARTER
from tests.objectives.demo.tables import contents, figures, stored

NOW = evening_of(FRIDAY)
AHEAD = {  # columns that hold plans
    "crm.SlaClock": {"due_at", "decided_at", "decided_day"},
    "crm.Contract": {"due_day"},
    "crm.CustomerSpell": {"ended_day"},  # a year after the last order
    "surveys.FollowUp": {"due_at"},
    "surveys.Invitation": {"expires_at", "remind_at"},
    "surveys.Occasion": {"due_at"},
}


def test_it_says_what_it_does_and_who_can_sign_in(demo):
    assert "ticket: " in demo.output
    assert "Computing figures" in demo.output
    for each in SIGN_INS:
        assert each.email in demo.output
    assert "fjordlight-demo" in demo.output


def test_the_organisation_and_its_tree(demo):
    company = Organisation.objects.get()
    names = TeamEdge.objects.filter(
        ancestor__name=org.SUCCESS, since_day__lte=FRIDAY, until_day__gt=FRIDAY
    ).values_list("descendant__name", flat=True)

    assert (company.name, company.zone, company.currency) == (
        "Fjordlight", "Europe/Berlin", "EUR",
    )  # fmt: skip
    assert company.root_team.name == org.NAME
    assert set(names) == {org.SUCCESS, org.ONBOARDING, org.RENEWALS}
    assert Membership.objects.filter(role="agent", until_day__gt=FRIDAY).count() == 39
    assert Membership.objects.filter(role="lead").count() == 8


@pytest.mark.parametrize("each", SIGN_INS, ids=lambda each: each.role)
def test_its_people_sign_in(demo, each):
    user = User.objects.get(email=each.email)
    client = Client()

    assert user.check_password("fjordlight-demo")
    assert client.login(username=each.email, password="fjordlight-demo")
    assert user.is_administrator == (each.name == people.ADMINISTRATOR_NAME)


def test_what_they_may_see(demo):
    seen = {
        each.name: access_of(person(each.name), day=FRIDAY).sees_company
        for each in SIGN_INS
    }

    assert [name for name, all_of_it in seen.items() if all_of_it] == [
        people.MANAGERS[org.NAME],
        people.ANALYST_NAME,
    ]


def test_every_record_has_come(demo):
    facts = {record.name: record.model for record in RECORDS.values() if record.model}
    missing = [name for name, model in facts.items() if not model.objects.exists()]

    assert missing == ["exchange_rate"]  # everything is paid in euros


# What holds a period against the one before, against those who were there when it
# began or against a figure from outside of its days, has no value of all days.
OF_A_PERIOD = (
    "sales_growth",
    "existing_customer_revenue_growth",
    "customer_retention_cost",
    "market_share",
)


def test_every_metric_has_a_value(demo):
    scope = parse_scope("company").key
    calendar = Calendar()
    quarter = calendar.previous(calendar.period(FRIDAY, Grain.QUARTER))
    asked = [(key, scope, quarter if key in OF_A_PERIOD else None) for key in METRICS]
    values = read_values(asked, today=FRIDAY, now=NOW)

    missing = {
        value.key: value.status
        for value in values.values()
        if value.status not in ("ok", "low_n")
    }
    assert missing == {}


def test_nothing_is_left_to_compute(demo):
    assert not DirtyKey.objects.exists()
    assert not StalePair.objects.exists()


def test_nothing_lies_in_the_future(demo):
    for label in ("crm", "surveys"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                if field.name in AHEAD.get(model._meta.label, ()):
                    continue
                rows = model._base_manager.all()
                if isinstance(field, models.DateTimeField):
                    rows = rows.filter(**{f"{field.name}__gt": NOW})
                elif field.name.endswith("_day"):
                    # Ends are half-open: the day after the last one.
                    last = FRIDAY + field.name.startswith("end")
                    rows = rows.filter(**{f"{field.name}__gt": last})
                else:
                    continue
                assert not rows.exists(), f"{model._meta.label}.{field.name}"


def test_late_rows_revised_a_closed_quarter(demo):
    run = ImportRun.objects.get(file_name=seeding.LATE_FILE)
    quarter = Story.told_on(FRIDAY).quarter

    assert run.rows_new > 0
    assert quarter < (run.started_at - NOW).days + FRIDAY < FRIDAY - 5
    revised = Revision.objects.filter(cause="late", start__lt=quarter)
    assert revised.filter(version__key="average_order_value").exists()


def test_sources_are_fresh(demo):
    sources = Source.objects.filter(imports__isnull=False).distinct()

    assert sources.count() >= 5
    for source in sources:
        assert (NOW - source.last_success_at).days < 2 * source.expected_every_days


def test_objectives_of_this_quarter_and_the_last(demo):
    this, last = Cycle.objects.order_by("-start_day")[:2]

    assert not this.is_closed and last.is_closed
    assert Objective.objects.filter(cycle=this).count() == len(GOALS)
    assert {each.status for each in latest_of(last)} <= {"met", "partly", "missed"}


def latest_of(cycle: Cycle) -> list:
    key_results = KeyResult.objects.filter(objective__cycle=cycle)
    return list(latest_evaluations(key_results).values())


def test_a_scorecard_has_rows_of_several_kinds(demo):
    this = Cycle.objects.order_by("-start_day").first()
    statuses = Counter(each.status for each in latest_of(this))

    assert {"off_track", "watch", "on_track", "no_data"} <= statuses.keys()


def test_one_target_was_changed_and_people_checked_in(demo):
    this = Cycle.objects.order_by("-start_day").first()
    changed = TargetVersion.objects.filter(
        number=2, key_result__objective__cycle=this
    ).get()

    assert changed.reason
    assert changed.approver == changed.key_result.objective.reviewer
    assert CheckIn.objects.filter(objective__cycle=this).count() >= len(GOALS)


def test_key_results_were_judged_on_earlier_days_too(demo):
    this = Cycle.objects.order_by("-start_day").first()
    for key_result in KeyResult.objects.filter(objective__cycle=this):
        days = set(key_result.evaluations.values_list("day", flat=True))
        assert {FRIDAY, FRIDAY - 7} <= days


def test_comments_have_themes_and_low_scores_somebody_to_get_back(demo):
    themes = ThemeMark.objects.values_list("theme__name", flat=True)
    items = FollowUp.objects.all()

    assert set(themes) == set(THEMES)
    assert set(FollowUpRule.objects.values_list("is_active", flat=True)) == {True}
    assert not items.filter(owner=None).exists()
    lately = Answer.objects.filter(
        survey__follow_up_rules__isnull=False,
        value__isnull=False,
        exclusion=0,
        answered_at__gt=NOW - RULE_AGE,
    ).select_related("question")
    low = {
        each.response_id
        for each in lately
        if scale_of(each.question).band(each.value) is Band.LOW
    }
    assert set(items.values_list("response_id", flat=True)) == low


def test_surveys_are_published_and_answered(demo):
    surveys = Survey.objects.filter(is_imported=False)

    assert {survey.kind for survey in surveys} == {"csat", "ces", "nps"}
    assert {survey.status for survey in surveys} == {"live"}
    states = Counter(Invitation.objects.values_list("state", flat=True))
    assert {"answered", "expired", "bounced", "sent"} <= states.keys()
    assert Answer.objects.filter(kind="text").exclude(text="").exists()


def test_an_anonymous_survey_has_answers_and_a_box(demo):
    survey = Survey.objects.get(is_anonymous=True)
    given = Response.objects.filter(survey=survey)
    waiting = Ballot.objects.filter(version__survey=survey)

    assert (survey.is_shared, survey.has_kiosk) == (True, True)
    assert given.count() > 50
    # Those of this week wait, and nobody is told apart.
    assert {each.day > FRIDAY - 7 for each in waiting} == {True}
    weeks = Counter(given.values_list("answered_at", flat=True))
    assert min(weeks.values()) >= 5
    assert not given.exclude(customer=None, contact=None, agent=None).exists()
    assert showroom.bring_in(World(Story.told_on(FRIDAY, scale=0.1), NOW)) == 0
    assert Client().get(f"/k/{shared_address(survey)}/").status_code == 200


def test_mailed_links_lead_to_a_question(demo):
    links = [
        re.search(r"http://[^/]+(/r/[\w-]+/)", message.body)[1]
        for message in demo.mails
    ]

    assert len(links) == 12
    page = Client().get(links[0])
    assert page.status_code == 200
    assert "Fjordlight" in page.content.decode()


def test_rules_ask_after_tickets_and_deliveries_and_every_quarter(demo):
    rules = SendingRule.objects.values_list(
        "survey__slug", "event", "sample_percent", "reminder_days", "is_on"
    )

    assert set(rules) == {
        ("after-your-request", "ticket", 75, 4, True),
        ("after-an-installation", "delivery", 60, None, True),
        ("how-are-we-doing", "period", 100, 5, True),
    }


def test_each_ticket_of_the_last_week_is_an_occasion(demo):
    teams = TeamEdge.objects.filter(
        ancestor__name=org.SERVICE, since_day__lte=FRIDAY, until_day__gt=FRIDAY
    )
    tickets = Ticket.objects.filter(
        resolved_at__gte=at(FRIDAY - 7, 8 * 60),
        resolved_team__in=teams.values("descendant"),
        status__in=Ticket.DONE,
        replied_at__isnull=False,
        exclusion=0,
    )
    subjects = {f"ticket:{each.source_id}:{each.external_id}" for each in tickets}

    occasions = Occasion.objects.filter(rule__event="ticket")
    assert len(subjects) > 10
    assert set(occasions.values_list("subject", flat=True)) == subjects


def test_each_delivery_of_the_last_week_is_an_occasion(demo):
    orders = Order.objects.filter(
        delivered_at__gte=at(FRIDAY - 7, 8 * 60),
        delivered_team__in=TeamEdge.objects.filter(
            ancestor__name=org.SUCCESS, since_day__lte=FRIDAY, until_day__gt=FRIDAY
        ).values("descendant"),
        exclusion=0,
    ).exclude(state__in=Order.UNDONE)
    subjects = {f"delivery:{each.source_id}:{each.external_id}" for each in orders}

    occasions = Occasion.objects.filter(rule__event="delivery")
    assert subjects
    assert set(occasions.values_list("subject", flat=True)) == subjects


def test_what_became_of_the_occasions(demo):
    asked = Occasion.objects.filter(state="asked")
    waiting = Occasion.objects.filter(state="waiting")
    skipped = Occasion.objects.filter(state="skipped")
    mornings = {at(day, 10 * 60) for day in range(FRIDAY - 7, FRIDAY + 1)}

    assert asked and waiting and skipped
    assert {each.due_at > max(mornings) for each in waiting} == {True}
    # Whom a sample leaves out hangs on the key of the survey: of a tenth of the people
    # there may be nobody left whom another mail stands in the way of.
    reasons = set(skipped.values_list("reason", flat=True))
    assert "sample" in reasons
    assert reasons <= {"sample", "recent", "recent any", "suppressed"}
    for each in asked.select_related("invitation"):
        assert each.invitation.rule_id == each.rule_id
        assert each.invitation.state == "sent"
        assert each.invitation.sent_at in mornings
    sent = Invitation.objects.filter(rule__isnull=False, sent_at__isnull=False)
    assert sent.count() == asked.count()


def test_rules_leave_alone_who_cannot_be_reached(demo):
    failed = Invitation.objects.filter(
        is_bounced=True, sent_at__gt=NOW - sending.BOUNCED
    )
    hashes = Suppression.objects.values_list("address_hash", flat=True)

    assert hashes
    assert set(hashes) == set(failed.values_list("address_hash", flat=True))
    asked = Invitation.objects.filter(rule__isnull=False, state="sent")
    assert not asked.filter(address_hash__in=hashes).exists()


def test_only_mails_of_its_own_are_sent_where_links_are_missing(demo):
    other = Survey.objects.get(slug="how-are-we-doing")
    InvitationToken.objects.all().delete()
    invite(
        other, [Recipient("kim@post.example")], request="mine", actor=None, now=NOW
    )  # fmt: skip
    world = World(Story.told_on(FRIDAY, scale=0.1), NOW, since=NOW - timedelta(days=4))

    assert asking.mail_some(world) == 12

    assert Invitation.objects.get(address="kim@post.example").state == "queued"


def test_the_shared_link_is_printed(demo):
    path = re.search(r"Answer as a customer: http://[^/]+(/s/\S+)", demo.output)[1]

    assert Client().get(path).status_code == 200


def test_loading_again_changes_nothing(demo):
    rows, facts, output = contents(), stored(), StringIO()

    call_command("seed_demo", if_empty=True, top_up=True, stdout=output)

    assert "complete up to" in output.getvalue()
    assert contents() == rows
    assert stored() == facts


def test_a_top_up_adds_the_days_since_and_all_steps_again_add_nothing(demo):
    later = evening_of(FRIDAY + 3)
    tickets = Ticket.objects.count()

    with time_machine.travel(later, tick=False):
        call_command("seed_demo", if_empty=True, top_up=True, stdout=StringIO())

    assert Ticket.objects.count() > tickets
    assert seeding.told().until == later
    assert not DirtyKey.objects.exists()
    this = Cycle.objects.order_by("-start_day").first()
    assert {each.day for each in latest_of(this)} == {FRIDAY + 3}

    # As after an interruption at the very end; every figure is read afresh.
    rows, facts, known = contents(), stored(), figures()
    seeding.load(now=later, scale=1, password="other", say=lambda text: None)

    again = contents()
    assert again.pop("accounts.AuditEvent") == rows.pop("accounts.AuditEvent") + 1
    assert again == rows
    assert stored() == facts
    assert figures() == known
    assert person(people.MANAGERS[org.NAME]).check_password("fjordlight-demo")


def test_a_new_quarter_has_its_objectives(demo):
    later = evening_of(NEXT_QUARTER)

    objectives = set_goals(now=later)

    assert [each.title for each in objectives] == [goal.title for goal in GOALS]
    assert {each.cycle.name for each in objectives} == {"Q2 2026"}
    assert set_goals(now=later) == objectives
