"""The records of the portable company file, typed as the file has them.

A date stays the text it was: the company's zone, which gives it a moment, may stand after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, Strict, StringConstraints

FORMAT = "okr-company"
VERSION = 1

# Limits that no company reaches and that a mistake or an attack does.
MOST_FILE_BYTES = 4 * 1024**3
MOST_RECORD_CHARACTERS = 32 * 1024**2
MOST_TEXT = 100_000
MOST_TITLE = 2_000
MOST_NAME = 400
MOST_KEY = 200
MOST_LINKS = 1_000
MOST_MILESTONES = 1_000
MOST_POINTS = 200_000
LARGEST_NUMBER = 1e15
MOST_RECORDS: dict[str, int] = {
    "teams": 50_000,
    "people": 500_000,
    "cycles": 2_000,
    "objectives": 200_000,
    "key_results": 500_000,
    "check_ins": 10_000_000,
    "kpis": 50_000,
    "tasks": 1_000_000,
    "lessons": 500_000,
}

# Tab and line ends are what people type; every other control character is a broken export or an attack.
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
# A name says something: at least one sign in it is not a blank.
SPEAKING = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
# A key or an address has no line ends and no blanks around it: it would never be found again.
ONE_LINE = r"^[^\x00-\x20\x7f\u00a0](?:[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\u00a0])?$"

Key = Annotated[str, Strict(), StringConstraints(max_length=MOST_KEY, pattern=ONE_LINE)]
Name = Annotated[str, Strict(), StringConstraints(max_length=MOST_NAME, pattern=SPEAKING)]
Title = Annotated[str, Strict(), StringConstraints(max_length=MOST_TITLE, pattern=SPEAKING)]
Prose = Annotated[str, Strict(), StringConstraints(max_length=MOST_TEXT, pattern=PLAIN)]
When = Annotated[str, Strict(), StringConstraints(max_length=40)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Weight = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=0, le=LARGEST_NUMBER)]
Score = Annotated[float, Strict(), Field(allow_inf_nan=False, ge=0, le=1)]
Confidence = Annotated[int, Strict(), Field(ge=1, le=5)]
Flag = Annotated[bool, Strict()]
Unit = Annotated[str, Strict(), StringConstraints(max_length=MOST_KEY, pattern=PLAIN)]

Language = Literal["en", "pl"]
Status = Literal["on_track", "at_risk", "off_track", "completed", "unknown", "pending"]
State = Literal["active", "postponed", "closed"]
Cadence = Literal["weekly", "biweekly", "monthly"]

CONFIG = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Company:
    """The company itself."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    name: Name
    timezone: Key
    language: Language = "en"
    country: Key | None = None


@dataclass(slots=True)
class Team:
    """A team; `parent` is the key of the team above."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    name: Name
    parent: Key | None = None
    lead: Key | None = None


@dataclass(slots=True)
class Person:
    """Somebody in the directory, known by the e-mail address."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    email: Key
    name: Name
    team: Key | None = None
    role: Literal["employee", "lead", "admin"] = "employee"
    manager: Key | None = None
    timezone: Key | None = None
    language: Language | None = None
    active: Flag = True


@dataclass(slots=True)
class Cycle:
    """A period that objectives are set for, both days included."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    name: Name
    start: When
    end: When
    state: Literal["planned", "active", "closed"]


@dataclass(slots=True)
class Objective:
    """What a team wants to reach in a cycle."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    title: Title
    cycle: Key
    team: Key
    owner: Key
    parent: Key | None = None
    visibility: Literal["company", "team"] = "company"
    kind: Key = "aspirational"
    state: State = "active"
    created: When | None = None


@dataclass(slots=True)
class Milestone:
    """One step of a key result that is measured by steps."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    title: Title
    weight: Weight = 1.0
    done_on: When | None = None


@dataclass(slots=True)
class KeyResult:
    """How it will be known that an objective is reached."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    objective: Key
    title: Title
    owner: Key
    kind: Literal["measure", "boundary", "milestones", "binary"] = "measure"
    unit: Unit | None = None
    baseline: Number | None = None
    target: Number | None = None
    limit: Literal["at_least", "at_most"] | None = None
    weight: Weight = 1.0
    kpi: Key | None = None
    milestones: Annotated[list[Milestone], Strict(), Field(max_length=MOST_MILESTONES)] = field(default_factory=list)
    cadence: Cadence = "weekly"
    state: State = "active"
    score: Score | None = None


@dataclass(slots=True)
class CheckIn:
    """What somebody reported about a key result at a moment."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    key_result: Key
    date: When
    author: Key
    value: Number | None = None
    confidence: Confidence | None = None
    status: Status | None = None
    wins: Prose = ""
    blockers: Prose = ""
    note: Prose = ""


@dataclass(slots=True)
class Point:
    """The value of a KPI at a moment."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    date: When
    value: Number


@dataclass(slots=True)
class Kpi:
    """A figure that the company follows all the time."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    name: Name
    owner: Key
    team: Key
    better: Literal["up", "down"]
    unit: Unit | None = None
    points: Annotated[list[Point], Strict(), Field(max_length=MOST_POINTS)] = field(default_factory=list)


@dataclass(slots=True)
class Task:
    """A piece of work, for any number of key results."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    title: Title
    status: Literal["to_do", "in_progress", "in_review", "blocked", "done"] = "to_do"
    key_results: Annotated[list[Key], Strict(), Field(max_length=MOST_LINKS)] = field(default_factory=list)
    assignee: Key | None = None
    due: When | None = None
    depends_on: Annotated[list[Key], Strict(), Field(max_length=MOST_LINKS)] = field(default_factory=list)
    parent: Key | None = None
    done_on: When | None = None


@dataclass(slots=True)
class Lesson:
    """What was learnt in a cycle."""

    __pydantic_config__: ClassVar[ConfigDict] = CONFIG
    key: Key
    cycle: Key
    kind: Literal["helped", "hindered", "root_cause", "lesson"]
    text: Prose
    author: Key
    date: When
    objective: Key | None = None


@dataclass(slots=True)
class CompanyFile:
    """A whole file; `missing` lists the references that the store has to know, since the file does not.

    Without `company` the records go into the company that is already there.
    """

    name: str = "file"
    company: Company | None = None
    teams: list[Team] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    key_results: list[KeyResult] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    kpis: list[Kpi] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    # What a person should know before confirming: assumptions made, columns left out, texts to look at.
    notices: list[str] = field(default_factory=list)
