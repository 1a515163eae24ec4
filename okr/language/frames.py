"""What a question asks, as a value: the meeting point of reading language and looking things up.

A `Frame` says what is wanted (`ask`), of which kind of record, about which named ones, within
which scope, when, and under which filters. It holds no text of the answer and no figure, so it can
be kept with a conversation: a follow-up changes the parts that it names and keeps the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Ask(StrEnum):
    """What somebody wants to know."""

    RANK = "rank"  # the records in order of `by`; the first is the answer to "which … most …"
    LIST = "list"  # the records that meet the filters
    COUNT = "count"  # how many meet the filters
    STATUS = "status"  # how one record, team, person or the company is doing
    VALUE = "value"  # one figure of one record: `field`
    WHO = "who"  # a person: `field` is owner, lead, members, manager, assignee or author
    WHEN = "when"  # a date: `field` is last_check_in, due, start, end, created or next_check_in
    ROLL_UP = "roll_up"  # progress (or `field`) over a scope
    COMPARE = "compare"  # two or more sides: `named` or `teams`/`people` hold them, or `when` against `versus`
    CHANGE = "change"  # how much something moved over `when`: one record, or the records of a scope
    HISTORY = "history"  # the check-ins or points over time, oldest first; `limit` keeps the latest
    EXPLAIN = "explain"  # why something moved or stands where it stands
    NOTES = "notes"  # what people wrote: `field` is blockers, wins, note or all; `words` narrows it
    MY_WEEK = "my_week"  # what the asker has to do
    ALIGNMENT = "alignment"  # `field` is children (what feeds it) or parents (what it feeds)
    LESSONS = "lessons"  # lessons of a cycle, objective or team
    DEFINE = "define"  # what a word means here: `field` names the idea
    HELP = "help"  # what can be asked
    GREET = "greet"
    THANK = "thank"


@dataclass(frozen=True, slots=True)
class Ref:
    """A record that a question names. `kind` is key_result, objective, team, person, kpi, task or cycle."""

    kind: str
    id: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class When:
    """The days a question is about, in the company's zone, and how people say them.

    A moment has `first == last` and `moment` set: the state at the end of that day (now for today).
    A stretch runs from the start of `first` to the end of `last`. `word` names it for the answer
    ("this_week", "last_month", "since", "on", "q3" …). A change is from the state at the end of the
    day before `first` to the state at the end of `last`; with `word == "since"` from the state at
    the end of `first` itself.
    """

    first: date
    last: date
    moment: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; an empty one lets everything through."""

    statuses: tuple[str, ...] = ()  # computed: on_track, at_risk, off_track, completed, unknown, pending
    reported: tuple[str, ...] = ()  # the owner's word for it
    freshness: tuple[str, ...] = ()  # fresh, due, stale, never
    older_than_days: int | None = None  # no check-in for at least that many days
    confidence: tuple[str, float] | None = None  # ("<", 3)
    confidence_falling: bool = False
    progress: tuple[str, float] | None = None  # (">", 0.5)
    gap: tuple[str, float] | None = None  # in fractions
    upto: tuple[tuple[str, float], ...] = ()  # the upper ends of ranges: (("progress", 0.6),)
    watermelon: bool = False
    kinds: tuple[str, ...] = ()  # measure, boundary, milestones, binary
    held: bool | None = None  # boundaries that hold (True) or are breached (False)
    missing: tuple[str, ...] = ()  # baseline, target, value, owner, due, assignee, check_in, score
    unrankable: bool = False  # any reason for which no gap can be computed
    states: tuple[str, ...] = ()  # active, postponed, closed (objectives and key results)
    cadences: tuple[str, ...] = ()  # weekly, biweekly, monthly
    task_statuses: tuple[str, ...] = ()
    overdue: bool = False
    due: When | None = None
    moved: str = ""  # up, down or flat: key results whose progress rose, fell or stood still over `when`
    roles: tuple[str, ...] = ()  # of people
    lesson_kinds: tuple[str, ...] = ()  # helped, hindered, root_cause, lesson
    checked_in: bool | None = None  # with (True) or without (False) a check-in within `when`
    has: tuple[str, ...] = ()  # blockers, wins, note: key results whose latest check-in has some
    restricted: bool = False  # objectives not open to the whole company


@dataclass(frozen=True, slots=True)
class Frame:
    """One question, understood."""

    ask: Ask
    language: str  # en or pl: that of the question
    of: str = "key_result"  # key_result, objective, team, person, kpi, task, check_in, lesson, cycle
    named: tuple[Ref, ...] = ()  # the records it is about
    teams: tuple[Ref, ...] = ()  # within these teams and those below
    people: tuple[Ref, ...] = ()  # owned by (tasks: assigned to) these people
    objectives: tuple[Ref, ...] = ()  # below these objectives
    cycle: Ref | None = None  # of this cycle instead of the one in force
    company: bool = False  # "company-wide" was said
    mine: str = ""  # "me" or "team" when the scope came from my/our; the refs are filled in all the same
    when: When | None = None
    versus: When | None = None  # the other moment of a comparison
    filters: Filters = field(default_factory=Filters)
    by: str = ""  # rank key: gap, progress, change, confidence, age, value, score, due, weight, count
    reverse: bool = False  # smallest first where `by` is largest first by nature (the best, the freshest)
    limit: int | None = None
    field: str = ""
    words: str = ""  # free text to search notes for
    rule: str = ""  # a status rule named in the question
    singular: bool = False  # one record is asked for ("which key result is …", not "which ones are …")
    without: tuple[Ref, ...] = ()  # teams, people, objectives and key results that are left out
    place: int | None = None  # of a ranking only the row of this place: 2 for "the second most behind"
    answered: tuple[Ref, ...] = ()  # the first rows of the answer, set once it is given: what "it" and "they" mean


@dataclass(frozen=True, slots=True)
class Clarify:
    """The question could mean several things; one of them has to be chosen."""

    language: str
    about: str  # the words in doubt
    options: tuple[Ref, ...] = ()
    readings: tuple[Frame, ...] = ()  # the frame each option would give


@dataclass(frozen=True, slots=True)
class Missing:
    """The question names something that nobody recorded, or that the asker may not see: one answer for both."""

    language: str
    wanted: str
    kind: str = ""
    close: tuple[Ref, ...] = ()  # visible records with a similar name
    reason: str = ""  # record, date (does not exist), future, before_first, cycle, field


@dataclass(frozen=True, slots=True)
class Refused:
    """Not this assistant's business, or an act it may not do."""

    language: str
    reason: str  # not_ours, write, private, empty, too_long, language
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """The question is perhaps ours, but some words in it were not understood."""

    language: str
    words: tuple[str, ...] = ()


Reading = Frame | Clarify | Missing | Refused | Unread
