"""The board in a real browser: figures that open, by keyboard too, the wall and its way back, and an axe check."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.servers import Served

pytestmark = [pytest.mark.browser]

# The machine may be busy with the other tests.
expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"


def opened(page: Page, served: Served, more: str = "", *, card: str = "whole") -> Page:
    page.goto(f"{served.url}/board?as={ANA}&lang=en{more}")
    page.locator(f".st-key-okr_tile_{card} .okr-figures").wait_for(timeout=60_000)
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
    # What the page's script puts there first; before that nobody listens to its buttons.
    expect(page.locator("#okr-live")).to_be_attached()
    return page


def test_a_figure_opens_as_many_records_as_it_says_and_each_opens_itself(page: Page, served: Served) -> None:
    opened(page, served)
    number = page.locator('.st-key-okr_tile_whole [data-behind="kr:off_track"]')
    count = int(number.inner_text())
    number.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{count} records")
    expect(dialog.locator(".okr-list > li")).to_have_count(count)
    title = dialog.locator(".okr-titled").first
    said = title.inner_text()
    title.click()
    expect(page.get_by_role("dialog")).to_contain_text(said)
    expect(page.get_by_role("dialog").locator(".okr-facts")).to_be_visible()


def test_a_week_of_confidence_and_the_tasks_of_a_team_open(page: Page, served: Served) -> None:
    opened(page, served, "&cards=confidence,work", card="work")
    page.locator('[data-behind^="week:"]').last.click()
    expect(page.get_by_role("dialog")).to_contain_text("Confidence in the week of")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    figure = page.locator('[data-behind^="task:tasks:team:"]').first
    of = int(figure.inner_text().split(" of ")[1])
    figure.click()
    expect(page.get_by_role("dialog").locator(".okr-lines > li")).to_have_count(of)


def test_cards_are_ordered_by_keyboard_and_the_address_keeps_it(page: Page, served: Served) -> None:
    opened(page, served, "&cards=whole,risk")
    page.get_by_role("button", name="Cards").press("Enter")
    page.get_by_role("button", name="Move down: Progress", exact=False).first.press("Enter")
    expect(page.locator('[class*="st-key-okr_tile_head_"] h2').first).to_contain_text("off track")
    page.wait_for_url("**cards=risk*whole*")
    page.reload()
    expect(page.locator('[class*="st-key-okr_tile_head_"] h2').first).to_contain_text("off track")


def test_the_wall_is_left_with_escape(page: Page, served: Served) -> None:
    opened(page, served)
    page.get_by_role("button", name="On a wall").click()
    expect(page.locator(".okr-heading")).to_contain_text("refreshed every minute")
    expect(page.locator(".st-key-okr_board_filters")).to_have_count(0)
    expect(page.locator(".st-key-okr_top")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-okr_board_filters")).to_be_visible()


@pytest.mark.parametrize(
    ("more", "scheme"), [("", "light"), ("&wall=1", "light"), ("&team=sales&status=off_track", "dark")]
)
def test_nothing_on_the_board_stands_in_the_way_of_anybody(page: Page, served: Served, more: str, scheme: str) -> None:
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    opened(page, served, more)
    found = Axe().run(page, context=".st-key-okr_board", options={"runOnly": ["wcag2a", "wcag2aa"]})
    told = [
        (entry["id"], [node["html"][:160] for node in entry["nodes"][:3]]) for entry in found.response["violations"]
    ]
    assert told == []


def test_nothing_is_cut_off_on_a_telephone(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
