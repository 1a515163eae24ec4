"""An update as a PDF: A4, our typeface, the two pictures, no link and nothing fetched."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from fpdf import FPDF, XPos, YPos

from assistant.telling.phrases import say
from assistant.updates.draft import Draft, Section, Sentence
from assistant.updates.lettering import FACES, FAMILY, face_file, printable
from assistant.updates.pictures import WIDTH, Picture, pictures
from assistant.updates.rendering import cited, subtitle

INK, SOFT, RULE = (29, 35, 48), (91, 101, 114), (228, 231, 236)
MARGIN = 20.0
LINE = 5.4
_STYLE = {"title": "B", "quote": "I"}


class _Page(FPDF):
    """A page with its number at the foot."""

    def footer(self) -> None:
        """The page's number, at the outer edge."""
        self.set_y(-14)
        self.set_font(FAMILY, "", 8.5)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"{self.page_no()}/{{nb}}", align="R")


def as_pdf(draft: Draft) -> bytes:
    """The draft as a PDF; the same draft gives the same file."""
    # It speaks of every table of a typeface that it leaves out.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    page = _Page(format="A4")
    for style in FACES:
        page.add_font(FAMILY, style, face_file(style))
    page.set_margins(MARGIN, MARGIN)
    page.set_auto_page_break(True, 20)
    page.set_title(printable(draft.title))
    page.set_author(printable(draft.company))
    page.set_lang(draft.language)
    # Each word is laid where it belongs, without the room that a cell has beside its text.
    page.c_margin = 0
    page.set_creation_date(datetime.fromisoformat(draft.as_of))
    page.add_page()
    _line(page, draft.title, 21, "B", 9)
    page.set_text_color(*SOFT)
    _line(page, subtitle(draft), 10.5, "", 6)
    page.ln(4)
    drawn = {made.name: made for made in pictures(draft)}
    for place, section in enumerate(draft.sections):
        _section(page, draft, section)
        if place == 0 and "pace" in drawn:
            _picture(page, drawn["pace"])
    if "movement" in drawn:
        _picture(page, drawn["movement"])
    if draft.rule:
        page.ln(3)
        page.set_text_color(*SOFT)
        _line(page, say(draft.language, "paper.foot", rule=draft.rule), 9, "", 5)
    return bytes(page.output())


def _line(page: FPDF, text: str, size: float, style: str, height: float) -> None:
    page.set_font(FAMILY, style, size)
    page.multi_cell(0, height, printable(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _section(page: FPDF, draft: Draft, section: Section) -> None:
    # A heading does not stand alone at the foot of a page.
    if page.will_page_break(24):
        page.add_page()
    page.ln(3)
    page.set_text_color(*INK)
    _line(page, section.title, 13, "B", 7)
    page.ln(0.5)
    leads = [run for one in section.sentences if not one.bullet for run in (*_runs(draft, one), _Run(" "))]
    if leads:
        _flow(page, leads, MARGIN)
        page.ln(1)
    for one in section.sentences:
        if one.bullet:
            if page.will_page_break(2 * LINE):
                page.add_page()
            page.set_fill_color(*SOFT)
            page.ellipse(MARGIN + 1, page.get_y() + 2.1, 1.1, 1.1, style="F")
            _flow(page, _runs(draft, one), MARGIN + 5)
            page.ln(1.2)


@dataclass(frozen=True, slots=True)
class _Run:
    """Some text in one face."""

    text: str
    style: str = ""
    size: float = 10.5
    colour: tuple[int, int, int] = INK


def _runs(draft: Draft, sentence: Sentence) -> list[_Run]:
    found = [_Run(text, _STYLE.get(kind, "")) for text, kind in sentence.pieces()]
    records = cited(draft, sentence) if sentence.bullet else []
    if records:
        found.append(_Run(f" [{', '.join(records)}]", size=8.5, colour=SOFT))
    if sentence.edited:
        found.append(_Run(f" ({say(draft.language, 'paper.edited').lower()})", size=8.5, colour=SOFT))
    return found


def _flow(page: FPDF, runs: list[_Run], left: float) -> None:
    """Set the runs as one paragraph, broken between words only, and go to the next line.

    Text that is written run by run would break a word that begins at the end of a line.
    """
    right = page.w - MARGIN
    page.set_x(left)
    for cluster in _clusters(runs):
        wide = sum(_width(page, run) for run in cluster)
        room = right - page.get_x()
        if wide > room and page.get_x() > left:
            page.ln(LINE)
            page.set_x(left)
            if not cluster[0].text.strip():
                continue
        for run in cluster:
            _put(page, run, left, right)
    page.ln(LINE)


def _clusters(runs: list[_Run]) -> Iterator[list[_Run]]:
    """The runs cut at their blanks: words whose letters change their face in the middle stay whole."""
    held: list[_Run] = []
    for run in runs:
        for part in re.split(r"( +)", printable(run.text)):
            if not part:
                continue
            if part.isspace():
                if held:
                    yield held
                    held = []
                yield [replace(run, text=" ")]
            else:
                held.append(replace(run, text=part))
    if held:
        yield held


def _width(page: FPDF, run: _Run) -> float:
    page.set_font(FAMILY, run.style, run.size)
    return float(page.get_string_width(run.text))


def _put(page: FPDF, run: _Run, left: float, right: float) -> None:
    page.set_text_color(*run.colour)
    wide = _width(page, run)
    rest = run.text
    while page.get_x() + wide > right + 0.01 and len(rest) > 1:
        # One word longer than a line.
        fits = max(1, int(len(rest) * (right - page.get_x()) / wide) - 1)
        page.cell(0, LINE, rest[:fits], new_x=XPos.RIGHT)
        page.ln(LINE)
        page.set_x(left)
        rest = rest[fits:]
        wide = _width(page, replace(run, text=rest))
    page.cell(wide, LINE, rest, new_x=XPos.RIGHT)


def _picture(page: FPDF, picture: Picture) -> None:
    high = page.epw * picture.height / WIDTH
    if page.will_page_break(high + 4):
        page.add_page()
    page.ln(3)
    page.image(BytesIO(picture.png), w=page.epw, alt_text=printable(picture.alt))
    page.ln(2)
