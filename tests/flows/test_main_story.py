"""The main job, end to end: real web and worker processes, a real browser.

A manager aims at a number that comes from real rows and sees where it stands; a
customer's answer moves an open scorecard and counts once; everybody else sees no more
than they may.
"""

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from tests.bench.customers import FIELD, FORM
from tests.faults.installation import Installation, installed
from tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
WITHIN_MS = 30_000  # generous for a busy machine; seconds on a quiet one


@pytest.fixture(scope="module")
def installation(tmp_path_factory, tables, django_db_blocker):
    with (
        django_db_blocker.unblock(),
        installed(tmp_path_factory.mktemp("story"), tables) as made,
    ):
        made.run("manage.py", "createcachetable", "--verbosity", "0")
        made.ask("found", of="tests.flows.founding")
        made.address = made.start_web()
        made.start_worker()
        yield made


@pytest.fixture
def visitor(installation, chromium):
    """Return a function that opens a fresh visitor's page."""
    contexts, complaints = [], []

    def open_one(name=""):
        context = chromium.new_context(
            base_url=installation.address, viewport={"width": 1440, "height": 1000}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WITHIN_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if name:
            sign_in(page, name)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page, name):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def ask(installation: Installation, question: str) -> str:
    return installation.ask(question, of="tests.flows.founding")


def test_a_manager_aims_at_the_win_rate_and_follows_it_down_to_the_rows(visitor):
    from playwright.sync_api import expect

    page = visitor("mona")
    page.goto("/objectives/new/")
    page.get_by_label("What is to be reached?").fill("Win what we decide")
    page.get_by_label("Team").select_option(label="Sales")
    page.get_by_role("button", name="Save and add key results").click()
    page.get_by_role("link", name="Win rate", exact=True).click()
    page.get_by_label("Whose number?").select_option(label="Sales")
    page.get_by_role("link", name="Keep at or above").click()
    page.get_by_label("Target").fill("90")
    expect(page.locator("#hint")).to_contain_text("%")  # the past, while typing
    page.get_by_role("button", name="Add the key result").click()
    expect(page.get_by_role("heading", name="Win what we decide")).to_be_visible()

    page.goto("/scorecards/teams/sales/")
    row = page.locator("table.scorecard tbody tr", has_text="Win what we decide")
    expect(row.locator(".status")).to_contain_text(
        re.compile("Off track|Watch|On track|Too early|Achieved"), timeout=WITHIN_MS
    )
    expect(row.locator(".c-now")).to_contain_text("%")
    row.get_by_role("button", name=re.compile("Passport")).click()
    passport = page.locator(".passport:popover-open")
    expect(passport).to_contain_text("won")
    passport.get_by_role("link", name=re.compile("rows")).click()
    expect(page.locator("table.data tbody tr").first).to_be_visible()
    expect(page.locator("h1")).to_have_text("Rows behind Win rate")


def test_an_answer_of_a_customer_moves_an_open_scorecard(visitor, installation):
    """Of 40 answers 30 were satisfied; the 41st is, so 75 % becomes 75.6 %."""
    from playwright.sync_api import expect

    page = visitor("ana")
    page.goto("/scorecards/teams/support-berlin/")
    row = page.locator("table.scorecard tbody tr", has_text="CSAT")
    expect(row.locator(".c-now")).to_contain_text("75")
    expect(row.locator(".c-now")).to_contain_text("30 of 40")
    page.evaluate("window.untouched = true")

    customer = visitor()
    customer.goto(ask(installation, "survey_link"))
    customer.locator("input[name=score][value='5']").check()
    customer.get_by_role("button", name="Send my answer").click()
    expect(customer.locator("h1")).to_contain_text("Thank")

    expect(row.locator(".c-now")).to_contain_text("31 of 41", timeout=WITHIN_MS)
    assert page.evaluate("window.untouched") is True  # the page was not loaded again


def test_fifty_presses_at_once_on_one_link_are_one_answer(installation):
    """Half of them are one tab's button pressed over and over, half other tabs."""
    page = ask(installation, "mailed_link")
    one_tab = form_of(installation, page)
    forms = [{**one_tab, "score": "9"}] * 25
    forms += [
        {**form_of(installation, page), "score": f"{number % 11}"}
        for number in range(25)
    ]
    together = threading.Barrier(len(forms))

    def press(form):
        together.wait(timeout=60)
        status, headers, _ = request(installation, "POST", page, urlencode(form), FORM)
        return status, headers.get("Location")

    with ThreadPoolExecutor(len(forms)) as tabs:
        got = Counter(tabs.map(press, forms))

    (taken,) = [each for each in got if each[0] == 303]
    assert got[taken] in (1, 25)
    assert got[409, None] == len(forms) - got[taken]
    assert len(ask(installation, "scores_after_the_sale").split()) == 1


def form_of(installation, page):
    _status, _headers, html = request(installation, "GET", page)
    return dict(FIELD.findall(html))


def request(installation, *what):
    place = urlsplit(installation.address).netloc
    with closing(HTTPConnection(place, timeout=60)) as connection:
        connection.request(*what)
        with connection.getresponse() as answer:
            return answer.status, answer.headers, answer.read().decode()


def test_an_agent_sees_the_own_scorecard_only(visitor, installation):
    page = visitor("alice")
    page.wait_for_url(lambda url: "/scorecards/me/" in url)
    assert "Bob" not in page.content()
    assert page.goto("/scorecards/teams/support-berlin/").status == 404
    cleo = ask(installation, "cleo")
    assert page.goto(f"/scorecards/people/{cleo}/").status == 404


def test_a_lead_of_another_team_gets_404(visitor):
    page = visitor("carl")
    assert page.goto("/scorecards/teams/support-berlin/").status == 404
    assert page.goto("/metrics/csat/rows/?scope=team:support-berlin").status == 404
    value = page.goto("/api/v1/metrics/csat/value?scope=team:support-berlin")
    assert value.status == 404
