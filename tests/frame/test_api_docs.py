import pytest

from tests.world import person

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_openapi_for_those_who_may_sign_in(client):
    client.force_login(person("Ana"))

    response = client.get("/api/schema/", headers={"accept": "application/json"})

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.")


def test_strangers_do_not_learn_the_schema(client):
    assert client.get("/api/schema/").status_code in (401, 403)
    assert client.get("/api/docs/")["Location"].startswith("/accounts/login/")


def test_the_pages_of_the_api_hold_no_inline_script(client):
    client.force_login(person("Ana"))

    page = client.get("/api/docs/").content.decode()

    assert page.count("<script") == page.count("<script src=") == 3
    assert "<style" not in page


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_they_are_only_for_reading(client, path):
    client.force_login(person("Ana"))

    assert client.post(path).status_code == 405
