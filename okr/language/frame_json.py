"""A question as a JSON value and back, so that a conversation remembers what its next words refer to."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from okr.language.frames import Ask, Clarify, Filters, Frame, Ref, When

Json = dict[str, Any]
_REFS = ("named", "teams", "people", "objectives", "without", "answered")
_WHENS = ("when", "versus")


def frame_to_json(frame: Frame) -> Json:
    """The frame as JSON, without the parts that are as they are by default."""
    empty = Frame(ask=frame.ask, language=frame.language)
    found: Json = {"ask": frame.ask.value, "language": frame.language}
    for part in fields(Frame):
        value = getattr(frame, part.name)
        if part.name in found or value == getattr(empty, part.name):
            continue
        if part.name in _REFS:
            found[part.name] = [asdict(ref) for ref in value]
        elif part.name in _WHENS:
            found[part.name] = _when_to_json(value)
        elif part.name == "cycle":
            found[part.name] = asdict(value)
        elif part.name == "filters":
            found[part.name] = _filters_to_json(value)
        else:
            found[part.name] = value
    return found


def frame_from_json(kept: object) -> Frame | None:
    """The frame that `frame_to_json` kept; None for anything else, such as what an older version wrote."""
    if not isinstance(kept, dict):
        return None
    try:
        values: Json = dict(kept)
        values["ask"] = Ask(values["ask"])
        for name in _REFS:
            if name in values:
                values[name] = tuple(Ref(**ref) for ref in values[name])
        for name in _WHENS:
            if values.get(name):
                values[name] = _when_from_json(values[name])
        if values.get("cycle"):
            values["cycle"] = Ref(**values["cycle"])
        if "filters" in values:
            values["filters"] = _filters_from_json(values["filters"])
        return Frame(**values)
    except (KeyError, TypeError, ValueError):
        return None


def clarify_to_json(question: Clarify) -> Json:
    """A question back as JSON, so that "the second one" can answer it."""
    return {
        "language": question.language,
        "about": question.about,
        "options": [asdict(ref) for ref in question.options],
        "readings": [frame_to_json(frame) for frame in question.readings],
    }


def clarify_from_json(kept: object) -> Clarify | None:
    """The question back that `clarify_to_json` kept; None for anything else."""
    if not isinstance(kept, dict):
        return None
    try:
        readings = [frame_from_json(frame) for frame in kept["readings"]]
        options = tuple(Ref(**ref) for ref in kept["options"])
        return Clarify(str(kept["language"]), str(kept["about"]), options, tuple(r for r in readings if r is not None))
    except (KeyError, TypeError, ValueError):
        return None


def _when_to_json(when: When) -> Json:
    return {
        "first": when.first.isoformat(),
        "last": when.last.isoformat(),
        "moment": when.moment,
        "word": when.word,
    }


def _when_from_json(kept: Json) -> When:
    first, last = date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"])
    return When(first, last, bool(kept["moment"]), str(kept["word"]))


def _filters_to_json(filters: Filters) -> Json:
    empty = Filters()
    found: Json = {}
    for part in fields(Filters):
        value = getattr(filters, part.name)
        if value != getattr(empty, part.name):
            found[part.name] = _when_to_json(value) if isinstance(value, When) else value
    return found


def _filters_from_json(kept: Json) -> Filters:
    values: Json = {}
    for name, value in kept.items():
        if name == "due" and value:
            values[name] = _when_from_json(value)
        else:
            values[name] = _tuples(value)
    return Filters(**values)


def _tuples(kept: object) -> Any:
    """Lists, and those in them, as the tuples that they were."""
    return tuple(map(_tuples, kept)) if isinstance(kept, list) else kept
