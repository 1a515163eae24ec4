"""Forms in a real browser: a check-in by keyboard alone, a record changed and shared between two people, axe."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from okr.store import open_store
from tests.servers import Served

pytestmark = [pytest.mark.browser]

# The machine may be busy with the other tests.
expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"
IRENA = "irena.maj@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def opened(page: Page, served: Served, path: str) -> Page:
    page.goto(f"{served.url}/{path}")
    page.locator(".okr-heading").first.wait_for()
    return page


def idle(page: Page) -> None:
    expect(page.locator('[data-test-script-state="notRunning"]').first).to_be_attached()


def test_a_check_in_by_keyboard_alone_and_then_the_next_one(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served, f"my-week?as={KACPER}&lang=en&kr=KR-REQUIREMENTS")
    strokes = 0

    def press(*keys: str) -> None:
        nonlocal strokes
        for key in keys:
            page.keyboard.press(key)
            strokes += 1

    value = page.get_by_label("Value (documents)")
    # The cursor is in the form before anything is pressed.
    expect(value).to_be_focused()
    press(*"9", "Tab")
    expect(page.get_by_role("radio", name="1", exact=True)).to_be_focused()
    press("ArrowRight", "ArrowRight", "ArrowRight", "Space")
    expect(page.get_by_role("radio", name="4", exact=True)).to_be_checked()
    press("Tab", "Tab")
    expect(page.get_by_label("Blockers")).to_be_focused()
    press(*"Legal is slow")
    press("Control+Enter")
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_focused()
    expect(page.locator(".okr-clauses")).to_contain_text("Legal is slow")
    press("Enter")
    expect(page.get_by_test_id("stToast")).to_contain_text("Next")
    expect(page.get_by_label("Value (days)")).to_be_focused()
    # At a slow two strokes a second it is still within a minute.
    assert strokes < 120
    store = open_store(home)
    actor = store.actor(KACPER)
    wrote = store.check_in_fields(actor, store.latest_check_in(actor, "KR-REQUIREMENTS")).fields
    store.close()
    assert (wrote["value"], wrote["confidence"], wrote["blockers"]) == (9.0, 4, "Legal is slow")


def test_two_people_change_one_record_and_nothing_that_was_typed_is_lost(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served, f"edit?as={ANA}&lang=pl&kind=key_result&id=KR-DEAL-CYCLE")
    title = page.get_by_role("textbox", name="Tytuł")
    title.fill("Cykl sprzedaży, mój")
    title.press("Tab")
    expect(page.locator(".okr-clauses")).to_contain_text("Cykl sprzedaży, mój")
    store = open_store(home)
    store.change(
        store.actor(IRENA), "key_result", "KR-DEAL-CYCLE", {"title": "Cykl, jej", "weight": 2}, datetime.now(UTC)
    )
    store.close()
    page.get_by_role("button", name="Zapisz", exact=True).click()
    clash = page.locator(".st-key-okr_ed_clash")
    expect(clash).to_contain_text("Irena Maj")
    page.reload()
    page.locator(".okr-heading").first.wait_for()
    # What was typed is there again, and is still told apart from what is there now.
    expect(page.get_by_role("textbox", name="Tytuł")).to_have_value("Cykl sprzedaży, mój")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    page.get_by_text("Moje: Cykl sprzedaży, mój").click()
    page.get_by_role("button", name="Dalej").click()
    expect(page.get_by_role("textbox", name="Waga")).to_have_value("2")
    page.get_by_role("button", name="Zapisz", exact=True).click()
    expect(page.get_by_test_id("stToast")).to_contain_text("Zapisano")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        f"edit?as={ANA}&lang=en&kind=key_result&id=KR-WIN-RATE",
        f"edit?as={ANA}&lang=pl&kind=objective",
        f"people?as={IRENA}&lang=en",
        f"people?as={IRENA}&lang=pl&person={ANA}",
        f"my-week?as={KACPER}&lang=pl",
    ],
)
def test_the_forms_have_no_barrier_that_axe_finds(app: tuple[Served, Path], page: Page, path: str, scheme: str) -> None:
    served, _ = app
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, served, path)
    idle(page)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    serious = [
        f"{each['id']}: {node['html'][:160]}"
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
    assert serious == []
