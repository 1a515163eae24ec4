"""Checking in: a value, a confidence and words for a key result, corrected later if need be, with drafts kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result
from okr.calendar import day_of, recorded
from okr.errors import NotAllowedError
from okr.fields import CHECK_IN_FIELDS, MOST_LINKS, MOST_TEXT, amount, checked
from okr.models import check_ins, companies, cycles, key_results, objectives, people
from okr.record_tables import check_in_drafts
from okr.refusals import OutdatedError, RefusedError
from okr.store.change_log import Changed, add_changes, refuse_outdated, said
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.keeping import Kept, Saved
from okr.store.lookup import allowed, find, new_key
from okr.store.upkeep import refresh_latest

FAR = 10
"""So many times the way from baseline to target beyond either end a value is taken for a slip."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A check-in that somebody began: the key result's id and title, what was typed so far, and when."""

    key_result: str
    title: str
    values: dict[str, Any]
    kept_at: datetime


@dataclass(slots=True)
class _Entry:
    """A check-in on its way: the key result's row and the values as they are stored."""

    row: Any
    values: dict[str, Any]
    at: datetime
    day_only: bool
    changes: tuple[Changed, ...]


class CheckInPart:
    """The store's commands for check-ins."""

    database: Database

    def preview_check_in(
        self,
        actor: Actor,
        key_result: str,
        values: Mapping[str, Any],
        now: datetime,
        *,
        on: str | date | datetime | None = None,
        sure: bool = False,
    ) -> Saved:
        """What `check_in` would record; raises what it would raise, and writes nothing."""
        with self.database.read() as connection:
            entry = _entry(connection, actor, key_result, values, now, on, sure)
        return Saved("check_in", "", entry.row.title, 1, entry.changes)

    def check_in(
        self,
        actor: Actor,
        key_result: str,
        values: Mapping[str, Any],
        now: datetime,
        *,
        on: str | date | datetime | None = None,
        sure: bool = False,
        seen: str | None = None,
    ) -> Saved:
        """Record a check-in on a key result; what comes back holds its id and, for each value, old and new.

        `values` are `value` (a number, or text with the unit), `confidence` (1 to 5, red, yellow or
        green), `status`, `wins`, `blockers`, `note`; those left out are not recorded. `on` is the day or
        moment it is from, now if not said. `sure` records a value that looks like a slip. `seen` is the
        id of the latest check-in that the person saw, "" for none: where there is a newer one,
        `OutdatedError` says what it recorded. The person's draft for it is dropped.
        """
        return audited(
            self.database,
            actor,
            now,
            "check in",
            "key_result",
            lambda c: check_in_within(c, actor, key_result, values, now, on=on, sure=sure, seen=seen),
            key_result,
        )

    def correct_check_in(
        self,
        actor: Actor,
        key: str,
        values: Mapping[str, Any],
        now: datetime,
        *,
        on: str | date | datetime | None = None,
        version: int | None = None,
        sure: bool = False,
    ) -> Saved:
        """Put right a check-in that was wrong or late: its values, or the day it is from (`on`).

        What stood there before stays in the history of the key result. `version` as in `change`.
        """

        def done(connection: Connection) -> tuple[str, Saved]:
            row, kr = _found(connection, actor, key, version)
            new = _checked(connection, actor, kr, values, sure)
            at, day_only = (row.at, row.day_only) if on is None else _moment(connection, kr, on, now)
            changed = [Changed(name, getattr(row, name), v) for name, v in new.items() if v != getattr(row, name)]
            if (at, day_only) != (row.at, row.day_only):
                changed.append(Changed("at", row.at, at))
            if not changed:
                raise RefusedError("nothing_changes", record=row.key)
            merged = {name: new.get(name, getattr(row, name)) for name, _ in _FIELDS}
            if all(value in (None, "") for value in merged.values()):
                raise RefusedError("nothing_said")
            after = row.version + 1
            change = sa.update(check_ins).where(check_ins.c.id == row.id)
            connection.execute(change.values(**new, at=at, day_only=day_only, version=after))
            add_changes(connection, actor, now, "check_in", row.id, row.key, after, changed, within=kr.id)
            refresh_latest(connection, [kr.id])
            return row.key, Saved("check_in", row.key, kr.title, after, tuple(changed))

        return audited(self.database, actor, now, "correct", "check_in", done, key)

    def withdraw_check_in(self, actor: Actor, key: str, now: datetime, *, version: int | None = None) -> Saved:
        """Take back a check-in that should not be there, such as one on the wrong key result.

        What it said stays in the history of the key result.
        """

        def done(connection: Connection) -> tuple[str, Saved]:
            row, kr = _found(connection, actor, key, version)
            _refuse_closed(connection, actor, kr)
            said_there = [(name, getattr(row, name)) for name, _ in _FIELDS if getattr(row, name) not in (None, "")]
            gone = [Changed("removed", row.key, None), Changed("at", row.at, None)]
            gone += [Changed(name, value, None) for name, value in said_there]
            add_changes(connection, actor, now, "check_in", row.id, row.key, row.version + 1, gone, within=kr.id)
            connection.execute(sa.delete(check_ins).where(check_ins.c.id == row.id))
            refresh_latest(connection, [kr.id])
            return row.key, Saved("check_in", row.key, kr.title, row.version + 1, tuple(gone))

        return audited(self.database, actor, now, "withdraw", "check_in", done, key)

    def check_in_fields(self, actor: Actor, key: str) -> Kept:
        """A check-in as a form shows it, besides its own fields `at`, `author`, and the key result's `unit` and id."""
        with self.database.read() as connection:
            row = find(connection, actor, "check_in", key)
            kr = connection.execute(sa.select(key_results).where(key_results.c.id == row.key_result_id)).one()
            who = connection.execute(sa.select(people.c.email).where(people.c.id == row.author_id)).scalar()
            fields = {name: getattr(row, name) for name, _ in _FIELDS}
            fields |= {"at": row.at, "author": who, "key_result": kr.key, "unit": kr.unit, "kind": kr.kind}
            may = allowed(connection, actor, "check_in", row.id)
            return Kept("check_in", row.key, kr.title, row.version, fields, may)

    def latest_check_in(self, actor: Actor, key_result: str) -> str:
        """The id of the key result's latest check-in, "" where there is none: what `check_in` takes as `seen`."""
        with self.database.read() as connection:
            return latest_key(connection, find(connection, actor, "key_result", key_result))

    # ── drafts ─────────────────────────────────────────────────────────────────────────────────

    def keep_draft(self, actor: Actor, key_result: str, values: Mapping[str, Any], now: datetime) -> None:
        """Keep what was typed of a check-in so far, as it was typed; with nothing in it the draft is dropped.

        Besides the values, `on` is its day and `done` the titles of milestones that were ticked.
        """
        kept: dict[str, Any] = {
            name: values[name] if isinstance(values[name], int | float) else str(values[name])[:MOST_TEXT]
            for name in (*CHECK_IN_FIELDS, "on")
            if values.get(name) not in (None, "")
        }
        if values.get("done"):
            kept["done"] = [str(title)[:MOST_TEXT] for title in values["done"]][:MOST_LINKS]
        with self.database.write() as connection:
            row = find(connection, actor, "key_result", key_result)
            _drop_draft(connection, actor, row.id)
            if kept:
                connection.execute(
                    sa.insert(check_in_drafts).values(person_id=actor.id, key_result_id=row.id, body=kept, kept_at=now)
                )

    def drafts(self, actor: Actor) -> list[Draft]:
        """The person's own unfinished check-ins, the newest first."""
        query = (
            sa.select(key_results.c.key, key_results.c.title, check_in_drafts.c.body, check_in_drafts.c.kept_at)
            .join(key_results, key_results.c.id == check_in_drafts.c.key_result_id)
            .where(check_in_drafts.c.person_id == actor.id, sees_key_result(actor))
            .order_by(check_in_drafts.c.kept_at.desc(), key_results.c.key)
        )
        with self.database.read() as connection:
            return [Draft(*row) for row in connection.execute(query)]

    def drop_draft(self, actor: Actor, key_result: str) -> None:
        """Forget the person's unfinished check-in on a key result, if there is one."""
        with self.database.write() as connection:
            _drop_draft(connection, actor, find(connection, actor, "key_result", key_result).id)


