"""What was replied to the questions after the score, for those who may read it."""

from dataclasses import replace

import pytest
from django.urls import reverse

from crmkpi.accounts.models import ApiKey
from crmkpi.crm.models import Exclusion
from surveys.extras import ExtraWording
from surveys.models import Response
from surveys.queries.extras import extra_results
from surveys.services import answers, replies
from tests.lib.test_workbooks import sheets
from tests.metrics.views.reading import page, table, words
from tests.surveys import cast
from tests.surveys.api.test_results_and_responses import bearer
from tests.surveys.drafting import WHERE, WHY, WORD, change
from tests.world import NOW, TODAY


@pytest.fixture
def asked(world, survey):
    change(survey, world, extras=(WHY, WHERE, WORD))
    return survey


def tell(survey, customer, name, agent, **given):
    someone = cast.contact(name, customer=customer)
    _, token = cast.ask(survey, someone, subject=f"t:{name}", agent_id=agent.pk)
    key = cast.reply(token, 4).edit_key
    listed = {each: [str(one) for one in chosen] for each, chosen in given.items()}
    replies.tell(key, comment="", given=listed, now=NOW)


def test_counts_by_option(world, asked, customer):
    """Ida: speed, shop and fair; Jon: speed; Kim of Sales: price, a word."""
    tell(asked, customer, "Ida", world.alice, extra1=[2], extra2=[1, 3])
    tell(asked, customer, "Jon", world.alice, extra1=[2], extra3=["slow"])
    tell(asked, customer, "Kim", world.cleo, extra1=[1], extra3=["<b>"])
    access = world.access(world.mona)

    why, where, word = extra_results(asked, access=access, since_day=TODAY)

    assert [(each.text, each.n) for each in why.options] == [("Price", 1), ("Speed", 2)]
    assert why.n == 3
    assert [each.share for each in where.options] == [1, 0, 1]
    assert word.texts == ["<b>", "slow"]
    own = extra_results(asked, access=world.access(world.lee), since_day=None)
    assert [(each.text, each.n) for each in own[0].options] == [
        ("Price", 0),
        ("Speed", 2),
    ]
    assert own[2].texts == ["slow"]
    assert extra_results(asked, access=world.access(world.alice), since_day=None) == []
    assert extra_results(asked, access=access, since_day=TODAY + 1)[0].n == 0


def test_options_count_under_their_words_in_every_version(world, asked, customer):
    """The options are turned round and one is dropped: replies keep their meaning."""
    tell(asked, customer, "Ida", world.alice, extra1=[1])
    tell(asked, customer, "Jon", world.alice, extra1=[2])
    other = {code: ExtraWording("Why?", ("Care", "Speed")) for code in WHY.wordings}
    change(asked, world, extras=(replace(WHY, wordings=other),))
    tell(asked, customer, "Kim", world.alice, extra1=[2])

    (why,) = extra_results(asked, access=world.access(world.mona), since_day=None)

    assert [(each.text, each.n) for each in why.options] == [
        ("Care", 0),
        ("Speed", 2),
        ("Price", 1),
    ]


def test_void_responses_are_left_out(world, asked, customer):
    tell(asked, customer, "Ida", world.alice, extra1=[1], extra3=["spam"])
    answers.void_response(
        Response.objects.get(),
        reason=Exclusion.SPAM,
        note="bot",
        actor=world.ana,
        now=NOW,
    )

    found = extra_results(asked, access=world.access(world.mona), since_day=None)

    assert [(each.n, each.texts) for each in found] == [(0, [])] * 3


def test_page_of_the_survey(client, world, asked, customer):
    tell(asked, customer, "Ida", world.alice, extra1=[2], extra3=["<script>"])
    address = reverse("surveys:detail", args=[asked.slug])
    client.force_login(world.lee)

    html = page(client, f"{address}?days=all")

    assert "What mattered most?" in html
    assert "1 of 1" in html
    assert "&lt;script&gt;" in html
    client.force_login(world.alice)
    assert "What mattered most?" not in page(client, address)


def test_number_of_queries_does_not_grow(
    world, asked, customer, django_assert_num_queries
):
    for n in range(6):
        tell(asked, customer, f"C{n}", world.alice, extra1=[1 + n % 2], extra3=["x"])

    access = world.access(world.mona)
    assert asked.version  # pages have it with the survey

    with django_assert_num_queries(3):
        extra_results(asked, access=access, since_day=None)


def test_replies_in_files_and_in_the_list(client, world, asked, customer):
    """Options in the words of the version that asked, cells and headings harmless."""
    tell(asked, customer, "Ida", world.alice, extra1=[2], extra2=[1, 3])
    tell(asked, customer, "Jon", world.alice, extra3=["=1+1 \u202eoh"])
    other = {code: ExtraWording("=Why?", ("Care", "Mood")) for code in WHY.wordings}
    change(asked, world, extras=(replace(WHY, wordings=other),))
    client.force_login(world.lee)

    jon, ida = table(client, reverse("surveys:answers_csv", args=[asked.slug]))

    headings = ["'=Why?", "Where else?", "In one word?"]
    assert list(jon)[-3:] == headings
    assert [ida[each] for each in headings] == ["Speed", "Shop; Fair", ""]
    assert [jon[each] for each in headings] == ["", "", "'=1+1 oh"]
    listed = words(page(client, reverse("surveys:answers", args=[asked.slug])))
    assert "Where else? Shop; Fair" in listed
    saved = client.get(reverse("surveys:answers_xlsx", args=[asked.slug]))
    ((heading, *rows),) = sheets(saved.streaming_content)
    assert [cell[1] for cell in heading[-3:]] == headings
    assert rows[0][-1][1] == "'=1+1 oh"


def test_replies_over_http(client, world, asked, customer):
    tell(asked, customer, "Ida", world.alice, extra1=[2], extra3=["slow"])
    url = f"/api/v1/surveys/{asked.slug}/results"
    header = bearer(world, ApiKey.Scope.READ_SURVEYS)

    why, where, word = client.get(url, **header).json()["questions"]

    assert (why["key"], why["kind"], why["n"]) == ("extra1", "one", 1)
    assert why["options"] == [{"text": "Price", "n": 0}, {"text": "Speed", "n": 1}]
    assert (where["n"], word["texts"]) == (0, ["slow"])
    before = client.get(url, {"to": "2026-02-12"}, **header).json()["questions"]
    assert [each["n"] for each in before] == [0, 0, 0]
    client.force_login(world.alice)
    assert client.get(url).json()["questions"] == []
