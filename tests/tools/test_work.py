"""Tasks, people, teams, lessons, check-ins, alignment and a person's week, looked up in a small company."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from okr.errors import NotFoundError
from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.store import Store
from tools.alignment import read_alignment
from tools.check_ins import list_check_ins
from tools.context import TurnContext
from tools.lessons import list_lessons
from tools.my_week import my_week
from tools.people import list_people, people_by_check_ins, people_by_key_results, people_by_tasks
from tools.result import Found
from tools.selection import Where
from tools.tasks import list_tasks
from tools.teams import list_teams, rank_teams

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))


def person(name: str, team: str | None, role: str = "employee", **more: Any) -> dict[str, Any]:
    return {
        "email": f"{name.lower()}@acme.test", "name": name, "team": team, "role": role, "manager": "ada@acme.test",
        "timezone": None, "language": None, "active": True,
    } | more  # fmt: skip


def objective(key: str, team: str, parent: str | None = None, visibility: str = "company") -> dict[str, Any]:
    return {
        "key": key, "title": f"Objective {key}", "cycle": "Q4", "team": team, "owner": "bob@acme.test",
        "parent": parent, "visibility": visibility, "kind": "aspirational", "state": "active",
        "created": "2026-09-28",
    }  # fmt: skip


def key_result(key: str, of: str, owner: str, state: str = "active", cadence: str = "weekly") -> dict[str, Any]:
    return {
        "key": key, "objective": of, "title": f"Result {key}", "owner": f"{owner}@acme.test", "kind": "measure",
        "unit": None, "baseline": 0, "target": 100, "limit": None, "weight": 1, "kpi": None, "milestones": [],
        "cadence": cadence, "state": state, "score": None,
    }  # fmt: skip


def check_in(key: str, of: str, date: str, author: str, value: float | None, note: str = "") -> dict[str, Any]:
    return {
        "key": key, "key_result": of, "date": date, "author": f"{author}@acme.test", "value": value,
        "confidence": None, "status": None, "wins": "", "blockers": "", "note": note,
    }  # fmt: skip


def task(key: str, due: str | None, status: str, assignee: str | None = "bob", **more: Any) -> dict[str, Any]:
    return {
        "key": key, "title": f"Task {key}", "key_results": ["K1"], "due": due, "status": status,
        "assignee": f"{assignee}@acme.test" if assignee else None, "depends_on": [], "parent": None, "done_on": None,
    } | more  # fmt: skip


COMPANY = {
    "format": "okr-company",
    "version": 1,
    "company": {"name": "Acme", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
    "teams": [
        {"key": "all", "name": "All", "parent": None, "lead": "ada@acme.test"},
        {"key": "eng", "name": "Engineering", "parent": "all", "lead": "bob@acme.test"},
        {"key": "web", "name": "Web", "parent": "eng", "lead": None},
        {"key": "hr", "name": "People", "parent": "all", "lead": "dan@acme.test"},
    ],
    "people": [
        person("Ada", "all", "admin", manager=None),
        person("Bob", "eng", "lead"),
        person("Cyd", "web"),
        person("Dan", "hr", "lead"),
        person("Eve", "web", active=False),
    ],
    "cycles": [{"key": "Q4", "name": "Q4 2026", "start": "2026-10-01", "end": "2026-12-31", "state": "active"}],
    "objectives": [
        objective("TOP", "all"),
        objective("MID", "eng", "TOP"),
        objective("LOW", "web", "MID"),
        objective("SECRET", "hr", "TOP", "team"),
        objective("UNDER", "web", "SECRET"),
    ],
    "key_results": [
        key_result("K1", "MID", "bob"),
        key_result("K2", "LOW", "cyd"),
        key_result("K3", "LOW", "cyd", state="postponed"),
        key_result("K4", "SECRET", "dan"),
        key_result("K5", "MID", "bob", cadence="monthly"),
    ],
    "check_ins": [
        check_in("C1", "K1", "2026-11-16", "bob", 10, "slow"),
        check_in("C2", "K1", "2026-11-23T08:00:00+01:00", "cyd", 20),
        check_in("C3", "K2", "2026-11-10", "cyd", 70),
        check_in("C4", "K4", "2026-11-20", "dan", 1, "hush"),
        check_in("C5", "K5", "2026-11-02", "bob", 50),
        check_in("C6", "K5", "2026-11-29", "bob", 60, "of the future"),
    ],
    "kpis": [],
    "tasks": [
        task("T1", "2026-11-20", "in_progress", depends_on=["T2", "T9"]),
        task("T2", "2026-11-25", "blocked", "cyd"),
        task("T3", "2026-11-10", "done", done_on="2026-11-12"),
        task("T4", None, "to_do", None),
        task("T5", "2026-12-10", "to_do", parent="T1"),
        task("T9", "2026-11-19", "to_do", "dan", key_results=["K4"]),
    ],
    "lessons": [
        {"key": "L1", "cycle": "Q4", "objective": "MID", "kind": "helped", "text": "Pairing", "author": "bob@acme.test",
         "date": "2026-11-02"},
        {"key": "L2", "cycle": "Q4", "objective": "SECRET", "kind": "lesson", "text": "Hush", "author": "dan@acme.test",
         "date": "2026-11-03"},
        {"key": "L3", "cycle": "Q4", "objective": None, "kind": "hindered", "text": "Rain", "author": "ada@acme.test",
         "date": "2026-11-04"},
    ],
}  # fmt: skip


@pytest.fixture
def acme(store: Store) -> Store:
    import_into(store, read_company(orjson.dumps(COMPANY)), now=NOW)
    return store


def turn(acme: Store, name: str) -> TurnContext:
    return TurnContext(acme, acme.actor(f"{name}@acme.test"), acme.company(), NOW, "en")


def ids(found: Found) -> list[str]:
    return [row.id for row in found.rows]


def test_tasks_by_person_date_status_and_link(acme: Store) -> None:
    bob = turn(acme, "bob")
    assert ids(list_tasks(bob, people=["bob@acme.test"])) == ["T3", "T1", "T5"]
    assert ids(list_tasks(bob, overdue=True)) == ["T1"]
    assert ids(list_tasks(bob, overdue=True, on="2026-11-11")) == ["T3"]
    assert ids(list_tasks(bob, due_first="2026-11-23", due_last="2026-11-29")) == ["T2"]
    assert ids(list_tasks(bob, statuses=["done"], done_first="2026-11-09", done_last="2026-11-15")) == ["T3"]
    assert ids(list_tasks(bob, missing=["assignee"])) == ["T4"]
    assert ids(list_tasks(bob, tasks=["T1"], link="needs")) == ["T2"]
    assert ids(list_tasks(bob, tasks=["T2"], link="needed_by")) == ["T1"]
    assert ids(list_tasks(bob, tasks=["T1"], link="subtasks")) == ["T5"]
    assert ids(list_tasks(bob, tasks=["T5"], link="parent")) == ["T1"]
    assert ids(list_tasks(bob, key_results=["K1"], by="count", limit=1)) == ["T2"]
    assert ids(list_tasks(bob, teams=["eng"])) == ["T3", "T1", "T2", "T5", "T4"]
    found = list_tasks(bob)
    assert found.values == {"count": 5, "to_do": 2, "in_progress": 1, "blocked": 1, "done": 1}
    assert found.rows[1].values["overdue_days"] == 3


def test_a_task_of_hidden_work_does_not_exist(acme: Store) -> None:
    assert "T9" not in ids(list_tasks(turn(acme, "bob")))
    assert "T9" in ids(list_tasks(turn(acme, "dan")))
    first = list_tasks(turn(acme, "bob"), tasks=["T1"]).rows[0]
    assert first.values["depends_on"] == ["T2"]
    assert list_tasks(turn(acme, "dan"), tasks=["T1"]).rows[0].values["depends_on"] == ["T2", "T9"]
    with pytest.raises(NotFoundError):
        list_tasks(turn(acme, "bob"), tasks=["T9"])


def test_the_people_of_a_team_take_in_those_below_and_not_who_has_left(acme: Store) -> None:
    bob = turn(acme, "bob")
    found = list_people(bob, teams=["eng"])
    assert ids(found) == ["bob@acme.test", "cyd@acme.test"]
    assert found.values == {"count": 2, "own": 1}
    assert ids(list_people(bob, roles=["admin"])) == ["ada@acme.test"]
    assert ids(list_people(bob, leads=True)) == ["ada@acme.test", "bob@acme.test", "dan@acme.test"]
    assert ids(list_people(bob, reports_to=["ada@acme.test"], teams=["web"])) == ["cyd@acme.test"]
    assert ids(list_people(bob, inactive=True)) == ["eve@acme.test"]


def test_who_has_not_checked_in_this_week_owns_something_without_one(acme: Store) -> None:
    where = Where(first="2026-11-23", last="2026-11-29", word="this_week", filters=("not_checked_in",))
    found = people_by_key_results(turn(acme, "ada"), where=where)
    assert {row.id: row.values["key_results"] for row in found.rows} == {
        "bob@acme.test": ["K5"], "cyd@acme.test": ["K2"], "dan@acme.test": ["K4"],
    }  # fmt: skip
    assert "dan@acme.test" not in ids(people_by_key_results(turn(acme, "bob"), where=where))


def test_people_are_ranked_by_what_they_own_do_and_write(acme: Store) -> None:
    ada = turn(acme, "ada")
    assert ids(people_by_key_results(ada, where=Where()))[0] == "bob@acme.test"
    assert ids(people_by_key_results(ada, where=Where(), by="gap")) == [
        "dan@acme.test", "bob@acme.test", "cyd@acme.test",
    ]  # fmt: skip
    assert ids(people_by_key_results(ada, where=Where(), by="progress"))[0] == "cyd@acme.test"
    found = people_by_tasks(ada)
    assert [(row.id, row.values["count"]) for row in found.rows] == [
        ("bob@acme.test", 2), ("cyd@acme.test", 1), ("dan@acme.test", 1),
    ]  # fmt: skip
    wrote = people_by_check_ins(turn(acme, "bob"), first="2026-11-01", last="2026-11-23")
    assert [(row.id, row.values["count"]) for row in wrote.rows] == [("bob@acme.test", 2), ("cyd@acme.test", 2)]


def test_teams_stand_with_those_below_them(acme: Store) -> None:
    ada = turn(acme, "ada")
    assert ids(list_teams(ada)) == ["all", "eng", "web", "hr"]
    assert ids(list_teams(ada, below=["eng"])) == ["web"]
    found = rank_teams(ada)
    assert ids(found) == ["hr", "eng", "web"]
    # (0.2 + 0.5 + 0.7) / 3: Engineering with Web below it, the postponed one left out.
    assert found.rows[1].values["progress"] == pytest.approx(1.4 / 3)
    assert found.rows[1].values["count"] == 3
    assert ids(rank_teams(ada, by="progress"))[0] == "web"
    assert [row.values["count"] for row in rank_teams(ada, by="count").rows] == [3, 1, 1]
    # What the asker does not see is in no roll-up.
    assert ids(rank_teams(turn(acme, "bob"))) == ["eng", "web"]


def test_lessons_on_hidden_objectives_do_not_exist(acme: Store) -> None:
    bob = turn(acme, "bob")
    assert ids(list_lessons(bob)) == ["L3", "L1"]
    assert ids(list_lessons(turn(acme, "dan"), cycles=["Q4"])) == ["L3", "L2", "L1"]
    assert ids(list_lessons(bob, kinds=["helped"])) == ["L1"]
    assert ids(list_lessons(bob, teams=["all"])) == ["L1"]
    assert ids(list_lessons(bob, first="2026-11-03", last="2026-11-30")) == ["L3"]
    assert list_lessons(bob, limit=1).values == {"count": 2}


def test_check_ins_are_those_recorded_by_now_and_seen(acme: Store) -> None:
    bob = turn(acme, "bob")
    assert ids(list_check_ins(bob)) == ["C2", "C1", "C3", "C5"]
    assert ids(list_check_ins(bob, teams=["web"])) == ["C3"]
    assert ids(list_check_ins(bob, first="2026-11-16", last="2026-11-22")) == ["C1"]
    assert ids(list_check_ins(bob, people=["cyd@acme.test"], oldest=True)) == ["C3", "C2"]
    assert ids(list_check_ins(bob, said=["note"])) == ["C1"]
    assert list_check_ins(bob, limit=1).values == {"count": 4}
    assert list_check_ins(turn(acme, "ada"), limit=1).values == {"count": 5}


def test_alignment_ends_where_the_asker_sees_no_further(acme: Store) -> None:
    bob, ada = turn(acme, "bob"), turn(acme, "ada")
    down = read_alignment(bob, objectives=["TOP"])
    assert (ids(down), [row.id for row in down.apart]) == (["MID"], ["LOW"])
    assert ids(read_alignment(ada, objectives=["TOP"])) == ["MID", "SECRET"]
    up = read_alignment(bob, direction="parents", objectives=["LOW"])
    assert (ids(up), [row.id for row in up.apart]) == (["MID"], ["TOP"])
    assert read_alignment(bob, direction="parents", objectives=["UNDER"]).rows == []
    assert ids(read_alignment(ada, direction="parents", objectives=["UNDER"])) == ["SECRET"]
    assert ids(read_alignment(bob, direction="parents", key_results=["K2"])) == ["LOW"]
    assert down.rows[0].values["progress"] == pytest.approx(0.35)


def test_a_week_holds_overdue_and_due_tasks_and_check_ins_that_fall_due(acme: Store) -> None:
    found = my_week(turn(acme, "bob"))
    assert ids(found) == ["T1"]
    assert found.values["later"] == 1
    cyd = my_week(turn(acme, "cyd"))
    assert ids(cyd) == ["T2", "K2"]
    assert cyd.rows[1].values["next_check_in"] == "2026-11-17"
    assert found.period == {"from": "2026-11-23", "to": "2026-11-29", "label": "this week"}
    assert ids(my_week(turn(acme, "ada"), person="cyd@acme.test")) == ["T2", "K2"]
