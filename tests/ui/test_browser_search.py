"""The search in a real browser: by keyboard, as one types."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.servers import Served

pytestmark = [pytest.mark.browser]

expect.set_options(timeout=20_000)


def opened(page: Page, served: Served, place: str = "inbox", query: str = "?lang=en") -> Page:
    page.goto(f"{served.url}/{place}{query}")
    page.locator("#okr-live").wait_for(state="attached")
    page.locator("[data-search]").wait_for()
    return page


def test_a_slash_opens_the_search_and_enter_opens_what_was_found(served: Served, page: Page) -> None:
    opened(page, served)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    page.keyboard.type("nps")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.first).to_contain_text("KR-NPS")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".okr-facts").first).to_be_visible()


def test_enter_does_not_wait_for_the_list(served: Served, page: Page) -> None:
    opened(page, served)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("win rate")
    page.keyboard.press("Enter")
    expect(page.locator(".okr-facts").first).to_be_visible()
    expect(page.get_by_text("Win rate").first).to_be_visible()


def test_a_slash_in_a_field_is_a_slash(served: Served, page: Page) -> None:
    opened(page, served, "")
    box = page.get_by_test_id("stChatInputTextArea")
    box.click()
    page.keyboard.type("a/b")
    expect(box).to_have_value("a/b")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_sentence_is_asked_in_the_chat(served: Served, page: Page) -> None:
    opened(page, served)
    page.locator("[data-search]").click()
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("Which key results are most behind this week?")
    page.keyboard.press("Enter")
    expect(page.locator(".okr-asked")).to_contain_text("most behind")
    expect(page.locator(".okr-copy")).to_have_count(1, timeout=30_000)


def test_the_address_of_the_page_keeps_what_was_typed(served: Served, page: Page) -> None:
    opened(page, served, "search", "?lang=pl&q=npz")
    expect(page.get_by_role("option").first).to_contain_text("npz")
    field = page.get_by_role("combobox", name="Szukaj")
    field.fill("nps")
    expect(page.get_by_role("option").first).to_contain_text("KR-NPS")
    expect(page).to_have_url(f"{served.url}/search?lang=pl&q=nps")
    page.reload()
    expect(page.get_by_role("combobox", name="Szukaj")).to_have_value("nps")
    expect(page.get_by_role("option").first).to_contain_text("KR-NPS")
