"""From a sentence to a message in a real browser: proof, click, list, worker, bell, inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.worker import Worker
from okr.store import open_store
from tests.servers import Served

pytestmark = [pytest.mark.browser]

# The machine may be busy with the other tests.
expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"


def opened(page: Page, served: Served, path: str) -> Page:
    page.goto(f"{served.url}/{path}")
    page.locator(".okr-heading, .okr-greeting").first.wait_for()
    return page


def write(page: Page, sentence: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(sentence)
    box.press("Enter")


def run_what_is_due(home: Path, rule: str) -> None:
    store = open_store(home)
    kept = store.automation(store.actor(ANA), rule)
    Worker(store, home).once(kept.rule.coming(datetime.now(UTC), 1)[0])
    store.close()


def test_a_sentence_is_proved_confirmed_run_and_read(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served, f"automations?as={ANA}&lang=en")
    write(page, "Every hour remind me to look at the win rate")
    card = page.locator(".okr-clauses")
    expect(card).to_contain_text("Your words")
    expect(card.locator(".okr-instants li")).to_have_count(5)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("RULE-1 is active")
    expect(page.locator(".okr-state-active")).to_be_visible()
    run_what_is_due(home, "RULE-1")
    page.reload()
    expect(page.locator(".okr-badge")).to_have_text("1")
    page.get_by_role("link", name="Inbox: 1 unread").click()
    page.get_by_role("button", name="look at the win rate").click()
    expect(page.locator(".okr-body")).to_be_visible()
    expect(page.locator(".okr-badge")).to_have_count(0)
    page.get_by_role("button", name="Why did I get this?").click()
    expect(page.locator(".okr-why")).to_contain_text("RULE-1")


def test_a_rule_is_set_in_the_conversation_by_its_button(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served, f"?as={ANA}&lang=pl")
    write(page, "W każdy piątek o 15:00 przypomnij mi o check-inie")
    page.get_by_role("button", name="Potwierdź").click()
    expect(page.locator(".okr-settled")).to_contain_text("Potwierdzona, działa")
    page.reload()
    expect(page.locator(".okr-settled")).to_contain_text("Potwierdzona, działa")
    write(page, "przenieś ją na poniedziałek")
    page.get_by_role("button", name="Potwierdź").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("zmieniona")
    expect(page.locator(".okr-settled").last).to_contain_text("pon.")


def test_a_card_is_worked_by_keyboard_alone(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served, f"automations?as={ANA}&lang=en")
    page.get_by_test_id("stChatInputTextArea").focus()
    page.keyboard.type("Every Friday at 15:00 remind me to plan")
    page.keyboard.press("Enter")
    expect(page.locator(".okr-clauses")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Confirm":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stToast")).to_contain_text("is active")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_too_wide_on_a_telephone(app: tuple[Served, Path], page: Page, scheme: str) -> None:
    served, _ = app
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served, f"automations?as={ANA}&lang=pl")
    write(page, "W każdy piątek o 16:00 przypomnij mojemu zespołowi o aktualizacji postępu i pewności")
    expect(page.locator(".okr-clauses")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.okr-clauses dd, .okr-card-lead, [class*=st-key-okr_card_acts] button')]"
        ".filter(e => e.getClientRects().length && e.getBoundingClientRect().right > 391).map(e => e.className)"
    )
    assert wide == []
    page.get_by_role("button", name="Miejsca").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_role("link", name="Pytania")).to_be_visible()
