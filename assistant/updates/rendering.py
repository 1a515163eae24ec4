"""An update in a form that is sent: each renderer takes the draft and nothing else.

A further form is one more function in `RENDERERS`; the draft gives it sections, sentences in pieces (`pieces`), and
the records that a sentence names (`cited`).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from datetime import date, datetime
from importlib import import_module

import orjson

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import plain, unlinked
from assistant.updates.draft import Draft, Sentence

_INK, _SOFT, _LINE, _ACCENT = "#1d2330", "#667085", "#e4e7ec", "#3457d5"
_BODY = f"font:16px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif;color:{_INK};max-width:680px;margin:24px auto"


def subtitle(draft: Draft) -> str:
    """For whom it is and as of when, in words."""
    language, moment = draft.language, datetime.fromisoformat(draft.as_of)
    day = formats.day(moment.date(), language, date.min)
    as_of = say(language, "update.as_of", date=day, time=f"{moment:%H:%M}")
    return f"{say(language, f'update.for_{draft.audience}')}, {as_of}"


def cited(draft: Draft, sentence: Sentence) -> list[str]:
    """The ids of the records that the sentence is about, and of the check-in that it quotes."""
    found: dict[str, None] = {}
    for ident in sentence.facts:
        fact = draft.fact(ident)
        if fact.title:
            found[fact.record] = None
        if fact.quote is not None:
            found[fact.quote.id] = None
    return list(found)


def as_markdown(draft: Draft) -> str:
    """The draft as Markdown in which nobody's text formats, links or loads anything."""
    parts = [f"# {plain(draft.title)}", f"*{plain(subtitle(draft))}*"]
    for section in draft.sections:
        parts.append(f"## {plain(section.title)}")
        lead = " ".join(_markdown(draft, one) for one in section.sentences if not one.bullet)
        items = [f"- {_markdown(draft, one)}" for one in section.sentences if one.bullet]
        parts += [part for part in (lead, "\n".join(items)) if part]
    return "\n\n".join(parts) + "\n"


def _markdown(draft: Draft, sentence: Sentence) -> str:
    said = "".join(f"**{_inline(text)}**" if kind == "title" else _inline(text) for text, kind in sentence.pieces())
    ids = cited(draft, sentence) if sentence.bullet else []
    return f"{said} [{', '.join(plain(one, 80) for one in ids)}]" if ids else said


def _inline(text: str) -> str:
    # `plain` takes the blanks at the ends away, which stand between two pieces here.
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}{plain(text)}{after}" if text.strip() else text


def as_html(draft: Draft) -> str:
    """The draft as a page or a mail of its own: nothing is fetched, every text is escaped."""
    parts = [
        f'<h1 style="font-size:24px;line-height:1.25;margin:0 0 4px">{_escaped(draft.title)}</h1>',
        f'<p style="color:{_SOFT};font-size:14px;margin:0 0 20px">{html.escape(subtitle(draft))}</p>',
        _bar(draft),
    ]
    for section in draft.sections:
        parts.append(f'<h2 style="font-size:17px;margin:24px 0 8px">{_escaped(section.title)}</h2>')
        lead = " ".join(_html(draft, one) for one in section.sentences if not one.bullet)
        items = "".join(
            f'<li style="margin:0 0 8px">{_html(draft, one)}</li>' for one in section.sentences if one.bullet
        )
        parts.append(f'<p style="margin:0 0 8px">{lead}</p>' if lead else "")
        parts.append(f'<ul style="margin:0;padding-left:20px">{items}</ul>' if items else "")
    body = "\n".join(part for part in parts if part)
    return (
        f'<!doctype html>\n<html lang="{draft.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(draft.title)}</title>\n</head>\n"
        f'<body style="margin:0;padding:0 16px"><div style="{_BODY}">\n{body}\n</div></body>\n</html>\n'
    )


def _escaped(text: str) -> str:
    # A mail program makes a link of every address that it finds.
    return html.escape(unlinked(text))


def _html(draft: Draft, sentence: Sentence) -> str:
    said = ""
    for text, kind in sentence.pieces():
        shown = _escaped(text)
        said += f"<strong>{shown}</strong>" if kind == "title" else f"<em>{shown}</em>" if kind == "quote" else shown
    ids = cited(draft, sentence) if sentence.bullet else []
    if ids:
        said += f' <span style="color:{_SOFT};font-size:12px">[{html.escape(", ".join(ids))}]</span>'
    return said


def _bar(draft: Draft) -> str:
    """Progress as a bar, with a line where the pace would have it; empty without progress."""
    head = next((fact for fact in draft.facts if fact.kind == "headline" and "progress" in fact.values), None)
    if head is None:
        return ""
    done = min(max(float(head.values["progress"]), 0.0), 1.0)
    tick = ""
    if "expected" in head.values:
        left = min(max(float(head.values["expected"]), 0.0), 1.0)
        tick = f'<div style="position:absolute;left:{left:.1%};top:-3px;width:2px;height:16px;background:{_INK}"></div>'
    return (
        f'<div style="position:relative;height:10px;background:{_LINE};border-radius:5px;margin:0 0 8px">'
        f'<div style="width:{done:.1%};height:10px;background:{_ACCENT};border-radius:5px"></div>{tick}</div>'
    )


def as_text(draft: Draft) -> str:
    """The draft as plain lines, for messages that show no formatting."""
    lines = [subtitle(draft)]
    for section in draft.sections:
        lines += ["", section.title]
        lead = " ".join(one.text for one in section.sentences if not one.bullet)
        lines += [lead] if lead else []
        lines += [f"- {one.text}" for one in section.sentences if one.bullet]
    return "\n".join(lines)


def as_json(draft: Draft) -> str:
    """The contract's draft document on one line."""
    return orjson.dumps(draft.document()).decode() + "\n"


def _in(module: str) -> Callable[[Draft], str | bytes]:
    """The renderer of the same form in a module of its own, loaded when somebody wants it."""

    def made(draft: Draft) -> str | bytes:
        renderer: Callable[[Draft], str | bytes] = getattr(import_module(f"assistant.updates.{module}"), _ENTRY[module])
        return renderer(draft)

    return made


_ENTRY = {"word": "as_docx", "pdf": "as_pdf", "slides": "as_pptx", "slack": "as_slack"}
RENDERERS: Mapping[str, Callable[[Draft], str | bytes]] = {
    "md": as_markdown,
    "html": as_html,
    "text": as_text,
    "json": as_json,
    "docx": _in("word"),
    "pdf": _in("pdf"),
    "pptx": _in("slides"),
    "slack": _in("slack"),
}
