"""What forms need of the store: drafts, choices, records made together, milestones ticked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.refusals import OutdatedError, RefusedError
from okr.steps import steps_changed, steps_named
from okr.store import Store
from okr.store.form_drafts import LARGEST, MOST

LEAD = "ana.nowak@lumen.example"  # leads Sales
OWNER = "noor.haddad@lumen.example"
SELLER = "liam.byrne@lumen.example"
ADMIN = "irena.maj@lumen.example"

LAUNCH = "KR-LAUNCH-STEPS"


def test_a_form_that_was_begun_comes_back_and_is_its_persons_own(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lead, owner = store.actor(LEAD), store.actor(OWNER)
    assert store.keep_form(lead, "task:", {"title": "Ask „Zofię”", "steps": [1, None]}, sample_now)
    assert store.keep_form(lead, "task:", {"title": "Ask Zofia"}, sample_now + timedelta(minutes=1))
    found = store.form_draft(lead, "task:")
    assert found is not None
    assert (found.body, found.kept_at) == ({"title": "Ask Zofia"}, sample_now + timedelta(minutes=1))
    assert store.form_draft(owner, "task:") is None
    store.drop_form(owner, "task:")
    assert store.form_draft(lead, "task:") is not None
    store.drop_form(lead, "task:")
    assert store.form_draft(lead, "task:") is None


def test_only_so_many_unfinished_forms_are_kept_and_none_that_is_too_large(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    for number in range(MOST + 2):
        store.keep_form(lead, f"task:{number}", {"title": "x"}, sample_now + timedelta(seconds=number))
    assert store.form_draft(lead, "task:0") is None
    assert store.form_draft(lead, "task:1") is None
    assert store.form_draft(lead, "task:2") is not None
    assert not store.keep_form(lead, "task:", {"title": "x" * LARGEST}, sample_now)


def test_what_is_offered_is_what_the_person_sees_and_may_change(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    lead, seller, admin = store.actor(LEAD), store.actor(SELLER), store.actor(ADMIN)
    assert store.teams_decided(lead) == ("sales",)
    assert store.teams_decided(seller) == ()
    assert len(store.teams_decided(admin)) == len(store.teams())
    offered = store.choices(lead, "objective", cycle="2026-Q4", near="sales")
    # Her own team's come first, then those of the team above.
    assert {one.note for one in offered[:3]} == {"Sales"}
    keys = [one.key for one in offered]
    assert keys.index("O-EXPANSION") < keys.index("O-TRUST")
    assert "O-FUNDING" not in keys
    assert "O-FUNDING" in {one.key for one in store.choices(admin, "objective")}
    mine = {one.key for one in store.choices(seller, "key_result", changeable=True)}
    assert mine == {one.key for one in store.owned_by(seller, SELLER) if one.kind == "key_result"}
    assert {one.key for one in store.choices(seller, "task", most=3)} <= {
        one.key for one in store.choices(admin, "task")
    }


def test_what_somebody_owns_is_told_as_far_as_it_is_seen(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    admin, seller = store.actor(ADMIN), store.actor(SELLER)
    beata = "beata.krawczyk@lumen.example"
    assert "O-FUNDING" in {one.key for one in store.owned_by(admin, beata)}
    assert "O-FUNDING" not in {one.key for one in store.owned_by(seller, beata)}
    for asker in (admin, seller):
        counts = store.owned_counts(asker)
        for email in (beata, LEAD, OWNER):
            owned = [one.kind for one in store.owned_by(asker, email) if one.kind != "team"]
            assert counts.get(email, {}) == {kind: owned.count(kind) for kind in set(owned)}
    assert store.names_of(seller, "objective", ["O-FUNDING", "O-TRUST"]) == {"O-TRUST": "Ship releases people trust"}


def test_an_objective_and_its_key_results_are_made_all_or_none(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    above = {"title": "Be the first call", "team": "sales", "cycle": "2026-Q4", "owner": LEAD}
    before = len(store.choices(lead, "objective"))
    with pytest.raises(OkrError) as caught:
        store.create_together(lead, above, [{"title": "Calls returned"}, {"title": ""}], sample_now)
    assert caught.value.place == 2
    assert len(store.choices(lead, "objective")) == before
    saved = store.create_together(
        lead,
        above,
        [{"title": "Calls returned", "unit": "%", "target": 90}, {"title": "NPS", "owner": SELLER}],
        sample_now,
    )
    assert [one.kind for one in saved] == ["objective", "key_result", "key_result"]
    made = store.record_fields(lead, "key_result", saved[1].key)
    assert (made.fields["objective"], made.fields["owner"], made.fields["target"]) == (saved[0].key, LEAD, 90.0)
    assert store.record_fields(lead, "key_result", saved[2].key).fields["owner"] == SELLER
    with pytest.raises(NotAllowedError):
        store.create_together(store.actor(SELLER), above, [], sample_now)


def test_a_milestone_is_ticked_and_checked_in_on_at_once(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    today = sample_now.date()
    steps = store.ticked(admin, LAUNCH, ["public launch"], today)
    assert [step["done_on"] for step in steps][-1] == today.isoformat()
    before = store.progress_after(admin, LAUNCH, {"milestones": steps}, sample_now)
    assert before.before is not None
    assert before.after is not None
    assert before.before < before.after
    kept = store.record_fields(admin, "key_result", LAUNCH)
    saved = store.check_in_with_steps(
        admin, LAUNCH, {"confidence": 5, "note": "It is out."}, steps, sample_now, version=kept.version
    )
    assert {one.field for one in saved.changes} == {"milestones", "confidence", "note"}
    after = store.record_fields(admin, "key_result", LAUNCH)
    assert [step["title"] for step in after.fields["milestones"] if step["done_on"] == today.isoformat()] == [
        "Public launch"
    ]
    assert store.latest_check_in(admin, LAUNCH) == saved.key
    # A refused check-in takes the steps back with it.
    undone = [{**step, "done_on": None} for step in steps]
    with pytest.raises(RefusedError):
        store.check_in_with_steps(admin, LAUNCH, {"confidence": 9}, undone, sample_now)
    with pytest.raises(OutdatedError):
        store.check_in_with_steps(admin, LAUNCH, {}, undone, sample_now, version=kept.version)
    assert store.record_fields(admin, "key_result", LAUNCH).fields == after.fields


@pytest.mark.parametrize(
    ("key", "words", "reason"),
    [(LAUNCH, "the moon", "no_such_step"), (LAUNCH, "9", "no_such_step"), ("KR-WIN-RATE", "1", "not_by_milestones")],
)
def test_a_milestone_that_is_none_is_refused_in_words(
    sample_store_on_both: Store, key: str, words: str, reason: str
) -> None:
    store = sample_store_on_both
    with pytest.raises(RefusedError) as caught:
        store.ticked(store.actor(ADMIN), key, [words], date(2026, 11, 23))
    assert caught.value.reason == reason
    assert caught.value.said("pl") != caught.value.said("en")


def test_a_hidden_key_result_has_no_milestones_to_tick(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    with pytest.raises(NotFoundError):
        store.ticked(store.actor(SELLER), "KR-NOPE", ["1"], date(2026, 11, 23))


def test_a_new_target_says_what_it_does_to_progress(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    same = store.progress_after(lead, "KR-WIN-RATE", {"target": 25}, sample_now)
    assert same.before == same.after
    lower = store.progress_after(lead, "KR-WIN-RATE", {"target": "20"}, sample_now)
    # Of the same way down, a shorter way up is lost.
    assert lower.before == Fraction(-13, 70)
    assert lower.after == Fraction(-13, 20)
    assert store.progress_after(lead, "KR-WIN-RATE", {"baseline": ""}, sample_now).after is None


def test_a_check_in_is_read_for_its_form(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    saved = store.check_in(lead, "KR-WIN-RATE", {"value": 21, "note": "Better."}, sample_now)
    kept = store.check_in_fields(lead, saved.key)
    assert kept.may_change
    assert (kept.fields["value"], kept.fields["author"], kept.fields["unit"]) == (21.0, LEAD, "%")
    assert kept.fields["key_result"] == "KR-WIN-RATE"
    assert not store.check_in_fields(store.actor(OWNER), saved.key).may_change


def test_steps_are_compared_by_their_titles() -> None:
    old = [
        {"title": "Beta", "weight": 1.0, "done_on": None},
        {"title": "Launch", "weight": 2.0, "done_on": "2026-11-01"},
    ]
    new = [
        {"title": "Beta", "weight": 3.0, "done_on": None},
        {"title": "Launch", "weight": 2.0, "done_on": None},
        {"title": "Party", "weight": 1.0, "done_on": "2026-11-02"},
    ]
    assert [(each.act, each.title) for each in steps_changed(old, new)] == [
        ("changed", "Beta"), ("undone", "Launch"), ("added", "Party"),
    ]  # fmt: skip
    assert [(each.act, each.title) for each in steps_changed(new, old)][-1] == ("removed", "Party")
    renamed = [{**old[0], "title": "Closed beta"}, old[1]]
    assert [(each.act, each.title) for each in steps_changed(old, renamed)] == [("changed", "Closed beta")]
    assert steps_changed(old, old) == []


def test_a_step_is_found_by_inflected_words() -> None:
    steps = [{"title": "Przegląd bezpieczeństwa"}, {"title": "Publiczna premiera"}]
    assert steps_named(steps, "przeglądu bezpieczeństwa") == [0]
    assert steps_named(steps, "publiczną premierę") == [1]


def test_somebody_who_leaves_hands_over_all_of_it_or_stays(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    owned = store.owned_by(admin, LEAD)
    assert {one.kind for one in owned} >= {"objective", "key_result", "team"}
    with pytest.raises(NotAllowedError):
        store.leave(store.actor(OWNER), LEAD, OWNER, sample_now)
    for to, reason in ((None, "still_owns"), (LEAD, "to_oneself"), ("dominik.sroka@lumen.example", "not_active")):
        with pytest.raises(RefusedError) as caught:
            store.leave(admin, LEAD, to, sample_now)
        assert caught.value.reason == reason
        assert store.owned_by(admin, LEAD) == owned
    saved = store.leave(admin, LEAD, SELLER, sample_now, others={"objective:O-DEALS": OWNER})
    assert len(saved) == len(owned) + 1
    assert store.owned_by(admin, LEAD) == []
    assert not store.record_fields(admin, "person", LEAD).fields["active"]
    assert store.record_fields(admin, "objective", "O-DEALS").fields["owner"] == OWNER
    assert store.record_fields(admin, "team", "sales").fields["lead"] == SELLER
    assert store.history(admin, "team", "sales")[0].new == SELLER
    with pytest.raises(RefusedError) as last:
        store.leave(admin, ADMIN, SELLER, sample_now)
    assert last.value.reason == "last_admin"
    assert store.owned_by(admin, ADMIN)
