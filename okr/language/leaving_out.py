"""What a question leaves out: "all red ones except Sales", "wszystko oprócz marketingu i Ani"."""

from __future__ import annotations

from dataclasses import replace

from okr.language.atoms import Group, Pieces
from okr.language.frames import Ask, Frame, Ref
from okr.language.naming import Mention
from okr.language.subjects import settle_subjects

_KINDS = ("team", "person", "objective", "key_result")
# Words that leave out whatever name follows them; others deny, and leave out only with a word of place or owner.
_OUT = frozenset("without bez".split())
_OF = frozenset("in of by from w we z ze u od dla s 's belonging owned nalezace nalezacych".split())
_ALL = frozenset("all every everything everyone everybody anything wszystkie wszystko wszystkich kazdy kazda".split())
_ENUMERATING = frozenset({"and", "or", "i", "oraz", "ani", "nor", "lub", "a", ",", "&"})
_LEFT_OUT_OF = (Ask.LIST, Ask.COUNT, Ask.RANK)


def set_aside(pieces: Pieces) -> tuple[Pieces, list[Mention], list[int]]:
    """The pieces without the names that are left out, those names, and the places of the words that say so."""
    for place, group in _signs(pieces):
        names = _names_behind(pieces, group, place)
        if names:
            group.used = True
            group.meanings[:] = [(("left_out", "yes"),)]
            _say_only_what_it_is(pieces, group.end, names)
            kept = [m for m in pieces.mentions if m not in names]
            return replace(pieces, mentions=kept), names, list(range(group.start, group.end))
    return pieces, [], []


def _say_only_what_it_is(pieces: Pieces, start: int, names: list[Mention]) -> None:
    """Take their meaning from words for a kind beside the names: "except the Sales team" asks for no team."""
    last = max(i for m in names for i in m.places)
    for group in pieces.groups:
        beside = start <= group.start <= last or group.start == last + 1
        if beside and any(name == "type" for meaning in group.meanings for name, _ in meaning):
            group.meanings[:] = [(("glue", "yes"),)]


def _signs(pieces: Pieces) -> list[tuple[str, Group]]:
    found: list[tuple[str, Group]] = [("out", g) for g in pieces.having("apart")]
    for group in pieces.having("neg"):
        said = set(pieces.words[group.start : group.end])
        if said & _OUT:
            found.append(("out", group))
        elif group.start and pieces.words[group.end : group.end + 1] and pieces.words[group.end] in _OF:
            found.append(("of", group))
    for group in pieces.groups:
        words = pieces.words[group.start : group.end]
        if words in (["but"], ["procz"]) and _ALL & set(pieces.words[: group.start]):
            found.append(("out", group))
    return found


def _names_behind(pieces: Pieces, group: Group, how: str) -> list[Mention]:
    """The names right behind the sign, and those joined to them."""
    found: list[Mention] = []
    at = group.end
    for mention in sorted(pieces.mentions, key=lambda m: m.start):
        if mention.start < at:
            continue
        between = range(at, mention.start)
        joined = all(_passing(pieces, i) for i in between) and len(between) <= 3
        if found and not any(pieces.words[i] in _ENUMERATING for i in between):
            break
        if not joined or not set(mention.kinds) & set(_KINDS):
            break
        found.append(mention)
        at = max(mention.places) + 1
    return found


def _passing(pieces: Pieces, place: int) -> bool:
    """Whether a word between the sign and the name only says its kind, or joins."""
    word = pieces.words[place]
    if not pieces.sentence[place].is_word or word in _OF or word in _ENUMERATING:
        return True
    covering = [g for g in pieces.groups if g.start <= place < g.end]
    return any(g.is_glue or g.get("type") or g.get("mine") for g in covering)


def leave_out(frame: Frame, pieces: Pieces, names: list[Mention]) -> Frame | None:
    """The frame without the records of these names; None where its answer could not leave them out."""
    out = _refs(pieces, names)
    return _without(frame, out) if out else None


def _refs(pieces: Pieces, names: list[Mention]) -> tuple[Ref, ...] | None:
    """The records that the names mean; None where one is in doubt or of a kind that nothing is left out by."""
    subjects = settle_subjects(replace(pieces, mentions=names), prefer_kpi=False)
    if subjects.doubt is not None or len(subjects.order) != len(names):
        return None
    return tuple(subjects.order) if all(r.kind in _KINDS for r in subjects.order) else None


def _without(frame: Frame, out: tuple[Ref, ...]) -> Frame | None:
    """The frame that leaves these out; None where its answer could not."""
    kinds = {r.kind for r in out}
    if frame.named and frame.ask is not Ask.ROLL_UP:
        return None
    if frame.ask in _LEFT_OUT_OF and frame.of == "team":
        return replace(frame, without=out) if kinds == {"team"} else None
    counted = frame.of == "person" and (frame.field or frame.filters.task_statuses or frame.filters.overdue)
    if frame.ask in _LEFT_OUT_OF and frame.of in ("key_result", "objective", "task", "person") and not counted:
        return replace(frame, without=out)
    status_of_all = frame.ask is Ask.STATUS and frame.company and not frame.named
    if frame.ask is Ask.ROLL_UP or status_of_all:
        return replace(frame, without=out)
    return None