_FIELDS = tuple(CHECK_IN_FIELDS.items())


def plan_check_in(
    connection: Connection,
    actor: Actor,
    key_result: str,
    values: Mapping[str, Any],
    now: datetime,
    *,
    on: str | None,
    sure: bool,
) -> tuple[Changed, ...]:
    """What a check-in would record, old and new; raises what stands against it."""
    return _entry(connection, actor, key_result, values, now, on, sure).changes


def check_in_within(
    connection: Connection,
    actor: Actor,
    key_result: str,
    values: Mapping[str, Any],
    now: datetime,
    *,
    on: str | date | datetime | None,
    sure: bool,
    seen: str | None,
) -> tuple[str, Saved]:
    """Record the check-in within a transaction; the key result's public id and what was recorded."""
    row = find(connection, actor, "key_result", key_result)
    _refuse_newer(connection, row, seen)
    entry = _entry(connection, actor, key_result, values, now, on, sure)
    key = new_key(connection, "check_in", "CI")
    stored = {name: entry.values.get(name, "" if each.form == "text" else None) for name, each in _FIELDS}
    done = connection.execute(
        sa.insert(check_ins).values(
            key=key, key_result_id=row.id, at=entry.at, day_only=entry.day_only, author_id=actor.id, **stored
        )
    )
    ident = int(done.inserted_primary_key[0])  # type: ignore[index]
    created = Changed("created", None, key)
    add_changes(connection, actor, now, "check_in", ident, key, 1, [created], within=row.id)
    _drop_draft(connection, actor, row.id)
    refresh_latest(connection, [row.id])
    return row.key, Saved("check_in", key, row.title, 1, entry.changes)


