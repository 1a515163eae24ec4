"""Every page by the rules of accessible content, in both themes and widths, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.servers import Served

pytestmark = [pytest.mark.browser]

expect.set_options(timeout=20_000)

IRENA = "irena.maj@lumen.example"
ANA = "ana.nowak@lumen.example"

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What Streamlit draws and nobody outside can mend: the rule, a part of the place, and the reason.
STREAMLITS = (
    ("presentation-role-conflict", "stFileUploaderDropzone", "its place for files is named and plays no role at once"),
)


def asked(page: Page) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("Which key results are most behind this week?")
    box.press("Enter")
    expect(page.locator(".okr-copy")).to_have_count(1, timeout=60_000)


def ruled(page: Page) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill("Every Friday at 16:00 remind me to look at the win rate")
    box.press("Enter")
    expect(page.locator(".okr-instants li")).to_have_count(5)


def named(page: Page) -> None:
    page.locator(".st-key-okr_who button").click()
    expect(page.locator(".st-key-okr_behind a").first).to_be_visible()


def searching(page: Page) -> None:
    page.locator("[data-search]").click()
    page.locator(".okr-search-field").fill("nps")
    expect(page.get_by_role("option").first).to_contain_text("KR-NPS")


def cited(page: Page) -> None:
    asked(page)
    page.locator(".okr-chip").first.click()
    expect(page.locator('[role="dialog"] .okr-facts')).to_be_visible()


def begun(page: Page) -> None:
    """Questions to begin with that can be read: a style for another button once hid their words."""
    box = page.locator(".st-key-okr_begin p").first.bounding_box()
    assert box is not None
    assert box["width"] > 100


def nothing_more(page: Page) -> None:
    """The page as it opens."""


# Each page: its address, what is there once it is ready, and what is done before it is looked at.
PAGES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "ask": ("", ".st-key-okr_begin button", begun),
    "an answer": ("", ".st-key-okr_begin button", asked),
    "a record beside the answer": ("", ".st-key-okr_begin button", cited),
    "the name": ("", ".st-key-okr_begin button", named),
    "the search over a page": ("inbox", ".okr-heading", searching),
    "search": ("search?q=portal+tickets", "[data-go]", nothing_more),
    "board": ("board", ".okr-bars", nothing_more),
    "tree": ("tree", ".st-key-okr_tree", nothing_more),
    "a key result": ("record?id=KR-NPS", ".okr-facts", nothing_more),
    "an objective": ("record?id=O-LOYALTY", ".okr-facts", nothing_more),
    "a person": (f"record?id={ANA}", "h1", nothing_more),
    "my week": ("my-week?kr=KR-WIN-RATE", "textarea", nothing_more),
    "updates": ("updates", ".st-key-okr_sheet", nothing_more),
    "automations": ("automations", ".okr-heading", ruled),
    "inbox": ("inbox", ".okr-heading", nothing_more),
    "settings": ("settings", ".st-key-okr_wishes", nothing_more),
    "import": ("import", '[data-testid="stFileUploader"]', nothing_more),
    "cycles": ("cycle", "h1", nothing_more),
    "a cycle being scored": ("cycle?key=2026-Q4&team=sales&kr=KR-WIN-RATE", ".okr-scored", nothing_more),
    "a closed cycle": ("cycle?key=2026-Q3", ".okr-reached", nothing_more),
    "a retrospective": ("cycle?key=2026-Q3&part=retrospective", ".okr-update", nothing_more),
    "editing": ("edit?kind=key_result&id=KR-NPS", "textarea, input", nothing_more),
    "people": ("people", "h1", nothing_more),
    "review": ("review", ".okr-advice", nothing_more),
    "outlook": ("outlook", ".okr-ranges", nothing_more),
}


def opened(page: Page, served: Served, name: str, lang: str) -> None:
    address, ready, prepare = PAGES[name]
    asker = ANA if "kr=" in address else IRENA
    page.set_default_timeout(60_000)
    page.goto(f"{served.url}/{address}{'&' if '?' in address else '?'}lang={lang}&as={asker}")
    page.locator(ready).first.wait_for()
    quiet(page)
    prepare(page)
    quiet(page)


def quiet(page: Page) -> None:
    """Wait until the run is over and nothing of the one before is left."""
    page.wait_for_function(
        "() => document.querySelector('[data-test-script-state=\"notRunning\"]')"
        " && document.getElementById('okr-live') && !document.querySelector('[data-stale=\"true\"]')",
        timeout=60_000,
    )


def wrong(page: Page) -> list[str]:
    """What the rules find, without what is known of Streamlit's own parts."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    said = []
    for one in found:
        for node in one["nodes"]:
            place = f"{' '.join(map(str, node['target']))} {node['html']}"
            if not any(one["id"] == rule and part in place for rule, part, _ in STREAMLITS):
                why = next(iter(node["any"] or node["all"] or node["none"]), {"message": one["help"]})["message"]
                said.append(f"{one['id']}: {node['html'][:200]} ({why})")
    return said


