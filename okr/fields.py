"""What can be set in each kind of record, and what a value has to be like, in the words of the company file."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from okr.calendar import day_named
from okr.health import CADENCE_DAYS, Status
from okr.models import CycleState, Kind, Role, State, TaskStatus, Visibility
from okr.refusals import RefusedError

MOST_TITLE = 2_000
MOST_NAME = 400
MOST_KEY = 200
MOST_TEXT = 20_000
MOST_LINKS = 1_000
LARGEST_NUMBER = 1e15

LESSON_KINDS = ("helped", "hindered", "root_cause", "lesson")
# red, yellow and green are 1, 3 and 5.
COLOURS = {
    "red": 1, "yellow": 3, "amber": 3, "green": 5,
    "czerwony": 1, "czerwona": 1, "zolty": 3, "zolta": 3, "żółty": 3, "żółta": 3, "zielony": 5, "zielona": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be set: its form, the column it goes into, the kind it links to, what it may be."""

    name: str
    form: str  # title, text, key, number, share, day, choice, link, links, flag, zone, steps
    column: str = ""
    to: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = False  # a record of that kind cannot be without it
    most: int = 0
    low: float = -LARGEST_NUMBER

    @property
    def stored_in(self) -> str:
        """The column that holds it; empty for what lies in a table of its own."""
        return "" if self.form in ("links", "steps") else self.column or self.name


def _title(name: str = "title", most: int = MOST_TITLE) -> Field:
    return Field(name, "title", needed=True, most=most)


def _link(name: str, to: str, *, needed: bool = False) -> Field:
    return Field(name, "link", column=f"{name}_id", to=to, needed=needed)


def _choice(name: str, of: type[Any] | tuple[str, ...], *, needed: bool = True) -> Field:
    choices = of if isinstance(of, tuple) else tuple(str(each.value) for each in of)
    return Field(name, "choice", choices=choices, needed=needed)


def _by_name(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


FIELDS: Mapping[str, Mapping[str, Field]] = {
    "objective": _by_name(
        _title(),
        _link("cycle", "cycle", needed=True),
        _link("team", "team", needed=True),
        _link("owner", "person", needed=True),
        _link("parent", "objective"),
        _choice("visibility", Visibility),
        Field("kind", "key", needed=True, most=MOST_KEY),
        _choice("state", State),
    ),
    "key_result": _by_name(
        _title(),
        _link("objective", "objective", needed=True),
        _link("owner", "person", needed=True),
        _choice("kind", Kind),
        Field("unit", "key", most=MOST_KEY),
        Field("baseline", "number"),
        Field("target", "number"),
        _choice("limit", ("at_least", "at_most"), needed=False),
        Field("weight", "number", needed=True, low=0.0),
        _link("kpi", "kpi"),
        Field("milestones", "steps"),
        _choice("cadence", tuple(CADENCE_DAYS)),
        _choice("state", State),
        Field("score", "share"),
    ),
    "kpi": _by_name(
        _title("name"),
        Field("unit", "key", most=MOST_KEY),
        _choice("better", ("up", "down")),
        _link("owner", "person", needed=True),
        _link("team", "team", needed=True),
    ),
    "task": _by_name(
        _title(),
        _link("assignee", "person"),
        Field("due", "day"),
        _choice("status", TaskStatus),
        _link("parent", "task"),
        Field("done_on", "day"),
        Field("key_results", "links", to="key_result", most=MOST_LINKS),
        Field("depends_on", "links", to="task", most=MOST_LINKS),
    ),
    "team": _by_name(_title("name", MOST_NAME), _link("parent", "team"), _link("lead", "person")),
    "person": _by_name(
        _title("name", MOST_NAME),
        _link("team", "team"),
        _choice("role", Role),
        _link("manager", "person"),
        Field("timezone", "zone"),
        _choice("language", ("en", "pl"), needed=False),
        Field("active", "flag", needed=True),
    ),
    "cycle": _by_name(
        _title("name", MOST_NAME),
        Field("start", "day", needed=True),
        Field("end", "day", needed=True),
        _choice("state", CycleState),
    ),
    "lesson": _by_name(
        Field("text", "text", needed=True, most=MOST_TEXT),
        _choice("kind", LESSON_KINDS),
        _link("cycle", "cycle", needed=True),
        _link("objective", "objective"),
    ),
}
CHECK_IN_FIELDS: Mapping[str, Field] = _by_name(
    Field("value", "number"),
    Field("confidence", "level"),
    _choice("status", Status, needed=False),
    Field("wins", "text", most=MOST_TEXT),
    Field("blockers", "text", most=MOST_TEXT),
    Field("note", "text", most=MOST_TEXT),
)

# What a new record has where nothing else is said.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "objective": {"visibility": "company", "kind": "aspirational", "state": "active", "parent": None},
    "key_result": {
        "kind": "measure", "unit": None, "baseline": None, "target": None, "limit": None, "weight": 1.0, "kpi": None,
        "cadence": "weekly", "state": "active", "score": None, "milestones": [],
    },
    "kpi": {"unit": None},
    "task": {
        "assignee": None, "due": None, "status": "to_do", "parent": None, "done_on": None, "key_results": [],
        "depends_on": [],
    },
    "team": {"parent": None, "lead": None},
    "person": {
        "team": None, "role": "employee", "manager": None, "timezone": None, "language": None, "active": True,
    },
    "cycle": {"state": "planned"},
    "lesson": {"objective": None},
}  # fmt: skip

