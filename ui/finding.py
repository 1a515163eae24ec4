"""The search: one field over everything, what it found by kind, what was opened last and what is pinned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from urllib.parse import quote, urlencode

import streamlit as st

from okr.errors import OkrError
from okr.language.frames import Ref
from okr.language.glossary import written_concepts
from okr.language.words import stems, tokens
from okr.store.at_hand import KINDS, NOTED, Hit
from ui.bridge import typed_in_browser
from ui.harmless import escaped, line, plain
from ui.page import kept_address
from ui.session import Visit

MOST_AT_ONCE = 12
MOST_ON_PAGE = 60
MOST_KEPT = 8
# A note is shown around the first word that was found in it.
AROUND = 90
_ASKS = ("?",)


def show_finder(visit: Visit) -> None:
    """Open the search over the page."""
    # A field of its own each time, so that it opens empty.
    number = int(st.session_state.get("okr_finders", 0)) + 1
    st.session_state["okr_finders"] = number

    @st.dialog(visit.words("search"), width="medium")
    def opened() -> None:
        draw_finder(visit, f"okr_find_{number}", most=MOST_AT_ONCE)

    opened()


def draw_finder(visit: Visit, key: str, *, text: str = "", most: int, on_page: bool = False) -> None:
    """The field with `text` in it and, below, what is found while somebody types."""
    words = visit.words
    data = {"label": words("search"), "placeholder": words("search.placeholder"), "focus": "1"}
    if on_page:
        data["address"] = "1"
    with st.container(key=f"okr_finder_{key}"):
        typed = typed_in_browser(key, data, text)
        if typed.chosen is not None:
            _go(visit, typed.chosen, typed.text)
        st.html(found_html(visit, typed.text, most, key, on_page=on_page))


def _go(visit: Visit, chosen: str, typed: str) -> None:
    kind, _, key = chosen.partition(":")
    if kind == "record":
        st.switch_page("places/record.py", query_params={**kept_address(), "id": key})
    if kind == "all":
        st.switch_page("places/search.py", query_params={**kept_address(), "q": typed})
    if kind == "ask" and typed.strip():
        st.session_state["okr_asking"] = plain(typed.strip())
        st.switch_page("places/ask.py", query_params=kept_address())


def found_html(visit: Visit, typed: str, most: int, key: str, *, on_page: bool = False) -> str:
    """What the words find, as a list to choose from; without words what is pinned and what was opened last."""
    typed = " ".join(plain(typed).split())
    words = visit.words
    if not typed:
        parts = [*_at_hand(visit)] or [f'<p class="okr-search-hint">{line(words("search.begin"))}</p>']
        return _list(visit, typed, parts, key)
    hits = visit.store.search(visit.actor, typed, visit.now, limit=most + 1)
    shown, left = hits[:most], len(hits) > most
    asked = _choice("ask", "ask:", _address("", c=""), line(words("search.ask", words=typed)))
    parts = [_group(words(f"search.kind.{kind}"), _hits(visit, shown, kind, typed)) for kind in _kinds(shown)]
    if not shown:
        parts.append(f'<p class="okr-search-hint">{line(words("search.none", words=typed))}</p>')
    if left and not on_page:
        parts.append(_choice("all", "all:", _address("search", q=typed), line(words("search.all"))))
    elif left:
        parts.append(f'<p class="okr-search-hint">{line(words("search.narrow", count=most))}</p>')
    if typed.endswith(_ASKS) or not shown:
        # Something that reads like a question is asked by Enter alone.
        parts.insert(0 if shown else len(parts), asked)
    else:
        parts.append(asked)
    return _list(visit, typed, parts, key)


def _list(visit: Visit, typed: str, parts: Iterable[str], key: str) -> str:
    name = line(visit.words("search.found"))
    return (
        f'<div class="okr-hits" role="listbox" id="{key}_hits" aria-label="{name}" data-typed="{line(typed)}">'
        f"{''.join(parts)}</div>"
    )


def _kinds(hits: Sequence[Hit]) -> list[str]:
    """The kinds of what was found, that of the best first; notes come after records."""
    found = list(dict.fromkeys(hit.kind for hit in hits))
    return [*(kind for kind in found if kind not in NOTED), *(kind for kind in found if kind in NOTED)]


def _group(name: str, choices: str) -> str:
    return f'<div role="group" aria-label="{line(name)}"><p class="okr-over">{line(name)}</p>{choices}</div>'


def _choice(kind: str, go: str, address: str, inner: str) -> str:
    return (
        f'<a role="option" aria-selected="false" class="okr-hit okr-hit-{kind}" id="hit-{quote(go, safe="")}" '
        f'data-go="{line(go)}" href="{line(address)}">{inner}</a>'
    )


def _address(place: str, **query: str) -> str:
    """The address of a place as the browser goes there by itself, in another tab."""
    wanted = {**kept_address(), **{name: value for name, value in query.items() if value}}
    return f"{place or '.'}?{urlencode(wanted)}" if wanted else place or "."


def _hits(visit: Visit, hits: Iterable[Hit], kind: str, typed: str) -> str:
    return "".join(_hit(visit, hit, typed) for hit in hits if hit.kind == kind)


def _hit(visit: Visit, hit: Hit, typed: str) -> str:
    where = " · ".join(hit.where)
    noted = hit.kind in NOTED
    title = line(hit.title) if noted else marked(hit.title, typed)
    told = "" if hit.kind in ("person", "team", "cycle") and not where else where
    # An id that says nothing which the name does not say stays out of the way.
    public = "" if hit.kind in ("person", "team", "cycle") else hit.key
    meta = " · ".join(part for part in (told, public) if part)
    text = f'<span class="okr-hit-text">{marked(around(hit.text, typed), typed)}</span>' if noted else ""
    inner = f'<span class="okr-hit-title">{title}</span><span class="okr-hit-meta">{line(meta)}</span>{text}'
    return _choice("record", f"record:{hit.key}", _address("record", id=hit.key), inner)


def _at_hand(visit: Visit) -> list[str]:
    store, words = visit.store, visit.words
    pinned, recent = store.pinned(visit.actor), store.recent(visit.actor, limit=MOST_KEPT)
    places = store.places(visit.actor, [*pinned, *recent])
    there = {(ref.kind, ref.key) for ref in pinned}
    named: list[tuple[str, list[Ref]]] = [
        ("search.pinned", list(pinned)),
        ("search.recent", [ref for ref in recent if (ref.kind, ref.key) not in there]),
    ]
    parts = []
    for name, refs in named:
        if refs:
            hits = [Hit(ref.kind, ref.key, ref.title, places.get((ref.kind, ref.id), ())) for ref in refs]
            parts.append(_group(words(name), "".join(_hit(visit, hit, "") for hit in hits)))
    return parts


# ── what was typed, in what was found ──────────────────────────────────────────────────────────────


def marked(text: str, typed: str) -> str:
    """The text for HTML on one line, with the words in it that were typed, or forms of them, marked."""
    text = " ".join(plain(text).split())
    parts, after = [], 0
    for start, end in _places(text, typed):
        parts += [escaped(text[after:start]), f"<mark>{escaped(text[start:end])}</mark>"]
        after = end
    return "".join([*parts, escaped(text[after:])])


def around(text: str, typed: str) -> str:
    """The part of a text around the first of the typed words; its beginning where none stands in it."""
    text = " ".join(plain(text).split())
    found = _places(text, typed)
    first = found[0][0] if found else 0
    start = 0 if first <= AROUND else text.rfind(" ", 0, first - AROUND // 2) + 1
    end = min(len(text), max(first, start) + 2 * AROUND)
    if end < len(text):
        end = max(text.rfind(" ", start, end), first + 1)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _places(text: str, typed: str) -> list[tuple[int, int]]:
    """Where in the text words stand that were typed: forms of them, or the same idea in the other language."""
    wanted = [token.plain for token in tokens(typed) if token.is_word and (len(token.plain) > 1 or typed.isdigit())]
    forms = [(word, stems(word)) for word in wanted]
    there = [token for token in tokens(text) if token.is_word]

    def fits(found: str) -> bool:
        alike = stems(found)
        return any(found.startswith(word) or (len(word) > 2 and not own.isdisjoint(alike)) for word, own in forms)

    marked = {place for place, token in enumerate(there) if fits(token.plain)}
    if ideas := {idea for _, _, idea in written_concepts(wanted)}:
        for start, end, idea in written_concepts([token.plain for token in there]):
            if idea in ideas:
                marked |= set(range(start, end))
    return [(there[place].start, there[place].end) for place in sorted(marked)]


# ── pinning ────────────────────────────────────────────────────────────────────────────────────────


def note_opened(visit: Visit, kind: str, key: str) -> None:
    """Remember among the recent that the person looks at a record."""
    if kind not in KINDS:
        return
    # Reading goes on while nothing can be written.
    with suppress(OkrError):
        visit.store.note_opened(visit.actor, kind, key, visit.now)


def draw_pin(visit: Visit, kind: str, key: str, place: str = "") -> None:
    """The button that keeps a record at hand, or lets it go; `place` tells a page's from that of a panel over it."""
    if kind not in KINDS:
        return
    held = any((ref.kind, ref.key) == (kind, key) for ref in visit.store.pinned(visit.actor))
    st.button(
        visit.words("pin.off" if held else "pin"),
        key=f"okr_pin{place}_{kind}_{key}",
        icon=":material/keep_off:" if held else ":material/keep:",
        type="tertiary",
        on_click=_pin,
        args=(visit, kind, key, held),
    )


def _pin(visit: Visit, kind: str, key: str, held: bool) -> None:
    try:
        if held:
            visit.store.unpin(visit.actor, kind, key)
        else:
            visit.store.pin(visit.actor, kind, key, visit.now)
    except OkrError as reason:
        from ui.rule_words import refusal

        st.session_state["okr_said"] = refusal(visit, reason)
