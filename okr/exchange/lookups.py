"""Finding the person, team or cycle that a cell names; what cannot be found comes back as a sentence."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches

from okr.exchange.directory import KnownCycle, KnownPerson, KnownTeam, StoreDirectory
from okr.exchange.vocabulary import plain
from okr.exchange.wording import shown
from okr.language.words import fold

_ADDRESS = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")
_QUARTER = re.compile(
    r"(?:q|k|kw|kwartal )\s*([1-4])\s*[-/' ]?\s*(\d{4}|\d{2})|(\d{4})\s*[-/ ]?\s*(?:q|k|kw)\s*([1-4])"
)


class Lookups:
    """The names of a company, ready for asking."""

    def __init__(self, directory: StoreDirectory, today: date) -> None:
        self.today = today
        self.by_email = {person.email: person for person in directory.people()}
        self.by_name: dict[str, list[KnownPerson]] = {}
        for person in self.by_email.values():
            self.by_name.setdefault(_spaced(person.name), []).append(person)
        self.teams = directory.teams()
        self.cycles = directory.cycles()

    def person(self, said: str) -> KnownPerson | str:
        """The person by e-mail address or exact name, case aside."""
        addresses = _ADDRESS.findall(said)
        if len(addresses) > 1 or re.search(r"[;\n]|,(?=.*\w)| & | / ", said):
            return f"{shown(said)} names several people; a key result has one owner"
        if addresses:
            found = self.by_email.get(addresses[0].lower())
            return found or f"nobody here has the address {shown(addresses[0])}{self._like(addresses[0].lower())}"
        named = self.by_name.get(_spaced(said), [])
        if len(named) == 1:
            return named[0]
        if named:
            who = " and ".join(sorted(person.email for person in named))
            return f"several people are called {shown(said)}: {who}; give the address"
        return f"nobody here is called {shown(said)}{self._like(_spaced(said))}; give the e-mail address"

    def team(self, said: str) -> KnownTeam | str:
        """The team by key or name, case aside."""
        wanted = _spaced(said)
        named = [t for t in self.teams if t.key == said] or [
            t for t in self.teams if wanted in (_spaced(t.name), t.key.casefold())
        ]
        named = named or [t for t in self.teams if fold(said) == fold(t.name)]
        if len(named) == 1:
            return named[0]
        if named:
            return f"several teams are called {shown(said)}: {', '.join(t.key for t in named)}; give the key"
        close = get_close_matches(wanted, [_spaced(t.name) for t in self.teams], n=1)
        hint = (
            f"; did you mean {shown(next(t.name for t in self.teams if _spaced(t.name) == close[0]))}?" if close else ""
        )
        return f"there is no team {shown(said)}{hint}"

    def cycle(self, said: str) -> KnownCycle | str:
        """The cycle by key, by name, or as a quarter (Q4 2026)."""
        wanted = plain(said)
        for cycle in self.cycles:
            if wanted in (plain(cycle.key), plain(cycle.name)):
                return cycle
        quarter = _quarter(said)
        if quarter:
            matching = [c for c in self.cycles if _quarter(c.key) == quarter or _quarter(c.name) == quarter]
            matching = matching or [c for c in self.cycles if (c.start, c.end) == _days(*quarter)]
            if len(matching) == 1:
                return matching[0]
        known = ", ".join(c.key for c in self.cycles[-6:]) or "none yet"
        return f"there is no cycle {shown(said)} (there is: {known})"

    def cycle_of_due(self, due: str | date) -> KnownCycle | str:
        """The cycle that ends on the day, else the shortest that the day lies in."""
        if isinstance(due, str):
            return self.cycle(due)
        around = [c for c in self.cycles if c.start <= due <= c.end]
        ending = [c for c in around if c.end == due] or around
        if not ending:
            return f"no cycle holds {due.isoformat()}; add the cycle first, or name one in a column"
        return min(ending, key=lambda c: (c.end - c.start, c.key))

    def cycle_in_force(self) -> KnownCycle | str:
        """The shortest cycle that runs today and is not only planned."""
        running = [c for c in self.cycles if c.start <= self.today <= c.end and c.state != "planned"]
        if not running:
            return "no cycle is running; name one in a column"
        return min(running, key=lambda c: (c.end - c.start, c.key))

    def _like(self, said: str) -> str:
        pool = list(self.by_email) if "@" in said else list(self.by_name)
        # Comparing with everybody in a large company would take longer than the whole import.
        close = get_close_matches(said, pool, n=1, cutoff=0.8) if len(pool) <= 5_000 else []
        if not close:
            return ""
        return f"; did you mean {close[0] if '@' in said else self.by_name[close[0]][0].name}?"


def _spaced(name: str) -> str:
    return " ".join(name.split()).casefold()


def _quarter(text: str) -> tuple[int, int] | None:
    match = _QUARTER.search(fold(text))
    if not match:
        return None
    year, number = (match[2], match[1]) if match[1] else (match[3], match[4])
    return (int(year) + (2000 if len(year) == 2 else 0), int(number))


def _days(year: int, quarter: int) -> tuple[date, date]:
    start = date(year, 3 * quarter - 2, 1)
    following = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return start, date.fromordinal(following.toordinal() - 1)
