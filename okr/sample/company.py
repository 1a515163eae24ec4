"""Puts the sample company together for a day: dates, keys and check-ins from the plan and the diaries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from okr.sample.diary import Diary, Entry, diaries
from okr.sample.directory import COMPANY, email, people, teams
from okr.sample.figures import KPIS
from okr.sample.past import LESSONS, PAST_AIMS, PAST_RESULTS
from okr.sample.plan import AIMS, RESULTS, Result
from okr.sample.work import TASKS

Document = dict[str, Any]

ZONE = ZoneInfo(COMPANY["timezone"])
_SLIDE = (5, 4, 3, 2)
_DAYS_TO_PLAN = 8


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, the cycle of the sample company."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that contains the day."""
        return cls(day.year, (day.month + 2) // 3)

    def back(self, count: int) -> "Quarter":
        """The quarter so many before this one."""
        year, number = divmod(self.year * 4 + self.number - 1 - count, 4)
        return Quarter(year, number + 1)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return self.back(-1).start - timedelta(days=1)

    @property
    def key(self) -> str:
        """As in 2026-Q4."""
        return f"{self.year}-Q{self.number}"

    @property
    def mark(self) -> str:
        """As in 26Q4, for keys of records."""
        return f"{self.year % 100:02}Q{self.number}"


def sample_company(on: date) -> Document:
    """The portable company document of Lumen as it stands in the morning of `on`.

    The same for the same day. The cycle in force is the calendar quarter of the day; two closed
    ones stand before it. Nothing but due dates and the end of the cycle lies after the day, and
    check-ins end with the day before. Early in a quarter most key results in force have none yet
    and the weeks before are found in the cycle that has just closed.
    """
    quarters = [Quarter.of(on).back(count) for count in range(3)]
    return {
        "format": "okr-company",
        "version": 1,
        "company": dict(COMPANY),
        "teams": teams(),
        "people": people(),
        "cycles": _cycles(quarters),
        "objectives": _objectives(quarters),
        "key_results": _key_results(quarters, on),
        "check_ins": _check_ins(quarters, on),
        "kpis": _kpis(on),
        "tasks": _tasks(on),
        "lessons": _lessons(quarters, on),
    }


def _named(key: str, quarters: list[Quarter]) -> str:
    return key.replace("-LAST", f"-{quarters[1].mark}").replace("-BEFORE", f"-{quarters[2].mark}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _first_monday(start: date) -> date:
    return _monday(start + timedelta(days=6))


def _cycles(quarters: list[Quarter]) -> list[Document]:
    return [
        {
            "key": quarter.key,
            "name": f"Q{quarter.number} {quarter.year}",
            "start": quarter.start.isoformat(),
            "end": quarter.end.isoformat(),
            "state": "active" if back == 0 else "closed",
        }
        for back, quarter in reversed(list(enumerate(quarters)))
    ]


def _objectives(quarters: list[Quarter]) -> list[Document]:
    return [
        {
            "key": _named(aim.key, quarters),
            "title": aim.title,
            "cycle": quarters[aim.when].key,
            "team": aim.team,
            "owner": email(aim.who),
            "parent": _named(aim.parent, quarters) if aim.parent else None,
            "visibility": aim.visibility,
            "kind": aim.kind,
            "state": "closed" if aim.when else "active",
            "created": (quarters[aim.when].start - timedelta(days=_DAYS_TO_PLAN)).isoformat(),
        }
        for aim in (*PAST_AIMS, *AIMS)
    ]


def _key_results(quarters: list[Quarter], on: date) -> list[Document]:
    return [_key_result(result, quarters, on) for result in (*PAST_RESULTS, *RESULTS)]


def _key_result(result: Result, quarters: list[Quarter], on: date) -> Document:
    monday = _first_monday(quarters[0].start)
    milestones = []
    for step in result.steps:
        done = monday + timedelta(weeks=step.week - 1, days=3) if step.week else None
        milestones.append(
            {
                "title": step.title,
                "weight": step.weight,
                "done_on": done.isoformat() if done and done < on else None,
            }
        )
    return {
        "key": _named(result.key, quarters),
        "objective": _named(result.aim, quarters),
        "title": result.title,
        "owner": email(result.who),
        "kind": result.shape.kind,
        "unit": result.shape.unit,
        "baseline": result.shape.baseline,
        "target": result.shape.target,
        "limit": result.shape.limit,
        "weight": result.weight,
        "kpi": result.kpi,
        "milestones": milestones,
        "cadence": result.cadence,
        "state": result.state,
        "score": result.score,
    }


def _check_ins(quarters: list[Quarter], on: date) -> list[Document]:
    by_key = {result.key: result for result in (*RESULTS, *PAST_RESULTS)}
    found: list[tuple[datetime, str, Entry, int | None, str]] = []
    for diary in diaries():
        dated = [
            (at, key, entry)
            for at, key, entry in _dated(diary, quarters, on)
            if diary.hush is None or at.date() < on - timedelta(days=diary.hush)
        ]
        opening = next((entry for _, key, entry in dated if key == diary.key), None)
        for place, (at, key, entry) in enumerate(dated):
            # Everything before the last four is as sure as the first of them.
            step = max(place - max(len(dated) - len(_SLIDE), 0), 0)
            confidence = _SLIDE[step] if diary.slide else entry.confidence
            note = f"{diary.opening} {entry.note}".strip() if entry is opening else entry.note
            found.append((at, key, entry, confidence, note))
    found.sort(key=lambda each: (each[0], each[1]))
    return [
        {
            "key": f"CI-{number}",
            "key_result": _named(key, quarters),
            "date": at.isoformat(),
            "author": email(entry.who or by_key[key].who),
            "value": entry.value,
            "confidence": confidence,
            "status": entry.status,
            "wins": entry.wins,
            "blockers": entry.blockers,
            "note": note,
        }
        for number, (at, key, entry, confidence, note) in enumerate(found, 1)
    ]


def _dated(diary: Diary, quarters: list[Quarter], on: date) -> Iterator[tuple[datetime, str, Entry]]:
    """The entries with the moment they were written and the key result they belong to.

    Left out are those that are not yet written and those before the cycle of their key result.
    """
    back = 1 if diary.key.endswith("-LAST") else 2 if diary.key.endswith("-BEFORE") else 0
    first = _monday(on) if diary.anchored else _first_monday(quarters[back].start) - timedelta(weeks=1)
    habit = Random(diary.key).randrange(5)
    for entry in diary.entries:
        monday = first + timedelta(weeks=entry.week)
        whim = Random(f"{diary.key} {monday}")
        weekday = min(max(habit + whim.choice((-1, 0, 0, 0, 1)), 0), 4)
        at = datetime.combine(monday + timedelta(days=weekday), time(whim.randrange(8, 18), whim.randrange(60)), ZONE)
        if at.date() >= on:
            continue
        if quarters[back].start <= at.date() <= quarters[back].end:
            yield at, diary.key, entry
        elif diary.before and quarters[1].start <= at.date() <= quarters[1].end:
            yield at, diary.before, entry


def _kpis(on: date) -> list[Document]:
    monday = _monday(on)
    return [
        {
            "key": kpi.key,
            "name": kpi.name,
            "unit": kpi.unit,
            "better": kpi.better,
            "owner": email(kpi.who),
            "team": kpi.team,
            "points": [
                {"date": (monday - timedelta(weeks=len(kpi.values) - place)).isoformat(), "value": value}
                for place, value in enumerate(kpi.values, 1)
            ],
        }
        for kpi in KPIS
    ]


def _tasks(on: date) -> list[Document]:
    return [
        {
            "key": task.key,
            "title": task.title,
            "key_results": list(task.results),
            "assignee": email(task.who) if task.who else None,
            "due": None if task.due is None else (on + timedelta(days=task.due)).isoformat(),
            "status": task.status,
            "depends_on": list(task.needs),
            "parent": task.parent,
            "done_on": None if task.done is None else (on + timedelta(days=task.done)).isoformat(),
        }
        for task in TASKS
    ]


def _lessons(quarters: list[Quarter], on: date) -> list[Document]:
    return [
        {
            "key": f"L-{number}",
            "cycle": quarters[lesson.when].key,
            "objective": _named(lesson.aim, quarters) if lesson.aim else None,
            "kind": lesson.kind,
            "text": lesson.text,
            "author": email(lesson.who),
            "date": min(quarters[lesson.when].end + timedelta(days=lesson.after), on).isoformat(),
        }
        for number, lesson in enumerate(LESSONS, 1)
    ]
