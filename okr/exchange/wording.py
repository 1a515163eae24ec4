"""What the type checks found, in plain words with the place."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

from pydantic_core import ErrorDetails


def place(section: str, path: tuple[str | int, ...]) -> str:
    """Where in the file: `check_ins[204].value`."""
    return section + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def described(value: object) -> str:
    """What kind of JSON value it is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "an object"


def shown(value: str, most: int = 60) -> str:
    """The text in quotes, cut and with its invisible signs spelt out."""
    cut = value if len(value) <= most else value[: most - 1] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'"


def nearest(wanted: str, words: list[str]) -> str:
    """A hint naming the most similar of the words, or nothing."""
    close = get_close_matches(wanted.casefold().replace(" ", "_").replace("-", "_"), words, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def explained(error: ErrorDetails, fields: list[str]) -> str:
    """One finding of pydantic as a sentence about the field that the place names."""
    value = error["input"]
    given = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "is missing"
        case "unexpected_keyword_argument":
            name = str(error["loc"][-1])
            return f"is not a field of the company file{nearest(name, fields)}"
        case "string_type":
            return f"has to be text, not {described(value)}"
        case "string_unicode":
            return "holds half a character (an unpaired surrogate)"
        case "string_too_long":
            return f"is longer than {given['max_length']:,} characters"
        case "string_pattern_mismatch":
            return _unfit_text(str(value))
        case "finite_number":
            return "has to be a number; NaN and infinity are not"
        case "float_type" | "int_type":
            if isinstance(value, int) and not isinstance(value, bool):
                return "is absurdly large"
            if error["type"] == "int_type" and isinstance(value, float):
                return f"has to be a whole number, not {value!r}"
            return f"has to be a number, not {described(value)}{_digits(value)}"
        case "greater_than_equal" | "less_than_equal":
            return _out_of_range(str(error["loc"][-1]), value)
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(given["expected"]))
            if not isinstance(value, str):
                return f"has to be one of {', '.join(words)}, not {described(value)}"
            return f"{shown(value)} is none of {', '.join(words)}{nearest(value, words)}"
        case "bool_type":
            return f"has to be true or false, not {described(value)}"
        case "list_type":
            return f"has to be a list, not {described(value)}"
        case "too_long":
            return f"holds more than {given['max_length']:,} entries"
        case "dataclass_type":
            return f"has to be an object in braces, not {described(value)}"
        case _:
            return "has a value that cannot be used"


def _digits(value: object) -> str:
    return "; leave the quotes out" if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) else ""


def _out_of_range(field: str, value: object) -> str:
    if field == "confidence":
        return f"has to be from 1 to 5, not {value}"
    if field == "score":
        return f"has to be from 0 to 1, not {value}"
    if field == "weight" and isinstance(value, int | float) and value < 0:
        return f"may not be negative, but is {value}"
    return "is absurdly large"


def _unfit_text(value: str) -> str:
    for sign in value:
        if unicodedata.category(sign) == "Cc" and sign not in "\t\n\r":
            return f"holds a control character (U+{ord(sign):04X})"
    if not value.strip():
        return "may not be empty"
    if re.search(r"[\t\n\r]", value):
        return "may not hold a tab or a line end"
    return f"{shown(value)} begins or ends with a blank"
