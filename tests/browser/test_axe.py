"""Every page as every role, looked at by axe: WCAG 2.2 AA and axe's best practices."""

from pathlib import Path

import pytest

from metrics.custom import loading
from tests.browser.everywhere import CUSTOMER_PAGES, PAGES, Places, write_places

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
ALL_RULES = {"type": "tag", "values": STANDARDS}
# A page is loaded once and looked at thrice. All but colours and what depends on the
# room there is would be said of each look again.
COLOURS = {"type": "rule", "values": ["color-contrast"]}
ROOM = (
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "button-name",
    "link-name",
)
LOOKS = (
    (1440, "light", ALL_RULES),
    (1440, "dark", COLOURS),
    (320, "dark", {"type": "rule", "values": ROOM}),
)
FAULTS = """async ([within, rules]) => {
  const found = await axe.run(within, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target}: ${node.failureSummary}`));
}"""
BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

places: Places = {}


def write() -> None:
    places.update(write_places())
    loading.look_again()


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault_on_any_page(visit, name):
    page = visit(name)
    page.add_init_script(path=AXE)

    faults = []
    for address in PAGES[name]:
        page.set_viewport_size({"width": 1440, "height": 1000})
        page.goto(address.format(**places))
        for width, scheme, rules in LOOKS:
            faults += [
                f"{address}, {width} px, {scheme}: {fault}"
                for fault in look(page, width=width, scheme=scheme, rules=rules)
            ]

    assert not faults, "\n".join(faults)


def test_axe_finds_no_fault_in_what_customers_read_in_their_language(visit):
    """English is on the list above, with all colours; here are the other words."""
    page = visit()
    page.add_init_script(path=AXE)

    faults = []
    for code, direction in (("de", "ltr"), ("ar", "rtl")):
        page.set_extra_http_headers({"Accept-Language": code})
        spoken = places | {"thanks": places[f"thanks_{code}"]}
        for address in CUSTOMER_PAGES:
            page.goto(address.format(**spoken))
            root = page.locator(f"html[lang={code}][dir={direction}]")
            assert root.count() == 1, address
            faults += [
                f"{address} in {code}: {fault}"
                for fault in look(page, width=320, scheme="light", rules=ALL_RULES)
            ]

    assert not faults, "\n".join(faults)


def test_axe_finds_no_fault_in_what_opens_above_a_page(ana):
    """Menus of the account, the scope and the period, and a passport."""
    page = ana()
    page.add_init_script(path=AXE)
    page.goto("/scorecards/teams/support-berlin/")
    buttons = page.locator("button[popovertarget]:visible")
    opened = {button.get_attribute("popovertarget"): button for button in buttons.all()}
    assert {"menu-scope", "menu-period", "menu-account"} < set(opened)
    assert any(name.startswith("passport-") for name in opened)

    for name, button in opened.items():
        button.click()
        page.wait_for_load_state("networkidle")
        for scheme in ("light", "dark"):
            shown = f"#{name}"
            assert look(page, scheme=scheme, rules=ALL_RULES, within=shown) == []
        page.keyboard.press("Escape")


def look(page, *, width=1440, scheme, rules, within="html") -> list[str]:
    """Return what axe finds, and whether the page scrolls sideways."""
    page.set_viewport_size({"width": width, "height": 1000})
    # Colours that are still on their way from one scheme to the other are no colours.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    faults = page.evaluate(FAULTS, [within, rules])
    return faults + ["scrolls sideways"] * (page.evaluate(BEYOND) > 0)
