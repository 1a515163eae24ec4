"""The steps of a key result that is measured by milestones: told apart by their titles, ticked, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from okr.language.words import fold, stems, tokens

Step = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step that is new, gone, done, undone or changed; `old` and `new` are the steps, None for none."""

    act: str  # added, removed, done, undone, changed
    title: str
    old: Step | None
    new: Step | None


def steps_changed(old: Sequence[Step], new: Sequence[Step]) -> list[StepChange]:
    """What differs between two lists of steps, in the order of the new one and then what is gone.

    >>> before = [{"title": "Beta", "weight": 1.0, "done_on": None}]
    >>> [each.act for each in steps_changed(before, [{**before[0], "done_on": "2026-11-20"}])]
    ['done']
    """
    left = list(old)
    found: list[StepChange] = []
    for place, step in enumerate(new):
        before = next((each for each in left if each["title"] == step["title"]), None)
        if before is None and len(old) == len(new) and old[place]["title"] not in {each["title"] for each in new}:
            # Renamed where it stands.
            before = old[place] if old[place] in left else None
        if before is None:
            found.append(StepChange("added", str(step["title"]), None, step))
            continue
        left.remove(before)
        act = _act(before, step)
        if act:
            found.append(StepChange(act, str(step["title"]), before, step))
    found += [StepChange("removed", str(each["title"]), each, None) for each in left]
    return found


def _act(old: Step, new: Step) -> str:
    was, now = old.get("done_on"), new.get("done_on")
    if (was is None) != (now is None):
        return "done" if was is None else "undone"
    same = str(was or "") == str(now or "") and float(old["weight"]) == float(new["weight"])
    return "" if same and old["title"] == new["title"] else "changed"


def steps_named(steps: Sequence[Step], words: str) -> list[int]:
    """The places of the steps that the words name: the one of that title or number, else all whose titles hold them.

    >>> some = [{"title": "Closed beta"}, {"title": "Public launch"}, {"title": "Launch party"}]
    >>> steps_named(some, "public launch"), steps_named(some, "launch"), steps_named(some, "3"), steps_named(some, "x")
    ([1], [1, 2], [2], [])
    """
    wanted = [stems(token.plain) for token in tokens(words) if token.is_word]
    folded = " ".join(fold(words).split())
    exact = [place for place, step in enumerate(steps) if " ".join(fold(str(step["title"])).split()) == folded]
    if exact:
        return exact
    number = folded.lstrip("#")
    if number.isascii() and number.isdigit():
        return [int(number) - 1] if 1 <= int(number) <= len(steps) else []
    if not wanted:
        return []
    found = []
    for place, step in enumerate(steps):
        held = [stems(token.plain) for token in tokens(str(step["title"])) if token.is_word]
        if all(any(set(word) & set(other) for other in held) for word in wanted):
            found.append(place)
    return found
