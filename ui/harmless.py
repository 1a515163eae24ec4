"""Text that people or a model wrote, made safe to show: no link, image, markup or hidden character of theirs lives.

Everything is cleaned as a whole, never piece by piece: a picture whose parts arrive one after the
other is harmless in each part and not in the sum.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection
from copy import copy
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Kept: tab and line feed. Taken out: other control characters, those that turn the direction of
# writing, joiners that hide text, tag characters, and variation selectors beyond the common ones.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
# What Markdown or Streamlit could read as a sign; the rest of the punctuation stands as it is.
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/\"])")
# A blank that holds a figure and its unit together stays what it is.
_BLANK = re.compile(r"[ \t\n\r\f\v]+")
_ADDRESS = re.compile(r"(?i)(:)(?=//|[a-z])|(www)(?=\.)|(@)(?=\w)")
LONGEST = 60_000


def plain(text: str) -> str:
    """The text without control, direction and hidden characters, in composed form, of bounded length."""
    return unicodedata.normalize("NFC", _HIDDEN.sub("", text[:LONGEST].replace("\r\n", "\n")))


def escaped(text: str) -> str:
    """The text for use in HTML, in content as well as in attributes.

    >>> escaped('"><script>')
    '&quot;&gt;&lt;script&gt;'
    """
    return html.escape(plain(text), quote=True)


def line(text: str) -> str:
    """The text on one line, for use in HTML that stands inside Markdown, where an empty line would end it."""
    return _BLANK.sub(" ", escaped(text)).strip()


def label(text: str, longest: int = 200) -> str:
    """The text for a label that Streamlit reads as Markdown (buttons, pills): shown as it was typed.

    Escaping alone leaves addresses alive, which the page finds after Markdown was read, so a joiner
    without width stands in them.
    """
    flat = " ".join(plain(text).split())
    if len(flat) > longest:
        flat = flat[: longest - 1].rstrip() + "…"
    broken = _ADDRESS.sub(lambda found: found.group(0) + "\u2060", flat)
    return _PUNCTUATION.sub(r"\\\1", broken)


def _citation(state: StateInline, silent: bool) -> bool:
    """`[KR-12]` becomes a button where KR-12 is one of the answer's own records."""
    if state.src[state.pos] != "[":
        return False
    known: Collection[str] = state.env.get("known", ())
    end = state.src.find("]", state.pos, state.pos + 200)
    if end < 0 or state.src[state.pos + 1 : end] not in known:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = state.src[state.pos + 1 : end]
    state.pos = end + 1
    return True


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    reader.enable(["table", "strikethrough"])
    # A definition of a link's address is shown as the text it is.
    reader.disable(["image", "link", "autolink", "html_inline", "html_block", "reference"])
    reader.inline.ruler.before("emphasis", "citation", _citation)
    reader.add_render_rule("citation", _drawn_citation)
    return reader


def _drawn_citation(_renderer: object, tokens: list[object], index: int, _options: object, env: dict[str, str]) -> str:
    key = escaped(getattr(tokens[index], "content", ""))
    spoken = escaped(env.get("open", "{id}").replace("{id}", getattr(tokens[index], "content", "")))
    name = key if "@" not in key else f"@{key.partition('@')[0]}"
    return f'<button type="button" class="okr-cite" data-open="{key}" aria-label="{spoken}">{name}</button>'


_READER = _reader()


def answer_html(
    text: str, known: Collection[str] = (), open_words: str = "Open {id}", drawn: Collection[str] = ()
) -> str:
    """An answer's Markdown as HTML; of all brackets only those with an id in `known` become buttons.

    Headings become bold lines, links and images stay as the text that they were written in. A list
    whose every entry cites a record in `drawn`, which the page draws below anyway, is marked as said again.

    >>> answer_html("![x](http://a.b/c)")
    '<p>![x](http://a.b/c)</p>\\n'
    """
    env: dict[str, Any] = {"known": frozenset(known), "open": open_words}
    tokens = _READER.parse(plain(text), env)
    if drawn:
        _mark_lists_of(tokens, frozenset(drawn))
    _set_lead(tokens)
    written: str = _READER.renderer.render(tokens, _READER.options, env)
    return re.sub(r"<(/?)h[1-6]>", r"<\1h4>", written)


# A full stop after these ends no sentence.
_SHORT = frozenset(
    (
        "e.g",
        "i.e",
        "etc",
        "vs",
        "no",
        "np",
        "tj",
        "m.in",
        "itd",
        "itp",
        "tzw",
        "tys",
        "mln",
        "mld",
        "ul",
        "nr",
        "dr",
        "p.p",
    )
)
_SENTENCE = re.compile(r"(\S+?)([.!?])\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ0-9“„\"(])")
LEAD = 140


def _set_lead(tokens: list[Token]) -> None:
    """The first sentence leads; where more follows in its paragraph, that becomes a paragraph of its own."""
    if not tokens or tokens[0].type != "paragraph_open":
        return
    tokens[0].attrJoin("class", "okr-lead")
    children = tokens[1].children or []
    if sum(len(child.content) for child in children) <= LEAD:
        return
    for place, child in enumerate(children):
        if child.type != "text" or child.level != 0:
            continue
        for found in _SENTENCE.finditer(child.content):
            if found[1].lower().lstrip("(") in _SHORT:
                continue
            first, rest = copy(child), copy(child)
            first.content, rest.content = child.content[: found.end(2)], child.content[found.end() :]
            before, after = copy(tokens[1]), copy(tokens[1])
            before.children = [*children[:place], first]
            after.children = [rest, *children[place + 1 :]]
            opened = copy(tokens[0])
            opened.attrs = {}
            tokens[0:3] = [tokens[0], before, tokens[2], opened, after, copy(tokens[2])]
            return


def _mark_lists_of(tokens: list[Token], drawn: frozenset[str]) -> None:
    for start, token in enumerate(tokens):
        if token.type not in ("bullet_list_open", "ordered_list_open") or token.level != 0:
            continue
        end = next(n for n in range(start, len(tokens)) if tokens[n].level == 0 and tokens[n].nesting == -1)
        entries = [inner for inner in tokens[start:end] if inner.type == "inline"]
        if not all(any(c.type == "citation" and c.content in drawn for c in e.children or []) for e in entries):
            continue
        token.attrJoin("class", "okr-again")
        before = tokens[start - 1] if start else None
        if before is not None and before.type == "paragraph_close" and tokens[start - 2].content.endswith(":"):
            # The words that only lead to the list.
            tokens[start - 3].attrJoin("class", "okr-again")