# How the public ids of new records begin.
PREFIX: Mapping[str, str] = {
    "objective": "O", "key_result": "KR", "kpi": "KPI", "task": "T", "lesson": "L", "check_in": "CI",
}  # fmt: skip


def checked(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored, links still as keys; `RefusedError` for the first that cannot be.

    Texts are trimmed, dates and numbers may be given as text, an empty text empties a field.
    """
    fields = CHECK_IN_FIELDS if kind == "check_in" else FIELDS[kind]
    found: dict[str, Any] = {}
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            raise RefusedError("unknown_field", kind=kind, name=name)
        found[name] = _checked(field, value)
    return found


def _checked(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = _plain(field, value)
    if value is None or value == "":
        if field.needed:
            raise RefusedError("empty", field=field.name)
        return [] if field.form in ("links", "steps") else "" if field.form == "text" else None
    reader = _READERS[field.form]
    return reader(field, value)


def _plain(field: Field, text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    text = re.sub(r"[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]", "", text)
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise RefusedError("control_characters", field=field.name)
    if field.form != "text":
        text = " ".join(text.split())
    if field.most and len(text) > field.most:
        raise RefusedError("too_long", field=field.name, most=field.most)
    return text


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedError("control_characters", field=field.name)
    return value


def number(value: Any, *, low: float = -LARGEST_NUMBER, field: str = "value") -> float:
    """A finite number, written 3.5, 3,5 or 1 200 too; `RefusedError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RefusedError("not_a_number", words=str(value))
    if isinstance(value, str):
        written = re.sub(r"(?<=\d)[\s\u00a0](?=\d{3}\b)", "", value.strip()).replace("−", "-")
        if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?", written):
            written = written.replace(",", "")
        if not re.fullmatch(r"[+-]?\d{1,18}(?:[.,]\d{1,12})?", written):
            raise RefusedError("not_a_number", words=value)
        if _EITHER.fullmatch(written):
            _either(written, ())
        value = float(written.replace(",", "."))
    found = float(value)
    if not math.isfinite(found):
        raise RefusedError("not_a_number", words=str(value))
    if abs(found) > LARGEST_NUMBER:
        raise RefusedError("too_large", value=str(value))
    if found < low:
        raise RefusedError("out_of_range", field=field, value=found, low=low, high="∞")
    return found


def _number(field: Field, value: Any) -> float:
    return number(value, low=field.low, field=field.name)


def _share(field: Field, value: Any) -> float:
    found = number(value)
    if not 0 <= found <= 1:
        raise RefusedError("out_of_range", field=field.name, value=found, low=0, high=1)
    return found


def _level(field: Field, value: Any) -> int:
    if isinstance(value, str) and value.lower() in COLOURS:
        return COLOURS[value.lower()]
    found = number(value)
    if found != int(found) or not 1 <= found <= 5:
        raise RefusedError("out_of_range", field=field.name, value=found, low=1, high=5)
    return int(found)


def _day(field: Field, value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return day_named(str(value))
    except ValueError:
        raise RefusedError("not_a_day", words=str(value)) from None


def _chosen(field: Field, value: Any) -> str:
    said = str(value).strip().lower().replace(" ", "_").replace("-", "_")
    if said not in field.choices:
        raise RefusedError("not_a_choice", words=str(value), field=field.name, choices=", ".join(field.choices))
    return said


def _flag(field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RefusedError("not_a_flag", field=field.name)
    return value


def _links(field: Field, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise RefusedError("not_a_list", field=field.name)
    found = list(dict.fromkeys(each.strip() for each in value if each.strip()))
    if len(found) > field.most:
        raise RefusedError("too_many", field=field.name, most=field.most)
    return found


def _steps(field: Field, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise RefusedError("not_a_list", field=field.name)
    if len(value) > MOST_LINKS:
        raise RefusedError("too_many", field=field.name, most=MOST_LINKS)
    found = []
    for step in value:
        for name in step:
            if name not in ("title", "weight", "done_on"):
                raise RefusedError("unknown_field", kind="key_result", name=f"milestones.{name}")
        done_on = step.get("done_on")
        found.append(
            {
                "title": _checked(_title(), step.get("title")),
                "weight": number(step.get("weight", 1), low=0, field="weight"),
                "done_on": None if done_on in (None, "") else _day(field, done_on),
            }
        )
    return found


def _zone(field: Field, value: Any) -> str:
    if value not in available_timezones():
        raise RefusedError("not_a_choice", words=str(value), field=field.name, choices="Europe/Warsaw, …")
    return str(value)


_READERS = {
    "title": _text,
    "text": _text,
    "key": _text,
    "link": _text,
    "number": _number,
    "share": _share,
    "level": _level,
    "day": _day,
    "choice": _chosen,
    "flag": _flag,
    "links": _links,
    "steps": _steps,
    "zone": _zone,
}

_AMOUNT = re.compile(r"\s*([$€£]|zł)?\s*([+-−]?\d[\d\s\u00a0.,]*)\s*(.*?)\s*", re.S)


_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def _either(figure: str, near: Sequence[float]) -> float | None:
    """A figure such as 1,100, which is eleven hundred or one and a tenth, by the figures it should be near.

    None where it is no such figure; `RefusedError` where both or neither are near.
    """
    if not _EITHER.fullmatch(figure):
        return None
    both = (float(figure.replace(",", "")), float(figure.replace(",", ".")))
    sizes = [abs(each) for each in near if each]
    likely = [one for one in both if sizes and min(sizes) / 10 <= abs(one) <= max(sizes) * 10]
    if len(likely) != 1:
        raise RefusedError("either", words=figure, thousands=both[0], decimals=both[1])
    return likely[0]


def amount(written: Any, unit: str | None, record: str, near: Sequence[float] = ()) -> float:
    """The value that was written, perhaps with its unit ("40%", "1 200 zł"), for a record kept in `unit`.

    A unit that is not the record's own is refused: nothing is converted, because a wrong guess would be
    a wrong figure. `near` are figures known of the record, by which 1,100 is told from 1.100.
    """
    if not isinstance(written, str):
        return number(written)
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise RefusedError("not_a_number", words=written)
    before, figure, after = match.groups()
    said = " ".join(part for part in (after, before) if part).strip(" .")
    if said and not same_unit(said, unit):
        if unit:
            raise RefusedError("wrong_unit", record=record, unit=unit, words=said)
        raise RefusedError("no_unit", record=record, words=said)
    either = _either(figure.strip(), near)
    return number(figure.strip()) if either is None else either


# Other names of the same unit; words that are their own plural or a few letters longer need no entry.
_SAME_UNIT = tuple(
    frozenset(names.split())
    for names in (
        "% percent pct procent procenta procentow proc",
        "points point pts pt punkty punktow punkt pkt",
        "days day d dni dzien dnia",
        "hours hour h hrs godziny godzin godzina godz",
        "minutes minute min mins minuty minut minuta",
        "seconds second s sec secs sekundy sekund sekunda",
        "weeks week w tygodnie tygodni tydzien",
        "months month mies miesiace miesiecy miesiac",
        "zl pln zlote zlotych",
        "€ eur euro",
        "$ usd dollars dolarow",
        "people person osoby osob osoba",
    )
)


KNOWN_UNITS = frozenset(name for names in _SAME_UNIT for name in names)
"""Words that are a unit whatever they stand beside."""


def same_unit(said: str, unit: str | None) -> bool:
    """Whether the words after a figure name the unit: the same word, its plural, or another name of it."""
    if not unit:
        return False
    wanted, words = _folded(unit), _folded(said)
    if wanted == words:
        return True
    for names in _SAME_UNIT:
        if wanted in names and words in names:
            return True
    shorter, longer = sorted((wanted, words), key=len)
    # day and days, alarm and alarmy: the same beginning and an ending of a letter or three.
    return len(shorter) >= 3 and longer.startswith(shorter.rstrip("aeiouys")) and len(longer) - len(shorter) <= 3


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
