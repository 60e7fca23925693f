"""One person: all that is held as a file, and erased everywhere at once."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from crmkpi.crm.models import Contact, Exclusion
from surveys.closing import services as closing
from surveys.models import (
    Answer,
    ErasureRequest,
    FollowUp,
    FollowUpRule,
    Invitation,
    Response,
    Suppression,
)
from surveys.queries.coverage import response_steps
from surveys.queries.results import results
from surveys.services import answers, erasure
from surveys.services.errors import BadSurvey
from surveys.services.themes import save_theme
from tests.surveys.cast import ask, reply
from tests.world import NOW

ADDRESS = "hopper@example.org"
HOUR = timedelta(hours=1)


@pytest.fixture
def hopper(world, survey, contact):
    """She scored 1, wrote, wrote again, and somebody got back to her."""
    Contact.objects.filter(pk=contact.pk).update(
        name="Mrs Hopper", email=ADDRESS, external_id="C-17", phone="+49 30 1"
    )
    contact.refresh_from_db()
    FollowUpRule.objects.create(survey=survey, name="Low", created_at=NOW - HOUR)
    save_theme(survey, name="Speed", words="slow", actor=world.ana, now=NOW)
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    key = reply(token, 1).edit_key
    for words in ("Hopper says slow", "Mrs Hopper says very slow"):
        answers.comment(key, text=words, now=NOW)
    item = FollowUp.objects.get()
    closing.note(
        item, text="Rang Mrs Hopper", is_contact=True, actor=world.lee, now=NOW
    )
    closing.close(
        item,
        state="resolved",
        cause="waiting",
        outcome="Mrs Hopper is content",
        actor=world.lee,
        now=NOW,
    )
    return contact


def texts_with(*words):
    """Where in the database any of the words stands, as (model, column)."""
    found = set()
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*names):
            for name, value in zip(names, row, strict=True):
                if any(word in str(value).lower() for word in words):
                    found.add((model.__name__, name))
    return found


def figures(world, survey):
    access = world.access(world.mona)
    return (
        results(survey, access=access, since_day=None).scales,
        response_steps(survey, access=access, since_day=None).answered,
        FollowUp.objects.values_list("state", "cause", "closed_at").get(),
    )


def test_identity_and_words_are_gone_everywhere_and_no_figure_moves(
    world, survey, hopper
):
    assert ("Answer", "text") in texts_with("hopper")
    before = figures(world, survey)

    call_command("person", "erase", ADDRESS.upper(), stdout=StringIO())

    assert texts_with("hopper", "+49 30 1") == set()
    assert figures(world, survey) == before
    assert Answer.objects.get(value__isnull=False).value == 1
    assert Suppression.objects.filter(reason="erased").count() == 2  # mail and number
    hopper.refresh_from_db()
    assert hopper.erased_at is not None


def test_what_staff_wrote_about_them_is_gone_too(world, hopper):
    """Why an answer is left out and why a wish was declined, there and in the log."""
    response, invitation = Response.objects.get(), Invitation.objects.get()
    note = "Mrs Hopper tried it out"
    answers.void_response(
        response, reason=Exclusion.TEST, note=note, actor=world.ana, now=NOW
    )
    wish = erasure.request_erasure(invitation=invitation, now=NOW)
    erasure.decline(wish, note="Mrs Hopper pays", actor=world.adam, now=NOW)
    assert ("AuditEvent", "detail") in texts_with("hopper")

    erasure.erase_person(ADDRESS, actor=world.adam, now=NOW)

    assert texts_with("hopper") == set()
    response.refresh_from_db()
    assert (response.exclusion, response.voided_by) == (Exclusion.TEST, world.ana)


def test_erasing_twice_changes_nothing_more(world, hopper):
    first = erasure.erase_person(ADDRESS, actor=world.adam, now=NOW)
    again = erasure.erase_person(ADDRESS, actor=world.adam, now=NOW + HOUR)

    assert (first.contacts, first.invitations, first.comments) == (1, 1, 1)
    assert (again.contacts, again.invitations, again.comments) == (0, 0, 0)
    assert not Suppression.objects.filter(until__isnull=False).exists()


def test_an_open_wish_is_done_with_it(world, hopper):
    erasure.request_erasure(invitation=Invitation.objects.get(), now=NOW)

    erasure.erase_person(ADDRESS, actor=world.adam, now=NOW)

    wish = ErasureRequest.objects.get()
    assert (wish.state, wish.closed_by) == ("done", world.adam)


def test_who_is_not_known_is_kept_from_mail(world, survey):
    erased = erasure.erase_person("new@example.org", actor=None, now=NOW)

    assert (erased.contacts, erased.invitations, erased.comments) == (0, 0, 0)
    assert Suppression.objects.count() == 1
    for text in ("", "x", "a@b\x00.org"):
        with pytest.raises(BadSurvey):
            erasure.erase_person(text, actor=None, now=NOW)
    with pytest.raises(CommandError):
        call_command("person", "erase", "nobody")


def test_all_that_is_held_as_a_file(hopper):
    out = StringIO()

    call_command("person", "export", ADDRESS, stdout=out)

    found = json.loads(out.getvalue())
    (contact,) = found["contacts"]
    (invitation,) = found["invitations"]
    (response,) = found["responses"]
    assert (contact["name"], contact["customer"]) == ("Mrs Hopper", "Globex")
    assert invitation["address"] == ADDRESS
    score, comment = response["answers"]
    assert score["value"] == 1
    assert comment["text"] == "Mrs Hopper says very slow"
    assert [each["text"] for each in comment["earlier"]] == ["Hopper says slow"]
    assert response["follow_up"]["outcome"] == "Mrs Hopper is content"
    assert "Rang Mrs Hopper" in response["follow_up"]["notes"]


def test_one_button(client, world, survey, hopper):
    client.force_login(world.adam)
    url = reverse("surveys:person")
    assert client.get(url).status_code == 200
    assert client.post(url, {"address": "x"}).status_code == 422
    looked = client.post(url, {"address": ADDRESS})
    assert "Mrs Hopper" in looked.content.decode()
    assert Response.objects.get().answers.exclude(text="").exists()

    saved = client.post(url, {"address": ADDRESS, "act": "export"})
    assert saved["Content-Type"].startswith("application/json")
    assert saved.json()["contacts"][0]["email"] == ADDRESS
    assert client.post(url, {"address": ADDRESS, "act": "erase"}).status_code == 302

    assert texts_with("hopper") == set()
