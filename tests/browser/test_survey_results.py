"""Results of a survey on a phone: each number in sight, each word in one piece."""

from dataclasses import replace
from datetime import timedelta

import pytest

from surveys.extras import ExtraWording
from surveys.scoring import Kind
from surveys.services.replies import tell
from surveys.services.surveys import create_survey, publish
from tests.browser.looks import fits
from tests.surveys.cast import ask, contact, customer, reply
from tests.surveys.drafting import WHY, change
from tests.world import NOW, build_world

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser

RESULTS = "/surveys/after-a-request/?days=all"
ENDLESS = "Endless" * 20
OPTIONS = (
    "Friendliness, understanding and Kundenzufriedenheit in particular",
    "Speed",
    ENDLESS,
)
BROKEN = """table => [...table.querySelectorAll("th, td")].flatMap(cell => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode())
    for (const word of walker.currentNode.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (tops.size > 1) found.push(word[0]);
    }
  return found;
})"""
BESIDE = """table => [...table.querySelectorAll("tbody :is(th, td)")].filter(cell => {
  const box = cell.getBoundingClientRect(), panel = cell.closest(".panel");
  const room = panel.getBoundingClientRect();
  return box.width && (box.left < room.left || box.right > room.right);
}).map(cell => cell.textContent)"""


def write() -> None:
    world = build_world()
    made = create_survey(
        name="After a request",
        kind=Kind.CSAT,
        team=world.support,
        brand="Fjordlight",
        actor=world.ana,
        now=NOW,
    )
    publish(made, actor=world.ana, now=NOW)
    why = {code: ExtraWording("What mattered most?", OPTIONS) for code in WHY.wordings}
    change(made, world, extras=(replace(WHY, wordings=why),))
    globex = customer("Globex", agent=world.alice)
    for n in range(12):
        at = NOW - timedelta(days=30 * (n // 6))
        who = contact(f"Reader{n}", customer=globex)
        _, token = ask(
            made, who, now=at, subject=f"ticket:{n}", agent_id=world.alice.pk
        )
        key = reply(token, 4 + n % 2, now=at).edit_key
        tell(key, comment="", given={"extra1": [str(1 + n % 3)]}, now=at)


@pytest.mark.parametrize(
    ("width", "dark"),
    [(320, True), (390, False), (660, True), (768, False), (1280, True)],
)
def test_words_stay_whole_and_numbers_in_sight(ana, width, dark):
    page = ana(width=width, height=844, dark=dark)
    page.goto(RESULTS)
    options = page.locator("table.chosen")
    trend = page.locator("#trend-panel table")
    assert (options.count(), trend.count()) == (1, 1)

    assert options.evaluate(BROKEN) == [ENDLESS], "longer than any line"
    assert trend.evaluate(BROKEN) == []
    assert options.evaluate(BESIDE) == trend.evaluate(BESIDE) == []
    assert fits(page)
