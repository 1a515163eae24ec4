"""What has to hold between the records of a company file, beyond each one's own form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from okr.exchange.circles import circles
from okr.exchange.dates import day, moment, read_date
from okr.exchange.problems import Problems
from okr.exchange.records import MOST_RECORDS, Company
from okr.exchange.wording import shown

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI "
    "FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN "
    "IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE "
    "YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*")

# Which list a field refers to; fields in `MANY` hold several keys.
REFERENCES: dict[str, dict[str, str]] = {
    "teams": {"parent": "teams", "lead": "people"},
    "people": {"team": "teams", "manager": "people"},
    "objectives": {"cycle": "cycles", "team": "teams", "owner": "people", "parent": "objectives"},
    "key_results": {"objective": "objectives", "owner": "people", "kpi": "kpis"},
    "check_ins": {"key_result": "key_results", "author": "people"},
    "kpis": {"owner": "people", "team": "teams"},
    "tasks": {"key_results": "key_results", "assignee": "people", "depends_on": "tasks", "parent": "tasks"},
    "lessons": {"cycle": "cycles", "objective": "objectives", "author": "people"},
}
MANY = {("tasks", "key_results"), ("tasks", "depends_on")}
DATES = {
    "cycles": ("start", "end"),
    "objectives": ("created",),
    "check_ins": ("date",),
    "tasks": ("due", "done_on"),
    "lessons": ("date",),
}
CIRCULAR = [
    ("teams", "parent"),
    ("people", "manager"),
    ("objectives", "parent"),
    ("tasks", "parent"),
    ("tasks", "depends_on"),
]
SINGULAR = {
    "teams": "team",
    "people": "person",
    "cycles": "cycle",
    "objectives": "objective",
    "key_results": "key result",
    "check_ins": "check-in",
    "kpis": "KPI",
    "tasks": "task",
    "lessons": "lesson",
}

# Asks the store which of the keys of a list it has.
Lookup = Callable[[str, Collection[str]], set[str]]


@dataclass(slots=True)
class Lists:
    """The lists of a file as far as they could be read; an element that could not is None in its place."""

    records: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in MOST_RECORDS})
    spoilt_keys: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in MOST_RECORDS})
    company_broken: bool = False
    unreadable: set[str] = field(default_factory=set)

    def spoilt(self, section: str, key: str | None) -> None:
        """Note an element that could not be read, under its key if it has one."""
        if key is None:
            # Any reference to this list may have meant the one without a key.
            self.unreadable.add(section)
        else:
            self.spoilt_keys[section].add(_identity(section, key))

    def each(self, section: str) -> Iterator[tuple[int, Any]]:
        """The readable elements of a list with their places in it."""
        return ((i, r) for i, r in enumerate(self.records[section]) if r is not None)


def check_company(company: Company, problems: Problems) -> None:
    """The zone and the country have to exist."""
    if not is_zone(company.timezone):
        problems.add("company.timezone", unknown_zone(company.timezone))
    if company.country is not None and company.country not in COUNTRIES:
        problems.add("company.country", f"{shown(company.country)} is not a two-letter country code such as PL")


def check_records(lists: Lists, problems: Problems, lookup: Lookup | None) -> None:
    """Keys, references, circles, dates and the rules of each kind of record, over the whole file.

    Afterwards equal keys are one and the same text in memory, and e-mail addresses are in lower case.
    """
    known = {section: _keys(lists, section, problems) for section in lists.records}
    missing: dict[str, dict[str, list[str]]] = {}
    for section, fields in REFERENCES.items():
        for name, target in fields.items():
            _resolve(lists, section, name, target, known[target], missing)
    _report_missing(lists, missing, problems, lookup)
    for section, name in CIRCULAR:
        _check_circles(lists, section, name, problems)
    for section, names in DATES.items():
        for name in names:
            for index, record in lists.each(section):
                _check_date(getattr(record, name), f"{section}[{index}].{name}", problems)
    _check_people(lists, problems)
    _check_cycles(lists, problems)
    _check_key_results(lists, problems)
    _check_points(lists, problems)


def _identity(section: str, key: str) -> str:
    return key.lower() if section == "people" else key


def _keys(lists: Lists, section: str, problems: Problems) -> dict[str, str]:
    found: dict[str, str] = {}
    name = "email" if section == "people" else "key"
    if section == "people":
        for _, person in lists.each(section):
            person.email = person.email.lower()
    for index, record in enumerate(lists.records[section]):
        if record is None:
            continue
        key = getattr(record, name)
        if key in found:
            problems.add(f"{section}[{index}].{name}", f"{shown(key)} stands more than once in this list")
        else:
            found[key] = key
    return found


def _resolve(
    lists: Lists,
    section: str,
    name: str,
    target: str,
    known: dict[str, str],
    missing: dict[str, dict[str, list[str]]],
) -> None:
    people = target == "people"
    if (section, name) in MANY:
        for index, record in lists.each(section):
            keys: list[str] = getattr(record, name)
            for position, key in enumerate(keys):
                found = known.get(key)
                if found is None:
                    missing.setdefault(target, {}).setdefault(key, []).append(f"{section}[{index}].{name}[{position}]")
                else:
                    keys[position] = found
        return
    for index, record in enumerate(lists.records[section]):
        if record is None:
            continue
        key = getattr(record, name)
        if key is None:
            continue
        if people:
            key = key.lower()
        found = known.get(key)
        if found is None:
            found = key
            missing.setdefault(target, {}).setdefault(key, []).append(f"{section}[{index}].{name}")
        setattr(record, name, found)


def _report_missing(
    lists: Lists, missing: dict[str, dict[str, list[str]]], problems: Problems, lookup: Lookup | None
) -> None:
    for target, places in missing.items():
        wanted = places.keys() - lists.spoilt_keys[target]
        if target in lists.unreadable:
            continue
        there = lookup(target, wanted) if lookup and wanted else set()
        for key, found in places.items():
            if key in wanted and key not in there:
                for where in found:
                    problems.add(where, f"there is no {SINGULAR[target]} {shown(key)}")


def _check_circles(lists: Lists, section: str, name: str, problems: Problems) -> None:
    identity = "email" if section == "people" else "key"
    places: dict[str, int] = {}
    links: dict[str, Sequence[str]] = {}
    for index, record in lists.each(section):
        key = getattr(record, identity)
        value = getattr(record, name)
        places[key] = index
        links[key] = value if isinstance(value, list) else () if value is None else (value,)
    for circle in circles(links):
        problems.add(f"{section}[{places[circle[0]]}].{name}", round_about(circle))


def round_about(circle: Sequence[str]) -> str:
    """A circle of references in words, cut when it is long."""
    keys = [*circle[:4], "…", circle[-1]] if len(circle) > 6 else list(circle)
    return f"goes round in a circle: {' → '.join(keys)}"


def _check_date(text: str | None, where: str, problems: Problems) -> date | datetime | None:
    if text is None:
        return None
    found = read_date(text)
    if isinstance(found, str):
        problems.add(where, found)
        return None
    return found


def _check_people(lists: Lists, problems: Problems) -> None:
    for index, person in lists.each("people"):
        if not _ADDRESS.fullmatch(person.email):
            problems.add(f"people[{index}].email", f"{shown(person.email)} is not an e-mail address")
        if person.timezone is not None and not is_zone(person.timezone):
            problems.add(f"people[{index}].timezone", unknown_zone(person.timezone))


def _check_cycles(lists: Lists, problems: Problems) -> None:
    utc = ZoneInfo("UTC")
    for index, cycle in lists.each("cycles"):
        start, end = read_date(cycle.start), read_date(cycle.end)
        if isinstance(start, date) and isinstance(end, date) and day(end, utc) < day(start, utc):
            problems.add(f"cycles[{index}].end", f"{cycle.end} is before the start, {cycle.start}")


def _check_key_results(lists: Lists, problems: Problems) -> None:
    for index, key_result in lists.each("key_results"):
        where = f"key_results[{index}]"
        if key_result.kind == "boundary" and key_result.limit is None:
            problems.add(f"{where}.limit", "a boundary needs a limit, at_least or at_most")
        for position, milestone in enumerate(key_result.milestones):
            _check_date(milestone.done_on, f"{where}.milestones[{position}].done_on", problems)


def _check_points(lists: Lists, problems: Problems) -> None:
    utc = ZoneInfo("UTC")
    for index, kpi in lists.each("kpis"):
        seen: dict[tuple[datetime, bool], float] = {}
        for position, point in enumerate(kpi.points):
            where = f"kpis[{index}].points[{position}]"
            found = _check_date(point.date, f"{where}.date", problems)
            if found is None:
                continue
            if seen.setdefault(moment(found, utc), point.value) != point.value:
                problems.add(f"{where}.value", f"another value for {point.date} stands above")


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Whether it is a time zone of the zone database, such as Europe/Warsaw."""
    if not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def unknown_zone(name: str) -> str:
    """The sentence about a zone that does not exist, with the one that was probably meant."""
    plain = name.casefold().replace(" ", "_")
    close = [z for z in available_timezones() if z.casefold() == plain or z.casefold().endswith("/" + plain)]
    hint = f"; did you mean {min(close)}?" if close else ""
    return f"{shown(name)} is not a time zone such as Europe/Warsaw{hint}"
