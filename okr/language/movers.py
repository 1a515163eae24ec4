"""Whose key results rose or fell: the people, and not an order of people by how many they own."""

from __future__ import annotations

from dataclasses import replace

from okr.language.facts import Facts
from okr.language.frames import Ask, Frame


def whose_moved(f: Facts) -> Frame | None:
    """The owners of key results that rose or fell; None where the question is not about that."""
    p = f.pieces
    direction = next((d for d in p.values("dir") if d in ("up", "down")), "")
    if not direction or p.values("by") != ["change"] or p.has("most") or "task" in f.types or f.versus is not None:
        return None
    for slot in ("ask", "field", "by"):
        p.take(slot)
    return f.make(Ask.LIST, of="person", filters=replace(f.filters("key_result"), moved=direction))
