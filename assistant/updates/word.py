"""An update as a Word document: headings and lists of the program's own styles, and the two pictures."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from assistant.telling.phrases import say
from assistant.updates.draft import Draft, Sentence
from assistant.updates.pictures import Picture, pictures
from assistant.updates.rendering import cited, subtitle

INK, SOFT = RGBColor(0x1D, 0x23, 0x30), RGBColor(0x5B, 0x65, 0x72)
# A typeface that every such program has and that knows the letters of both languages.
FONT = "Calibri"
WIDE = Cm(17)
_LANGUAGES = {"en": "en-GB", "pl": "pl-PL"}


def as_docx(draft: Draft) -> bytes:
    """The draft as a Word document."""
    paper = docx.Document()
    _styled(paper, draft.language)
    moment = datetime.fromisoformat(draft.as_of).astimezone(UTC).replace(tzinfo=None)
    paper.core_properties.title = draft.title
    paper.core_properties.author = draft.company
    paper.core_properties.created = paper.core_properties.modified = moment
    paper.add_heading(draft.title, 0)
    _small(paper.add_paragraph(), subtitle(draft))
    drawn = {made.name: made for made in pictures(draft)}
    for place, section in enumerate(draft.sections):
        paper.add_heading(section.title, 1)
        leads = [one for one in section.sentences if not one.bullet]
        if leads:
            lead = paper.add_paragraph()
            for number, one in enumerate(leads):
                if number:
                    lead.add_run(" ")
                _said(lead, draft, one, ids=False)
        for one in section.sentences:
            if one.bullet:
                _said(paper.add_paragraph(style="List Bullet"), draft, one, ids=True)
        if place == 0 and "pace" in drawn:
            _picture(paper, drawn["pace"])
    if "movement" in drawn:
        _picture(paper, drawn["movement"])
    if draft.rule:
        _small(paper.add_paragraph(), say(draft.language, "paper.foot", rule=draft.rule))
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _styled(paper: Paper, language: str) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (("Normal", 10.5), ("List Bullet", 10.5), ("Title", 20), ("Heading 1", 13)):
        style = paper.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # Headings name a typeface of the theme, which would win over this one.
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
    normal = paper.styles["Normal"].element.get_or_add_rPr()
    spoken = normal.makeelement(qn("w:lang"), {qn("w:val"): _LANGUAGES[language]})
    normal.append(spoken)


def _said(paragraph: Paragraph, draft: Draft, sentence: Sentence, *, ids: bool) -> None:
    for text, kind in sentence.pieces():
        run = paragraph.add_run(text)
        run.bold, run.italic = kind == "title" or None, kind == "quote" or None
    records = cited(draft, sentence) if ids else []
    if records:
        _small(paragraph, f" [{', '.join(records)}]")
    if sentence.edited:
        _small(paragraph, f" ({say(draft.language, 'paper.edited').lower()})")


def _small(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8.5), SOFT


def _picture(paper: Paper, picture: Picture) -> None:
    drawn = paper.add_picture(BytesIO(picture.png), width=WIDE)
    # What a screen reader says in its place.
    drawn._inline.docPr.set("descr", picture.alt)
