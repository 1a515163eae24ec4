"""A company file and what the contract's definitions make of it, worked out slowly and apart from the product.

Nothing here imports from `okr`: two implementations that agree are evidence, one that is used twice is not.
Fractions are exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Figure = Fraction | str | None
CADENCE_DAYS = {"weekly": 7, "biweekly": 14, "monthly": 31}
LISTS = ("teams", "people", "cycles", "objectives", "key_results", "check_ins", "kpis", "tasks", "lessons")
WORST_FIRST = ("off_track", "at_risk", "on_track", "completed")


@dataclass(frozen=True)
class Standing:
    """How one key result stands at a moment; None where the contract says undefined."""

    value: Fraction | None
    progress: Fraction | None
    expected: Fraction | None
    gap: Fraction | None
    status: str
    reported: str | None
    confidence: int | None
    freshness: str
    age_days: int | None

    def figures(self) -> dict[str, Figure]:
        """The figures under the names of the answer document."""
        found: dict[str, Figure] = {
            "value": self.value,
            "progress": self.progress,
            "expected": self.expected,
            "gap": self.gap,
            "status": self.status,
            "reported": self.reported,
            "freshness": self.freshness,
        }
        found["confidence"] = None if self.confidence is None else Fraction(self.confidence)
        found["age_days"] = None if self.age_days is None else Fraction(self.age_days)
        return found


def exact(number: float | int | None) -> Fraction | None:
    """The number as it was written in the file: 0.1 is a tenth."""
    return None if number is None else Fraction(str(number))


class Company:
    """A company file and everything that follows from it for one asker at one moment."""

    def __init__(self, path: Path) -> None:
        self.file: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.zone = ZoneInfo(self.file["company"]["timezone"])
        self.people: dict[str, Row] = {person["email"]: person for person in self.file["people"]}
        self.by_key: dict[str, dict[str, Row]] = {
            name: {row["key"]: row for row in self.file.get(name, [])} for name in LISTS if name != "people"
        }

    def kind_of(self, ident: str) -> str | None:
        """The list that holds the id; None for one that is not in the file."""
        if ident in self.people:
            return "people"
        return next((name for name, rows in self.by_key.items() if ident in rows), None)

    # moments

    def moment(self, text: str) -> datetime:
        """A moment that is asked about: a date alone means its end."""
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max, self.zone)
        return datetime.fromisoformat(text)

    def recorded(self, text: str) -> datetime:
        """A moment that was recorded: a date alone counts from its start."""
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.min, self.zone)
        return datetime.fromisoformat(text)

    def day(self, at: datetime) -> date:
        """The company's calendar day of a moment."""
        return at.astimezone(self.zone).date()

    def cycle(self, at: datetime) -> Row | None:
        """The cycle whose days hold the moment."""
        today = self.day(at).isoformat()
        return next((c for c in self.file["cycles"] if c["start"] <= today <= c["end"]), None)

    # who sees what

    def below(self, team: str) -> set[str]:
        """A team and all teams below it."""
        found = {team}
        while True:
            more = {t["key"] for t in self.file["teams"] if t["parent"] in found} - found
            if not more:
                return found
            found |= more

    def sees(self, asker: str, objective: str) -> bool:
        """Whether the asker may see an objective."""
        row, person = self.by_key["objectives"][objective], self.people[asker]
        if row["visibility"] == "company" or person["role"] == "admin" or person["team"] == row["team"]:
            return True
        return any(row["team"] in self.below(t["key"]) for t in self.file["teams"] if t["lead"] == asker)

    def key_results(
        self,
        asker: str,
        at: datetime,
        *,
        team: str | None = None,
        owner: str | None = None,
        objective: str | None = None,
        cycle: str | None = None,
        state: str | None = "active",
    ) -> list[Row]:
        """Visible key results of the cycle in force, or of the one that is named."""
        if cycle is None:
            current = self.cycle(at)
            if current is None:
                return []
            cycle = current["key"]
        teams = None if team is None else self.below(team)
        found = []
        for row in self.file["key_results"]:
            parent = self.by_key["objectives"][row["objective"]]
            if (
                parent["cycle"] == cycle
                and self.sees(asker, parent["key"])
                and (state is None or row["state"] == state)
                and (teams is None or parent["team"] in teams)
                and (owner is None or row["owner"] == owner)
                and (objective is None or row["objective"] == objective)
            ):
                found.append(row)
        return found

    def hidden_from(self, asker: str) -> dict[str, list[Row]]:
        """The records that do not exist for the asker, by list."""
        objectives = {key for key in self.by_key["objectives"] if not self.sees(asker, key)}
        results = {key for key, row in self.by_key["key_results"].items() if row["objective"] in objectives}
        return {
            "objectives": [self.by_key["objectives"][key] for key in objectives],
            "key_results": [self.by_key["key_results"][key] for key in results],
            "check_ins": [row for row in self.file["check_ins"] if row["key_result"] in results],
            "tasks": [row for row in self.file["tasks"] if row["key_results"] and set(row["key_results"]) <= results],
            "lessons": [row for row in self.file["lessons"] if row["objective"] in objectives],
        }

    def as_known_to(self, asker: str) -> dict[str, Any]:
        """The file of the company in which what is hidden from the asker never existed."""
        hidden = self.hidden_from(asker)
        gone = {row["key"] for name in ("key_results", "objectives") for row in hidden[name]}
        known: dict[str, Any] = {
            name: [row for row in rows if row not in hidden.get(name, [])] if isinstance(rows, list) else rows
            for name, rows in self.file.items()
        }
        known["tasks"] = [
            {**row, "key_results": [key for key in row["key_results"] if key not in gone]} for row in known["tasks"]
        ]
        return known

    # one key result

    def check_ins(self, key: str, at: datetime) -> list[Row]:
        """Its check-ins up to the moment, oldest first."""
        found = [c for c in self.file["check_ins"] if c["key_result"] == key and self.recorded(c["date"]) <= at]
        return sorted(found, key=lambda c: self.recorded(c["date"]))

    def value(self, row: Row, at: datetime) -> Fraction | None:
        """The latest value dated on or before the moment, the KPI's points included."""
        dated = [(self.recorded(c["date"]), c["value"]) for c in self.check_ins(row["key"], at)]
        if row["kpi"] is not None:
            points = self.by_key["kpis"][row["kpi"]]["points"]
            dated += [(self.recorded(p["date"]), p["value"]) for p in points if self.recorded(p["date"]) <= at]
        known = [pair for pair in dated if pair[1] is not None]
        return exact(max(known, key=lambda pair: pair[0])[1]) if known else None

    def progress(self, row: Row, at: datetime) -> Fraction | None:
        """Share of the way, unclamped; None where the contract says undefined."""
        if row["kind"] == "boundary":
            return None
        if row["kind"] == "milestones":
            steps = row["milestones"]
            whole = sum((Fraction(str(s["weight"])) for s in steps), Fraction(0))
            done = [s for s in steps if s["done_on"] is not None and self.recorded(s["done_on"]) <= at]
            return sum((Fraction(str(s["weight"])) for s in done), Fraction(0)) / whole if whole else None
        value = self.value(row, at)
        if row["kind"] == "binary":
            return Fraction(1) if value is not None and value >= 1 else Fraction(0)
        start, target = exact(row["baseline"]), exact(row["target"])
        if value is None or start is None or target is None or start == target:
            return None
        return (value - start) / (target - start)

    def expected(self, row: Row, at: datetime) -> Fraction:
        """Share of the cycle's days that have passed."""
        cycle = self.by_key["cycles"][self.by_key["objectives"][row["objective"]]["cycle"]]
        start, end = date.fromisoformat(cycle["start"]), date.fromisoformat(cycle["end"])
        return min(max(Fraction((self.day(at) - start).days, (end - start).days), Fraction(0)), Fraction(1))

    def status(self, row: Row, at: datetime) -> str:
        """The status by the default rule."""
        progress, expected, value = self.progress(row, at), self.expected(row, at), self.value(row, at)
        if row["kind"] == "boundary":
            if value is None:
                return "pending"
            limit = Fraction(str(row["target"]))
            holds = value <= limit if row["limit"] == "at_most" else value >= limit
            return "on_track" if holds else "off_track"
        if progress is not None and progress >= 1:
            return "completed"
        if row["kind"] == "binary":
            return "off_track" if expected >= 1 else "unknown"
        if progress is None:
            return "pending" if value is None else "unknown"
        gap = expected - progress
        if gap >= Fraction(25, 100):
            return "off_track"
        slow = expected >= Fraction(15, 100) and progress / expected < Fraction(75, 100)
        return "at_risk" if gap >= Fraction(10, 100) or slow else "on_track"

    def standing(self, row: Row, at: datetime) -> Standing:
        """Everything about one key result at a moment."""
        notes = self.check_ins(row["key"], at)
        progress = self.progress(row, at)
        paced = row["kind"] in ("measure", "milestones") and progress is not None
        expected = self.expected(row, at)
        age = (self.day(at) - self.day(self.recorded(notes[-1]["date"]))).days if notes else None
        cadence = CADENCE_DAYS[row["cadence"]]
        fresh = "never" if age is None else "fresh" if age <= cadence else "due" if age <= cadence + 3 else "stale"
        last = notes[-1] if notes else {"status": None, "confidence": None}
        return Standing(
            value=self.value(row, at),
            progress=progress,
            expected=expected if paced else None,
            gap=expected - progress if paced and progress is not None else None,
            status=self.status(row, at),
            reported=last["status"],
            confidence=last["confidence"],
            freshness=fresh,
            age_days=age,
        )

    def score(self, row: Row) -> Fraction | None:
        """The score at the end of its cycle."""
        if row["score"] is not None:
            return exact(row["score"])
        cycle = self.by_key["cycles"][self.by_key["objectives"][row["objective"]]["cycle"]]
        progress = self.progress(row, self.moment(cycle["end"]))
        return None if progress is None else tenth(clamped(progress))


def clamped(share: Fraction) -> Fraction:
    """The share held between 0 and 1."""
    return min(max(share, Fraction(0)), Fraction(1))


def tenth(number: Fraction) -> Fraction:
    """Rounded to one decimal, halves up."""
    return Fraction(int(number * 10 + Fraction(1, 2)), 10)


def behind_first(company: Company, rows: Iterable[Row], at: datetime) -> list[Row]:
    """Those with a defined gap and below completion, furthest behind first."""
    found = []
    for row in rows:
        stands = company.standing(row, at)
        if stands.gap is not None and stands.progress is not None and stands.progress < 1:
            expected = company.expected(row, at)
            ratio = stands.progress / expected if expected else Fraction(0)
            age = -(stands.age_days if stands.age_days is not None else 10**6)
            found.append(((-stands.gap, ratio, stands.confidence or 0, age, row["key"]), row))
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]
