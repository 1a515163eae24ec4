"""An update as slides: one a section, and one for each picture."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Cm, Pt

from assistant.telling.phrases import say
from assistant.updates.draft import Draft, Section, Sentence
from assistant.updates.pictures import WIDTH, Picture, pictures
from assistant.updates.rendering import cited, subtitle

# The library names no types for colours.
_colour: Any = RGBColor.from_string
INK, SOFT = _colour("1D2330"), _colour("5B6572")
FONT = "Calibri"
WIDE, HIGH, EDGE = Cm(33.867), Cm(19.05), Cm(2)
# More does not fit on a slide at a size that is read from the back of a room.
MOST_ITEMS = 6
_BLANK = 6


def as_pptx(draft: Draft) -> bytes:
    """The draft as a presentation."""
    shown: Any = Presentation()
    shown.slide_width, shown.slide_height = WIDE, HIGH
    moment = datetime.fromisoformat(draft.as_of).astimezone(UTC).replace(tzinfo=None)
    shown.core_properties.title, shown.core_properties.author = draft.title, draft.company
    shown.core_properties.created = shown.core_properties.modified = moment
    slide = shown.slides.add_slide(shown.slide_layouts[_BLANK])
    _text(slide, draft.title, Cm(7), Cm(3), 40, bold=True)
    _text(slide, subtitle(draft), Cm(10.5), Cm(1.5), 18, colour=SOFT)
    drawn = {made.name: made for made in pictures(draft)}
    for place, section in enumerate(draft.sections):
        _section(shown, draft, section)
        if place == 0 and "pace" in drawn:
            _picture(shown, drawn["pace"])
    if "movement" in drawn:
        _picture(shown, drawn["movement"])
    kept = BytesIO()
    shown.save(kept)
    return kept.getvalue()


def _text(slide: Any, text: str, top: int, height: int, size: int, *, bold: bool = False, colour: Any = INK) -> None:
    frame = slide.shapes.add_textbox(EDGE, top, WIDE - 2 * EDGE, height).text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    _run(frame.paragraphs[0], text, size, bold=bold, colour=colour)


def _run(paragraph: Any, text: str, size: int, *, bold: bool = False, italic: bool = False, colour: Any = INK) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.name, run.font.size, run.font.color.rgb = FONT, Pt(size), colour
    run.font.bold, run.font.italic = bold, italic


def _section(shown: Any, draft: Draft, section: Section) -> None:
    slide = shown.slides.add_slide(shown.slide_layouts[_BLANK])
    _text(slide, section.title, Cm(1.4), Cm(2), 30, bold=True)
    frame = slide.shapes.add_textbox(EDGE, Cm(4.2), WIDE - 2 * EDGE, HIGH - Cm(5.6)).text_frame
    frame.word_wrap = True
    leads = [one for one in section.sentences if not one.bullet]
    items = [one for one in section.sentences if one.bullet]
    paragraph = frame.paragraphs[0]
    for one in leads:
        _said(paragraph, draft, one, 20)
        _run(paragraph, " ", 20)
    paragraph.space_after = Pt(10)
    for number, one in enumerate(items[:MOST_ITEMS]):
        line = paragraph if not leads and number == 0 else frame.add_paragraph()
        _run(line, "•  ", 18, colour=SOFT)
        _said(line, draft, one, 18)
        line.space_after = Pt(10)
    if left := len(items) - MOST_ITEMS:
        if left > 0:
            _run(frame.add_paragraph(), say(draft.language, "paper.more", count=str(left)), 16, colour=SOFT)


def _said(paragraph: Any, draft: Draft, sentence: Sentence, size: int) -> None:
    for text, kind in sentence.pieces():
        _run(paragraph, text, size, bold=kind == "title", italic=kind == "quote")
    records = cited(draft, sentence) if sentence.bullet else []
    if records:
        _run(paragraph, f"  {', '.join(records)}", 11, colour=SOFT)


def _picture(shown: Any, picture: Picture) -> None:
    slide = shown.slides.add_slide(shown.slide_layouts[_BLANK])
    width = WIDE - 2 * EDGE
    height = int(width * picture.height / WIDTH)
    if height > HIGH - 2 * EDGE:
        height = HIGH - 2 * EDGE
        width = int(height * WIDTH / picture.height)
    drawn = slide.shapes.add_picture(BytesIO(picture.png), EDGE, int((HIGH - height) / 2), width, height)
    drawn._element.nvPicPr.cNvPr.set("descr", picture.alt)
