"""Names are found by their words on both databases, and words that very many bear are not read to the end."""

from __future__ import annotations

import sqlalchemy as sa

from okr.models import name_words
from okr.store import Store
from okr.store.naming import COMMON, MOST_READ


def bear(store: Store, **sizes: range) -> None:
    rows = [{"word": word, "kind": "task", "record_id": n} for word, ids in sizes.items() for n in ids]
    with store.database.write() as connection:
        connection.execute(sa.insert(name_words), rows)


def test_each_word_tells_who_bears_it(store: Store) -> None:
    bear(store, alpha=range(1, 4), beta=range(3, 5))
    found = store.bearing(["alpha", "beta", "gamma"])
    assert found == {
        "alpha": {("task", 1), ("task", 2), ("task", 3)},
        "beta": {("task", 3), ("task", 4)},
        "gamma": set(),
    }
    assert store.bearing([]) == {}
    assert store.borne(["alpha", "gamma", "beta", "alpha", 'it"s']) == {"alpha", "beta"}


def test_beside_a_rare_word_a_common_one_is_looked_for_among_its_bearers(store: Store) -> None:
    bear(store, rare=range(5, 8), common=range(6, COMMON + 10))
    found = store.bearing(["rare", "common"])
    assert found["rare"] == {("task", 5), ("task", 6), ("task", 7)}
    assert found["common"] == {("task", 6), ("task", 7)}


def test_of_common_words_alone_the_records_that_bear_most_of_them_are_found(store: Store) -> None:
    # Four bear all four words; two of the words are too common to be read.
    last = MOST_READ + 500
    bear(
        store,
        first=range(last - COMMON - 100, last + 1),
        second=range(last - 3, last + COMMON + 100),
        third=range(1, last + 1),
        fourth=range(300, last + 1),
    )
    found = store.bearing(["first", "second", "third", "fourth"])
    assert all(("task", last - n) in bearers for n in range(4) for bearers in found.values())
    assert all(len(bearers) <= COMMON // 4 for bearers in found.values())


def test_a_word_that_nearly_all_bear_gives_a_few(store: Store) -> None:
    bear(store, of=range(1, MOST_READ + 100))
    assert 0 < len(store.bearing(["of"])["of"]) <= COMMON // 4
