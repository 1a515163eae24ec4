"""A spreadsheet with one key result a row, turned into records of the company file.

Keys follow from what the row says, so that the same sheet imported again changes nothing. What is
blank in a sheet stays as it is in the store, and every text is stored as the text it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from okr.exchange import directory as names
from okr.exchange.checks import Lists, check_records
from okr.exchange.columns import Columns, find_columns, header_score
from okr.exchange.dates import moment
from okr.exchange.directory import Latest, StoreDirectory
from okr.exchange.lookups import Lookups
from okr.exchange.problems import ImportRefused, Problem, Problems
from okr.exchange.readings import RowReader, Values
from okr.exchange.records import CheckIn, CompanyFile, KeyResult, Objective
from okr.exchange.sheets import Sheet, read_sheet
from okr.exchange.stream import BrokenFile
from okr.exchange.vocabulary import VOCABULARY, plain
from okr.exchange.wording import shown
from okr.exchange.writing import StoreKnown

_FIGURES = ("baseline", "target", "unit", "limit", "kind", "weight", "cadence")
_SAID = ("confidence", "status", "wins", "blockers", "note")


@dataclass(slots=True)
class _Plan:
    """The records of a sheet, as they come together row by row."""

    objectives: dict[str, Objective] = field(default_factory=dict)
    key_results: dict[str, KeyResult] = field(default_factory=dict)
    check_ins: list[CheckIn] = field(default_factory=list)
    # New objectives by cycle and plain title.
    begun: dict[tuple[str, str], list[Objective]] = field(default_factory=dict)
    # Where each came from and what it said, to tell a repetition from a contradiction.
    restricted: dict[str, tuple[str, str]] = field(default_factory=dict)
    said: dict[str, tuple[str, Values]] = field(default_factory=dict)


def read_spreadsheet(
    path: Path, directory: StoreDirectory, *, now: datetime, ignore_unknown: bool = False
) -> CompanyFile:
    """The records that a .csv or .xlsx file says, against the company that is there.

    A current value becomes a check-in dated as the sheet says, or else today. With `ignore_unknown`
    columns that nobody recognises are left out and listed in the notices. Raises `ImportRefused`
    with all problems, each with its line or row.
    """
    problems = Problems()
    notices: list[str] = []
    zone = directory.zone()
    if zone is None:
        raise ImportRefused(
            path.name,
            [Problem("", "a spreadsheet names people and teams; import a company file first, or run `okr demo`")],
        )
    try:
        sheet = read_sheet(path, header_score)
    except BrokenFile as broken:
        raise ImportRefused(path.name, [Problem(broken.place, broken.message)]) from None
    notices += sheet.notices
    columns = find_columns(sheet, problems, notices, ignore_unknown=ignore_unknown)
    if columns is None:
        problems.refuse(path.name)
        raise ImportRefused(path.name, [Problem("", "nothing in it could be read")])
    rows = _read_rows(columns, sheet, problems, notices)
    if not rows and not problems:
        problems.add("", "there are headers but no rows below them")
    plan = _Sheet(directory, problems, notices, now, zone).plan(rows)
    problems.refuse(path.name)
    file = CompanyFile(
        name=path.name,
        objectives=list(plan.objectives.values()),
        key_results=list(plan.key_results.values()),
        check_ins=plan.check_ins,
        notices=notices,
    )
    lists = Lists()
    for section in ("objectives", "key_results", "check_ins"):
        lists.records[section] = getattr(file, section)
    check_records(lists, problems, StoreKnown(directory.connection).known)
    problems.refuse(path.name)
    return file


def _read_rows(columns: Columns, sheet: Sheet, problems: Problems, notices: list[str]) -> list[tuple[str, Values]]:
    """The values of each row with its place; a blank objective is that of the row above."""
    reader = RowReader(columns, problems)
    rows: list[tuple[str, Values]] = []
    above: str | None = None
    filled = 0
    for number, row in columns.rows:
        where = f"{sheet.row_word} {number}"
        values = reader.read(where, row)
        for name in ("title", "objective", "note", "wins", "blockers"):
            text = values.get(name)
            if text and VOCABULARY.reads_like_instruction(text):
                notices.append(f"{where}: the {VOCABULARY.names[name]} reads like an instruction; it is stored as text")
        if "objective" in columns.at and "key" not in values:
            if values.get("objective"):
                above = values["objective"]
            elif above and values.get("title"):
                values["objective"] = above
                filled += 1
        if set(values) == {"objective"} and "title" in columns.at:
            continue  # a heading over the rows of one objective
        rows.append((where, values))
    if reader.silent:
        notices.append(
            f"{_several(reader.silent, 'row')} with a status that only says that work goes on; none was taken"
        )
    if filled:
        notices.append(f"{_several(filled, 'row')} without an objective, read as belonging to the one above")
    return rows


class _Sheet:
    """The rows of one sheet against the company that is there."""

    def __init__(
        self, directory: StoreDirectory, problems: Problems, notices: list[str], now: datetime, zone: ZoneInfo
    ) -> None:
        self.directory = directory
        self.problems = problems
        self.notices = notices
        self.zone = zone
        self.now = now.astimezone(zone)
        self.lookups = Lookups(directory, self.now.date())
        self.early = 0
        self.titled: dict[str, list[Objective]] = {}

    def plan(self, rows: list[tuple[str, Values]]) -> _Plan:
        """The records of all rows."""
        plan = _Plan()
        keys = {values["key"] for _, values in rows if values.get("key")}
        placed = [(where, values, self._place(where, values)) for where, values in rows]
        cycles = {cycle.key for _, _, (cycle, _, _) in placed if cycle}
        named = {r.key: r for r in self.directory.key_results(keys, ())}
        by_key = {o.key: o for o in self.directory.objectives(cycles, {r.objective for r in named.values()})}
        for there in by_key.values():
            self.titled.setdefault(plain(there.title), []).append(there)
        results = named | {r.key: r for r in self.directory.key_results((), by_key)}
        by_title = {(r.objective, plain(r.title)): r for r in results.values()}
        for where, values, (cycle, team, owner) in placed:
            known = results.get(values.get("key") or "")
            if known is None and values.get("key") and not (values.get("title") or values.get("objective")):
                self.problems.add(where, f"there is no key result {shown(values['key'])}")
                continue
            objective: Objective | None = None
            if known is None or values.get("objective") or values.get("objective_key"):
                objective = self._objective(where, values, cycle, team, owner, by_key, known, plan)
                if objective is None:
                    continue
            title = values.get("title") or (known.title if known else None) or values.get("objective")
            if not title:
                self.problems.add(where, "the key result is missing")
                continue
            if known is None and objective is not None:
                known = by_title.get((objective.key, plain(title)))
            self._key_result(where, values, title, objective, known, owner, plan)
        if self.early:
            self.notices.append(
                f"{_several(self.early, 'due date')} not on the last day of a cycle; the cycle around was taken"
            )
        self._check_in_all(plan, {**{r.key: r for r in results.values()}, **plan.key_results})
        return plan

    def _place(
        self, where: str, values: Values
    ) -> tuple[names.KnownCycle | None, str | None, names.KnownPerson | None]:
        """The cycle, the team and the owner of a row, each None where the row says nothing."""

        def found(name: str, look: Callable[[Any], Any]) -> Any:
            said = values.get(name)
            if said is None:
                return None
            answer = look(said)
            if isinstance(answer, str):
                self.problems.add(f"{where}, {VOCABULARY.names[name]}", answer)
                return None
            return answer

        owner = found("owner", self.lookups.person)
        team = found("team", self.lookups.team)
        cycle = found("cycle", self.lookups.cycle) or found("due", self.lookups.cycle_of_due)
        if cycle and isinstance(values.get("due"), date) and values["due"] != cycle.end:
            self.early += 1
        if cycle is None and values.get("cycle") is None and values.get("due") is None:
            answer = self.lookups.cycle_in_force()
            cycle = None if isinstance(answer, str) else answer
        key = team.key if team else owner.team if owner else None
        return cycle, key, owner

    def _objective(
        self,
        where: str,
        values: Values,
        cycle: names.KnownCycle | None,
        team: str | None,
        owner: names.KnownPerson | None,
        by_key: dict[str, Objective],
        known: KeyResult | None,
        plan: _Plan,
    ) -> Objective | None:
        """The objective of a row: one that is there, one that an earlier row began, or a new one."""
        title = values.get("objective")
        key = values.get("objective_key")
        visibility = values.get("restricted")
        found = by_key.get(key) if key else None
        if found is None and title is not None:
            found = self._titled(where, values, cycle, team, known) or by_key.get(title)
        if visibility is not None and title is not None:
            before = plan.restricted.setdefault(plain(title), (visibility, where))
            if before[0] != visibility:
                self.problems.add(where, f"{shown(title)} has another visibility in {before[1]}; say one of them")
        if found is not None:
            if visibility is not None and visibility != found.visibility:
                self.problems.add(where, f"{found.key} is there already with another visibility; change it in the app")
            return found
        if title is None:
            said = f"there is no objective {shown(key)}" if key else "the objective is missing"
            self.problems.add(where, said)
            return None
        begun = self._begun(plan, key, title, cycle, None if values.get("team") is None else team)
        missing = [] if owner or values.get("owner") else ["owner"]
        missing += ["team"] if owner and not team and not values.get("team") and not begun else []
        missing += [] if cycle or values.get("cycle") or values.get("due") else ["cycle"]
        if missing:
            self.problems.add(where, f"the {' and the '.join(missing)} is missing")
        if begun is not None or owner is None or team is None or cycle is None:
            return begun
        lead = self.lookups.person(values["objective_owner"]) if values.get("objective_owner") else owner
        if isinstance(lead, str):
            self.problems.add(f"{where}, objective owner", lead)
            return None
        key = key or _key("O", cycle.key, team, title)
        made = Objective(key, title, cycle.key, team, lead.email, created=self.now.date().isoformat())
        made.visibility = "team" if visibility == "team" else "company"
        plan.objectives[key] = made
        plan.begun.setdefault((cycle.key, plain(title)), []).append(made)
        return made

    def _begun(
        self, plan: _Plan, key: str | None, title: str, cycle: names.KnownCycle | None, team: str | None
    ) -> Objective | None:
        """The new objective that an earlier row began: by key, else by title, and by team if one is said."""
        if key is not None:
            return plan.objectives.get(key)
        alike = plan.begun.get((cycle.key, plain(title)), []) if cycle else []
        return next((begun for begun in alike if team is None or begun.team == team), None)

    def _titled(
        self,
        where: str,
        values: Values,
        cycle: names.KnownCycle | None,
        team: str | None,
        known: KeyResult | None,
    ) -> Objective | None:
        """The objective of that title: the key result's own, else the team's, else the only one in the cycle."""
        alike = self.titled.get(plain(values["objective"]), [])
        own = [o for o in alike if known is not None and o.key == known.objective]
        in_cycle = [o for o in alike if cycle is None or o.cycle == cycle.key]
        of_team = [o for o in in_cycle if o.team == team]
        found = own or of_team or ([] if values.get("team") else in_cycle)
        if len(found) > 1:
            self.problems.add(
                where, f"several objectives are called {shown(values['objective'])}; name the team or the objective id"
            )
        return found[0] if found else None

    def _key_result(
        self,
        where: str,
        values: Values,
        title: str,
        objective: Objective | None,
        known: KeyResult | None,
        owner: names.KnownPerson | None,
        plan: _Plan,
    ) -> None:
        under = objective.key if objective else known.objective if known else ""
        key = values.get("key") or (known.key if known else _key("KR", under, title))
        if key in plan.said:
            first, said = plan.said[key]
            if said == values:
                self.notices.append(f"{where} repeats {first}")
            else:
                self.problems.add(where, f"{shown(title)} stands in {first} already and says something else there")
            return
        plan.said[key] = (where, values)
        if known is None and owner is None:
            if values.get("owner") is None:
                self.problems.add(where, "the owner is missing")
            return
        if known is None:
            made = KeyResult(key, under, title, owner.email if owner else "")
        else:
            made = KeyResult(**{name: getattr(known, name) for name in KeyResult.__slots__})
            made.objective = under
            made.title = title if values.get("title") else made.title
            made.owner = owner.email if owner and values.get("owner") else made.owner
        for name in _FIGURES:
            if values.get(name) is not None:
                setattr(made, name, values[name])
        if known is None and values.get("share") is not None and made.target is None and made.baseline is None:
            # A sheet that tracks only how much is done measures from nothing to all of it.
            made.baseline, made.target, made.unit = 0.0, 100.0, made.unit or "%"
            self.notices.append(f"{where}: measured by progress, from 0 to 100 %")
        plan.key_results[key] = made

    def _today(self, latest: Latest | None) -> str:
        """Today; where somebody checked in today already the very moment, so that the sheet is the later word."""
        start, _ = moment(self.now.date(), self.zone)
        if latest is None or latest.at is None or latest.at < start:
            return self.now.date().isoformat()
        return self.now.replace(microsecond=0).isoformat()

    def _check_in_all(self, plan: _Plan, results: dict[str, KeyResult]) -> None:
        latest = self.directory.latest(list(plan.said))
        for key, (where, values) in plan.said.items():
            result = results.get(key)
            if result is None:
                continue
            said = {name: values[name] for name in _SAID if values.get(name) is not None}
            value = values.get("current")
            if value is None and values.get("share") is not None:
                if (result.baseline, result.target) == (0.0, 100.0):
                    value = round(values["share"] * 100, 9)
                else:
                    self.notices.append(f"{where}: progress is left out; it follows from baseline, target and value")
            if value is None and not said:
                continue
            on = values.get("date")
            if on is None and _is_latest(latest.get(key), value, said):
                continue
            on = on or self._today(latest.get(key))
            plan.check_ins.append(
                CheckIn(
                    key=_key("CI", key, on[:10]),
                    key_result=key,
                    date=on,
                    author=result.owner,
                    value=value,
                    **said,
                )
            )


def _several(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _is_latest(latest: Latest | None, value: float | None, said: Values) -> bool:
    """Whether what the sheet says is what is recorded last already."""
    if latest is None or (value is not None and value != latest.value):
        return False
    return all(getattr(latest, name) == text for name, text in said.items())


def _key(kind: str, *facts: str) -> str:
    """A key that the same facts always get."""
    said = "\n".join(plain(fact) for fact in facts).encode()
    return f"{kind}-{hashlib.blake2s(said, digest_size=5).hexdigest().upper()}"
