import pytest
from django.template import Context, Template

from crmkpi.accounts.templatetags import shell


def render(text, **context):
    return Template("{% load shell %}" + text).render(Context(context))


def test_own_icons_come_from_our_sheet():
    assert render('{% icon "search" %}') == (
        '<svg class="icon" aria-hidden="true">'
        '<use href="/static/crmkpi/icons.svg#i-search"/></svg>'
    )


def test_other_icons_come_from_the_vendor_sheet():
    assert '"/static/vendor/bootstrap-icons.svg#bi-key"' in render(
        '{% icon "bi-key" %}'
    )


def test_counts_are_written_with_separators():
    assert render("{{ n|count }}", n=21_123) == "21,123"
    assert render("{{ n|count }}", n=0) == "0"


def test_a_status_is_shape_word_and_colour():
    badge = render('{% status "off_track" %}')

    assert 'class="status status-off"' in badge
    assert "#st-off" in badge
    assert badge.endswith("Off track</span>")


def test_a_page_may_put_its_own_word():
    assert render('{% status "met" word %}', word="<b>").endswith("&lt;b&gt;</span>")


def test_an_unknown_status_is_an_error_and_never_a_colour():
    with pytest.raises(KeyError):
        render('{% status "green" %}')


def entries(**context):
    text = "{% nav_items as items %}{% for item in items %}{{ item.key }} {% endfor %}"
    return render(text, **context).split()


class Reader:
    def __init__(self, *, is_administrator):
        self.is_administrator = is_administrator


def test_entries_of_absent_pages_are_dropped(monkeypatch):
    monkeypatch.setattr(
        shell,
        "ENTRIES",
        (
            ("here", "Here", "healthz", "data", False),
            ("absent", "Absent", "nowhere:page", "data", False),
        ),
    )

    assert entries(user=Reader(is_administrator=False)) == ["here"]


@pytest.mark.parametrize(
    ("is_administrator", "seen"), [(True, ["people"]), (False, [])]
)
def test_people_is_for_administrators(monkeypatch, is_administrator, seen):
    monkeypatch.setattr(
        shell, "ENTRIES", (("people", "People", "healthz", "people", True),)
    )

    assert entries(user=Reader(is_administrator=is_administrator)) == seen


def test_the_page_at_hand_is_marked(monkeypatch):
    monkeypatch.setattr(shell, "ENTRIES", (("data", "Data", "healthz", "data", False),))

    items = shell.nav_items({"nav_active": "data", "user": None})

    assert [item.is_active for item in items] == [True]
