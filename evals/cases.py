"""The cases as they stand in the data files: what is asked, by whom, when, and what has to come back.

A file names its company, its usual asker and its usual clock. A `case` holds one expectation and the ways in
which people put it, by language; a `thread` is one conversation; a `twin` puts one sentence about a hidden
record and about one that never existed, and wants neither to be there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
COMPANIES = Path(__file__).parent / "companies"
SEEN, HELD_OUT, SWEEP = "seen", "held_out", "sweep"
MATCHES = ("first", "top", "ordered", "set", "contains", "none")
WANTS = {
    "kind",
    "gold",
    "rows",
    "values",
    "each",
    "sources",
    "any_source",
    "avoid",
    "mentions",
    "period",
    "options",
    "evidence",
    "any_language",
}
LANGUAGES = ("en", "pl")


class CaseError(ValueError):
    """A case file says something that no runner could judge."""


@dataclass(frozen=True)
class Asked:
    """One question and what is wanted of its answer."""

    id: str
    company: str
    category: str
    language: str
    asker: str
    at: str
    question: str
    wanted: dict[str, Any]
    part: str
    thread: str | None = None

    def line(self) -> dict[str, str]:
        """The line for `okr ask --batch`."""
        made = {"id": self.id, "question": self.question, "as": self.asker, "at": self.at}
        return made if self.thread is None else made | {"thread": self.thread}


def read_cases(folder: Path = FOLDER) -> list[Asked]:
    """Every question of every file, in the order of the files; `CaseError` names what is wrong and where."""
    found = [asked for path in sorted(folder.glob("*.toml")) for asked in _of_file(path)]
    seen: set[str] = set()
    for asked in found:
        if asked.id in seen:
            raise CaseError(f"Two questions have the id {asked.id}.")
        seen.add(asked.id)
    return found


def _of_file(path: Path) -> Iterator[Asked]:
    whole = tomllib.loads(path.read_text(encoding="utf-8"))
    part = HELD_OUT if path.stem.endswith(HELD_OUT) else SEEN
    for case in whole.get("case", []):
        yield from _of_case(whole, case, part)
    for thread in whole.get("thread", []):
        yield from _of_thread(whole, thread, part)
    for twin in whole.get("twin", []):
        yield from _of_twin(whole, twin, part)


def _of_case(whole: dict[str, Any], case: dict[str, Any], part: str) -> Iterator[Asked]:
    wanted = _wanted(case, {"id", "category", "as", "at", *LANGUAGES})
    for language in LANGUAGES:
        for number, question in enumerate(case.get(language, []), 1):
            yield _asked(whole, case, f"{case['id']}.{language}{number}", language, question, wanted, part)


def _of_thread(whole: dict[str, Any], thread: dict[str, Any], part: str) -> Iterator[Asked]:
    for number, turn in enumerate(thread["turn"], 1):
        wanted = _wanted(turn, {"say"})
        ident = f"{thread['id']}.{number}"
        yield _asked(whole, thread, ident, thread["lang"], turn["say"], wanted, part, thread=thread["id"])


def _of_twin(whole: dict[str, Any], twin: dict[str, Any], part: str) -> Iterator[Asked]:
    for which, name in (("hidden", twin["hidden"]), ("made-up", twin["made_up"])):
        for language in LANGUAGES:
            for number, pattern in enumerate(twin.get(language, []), 1):
                wanted = {"kind": ["abstain", "clarify"], "rows": "none"}
                question = pattern.replace("{}", name)
                ident = f"{twin['id']}.{language}{number}.{which}"
                yield _asked(whole, twin, ident, language, question, wanted, part)


def _asked(
    whole: dict[str, Any],
    held: dict[str, Any],
    ident: str,
    language: str,
    question: str,
    wanted: dict[str, Any],
    part: str,
    thread: str | None = None,
) -> Asked:
    who = held.get("as", whole["as"])
    asker = who if "@" in who else f"{who}@{whole['domain']}"
    return Asked(
        id=ident,
        company=whole["company"],
        category=held["category"],
        language=language,
        asker=asker,
        at=held.get("at", whole["at"]),
        question=question,
        wanted=wanted,
        part=part,
        thread=thread,
    )


def _wanted(case: dict[str, Any], other: set[str]) -> dict[str, Any]:
    unknown = set(case) - other - WANTS
    if unknown:
        raise CaseError(f"{case.get('id', case.get('say'))}: {', '.join(sorted(unknown))} means nothing here.")
    wanted = {name: case[name] for name in WANTS if name in case}
    kinds = wanted.get("kind", "answer")
    wanted["kind"] = [kinds] if isinstance(kinds, str) else kinds
    match = wanted.get("rows")
    if match is not None and not isinstance(match, list) and match not in MATCHES:
        raise CaseError(f"{case.get('id', case.get('say'))}: rows cannot be {match!r}.")
    return wanted
