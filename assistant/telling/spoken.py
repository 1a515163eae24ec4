"""A model's Markdown made safe to show: lists, bold words and our citations stay, everything else is plain text."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.telling.safe import cite, plain

_MARKER = re.compile(r"^(?P<indent> {0,6})(?P<mark>[-*+•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
_PART = re.compile(r"(\*\*|\[[^\[\]\n]{1,200}\])")
_TARGET = re.compile(r"^(\s*(?:\*\*)?\[[^\[\]\n]{1,200}\](?:\*\*)?):")
_EDGE = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)


def spoken(text: str, known: Collection[str]) -> str:
    """The text as Markdown in which nothing loads, links or runs; `known` are the ids that may be cited.

    Each line is cleaned for itself, so that lines put one after the other are as safe as each alone.

    >>> spoken("- **NPS** [KR-1] is ![x](http://a.test/)", {"KR-1"})
    '- **NPS** [KR-1] is !\\\\[x\\\\](http: //a.test/)'
    """
    return "\n".join(_line(line, known) for line in text.split("\n"))


def _line(line: str, known: Collection[str]) -> str:
    heading = _HEADING.match(line)
    marker = _MARKER.match(line)
    head = ""
    if heading:
        line = line[heading.end() :]
    elif marker:
        mark = "-" if marker["mark"] in "-*+•" else marker["mark"]
        head, line = f"{marker['indent']}{mark} ", line[marker.end() :]
    bold = line.count("**") % 2 == 0
    said = "".join(_piece(part, known, bold) for part in _PART.split(line) if part)
    # After a citation these would make it a link, or where a line begins the target of one.
    said = re.sub(r"(?<=[^\\]\])(?=[(\[])", r"\\", said)
    said = _TARGET.sub(r"\1\\:", said)
    return head + said


def _piece(part: str, known: Collection[str], bold: bool) -> str:
    if part == "**":
        return part if bold else ""
    if part.startswith("[") and part.endswith("]"):
        ids = [one.strip() for one in re.split(r"[,;]", part[1:-1])]
        if all(one in known for one in ids):
            return " ".join(cite(one) for one in ids)
    edge = _EDGE.match(part)
    if edge is None or not edge[2]:
        return " " if part else ""
    before, after = (" " if edge[1] else ""), (" " if edge[3] else "")
    return f"{before}{plain(edge[2])}{after}"