def _found(connection: Connection, actor: Actor, key: str, version: int | None) -> tuple[Any, Any]:
    row = find(connection, actor, "check_in", key)
    refuse_outdated(connection, actor, "check_in", row.id, row.key, version, row.version)
    return row, connection.execute(sa.select(key_results).where(key_results.c.id == row.key_result_id)).one()


def _drop_draft(connection: Connection, actor: Actor, key_result_id: int) -> None:
    mine = sa.and_(check_in_drafts.c.person_id == actor.id, check_in_drafts.c.key_result_id == key_result_id)
    connection.execute(sa.delete(check_in_drafts).where(mine))


def latest_key(connection: Connection, row: Any) -> str:
    """The public id of the key result's latest check-in; empty where there is none."""
    if row.last_check_in_id is None:
        return ""
    return connection.execute(sa.select(check_ins.c.key).where(check_ins.c.id == row.last_check_in_id)).scalar() or ""


def _refuse_newer(connection: Connection, row: Any, seen: str | None) -> None:
    if seen is None or seen == latest_key(connection, row):
        return
    query = (
        sa.select(check_ins, people.c.name)
        .join(people, people.c.id == check_ins.c.author_id)
        .where(check_ins.c.id == row.last_check_in_id)
    )
    newest = connection.execute(query).first()
    if newest is None:
        raise OutdatedError(row.key)
    told = [
        (name, "…", said(getattr(newest, name)), newest.name)
        for name, _ in _FIELDS
        if getattr(newest, name) not in (None, "")
    ]
    raise OutdatedError(row.key, told)


