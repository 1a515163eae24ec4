"""What people wrote is found by its words on both databases, in step with every write, and by right."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from okr.access import Actor
from okr.language.relevance import terms
from okr.models import check_ins, lessons, people
from okr.store import Store
from okr.store.note_index import filled_at_once
from okr.store.notes import NoteQuery
from okr.store.scope import Scope


def admin(store: Store) -> Actor:
    return store.actor(next(person.email for person in store.people() if person.role == "admin"))


def found(store: Store, actor: Actor, now: datetime, words: str) -> list[str]:
    query = NoteQuery(last=now)
    candidates = store.note_candidates(actor, query, terms(words))
    assert candidates.indexed
    return [note.key for note in store.notes_by_ident(actor, query, candidates.idents)]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("survey tool", "CI-259"),
        ("surveys", "CI-259"),
        ("ankiety", "CI-259"),  # by way of the glossary, from Polish to English
        ("customers waiting", "CI-300"),
        ("zgłoszenia giną", "CI-278"),
        ("zgloszenia gina", "CI-278"),  # without its diacritics
        ("prawnika", "CI-333"),
        ("questionnaires", "CI-311"),
        ("questionaire", "CI-311"),  # a slip of the pen
        ("rekrutacja", "L-16"),  # a lesson
    ],
)
def test_a_note_is_found_by_its_words(sample_store_on_both: Store, sample_now: datetime, words: str, key: str) -> None:
    assert key in found(sample_store_on_both, admin(sample_store_on_both), sample_now, words)


def test_a_write_and_its_index_are_one(sample_store_on_both: Store, sample_now: datetime) -> None:
    store, word = sample_store_on_both, "quibbelzat"
    asker = admin(store)
    chosen = check_ins.c.key == "CI-300"
    with store.database.write() as connection:
        connection.execute(sa.update(check_ins).where(chosen).values(note=f"The {word} is out of tune."))
    assert found(store, asker, sample_now, word) == ["CI-300"]
    assert "CI-300" not in found(store, asker, sample_now, "comments waiting answer")
    with store.database.write() as connection:
        connection.execute(sa.update(check_ins).where(chosen).values(note="", blockers="", wins=""))
    assert found(store, asker, sample_now, word) == []
    with store.database.write() as connection:
        connection.execute(sa.update(lessons).where(lessons.c.key == "L-1").values(text=f"Never buy a {word}."))
    assert found(store, asker, sample_now, word) == ["L-1"]
    assert store.notes_index().missing == 0


def _broken_off(store: Store) -> None:
    with store.database.write() as connection:
        connection.execute(sa.update(check_ins).where(check_ins.c.key == "CI-300").values(note="quibbelzat"))
        raise NotImplementedError


def test_a_write_that_is_undone_leaves_no_trace(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both

    with pytest.raises(NotImplementedError):
        _broken_off(store)
    assert found(store, admin(store), sample_now, "quibbelzat") == []


def test_what_is_hidden_is_not_found(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    everybody = [store.actor(person.email) for person in store.people() if person.active]
    secret = found(store, admin(store), sample_now, "cap table reconciled")
    assert "CI-301" in secret
    sees = {actor.email for actor in everybody if "CI-301" in found(store, actor, sample_now, "cap table reconciled")}
    by_right = {actor.email for actor in everybody if store.open_record(actor, "CI-301") is not None}
    assert sees == by_right
    assert 0 < len(sees) < len(everybody)


def test_numbers_from_elsewhere_are_checked_again(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    everything = store.note_idents(admin(store), NoteQuery(last=sample_now), 1_000)
    assert len(everything) > 300
    outsider = next(
        actor
        for actor in (store.actor(person.email) for person in store.people() if person.role == "employee")
        if store.open_record(actor, "CI-301") is None
    )
    told = store.notes_by_ident(outsider, NoteQuery(last=sample_now), everything)
    assert "CI-301" not in {note.key for note in told}
    assert {note.ident for note in told} == set(store.note_idents(outsider, NoteQuery(last=sample_now), 1_000))


def test_nothing_later_than_the_moment_is_found(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    early = sample_now.replace(month=10, day=20)
    assert "CI-259" not in found(store, admin(store), early, "survey tool")


def test_scope_time_and_parts_narrow(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    asker = admin(store)
    nps = store.ref(asker, "key_result", "KR-NPS")
    query = NoteQuery(last=sample_now, scope=Scope(key_results=(nps.id,)), parts=("blockers",))
    assert [note.key for note in store.newest_notes(asker, query, 10)] == ["CI-259", "CI-217"]
    assert store.count_notes(asker, query, 100) == 2
    sales = store.ref(asker, "team", "sales")
    of_sales = store.newest_notes(asker, NoteQuery(last=sample_now, scope=Scope(teams=(sales.id,))), 200)
    teams = {row.record for row in of_sales}
    assert "KR-WIN-RATE" in teams
    assert "KR-NPS" not in teams


def test_a_damaged_index_is_noticed_survived_and_rebuilt(sample_store: Store, sample_now: datetime) -> None:
    asker = admin(sample_store)
    with sample_store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM note_words_data WHERE id > 9")
    candidates = sample_store.note_candidates(asker, NoteQuery(last=sample_now), terms("survey tool"))
    state = sample_store.notes_index()
    assert not candidates.indexed or not candidates.idents or not state.sound
    assert not state.sound
    sample_store.rebuild_notes()
    assert sample_store.notes_index().sound
    assert "CI-259" in found(sample_store, asker, sample_now, "survey tool")


def test_a_missing_index_leaves_the_newest_notes(sample_store: Store, sample_now: datetime) -> None:
    asker = admin(sample_store)
    with sample_store.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE note_words")
    candidates = sample_store.note_candidates(asker, NoteQuery(last=sample_now), terms("survey tool"))
    assert not candidates.indexed
    assert len(candidates.idents) > 300
    assert not sample_store.notes_index().sound
    sample_store.rebuild_notes()
    assert "CI-259" in found(sample_store, asker, sample_now, "survey tool")


def test_a_store_without_any_index_is_brought_up_to_date(sample_store_on_both: Store, sample_now: datetime) -> None:
    sample_store_on_both.rebuild_notes()
    assert sample_store_on_both.notes_index().missing == 0
    assert "CI-259" in found(sample_store_on_both, admin(sample_store_on_both), sample_now, "survey tool")


def test_very_many_rows_at_once_end_up_in_the_index(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    with store.database.write() as connection, filled_at_once(connection, 1_000_000):
        one = connection.execute(sa.select(check_ins).where(check_ins.c.key == "CI-300")).one()
        following = connection.execute(sa.select(sa.func.max(check_ins.c.id))).scalar_one() + 1
        new = {**one._mapping, "id": following, "key": "CI-NEW", "note": "The quibbelzat is out of tune."}
        connection.execute(sa.insert(check_ins).values(new))
    assert found(store, admin(store), sample_now, "quibbelzat") == ["CI-NEW"]
    assert store.notes_index().sound
    assert store.notes_index().missing == 0


@pytest.mark.parametrize(
    "words", ['"', "a AND OR NOT", "x'; DROP TABLE check_in;--", "(((", "*", "col:x", "🙂", "ł" * 300]
)
def test_no_words_break_the_search(sample_store_on_both: Store, sample_now: datetime, words: str) -> None:
    store = sample_store_on_both
    store.note_candidates(admin(store), NoteQuery(last=sample_now), terms(words))
    with store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one() > 0
