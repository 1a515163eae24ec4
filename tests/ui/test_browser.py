"""The real page in a real browser, over the sample company."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from okr.store import open_store
from tests.servers import Served
from tests.ui.attacks import aimed_at

pytestmark = [pytest.mark.browser]

# The machine may be busy with the other tests.
expect.set_options(timeout=20_000)

ANA = "ana.nowak@lumen.example"
RANK = "Which key results are most behind this week?"


def ask(page: Page, question: str) -> None:
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")


def answered(page: Page, times: int = 1) -> None:
    expect(page.locator(".okr-copy")).to_have_count(times, timeout=30_000)
    expect(page.locator("[data-live]")).to_have_count(0)


def opened(page: Page, served: Served, query: str = "") -> Page:
    page.goto(f"{served.url}/{query}")
    page.locator(".okr-greeting, .okr-answer").first.wait_for()
    return page


def test_the_policy_and_the_referrer_go_with_every_answer(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    for path in ("/", "/okr/page.css", "/_stcore/health", "/no/such/page"):
        headers = page.request.get(served.url + path).headers
        assert "img-src 'self' data: blob:" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_only_named_files_of_the_page_are_served(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    assert page.request.get(f"{served.url}/okr/page.css").status == 200
    for path in ("/okr/page.js", "/okr/..%2fapp.py", "/okr/hanken-grotesk-LICENSE.txt"):
        assert "import streamlit" not in page.request.get(served.url + path).text()


def test_a_question_is_answered_and_a_refresh_brings_all_of_it_back(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served)
    ask(page, RANK)
    expect(page.locator(".okr-steps, .okr-answer").first).to_be_visible(timeout=3_000)
    answered(page)
    assert "?c=" in page.url
    words, chips = page.locator(".okr-answer").inner_text(), page.locator(".okr-chip").count()
    assert chips > 0
    page.reload()
    answered(page)
    assert page.locator(".okr-answer").inner_text() == words
    assert page.locator(".okr-chip").count() == chips
    assert page.locator("svg.okr-pace").count() >= 2


def test_a_chip_opens_the_check_in_and_the_place_is_kept(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served)
    ask(page, RANK)
    answered(page)
    chip = page.locator('.okr-chip[data-open^="CI-"]').first
    key = chip.get_attribute("data-open")
    chip.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(str(key))
    expect(dialog.locator(".okr-facts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".okr-answer")).to_be_visible()
    page.locator(".okr-cite").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_thumb_comes_back_after_a_refresh(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    opened(page, served)
    ask(page, RANK)
    answered(page)
    page.get_by_role("radio", name="Thumbs up").click()
    expect(page.get_by_test_id("stToast")).to_be_visible()
    conversation = page.url.partition("c=")[2].partition("&")[0]
    store = open_store(home)
    assert [turn.thumb for turn in store.turns(store.actor(ANA), conversation)] == [1]
    store.close()
    page.reload()
    answered(page)
    expect(page.get_by_role("radio", name="Thumbs up")).to_be_checked()


def test_the_finished_answer_is_announced_once(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served)
    ask(page, RANK)
    answered(page)
    live = page.locator("#okr-live")
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).not_to_be_empty()


def test_the_language_of_the_page_is_told_to_the_browser(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served, "?lang=pl")
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.locator("h1")).to_have_text("Co chcesz wiedzieć, Ana?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_theme_and_nothing_is_too_wide_on_a_telephone(
    app: tuple[Served, Path], page: Page, scheme: str
) -> None:
    served, _ = app
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served)
    ask(page, RANK)
    answered(page)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('.okr-answer, .okr-list, .okr-chips, .okr-chip, .okr-asked')]"
        ".filter(e => e.getClientRects().length && e.getBoundingClientRect().right > 391).map(e => e.className)"
    )
    assert wide == []
    ink = page.evaluate("getComputedStyle(document.querySelector('.okr-answer')).color")
    assert (ink == "rgb(23, 27, 33)") == (scheme == "light")


def test_a_question_can_be_asked_by_keyboard_alone(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served)
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-okr_begin') !== null"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    answered(page)


def test_an_answer_is_copied_as_it_was_written(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, served)
    ask(page, RANK)
    answered(page)
    page.locator(".okr-copy").click()
    expect(page.locator(".okr-copy")).to_have_text("Copied")
    assert "[KR-WIN-RATE]" in page.evaluate("navigator.clipboard.readText()")


def test_an_answer_is_read_from_its_beginning(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    page.set_viewport_size({"width": 390, "height": 600})
    opened(page, served)
    ask(page, RANK)
    answered(page)
    top = "document.querySelector('.okr-asked').getBoundingClientRect().y"
    page.wait_for_function(f"() => {top} >= 0 && {top} < 200", timeout=20_000)


def test_on_a_telephone_past_questions_are_behind_one_press(app: tuple[Served, Path], page: Page) -> None:
    served, _ = app
    opened(page, served)
    ask(page, RANK)
    answered(page)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".st-key-okr_talks button").first.click()
    answered(page)
    expect(page.locator(".st-key-okr_talks button").first).not_to_be_in_viewport()


class Listener:
    """A server on loopback that remembers who knocked."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(200))


