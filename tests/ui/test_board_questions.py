"""A card that is taken into the chat: the answer shows the very figures that the card showed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.store import Store
from ui.board_cards import CARDS
from ui.board_questions import question
from ui.board_view import View, read_view
from ui.session import House
from ui.session import Visit as Page
from ui.wording import Wording

ANA = "ana.nowak@lumen.example"


def told(store: Store, now: datetime, language: str, question: str) -> dict[str, Any]:
    ana = replace(store.actor(ANA), language=language)
    settings = Settings(home=store.home, engine="direct")
    return Conversation(store, ana, settings, clock=lambda: now, kept=False).answer(question)


def on_page(store: Store, now: datetime, language: str, address: dict[str, str]) -> tuple[Page, View]:
    """The visit and the view of a page with that address, as its code would have them."""
    ana = replace(store.actor(ANA), language=language)
    house = House(Settings(home=store.home, engine="direct"), store)
    visit = Page(house, store.company(), ana, Wording(language), now, chosen=True)
    return visit, read_view(visit, address)


ADDRESSES: list[dict[str, str]] = [
    {},
    {"team": "sales"},
    {"person": ANA},
    {"on": "2026-11-13"},
    {"team": "marketing", "on": "2026-11-13"},
    {"cycle": "2026-Q3"},
    {"team": "sales", "cycle": "2026-Q3"},
    {"period": "last-week"},
    {"team": "engineering", "period": "2026-11-02"},
]


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: "&".join(address.values()) or "all")
def test_the_chat_gives_the_figures_of_the_card_that_asks_it(
    sample_store: Store, sample_now: datetime, language: str, address: dict[str, str]
) -> None:
    store, now = sample_store, sample_now
    visit, view = on_page(store, now, language, address)
    board = store.board(visit.actor, view.look(visit), now=now)
    seen, asked = board.overview, {card: question(visit, view, card) for card in CARDS}
    answers = {card: told(store, now, language, text) for card, text in asked.items()}
    for card, answer in answers.items():
        assert answer["kind"] in ("answer", "abstain"), (asked[card], answer["answer"])
        assert answer["tools"], (asked[card], answer["answer"])
    counts = seen.tally.statuses
    whole = answers["whole"]["values"]
    assert whole["count"] == seen.tally.total, asked["whole"]
    assert whole.get("progress") == pytest.approx(seen.tally.mean), asked["whole"]
    assert {name: whole.get(name, 0) for name in counts} == counts, asked["whole"]
    risky = answers["risk"]
    assert risky["values"]["count"] == counts.get("off_track", 0) + counts.get("at_risk", 0), asked["risk"]
    for card, count in (("watermelons", seen.watermelon_count), ("stale", seen.stale_count)):
        assert answers[card]["values"]["count"] == count, asked[card]
    assert answers["tasks"]["values"]["count"] == board.overdue_count, asked["tasks"]
    moved = answers["moved"]["values"]
    if seen.before.mean is not None and seen.tally.mean is not None:
        assert moved["change"] == pytest.approx(seen.tally.mean - seen.before.mean), asked["moved"]
    if board.objectives and not view.person:
        row = answers["objectives"]["rows"][0]
        assert row["values"]["progress"] == pytest.approx(board.objectives[0].tally.mean), asked["objectives"]
    if not address.get("team") and not view.person:
        first = next(one for one in board.teams if one.tally.mean is not None)
        assert answers["teams"]["rows"][0]["id"] == first.team.key, asked["teams"]
        assert answers["teams"]["rows"][0]["values"]["progress"] == pytest.approx(first.tally.mean)
