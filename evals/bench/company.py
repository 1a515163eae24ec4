"""A company of any size, the same for the same numbers, written as a portable file without holding it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import orjson

ASKED_ON = date(2026, 11, 23)
CYCLE_START, CYCLE_END = date(2026, 1, 1), date(2026, 12, 31)
OFFICE = timezone(timedelta(hours=1))

VERBS = ("Raise", "Improve", "Stabilise", "Grow", "Podnieść", "Poprawić")
METRICS = (
    "trial conversion", "renewal rate", "win rate", "first response time", "onboarding completion",
    "defect escape rate",
    "weekly active accounts", "gross margin", "deployment frequency", "pipeline coverage", "ticket backlog", "uptime",
    "invoice accuracy", "partner revenue", "search latency", "referral share", "training coverage", "audit findings",
    "hiring speed", "mobile retention", "konwersja z wersji próbnej", "wskaźnik odnowień", "czas pierwszej odpowiedzi",
    "liczba aktywnych kont", "marża brutto", "pokrycie testami", "zaległe zgłoszenia", "udział poleceń",
    "terminowość dostaw", "skuteczność szkoleń",
)  # fmt: skip
SEGMENTS = (
    "retail", "banking", "health care", "logistics", "education", "energy", "media", "travel", "insurance",
    "public sector", "food", "automotive", "telecom", "real estate", "agriculture", "chemicals", "sports", "legal",
    "construction", "non-profit",
)  # fmt: skip
PLACES = (
    "Warsaw", "Kraków", "Gdańsk", "Wrocław", "Poznań", "Berlin", "Hamburg", "Munich", "Vienna", "Prague", "Brno",
    "Budapest", "Paris", "Lyon", "Madrid", "Lisbon", "Rome", "Milan", "Athens", "Oslo", "Stockholm", "Helsinki",
    "Copenhagen", "Dublin", "London", "Leeds", "Glasgow", "Boston", "Chicago", "Denver", "Austin", "Seattle", "Toronto",
    "Montreal", "Mexico", "Bogotá", "Lima", "Santiago", "Nairobi", "Lagos", "Cairo", "Dubai", "Mumbai", "Delhi",
    "Singapore", "Tokyo", "Osaka", "Seoul", "Sydney", "Auckland", "Tallinn", "Riga", "Vilnius", "Zagreb", "Sofia",
    "Łódź", "Lublin", "Katowice", "Szczecin", "Rzeszów", "Turin", "Porto", "Geneva", "Zurich", "Basel", "Bergen",
    "Malmö", "Turku", "Cork", "Belfast", "Cardiff", "Bristol", "York", "Bath", "Perth", "Hobart", "Quito", "Cusco",
    "Kyoto", "Busan", "Hanoi", "Manila", "Jakarta", "Lahore",
)  # fmt: skip
FIRST = (
    "Ana", "Piotr", "Maria", "Jan", "Ewa", "Tomasz", "Olga", "Adam", "Zofia", "Marek", "Lena", "Igor", "Nina", "Paul",
    "Clara", "Hugo", "Iris", "Noah", "Sara", "Felix", "Rosa", "Leo", "Maja", "Oskar", "Julia",
)  # fmt: skip
LAST_HEAD = ("Kowal", "Lind", "Berg", "Nowak", "Stein", "Wil", "Mar", "Dom", "Hal", "Ros", "Tor", "Zal", "Kr", "Br")
LAST_TAIL = ("ski", "sen", "man", "er", "owicz", "ton", "ak", "ini", "ez", "czyk", "ley", "sson", "eau", "ic", "a")
WINS = ("Two large accounts signed.", "The new flow went live.", "Wdrożyliśmy nowy proces.", "Backlog fell by a third.")
BLOCKERS = (
    "Waiting for legal to approve the contract.", "The vendor is two weeks late.", "Brakuje osoby od danych.",
    "The survey tool loses answers.", "Budget for the campaign is frozen.",
)  # fmt: skip
NOTES = (
    "Steady week, nothing unusual.", "Numbers moved after the release.", "Tydzień spokojny, bez niespodzianek.",
    "We changed the order of the steps and watch the effect.", "Waiting for the month-end figures.",
    "The pilot group likes it, the rest follows next week.", "Powoli, ale w dobrą stronę.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How large the company is; everything else follows from the number of key results."""

    key_results: int = 50_000
    check_ins_each: int = 52

    @property
    def objectives(self) -> int:
        """Four key results each."""
        return max(1, self.key_results // 4)

    @property
    def teams(self) -> int:
        """About a hundred key results each, with one team above all."""
        return max(3, self.key_results // 100)

    @property
    def people(self) -> int:
        """One for five key results."""
        return max(10, self.key_results // 5)

    @property
    def check_ins(self) -> int:
        """All of them together."""
        return self.key_results * self.check_ins_each


def email(person: int) -> str:
    """The address of a person by number; number 0 is the admin."""
    return f"p{person}@large.test"


def team_name(team: int) -> str:
    """A name no other team bears: what it sells and where."""
    if team == 0:
        return "Large Company"
    return f"{SEGMENTS[team % len(SEGMENTS)].title()} {PLACES[(team // len(SEGMENTS)) % len(PLACES)]}"


def title(key_result: int) -> str:
    """A title no other key result bears, up to the product of the word lists."""
    place, rest = key_result % len(PLACES), key_result // len(PLACES)
    segment, rest = rest % len(SEGMENTS), rest // len(SEGMENTS)
    metric = METRICS[rest % len(METRICS)]
    return f"{VERBS[(rest + place) % len(VERBS)]} {metric} for {SEGMENTS[segment]} in {PLACES[place]}"


def _team_of(objective: int, size: Size) -> int:
    return 1 + objective % (size.teams - 1)


def teams(size: Size) -> Iterator[dict[str, Any]]:
    """A tree of three levels: one above all, then every twentieth, then the others."""
    for n in range(size.teams):
        parent = None if n == 0 else 0 if n % 20 == 1 else 1 + (n - 1) // 20 * 20
        yield {
            "key": f"TEAM-{n}",
            "name": team_name(n),
            "parent": None if parent is None else f"TEAM-{parent}",
            "lead": email(n),
        }


def people(size: Size) -> Iterator[dict[str, Any]]:
    """An admin, a lead for each team, and everybody else spread over the teams."""
    for n in range(size.people):
        names = (FIRST[n % len(FIRST)], LAST_HEAD[n // 25 % len(LAST_HEAD)] + LAST_TAIL[n // 350 % len(LAST_TAIL)])
        yield {
            "email": email(n),
            "name": " ".join(names),
            "team": f"TEAM-{n % size.teams}",
            "role": "admin" if n == 0 else "lead" if n < size.teams else "employee",
            "language": "pl" if n % 5 == 4 else "en",
        }


def objectives(size: Size) -> Iterator[dict[str, Any]]:
    """One in twenty is seen by its team alone."""
    for n in range(size.objectives):
        team = _team_of(n, size)
        yield {
            "key": f"O-{n}",
            "title": f"Win {SEGMENTS[n % len(SEGMENTS)]} in {PLACES[n // 20 % len(PLACES)]}, part {n // 1680 + 1}",
            "cycle": "2026",
            "team": f"TEAM-{team}",
            "owner": email(team),
            "parent": f"O-{n // 10}" if n >= 10 else None,
            "visibility": "team" if n % 20 == 7 else "company",
            "kind": "aspirational" if n % 3 else "committed",
            "state": "active",
            "created": CYCLE_START.isoformat(),
        }


def key_results(size: Size) -> Iterator[dict[str, Any]]:
    """Mostly measures; some boundaries, some without a baseline, some fed by a KPI, some binary."""
    for n in range(size.key_results):
        record: dict[str, Any] = {
            "key": f"KR-{n}",
            "objective": f"O-{n % size.objectives}",
            "title": title(n),
            "owner": email(n % size.people),
            "kind": "measure",
            "unit": "%",
            "baseline": 20,
            "target": 80 if n % 4 else 5,
            "weight": 1 + n % 3,
            "cadence": "weekly",
            "state": "postponed" if n % 50 == 49 else "active",
        }
        if n % 40 == 11:
            record |= {"kind": "boundary", "limit": "at_most", "baseline": None, "target": 50}
        elif n % 40 == 23:
            record |= {"baseline": None}
        elif n % 40 == 31:
            record |= {"kind": "binary", "unit": None, "baseline": None, "target": 1}
        elif n % 250 == 5:
            record |= {"kpi": f"KPI-{n // 250}"}
        yield record


def check_ins(size: Size) -> Iterator[dict[str, Any]]:
    """Evenly spread from the cycle's start to the day before the question, each key result with a pace of its own."""
    days = (ASKED_ON - CYCLE_START).days - 1
    moments = [
        datetime.combine(CYCLE_START + timedelta(days=round(i * days / size.check_ins_each) + 3), time(10, 15), OFFICE)
        for i in range(size.check_ins_each)
    ]
    stamps = [moment.isoformat() for moment in moments]
    shares = [(m.date() - CYCLE_START) / (CYCLE_END - CYCLE_START) for m in moments]
    number = 0
    for n in range(size.key_results):
        chance = Random(n)
        pace = max(-0.2, chance.gauss(0.85, 0.35))
        target = 80 if n % 4 else 5
        binary = n % 40 == 31
        silent = n % 100 == 63  # never checked in
        stops = size.check_ins_each - chance.choice((0, 0, 0, 0, 0, 0, 1, 2, 4, 8))
        for i in range(size.check_ins_each):
            number += 1
            # The number of rows stays what was asked for: what a silent one lacks, its neighbour has before.
            owner = n - 1 if silent else n
            # Whoever went quiet wrote as many, only earlier.
            moment = i * stops // size.check_ins_each
            share = shares[moment] * pace + chance.random() * 0.04
            confidence = 4 if pace > 0.95 else 3 if pace > 0.75 else 2
            said_well = pace > 0.8 or chance.random() < 0.05
            yield {
                "key": f"CI-{number}",
                "key_result": f"KR-{owner}",
                "date": stamps[moment],
                "author": email(owner % size.people),
                "value": (1 if share > 0.9 else 0) if binary else round(20 + (target - 20) * share, 2),
                "confidence": confidence,
                "status": "on_track" if said_well else "at_risk" if pace > 0.5 else "off_track",
                "wins": WINS[number % len(WINS)] if number % 6 == 0 else "",
                "blockers": BLOCKERS[number % len(BLOCKERS)] if number % 9 == 0 else "",
                "note": NOTES[number % len(NOTES)],
            }


def kpis(size: Size) -> Iterator[dict[str, Any]]:
    """Weekly points; the first one is the NPS, and it falls from September on."""
    for n in range(-(-size.key_results // 250)):
        points = []
        for week in range(46):
            on = date(2026, 1, 5) + timedelta(weeks=week)
            value = 52 - max(0, week - 35) * 1.5 if n == 0 else 20 + week * (1 + n % 5) * 0.25
            points.append({"date": on.isoformat(), "value": value})
        yield {
            "key": f"KPI-{n}",
            "name": "NPS" if n == 0 else f"{METRICS[n % 20].capitalize()} {PLACES[n // 20 % len(PLACES)]}",
            "unit": "points" if n == 0 else "%",
            "better": "up",
            "owner": email(n),
            "team": f"TEAM-{n % size.teams}",
            "points": points,
        }


def tasks(size: Size) -> Iterator[dict[str, Any]]:
    """Two for five key results, some overdue, some blocked by the one before."""
    states = ("to_do", "in_progress", "in_review", "blocked", "done")
    for n in range(size.key_results * 2 // 5):
        state = states[n % 5]
        due = ASKED_ON + timedelta(days=n % 90 - 30)
        yield {
            "key": f"T-{n}",
            "title": f"Prepare step {n % 9 + 1} of {title(n)[:60]}",
            "key_results": [f"KR-{n}"],
            "assignee": email(n % size.people),
            "due": due.isoformat(),
            "status": state,
            "depends_on": [f"T-{n - 1}"] if state == "blocked" else [],
            "parent": None,
            "done_on": min(due, ASKED_ON).isoformat() if state == "done" else None,
        }


def lessons(size: Size) -> Iterator[dict[str, Any]]:
    """One for fifty key results, on objectives everybody sees."""
    kinds = ("helped", "hindered", "root_cause", "lesson")
    for n in range(size.key_results // 50):
        yield {
            "key": f"L-{n}",
            "cycle": "2025",
            "objective": None,
            "kind": kinds[n % 4],
            "text": f"{NOTES[n % len(NOTES)]} {BLOCKERS[n % len(BLOCKERS)]}",
            "author": email(n % size.people),
            "date": "2026-01-08",
        }


def write(path: Path, size: Size) -> None:
    """Write the portable file, one record at a time."""
    head = {
        "format": "okr-company",
        "version": 1,
        "company": {"name": "Large Company", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
        "cycles": [
            {"key": "2025", "name": "2025", "start": "2025-01-01", "end": "2025-12-31", "state": "closed"},
            {"key": "2026", "name": "2026", "start": "2026-01-01", "end": "2026-12-31", "state": "active"},
        ],
    }
    lists = {
        "teams": teams,
        "people": people,
        "objectives": objectives,
        "kpis": kpis,
        "key_results": key_results,
        "check_ins": check_ins,
        "tasks": tasks,
        "lessons": lessons,
    }
    with path.open("wb", buffering=1 << 20) as file:
        file.write(orjson.dumps(head)[:-1])
        for name, records in lists.items():
            file.write(f',\n"{name}": ['.encode())
            between = b"\n"
            for record in records(size):
                file.write(between)
                file.write(orjson.dumps(record))
                between = b",\n"
            file.write(b"\n]")
        file.write(b"}\n")
