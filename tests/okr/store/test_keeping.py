"""Records of every kind made and changed here, by whom, and what is refused and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from okr.errors import NotAllowedError, NotFoundError
from okr.exchange.export import export_company
from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.language.words import stems
from okr.refusals import OutdatedError, RefusedError
from okr.store import Store

LEAD = "ana.nowak@lumen.example"  # leads Sales
OWNER = "noor.haddad@lumen.example"  # owns O-PLEASURE and KR-SATISFACTION, leads nothing
SELLER = "liam.byrne@lumen.example"  # owns KR-REPLY-RATE, in Sales
ADMIN = "irena.maj@lumen.example"
OTHER_LEAD = "sofia.almeida@lumen.example"


def refused(reason: str, act: Callable[[], Any]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act()
    assert caught.value.reason == reason
    return caught.value


def test_an_owner_changes_a_target_and_the_history_says_what_it_was(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    before = store.record_fields(owner, "key_result", "KR-SATISFACTION")
    assert before.may_change
    saved = store.change(owner, "key_result", "kr-satisfaction", {"target": "9,5", "baseline": 8}, sample_now)
    assert (saved.key, saved.version) == ("KR-SATISFACTION", before.version + 1)
    told = {one.field: (one.old, one.new) for one in saved.changes}
    assert told == {"target": (9.0, 9.5), "baseline": (None, 8.0)}
    history = store.history(owner, "key_result", "KR-SATISFACTION")
    assert {(p.field, p.old, p.new, p.by) for p in history} == {
        ("target", 9.0, 9.5, OWNER),
        ("baseline", None, 8.0, OWNER),
    }
    assert store.record_fields(owner, "key_result", "KR-SATISFACTION").fields["target"] == 9.5
    audit = store.audit(store.actor(ADMIN))[0]
    assert (audit.act, audit.record, audit.allowed) == ("change", "KR-SATISFACTION", True)
    assert store.audit_is_whole()


def test_the_second_of_two_savers_learns_what_changed_and_by_whom_and_nothing_is_lost(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner, admin = store.actor(OWNER), store.actor(ADMIN)
    seen = store.record_fields(owner, "objective", "O-PLEASURE").version
    store.change(admin, "objective", "O-PLEASURE", {"title": "Make it a joy to use"}, sample_now, version=seen)
    with pytest.raises(OutdatedError) as caught:
        store.change(owner, "objective", "O-PLEASURE", {"title": "Mine"}, sample_now, version=seen)
    for words in ("Irena Maj", "Make the product a pleasure to use → Make it a joy to use"):
        assert words in str(caught.value)
        assert words in caught.value.said("pl")
    assert "W międzyczasie" in caught.value.said("pl")
    assert store.record_fields(owner, "objective", "O-PLEASURE").title == "Make it a joy to use"


def test_a_changed_title_is_found_by_its_new_words(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    store.change(owner, "objective", "O-PLEASURE", {"title": "Zebras everywhere"}, sample_now)
    word = next(iter(stems("zebras")))
    found = store.ref(owner, "objective", "O-PLEASURE")
    assert ("objective", found.id) in store.bearing([word])[word]


@pytest.mark.parametrize(
    ("who", "kind", "key", "values"),
    [
        (SELLER, "key_result", "KR-WIN-RATE", {"target": 1}),
        (OTHER_LEAD, "key_result", "KR-WIN-RATE", {"target": 1}),
        (OWNER, "objective", "O-DEALS", {"title": "x"}),
        (OWNER, "kpi", "KPI-NPS", {"name": "x"}),
        (OWNER, "task", "T-8", {"status": "done"}),
        (LEAD, "team", "sales", {"name": "x"}),
        (LEAD, "person", SELLER, {"role": "admin"}),
        (SELLER, "person", SELLER, {"role": "admin"}),
        (LEAD, "cycle", "2026-Q4", {"state": "closed"}),
        (SELLER, "lesson", "L-1", {"text": "x"}),
    ],
)
def test_who_has_no_right_is_refused_and_that_is_in_the_audit(
    sample_store: Store, sample_now: datetime, who: str, kind: str, key: str, values: dict[str, Any]
) -> None:
    actor = sample_store.actor(who)
    before = sample_store.record_fields(actor, kind, key)
    with pytest.raises(NotAllowedError):
        sample_store.change(actor, kind, key, values, sample_now)
    assert sample_store.record_fields(actor, kind, key) == before
    audit = sample_store.audit(sample_store.actor(ADMIN))[0]
    assert (audit.act, audit.record, audit.allowed, audit.actor_id) == ("change", key, False, actor.id)


@pytest.mark.parametrize(("key", "kind"), [("O-FUNDING", "objective"), ("KR-RUNWAY", "key_result")])
def test_a_hidden_record_is_missing_in_every_command(
    sample_store: Store, sample_now: datetime, key: str, kind: str
) -> None:
    owner = sample_store.actor(OWNER)
    hidden, missing = key, "O-NONE" if kind == "objective" else "KR-NONE"

    def said(wanted: str) -> set[str]:
        found = set()
        for act in (
            lambda: sample_store.change(owner, kind, wanted, {"title": "x"}, sample_now),
            lambda: sample_store.remove(owner, kind, wanted, sample_now),
            lambda: sample_store.history(owner, kind, wanted),
            lambda: sample_store.record_fields(owner, kind, wanted),
            lambda: sample_store.change(
                owner, *(("objective", "O-PLEASURE", {"parent": wanted}) if kind == "objective" else
                         ("task", "T-7", {"key_results": [wanted]})), sample_now  # type: ignore[arg-type]
            ),
        ):  # fmt: skip
            with pytest.raises(NotFoundError) as caught:
                act()
            found.add(str(caught.value).replace(wanted, "…"))
        return found

    assert said(hidden) == said(missing)


def test_a_hidden_link_is_neither_told_nor_lost(sample_store: Store, sample_now: datetime) -> None:
    admin, owner = sample_store.actor(ADMIN), sample_store.actor(OWNER)
    sample_store.change(admin, "objective", "O-PLEASURE", {"parent": "O-FUNDING"}, sample_now)
    sample_store.change(admin, "task", "T-7", {"key_results": ["KR-NPS", "KR-RUNWAY"]}, sample_now)
    assert sample_store.record_fields(owner, "objective", "O-PLEASURE").fields["parent"] is None
    told = sample_store.history(owner, "objective", "O-PLEASURE") + sample_store.history(owner, "task", "T-7")
    assert "FUNDING" not in str(told)
    assert "RUNWAY" not in str(told)
    form = sample_store.record_fields(owner, "objective", "O-PLEASURE").fields
    sample_store.change(owner, "objective", "O-PLEASURE", {**form, "title": "Joy"}, sample_now)
    assert sample_store.record_fields(admin, "objective", "O-PLEASURE").fields["parent"] == "O-FUNDING"
    sample_store.change(owner, "task", "T-7", {"key_results": ["KR-NPS", "KR-SATISFACTION"]}, sample_now)
    kept = sample_store.record_fields(admin, "task", "T-7").fields["key_results"]
    assert sorted(kept) == ["KR-NPS", "KR-RUNWAY", "KR-SATISFACTION"]


@pytest.mark.parametrize(
    ("kind", "key", "values", "reason"),
    [
        ("key_result", "KR-WIN-RATE", {"target": "many"}, "not_a_number"),
        ("key_result", "KR-WIN-RATE", {"target": float("nan")}, "not_a_number"),
        ("key_result", "KR-WIN-RATE", {"weight": -1}, "out_of_range"),
        ("key_result", "KR-WIN-RATE", {"score": 1.2}, "out_of_range"),
        ("key_result", "KR-WIN-RATE", {"kind": "guess"}, "not_a_choice"),
        ("key_result", "KR-WIN-RATE", {"kind": "boundary"}, "boundary_without_limit"),
        ("key_result", "KR-WIN-RATE", {"title": "  "}, "empty"),
        ("key_result", "KR-WIN-RATE", {"title": "x" * 3000}, "too_long"),
        ("key_result", "KR-WIN-RATE", {"title": "a\0b"}, "control_characters"),
        ("key_result", "KR-WIN-RATE", {"version": 5}, "unknown_field"),
        ("key_result", "KR-WIN-RATE", {"target": 25}, "nothing_changes"),
        ("key_result", "KR-LAUNCH-STEPS", {"milestones": [{"title": "x", "done_on": "2027-01-01"}]}, "future"),
        ("task", "T-8", {"due": "tomorrow"}, "not_a_day"),
        ("task", "T-8", {"status": "done", "done_on": "2027-01-01"}, "future"),
        ("cycle", "2026-Q4", {"end": "2026-01-01"}, "ends_before_start"),
        ("objective", "O-DEALS", {"cycle": "2026-Q3"}, "cycle_not_open"),
        ("person", LEAD, {"timezone": "Mars/Base"}, "not_a_choice"),
        ("team", "company", {"parent": "sales"}, "circle"),
        ("team", "sales", {"parent": "sales"}, "circle"),
        ("person", ADMIN, {"active": False}, "last_admin"),
        ("person", ADMIN, {"role": "lead"}, "last_admin"),
        ("person", LEAD, {"active": False}, "still_owns"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(
    sample_store: Store, sample_now: datetime, kind: str, key: str, values: dict[str, Any], reason: str
) -> None:
    admin = sample_store.actor(ADMIN)
    for person in sample_store.people():
        if person.role == "admin" and person.email != ADMIN:
            sample_store.change(admin, "person", person.email, {"role": "lead"}, sample_now)
    before = sample_store.record_fields(admin, kind, key)
    problem = refused(reason, lambda: sample_store.change(admin, kind, key, values, sample_now))
    assert sample_store.record_fields(admin, kind, key) == before
    assert problem.said("en") != problem.said("pl")
    assert "{" not in problem.said("en") + problem.said("pl")


def test_alignment_and_waiting_may_not_go_round(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    store.change(admin, "objective", "O-DEALS", {"parent": "O-RETENTION"}, sample_now)
    store.change(admin, "objective", "O-OUTBOUND", {"parent": "O-DEALS"}, sample_now)
    refused("circle", lambda: store.change(admin, "objective", "O-RETENTION", {"parent": "O-OUTBOUND"}, sample_now))
    store.change(admin, "task", "T-9", {"depends_on": ["T-8"]}, sample_now)
    store.change(admin, "task", "T-10", {"depends_on": ["T-9"]}, sample_now)
    refused("circle", lambda: store.change(admin, "task", "T-8", {"depends_on": ["T-10"]}, sample_now))
    assert store.record_fields(admin, "task", "T-10").fields["depends_on"] == ["T-9"]


def test_a_lead_builds_a_whole_objective_and_it_counts_at_once(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    objective = store.create(
        lead,
        "objective",
        {
            "title": "Win back lost customers",
            "cycle": "2026-Q4",
            "team": "sales",
            "owner": LEAD,
            "parent": "O-RETENTION",
        },
        sample_now,
    )
    key_result = store.create(
        lead,
        "key_result",
        {
            "objective": objective.key,
            "title": "Won back",
            "owner": SELLER,
            "baseline": 0,
            "target": 10,
            "unit": "customers",
        },
        sample_now,
    )
    steps = [{"title": "List them", "done_on": "2026-11-20"}, {"title": "Call them", "weight": 3}]
    stepped = store.create(
        lead,
        "key_result",
        {"objective": objective.key, "title": "Plan", "owner": LEAD, "kind": "milestones", "milestones": steps},
        sample_now,
    )
    assert (objective.key, key_result.key) == ("O-30", "KR-72")
    opened = store.open_record(lead, key_result.key)
    assert opened is not None
    assert opened.facts["team"] == "Sales"
    assert store.record_fields(lead, "key_result", stepped.key).fields["milestones"][1]["weight"] == 3
    seller = store.actor(SELLER)
    store.check_in(seller, key_result.key, {"value": 4, "confidence": 4}, sample_now)
    week = store.own_week(seller, sample_now)
    assert key_result.key not in [each.told.standing.key for each in week.check_ins]
    refused(
        "missing_field",
        lambda: store.create(lead, "objective", {"title": "x", "cycle": "2026-Q4", "team": "sales"}, sample_now),
    )
    with pytest.raises(NotAllowedError):
        store.create(
            lead, "objective", {"title": "x", "cycle": "2026-Q4", "team": "product", "owner": LEAD}, sample_now
        )
    refused(
        "cycle_not_open",
        lambda: store.create(
            lead, "objective", {"title": "x", "cycle": "2026-Q3", "team": "sales", "owner": LEAD}, sample_now
        ),
    )


def test_a_postponed_objective_takes_its_key_results_with_it_and_an_open_one_shows_them(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    lead, seller = store.actor(LEAD), store.actor(SELLER)
    outsider = store.actor(OWNER)
    store.change(lead, "objective", "O-OUTBOUND", {"state": "postponed"}, sample_now)
    assert "KR-REPLY-RATE" not in [each.told.standing.key for each in store.own_week(seller, sample_now).check_ins]
    store.change(lead, "objective", "O-OUTBOUND", {"state": "active", "visibility": "team"}, sample_now)
    with pytest.raises(NotFoundError):
        store.ref(outsider, "key_result", "KR-REPLY-RATE")
    assert store.ref(seller, "key_result", "KR-REPLY-RATE").key == "KR-REPLY-RATE"


def test_tasks_are_for_those_who_have_them_and_for_those_who_own_the_key_result(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    seller, outsider = store.actor(SELLER), store.actor(OWNER)
    done = store.change(seller, "task", "T-12", {"status": "done"}, sample_now)
    assert {one.field: one.new for one in done.changes} == {"status": "done", "done_on": date(2026, 11, 23)}
    again = store.change(seller, "task", "T-12", {"status": "in_progress"}, sample_now)
    assert {one.field: one.new for one in again.changes} == {"status": "in_progress", "done_on": None}
    made = store.create(
        seller, "task", {"title": "Ring them", "key_results": ["KR-REPLY-RATE"], "assignee": LEAD}, sample_now
    )
    part = store.create(seller, "task", {"title": "First", "parent": made.key, "assignee": SELLER}, sample_now)
    refused("still_used", lambda: store.remove(seller, "task", made.key, sample_now))
    store.remove(seller, "task", part.key, sample_now)
    store.remove(seller, "task", made.key, sample_now)
    with pytest.raises(NotFoundError):
        store.ref(seller, "task", made.key)
    with pytest.raises(NotAllowedError):
        store.create(outsider, "task", {"title": "x", "key_results": ["KR-REPLY-RATE"]}, sample_now)
    with pytest.raises(NotAllowedError):
        store.create(seller, "task", {"title": "x", "assignee": OWNER}, sample_now)


def test_what_others_hang_on_is_not_removed_and_they_are_named(sample_store: Store, sample_now: datetime) -> None:
    admin = sample_store.actor(ADMIN)
    for kind, key, named in (
        ("objective", "O-DEALS", "KR-WIN-RATE"),
        ("key_result", "KR-WIN-RATE", "CI-"),
        ("kpi", "KPI-NPS", "KR-NPS"),
        ("team", "sales", LEAD),
    ):
        problem = refused("still_used", lambda kind=kind, key=key: sample_store.remove(admin, kind, key, sample_now))
        assert named in str(problem)
    refused("cannot_remove", lambda: sample_store.remove(admin, "person", SELLER, sample_now))


def test_somebody_leaves_after_handing_over_what_they_own(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    with pytest.raises(NotAllowedError):
        store.hand_over(store.actor(SELLER), LEAD, SELLER, sample_now)
    saved = store.hand_over(admin, LEAD, SELLER, sample_now)
    assert {one.key for one in saved} == {
        "O-DEALS",
        "O-COMMISSION",
        "KR-WIN-RATE",
        "KR-COMMISSION-TALKS",
        "T-42",
        "sales",
    }
    store.change(admin, "person", LEAD, {"active": False}, sample_now)
    assert store.record_fields(admin, "team", "sales").fields["lead"] == SELLER
    refused(
        "not_active",
        lambda: store.change(store.actor(SELLER), "key_result", "KR-WIN-RATE", {"owner": LEAD}, sample_now),
    )


def test_people_set_their_own_language_and_nothing_else(sample_store: Store, sample_now: datetime) -> None:
    seller = sample_store.actor(SELLER)
    sample_store.change(seller, "person", SELLER, {"language": "pl", "timezone": "Europe/London"}, sample_now)
    assert sample_store.actor(SELLER).language == "pl"
    with pytest.raises(NotAllowedError):
        sample_store.change(seller, "person", SELLER, {"language": "en", "role": "admin"}, sample_now)


def test_a_team_and_a_person_are_added_by_an_admin(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    store.create(admin, "team", {"key": "sales-dach", "name": "Sales DACH", "parent": "sales"}, sample_now)
    store.create(
        admin, "person", {"email": "New.One@Lumen.example", "name": "New One", "team": "sales-dach"}, sample_now
    )
    assert store.actor("new.one@lumen.example").name == "New One"
    lead = store.actor(LEAD)
    made = store.create(
        lead, "objective", {"title": "DACH", "cycle": "2026-Q4", "team": "sales-dach", "owner": LEAD}, sample_now
    )
    assert made.key
    refused("key_taken", lambda: store.create(admin, "team", {"key": "sales", "name": "x"}, sample_now))
    refused("missing_field", lambda: store.create(admin, "team", {"name": "x"}, sample_now))
    refused("not_an_address", lambda: store.create(admin, "person", {"email": "nobody", "name": "x"}, sample_now))


def test_a_kpi_value_moves_the_key_result_it_feeds_and_is_corrected_with_its_past(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    store = sample_store_on_both
    owner = store.actor("ruth.adeyemi@lumen.example")
    store.record_point(owner, "KPI-NPS", "52 points", sample_now)
    opened = store.open_record(owner, "KPI-NPS")
    assert opened is not None
    assert opened.facts["value"] == 52
    fixed = store.record_point(owner, "KPI-NPS", 51, sample_now)
    assert fixed.changes[0].old == 52
    assert store.history(owner, "kpi", "KPI-NPS")[-1].new in (52, "2026-11-23")
    refused("future", lambda: store.record_point(owner, "KPI-NPS", 50, sample_now, on="2026-11-24"))
    refused("wrong_unit", lambda: store.record_point(owner, "KPI-NPS", "50%", sample_now))
    refused("nothing_changes", lambda: store.record_point(owner, "KPI-NPS", 51, sample_now))
    with pytest.raises(NotAllowedError):
        store.record_point(store.actor(OWNER), "KPI-NPS", 50, sample_now)


def test_closed_cycles_stay_as_they_are(sample_store: Store, sample_now: datetime) -> None:
    lead = sample_store.actor(LEAD)
    refused(
        "closed_cycle", lambda: sample_store.change(lead, "objective", "O-PIPELINE-26Q3", {"title": "x"}, sample_now)
    )
    later = sample_now + timedelta(days=1)
    refused("closed_cycle", lambda: sample_store.remove(lead, "objective", "O-PIPELINE-26Q3", later))


def test_what_an_import_changes_stands_in_the_history_and_is_told_to_whoever_saves_next(
    sample_store_on_both: Store, sample_now: datetime, tmp_path: Path
) -> None:
    store = sample_store_on_both
    owner = store.actor(OWNER)
    seen = store.record_fields(owner, "objective", "O-PLEASURE").version
    export_company(store, tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text())
    moved = next(each for each in document["objectives"] if each["key"] == "O-PLEASURE")
    moved |= {"title": "Joy", "owner": LEAD, "parent": None}
    import_into(store, read_company(json.dumps(document).encode()), now=sample_now)
    told = {(past.field, past.old, past.new, past.by) for past in store.history(owner, "objective", "O-PLEASURE")}
    assert ("title", "Make the product a pleasure to use", "Joy", None) in told
    assert ("owner", OWNER, LEAD, None) in told
    with pytest.raises(OutdatedError, match="import: title"):
        store.change(store.actor(ADMIN), "objective", "O-PLEASURE", {"title": "Mine"}, sample_now, version=seen)
