"""Writing a company file into the store: all of it or nothing, and only what differs from what is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.exchange import children
from okr.exchange.bulk import insert_many
from okr.exchange.checks import CIRCULAR, MANY, REFERENCES, SINGULAR, round_about
from okr.exchange.circles import circles
from okr.exchange.dates import moment as day_start
from okr.exchange.past import keep_past
from okr.exchange.problems import ImportRefused, Problem, Problems
from okr.exchange.records import Company, CompanyFile
from okr.exchange.rows import SHAPES, Row, RowMaker, Shape
from okr.exchange.wording import shown
from okr.models import check_ins, companies, key_results, kpi_points, lessons, task_dependencies
from okr.store import Store
from okr.store.audit import add_audit
from okr.store.note_index import filled_at_once
from okr.store.upkeep import (
    chunks,
    refresh_copied,
    refresh_latest,
    refresh_names,
    refresh_statistics,
    refresh_team_paths,
)

# So many records of a list are named in a report.
MOST_NAMED = 12
# Beyond this share of a store, refreshing everything at once is quicker than row by row.
MANY_TOUCHED = 20_000


@dataclass(slots=True)
class Count:
    """How many records of a kind an import added, changed and found as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A record that an import adds, or changes in the named fields; `title` is empty for one that has no name."""

    key: str
    title: str
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class ImportReport:
    """What an import did to each list, or would do when it is a dry run.

    Of each list the first `MOST_NAMED` that were added, and as many that were changed, are named.
    """

    name: str
    dry_run: bool
    counts: dict[str, Count] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    added: dict[str, list[Written]] = field(default_factory=dict)
    changed: dict[str, list[Written]] = field(default_factory=dict)

    def total(self) -> Count:
        """All lists together."""
        found = self.counts.values()
        return Count(sum(c.added for c in found), sum(c.changed for c in found), sum(c.unchanged for c in found))

    def document(self) -> dict[str, object]:
        """The report as a JSON value."""
        total = self.total()
        return {
            "imported": not self.dry_run,
            "dry_run": self.dry_run,
            "file": self.name,
            "added": total.added,
            "changed": total.changed,
            "unchanged": total.unchanged,
            "kinds": {
                name: {"added": c.added, "changed": c.changed, "unchanged": c.unchanged}
                for name, c in self.counts.items()
            },
            "notices": list(self.notices),
            "problems": [],
        }

    def lines(self) -> list[str]:
        """The report for people, one line a list that the file has something of."""
        said = [f"{self.name}: {'would be imported (dry run, nothing stored)' if self.dry_run else 'imported'}"]
        for name, c in self.counts.items():
            said.append(
                f"  {name.replace('_', ' ')}: {c.added:,} added, {c.changed:,} changed, {c.unchanged:,} unchanged"
            )
        return said + [f"  note: {notice}" for notice in self.notices]


class StoreKnown:
    """What the store has already, for a file that refers to it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def known(self, section: str, keys: Collection[str]) -> set[str]:
        """Those of the keys that the store has in that list."""
        return set(_ids(self.connection, SHAPES[section], keys))

    def has_company(self) -> bool:
        """Whether there is a company."""
        return self.connection.execute(sa.select(companies.c.id).limit(1)).first() is not None


class _DryRunOver(Exception):
    """Ends the transaction of a dry run, so that nothing of it stays."""


def import_into(
    store: Store, file: CompanyFile, *, now: datetime, dry_run: bool = False, sample: bool = False
) -> ImportReport:
    """Merge a file into the store by key: its records are added or changed, all others are left alone.

    `sample` marks the company as the made-up one. Raises `ImportRefused` when the file refers to
    what neither it nor the store has, or closes a circle with what is there.
    """

    def read(_: Connection) -> list[CompanyFile]:
        return [file]

    return import_all(store, read, now=now, dry_run=dry_run, sample=sample)[0]


def import_all(
    store: Store,
    read: Callable[[Connection], Iterable[CompanyFile]],
    *,
    now: datetime,
    dry_run: bool = False,
    sample: bool = False,
    actor: Actor | None = None,
) -> list[ImportReport]:
    """Merge several files, each read after the one before was written; one refused, none is stored.

    `actor` is the person who did it, None for the operator.
    """
    reports: list[ImportReport] = []
    try:
        with store.database.write() as connection:
            for file in read(connection):
                report = ImportReport(file.name, dry_run, notices=list(file.notices))
                _Import(connection, file, report, sample, now).run()
                total = report.total()
                detail: dict[str, object] = {
                    "added": total.added,
                    "changed": total.changed,
                    "unchanged": total.unchanged,
                }
                add_audit(connection, actor, now, "import", "company file", file.name, detail=detail)
                reports.append(report)
            if dry_run:
                raise _DryRunOver
    except _DryRunOver:
        pass
    return reports


