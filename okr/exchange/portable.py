"""The portable company file: from JSON to typed records, or every reason why not, each with its place."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from pydantic import TypeAdapter, ValidationError

from okr.exchange import records
from okr.exchange.checks import Lists, check_company, check_records
from okr.exchange.problems import ImportRefused, Problems
from okr.exchange.records import FORMAT, MOST_RECORDS, VERSION, Company, CompanyFile
from okr.exchange.stream import BrokenFile, JsonRecords, open_checked
from okr.exchange.wording import described, explained, nearest, place, shown

BATCH = 10_000


class Known(Protocol):
    """What answers which records are there already: the store that a file is merged into."""

    def known(self, section: str, keys: Collection[str]) -> set[str]:
        """Those of the keys that a list of the file (`teams`, `people`, …) may refer to; e-mails in lower case."""
        ...

    def has_company(self) -> bool:
        """Whether there is a company to merge into."""
        ...


class Section:
    """One list of the file: how its elements are checked, and which fields they have."""

    def __init__(self, name: str, record: type[Any]) -> None:
        self.name = name
        self.many: TypeAdapter[list[Any]] = TypeAdapter(list[record])  # type: ignore[valid-type]
        self.one: TypeAdapter[Any] = TypeAdapter(record)
        nested = {"key_results": records.Milestone, "kpis": records.Point}.get(name)
        self.fields = [f.name for kind in (record, nested) if kind for f in fields(kind)]
        self.identity = "email" if name == "people" else "key"


SECTIONS = {
    name: Section(name, record)
    for name, record in {
        "teams": records.Team,
        "people": records.Person,
        "cycles": records.Cycle,
        "objectives": records.Objective,
        "key_results": records.KeyResult,
        "check_ins": records.CheckIn,
        "kpis": records.Kpi,
        "tasks": records.Task,
        "lessons": records.Lesson,
    }.items()
}
_COMPANY = TypeAdapter(Company)
_COMPANY_FIELDS = [f.name for f in fields(Company)]


def read_company(source: Path | bytes, store: Known | None = None) -> CompanyFile:
    """The typed records of a company file.

    With a `store`, what the file refers to may also stand there; without one the file has to be
    complete in itself. Raises `ImportRefused` with all problems.
    """
    name = source.name if isinstance(source, Path) else "file"
    problems = Problems()
    lists = Lists()
    try:
        with io.BytesIO(source) if isinstance(source, bytes) else open_checked(source) as file:
            company = _read(JsonRecords(file), lists, problems)
    except BrokenFile as broken:
        # What was read up to here may lack what it refers to, so only what is certain is said.
        problems.add(broken.place, broken.message)
        raise ImportRefused(name, problems.kept, problems.count) from None
    if company is None and not problems and (store is None or not store.has_company()):
        problems.add("company", "is missing")
    if company is not None:
        check_company(company, problems)
    check_records(lists, problems, store.known if store else None)
    problems.refuse(name)
    return CompanyFile(name=name, company=company, **lists.records)


def _read(source: JsonRecords, lists: Lists, problems: Problems) -> Company | None:
    company: Company | None = None
    seen: set[str] = set()
    names = ["format", "version", "company", *SECTIONS]
    for name, value in source.members(frozenset(SECTIONS)):
        if name in seen:
            problems.add(name, "is given more than once")
        seen.add(name)
        _note_repeated(source, name, problems)
        if name in SECTIONS:
            if isinstance(value, Iterator):
                _read_list(source, SECTIONS[name], value, lists, problems)
            else:
                problems.add(name, f"has to be a list, not {described(value)}")
        elif name == "company":
            company = cast("Company | None", _checked(_COMPANY, value, problems, name, (), _COMPANY_FIELDS))
        elif name == "format":
            if value != FORMAT:
                problems.add(name, f'has to be "{FORMAT}"')
        elif name == "version":
            if isinstance(value, int) and not isinstance(value, bool) and value > VERSION:
                problems.add(name, f"{value} is newer than this program can read; update the program")
            elif isinstance(value, bool) or value != VERSION or not isinstance(value, int):
                problems.add(name, f"has to be {VERSION}")
        else:
            problems.add(shown(name), f"is not a part of a company file{nearest(name, names)}")
    for name in ("format", "version"):
        if name not in seen:
            problems.add(name, "is missing")
    if "company" in seen and company is None:
        lists.company_broken = True
    return company


def _read_list(
    source: JsonRecords, section: Section, elements: Iterator[object], lists: Lists, problems: Problems
) -> None:
    most = MOST_RECORDS[section.name]
    kept = lists.records[section.name]
    base = 0

    def noted() -> Iterator[object]:
        for index, element in enumerate(elements):
            if source.repeated:
                _note_repeated(source, f"{section.name}[{index}]", problems)
            yield element

    stream = noted()
    while batch := list(islice(stream, BATCH)):
        if base + len(batch) > most:
            raise BrokenFile(section.name, f"holds more than {most:,} records")
        try:
            made: Iterable[Any] = section.many.validate_python(batch)
        except ValidationError:
            made = _one_by_one(section, batch, base, lists, problems)
        kept.extend(made)
        base += len(batch)


def _one_by_one(section: Section, batch: list[object], base: int, lists: Lists, problems: Problems) -> Iterator[object]:
    """The good ones of a batch; the others are explained, and what refers to them is not blamed as well."""
    for offset, element in enumerate(batch):
        made = _checked(section.one, element, problems, section.name, (base + offset,), section.fields)
        if made is None:
            key = element.get(section.identity) if isinstance(element, dict) else None
            lists.spoilt(section.name, key if isinstance(key, str) else None)
        yield made


def _checked(
    adapter: TypeAdapter[Any],
    value: object,
    problems: Problems,
    section: str,
    path: tuple[str | int, ...],
    names: list[str],
) -> object | None:
    try:
        return cast(object, adapter.validate_python(value))
    except ValidationError as found:
        if problems.full:
            problems.count += found.error_count()
            return None
        for error in found.errors(include_url=False):
            problems.add(place(section, (*path, *error["loc"])), explained(error, names))
        return None


def _note_repeated(source: JsonRecords, where: str, problems: Problems) -> None:
    for name in source.repeated:
        problems.add(f"{where}.{name}", "is given more than once")
    source.repeated.clear()
