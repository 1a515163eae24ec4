"""The checker of an update's sentences: what it lets through, and that no change of a fact gets past it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from assistant.updates.checking import doubts
from assistant.updates.draft import Draft, Sentence
from assistant.updates.drafting import draft
from assistant.updates.wanted import Wanted
from okr.store import Store
from tools.context import TurnContext

IRENA = "irena.maj@lumen.example"
STATUSES = {
    "en": ("on track", "at risk", "off track", "completed"),
    "pl": ("zgodnie z planem", "zagrożony", "poza planem", "ukończony"),
}
MONTHS = {"en": ("November", "October", "March"), "pl": ("listopada", "października", "marca")}


@pytest.fixture(params=["en", "pl"])
def made(request: pytest.FixtureRequest, sample_store: Store, sample_now: datetime) -> Draft:
    irena = sample_store.actor(IRENA)
    turn = TurnContext(sample_store, irena, sample_store.company(), sample_now, "en")
    return draft(turn, Wanted(("company",), "team", "last-week", str(request.param), "long"))


def said(made: Draft) -> Iterator[Sentence]:
    for section in made.sections:
        yield from section.sentences


def checked(text: str, one: Sentence, made: Draft) -> list[str]:
    return [doubt.kind for doubt in doubts(text, [made.fact(ident) for ident in one.facts], made)]


def test_what_is_written_from_facts_is_sound(made: Draft) -> None:
    assert {one.text: checked(one.text, one, made) for one in said(made)} == {one.text: [] for one in said(made)}


def _bare(one: Sentence) -> Iterator[tuple[int, str]]:
    """The places of a sentence's own words: outside of titles, quotations and names."""
    at = 0
    for text, kind in one.pieces():
        if not kind:
            yield at, text
        at += len(text)


def test_no_changed_number_gets_past(made: Draft) -> None:
    tried = missed = 0
    for one in said(made):
        for start, text in _bare(one):
            for found in re.finditer(r"\d+(?:[.,]\d+)?", text):
                if found.group() == "5":
                    continue
                whole, mark, part = found.group().replace(",", ".").partition(".")
                for other in (f"{int(whole) + 37}{mark}{part}", f"{int(whole) + 3}.4", f"1{whole}{mark}{part}"):
                    written = other.replace(".", "," if made.language == "pl" else ".")
                    place = start + found.start()
                    changed = one.text[:place] + written + one.text[start + found.end() :]
                    tried += 1
                    missed += not checked(changed, one, made)
    assert tried > 200
    assert missed == 0


def test_no_changed_date_gets_past(made: Draft) -> None:
    this, other, third = MONTHS[made.language]
    tried = 0
    for one in said(made):
        for start, text in _bare(one):
            for found in re.finditer(rf"\d{{1,2}} (?:{this}|{other})", text):
                for changed in (found.group().split()[0] + f" {third}", f"31 {found.group().split()[1]}"):
                    place = start + found.start()
                    lie = one.text[:place] + changed + one.text[start + found.end() :]
                    tried += 1
                    assert "date" in checked(lie, one, made), lie
    assert tried > 40


def test_no_swapped_name_gets_past(made: Draft) -> None:
    names = sorted({name for fact in made.facts for name in fact.names})
    tried = 0
    for one in said(made):
        own = {name for ident in one.facts for name in made.fact(ident).names}
        for name in own:
            if not re.search(rf"{re.escape(name)}(?=[,)])", one.text):
                continue
            stranger = next(other for other in names if other not in own)
            lie = re.sub(rf"{re.escape(name)}(?=[,)])", stranger, one.text)
            tried += 1
            assert "name" in checked(lie, one, made), lie
    assert tried > 30


def test_no_added_status_gets_past(made: Draft) -> None:
    tried = 0
    for one in said(made):
        values = [made.fact(ident).values for ident in one.facts]
        held = {str(v) for each in values for v in each.values()} | {name for each in values for name in each}
        for status, words in zip(
            ("on_track", "at_risk", "off_track", "completed"), STATUSES[made.language], strict=True
        ):
            if status not in held:
                tried += 1
                assert "status" in checked(f"{one.text} {words}.", one, made), one.text
    assert tried > 100


def test_no_invented_quotation_gets_past(made: Draft) -> None:
    quoted = [one for one in said(made) if any(kind == "quote" for _, kind in one.pieces())]
    assert len(quoted) > 10
    for one in quoted:
        lie = re.sub(r"([“„])[^”]*”", r"\1Everything is fine”", one.text)
        assert checked(lie, one, made) == ["quote"]


def test_a_number_counts_in_its_own_unit(made: Draft) -> None:
    one = next(iter(said(made)))
    (head,) = (made.fact(ident) for ident in one.facts)
    count = int(head.values["count"])
    unit = {"en": "%", "pl": "\u00a0%"}[made.language]
    assert "number" in checked(f"{count}{unit}", one, made)
    assert checked(f"{count}", one, made) == []