def _name(kept: list[Written], shape: Shape, rows: Iterable[tuple[Row, Row | None]]) -> None:
    """Add to the named records of a report, as long as there is room."""
    at = shape.columns.index(shape.name_column) if shape.name_column else None
    for row, before in islice(rows, MOST_NAMED - len(kept)):
        fields: tuple[str, ...] = ()
        if before is not None:
            pairs = zip(shape.columns, row, before, strict=True)
            fields = tuple(name.removesuffix("_id") for name, now, then in pairs if now != then)
        kept.append(Written(str(row[0]), "" if at is None else str(row[at]), fields))


def _ids(connection: Connection, shape: Shape, keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    if not keys or _is_empty(connection, shape.table):
        return found
    for part in chunks(keys):
        query = sa.select(shape.identity, shape.table.c.id).where(shape.identity.in_(part))
        found.update((key, ident) for key, ident in connection.execute(query))
    return found


def _is_empty(connection: Connection, table: sa.Table) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None


class _Import:
    """One file on its way into one transaction."""

    def __init__(
        self, connection: Connection, file: CompanyFile, report: ImportReport, sample: bool, now: datetime
    ) -> None:
        self.connection = connection
        self.file = file
        self.report = report
        self.sample = sample
        self.now = now
        self.problems = Problems()
        self.ids: dict[str, dict[str, int]] = {}
        self.new: dict[str, set[str]] = {}
        self.changed: dict[str, set[int]] = {}

    def run(self) -> None:
        zone = self._write_company()
        for section, shape in SHAPES.items():
            self._find_ids(section, shape)
        self._check_references()
        self._check_circles()
        self.problems.refuse(self.file.name)
        make = RowMaker(self.ids, zone)
        touched: dict[str, set[int]] = {"names": set(), "objectives": set(), "key_results": set()}
        for section, shape in SHAPES.items():
            if getattr(self.file, section):
                with self._bulk(section):
                    self._write_list(section, shape, make, touched)
        self._write_children(make, touched)
        self._keep_up(touched)

    def _write_company(self) -> ZoneInfo:
        there = self.connection.execute(sa.select(companies).order_by(companies.c.id).limit(1)).first()
        company = self.file.company
        if company is None:
            if there is None:
                missing = Problem("company", "is missing, and there is none here yet")
                raise ImportRefused(self.file.name, [missing])
            return ZoneInfo(there.timezone)
        values = _company_values(company)
        if there is None or there.name != company.name:
            # A company of another name is not the made-up one, whatever stood here before.
            values["sample"] = self.sample
        count = self.report.counts["company"] = Count()
        if there is None:
            self.connection.execute(sa.insert(companies).values(values))
            count.added = 1
        elif any(getattr(there, name) != value for name, value in values.items()):
            self.connection.execute(sa.update(companies).where(companies.c.id == there.id).values(values))
            count.changed = 1
        else:
            count.unchanged = 1
        zone = ZoneInfo(company.timezone)
        if there is not None and there.timezone != company.timezone:
            _move_days(self.connection, ZoneInfo(there.timezone), zone)
        return zone

    def _find_ids(self, section: str, shape: Shape) -> None:
        """Ids of all that the file has or refers to; what is new gets the next ones, in the file's order."""
        name = shape.columns[0]
        own = [getattr(record, name) for record in getattr(self.file, section)]
        wanted = set(own)
        for referring, fields in REFERENCES.items():
            for field_name, target in fields.items():
                if target == section:
                    wanted |= self._referred(referring, field_name)
        found = _ids(self.connection, shape, wanted)
        following = (self.connection.execute(sa.select(sa.func.max(shape.table.c.id))).scalar() or 0) + 1
        new: set[str] = set()
        for key in own:
            if key not in found:
                found[key] = following
                following += 1
                new.add(key)
        self.ids[section] = found
        self.new[section] = new

    def _referred(self, section: str, name: str) -> set[str]:
        held = getattr(self.file, section)
        if (section, name) in MANY:
            return {key for record in held for key in getattr(record, name)}
        return {key for record in held if (key := getattr(record, name)) is not None}

    def _check_references(self) -> None:
        for section, fields in REFERENCES.items():
            for name, target in fields.items():
                unknown = self._referred(section, name) - self.ids[target].keys()
                if not unknown:
                    continue
                for index, record in enumerate(getattr(self.file, section)):
                    value = getattr(record, name)
                    for key in value if isinstance(value, list) else [value]:
                        if key in unknown:
                            self.problems.add(
                                f"{section}[{index}].{name}", f"there is no {SINGULAR[target]} {shown(key)}"
                            )
        self.problems.refuse(self.file.name)

    def _check_circles(self) -> None:
        """A file may be in order by itself and still close a circle with what the store has."""
        for section, name in CIRCULAR:
            shape = SHAPES[section]
            held = getattr(self.file, section)
            if not held or len(self.new[section]) == len(self.ids[section]):
                continue
            links = _stored_links(self.connection, shape, name)
            places: dict[str, int] = {}
            for index, record in enumerate(held):
                key = getattr(record, shape.columns[0])
                value = getattr(record, name)
                places[key] = index
                links[key] = value if isinstance(value, list) else [] if value is None else [value]
            for circle in circles(links):
                # Told from a record of the file, which is what the person can change.
                start = next((i for i, key in enumerate(circle) if key in places), 0)
                told = [*circle[start:-1], *circle[:start], circle[start]]
                self.problems.add(f"{section}[{places.get(told[0], 0)}].{name}", round_about(told))

    def _bulk(self, section: str) -> AbstractContextManager[None]:
        """What makes the writing of a list quick where very much of it is new."""
        new = len(self.new[section])
        if section == "check_ins" and new >= MANY_TOUCHED:
            return filled_at_once(self.connection, new)
        return nullcontext()

    def _write_list(self, section: str, shape: Shape, make: RowMaker, touched: dict[str, set[int]]) -> None:
        count = self.report.counts[section] = Count()
        ids, new, row_of = self.ids[section], self.new[section], make.of(section)
        extra = {"cycle_id": 0, "team_id": 0, "open": False, "live": False, "postponed": False}
        extra = extra if section == "key_results" else {}
        columns = ("id", *shape.columns)
        names: list[int] = []
        for part in chunks(getattr(self.file, section)):
            rows = [row_of(record) for record in part]
            fresh = [row for row in rows if row[0] in new] if new else []
            if fresh:
                if section == "check_ins":
                    insert_many(self.connection, shape.table, columns, ((ids[row[0]], *row) for row in fresh))
                else:
                    added = [dict(zip(columns, (ids[row[0]], *row), strict=True), **extra) for row in fresh]
                    self.connection.execute(sa.insert(shape.table), added)
                self._touch(section, ((ids[row[0]], row, None) for row in fresh), touched)
                names.extend(ids[row[0]] for row in fresh)
            count.added += len(fresh)
            _name(self.report.added.setdefault(section, []), shape, ((row, None) for row in fresh))
            if len(fresh) < len(rows):
                old = self._stored(shape, [row[0] for row in rows if row[0] not in new])
                changed = [(ids[row[0]], row, old[row[0]]) for row in rows if row[0] in old and old[row[0]] != row]
                self._change(shape, changed)
                named = self.report.changed.setdefault(section, [])
                _name(named, shape, ((row, before) for _, row, before in changed))
                self.changed.setdefault(section, set()).update(ident for ident, _, _ in changed)
                self._touch(section, changed, touched)
                if shape.name_column:
                    at = shape.columns.index(shape.name_column)
                    names.extend(ident for ident, row, before in changed if row[at] != before[at])
                count.changed += len(changed)
                count.unchanged += len(rows) - len(fresh) - len(changed)
        if new:
            _continue_numbers(self.connection, shape.table)
        if shape.named and names:
            refresh_names(self.connection, shape.named, names)
        if section == "teams" and (count.added or count.changed):
            refresh_team_paths(self.connection)

    def _stored(self, shape: Shape, keys: Sequence[str]) -> dict[str, Row]:
        columns = [shape.table.c[name] for name in shape.columns]
        found = self.connection.execute(sa.select(*columns).where(shape.identity.in_(keys)))
        return {row[0]: tuple(row) for row in found}

    def _change(self, shape: Shape, changed: Sequence[tuple[int, Row, Row]]) -> None:
        if not changed:
            return
        values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in shape.columns}
        if shape.versioned:
            values["version"] = shape.table.c.version + 1
        change = sa.update(shape.table).where(shape.table.c.id == sa.bindparam("which")).values(values)
        names = [f"new_{name}" for name in shape.columns]
        self.connection.execute(
            change, [{"which": ident, **dict(zip(names, row, strict=True))} for ident, row, _ in changed]
        )
        keep_past(self.connection, shape, changed, self.now)

    def _touch(self, section: str, rows: Iterable[tuple[int, Row, Row | None]], touched: dict[str, set[int]]) -> None:
        """Note which key results and objectives have copies that no longer hold."""
        if section == "objectives":
            touched["objectives"].update(ident for ident, _, _ in rows)
        elif section == "key_results":
            for ident, row, _ in rows:
                touched["objectives"].add(row[1])
                touched["key_results"].add(ident)
        elif section == "check_ins":
            held = touched["key_results"]
            for _, row, before in rows:
                held.add(row[1])
                if before is not None:
                    held.add(before[1])

    def _write_children(self, make: RowMaker, touched: dict[str, set[int]]) -> None:
        connection, file, ids = self.connection, self.file, self.ids
        changed = children.write_milestones(connection, file.key_results, ids["key_results"], make)
        self._recount("key_results", changed)
        changed = children.write_task_links(connection, file.tasks, ids)
        self._recount("tasks", changed)
        if any(kpi.points for kpi in file.kpis):
            count = self.report.counts["kpi_points"] = Count()
            moved, found = children.write_points(connection, file.kpis, ids["kpis"], make)
            count.added, count.changed, count.unchanged = found
            if moved:
                for part in chunks(sorted(moved)):
                    query = sa.select(key_results.c.id).where(key_results.c.kpi_id.in_(part))
                    touched["key_results"].update(connection.execute(query).scalars())
            _continue_numbers(connection, kpi_points)

    def _recount(self, section: str, keys: set[str]) -> None:
        """A record whose own row is as it was has still changed when its list did."""
        keys -= self.new[section]
        if not keys:
            return
        shape = SHAPES[section]
        ids = [self.ids[section][key] for key in keys]
        # Rows that were changed already are counted and numbered already.
        fresh = [ident for ident in ids if ident not in self.changed.get(section, set())]
        count = self.report.counts[section]
        count.changed += len(fresh)
        count.unchanged -= len(fresh)
        for part in chunks(fresh):
            change = sa.update(shape.table).where(shape.table.c.id.in_(part))
            self.connection.execute(change.values(version=shape.table.c.version + 1))

    def _keep_up(self, touched: dict[str, set[int]]) -> None:
        for name, refresh in (("objectives", refresh_copied), ("key_results", refresh_latest)):
            ids = touched[name]
            if ids:
                refresh(self.connection, None if len(ids) > MANY_TOUCHED else sorted(ids))
        if self.report.total().added > MANY_TOUCHED:
            refresh_statistics(self.connection)


