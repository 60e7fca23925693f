import pytest

from tests.world import person

pytestmark = pytest.mark.django_db


def choose(client, theme, *, back="/accounts/two-step/"):
    return client.post("/appearance", {"theme": theme, "next": back})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_wears_the_chosen_theme(client, theme):
    client.force_login(person("Ana"))

    response = choose(client, theme)

    assert response["Location"] == "/accounts/two-step/"
    page = client.get("/accounts/two-step/").content.decode()
    assert f'data-bs-theme="{theme}"' in page


def test_without_a_choice_the_device_decides(client):
    client.force_login(person("Ana"))
    choose(client, "dark")

    choose(client, "")

    assert "data-bs-theme" not in client.get("/accounts/two-step/").content.decode()


@pytest.mark.parametrize("theme", ["pink", None])
def test_other_themes_are_refused(client, theme):
    ana = person("Ana")
    client.force_login(ana)

    response = client.post("/appearance", {} if theme is None else {"theme": theme})

    assert response.status_code == 400
    ana.refresh_from_db()
    assert ana.theme == ""


@pytest.mark.parametrize(
    "back", ["https://evil.example.com/", "//evil.example.com", "", "nowhere"]
)
def test_it_never_leads_away(client, back):
    client.force_login(person("Ana"))

    assert choose(client, "dark", back=back)["Location"] == "/"


def test_reading_changes_nothing(client):
    client.force_login(person("Ana"))

    assert client.get("/appearance").status_code == 405


def test_strangers_sign_in_first(client):
    assert choose(client, "dark")["Location"].startswith("/accounts/login/")
