import pytest

from crmkpi.accounts import services
from crmkpi.accounts.audit import write_event
from crmkpi.accounts.models import AuditEvent
from tests.world import NOW, TODAY

URL = "/settings/audit/"


@pytest.fixture
def admin(client, world):
    AuditEvent.objects.all().delete()
    client.force_login(world.adam)
    return client


def test_an_empty_log_says_what_would_be_here(admin):
    assert b"Nothing to show" in admin.get(URL).content


def test_the_log_says_who_did_what_and_when_it_was_here(admin, world):
    services.place_team(
        team=world.berlin,
        parent=world.sales,
        from_day=TODAY,
        actor=world.adam,
        now=NOW,
    )
    content = admin.get(URL).content.decode()
    assert "Placed a team" in content and "team support-berlin" in content
    assert "parent: sales" in content and "from: 2026-02-13" in content
    assert "13 Feb 2026 13:00" in content  # noon UTC in Berlin


def test_details_are_read_as_words(admin, world):
    services.set_membership(
        user=world.alice, team=world.north, role="lead", actor=None, now=NOW
    )
    services.update_team(team=world.north, name="North", actor=world.adam, now=NOW)
    lines = admin.get(URL).context["lines"]
    assert lines[0].details == ["name: Sales North → North"]
    assert lines[1].subject == f"Alice (user {world.alice.pk})"
    assert lines[1].details == [
        "role: lead",
        "since: from the start",
        "team: sales-north",
        "until: until further notice",
    ]


def test_the_log_is_narrowed_down(admin, world):
    write_event("team.added", subject=world.sales, actor=world.adam, now=NOW)
    write_event("team.added", subject=world.north, actor=world.mona, now=NOW)
    write_event("key.revoked", subject=world.key, actor=None, now=NOW)
    found = admin.get(f"{URL}?action=team.added&q=mona").context["page_obj"]
    assert [event.subject for event in found] == ["team sales-north"]
    assert len(admin.get(f"{URL}?action=nothing").context["page_obj"]) == 3
    assert b"The system" in admin.get(f"{URL}?action=key.revoked").content


def test_fifty_on_a_page(admin, world, django_assert_max_num_queries):
    for number in range(51):
        write_event(f"test.{number}", subject="test", actor=world.adam, now=NOW)
    with django_assert_max_num_queries(7):
        answer = admin.get(URL)
    assert len(answer.context["page_obj"]) == 50
    assert len(admin.get(f"{URL}?page=2").context["page_obj"]) == 1


def test_details_are_shown_as_text(admin, world):
    write_event("x", subject="s", actor=None, now=NOW, name="<script>alert(1)</script>")
    assert b"<script>alert" not in admin.get(URL).content
