"""The two boxes of the thank-you page: unticked, for who was invited, to be undone."""

import csv
import io
import re

import pytest
import time_machine
from django.urls import reverse

from surveys.consent_texts import CONSENTS
from surveys.links import shared_address
from surveys.models import Consent, FollowUp, FollowUpRule, Response
from surveys.queries.person import person_as_json
from surveys.services.erasure import erase_person, held_by_address
from surveys.services.surveys import share
from surveys.texts import PAGES
from tests.surveys.cast import ask, reply
from tests.world import NOW


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def thanks(survey, contact, world) -> str:
    _, token = ask(survey, contact, agent_id=world.alice.pk)
    return f"/t/{reply(token, 5).edit_key}/"


def standing() -> set[str]:
    return set(Consent.objects.filter(revoked_at=None).values_list("what", flat=True))


def test_both_are_offered_and_neither_is_ticked(client, thanks):
    page = client.get(thanks).content.decode()

    assert page.count('type="checkbox" name="agree"') == 2
    assert " checked" not in page
    assert "may publish my comment, without my name." in page


def test_who_came_by_the_shared_link_is_not_offered_any(client, survey):
    """Nobody knows whom to contact, nor whose the comment is."""
    share(survey, is_shared=True, actor=None, now=NOW)
    page = f"/s/{shared_address(survey)}/"
    (form,) = re.findall(
        r'name="form" value="([^"]+)"', client.get(page).content.decode()
    )
    thanks = client.post(page, {"score": "5", "form": form})["Location"]

    assert "agree" not in client.get(thanks).content.decode()
    client.post(thanks, {"comment": "", "agree": ["contact", "quote"]})
    assert not Consent.objects.exists()


def test_ticking_is_kept_with_its_words_and_unticking_takes_it_back(client, thanks):
    client.post(thanks, {"comment": "Great", "agree": ["quote", "contact"]})
    assert standing() == {"contact", "quote"}
    assert Consent.objects.get(what="contact").wording == "Please get back to me."
    assert client.get(thanks).content.decode().count(" checked") == 2

    client.post(thanks, {"comment": "Great", "agree": ["quote"]})

    assert standing() == {"quote"}
    assert Consent.objects.get(what="contact").revoked_at == NOW
    client.post(thanks, {"comment": "Great", "agree": ["quote", "contact"]})
    assert standing() == {"contact", "quote"}


def test_a_box_alone_is_thanked_for(client, thanks):
    done = client.post(thanks, {"comment": "", "agree": "contact"})

    assert done["Location"].endswith("?done=more")


@pytest.mark.parametrize("odd", ["", "\x00", "CONTACT", "9" * 5000, "<script>"])
def test_what_is_not_offered_is_not_agreed_to(client, thanks, odd):
    assert client.post(thanks, {"comment": "", "agree": odd}).status_code == 303
    assert not Consent.objects.exists()


def test_who_asks_to_be_contacted_is_followed_up(client, survey, thanks):
    FollowUpRule.objects.create(
        survey=survey, name="Wish", when=FollowUpRule.When.ASKED, created_at=NOW
    )
    client.post(thanks, {"comment": "", "agree": "quote"})
    assert not FollowUp.objects.exists()

    client.post(thanks, {"comment": "", "agree": ["quote", "contact"]})

    assert FollowUp.objects.get().reason == "Wish"


def test_staff_find_them_in_the_list_and_in_files(client, world, survey, thanks):
    client.post(thanks, {"comment": "Great", "agree": ["contact"]})
    client.force_login(world.ana)
    url = reverse("surveys:answers", args=[survey.slug])

    assert "Asks to be contacted</span>" in client.get(url).content.decode()
    found = client.get(url, {"contact": "on"})
    assert found.context["page_obj"].paginator.count == 1
    Consent.objects.update(revoked_at=NOW)
    found = client.get(url, {"contact": "on"})
    assert found.context["page_obj"].paginator.count == 0

    Consent.objects.update(revoked_at=None)
    file = client.get(reverse("surveys:answers_csv", args=[survey.slug]))
    (row,) = csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode()))
    assert row["Agreed"] == "Asks to be contacted"


def test_they_are_held_told_and_erased(client, contact, thanks):
    client.post(thanks, {"comment": "", "agree": "contact"})

    assert "Please get back to me." in client.get(f"{thanks}held/").content.decode()
    (told,) = person_as_json(held_by_address(contact.email))["responses"]
    assert told["agreed"][0]["wording"] == "Please get back to me."
    erase_person(contact.email, actor=None, now=NOW)
    assert not Consent.objects.exists()
    assert Response.objects.exists()


def test_they_speak_each_language_of_the_pages():
    assert CONSENTS.keys() == PAGES.keys()
    assert {frozenset(words) for words in CONSENTS.values()} == {
        frozenset(Consent.What.values)
    }
