"""Filters as short words, such as `status=at_risk` or `confidence<3`, which a model can write and a log can show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from okr.errors import OkrError
from okr.language.frames import Filters

# The word before the sign, and the field of `Filters` that it fills; each may be given several times.
_SETS = {
    "status": "statuses",
    "reported": "reported",
    "freshness": "freshness",
    "kind": "kinds",
    "missing": "missing",
    "state": "states",
    "cadence": "cadences",
    "has": "has",
}
_ALLOWED = {
    "status": {"on_track", "at_risk", "off_track", "completed", "unknown", "pending"},
    "reported": {"on_track", "at_risk", "off_track", "completed", "unknown", "pending"},
    "freshness": {"fresh", "due", "stale", "never"},
    "kind": {"measure", "boundary", "milestones", "binary"},
    "missing": {
        "baseline",
        "target",
        "value",
        "owner",
        "due",
        "assignee",
        "check_in",
        "score",
        "confidence",
        "task",
        "parent",
    },
    "state": {"active", "postponed", "closed"},
    "cadence": {"weekly", "biweekly", "monthly"},
    "has": {"blockers", "wins", "note"},
    "moved": {"up", "down", "flat"},
}
_FLAGS = {
    "watermelon": {"watermelon": True},
    "unrankable": {"unrankable": True},
    "restricted": {"restricted": True},
    "confidence_falling": {"confidence_falling": True},
    "held": {"held": True},
    "breached": {"held": False},
    "checked_in": {"checked_in": True},
    "not_checked_in": {"checked_in": False},
}
_BOUND = re.compile(r"(confidence|progress|gap)(<=|>=|<|>|=)(-?\d+(?:\.\d+)?)")
_OLDER = re.compile(r"older_than_days=(\d{1,5})")


class FilterError(OkrError):
    """A word that is no filter."""

    code = "filter"

    def __init__(self, word: str) -> None:
        known = ", ".join([*(f"{name}=…" for name in _ALLOWED), *_FLAGS, "confidence<3", "older_than_days=14"])
        super().__init__(f"{word[:80]!r} is not a filter.", f"There are: {known}.")


def filters_from(words: Sequence[str]) -> Filters:
    """The filters that the words describe; `FilterError` for a word that is none.

    A second bound of the same figure is the upper end of a range.

    >>> filters_from(["progress>=0.3", "progress<=0.6"]).upto
    (('progress', 0.6),)
    >>> filters_from(["status=at_risk", "status=off_track", "confidence<3"]).statuses
    ('at_risk', 'off_track')
    """
    filled: dict[str, Any] = {}
    for word in words:
        name, _, value = word.partition("=")
        if word in _FLAGS:
            filled |= _FLAGS[word]
        elif bound := _BOUND.fullmatch(word):
            if bound[1] in filled and bound[2] == "<=":
                filled["upto"] = (*filled.get("upto", ()), (bound[1], float(bound[3])))
            else:
                filled[bound[1]] = (bound[2], float(bound[3]))
        elif older := _OLDER.fullmatch(word):
            filled["older_than_days"] = int(older[1])
        elif value in _ALLOWED.get(name, set()):
            if name == "moved":
                filled["moved"] = value
            else:
                filled[_SETS[name]] = (*filled.get(_SETS[name], ()), value)
        else:
            raise FilterError(word)
    return replace(Filters(), **filled)


def words_for(filters: Filters) -> list[str]:
    """The words for those filters that concern key results and objectives; `filters_from` reads them back.

    >>> words_for(filters_from(["freshness=stale", "breached", "gap>=0.1"]))
    ['freshness=stale', 'gap>=0.1', 'breached']
    """
    words = [f"{name}={value}" for name, field in _SETS.items() for value in getattr(filters, field)]
    for name in ("confidence", "progress", "gap"):
        if bound := getattr(filters, name):
            words.append(f"{name}{bound[0]}{bound[1]:g}")
    words += [f"{name}<={most:g}" for name, most in filters.upto]
    if filters.older_than_days is not None:
        words.append(f"older_than_days={filters.older_than_days}")
    if filters.moved:
        words.append(f"moved={filters.moved}")
    for word, means in _FLAGS.items():
        if all(getattr(filters, name) is value for name, value in means.items()):
            words.append(word)
    return words
