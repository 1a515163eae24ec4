"""Updates that people keep: whose they are, their versions, and whom they reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from assistant.updates.draft import from_document
from assistant.updates.drafting import draft
from assistant.updates.sending import letter, letter_for
from assistant.updates.wanted import Wanted
from okr.access import Actor
from okr.errors import NotAllowedError, NotFoundError, StaleVersionError
from okr.store import Store
from okr.store.messages import Letter
from tools.context import TurnContext

LENA, IRENA, NOOR = "lena.fischer@lumen.example", "irena.maj@lumen.example", "noor.haddad@lumen.example"
LETTER = Letter("update", "Lumen: OKR update", "Progress …")


def drafted(store: Store, email: str, now: datetime, **wanted: Any) -> dict[str, Any]:
    actor = store.actor(email)
    return draft(TurnContext(store, actor, store.company(), now, "en"), Wanted(**wanted)).document()


def test_an_update_is_kept_changed_and_approved_with_its_versions(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lena, document = store.actor(LENA), drafted(store, LENA, sample_now)
    kept = store.save_update(lena, document, sample_now)
    assert (kept.key, kept.state, kept.version, kept.document) == ("UPD-1", "draft", 1, document)
    edited = from_document(document).edited("headline", 0, "We are behind.").document()
    later = sample_now + timedelta(hours=1)
    assert store.approve_update(lena, kept.key, 1, later).state == "approved"
    changed = store.change_update(lena, kept.key, edited, 1, later)
    assert (changed.state, changed.version) == ("draft", 2)
    with pytest.raises(StaleVersionError):
        store.change_update(lena, kept.key, document, 1, later)
    assert [one.document for one in store.update_versions(lena, kept.key)] == [document, edited]
    assert changed.document["sections"][0]["sentences"][0] == {
        "text": "We are behind.", "facts": ["F1"], "bullet": False, "edited": True,
    }  # fmt: skip


def test_anothers_update_does_not_exist(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    kept = store.save_update(store.actor(LENA), drafted(store, LENA, sample_now), sample_now)
    noor = store.actor(NOOR)
    assert store.updates(noor) == []
    for act in (
        lambda: store.update(noor, kept.key),
        lambda: store.update_versions(noor, kept.key),
        lambda: store.update_recipients(noor, kept.key),
        lambda: store.change_update(noor, kept.key, kept.document, 1, sample_now),
        lambda: store.approve_update(noor, kept.key, 1, sample_now),
        lambda: store.send_update(noor, kept.key, [NOOR], LETTER, 1, sample_now),
    ):
        with pytest.raises(NotFoundError, match=r"^No update called 'UPD-1'\."):
            act()
    assert store.last_update(noor, "company", sample_now + timedelta(days=7)) is None


def test_it_reaches_each_person_once_and_skips_who_may_not_see_it(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    irena = store.actor(IRENA)
    secret = store.save_update(irena, drafted(store, IRENA, sample_now, scopes=("objective:O-FUNDING",)), sample_now)
    (skipped,) = store.send_update(irena, secret.key, [NOOR], LETTER, 1, sample_now)
    assert (skipped.state, skipped.reason) == ("skipped", "not_visible")
    assert store.inbox(store.actor(NOOR)) == []
    whole = store.save_update(irena, drafted(store, IRENA, sample_now, scopes=("team:product",)), sample_now)
    for _ in range(2):
        (sent,) = store.send_update(irena, whole.key, [NOOR.upper(), NOOR], LETTER, 1, sample_now)
        assert sent.state == "delivered"
    (message,) = store.inbox(store.actor(NOOR))
    assert (message.key, message.kind, message.title, message.rule) == (sent.message, "update", LETTER.title, None)
    assert [one.key for one in store.updates(store.actor(NOOR))] == [whole.key]
    with pytest.raises(NotAllowedError):
        store.change_update(irena, whole.key, whole.document, 1, sample_now)
    with pytest.raises(NotFoundError):
        store.send_update(irena, whole.key, ["nobody@lumen.example"], LETTER, 1, sample_now)


def test_who_does_not_see_all_that_is_counted_gets_their_own_or_nothing(
    sample_store: Store, sample_now: datetime
) -> None:
    store, irena = sample_store, sample_store.actor(IRENA)
    # It names nothing that Noor may not see, but its counts take the restricted ones in.
    kept = store.save_update(irena, drafted(store, IRENA, sample_now, audience="all-hands"), sample_now)
    (skipped,) = store.send_update(irena, kept.key, [NOOR], LETTER, 1, sample_now)
    assert (skipped.state, skipped.reason) == ("skipped", "not_visible")
    again = store.save_update(irena, drafted(store, IRENA, sample_now, audience="all-hands"), sample_now)

    def own(reader: Actor) -> Letter:
        return Letter("update", "Yours", f"For {reader.email}")

    sent = store.send_update(irena, again.key, [NOOR, IRENA], LETTER, 1, sample_now, letter_for=own)
    assert {one.state for one in sent} == {"delivered"}
    assert store.inbox(store.actor(NOOR))[0].body == f"For {NOOR}"
    assert store.inbox(irena)[0].body == LETTER.body
    assert store.updates(store.actor(NOOR)) == []


def test_the_next_update_says_what_became_of_things(sample_store: Store, sample_now: datetime) -> None:
    store, lena = sample_store, sample_store.actor(LENA)
    earlier = sample_now - timedelta(days=14)
    kept = store.save_update(lena, drafted(store, LENA, earlier, audience="team"), earlier)
    found = drafted(store, LENA, sample_now, audience="team")
    assert found["since"]["draft"] == kept.key
    kinds = {change["change"] for change in found["since"]["changes"]}
    assert kinds >= {"new", "unchanged"}
    for change in found["since"]["changes"]:
        assert (change["from"] == change["to"]) == (change["change"] == "unchanged")
    sections = {part["key"]: part for part in found["sections"]}
    assert "9 November" in sections["since"]["sentences"][0]["text"]
    promised = {fact["record"] for fact in kept.document["facts"] if fact["kind"] == "next"}
    told = {fact["record"] for fact in found["facts"] if fact["kind"] == "promises"}
    assert told
    assert told <= promised


def test_without_an_earlier_update_nothing_is_compared(sample_store: Store, sample_now: datetime) -> None:
    store, lena = sample_store, sample_store.actor(LENA)
    store.save_update(lena, drafted(store, LENA, sample_now, scopes=("team:sales",)), sample_now)
    store.save_update(lena, drafted(store, LENA, sample_now), sample_now)
    assert drafted(store, LENA, sample_now)["since"] == {"draft": None, "changes": []}


def test_what_is_written_for_another_holds_only_what_they_see(sample_store: Store, sample_now: datetime) -> None:
    store, noor = sample_store, sample_store.actor(NOOR)
    whole = from_document(drafted(store, IRENA, sample_now, scopes=("team:sales",), audience="team", period="cycle"))
    assert "prowizji" in letter(whole).body
    own = letter_for(store, whole, sample_now)
    assert own is not None
    made = own(noor)
    assert made is not None
    assert "prowizji" not in made.body
    secret = from_document(drafted(store, IRENA, sample_now, scopes=("objective:O-FUNDING",)))
    hidden = letter_for(store, secret, sample_now)
    assert hidden is not None
    assert hidden(noor) is None
    assert letter_for(store, whole.edited("headline", 0, "Mine."), sample_now) is None
