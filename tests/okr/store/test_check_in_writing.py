"""Checking in: recorded, corrected, withdrawn, drafted and proposed; and everything that is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from okr.errors import NotAllowedError, NotFoundError
from okr.models import key_results
from okr.refusals import OutdatedError, RefusedError, said
from okr.store import Store
from okr.store.notes import NoteQuery
from okr.store.proposals import Wish
from okr.store.upkeep import refresh_latest

LEAD = "ana.nowak@lumen.example"
OWNER = "ruth.adeyemi@lumen.example"  # owns KR-NPS
ADMIN = "irena.maj@lumen.example"
OUTSIDER = "noor.haddad@lumen.example"


def refused(reason: str, act: Callable[[], Any]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act()
    assert caught.value.reason == reason
    return caught.value


def derived(store: Store) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(sa.select(key_results).order_by(key_results.c.id)).all())


def in_step(store: Store) -> bool:
    """Whether working everything out anew changes nothing."""
    before = derived(store)
    with store.database.write() as connection:
        refresh_latest(connection)
    return derived(store) == before


def test_a_check_in_is_what_is_asked_about_from_then_on(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    before = store.open_record(owner, "KR-NPS")
    assert before is not None
    saved = store.check_in(
        owner,
        "KR-NPS",
        {"value": "52", "confidence": "yellow", "status": "at risk", "blockers": "the zebra survey tool"},
        sample_now,
    )
    told = {one.field: (one.old, one.new) for one in saved.changes}
    assert told["value"] == (before.facts["value"], 52)
    assert told["confidence"][1] == 3
    opened = store.open_record(owner, "KR-NPS")
    assert opened is not None
    assert (opened.facts["value"], opened.facts["reported"]) == (52, "at_risk")
    found = store.newest_notes(owner, NoteQuery(last=sample_now), 1)
    assert found[0].key == saved.key
    assert in_step(store)


def test_a_late_check_in_does_not_overtake_a_newer_one(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    store.check_in(owner, "KR-NPS", {"value": 52}, sample_now)
    store.check_in(owner, "KR-NPS", {"value": 40}, sample_now, on="2026-10-05")
    opened = store.open_record(owner, "KR-NPS")
    assert opened is not None
    assert opened.facts["value"] == 52
    assert in_step(store)


def test_a_wrong_value_is_corrected_and_the_old_one_stays_in_the_history(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    saved = store.check_in(owner, "KR-NPS", {"value": 25, "note": "typed the wrong way round"}, sample_now)
    fixed = store.correct_check_in(owner, saved.key, {"value": 52}, sample_now, on="2026-11-20", version=1)
    assert {one.field for one in fixed.changes} == {"value", "at"}
    history = store.history(owner, "key_result", "KR-NPS")
    assert ("value", 25.0, 52.0) in [(past.field, past.old, past.new) for past in history]
    with pytest.raises(OutdatedError, match="Ruth Adeyemi: value 25 → 52"):
        store.correct_check_in(owner, saved.key, {"value": 53}, sample_now, version=1)
    refused("nothing_said", lambda: store.correct_check_in(owner, saved.key, {"value": None, "note": ""}, sample_now))
    store.withdraw_check_in(owner, saved.key, sample_now)
    assert store.open_record(owner, saved.key) is None
    removed = [past for past in store.history(owner, "key_result", "KR-NPS") if past.field == "removed"]
    assert removed[0].old == saved.key
    assert in_step(store)


@pytest.mark.parametrize(
    ("key", "values", "on", "reason"),
    [
        ("KR-WIN-RATE", {"value": "21 days"}, None, "wrong_unit"),
        ("KR-WIN-RATE", {"value": "a lot"}, None, "not_a_number"),
        ("KR-WIN-RATE", {"value": "1e400"}, None, "wrong_unit"),
        ("KR-WIN-RATE", {"value": float("inf")}, None, "not_a_number"),
        ("KR-WIN-RATE", {"value": 140}, None, "unlikely"),
        ("KR-WIN-RATE", {"value": 0.21}, None, "unlikely"),
        ("KR-DEAL-CYCLE", {"value": 4200}, None, "unlikely"),
        ("KR-WIN-RATE", {"confidence": 6}, None, "out_of_range"),
        ("KR-WIN-RATE", {"confidence": 2.5}, None, "out_of_range"),
        ("KR-WIN-RATE", {"status": "fine"}, None, "not_a_choice"),
        ("KR-WIN-RATE", {}, None, "nothing_said"),
        ("KR-WIN-RATE", {"note": "  "}, None, "nothing_said"),
        ("KR-WIN-RATE", {"mood": 3}, None, "unknown_field"),
        ("KR-WIN-RATE", {"value": 20}, "2026-11-24", "future"),
        ("KR-WIN-RATE", {"value": 20}, "2026-11-23T23:00+01:00", "future"),
        ("KR-WIN-RATE", {"value": 20}, "2026-09-30", "before_cycle"),
        ("KR-WIN-RATE", {"value": 20}, "31 November", "not_a_day"),
        ("KR-PRICING-LIVE", {"value": 0.5}, None, "zero_or_one"),
        ("KR-LAUNCH-STEPS", {"value": 1}, None, "measured_by_milestones"),
        ("KR-PIPELINE-26Q3", {"value": 400}, None, "closed_cycle"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_not_recorded(
    sample_store: Store, sample_now: datetime, key: str, values: dict[str, Any], on: str | None, reason: str
) -> None:
    admin = sample_store.actor(ADMIN)
    before = derived(sample_store)
    problem = refused(reason, lambda: sample_store.check_in(admin, key, values, sample_now, on=on))
    refused(reason, lambda: sample_store.preview_check_in(admin, key, values, sample_now, on=on))
    assert derived(sample_store) == before
    assert said(problem, "pl") != said(problem, "en")


def test_a_surprising_value_is_recorded_once_the_person_is_sure(sample_store: Store, sample_now: datetime) -> None:
    lead = sample_store.actor(LEAD)
    assert sample_store.check_in(lead, "KR-WIN-RATE", {"value": 140}, sample_now, sure=True).key


def test_nobody_else_checks_in_and_the_attempt_is_in_the_audit(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    with pytest.raises(NotAllowedError):
        store.check_in(store.actor(OUTSIDER), "KR-NPS", {"value": 52}, sample_now)
    audit = store.audit(store.actor(ADMIN))[0]
    assert (audit.act, audit.record, audit.allowed) == ("check in", "KR-NPS", False)
    with pytest.raises(NotFoundError) as hidden:
        store.check_in(store.actor(OUTSIDER), "KR-RUNWAY", {"value": 52}, sample_now)
    with pytest.raises(NotFoundError) as missing:
        store.check_in(store.actor(OUTSIDER), "KR-NOTHING", {"value": 52}, sample_now)
    assert str(hidden.value).replace("KR-RUNWAY", "…") == str(missing.value).replace("KR-NOTHING", "…")
    with pytest.raises(NotAllowedError):
        store.withdraw_check_in(store.actor(OUTSIDER), "CI-1", sample_now)


def test_of_two_who_check_in_at_once_the_second_sees_the_first(sample_store: Store, sample_now: datetime) -> None:
    owner, admin = sample_store.actor(OWNER), sample_store.actor(ADMIN)
    saved = sample_store.check_in(owner, "KR-NPS", {"value": 52}, sample_now)
    sample_store.check_in(admin, "KR-NPS", {"value": 55, "note": "new survey"}, sample_now, seen=saved.key)
    with pytest.raises(OutdatedError, match="Irena Maj: value … → 55"):
        sample_store.check_in(owner, "KR-NPS", {"value": 53}, sample_now, seen=saved.key)
    opened = sample_store.open_record(owner, "KR-NPS")
    assert opened is not None
    assert opened.facts["value"] == 55


def test_a_draft_is_the_persons_own_and_goes_when_the_check_in_is_saved(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner, other = store.actor(OWNER), store.actor(LEAD)
    store.keep_draft(owner, "KR-NPS", {"value": "5", "note": "half a th"}, sample_now)
    store.keep_draft(owner, "KR-NPS", {"value": "52", "note": "half a thought"}, sample_now)
    drafts = store.drafts(owner)
    assert [(d.key_result, d.values) for d in drafts] == [("KR-NPS", {"value": "52", "note": "half a thought"})]
    assert store.drafts(other) == []
    assert store.own_week(owner, sample_now).drafts == tuple(drafts)
    with pytest.raises(NotFoundError):
        store.keep_draft(store.actor(OUTSIDER), "KR-RUNWAY", {"value": "1"}, sample_now)
    store.check_in(owner, "KR-NPS", {"value": 52}, sample_now)
    assert store.drafts(owner) == []
    store.keep_draft(owner, "KR-NPS", {"note": "x"}, sample_now)
    store.keep_draft(owner, "KR-NPS", {"note": ""}, sample_now)
    assert store.drafts(owner) == []


# ── proposals ──────────────────────────────────────────────────────────────────────────────────

WISH = Wish("check_in", "key_result", "KR-NPS", {"value": 52, "confidence": 3})


def test_a_proposal_changes_nothing_until_its_owner_confirms_it_once(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner, other = store.actor(OWNER), store.actor(ADMIN)
    before = derived(store)
    made = store.propose(owner, WISH, "NPS is 52, confidence 3", sample_now)
    assert made.id
    assert derived(store) == before
    document = made.document()
    assert document["record"] == {"type": "key_result", "id": "KR-NPS", "title": "NPS"}
    assert [change["new"] for change in document["changes"]] == [52, 3]
    assert store.proposals(owner, sample_now) == [made]
    for act in (store.proposal, store.confirm_proposal, store.discard_proposal):
        with pytest.raises(NotFoundError):
            act(other, made.id, sample_now)
    saved = store.confirm_proposal(owner, made.id, sample_now)
    assert saved.key.startswith("CI-")
    refused("proposal_over", lambda: store.confirm_proposal(owner, made.id, sample_now))
    refused("proposal_over", lambda: store.discard_proposal(owner, made.id, sample_now))
    assert store.proposals(owner, sample_now) == []
    assert len(derived(store)) == len(before)


def test_a_proposal_ends_after_a_day_and_when_it_is_discarded(sample_store: Store, sample_now: datetime) -> None:
    owner = sample_store.actor(OWNER)
    old = sample_store.propose(owner, WISH, "", sample_now)
    assert old.id
    later = sample_now + timedelta(hours=25)
    assert sample_store.proposals(owner, later) == []
    assert sample_store.proposal(owner, old.id, later).state == "expired"
    refused("proposal_over", lambda: sample_store.confirm_proposal(owner, str(old.id), later))
    new = sample_store.propose(owner, WISH, "", sample_now)
    assert new.id
    assert sample_store.discard_proposal(owner, new.id, sample_now).state == "discarded"
    refused("proposal_over", lambda: sample_store.confirm_proposal(owner, str(new.id), sample_now))


def test_a_proposal_over_a_record_that_changed_says_so_and_stays_open(
    sample_store: Store, sample_now: datetime
) -> None:
    owner, admin = sample_store.actor(OWNER), sample_store.actor(ADMIN)
    made = sample_store.propose(owner, WISH, "", sample_now)
    change = sample_store.propose(owner, Wish("change", "key_result", "KR-NPS", {"target": 70}), "", sample_now)
    sample_store.check_in(admin, "KR-NPS", {"value": 30}, sample_now)
    sample_store.change(admin, "key_result", "KR-NPS", {"target": 66}, sample_now)
    for one, words in ((made, "value … → 30"), (change, "target 65 → 66")):
        assert one.id
        with pytest.raises(OutdatedError, match=words):
            sample_store.confirm_proposal(owner, one.id, sample_now)
        assert sample_store.proposal(owner, one.id, sample_now).state == "open"


def test_a_proposal_is_confirmed_by_the_rights_of_that_moment(sample_store: Store, sample_now: datetime) -> None:
    owner, admin = sample_store.actor(OWNER), sample_store.actor(ADMIN)
    made = sample_store.propose(owner, WISH, "", sample_now)
    sample_store.change(admin, "key_result", "KR-NPS", {"owner": ADMIN}, sample_now)
    sample_store.change(admin, "team", "customer-success", {"lead": ADMIN}, sample_now)
    assert made.id
    with pytest.raises(NotAllowedError):
        sample_store.confirm_proposal(owner, made.id, sample_now)
    assert sample_store.audit(admin)[0].allowed is False
    with pytest.raises(NotAllowedError):
        sample_store.propose(sample_store.actor(OUTSIDER), WISH, "", sample_now)


def test_a_task_is_made_through_a_proposal(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    wish = Wish("create", "task", "", {"title": "Ask again", "key_results": ["KR-NPS"], "due": "2026-12-01"})
    made = store.propose(owner, wish, "", sample_now)
    assert made.id
    saved = store.confirm_proposal(owner, made.id, sample_now)
    assert store.record_fields(owner, "task", saved.key).fields["due"] == "2026-12-01"


def test_the_week_lists_what_is_due_and_what_waits(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    owner = store.actor("sara.conti@lumen.example")
    made = store.propose(owner, Wish("change", "task", "T-5", {"status": "done"}), "", sample_now)
    week = store.own_week(owner, sample_now)
    assert [task.key for task in week.overdue] == ["T-5"]
    assert week.proposals == (made,)
    assert all(each.due is None or each.due <= week.last for each in week.check_ins)
