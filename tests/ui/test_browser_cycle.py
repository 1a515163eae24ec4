"""A cycle in a real browser: scored by keyboard alone, two people at once, and the document taken along."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from okr.store import open_store
from tests.servers import Served

pytestmark = [pytest.mark.browser]

expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"
IRENA = "irena.maj@lumen.example"


def quiet(page: Page) -> None:
    """Wait until the run is over and its buttons are heard."""
    page.wait_for_function(
        "() => document.querySelector('[data-test-script-state=\"notRunning\"]') && document.getElementById('okr-live')"
    )


def opened(page: Page, served: Served, path: str) -> Page:
    page.goto(f"{served.url}/{path}")
    page.locator(".okr-heading").first.wait_for()
    return page


def tab_to(page: Page, name: str) -> None:
    """Go on by Tab until the control of that name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == name:
            break
    assert page.evaluate("document.activeElement.innerText") == name
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def score(home: Path, key: str) -> object:
    store = open_store(home)
    try:
        return store.record_fields(store.actor(IRENA), "key_result", key).fields["score"]
    finally:
        store.close()


def test_a_key_result_is_scored_by_keyboard_alone(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served, f"cycle?as={ANA}&lang=en&key=2026-Q4&team=sales&kr=KR-DEAL-CYCLE")
    page.get_by_text("Your score", exact=True).wait_for()
    page.locator("h1").click()
    tab_to(page, "0.0")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stToast")).to_contain_text("is scored")
    expect(page.get_by_role("img", name="Score 0.3").first).to_be_visible()
    assert score(home, "KR-DEAL-CYCLE") == 0.3


def test_the_second_of_two_sees_the_first_and_loses_nothing(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served, f"cycle?as={ANA}&lang=pl&key=2026-Q4&team=sales&kr=KR-WIN-RATE")
    why = page.get_by_label("Dlaczego?")
    why.fill("Rynek stanął.")
    store = open_store(home)
    store.score(store.actor(IRENA), "KR-WIN-RATE", 0.1, datetime.now(UTC))
    store.close()
    page.get_by_role("radio", name="0,4").click()
    page.get_by_role("button", name="Zapisz", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Irena Maj: ocena – → 0.1")
    expect(why).to_have_value("Rynek stanął.")
    assert score(home, "KR-WIN-RATE") == 0.1
    page.get_by_role("button", name="Zapisz", exact=True).click()
    expect(page.get_by_test_id("stToast")).to_be_visible()
    assert score(home, "KR-WIN-RATE") == 0.4


def test_the_retrospective_comes_along_as_a_document(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served, f"cycle?as={ANA}&lang=en&key=2026-Q3&part=retrospective")
    page.get_by_role("button", name="Take along").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Word (.docx)").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"PK")


def test_a_forecast_opens_its_record(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served, f"outlook?as={ANA}&lang=en&team=sales")
    quiet(page)
    page.get_by_role("button", name="Open Win rate").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Forecast for 31 December")
