"""A status update as a value: numbered facts, sentences that rest on them, and what is missing.

Renderers take a `Draft` (or the same from a stored document by `from_document`) and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.engine import NO_TOKENS

Document = dict[str, Any]
Figures = Mapping[str, float | int | str]

# Around a title, a quotation and a name in a sentence's pattern; `safe.visible` lets nobody's text bring such signs.
TITLE, QUOTE, NAME, END = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKED = re.compile(f"([{TITLE}{QUOTE}{NAME}])([^{END}]*){END}")
_KINDS = {TITLE: "title", QUOTE: "quote", NAME: "name"}


@dataclass(frozen=True, slots=True)
class Quote:
    """What a check-in says, made harmless and perhaps cut: the check-in's key, its author's name, its day (ISO)."""

    id: str
    author: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is recorded, or follows from what is.

    `values` can be recomputed from the records in `sources` by the contract's definitions. What else a sentence
    may say stands beside them: the `title` of the record, the `names` of people and teams, `dates` by name,
    what somebody wrote (`quote`), a status at an earlier moment (`then`), a `unit`.
    """

    id: str
    kind: str
    values: Figures
    sources: tuple[str, ...]
    record: str = ""
    title: str = ""
    names: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    quote: Quote | None = None
    then: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""

    def document(self) -> Document:
        """The fact as it stands in the draft document; what is empty is left out."""
        found: Document = {"id": self.id, "kind": self.kind, "values": dict(self.values), "sources": list(self.sources)}
        for name in ("record", "title", "unit"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if self.names:
            found["names"] = list(self.names)
        if self.dates:
            found["dates"] = dict(self.dates)
        if self.then:
            found["then"] = dict(self.then)
        if self.quote is not None:
            quote = self.quote
            found["quote"] = {"id": quote.id, "author": quote.author, "date": quote.date, "text": quote.text}
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a sentence that is a title, a quotation or a name."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is said, in one or more sentences, with the ids of the facts it rests on.

    A sentence that somebody wrote by hand is `edited`: no checker vouches for it. `bullet` ones are items of a list.
    """

    text: str
    facts: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    bullet: bool = True
    edited: bool = False

    def document(self) -> Document:
        """The sentence as it stands in the draft document."""
        found: Document = {"text": self.text, "facts": list(self.facts), "bullet": self.bullet}
        if self.marks:
            found["marks"] = [[mark.first, mark.last, mark.kind] for mark in self.marks]
        if self.edited:
            found["edited"] = True
        return found

    def pieces(self) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with its kind: title, quote, name, or empty for plain words."""
        at = 0
        for mark in self.marks:
            if mark.first > at:
                yield self.text[at : mark.first], ""
            yield self.text[mark.first : mark.last], mark.kind
            at = mark.last
        if at < len(self.text):
            yield self.text[at:], ""


def marked(pattern_filled: str, facts: tuple[str, ...], *, bullet: bool = True) -> Sentence:
    """The sentence of a filled pattern, with the signs around titles, quotations and names taken out."""
    text, marks, at = "", [], 0
    for found in _MARKED.finditer(pattern_filled):
        text += pattern_filled[at : found.start()]
        marks.append(Mark(len(text), len(text) + len(found[2]), _KINDS[found[1]]))
        text += found[2]
        at = found.end()
    text += pattern_filled[at:]
    return Sentence(text, facts, tuple(marks), bullet)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an update under its title."""

    key: str
    title: str
    sentences: tuple[Sentence, ...]

    def document(self) -> Document:
        """The section as it stands in the draft document."""
        return {"key": self.key, "title": self.title, "sentences": [one.document() for one in self.sentences]}


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole update. `written_by` is templates or model:NAME; moments are ISO text in the company's zone."""

    scope: str
    audience: str
    language: str
    period: Mapping[str, str]
    as_of: str
    title: str
    company: str
    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    missing: tuple[Mapping[str, str], ...] = ()
    since: Mapping[str, Any] = field(default_factory=lambda: {"draft": None, "changes": []})
    rule: str = ""
    length: str = "normal"
    compared_with: str | None = None
    written_by: str = "templates"
    tokens: Mapping[str, int] = field(default_factory=lambda: dict(NO_TOKENS))
    ms: float = 0.0
    notice: str = ""

    def document(self) -> Document:
        """The contract's draft document."""
        found: Document = {
            "scope": self.scope,
            "audience": self.audience,
            "language": self.language,
            "period": dict(self.period),
            "as_of": self.as_of,
            "written_by": self.written_by,
            "title": self.title,
            "company": self.company,
            "facts": [fact.document() for fact in self.facts],
            "sections": [section.document() for section in self.sections],
            "missing": [dict(one) for one in self.missing],
            "since": dict(self.since),
            "rule": self.rule,
            "length": self.length,
            "compared_with": self.compared_with,
            "tokens": dict(self.tokens),
            "ms": self.ms,
        }
        if self.notice:
            found["notice"] = self.notice
        return found

    def fact(self, ident: str) -> Fact:
        """The fact with that id; KeyError for none."""
        for one in self.facts:
            if one.id == ident:
                return one
        raise KeyError(ident)

    def words(self) -> int:
        """How many words its sentences and headings have."""
        said = [self.title, *(section.title for section in self.sections)]
        said += [one.text for section in self.sections for one in section.sentences]
        return sum(len(text.split()) for text in said)

    def edited(self, section: str, index: int, text: str) -> Draft:
        """The draft with one sentence rewritten by hand, which loses its lock; an empty text takes it out."""
        sections = []
        for one in self.sections:
            sentences = list(one.sentences)
            if one.key == section:
                if text.strip():
                    sentences[index] = replace(sentences[index], text=text.strip(), marks=(), edited=True)
                else:
                    del sentences[index]
            sections.append(replace(one, sentences=tuple(sentences)))
        return replace(self, sections=tuple(sections))


def from_document(document: Document) -> Draft:
    """The draft that a document was made of, as it is kept in the store; KeyError for one of another form."""
    return Draft(
        scope=document["scope"],
        audience=document["audience"],
        language=document["language"],
        period=document["period"],
        as_of=document["as_of"],
        title=document["title"],
        company=document["company"],
        facts=tuple(_fact(one) for one in document["facts"]),
        sections=tuple(
            Section(one["key"], one["title"], tuple(_sentence(said) for said in one["sentences"]))
            for one in document["sections"]
        ),
        missing=tuple(document["missing"]),
        since=document["since"],
        rule=document["rule"],
        length=document["length"],
        compared_with=document["compared_with"],
        written_by=document["written_by"],
        tokens=document["tokens"],
        ms=document["ms"],
        notice=document.get("notice", ""),
    )


def _fact(one: Document) -> Fact:
    quote = one.get("quote")
    return Fact(
        id=one["id"],
        kind=one["kind"],
        values=one["values"],
        sources=tuple(one["sources"]),
        record=one.get("record", ""),
        title=one.get("title", ""),
        names=tuple(one.get("names", ())),
        dates=one.get("dates", {}),
        quote=None if quote is None else Quote(quote["id"], quote["author"], quote["date"], quote["text"]),
        then=one.get("then", {}),
        unit=one.get("unit", ""),
    )


def _sentence(one: Document) -> Sentence:
    marks = tuple(Mark(*mark) for mark in one.get("marks", ()))
    return Sentence(one["text"], tuple(one["facts"]), marks, one.get("bullet", True), one.get("edited", False))
