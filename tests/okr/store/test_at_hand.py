"""Search over everything one may see, and what each person has at hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from okr.errors import NotFoundError
from okr.store import Store

OUTSIDER = "noor.haddad@lumen.example"
ADMIN = "irena.maj@lumen.example"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("KR-NPS", "KR-NPS"),
        ("kr-nps", "KR-NPS"),
        ("win rat", "KR-WIN-RATE"),
        ("Noor", OUTSIDER),
        ("custo succ", "customer-success"),
        ("nocne alarmy", "KR-ALERTS"),
        ("Q3 2026", "2026-Q3"),
        ("win rtae", "KR-WIN-RATE"),
        ("winn rate", "KR-WIN-RATE"),
        ("custmer succ", "customer-success"),
        ("Nadia Nowak", "ana.nowak@lumen.example"),
        ("zbudowac zespol sprzedazy", "O-REPS-26Q2"),
        ("ci-204", "CI-204"),
        ("sprzedaż", "sales"),
    ],
)
def test_a_few_letters_find_the_record(
    sample_store_on_both: Store, sample_now: datetime, typed: str, first: str
) -> None:
    store = sample_store_on_both
    found = [hit.key for hit in store.search(store.actor(OUTSIDER), typed, sample_now)]
    assert first in found[:3]


def test_notes_are_found_too_and_told_from_records(sample_store: Store, sample_now: datetime) -> None:
    hits = sample_store.search(sample_store.actor(ADMIN), "portal tickets", sample_now)
    assert {"task", "check_in"} <= {hit.kind for hit in hits}
    assert all(hit.text for hit in hits if hit.kind == "check_in")


def hidden_check_in(store: Store) -> str:
    opened = store.open_record(store.actor(ADMIN), "KR-RUNWAY")
    assert opened is not None
    return opened.values[-1].key


def test_a_check_in_is_found_by_its_id_only_where_its_key_result_is_seen(
    sample_store: Store, sample_now: datetime
) -> None:
    key = hidden_check_in(sample_store)
    assert key in [hit.key for hit in sample_store.search(sample_store.actor(ADMIN), key.lower(), sample_now)]
    assert sample_store.search(sample_store.actor(OUTSIDER), key, sample_now) == []


@pytest.mark.parametrize(
    "typed", ["KR-RUNWAY", "runway", "runwya", "months of run", "data room", "O-FUNDING", "funding round"]
)
def test_search_finds_nothing_that_one_may_not_see(sample_store: Store, sample_now: datetime, typed: str) -> None:
    hidden = {"KR-RUNWAY", "KR-DATA-ROOM", "O-FUNDING"}
    seen = {hit.key for hit in sample_store.search(sample_store.actor(OUTSIDER), typed, sample_now)}
    assert not seen & hidden
    assert {hit.key for hit in sample_store.search(sample_store.actor(ADMIN), typed, sample_now)} & hidden


def test_a_slip_and_a_word_that_nothing_has_are_not_both_forgiven(sample_store: Store, sample_now: datetime) -> None:
    assert sample_store.search(sample_store.actor(ADMIN), "glow lamps", sample_now) == []


@pytest.mark.parametrize("typed", ["", "  ", "?!", "\0", "x" * 5_000, "%_*", '"'])
def test_odd_input_finds_nothing_and_breaks_nothing(
    sample_store_on_both: Store, sample_now: datetime, typed: str
) -> None:
    store = sample_store_on_both
    assert store.search(store.actor(OUTSIDER), typed, sample_now) == []


def test_what_was_opened_last_comes_first_and_what_is_pinned_stays(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    actor = store.actor(OUTSIDER)
    for minutes, key in enumerate(["KR-NPS", "KR-CSAT", "KR-NPS"]):
        store.note_opened(actor, "key_result", key, sample_now + timedelta(minutes=minutes))
    store.note_opened(actor, "key_result", "KR-RUNWAY", sample_now)
    store.pin(actor, "objective", "O-DEALS", sample_now)
    store.pin(actor, "key_result", "KR-CSAT", sample_now)
    store.pin(actor, "key_result", "KR-CSAT", sample_now)
    assert [ref.key for ref in store.recent(actor)] == ["KR-NPS", "KR-CSAT"]
    assert [ref.key for ref in store.pinned(actor)] == ["O-DEALS", "KR-CSAT"]
    store.unpin(actor, "objective", "O-DEALS")
    store.unpin(actor, "objective", "O-DEALS")
    assert [ref.key for ref in store.pinned(actor)] == ["KR-CSAT"]
    with pytest.raises(NotFoundError):
        store.pin(actor, "objective", "O-FUNDING", sample_now)
    assert store.pinned(store.actor(ADMIN)) == ()
    for number in range(40):
        store.note_opened(actor, "task", f"T-{number + 1}", sample_now + timedelta(hours=1, minutes=number))
    assert len(store.recent(actor, limit=100)) == 30
    assert [ref.key for ref in store.pinned(actor)] == ["KR-CSAT"]


def test_what_one_no_longer_sees_is_no_longer_at_hand(sample_store: Store, sample_now: datetime) -> None:
    actor, admin = sample_store.actor(OUTSIDER), sample_store.actor(ADMIN)
    sample_store.pin(actor, "objective", "O-DEALS", sample_now)
    sample_store.note_opened(actor, "objective", "O-DEALS", sample_now)
    sample_store.change(admin, "objective", "O-DEALS", {"visibility": "team"}, sample_now)
    assert sample_store.pinned(actor) == ()
    assert sample_store.recent(actor) == ()
