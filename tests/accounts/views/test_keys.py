import pytest

from crmkpi.accounts.models import ApiKey

URL = "/settings/keys/"


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


def test_keys_are_listed_without_their_secret(admin, world):
    content = admin.get(URL).content.decode()
    assert "Wallboard" in content and world.key.prefix in content
    assert "Read metrics" in content and "Support EMEA" in content
    assert world.plain_key.partition(".")[2] not in content
    assert world.key.key_hash not in content


def test_an_empty_list_offers_the_first_key(admin, world):
    world.key.delete()
    assert b"No keys yet" in admin.get(URL).content


def test_a_new_key_is_shown_this_once(admin, world):
    answer = admin.post(
        f"{URL}new/",
        {
            "name": "Import",
            "scopes": ["facts:write", "metrics:read"],
            "teams": [world.sales.pk],
            "last_day": "2030-12-31",
        },
    )
    key = ApiKey.objects.get(name="Import")
    assert answer.context["plain"].startswith(key.prefix)
    assert answer.context["plain"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert key.scopes == ["facts:write", "metrics:read"]
    assert key.expires_at.isoformat() == "2030-12-31T23:00:00+00:00"  # Berlin midnight
    secret = answer.context["plain"].partition(".")[2]
    assert secret not in admin.get(URL).content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"whole_company": ""}, "teams"),
        ({"last_day": "2001-01-01"}, "last_day"),
    ],
)
def test_a_fault_is_shown_beside_its_field(admin, change, field):
    good = {"name": "Import", "scopes": ["facts:write"], "whole_company": "on"}
    answer = admin.post(f"{URL}new/", good | change)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert ApiKey.objects.count() == 1


def test_revoking_is_asked_about_first(admin, world):
    url = f"{URL}{world.key.pk}/revoke/"
    assert b"Revoke the key Wallboard?" in admin.get(url).content
    world.key.refresh_from_db()
    assert world.key.revoked_at is None
    admin.post(url)
    world.key.refresh_from_db()
    assert world.key.revoked_at is not None
    assert b"Revoked" in admin.get(URL).content


def test_unknown_keys_are_not_found(admin):
    assert admin.post(f"{URL}999999/revoke/").status_code == 404
