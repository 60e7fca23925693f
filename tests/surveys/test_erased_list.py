"""A backup from before an erasing was restored: the list forgets everybody again."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from crmkpi.crm.models import Contact
from surveys.links import shared_address
from surveys.models import Answer, Invitation, Response, Suppression
from surveys.queries.results import results
from surveys.services import answers, erasure
from surveys.services.erased_list import read_erased
from surveys.services.errors import BadSurvey
from surveys.services.surveys import share
from surveys.tokens import address_hash
from tests.surveys.cast import ask, contact, reply
from tests.surveys.test_person import texts_with
from tests.surveys.views.test_public import fields_of
from tests.world import NOW

ADDRESS = "hopper@example.org"


@pytest.fixture
def listed(settings, tmp_path):
    settings.SURVEYS_ERASED_LIST = str(tmp_path / "erased.txt")
    return tmp_path / "erased.txt"


def known(survey, email=ADDRESS):
    """Somebody scores and writes; return the contact."""
    person = contact(f"Hopper {email}", email=email)
    _, token = ask(survey, person, subject=f"ticket:{person.pk}")
    answers.comment(reply(token, 1).edit_key, text="Hopper says slow", now=NOW)
    return person


def erase_from(path):
    call_command("person", "erase", "--from", str(path), stdout=(out := StringIO()))
    return out.getvalue()


def test_the_list_names_nobody_and_tells_each_once(survey, listed):
    known(survey)

    erasure.erase_person(ADDRESS.upper(), actor=None, now=NOW)
    erasure.erase_person(ADDRESS, actor=None, now=NOW)

    assert listed.read_text() == f"{NOW:%Y-%m-%d} address {address_hash(ADDRESS)}\n"


def test_a_restored_backup_forgets_them_again(world, survey, listed):
    hopper, other = known(survey), known(survey, "grace@example.org")
    erasure.erase_person(ADDRESS, actor=None, now=NOW)
    before = results(survey, access=world.access(world.mona), since_day=None).scales
    # As it was in the backup, under an address that was written otherwise.
    Contact.objects.filter(pk=hopper.pk).update(
        name="Mrs Hopper", email="Hopper@example.org", erased_at=None
    )
    asked = Invitation.objects.get(contact=hopper)
    asked.address, asked.address_hash = ADDRESS, address_hash(ADDRESS)
    asked.save()
    Answer.objects.filter(response__invitation=asked, kind="text").update(
        text="Hopper says slow"
    )
    Suppression.objects.all().delete()

    assert erase_from(listed).startswith("Of 1 on the list, ")

    hopper.refresh_from_db()
    other.refresh_from_db()
    assert (hopper.name, hopper.email) == ("", "")
    assert other.email == "grace@example.org"
    assert texts_with(ADDRESS, "mrs hopper") == set()
    assert Suppression.objects.filter(reason="erased").exists()
    after = results(survey, access=world.access(world.mona), since_day=None).scales
    assert after == before
    assert erase_from(listed) == "Of 1 on the list, 0 were here again and are erased.\n"


def test_an_answer_without_an_address_is_found_by_its_id(world, survey, listed):
    share(survey, is_shared=True, actor=world.ana, now=NOW)
    page = f"/s/{shared_address(survey)}/"
    thanks = Client().post(page, {**fields_of(Client().get(page)), "score": "1"})
    response = Response.objects.get()
    Client().post(thanks.url, {"comment": "Hopper says slow"})
    wish = erasure.request_erasure(response=response, now=NOW)
    erasure.carry_out(wish, actor=world.adam, now=NOW)
    assert read_erased(listed).answer_ids == {response.external_id}
    Answer.objects.filter(kind="text").update(text="Hopper says slow")

    erase_from(listed)

    assert texts_with("hopper") == set()
    assert Answer.objects.get(value__isnull=False).value == 1


def test_plain_addresses_serve_as_well(survey, tmp_path):
    known(survey)
    path = tmp_path / "by-hand.txt"
    path.write_text("\nHOPPER@example.org\n")

    erase_from(path)

    assert texts_with("hopper") == set()


def test_nobody_is_erased_who_is_not_put_on_the_list(survey, settings, tmp_path):
    settings.SURVEYS_ERASED_LIST = str(tmp_path / "missing" / "erased.txt")
    known(survey)

    with pytest.raises(BadSurvey, match="Nothing is erased"):
        erasure.erase_person(ADDRESS, actor=None, now=NOW)

    assert Contact.objects.filter(email=ADDRESS).exists()
    assert ("Answer", "text") in texts_with("hopper")


@pytest.mark.parametrize("text", ["what is this\n", "\x00\n", "a b c d e\n"])
def test_what_is_no_list_is_refused(survey, tmp_path, text):
    path = tmp_path / "list.txt"
    path.write_text(f"{ADDRESS}\n{text}")
    known(survey)

    with pytest.raises(CommandError, match="Row 2"):
        erase_from(path)
    with pytest.raises(CommandError):
        erase_from(tmp_path / "none.txt")
    for given in (["erase"], ["erase", ADDRESS, "--from", "x"], ["export"]):
        with pytest.raises(CommandError):
            call_command("person", *given)

    assert texts_with("hopper") != set()
