"""A question survives being kept: what comes back is the frame that went in."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from okr.language.frame_json import clarify_from_json, clarify_to_json, frame_from_json, frame_to_json
from okr.language.frames import Ask, Clarify, Filters, Frame, Ref, When

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
WORDS = st.text(max_size=12)
REFS = st.builds(Ref, WORDS, st.integers(1, 10**6), WORDS, WORDS)
WHENS = st.builds(When, DAYS, DAYS, st.booleans(), WORDS)


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type, so that a field added later is tried as well."""
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: WORDS,
        int: st.integers(0, 99),
        float: st.floats(allow_nan=False, allow_infinity=False),
        bool: st.booleans(),
        type(None): st.none(),
        Ref: REFS,
        When: WHENS,
        Ask: st.sampled_from(Ask),
    }
    if kind in known:
        return known[kind]
    if kind is Filters:
        return st.builds(Filters, **{f.name: any_of(get_type_hints(Filters)[f.name]) for f in fields(Filters)})
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        if inner[-1] is Ellipsis:
            return st.lists(any_of(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(any_of, inner))
    return st.one_of(*map(any_of, inner))


FRAMES = st.builds(Frame, **{f.name: any_of(get_type_hints(Frame)[f.name]) for f in fields(Frame)})


@given(FRAMES)
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    assert frame_from_json(json.loads(json.dumps(frame_to_json(frame)))) == frame


@given(st.builds(Clarify, st.sampled_from(["en", "pl"]), WORDS, st.lists(REFS, max_size=2).map(tuple), st.just(())))
def test_a_question_back_comes_back_as_it_was(question: Clarify) -> None:
    assert clarify_from_json(json.loads(json.dumps(clarify_to_json(question)))) == question


def test_a_plain_frame_is_kept_short() -> None:
    assert frame_to_json(Frame(Ask.HELP, "en")) == {"ask": "help", "language": "en"}


def test_what_another_version_wrote_is_forgotten() -> None:
    kept: list[object] = [None, [], "rank", {}, {"ask": "sing", "language": "en"}, {"ask": "rank", "x": 1}]
    kept.append({"ask": "rank", "language": "en", "when": {"first": "yesterday"}})
    assert [frame_from_json(one) for one in kept] == [None] * len(kept)
    assert clarify_from_json({"readings": 1}) is None
