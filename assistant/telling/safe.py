"""Text that other people wrote, made harmless before it stands in an answer."""

from __future__ import annotations

import re
import unicodedata

# Signs with a meaning in Markdown, in HTML or in the page's own extensions of them.
_SIGNS = re.compile(r"[\\`*\[\]<>|~$]")
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
_LEADING = re.compile(r"^(?:[#+=-](?=[\s#+=-]|$))|^(\d{1,9})(?=[.)]\s)")
_LINK = re.compile(r"(?i)\b(https?|ftps?|file|data|javascript|mailto|vbscript)\s*:(?=\S)")
_BARE_LINK = re.compile(r"(?i)\bwww\.(?=\S)")
_DIRECTIVE = re.compile(r":(?=[a-z_]+[:/]?[a-z_]*:)")
# Control, format (bidi, zero width, tags), private and unassigned characters; surrogates never decode.
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs"}


def visible(text: str) -> str:
    """The text on one line without control, direction and other unseen characters; a soft hyphen goes too.

    >>> visible("Waiting\\u202e on\\n vendor")
    'Waiting on vendor'
    """
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join(kept.split())


def plain(text: str, most: int | None = None) -> str:
    """The text as Markdown that shows it letter for letter: no formatting, no links, no pictures, no markup.

    With `most` a longer text is cut at that many characters and ends in "…". An address of the web
    stays readable but is no longer one.

    >>> plain("Raise *NPS* ![x](http://a.test/)")
    'Raise \\\\*NPS\\\\* !\\\\[x\\\\](http: //a.test/)'
    """
    shown = visible(text)
    if most is not None and len(shown) > most:
        shown = shown[: most - 1].rstrip() + "…"
    shown = unlinked(shown)
    shown = _SIGNS.sub(r"\\\g<0>", shown)
    shown = _EMPHASIS.sub(r"\\_", shown)
    shown = _ENTITY.sub(r"\\&", shown)
    shown = _DIRECTIVE.sub(r"\\:", shown)
    return _LEADING.sub(lambda found: f"{found[1]}\\" if found[1] else f"\\{found[0]}", shown)


def unlinked(text: str) -> str:
    """The text in which an address of the web stays readable and is one no longer.

    >>> unlinked("see https://a.test/x or www.b.test")
    'see https: //a.test/x or www b.test'
    """
    return _BARE_LINK.sub("www ", _LINK.sub(r"\1: ", text))


def cite(key: str) -> str:
    """The id in square brackets, as every answer names the records it rests on.

    >>> cite("KR-12")
    '[KR-12]'
    """
    return f"[{plain(key, 80)}]"
