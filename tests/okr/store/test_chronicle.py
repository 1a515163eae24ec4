"""What happened to a key result: check-ins with their corrections, and what changed terms did to progress."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from okr.errors import NotFoundError
from okr.store import Store

ANA = "ana.nowak@lumen.example"
ADMIN = "irena.maj@lumen.example"
KACPER = "kacper.dudek@lumen.example"
HIDDEN = "KR-COMMISSION-TALKS"


def test_a_correction_stands_beside_what_the_check_in_says_now(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store, ana = sample_store_on_both, sample_store_on_both.actor(ANA)
    first = store.entries(ana, "KR-WIN-RATE")[1]
    store.correct_check_in(ana, first.key, {"value": 17.25, "note": "Counted anew"}, sample_now)
    entry = store.entries(ana, "KR-WIN-RATE")[1]
    assert (entry.key, entry.value, entry.note) == (first.key, 17.25, "Counted anew")
    assert {(one.field, one.old, one.new, one.by) for one in entry.corrections} == {
        ("value", first.value, 17.25, "Ana Nowak"),
        ("note", first.note, "Counted anew", "Ana Nowak"),
    }
    assert store.count_entries(ana, "KR-WIN-RATE") == len(store.entries(ana, "KR-WIN-RATE"))


def test_the_check_ins_of_an_objective_come_newest_first(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    found = store.entries_of_objective(store.actor(ANA), "O-DEALS", limit=6)
    assert len(found) == 6
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert {one.key_result for one in found} <= {"KR-WIN-RATE", "KR-DEAL-CYCLE", "KR-WIN-LOSS"}


def test_a_changed_target_is_told_from_the_history(sample_store_on_both: Store, sample_now: datetime) -> None:
    store, ana = sample_store_on_both, sample_store_on_both.actor(ANA)
    assert store.revisions(ana, "KR-WIN-RATE") == []
    store.change(ana, "key_result", "KR-WIN-RATE", {"target": 30}, sample_now - timedelta(days=9))
    store.change(ana, "key_result", "KR-WIN-RATE", {"title": "Win rate, all deals"}, sample_now - timedelta(days=5))
    store.change(store.actor(ADMIN), "cycle", "2026-Q4", {"end": "2027-01-15"}, sample_now - timedelta(days=2))
    target, days = store.revisions(ana, "KR-WIN-RATE")
    changed = sample_now - timedelta(days=9)
    by_then = next(one.value for one in store.entries(ana, "KR-WIN-RATE") if one.at <= changed)
    assert by_then is not None
    assert target.value == by_then
    assert target.before is not None
    assert target.after is not None
    assert float(target.before) == pytest.approx((by_then - 18) / (25 - 18))
    assert float(target.after) == pytest.approx((by_then - 18) / (30 - 18))
    assert target.change.by == "Ana Nowak"
    assert days.before == days.after
    assert days.expected_before > days.expected_after


def test_a_record_made_anew_has_nothing_of_the_one_that_was_removed(sample_store: Store, sample_now: datetime) -> None:
    ana = sample_store.actor(ANA)
    made = {"title": "A slip", "objective": "O-DEALS", "owner": ANA, "baseline": 0, "target": 10}
    first = sample_store.create(ana, "key_result", made, sample_now).key
    sample_store.change(ana, "key_result", first, {"target": 20}, sample_now)
    sample_store.remove(ana, "key_result", first, sample_now)
    second = sample_store.create(
        ana, "key_result", {**made, "key": "KR-MADE-ANEW", "title": "Meant so"}, sample_now
    ).key
    assert {one.key for one in sample_store.history(ana, "key_result", second)} == {second}
    sample_store.check_in(ana, second, {"value": 5}, sample_now)
    assert sample_store.revisions(ana, second) == []


def test_what_is_hidden_has_no_chronicle(sample_store_on_both: Store) -> None:
    store, kacper = sample_store_on_both, sample_store_on_both.actor(KACPER)
    missing = []
    for key in (HIDDEN, "KR-NO-SUCH"):
        for ask in (store.entries, store.revisions, store.count_entries):
            with pytest.raises(NotFoundError) as caught:
                ask(kacper, key)
            missing.append(str(caught.value).replace(key, "…"))
    assert len(set(missing)) == 1
    with pytest.raises(NotFoundError):
        store.entries_of_objective(kacper, "O-COMMISSION")
