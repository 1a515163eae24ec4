"""What people wrote week by week, read from the text files beside this module.

A section tells one key result:

    [KR-NPS] anchored before=KR-NPS-LAST hush=22 slide
    values 52 53 . -
    faith  443-
    says   oor-
    2: a note          2+ a win          2- a blocker         2@sara.conti: a note by somebody else

`values` has one word a week: a figure, `.` for a check-in without one, `-` for no check-in. `faith` is the
confidence and `says` the status as reported (o on track, r at risk, x off track, c completed, `.` nothing),
one letter a week. Weeks count from the first Monday of the cycle, starting with 1; in an anchored section the
last word is the week of the day the company is made for, week 0, and the notes count back from it. `before`
names the key result of the cycle before that gets the weeks which lie in that cycle. `first:` starts the note of
the earliest check-in that is left in the key result's own cycle. `hush` drops what is
younger than so many days (somebody stopped writing), and `slide` lets the confidence of the latest four fall
from 5 to 2.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources

_STATUS = {"o": "on_track", "r": "at_risk", "x": "off_track", "c": "completed", ".": None}
_REMARK = re.compile(r"(-?\d+)(?:@([a-z]+\.[a-z]+))?([:+-])\s+(\S.*)")


@dataclass
class Entry:
    """One check-in before it has a date; `who` is None where the owner wrote it."""

    week: int
    value: float | None
    confidence: int | None
    status: str | None
    note: str = ""
    wins: str = ""
    blockers: str = ""
    who: str | None = None


@dataclass
class Diary:
    """All that was written about one key result, oldest first."""

    key: str
    anchored: bool = False
    before: str | None = None
    hush: int | None = None
    slide: bool = False
    opening: str = ""
    entries: list[Entry] = field(default_factory=list)


class DiaryError(ValueError):
    """A section of a diary file cannot be read."""


def diaries() -> Iterator[Diary]:
    """Every section of every file, files by name."""
    folder = resources.files(__package__).joinpath("told")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".txt"):
            yield from read(file.read_text(encoding="utf-8"))


def read(text: str) -> Iterator[Diary]:
    """The sections of one text. Empty lines and lines that start with # do not count.

    >>> [diary] = read('[KR-1]\\nvalues 3 - .\\nfaith 4-2\\nsays o-r\\n3- no budget')
    >>> [(entry.week, entry.value, entry.status, entry.blockers) for entry in diary.entries]
    [(1, 3.0, 'on_track', ''), (3, None, 'at_risk', 'no budget')]
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    starts = [place for place, line in enumerate(lines) if line.startswith("[")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield _section(lines[start], lines[start + 1 : end])


def _section(head: str, lines: list[str]) -> Diary:
    key, _, options = head.removeprefix("[").partition("]")
    diary = Diary(key)
    for option in options.split():
        name, _, value = option.partition("=")
        if name == "anchored":
            diary.anchored = True
        elif name == "slide":
            diary.slide = True
        elif name == "before":
            diary.before = value
        elif name == "hush":
            diary.hush = int(value)
        else:
            raise DiaryError(f"{key}: no option is called {name!r}.")
    values, faith, says, *remarks = lines
    words = values.removeprefix("values").split()
    first = 1 - len(words) if diary.anchored else 1
    letters = zip(
        words, _letters(key, faith, "faith", len(words)), _letters(key, says, "says", len(words)), strict=True
    )
    by_week = {
        week: Entry(
            week,
            None if word == "." else float(word),
            None if sure == "." else int(sure),
            _STATUS[said],
        )
        for week, (word, sure, said) in enumerate(letters, first)
        if word != "-"
    }
    for remark in remarks:
        if remark.startswith("first: "):
            diary.opening = remark.removeprefix("first: ")
            continue
        found = _REMARK.fullmatch(remark)
        if found is None or int(found[1]) not in by_week:
            raise DiaryError(f"{key}: {remark!r} belongs to no check-in.")
        entry = by_week[int(found[1])]
        entry.who = found[2] or entry.who
        if found[3] == "+":
            entry.wins = found[4]
        elif found[3] == "-":
            entry.blockers = found[4]
        else:
            entry.note = found[4]
    diary.entries = list(by_week.values())
    return diary


def _letters(key: str, line: str, name: str, count: int) -> str:
    letters = line.removeprefix(name).strip()
    if not line.startswith(name) or len(letters) != count:
        raise DiaryError(f"{key}: {name} needs {count} letters, not {line!r}.")
    return letters
