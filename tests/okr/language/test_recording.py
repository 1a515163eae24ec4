"""Sentences that want something recorded, and all the others, which want an answer or a rule."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from okr.language.recording import read_recording

DATA = Path(__file__).parents[2] / "data"
TODAY = date(2026, 11, 23)
# Of all questions and rules that we keep, these tell us to record something; their rights decide.
ORDERS = {
    "set churn to 5", "please update NPS to 45", "mark T-8 as done", "zmien target churnu na 2",
    # They name no record.
    "kr z pewnoscia 1", "KR-1 is at risk", "KR-1 jest zagrożony",
}  # fmt: skip


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("line", lines("recordings.jsonl"), ids=lambda line: str(line["text"])[:40])
def test_a_sentence_is_cut_up_as_it_is_meant(line: dict[str, Any]) -> None:
    found = read_recording(line["text"], TODAY)
    if line["act"] is None:
        assert found is None
        return
    assert found is not None
    assert (found.act, found.name, dict(found.values)) == (line["act"], line["name"], line["values"])
    assert found.language == line["language"]
    assert (found.on.isoformat() if found.on else None) == line.get("on")
    assert found.text[found.start : found.end] == found.name


@pytest.mark.parametrize(
    "name", ["questions_en.jsonl", "questions_pl.jsonl", "rules_own.jsonl", "rules_development.jsonl"]
)
def test_questions_stay_questions_and_rules_stay_rules(name: str) -> None:
    asked = [str(line.get("question") or line.get("text")) for line in lines(name)]
    assert asked
    # Those only shaped like a check-in name no record; that no card comes of them is tested with a store.
    assert {text for text in asked if (found := read_recording(text, TODAY)) is not None and found.sure} <= ORDERS


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 5_000, "is " * 600, "52, " * 400, "\0", "; DROP TABLE x;--", ":" * 900]
)
def test_no_text_is_too_odd(text: str) -> None:
    assert read_recording(text, TODAY) is None
