"""An offered option is chosen by number, id or words of its own, and by nothing less certain."""

from __future__ import annotations

import pytest

from assistant.choosing import chosen
from okr.language.frames import Clarify, Ref

NOWAKS = Clarify(
    "en",
    "Nowak",
    (
        Ref("person", 1, "ana@acme.test", "Ana Nowak"),
        Ref("person", 2, "michal@acme.test", "Michał Nowak"),
        Ref("key_result", 3, "KR-7", "Średni czas odpowiedzi"),
    ),
)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0),
        ("the first one", 0),
        ("Second, please", 1),
        ("drugi", 1),
        ("o tego pierwszego mi chodzi", 0),
        ("the last one", 2),
        ("Ana", 0),
        ("I mean Michal Nowak", 1),
        ("kr-7", 2),
        ("sredni czas odpowiedzi", 2),
        ("czas odpowiedzi", 2),
        ("Nowak", None),
        ("the fourth one", None),
        ("", None),
        ("?!", None),
        ("how is Ana Nowak doing and who owns the response time", None),
        ("which key result is most behind", None),
    ],
)
def test_what_the_words_pick(text: str, index: int | None) -> None:
    assert chosen(text, NOWAKS) == index


def test_nothing_is_picked_where_nothing_was_offered() -> None:
    assert chosen("1", Clarify("en", "x")) is None
