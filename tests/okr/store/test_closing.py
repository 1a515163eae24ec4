"""Closing a cycle: suggested and given scores, what goes on, what is refused, and the document that is left."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from assistant.cli import main
from okr.errors import NotAllowedError, NotFoundError
from okr.refusals import OutdatedError, RefusedError
from okr.store import Store
from okr.store.closing import Following, ToClose, following
from okr.store.directory import Cycle

LEAD = "ana.nowak@lumen.example"
OUTSIDER = "noor.haddad@lumen.example"
ADMIN = "irena.maj@lumen.example"
AFTER = datetime(2027, 1, 2, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
NEXT = {"key": "2027-Q1", "name": "Q1 2027", "start": "2027-01-01", "end": "2027-03-31", "state": "active"}


def refused(reason: str, act: Callable[[], Any]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        act()
    assert caught.value.reason == reason
    return caught.value


def one(store: Store, key: str, who: str = ADMIN, now: datetime = AFTER) -> ToClose:
    found = store.closing(store.actor(who), "2026-Q4", now)
    return next(kr for each in found.objectives for kr in each.key_results if kr.told.standing.key == key)


def test_each_key_result_has_a_suggested_score_with_its_reason(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    assert (one(store, "KR-SEGMENTS").suggested.score, one(store, "KR-SEGMENTS").suggested.reason) == (0.7, "progress")
    assert one(store, "KR-WIN-LOSS").suggested.reason == "no_baseline"
    assert one(store, "KR-RUNWAY").suggested.reason in ("holding", "breached")
    assert one(store, "KR-CASE-STUDIES").score == one(store, "KR-CASE-STUDIES").suggested.score


def test_an_owner_scores_their_own_and_the_objective_follows(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    store.score(lead, "KR-WIN-RATE", 0.5, AFTER)
    store.score(lead, "KR-DEAL-CYCLE", "0,9", AFTER)
    found = store.closing(lead, "2026-Q4", AFTER)
    deals = next(each for each in found.objectives if each.objective.key == "O-DEALS")
    assert (deals.score, deals.band) == (0.7, "green")
    assert "KR-WIN-RATE" not in found.unscored
    assert store.history(lead, "key_result", "KR-WIN-RATE")[0].field == "score"
    refused("out_of_range", lambda: store.score(lead, "KR-WIN-RATE", 3, AFTER))
    with pytest.raises(NotAllowedError):
        store.score(store.actor(OUTSIDER), "KR-WIN-RATE", 0.5, AFTER)


def test_a_cycle_is_closed_by_an_admin_once_it_is_over_and_every_score_is_given(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    admin, lead = store.actor(ADMIN), store.actor(LEAD)
    early = datetime(2026, 12, 30, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
    refused("not_yet_over", lambda: store.close_cycle(admin, "2026-Q4", early, with_suggested=True))
    with pytest.raises(NotAllowedError):
        store.close_cycle(lead, "2026-Q4", AFTER)
    with pytest.raises(NotFoundError):
        store.close_cycle(admin, "2031-Q4", AFTER)
    assert "KR-" in str(refused("unscored", lambda: store.close_cycle(admin, "2026-Q4", AFTER)))
    store.score(lead, "KR-WIN-RATE", 0.5, AFTER)
    closed = store.close_cycle(admin, "2026-Q4", AFTER, with_suggested=True)
    assert closed.cycle.state == "closed"
    assert one(store, "KR-WIN-RATE").given == 0.5
    assert one(store, "KR-SEGMENTS").given == 0.7
    assert {each.objective.state for each in closed.objectives} == {"closed"}
    refused("nothing_changes", lambda: store.close_cycle(admin, "2026-Q4", AFTER))
    refused("closed_cycle", lambda: store.check_in(lead, "KR-WIN-RATE", {"value": 20}, AFTER))
    # A late word of the owner still counts.
    store.score(lead, "KR-WIN-RATE", 0.4, AFTER)
    assert one(store, "KR-WIN-RATE").score == 0.4
    store.create(
        lead, "lesson", {"text": "Start sooner.", "kind": "lesson", "cycle": "2026-Q4", "objective": "O-DEALS"}, AFTER
    )
    assert store.audit_is_whole()


def test_what_goes_on_begins_where_it_ended(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    admin, lead = store.actor(ADMIN), store.actor(LEAD)
    store.create(admin, "cycle", NEXT, AFTER)
    first = store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER, into="2027-Q1", reason="still matters")
    second = store.decide(lead, "KR-DEAL-CYCLE", "change", AFTER, into="2027-Q1", values={"target": 25})
    assert first.into is not None
    assert second.into is not None
    carried, changed = (store.record_fields(lead, "key_result", key).fields for key in (first.into, second.into))
    assert carried["objective"] == changed["objective"] != "O-DEALS"
    assert store.record_fields(lead, "objective", carried["objective"]).fields["cycle"] == "2027-Q1"
    assert carried["baseline"] == 16.7
    assert (changed["target"], changed["score"]) == (25, None)
    assert one(store, "KR-WIN-RATE").decided == first
    refused("nothing_changes", lambda: store.decide(lead, "KR-WIN-RATE", "drop", AFTER))
    dropped = store.decide(lead, "KR-WIN-LOSS", "drop", AFTER)
    assert (dropped.decision, dropped.into) == ("drop", None)
    with pytest.raises(OutdatedError) as late:
        store.decide(admin, "KR-WIN-LOSS", "carry_over", AFTER, into="2027-Q1", seen=None)
    assert ("decision", "–", "drop", "Ana Nowak") in late.value.changes
    assert store.decide(lead, "KR-WIN-LOSS", "carry_over", AFTER, into="2027-Q1", seen="drop").into


def test_what_cannot_go_on_is_said(sample_store: Store) -> None:
    lead, outsider = sample_store.actor(LEAD), sample_store.actor(OUTSIDER)
    refused("cycle_not_open", lambda: sample_store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER, into="2026-Q3"))
    refused("cycle_not_open", lambda: sample_store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER, into="2026-Q4"))
    refused("missing_field", lambda: sample_store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER))
    refused("not_a_choice", lambda: sample_store.decide(lead, "KR-WIN-RATE", "forget", AFTER))
    with pytest.raises(NotFoundError):
        sample_store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER, into="2040-Q1")
    with pytest.raises(NotAllowedError):
        sample_store.decide(outsider, "KR-WIN-RATE", "drop", AFTER)
    with pytest.raises(NotFoundError):
        sample_store.decide(outsider, "KR-RUNWAY", "drop", AFTER)


def test_the_retrospective_holds_what_one_sees_in_either_language(
    capfd: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["--home", str(sample_home), "--at", "2026-11-23T09:00+01:00", *arguments])
        printed, complained = capfd.readouterr()
        assert "our side" not in complained
        return status, printed, complained

    status, printed, _ = run("retro", "2026-Q3", "--as", ADMIN)
    assert status == 0
    for words in (
        "# Retrospective Q3 2026",
        "## What was reached",
        "## Root causes",
        "**New website live**: 0.0 [KR-SITE-26Q3]",
        ", L-3]",
        "Thank you, ",
    ):
        assert words in printed
    assert "## Przyczyny źródłowe" in run("retro", "2026-Q3", "--as", ADMIN, "--language", "pl")[1]
    document = json.loads(run("retro", "2026-Q4", "--as", OUTSIDER, "--json")[1])
    assert "O-FUNDING" not in json.dumps(document)
    assert "O-DEALS" in json.dumps(document)
    assert run("retro", "2031-Q1", "--as", ADMIN)[0] == 1
    assert run("retro", "2026-Q3", "--as", ADMIN, "--scope", "nowhere")[0] == 2
    assert "0.5" in run("score", "KR-WIN-RATE", "0.5", "--as", LEAD)[1]
    assert run("close", "2026-Q4", "--as", ADMIN)[0] == 1
    assert run("decide", "KR-WIN-RATE", "drop", "--as", LEAD, "--json")[0] == 0


def test_the_cycle_that_follows_is_as_long() -> None:
    half = Cycle(1, "H1", "First half", date(2026, 1, 1), date(2026, 6, 30), "active")
    assert following(half) == Following(None, "", date(2026, 7, 1), date(2026, 12, 31))
    sprint = Cycle(1, "six", "Six weeks", date(2026, 3, 2), date(2026, 4, 12), "active")
    assert following(sprint) == Following(None, "", date(2026, 4, 13), date(2026, 5, 24))
