import pytest

from crmkpi.accounts import services
from crmkpi.accounts.models import ALWAYS, FOREVER, User
from tests.world import NOW, PASSWORD, day


@pytest.fixture
def admin(client, world):
    client.force_login(world.adam)
    return client


def stints(user):
    rows = user.memberships.order_by("since_day")
    return list(rows.values_list("team__slug", "role", "since_day", "until_day"))


def test_the_page_says_who_works_where_since_when(admin, world):
    services.move_agent(
        user=world.alice,
        team=world.north,
        from_day=day("2026-02-01"),
        actor=None,
        now=NOW,
    )
    content = admin.get(f"/people/{world.alice.pk}/").content.decode()
    assert "31 Jan 2026" in content and "1 Feb 2026" in content
    assert "until further notice" in content and "from the start" in content


def test_somebody_met_in_an_import_has_ids_and_no_role(admin):
    met = services.agent_for(source="calls", external_id="Martha")
    content = admin.get(f"/people/{met.pk}/").content.decode()
    assert "Not invited" in content and "No role yet" in content
    assert "Known to sources as" in content
    assert "Move to another team" not in content


@pytest.mark.parametrize("url", ["/people/999999/", "/people/0/deactivate/"])
def test_strangers_are_not_found(admin, url):
    assert admin.get(url).status_code == 404


def test_a_membership_of_somebody_else_is_not_found(admin, world):
    other = world.bob.memberships.get().pk
    assert admin.get(f"/people/{world.alice.pk}/roles/{other}/end/").status_code == 404


def test_name_and_rights_are_changed(admin, world):
    answer = admin.post(
        f"/people/{world.alice.pk}/", {"name": "Alicia", "is_administrator": "on"}
    )
    assert answer.status_code == 302
    world.alice.refresh_from_db()
    assert world.alice.name == "Alicia" and world.alice.is_administrator


def test_the_own_rights_stay(admin, world):
    answer = admin.post(f"/people/{world.adam.pk}/", {"name": "Adam"})
    assert answer.status_code == 422
    assert b"Another administrator must change your own rights" in answer.content


def test_no_other_column_can_be_posted(admin, world):
    before = User.objects.filter(pk=world.alice.pk).values().get()
    admin.post(
        f"/people/{world.alice.pk}/",
        {
            "name": "Alice",
            "email": "evil@example.com",
            "password": "x",
            "is_active": "",
            "access_version": "99",
            "joined_at": "2020-01-01",
        },
    )
    assert User.objects.filter(pk=world.alice.pk).values().get() == before


def test_a_role_is_added_with_both_days(admin, world):
    answer = admin.post(
        f"/people/{world.alice.pk}/roles/",
        {
            "team": world.north.pk,
            "role": "lead",
            "since": "2026-02-01",
            "last": "2026-02-28",
        },
    )
    assert answer.status_code == 302
    assert stints(world.alice)[-1] == (
        "sales-north",
        "lead",
        day("2026-02-01"),
        day("2026-03-01"),
    )


@pytest.mark.parametrize(
    "data",
    [
        {"since": "2026-02-31"},
        {"since": "1066-10-14"},
        {"since": "2060-01-01"},
        {"since": "2026-02-02", "last": "2026-02-01"},
        {"role": "boss"},
        {"team": ""},
    ],
)
def test_days_and_roles_that_cannot_be_are_refused(admin, world, data):
    good = {"team": world.north.pk, "role": "lead"}
    answer = admin.post(f"/people/{world.alice.pk}/roles/", good | data)
    assert answer.status_code == 422
    assert answer.context["add_form"].errors
    assert stints(world.alice) == [("support-berlin", "agent", ALWAYS, FOREVER)]


def test_a_role_ends_with_its_last_day_after_a_question(admin, world):
    held = world.alice.memberships.get().pk
    url = f"/people/{world.alice.pk}/roles/{held}/end/"
    assert b"Alice is Agent in Support Berlin" in admin.get(url).content
    assert stints(world.alice)[0][3] == FOREVER
    admin.post(url, {"last": "2026-02-12"})
    assert stints(world.alice)[0][3] == day("2026-02-13")


def test_an_agent_moves(admin, world):
    answer = admin.post(
        f"/people/{world.alice.pk}/move/",
        {"team": world.north.pk, "from_day": "2026-02-13"},
    )
    assert answer.status_code == 302
    assert [stint[0] for stint in stints(world.alice)] == [
        "support-berlin",
        "sales-north",
    ]


def test_deactivating_is_asked_about_first(admin, world):
    url = f"/people/{world.alice.pk}/deactivate/"
    assert b"Deactivate Alice?" in admin.get(url).content
    world.alice.refresh_from_db()
    assert world.alice.is_active
    admin.post(url)
    world.alice.refresh_from_db()
    assert not world.alice.is_active


def test_oneself_cannot_be_deactivated(admin, world):
    answer = admin.post(f"/people/{world.adam.pk}/deactivate/", follow=True)
    assert b"You cannot deactivate yourself" in answer.content
    world.adam.refresh_from_db()
    assert world.adam.is_active


def test_somebody_met_is_invited_and_joins(admin, client, world, mailoutbox):
    met = services.agent_for(source="calls", external_id="Martha")
    admin.post(f"/people/{met.pk}/invite/", {"email": "martha@example.com"})
    link = next(line for line in mailoutbox[0].body.splitlines() if "/join/" in line)
    path = link.removeprefix("http://127.0.0.1:8000")
    client.logout()
    assert b"martha@example.com" in client.get(path).content
    met.refresh_from_db()
    assert met.joined_at is None
    answer = client.post(path, {"name": "Martha", "password": PASSWORD})
    assert answer.status_code == 302
    assert int(client.session["_auth_user_id"]) == met.pk
    assert client.post(path, {"name": "X", "password": PASSWORD}).status_code == 404


def test_an_address_in_use_is_refused_on_the_page(admin, world):
    met = services.agent_for(source="calls", external_id="Martha")
    answer = admin.post(f"/people/{met.pk}/invite/", {"email": "bob@example.com"})
    assert answer.status_code == 422
    assert b"Somebody else already has this address" in answer.content
