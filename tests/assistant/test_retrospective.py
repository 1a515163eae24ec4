"""The retrospective as a document: what it says stands in the records, in both languages and in every form."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant import retrospective
from assistant.cli import main
from assistant.updates.checking import doubts
from assistant.updates.draft import Draft
from assistant.updates.rendering import RENDERERS
from okr.store import Store
from okr.store.scope import Scope
from tools.context import TurnContext

ADMIN = "irena.maj@lumen.example"
LEAD = "ana.nowak@lumen.example"
AFTER = datetime(2027, 1, 2, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))


def made(store: Store, cycle: str, language: str, who: str = ADMIN) -> Draft:
    actor = replace(store.actor(who), language=language)
    turn = TurnContext(store, actor, store.company(), AFTER, language)
    closing = store.closing(actor, cycle, AFTER)
    lessons = retrospective.lessons_of(closing, turn, Scope())
    return retrospective.draft(closing, lessons, turn, "company", "the whole company")


def decided(store: Store) -> None:
    """A cycle with every kind of decision in it, with reasons that would like to be more than words."""
    admin, lead = store.actor(ADMIN), store.actor(LEAD)
    fields = {"key": "2027-Q1", "name": "Q1 2027", "start": "2027-01-01", "end": "2027-03-31", "state": "active"}
    store.create(admin, "cycle", fields, AFTER)
    store.score(lead, "KR-WIN-RATE", 0.5, AFTER)
    store.decide(lead, "KR-WIN-RATE", "carry_over", AFTER, into="2027-Q1", reason="**still** [matters](http://x.test)")
    changed = {"title": "Close deals in 20 days", "target": 20}
    store.decide(lead, "KR-DEAL-CYCLE", "change", AFTER, into="2027-Q1", values=changed)
    store.decide(lead, "KR-WIN-LOSS", "drop", AFTER, reason="Nobody read it.")


@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_sentence_holds_only_what_its_records_say(sample_store: Store, language: str) -> None:
    decided(sample_store)
    for cycle in ("2026-Q2", "2026-Q3", "2026-Q4"):
        found = made(sample_store, cycle, language)
        for section in found.sections:
            for one in section.sentences:
                assert one.facts
                assert doubts(one.text, [found.fact(ident) for ident in one.facts], found) == [], one.text


def test_a_changed_score_does_not_pass_the_checker(sample_store: Store) -> None:
    found = made(sample_store, "2026-Q3", "en")
    part = next(section for section in found.sections if section.key == "reached")
    one = part.sentences[0]
    assert "1.0" in one.text
    assert doubts(one.text.replace("1.0", "0.3"), [found.fact(ident) for ident in one.facts], found)


def test_what_goes_on_is_named_with_its_reason_and_nothing_of_it_is_alive(sample_store: Store) -> None:
    decided(sample_store)
    text = str(RENDERERS["md"](made(sample_store, "2026-Q4", "en")))
    assert "carried over; Ana Nowak, 2 January: “still matters” [KR-WIN-RATE, " in text
    assert "goes on changed as **Close deals in 20 days** [KR-DEAL-CYCLE, " in text
    assert "dropped; Ana Nowak, 2 January: “Nobody read it.” [KR-WIN-LOSS]" in text
    assert "http" not in text


def test_it_leaves_in_every_form(sample_store: Store) -> None:
    found = made(sample_store, "2026-Q3", "pl")
    for form, starts in {"docx": b"PK", "pptx": b"PK", "pdf": b"%PDF", "html": b"<!doctype", "md": b"# Retro"}.items():
        said = RENDERERS[form](found)
        assert (said.encode() if isinstance(said, str) else said).startswith(starts)
    assert "Przyczyny źródłowe" in str(RENDERERS["html"](found))


def test_the_command_writes_a_file_and_refuses_a_form_that_is_none(
    capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path
) -> None:
    begun = ["--home", str(sample_home), "--at", "2026-11-23T09:00+01:00", "retro", "2026-Q3", "--as", ADMIN]
    file = tmp_path / "retro.docx"
    assert main([*begun, "--out", str(file)]) == 0
    assert file.read_bytes().startswith(b"PK")
    assert main([*begun, "--format", "odt"]) == 2
    assert main([*begun, "--out", str(tmp_path / "none" / "retro.pdf")]) == 1
    assert "could not be written" in capfd.readouterr().err
