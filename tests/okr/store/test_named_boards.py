"""Boards kept under a name: whose they are, who may open them, and what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from okr.errors import NotFoundError
from okr.refusals import OutdatedError, RefusedError
from okr.store import Store
from okr.store.named_boards import MOST_BOARDS

LEAD = "ana.nowak@lumen.example"  # leads Sales
SELLER = "liam.byrne@lumen.example"  # in Sales
OTHER = "kacper.dudek@lumen.example"
ADMIN = "irena.maj@lumen.example"


def test_a_board_is_kept_opened_renamed_and_forgotten(sample_store_on_both: Store, sample_now: datetime) -> None:
    store, ana = sample_store_on_both, sample_store_on_both.actor(LEAD)
    view = {"team": "sales", "status": "off_track", "cards": "risk,whole", "on": "2026-01-01", "as": OTHER}
    kept = store.keep_board(ana, "  Monday \n round ", view, sample_now)
    assert (kept.name, kept.mine, kept.shared, kept.version) == ("Monday round", True, "private", 1)
    # The day and the person stay out: it shows how things stand when it is opened, to whoever opens it.
    assert kept.view == {"team": "sales", "status": "off_track", "cards": "risk,whole"}
    again = store.change_board(ana, kept.key, sample_now, version=1, name="Tuesday round", view={"team": "marketing"})
    assert (again.name, again.view, again.version) == ("Tuesday round", {"team": "marketing"}, 2)
    assert [one.key for one in store.named_boards(ana)] == [kept.key]
    store.drop_board(ana, kept.key, sample_now)
    assert store.named_boards(ana) == []
    with pytest.raises(NotFoundError):
        store.named_board(ana, kept.key)
    assert store.audit_is_whole()


def test_who_may_open_a_board_is_as_it_is_shared(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    ana, liam, kacper, irena = (store.actor(one) for one in (LEAD, SELLER, OTHER, ADMIN))
    readers = {}
    for shared in ("private", "team", "company"):
        kept = store.keep_board(ana, shared, {}, sample_now, shared=shared)
        readers[shared] = {
            who.email for who in (ana, liam, kacper, irena) if kept.key in {one.key for one in store.named_boards(who)}
        }
    assert readers == {"private": {LEAD}, "team": {LEAD, SELLER, ADMIN}, "company": {LEAD, SELLER, OTHER, ADMIN}}
    named = {one.name: one for one in store.named_boards(liam)}
    assert not named["company"].mine
    assert named["company"].owner_name == ana.name
    private = next(one.key for one in store.named_boards(ana) if one.name == "private")
    for act in (
        lambda: store.named_board(kacper, private),
        lambda: store.change_board(liam, named["company"].key, sample_now, version=1, name="Mine now"),
        lambda: store.drop_board(irena, named["company"].key, sample_now),
        lambda: store.begin_with_board(kacper, private, sample_now),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_the_second_who_saves_learns_of_the_first(sample_store_on_both: Store, sample_now: datetime) -> None:
    store, ana = sample_store_on_both, sample_store_on_both.actor(LEAD)
    kept = store.keep_board(ana, "Round", {"team": "sales"}, sample_now)
    store.change_board(ana, kept.key, sample_now, version=1, view={"team": "marketing"})
    with pytest.raises(OutdatedError):
        store.change_board(ana, kept.key, sample_now, version=1, view={"team": "product"})
    assert store.named_board(ana, kept.key).view == {"team": "marketing"}


def test_what_is_no_board_is_refused_in_words(sample_store: Store, sample_now: datetime) -> None:
    ana = sample_store.actor(LEAD)
    sample_store.keep_board(ana, "Round", {}, sample_now)
    for reason, name, shared in (
        ("board_name_taken", " Round ", "private"),
        ("board_name", "  ", "private"),
        ("long_board_name", "x" * 81, "private"),
        ("board_readers", "Other", "everybody"),
    ):
        with pytest.raises(RefusedError) as caught:
            sample_store.keep_board(ana, name, {}, sample_now, shared=shared)
        assert caught.value.reason == reason
        assert caught.value.said("pl") != caught.value.said("en")
    # Somebody else may call theirs the same.
    assert sample_store.keep_board(sample_store.actor(SELLER), "Round", {}, sample_now).name == "Round"
    for number in range(1, MOST_BOARDS):
        sample_store.keep_board(ana, f"Round {number}", {}, sample_now)
    with pytest.raises(RefusedError) as caught:
        sample_store.keep_board(ana, "One more", {}, sample_now)
    assert caught.value.reason == "too_many_boards"


def test_everybody_begins_with_the_board_they_chose(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    ana, liam = store.actor(LEAD), store.actor(SELLER)
    kept = store.keep_board(ana, "Round", {}, sample_now, shared="team")
    store.begin_with_board(liam, kept.key, sample_now)
    assert [one.default for one in store.named_boards(liam)] == [True]
    assert [one.default for one in store.named_boards(ana)] == [False]
    store.begin_with_board(liam, None, sample_now)
    assert [one.default for one in store.named_boards(liam)] == [False]
    store.begin_with_board(liam, kept.key, sample_now)
    store.drop_board(ana, kept.key, sample_now)
    assert store.named_boards(liam) == []
