"""Questions about what hangs together: which objectives and key results feed which."""

from __future__ import annotations

from okr.language.facts import Facts
from okr.language.frames import Ask, Frame


def _beneath(f: Facts) -> bool:
    """Whether "under" stands right before a named objective: "objectives under Grow revenue"."""
    places = [min(m.places) for m in f.pieces.mentions if "objective" in m.kinds]
    named = any(r.kind == "objective" for r in f.subjects.named)
    return named and any(set(f.pieces.words[max(0, i - 2) : i]) & {"under", "beneath", "below", "pod"} for i in places)


def alignment(f: Facts) -> Frame | None:
    p = f.pieces
    if "task" in f.types and not any(r.kind == "task" for r in f.subjects.named):
        return None
    if any(p.has(slot) for slot in ("most", "by", "status", "fresh", "flag", "missing")):
        within = [g for g in p.having("ask", "alignment") if p.words[g.start] in ("pod", "under", "beneath", "below")]
        for group in within:
            group.used = True
        if within or "alignment" not in f.asks or (f.subjects.people and not f.subjects.named):
            return None
    if {"objective", "key_result"} & set(f.types) and _beneath(f):
        p.take("ask")
        p.take("op")
        if "key_result" in f.types:
            return f.make(Ask.LIST, of="key_result", named=False)
        return f.make(Ask.ALIGNMENT, field="children", of="objective")
    if "alignment" not in f.asks or not (f.subjects.named or p.has("pointer") or f.subjects.teams):
        return None
    ways = [g.get("field") for g in p.having("ask", "alignment")]
    field = "parents" if "parents" in ways else "children"
    verb = max(g.start for g in p.having("ask", "alignment"))
    names = [i for m in p.mentions for i in m.places]
    if names and verb > max(names):
        # "what does X contribute to" asks the other way round than "what contributes to X".
        field = "parents"
    only = list(f.subjects.named)
    if field == "children" and only and all(r.kind != "objective" for r in only) and "owner" not in f.fields:
        field = "parents"
    if "key_result" in f.types and names and verb < min(names) and all(r.kind == "objective" for r in only):
        p.take("ask")
        p.take("field", "children", "parents", "owner")
        return f.make(Ask.LIST, of="key_result", named=False)  # "which KRs belong to …"
    p.take("ask")
    p.take("field", "children", "parents", "owner", "target")
    return f.make(Ask.ALIGNMENT, field=field, of="objective")