def _company_values(company: Company) -> dict[str, object]:
    return {
        "name": company.name,
        "timezone": company.timezone,
        "language": company.language,
        "country": company.country or "",
    }


def _stored_links(connection: Connection, shape: Shape, name: str) -> dict[str, list[str]]:
    referring, referred = shape.table.alias(), shape.table.alias()
    first, second = referring.c[shape.columns[0]], referred.c[shape.columns[0]]
    query = sa.select(first, second)
    if name == "depends_on":
        query = query.join_from(task_dependencies, referring, referring.c.id == task_dependencies.c.task_id).join(
            referred, referred.c.id == task_dependencies.c.needs_id
        )
    else:
        query = query.join_from(referring, referred, referred.c.id == referring.c[f"{name}_id"])
    links: dict[str, list[str]] = {}
    for key, other in connection.execute(query):
        links.setdefault(key, []).append(other)
        links.setdefault(other, [])
    return links


def _continue_numbers(connection: Connection, table: sa.Table) -> None:
    """PostgreSQL numbers rows from a counter of its own, which has not seen the ids we gave."""
    if connection.dialect.name == "postgresql":
        counter = sa.func.pg_get_serial_sequence(table.name, "id")
        connection.execute(sa.select(sa.func.setval(counter, sa.select(sa.func.max(table.c.id)).scalar_subquery())))


def _move_days(connection: Connection, before: ZoneInfo, after: ZoneInfo) -> None:
    """A day counts from its start in the company's zone: when the zone moves, so do the days."""
    for table in (check_ins, kpi_points, lessons):
        chosen = sa.select(table.c.id, table.c.at).where(table.c.day_only)
        change = sa.update(table).where(table.c.id == sa.bindparam("which")).values(at=sa.bindparam("start"))
        for part in chunks(connection.execute(chosen).all()):
            moved = [{"which": ident, "start": day_start(at.astimezone(before).date(), after)[0]} for ident, at in part]
            connection.execute(change, moved)
    refresh_latest(connection)
