"""Prompts are files with named slots; what does not fit is refused, and each has a fingerprint."""

from __future__ import annotations

import pytest

import prompts
from prompts import PromptError

SLOTS = {
    "company": '"Acme"',
    "language": "English",
    "example": "x",
    "today": "Monday 2026-11-23",
    "name": '"Ana"',
    "team": "",
}


def test_a_prompt_is_filled_in_and_carries_its_fingerprint() -> None:
    one = prompts.load("ask", **SLOTS)
    other = prompts.load("ask", **(SLOTS | {"name": '"$company ${x}"'}))
    assert one.version == other.version
    assert one.version.startswith("ask@")
    assert "$company ${x}" in other.text
    assert one.text.endswith('You are talking to "Ana".')


@pytest.mark.parametrize("change", [{"surplus": "x"}, {"today": None}])
def test_a_missing_or_surplus_slot_is_an_error(change: dict[str, str | None]) -> None:
    slots = {name: value for name, value in (SLOTS | change).items() if value is not None}
    with pytest.raises(PromptError):
        prompts.load("ask", **slots)


@pytest.mark.parametrize("name", ["nothing", "../README", ""])
def test_there_is_no_other_prompt(name: str) -> None:
    with pytest.raises(PromptError):
        prompts.load(name)


def test_what_every_call_carries_stays_short() -> None:
    assert len(prompts.load("ask", **SLOTS).text) < 1_300
