"""Company files for the tests of exchange: a small whole one, and any number of made-up ones."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st

from okr.models import metadata
from okr.store import Store

Document = dict[str, Any]

SMALL: Document = {
    "format": "okr-company",
    "version": 1,
    "company": {"name": "Acme", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
    "teams": [
        {"key": "all", "name": "Acme", "parent": None, "lead": "eve@acme.test"},
        {"key": "sales", "name": "Sprzedaż", "parent": "all", "lead": "ana@acme.test"},
    ],
    "people": [
        {"email": "eve@acme.test", "name": "Eve Stone", "team": "all", "role": "admin", "manager": None},
        {"email": "ana@acme.test", "name": "Ana Nowak", "team": "sales", "role": "lead", "manager": "eve@acme.test"},
        {"email": "bob@acme.test", "name": "Bob Żak", "team": "sales", "manager": "ana@acme.test", "language": "pl"},
    ],
    "cycles": [
        {"key": "2026-Q4", "name": "Q4 2026", "start": "2026-10-01", "end": "2026-12-31", "state": "active"},
    ],
    "objectives": [
        {"key": "O-1", "title": "Win more", "cycle": "2026-Q4", "team": "sales", "owner": "ana@acme.test",
         "parent": None, "visibility": "company", "kind": "aspirational", "state": "active", "created": "2026-09-28"},
        {"key": "O-2", "title": "Keep more", "cycle": "2026-Q4", "team": "sales", "owner": "ana@acme.test",
         "parent": "O-1", "visibility": "team", "kind": "committed", "state": "active", "created": "2026-09-28"},
    ],
    "key_results": [
        {"key": "KR-1", "objective": "O-1", "title": "Win rate", "owner": "ana@acme.test", "kind": "measure",
         "unit": "%", "baseline": 18, "target": 25, "weight": 2, "cadence": "weekly", "state": "active"},
        {"key": "KR-2", "objective": "O-2", "title": "NPS", "owner": "bob@acme.test", "kind": "measure",
         "unit": "points", "baseline": 30, "target": 50, "weight": 1, "kpi": "KPI-NPS"},
        {"key": "KR-3", "objective": "O-2", "title": "Defects", "owner": "bob@acme.test", "kind": "boundary",
         "target": 5, "limit": "at_most"},
        {"key": "KR-4", "objective": "O-1", "title": "Relaunch", "owner": "ana@acme.test", "kind": "milestones",
         "milestones": [{"title": "Plan", "weight": 1, "done_on": "2026-10-10"},
                        {"title": "Build", "weight": 2.5, "done_on": None}]},
    ],
    "check_ins": [
        {"key": "CI-1", "key_result": "KR-1", "date": "2026-11-13", "author": "ana@acme.test", "value": 19,
         "confidence": 3, "status": "on_track", "wins": "", "blockers": "", "note": "Steady."},
        {"key": "CI-2", "key_result": "KR-1", "date": "2026-11-20T10:15:00+01:00", "author": "ana@acme.test",
         "value": 19.5, "confidence": 2, "status": "at_risk", "note": "=1+1"},
    ],
    "kpis": [
        {"key": "KPI-NPS", "name": "NPS", "unit": "points", "better": "up", "owner": "bob@acme.test",
         "team": "sales", "points": [{"date": "2026-11-09", "value": 41}, {"date": "2026-11-16", "value": 37.5}]},
    ],
    "tasks": [
        {"key": "T-1", "title": "Call them", "key_results": ["KR-2", "KR-1"], "assignee": "bob@acme.test",
         "due": "2026-11-27", "status": "in_progress", "depends_on": [], "parent": None},
        {"key": "T-2", "title": "Call again", "key_results": [], "assignee": None, "due": None, "status": "to_do",
         "depends_on": ["T-1"], "parent": "T-1"},
    ],
    "lessons": [
        {"key": "L-1", "cycle": "2026-Q4", "objective": "O-1", "kind": "root_cause", "text": "Za późno.",
         "author": "ana@acme.test", "date": "2026-10-02"},
    ],
}  # fmt: skip


def small() -> Document:
    """A fresh copy of the small company."""
    return copy.deepcopy(SMALL)


def written(document: Document) -> bytes:
    """The document as a file's content."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def emptied(store: Store) -> Store:
    """The store with nothing in it, for the next example of a property."""
    with store.database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    return store


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\x7f"), max_size=30)
_names = _texts.map(lambda text: f"Nazwa {text}")
_numbers = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: round(x, 6)))
_days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))
_moments = st.one_of(
    _days.map(lambda day: day.isoformat()),
    st.builds(
        lambda day, hour, minute, offset: f"{day}T{hour:02}:{minute:02}:00{offset}",
        _days,
        st.integers(0, 23),
        st.integers(0, 59),
        st.sampled_from(["", "Z", "+01:00", "-05:30", "+14:00"]),
    ),
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


@st.composite
def companies(draw: st.DrawFn) -> Document:
    """A company file that is in order, with every kind of record and reference."""

    def some(most: int, least: int = 0) -> range:
        return range(draw(st.integers(least, most)))

    def one(prefix: str, count: int) -> str:
        return f"{prefix}{draw(st.integers(0, count - 1))}"

    teams = [{"key": f"t{i}", "name": draw(_names)} for i in some(4, 1)]
    people: list[Document] = [{"email": f"p{i}@x.test", "name": draw(_names)} for i in some(5, 1)]

    def person() -> str:
        return one("p", len(people)) + "@x.test"

    def team() -> str:
        return one("t", len(teams))

    for i, t in enumerate(teams):
        t |= {"parent": one("t", i) if i and draw(st.booleans()) else None, "lead": draw(_maybe(st.just(person())))}
    for i, p in enumerate(people):
        manager = f"{one('p', i)}@x.test" if i and draw(st.booleans()) else None
        p |= {
            "team": draw(_maybe(st.just(team()))),
            "manager": manager,
            "role": draw(st.sampled_from(["employee", "lead", "admin"])),
            "timezone": draw(_maybe(st.sampled_from(["Europe/London", "America/New_York"]))),
            "language": draw(_maybe(st.sampled_from(["en", "pl"]))),
            "active": draw(st.booleans()),
        }
    cycles = [
        {
            "key": f"c{i}",
            "name": draw(_names),
            "start": "2026-01-01",
            "end": draw(st.sampled_from(["2026-01-01", "2026-12-31"])),
            "state": draw(st.sampled_from(["planned", "active", "closed"])),
        }
        for i in some(2, 1)
    ]
    kpis: list[Document] = [
        {
            "key": f"K{i}",
            "name": draw(_names),
            "unit": draw(_maybe(st.just("%"))),
            "better": draw(st.sampled_from(["up", "down"])),
            "owner": person(),
            "team": team(),
            "points": [
                {"date": d.isoformat(), "value": draw(_numbers)} for d in draw(st.lists(_days, unique=True, max_size=4))
            ],
        }
        for i in some(2)
    ]
    states = st.sampled_from(["active", "postponed", "closed"])
    objectives: list[Document] = []
    for i in some(4, 1):
        objectives.append(
            {
                "key": f"O{i}",
                "title": draw(_names),
                "cycle": one("c", len(cycles)),
                "team": team(),
                "owner": person(),
                "parent": one("O", i) if i and draw(st.booleans()) else None,
                "visibility": draw(st.sampled_from(["company", "team"])),
                "kind": "committed",
                "state": draw(states),
                "created": draw(_maybe(_days.map(str))),
            }
        )
    key_results: list[Document] = [
        {
            "key": f"R{i}",
            "objective": one("O", len(objectives)),
            "title": draw(_names),
            "owner": person(),
            "kind": draw(st.sampled_from(["measure", "boundary", "milestones", "binary"])),
            "unit": draw(_maybe(_texts)),
            "baseline": draw(_maybe(_numbers)),
            "target": draw(_maybe(_numbers)),
            "limit": "at_least",
            "weight": draw(st.sampled_from([0, 1, 0.5, 3])),
            "kpi": one("K", len(kpis)) if kpis and draw(st.booleans()) else None,
            "milestones": [
                {"title": draw(_names), "weight": 1.5, "done_on": draw(_maybe(_days.map(str)))} for _ in some(3)
            ],
            "cadence": draw(st.sampled_from(["weekly", "biweekly", "monthly"])),
            "state": draw(states),
            "score": draw(_maybe(st.sampled_from([0, 0.3, 1]))),
        }
        for i in some(5, 1)
    ]
    check_ins: list[Document] = [
        {
            "key": f"CI{i}",
            "key_result": one("R", len(key_results)),
            "date": draw(_moments),
            "author": person(),
            "value": draw(_maybe(_numbers)),
            "confidence": draw(_maybe(st.integers(1, 5))),
            "status": draw(_maybe(st.sampled_from(["on_track", "at_risk", "off_track", "completed"]))),
            "wins": draw(_texts),
            "blockers": draw(_texts),
            "note": draw(_texts),
        }
        for i in some(8)
    ]
    tasks: list[Document] = []
    for i in some(4):
        earlier = st.lists(st.sampled_from([f"T{j}" for j in range(i)]), unique=True) if i else st.just([])
        tasks.append(
            {
                "key": f"T{i}",
                "title": draw(_names),
                "key_results": draw(st.lists(st.sampled_from([r["key"] for r in key_results]), unique=True)),
                "assignee": draw(_maybe(st.just(person()))),
                "due": draw(_maybe(_days.map(str))),
                "status": draw(st.sampled_from(["to_do", "in_progress", "in_review", "blocked", "done"])),
                "depends_on": draw(earlier),
                "parent": one("T", i) if i and draw(st.booleans()) else None,
                "done_on": draw(_maybe(_days.map(str))),
            }
        )
    lessons = [
        {
            "key": f"L{i}",
            "cycle": one("c", len(cycles)),
            "objective": draw(_maybe(st.just(one("O", len(objectives))))),
            "kind": draw(st.sampled_from(["helped", "hindered", "root_cause", "lesson"])),
            "text": draw(_texts),
            "author": person(),
            "date": draw(_moments),
        }
        for i in some(3)
    ]
    zone = draw(st.sampled_from(["Europe/Warsaw", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]))
    return {
        "format": "okr-company",
        "version": 1,
        "company": {"name": draw(_names), "timezone": zone, "language": "pl", "country": "PL"},
        "teams": teams,
        "people": people,
        "cycles": cycles,
        "objectives": objectives,
        "key_results": key_results,
        "check_ins": check_ins,
        "kpis": kpis,
        "tasks": tasks,
        "lessons": lessons,
    }