def _entry(
    connection: Connection,
    actor: Actor,
    key_result: str,
    values: Mapping[str, Any],
    now: datetime,
    on: str | date | datetime | None,
    sure: bool,
) -> _Entry:
    row = find(connection, actor, "key_result", key_result)
    new = _checked(connection, actor, row, values, sure)
    if all(value in (None, "") for value in new.values()):
        raise RefusedError("nothing_said")
    at, day_only = _moment(connection, row, on, now)
    before = {"value": row.current, "confidence": row.last_confidence, "status": row.last_status}
    changes = tuple(
        Changed(name, before.get(name), new[name]) for name, _ in _FIELDS if new.get(name) not in (None, "")
    )
    return _Entry(row, new, at, day_only, changes)


def _checked(connection: Connection, actor: Actor, row: Any, values: Mapping[str, Any], sure: bool) -> dict[str, Any]:
    """The values of a check-in as they are stored; what stands against recording them is raised."""
    _refuse_closed(connection, actor, row)
    given = dict(values)
    if given.get("value") not in (None, ""):
        if row.kind == "milestones":
            raise RefusedError("measured_by_milestones", record=row.key)
        given["value"] = amount(given["value"], row.unit, row.key, _known(row))
    new = checked("check_in", given)
    if new.get("value") is not None:
        _refuse_value(row, new["value"], sure)
    return new


def _known(row: Any) -> list[float]:
    return [figure for figure in (row.baseline, row.target, row.current) if figure is not None]


def _refuse_value(row: Any, value: float, sure: bool) -> None:
    if row.kind == "binary":
        if value not in (0, 1):
            raise RefusedError("zero_or_one", record=row.key, value=value)
        return
    if sure:
        return
    known = _known(row)
    if not known:
        return
    low, high = min(known), max(known)
    way = high - low or abs(high) or 1.0
    # A share of a whole cannot leave it, and half a percent beside fifty is a fraction written as it is computed.
    whole = row.unit == "%" and low >= 0 and high <= 100
    slip = whole and (not 0 <= value <= 100 or (0 < value < 1 and low >= 2))
    if slip or not low - FAR * way <= value <= high + FAR * way:
        raise RefusedError(
            "unlikely",
            value=value,
            record=row.key,
            baseline="–" if row.baseline is None else float(row.baseline),
            target="–" if row.target is None else float(row.target),
        )


def _refuse_closed(connection: Connection, actor: Actor, row: Any) -> None:
    if not allowed(connection, actor, "key_result", row.id):
        raise NotAllowedError(f"check in on {row.key}")
    cycle = connection.execute(sa.select(cycles).where(cycles.c.id == row.cycle_id)).one()
    if cycle.state == "closed":
        raise RefusedError("closed_cycle", record=row.key, cycle=cycle.name)
    above = connection.execute(sa.select(objectives.c.state).where(objectives.c.id == row.objective_id)).scalar()
    if "closed" in (row.state, above):
        raise RefusedError("closed_record", record=row.key)


def _moment(connection: Connection, row: Any, on: str | date | datetime | None, now: datetime) -> tuple[datetime, bool]:
    """The moment a check-in is from, and whether only its day is known; today's day is this very moment."""
    zone = ZoneInfo(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")
    if on is None or on == "":
        return now, False
    text = on.isoformat() if isinstance(on, date | datetime) else on.strip()
    try:
        at, day_only = recorded(text, zone)
    except ValueError:
        raise RefusedError("not_a_day", words=text) from None
    day = day_of(at, zone)
    if day_only and day == day_of(now, zone):
        return now, False
    if at > now:
        raise RefusedError("future", date=text)
    cycle = connection.execute(sa.select(cycles).where(cycles.c.id == row.cycle_id)).one()
    if day < cycle.start:
        raise RefusedError("before_cycle", date=text, cycle=cycle.name, start=cycle.start.isoformat())
    return at, day_only