def test_what_people_wrote_makes_the_page_ask_nothing_of_anybody(app: tuple[Served, Path], page: Page) -> None:
    served, home = app
    listener = Listener()
    texts = aimed_at(f"127.0.0.1:{listener.port}")
    store = open_store(home)
    actor, now = store.actor(ANA), datetime(2026, 11, 23, 8, tzinfo=UTC)
    conversation: str | None = None
    for number, text in enumerate(texts):
        row = {"progress": 0.1, "expected": 0.5, "gap": 0.4, "status": text, "owner": text, "team": text, "unit": text}
        document = {
            "kind": "answer",
            "answer": f"{text}\n\n- {text}",
            "rule": text,
            "answered_by": f"model:{text}",
            "as_of": now.isoformat(),
            "rows": [
                {"id": text, "type": "key_result", "title": text, "values": {**row, "value": 3.0, "reported": text}},
                {"id": "KR-WIN-RATE", "type": "key_result", "title": text, "values": row},
            ],
            "apart": [{"id": text, "type": "key_result", "title": text, "values": {"why": text}}],
            "quotes": [{"id": text, "author": text, "date": "2026-11-20", "part": text, "text": text}],
            "sources": [text, "KR-WIN-RATE"],
            "options": [{"label": text, "question": text}],
            "suggestions": [text],
            "chart": {
                # A drawing stands in the place of the list, so half of the turns have none.
                "kind": "line" if number % 2 else "",
                "title": text,
                "series": [
                    {"title": text, "unit": text, "points": [[now.isoformat(), 1, text], [now.isoformat(), 2, text]]}
                ],
            },
        }
        conversation, turn = store.begin_turn(actor, conversation, text, now)
        store.finish_turn(actor, turn, state="done", said=text, answer=document, frame=None, now=now)
        store.begin_turn(actor, None, text, now)
    store.close()
    dialogs: list[str] = []
    page.on("dialog", lambda shown: (dialogs.append(shown.message), shown.dismiss())[0])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, served, f"?c={conversation}")
    expect(page.locator(".okr-copy")).to_have_count(len(texts), timeout=30_000)
    ask(page, texts[0])
    answered(page, len(texts) + 1)
    page.locator('.okr-titled[data-open="KR-WIN-RATE"]').first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(500)
    live = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        ".filter(h => !h.startsWith('#') && !h.startsWith('/') && new URL(h, location).origin !== location.origin)"
    )
    listener.socket.close()
    assert live == []
    assert listener.heard == []
    assert dialogs == []
    assert {url for url in asked if not url.startswith((served.url, "data:", "blob:"))} == set()
    assert (
        page.evaluate("document.querySelectorAll('.okr-answer img, .okr-answer iframe, .okr-answer script').length")
        == 0
    )


def test_a_stopped_answer_keeps_what_was_said(sample_home: Path, page: Page, free_port: int) -> None:
    slow = Path(__file__).with_name("slow_app.py")
    command = [sys.executable, "-m", "streamlit", "run", str(slow), "--server.port", str(free_port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    server = subprocess.Popen(command, env={**os.environ, "OKR_HOME": str(sample_home)}, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{free_port}"
    try:
        for _ in range(300):
            try:
                page.goto(url)
                break
            except PlaywrightError:
                time.sleep(0.1)
        page.locator(".okr-greeting").wait_for()
        ask(page, "How is NPS?")
        expect(page.locator(".okr-steps li").last).to_have_text("Looking at 12 check-ins of NPS")
        # A bar for what takes longer than two seconds.
        expect(page.locator(".okr-slow")).to_have_css("opacity", "1", timeout=8_000)
        expect(page.locator(".okr-answer")).to_contain_text("word3", timeout=10_000)
        page.get_by_test_id("stChatInputStopButton").click()
        expect(page.locator(".okr-note")).to_contain_text("Stopped.", timeout=10_000)
        expect(page.locator(".okr-answer")).to_contain_text("word3")
        expect(page.locator("[data-live]")).to_have_count(0)
        page.reload()
        expect(page.locator(".okr-answer")).to_contain_text("word3")
        expect(page.locator(".okr-note")).to_contain_text("Stopped.")
    finally:
        server.terminate()
        server.wait(timeout=10)
