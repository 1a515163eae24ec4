"""The documents that an update leaves in: opened again, and read as the person who gets them would."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from PIL import Image, ImageStat
from pptx import Presentation

from assistant.cli import main
from assistant.updates.draft import Draft, Fact, Section, marked
from assistant.updates.drafting import draft
from assistant.updates.lettering import printable
from assistant.updates.pictures import pictures
from assistant.updates.rendering import RENDERERS
from assistant.updates.slack import MOST
from assistant.updates.wanted import Wanted
from okr.store import Store
from tools.context import TurnContext

AT = datetime.fromisoformat("2026-11-23T09:00:00+01:00")
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> *bold* <!channel> https://evil.test/x"


def update(store: Store, language: str, scope: str = "company") -> Draft:
    actor = store.actor("lena.fischer@lumen.example")
    turn = TurnContext(store, actor, store.company(), AT, language)
    return draft(turn, Wanted((scope,), "leadership", "this-week", language).checked())


def made(told: Draft, form: str) -> bytes:
    found = RENDERERS[form](told)
    return found.encode() if isinstance(found, str) else found


def squeezed(text: str) -> str:
    """The text without what a line break may do to it."""
    return re.sub(r"[\s\u00a0\u00ad\ufffe-]+", "", text)


def sentences(told: Draft) -> list[str]:
    return [one.text for section in told.sections for one in section.sentences]


def seen(image: Image.Image) -> float:
    """How much there is on a picture: the spread of its greys."""
    return float(ImageStat.Stat(image.convert("L")).stddev[0])


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_pdf_shows_every_sentence_and_its_pictures(sample_store: Store, language: str) -> None:
    told = update(sample_store, language)
    paper = pypdfium2.PdfDocument(made(told, "pdf"))
    text = squeezed("".join(page.get_textpage().get_text_range() for page in paper))
    for sentence in [told.title, *(section.title for section in told.sections), *sentences(told)]:
        assert squeezed(sentence) in text
    assert all(seen(page.render(scale=0.5).to_pil()) > 5 for page in paper)
    drawn = [thing for page in paper for thing in page.get_objects() if thing.type == 3]
    assert len(drawn) == len(pictures(told)) == 2


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_word_document_shows_every_sentence_and_its_pictures(sample_store: Store, language: str) -> None:
    told = update(sample_store, language)
    paper = docx.Document(BytesIO(made(told, "docx")))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    for sentence in [told.title, *(section.title for section in told.sections), *sentences(told)]:
        assert sentence in text
    shapes: Any = paper.inline_shapes
    assert [shape._inline.docPr.get("descr") for shape in shapes] == [each.alt for each in pictures(told)]
    images = [part.blob for part in paper.part.package.parts if part.content_type == "image/png"]
    assert len(images) == 2
    assert all(seen(Image.open(BytesIO(image))) > 5 for image in images)


def test_slides_are_one_a_section_and_one_for_each_picture(sample_store: Store) -> None:
    told = update(sample_store, "pl")
    shown = Presentation(BytesIO(made(told, "pptx")))
    assert len(shown.slides) == 1 + len(told.sections) + 2
    text = "\n".join(shape.text_frame.text for slide in shown.slides for shape in slide.shapes if shape.has_text_frame)
    for section in told.sections:
        assert section.title in text
        assert section.sentences[0].text in text


def test_a_slack_text_stays_within_the_limit_and_says_what_it_left_away(sample_store: Store) -> None:
    told = update(sample_store, "en")
    whole = RENDERERS["slack"](told)
    assert isinstance(whole, str)
    assert whole.startswith(f"*{told.title}*")
    long = replace(told, sections=told.sections * 4)
    cut = RENDERERS["slack"](long)
    assert isinstance(cut, str)
    assert len(cut) <= MOST
    left = re.search(r"and (\d+) more$", cut.strip())
    assert left is not None
    items = cut.count("\n• ")
    assert items + int(left[1]) <= sum(len(section.sentences) for section in long.sections)


@pytest.mark.parametrize("form", sorted(set(RENDERERS) - {"json"}))
def test_what_somebody_typed_does_nothing_in_any_form(form: str) -> None:
    fact = Fact("F1", "off_track", {"status": "off_track", "progress": 0.1, "expected": 0.5, "gap": 0.4}, ("KR-1",),
                "KR-1", HOSTILE)  # fmt: skip
    told = Draft(
        scope="company", audience="team", language="en", period={}, as_of="2026-11-23T09:00:00+01:00", title=HOSTILE,
        company=HOSTILE, facts=(fact,), sections=(Section("off_track", HOSTILE, (marked(HOSTILE, ("F1",)),)),),
    )  # fmt: skip
    found = made(told, form)
    if form in ("md", "html", "slack"):
        text = found.decode()
        for sign in ("<script", "<!channel>", "https://"):
            assert sign not in text.replace("\\<", "‹")
    if form == "pdf":
        assert b"/URI" not in found
        assert b"/JavaScript" not in found
    if form == "docx":
        paper = docx.Document(BytesIO(found))
        assert not [rel for rel in paper.part.rels.values() if rel.is_external]


def test_signs_that_the_typeface_lacks_lose_their_accents_or_become_question_marks() -> None:
    assert printable("Zażółć gęślą jaźń") == "Zażółć gęślą jaźń"
    assert printable("三 ṩ") == "? s"


def test_a_draft_without_figures_has_no_picture_and_still_becomes_every_document() -> None:
    told = Draft(
        scope="company", audience="team", language="pl", period={}, as_of="2026-11-23T09:00:00+01:00", title="Nic",
        company="Nic", sections=(Section("headline", "W skrócie", (marked("Nie ma czego opisać.", ()),)),),
    )  # fmt: skip
    assert pictures(told) == []
    for form in RENDERERS:
        assert made(told, form)


def test_the_command_writes_a_document_into_a_file(sample_home: Path, tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "update.docx"
    asked = ["draft", "team:sales", "--as", "lena.fischer@lumen.example", "--at", AT.isoformat(), "--out", str(file)]
    assert main(["--home", str(sample_home), *asked]) == 0
    assert docx.Document(str(file)).paragraphs[0].text.startswith("Sales")
    assert capfd.readouterr().out == ""
    assert main(["--home", str(sample_home), *asked[:-1], str(tmp_path / "nowhere" / "update.docx")]) == 1
    assert "nowhere" in capfd.readouterr().err