@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_no_rule_and_needs_no_scrolling_aside(served: Served, page: Page, name: str) -> None:
    found = []
    for scheme, lang, first, second in (("light", "en", 1440, 390), ("dark", "pl", 390, 1440)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": first, "height": 900})
        opened(page, served, name, lang)
        found += [f"{scheme} {first}: {each}" for each in wrong(page)]
        # 720 is a desk zoomed to 200 %.
        for width in (first, second, 720):
            page.set_viewport_size({"width": width, "height": 900})
            if (across := page.evaluate("document.documentElement.scrollWidth")) > width:
                found.append(f"{scheme} {width}: {across} wide")
    assert not found, "\n".join(found)


# What has to be reached with the Tab key alone, in this order, on each page: parts of the place they stand in.
BAR = ("okr_places", "okr_search", "okr_bell", "okr_who")
REACHED = {
    "ask": (*BAR, "okr_begin"),
    "board": (*BAR, "okr_views", "okr_board_filters", "okr_tile_"),
    "tree": (*BAR, "okr_views", "okr_tree"),
    "my week": (*BAR, "okr_check_in_"),
    "updates": (*BAR, "okr_update_row", "okr_part_", "okr_update_acts"),
    "settings": (*BAR, "okr_settings_own", "okr_wishes"),
    "search": (*BAR, "okr_finder"),
}
PLACE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const keys = [];
  for (let e = at; e; e = e.parentElement) {
    keys.push(...[...e.classList || []].filter((name) => name.startsWith("st-key-")).map((name) => name.slice(7)));
  }
  // Where one is has to look otherwise than when one is elsewhere: the thing itself, or what is drawn around it.
  const look = () => {
    const said = [];
    for (let e = at, up = 0; e && up < 5; e = e.parentElement, up += 1) {
      const style = getComputedStyle(e);
      said.push(style.outline, style.boxShadow, style.borderColor, style.backgroundColor);
    }
    return said.join("|");
  };
  const here = look();
  at.blur();
  const elsewhere = look();
  at.focus({ preventScroll: true });
  const seen = here !== elsewhere;
  return { keys, seen, html: at.outerHTML.slice(0, 160) };
}"""


@pytest.mark.parametrize("name", REACHED)
def test_everything_is_reached_with_the_tab_key_and_shows_where_one_is(served: Served, page: Page, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    opened(page, served, name, "en")
    page.evaluate("document.activeElement.blur(); document.body.focus()")
    left, unseen = list(REACHED[name]), []
    for _ in range(150):
        page.keyboard.press("Tab")
        at = page.evaluate(PLACE)
        if at is None:
            continue
        if not at["seen"]:
            unseen.append(at["html"])
        while left and any(key.startswith(left[0]) for key in at["keys"]):
            left.pop(0)
        if not left:
            break
    assert not left, f"never reached in this order: {left}"
    assert not unseen, "\n".join(unseen)


def test_the_first_press_of_tab_leads_past_the_bar(served: Served, page: Page) -> None:
    opened(page, served, "settings", "pl")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Przejdź do treści")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_focused()


@pytest.mark.parametrize(
    ("address", "place", "how"), [("/", "Ask", "page"), ("/tree", "Board", "true"), ("/people", "", "")]
)
def test_the_bar_says_which_place_one_is_at(served: Served, page: Page, address: str, place: str, how: str) -> None:
    page.goto(f"{served.url}{address}")
    expect(page.locator("h1").first).to_be_visible()
    marked = page.locator(".st-key-okr_places a[aria-current]")
    if not place:
        expect(marked).to_have_count(0)
        return
    expect(marked).to_have_text([place])
    expect(marked).to_have_attribute("aria-current", how)
