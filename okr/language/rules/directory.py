"""What the reader may look up about a company: people, teams and records, by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from okr.language.words import fold


@dataclass(frozen=True)
class PersonEntry:
    """A person of the company."""

    email: str
    name: str
    aliases: tuple[str, ...] = ()
    team: str | None = None


@dataclass(frozen=True)
class TeamEntry:
    """A team of the company; `lead` is an address."""

    key: str
    name: str
    lead: str | None = None


@dataclass(frozen=True)
class RecordEntry:
    """An objective, key result or KPI; `kind` is objective, key_result or kpi."""

    kind: str
    key: str
    title: str


class Directory(Protocol):
    """What the reader may look up. Each is called only for the words of the sentence that need it."""

    def person(self, email: str) -> PersonEntry | None:
        """The active person with that address."""

    def people_like(self, prefix: str) -> Sequence[PersonEntry]:
        """Active people of whom some word of the name or an alias begins so (folded, lower case)."""

    def teams(self) -> Sequence[TeamEntry]:
        """The teams the asker may see."""

    def record(self, key: str) -> RecordEntry | None:
        """The visible objective, key result or KPI with that key, whatever its case."""

    def records_like(self, prefix: str) -> Sequence[RecordEntry]:
        """Visible records of whose title some word begins so (folded, lower case)."""


class ListedDirectory:
    """A directory made of lists, with an index by the beginnings of words."""

    def __init__(
        self,
        people: Iterable[PersonEntry] = (),
        teams: Iterable[TeamEntry] = (),
        records: Iterable[RecordEntry] = (),
    ) -> None:
        self._people = {p.email.lower(): p for p in people}
        self._teams = tuple(teams)
        self._records = {r.key.lower(): r for r in records}
        self._names: dict[str, list[PersonEntry]] = {}
        for person in self._people.values():
            words = {w for name in (person.name, *person.aliases) for w in fold(name).split()}
            for start in {w[:2] for w in words}:
                self._names.setdefault(start, []).append(person)
        self._titles: dict[str, list[RecordEntry]] = {}
        for record in self._records.values():
            for start in {w[:2] for w in fold(record.title).split()}:
                self._titles.setdefault(start, []).append(record)

    def person(self, email: str) -> PersonEntry | None:
        return self._people.get(email.lower())

    def people_like(self, prefix: str) -> Sequence[PersonEntry]:
        return [
            p
            for p in self._names.get(prefix[:2], ())
            if any(w.startswith(prefix) for name in (p.name, *p.aliases) for w in fold(name).split())
        ]

    def teams(self) -> Sequence[TeamEntry]:
        return self._teams

    def record(self, key: str) -> RecordEntry | None:
        return self._records.get(key.lower())

    def records_like(self, prefix: str) -> Sequence[RecordEntry]:
        return [r for r in self._titles.get(prefix[:2], ()) if any(w.startswith(prefix) for w in fold(r.title).split())]


_ENDINGS = frozenset(
    [
        "a",
        "e",
        "i",
        "o",
        "u",
        "y",
        "ie",
        "owi",
        "em",
        "iem",
        "om",
        "ego",
        "emu",
        "ej",
        "iej",
        "a'a",
        "im",
        "ym",
        "ia",
        "iu",
        "io",
        "ami",
        "ach",
        "ow",
        "owie",
        "owej",
        "iego",
        "iemu",
        "s",
        "'s'",
        "em",
    ]
)
_SHIFTS = (
    ("ka", "ce"), ("ga", "dze"), ("ta", "cie"), ("da", "dzie"), ("ra", "rze"), ("la", "li"), ("ha", "sze"),
    ("sta", "scie"), ("ek", "ku"), ("ek", "ka"), ("ek", "kowi"), ("ek", "kiem"), ("el", "la"), ("el", "lowi"),
    ("el", "lem"), ("ec", "ca"), ("ec", "cowi"), ("ec", "cem"), ("la", "le"), ("na", "nie"), ("wa", "wie"),
    ("ba", "bie"), ("ma", "mie"), ("pa", "pie"), ("sa", "sie"), ("za", "zie"), ("ek", "ki"), ("zda", "zdzie"),
)  # fmt: skip


def same_name(word: str, name: str) -> bool:
    """Whether a folded word is a folded name, possibly in another Polish case or with 's.

    >>> same_name("anie", "ana"), same_name("nowakowi", "nowak"), same_name("magdzie", "magda")
    (True, True, True)
    """
    word = word.removesuffix("'s").removesuffix("'")
    if word == name:
        return True
    if len(name) < 3 or len(word) < 3:
        return False
    if any(name.endswith(a) and word == name[: -len(a)] + b for a, b in _SHIFTS):
        return True
    for base in (
        name,
        name[:-1] if name[-1] in "aeiouy" else name,
        name[:-2] if name.endswith(("ia", "ie", "ki")) else name,
    ):
        if len(base) >= 2 and word.startswith(base) and (word[len(base) :] in _ENDINGS):
            return True
    return name.endswith("i") and word.startswith(name[:-1]) and word[len(name) - 1 :] in ("iego", "iemu", "im", "ich")
