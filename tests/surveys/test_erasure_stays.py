"""Who was erased stays so: told again by file or API, nothing of them comes back."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from crmkpi.accounts.models import ApiKey
from crmkpi.accounts.services.keys import create_api_key
from crmkpi.crm.ingest.services import ingest
from crmkpi.crm.models import ImportRun
from surveys.models import Answer, Invitation, Occasion, Response, SendingRule, Survey
from surveys.queries.results import results
from surveys.services.erasure import erase_person
from surveys.services.retention import forget_old
from tests.crm.rows import at, take
from tests.surveys.cast import ask, contact
from tests.surveys.test_person import texts_with
from tests.world import NOW

ADDRESS = "grace@hopper.example"
SINCE = at("2026-02-01 00:00")
WORDS = ("hopper", "nothing works", "4930123")
ANSWER = {
    "external_id": f"{ADDRESS} 2026-02",
    "survey": "Old tool",
    "kind": "csat",
    "score": 2,
    "answered": at("2026-02-10 08:00"),
    "contact": ADDRESS,
    "comment": "Nothing works, says Hopper",
}
FILES = (
    ("customer", {"name": "Grace Hopper", "owner": "Cleo"}),
    (
        "contact",
        {
            "external_id": ADDRESS,
            "customer": "Grace Hopper",
            "name": "Grace Hopper",
            "email": ADDRESS,
            "phone": "+49 30 123",
        },
    ),
    (
        "ticket",
        {
            "external_id": "T-1",
            "subject": "Mrs Hopper: nothing works",
            "customer": "Grace Hopper",
            "contact": ADDRESS.upper(),
            "opened": at("2026-02-09 08:00"),
            "csat": 1,
        },
    ),
    ("response", ANSWER),
)


@pytest.fixture
def told(world):
    """Everything a source tells of her, by every door."""
    for record, row in FILES:
        take(record, row)
    return world


def tell_again():
    """Import the same files once more; return how many rows were left as erased."""
    return [
        ingest(record, [row], source="crm", now=NOW).erased for record, row in FILES
    ]


def figures(world):
    access = world.access(world.mona)
    return {
        survey.name: results(survey, access=access, since_day=None).scales
        for survey in Survey.objects.all()
    }


def by_command(client, world):
    call_command("person", "erase", ADDRESS, stdout=(out := StringIO()))
    return out.getvalue()


def by_button(client, world):
    client.force_login(world.adam)
    asked = {"address": ADDRESS, "act": "erase"}
    return client.post(reverse("surveys:person"), asked, follow=True).content.decode()


@pytest.mark.parametrize("erase", [by_command, by_button])
def test_the_same_files_bring_nothing_back(client, told, survey, erase):
    contact_row = Response.objects.get(contact__isnull=False).contact
    ask(survey, contact_row, agent_id=told.alice.pk)
    parked = Invitation.objects.get()
    parked.state, parked.fault = Invitation.State.FAILED, f"550 no such <{ADDRESS}>"
    parked.save()
    source = Response.objects.get(contact__isnull=False).source
    ImportRun.objects.create(
        record="contact",
        source=source,
        file_name="grace hopper.csv",
        errors=[{"row": 2, "column": "zone", "value": ADDRESS, "reason": "no"}],
        state=ImportRun.State.REFUSED,
        started_at=NOW,
    )
    assert len(texts_with(*WORDS)) > 10
    before = figures(told)

    said = erase(client, told)

    assert (
        "Erased: 1 contact, 1 customer, 1 text of tickets, 1 invitation, "
        "2 answers, 1 comment, 0 ids that told the address."
    ) in said
    assert texts_with(*WORDS) == set()
    assert figures(told) == before
    rows = Answer.objects.count()
    assert tell_again() == [1, 1, 0, 1]
    assert texts_with(*WORDS) == set()
    assert figures(told) == before
    assert Answer.objects.count() == rows


def test_a_corrected_row_brings_nothing_back_either(client, told):
    by_command(client, told)

    outcome = ingest("response", [ANSWER | {"score": 5}], source="crm", now=NOW)

    assert (outcome.erased, outcome.new, outcome.changed) == (1, 0, 0)
    assert not Answer.objects.filter(value=5).exists()


def test_an_api_post_brings_nothing_back(client, told):
    by_command(client, told)
    _key, plain = create_api_key(
        name="Shop",
        scopes=[ApiKey.Scope.WRITE_SURVEYS],
        whole_company=True,
        expires_at=timezone.now() + timedelta(days=9),
        actor=told.adam,
        now=timezone.now(),
    )
    row = ANSWER | {"answered": "2026-02-10T08:00:00Z"}

    answer = client.post(
        reverse("surveys_api:responses"),
        json.dumps({"source": "crm", "responses": [row]}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {plain}"},
    )

    assert (answer.status_code, answer.json()["erased"]) == (200, 1)
    assert texts_with(*WORDS) == set()


def test_a_wish_to_ask_them_is_kept_without_their_address(client, told, survey):
    by_command(client, told)
    SendingRule.objects.create(
        survey=survey,
        event="api",
        is_on=True,
        on_since=NOW,
        created_at=NOW,
    )
    client.force_login(told.mona)

    answer = client.post(
        reverse("surveys_api:invite", args=[survey.slug]),
        json.dumps({"email": ADDRESS, "phone": "+49 30123"}),
        content_type="application/json",
        headers={"Idempotency-Key": f"order-of-{ADDRESS}"},
    )

    assert (answer.json()["state"], answer.json()["reason"]) == ("skipped", "erased")
    assert Occasion.objects.get().state == Occasion.State.SKIPPED
    assert texts_with(*WORDS) == set()


def test_inviting_them_by_hand_keeps_no_address(client, told, survey):
    by_command(client, told)
    client.force_login(told.mona)

    form = {"addresses": ADDRESS, "send": "1", "request_id": "r1"}
    client.post(reverse("surveys:invite", args=[survey.slug]), form)

    assert Invitation.objects.get().skip_reason == Invitation.Skip.ERASED
    assert texts_with(*WORDS) == set()


def test_what_was_kept_long_enough_does_not_come_back_with_the_file(told):
    before = figures(told)
    assert forget_old(keep_days=30, now=NOW + timedelta(days=60)) > 0

    assert ingest("response", [ANSWER], source="crm", now=NOW).erased == 1

    assert not Answer.objects.exclude(text="").exists()
    assert figures(told) == before


# Ids that tell whose a row is, though nothing else in it leads to her


ROWS = {
    "ticket": {
        "external_id": f"mail:{ADDRESS}",
        "agent": "Alice",
        "opened": at("2026-02-12 09:00"),
        "replied": at("2026-02-12 10:00"),
        "resolved": NOW,
        "csat": 2,
    },
    "order": {
        "external_id": f"web-{ADDRESS}-7",
        "customer": "Acme",
        "owner": "Alice",
        "amount": 100,
        "paid": NOW,
        "delivered": NOW,
    },
    "contract": {
        "external_id": f"abo {ADDRESS}",
        "customer": "Acme",
        "owner": "Alice",
        "started": date(2025, 2, 12),
        "due": date(2026, 2, 12),
        "renewed": date(2026, 2, 12),
    },
    "interaction": {  # so long that the id of its rating has only a hash of it
        "external_id": "tel:+49-30-123 " + "x" * 180,
        "agent": "Alice",
        "channel": "phone",
        "started": at("2026-02-12 09:00"),
        "csat": 3,
    },
}


@pytest.fixture
def named_after_her(told, survey):
    take("customer", {"name": "Acme"})
    for event in ("ticket", "order", "delivery", "contract"):
        SendingRule.objects.create(
            survey=survey, event=event, is_on=True, on_since=SINCE, created_at=SINCE
        )
    for record, row in ROWS.items():
        take(record, row)
    subjects = Occasion.objects.values_list("subject", flat=True)
    assert len([each for each in subjects if ADDRESS in each]) == 4
    return told


def counts():
    return [model.objects.count() for model in (Answer, Response, Occasion)]


def test_rows_named_after_them_are_told_again_and_stay_one(client, named_after_her):
    before = figures(named_after_her), counts()

    said = by_command(client, named_after_her)

    assert "4 ids that told the address." in said
    assert texts_with("hopper", "4930123", "49-30") == set()
    for record, row in ROWS.items():
        assert (take(record, row).same, record) == (1, record)
    assert take("ticket", ROWS["ticket"] | {"csat": 5}).same == 1  # hers: left as it is
    assert texts_with("hopper", "4930123", "49-30") == set()
    assert (figures(named_after_her), counts()) == before


def test_what_was_kept_long_enough_does_not_come_back_with_its_row(named_after_her):
    later = NOW + timedelta(days=60)
    assert forget_old(keep_days=30, now=later) > 0
    before = figures(named_after_her), counts()

    erase_person(ADDRESS, actor=None, now=later)

    for record, row in ROWS.items():
        take(record, row, now=later)
    assert (figures(named_after_her), counts()) == before


def test_a_rating_that_does_not_tell_of_them_goes_on_with_its_row(
    client, named_after_her
):
    by_command(client, named_after_her)

    assert take("interaction", ROWS["interaction"] | {"csat": 4}).changed == 1

    assert Answer.objects.filter(value=4).count() == 1
    assert Response.objects.filter(external_id__startswith="interaction:").count() == 1


def test_mails_about_an_id_that_nobody_knows_any_more(told, survey):
    """Somebody wrote the address into what the mail is about."""
    other = contact("Grace")
    for subject in (f"call:{ADDRESS}", ADDRESS, "call:other"):
        ask(survey, other, subject=subject)

    erase_person(ADDRESS, actor=None, now=NOW)

    first, second, third = Invitation.objects.order_by("pk")
    assert first.subject == f"call:erased:{first.pk}"
    assert second.subject == f"erased:{second.pk}"
    assert third.subject == "call:other"


def test_the_ids_are_told_to_who_asks_what_is_held(named_after_her):
    call_command("person", "export", ADDRESS, stdout=(out := StringIO()))

    held = json.loads(out.getvalue())["ids"]
    assert {"record": "ticket", "id": f"mail:{ADDRESS}"} in held
    assert len(held) == 5  # four rows, and the contact herself
