"""The tree and the pages of records in a real browser: by keyboard, by links, on a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.servers import Served

pytestmark = [pytest.mark.browser]

expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"


def opened(page: Page, served: Served, address: str) -> Page:
    page.goto(f"{served.url}/{address}")
    page.locator(".okr-heading h1").wait_for()
    page.locator("#okr-live").wait_for(state="attached")
    return page


def test_a_branch_unfolds_by_keyboard_and_its_address_can_be_passed_on(served: Served, page: Page) -> None:
    opened(page, served, f"tree?as={ANA}&lang=en&open=t.sales")
    button = page.get_by_role("button", name="Unfold Win more of the right deals")
    button.focus()
    page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Fold Win more of the right deals", exact=True)
    expect(again).to_have_attribute("aria-expanded", "true")
    expect(again).to_be_focused()
    expect(page.get_by_role("link", name="Average deal cycle")).to_be_visible()
    assert "open=t.sales" in page.url
    assert "open=o.O-DEALS" in page.url
    page.reload()
    page.locator("#okr-live").wait_for(state="attached")
    expect(page.get_by_role("link", name="Average deal cycle")).to_be_visible()
    again.press("Space")
    expect(page.get_by_role("link", name="Average deal cycle")).to_have_count(0)
    page.get_by_role("button", name="Fold Sales", exact=True).click()
    expect(page.get_by_role("link", name="Build a repeatable outbound engine")).to_have_count(0)
    expect(page.get_by_role("button", name="Unfold Sales")).to_be_visible()


def test_a_link_changes_the_page_in_place_and_keeps_who_is_asking(served: Served, page: Page) -> None:
    opened(page, served, f"tree?as={ANA}&lang=pl&open=t.sales&open=o.O-DEALS")
    link = page.get_by_role("link", name="Win rate", exact=True)
    href = link.get_attribute("href") or ""
    assert href.startswith("record?")
    assert "id=KR-WIN-RATE" in href
    # A mark on the window is gone when a page is loaded anew.
    page.evaluate("document.documentElement.dataset.same = 'yes'")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Win rate")
    assert page.evaluate("document.documentElement.dataset.same") == "yes"
    assert "id=KR-WIN-RATE" in page.url
    assert "lang=pl" in page.url
    page.get_by_role("navigation", name="Miejsce w firmie").get_by_role("link", name="Sales").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sales")
    page.locator(".okr-facts").get_by_role("link", name="Drzewo", exact=True).click()
    expect(page.locator(".okr-tree")).to_be_visible()
    assert "team=sales" in page.url


def test_a_panel_over_a_page_leads_to_its_own_page(served: Served, page: Page) -> None:
    opened(page, served, f"record?id=KR-WIN-RATE&as={ANA}&lang=en")
    page.locator(".okr-entries .okr-cite").first.click()
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("Check-in")
    panel.get_by_role("link", name="Open its page").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".okr-page-head")).to_contain_text("Check-in CI-")
    expect(page.locator(".okr-entries > li")).to_have_count(1)


@pytest.mark.parametrize("address", ["tree?open=t.sales&open=o.O-DEALS&open=k.KR-WIN-RATE", "record?id=KR-WIN-RATE"])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_is_wider_than_a_telephone(served: Served, page: Page, address: str, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served, f"{address}&as={ANA}&lang={language}")
    page.locator(".okr-tree, .okr-entries").first.wait_for()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.okr-tree *, .okr-figures *, .okr-heading *')]"
        ".filter(e => e.getBoundingClientRect().right > 391 && !e.closest('.okr-hidden'))"
        ".map(e => String(e.className.baseVal ?? e.className)).slice(0, 5)"
    )
    assert wide == []
