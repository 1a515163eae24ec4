"""Short forms of given names, with the names that they stand for: "Kasi" is of "Katarzyna"."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def given_names() -> dict[str, frozenset[str]]:
    """For each short form, in every Polish case and in plain letters, the whole names it may stand for.

    >>> sorted(given_names()["bartka"])
    ['bartlomiej', 'bartosz']
    >>> sorted(given_names()["asi"])
    ['joanna']
    """
    text = (resources.files("okr.language") / "given_names.txt").read_text(encoding="utf-8")
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in text.splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        whole, _, short = line.partition(":")
        for name in short.split():
            for case in _cases(name):
                found[case].add(whole.strip())
    return {short: frozenset(names) for short, names in found.items()}


def _cases(name: str) -> set[str]:
    if name.endswith("ia"):
        return {name, name[:-1], name[:-1] + "e", name[:-1] + "u"}
    if name.endswith("ka"):
        return {name, name[:-1] + "i", name[:-1] + "e", name[:-2] + "ce", name[:-1] + "o"}
    if name.endswith("a"):
        soft = {"la": "li", "ra": "rze", "ga": "dze", "da": "dzie", "ta": "cie"}.get(name[-2:], name[:-1] + "ie")
        soft = name[:-2] + soft if soft != name[:-1] + "ie" else soft
        return {name, name[:-1] + "y", name[:-1] + "i", name[:-1] + "e", name[:-1] + "o", soft}
    if name.endswith("ek"):
        stem = (name[:-3] if name.endswith("iek") else name[:-2]) + "k"
        return {name, stem + "a", stem + "owi", stem + "iem", stem + "u"}
    if name.endswith("io"):
        return {name, name[:-1] + "a", name[:-1] + "owi", name[:-1] + "em", name[:-1] + "u"}
    if name.endswith(("s", "k")):
        soft = name + "i" if name.endswith("s") else name
        return {name, soft + "a", soft + "owi", soft + "em", soft + "u", name + "iem"}
    return {name}
