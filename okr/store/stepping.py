"""Milestones that are reached, with or without a check-in beside them, and what a change does to progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from okr.access import Actor
from okr.calendar import day_of, zone_named
from okr.fields import checked
from okr.measure import Measure, Milestone, progress
from okr.models import companies
from okr.refusals import RefusedError
from okr.steps import steps_named
from okr.store.change_log import plain
from okr.store.check_in_writing import check_in_within
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.keeping import Saved, change_within, current
from okr.store.lookup import find


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a key result is, before a change and after it; None where that is undefined."""

    before: Fraction | None
    after: Fraction | None


class SteppingPart:
    """The store's commands for milestones."""

    database: Database

    def ticked(self, actor: Actor, key_result: str, named: Sequence[str], on: date) -> list[dict[str, Any]]:
        """All steps of the key result with those that the words name done on that day; what `change` takes.

        `RefusedError` where the words name none or several, or the key result is not measured by milestones.
        """
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            steps = [dict(step) for step in current(connection, actor, "key_result", row)["milestones"]]
        if row.kind != "milestones":
            raise RefusedError("not_by_milestones", record=row.key)
        for words in named:
            places = steps_named(steps, words)
            open_ones = [place for place in places if steps[place]["done_on"] is None] or places
            if len(open_ones) != 1:
                which = open_ones or [place for place, step in enumerate(steps) if step["done_on"] is None]
                some = "; ".join(f"{place + 1}. {steps[place]['title']}" for place in which[:12]) or "–"
                reason = "which_step" if open_ones else "no_such_step"
                raise RefusedError(reason, words=words, record=row.key, steps=some)
            if steps[open_ones[0]]["done_on"] is None:
                steps[open_ones[0]]["done_on"] = on
        return [{**step, "done_on": plain(step["done_on"])} for step in steps]

    def check_in_with_steps(
        self,
        actor: Actor,
        key_result: str,
        values: Mapping[str, Any],
        steps: Sequence[Mapping[str, Any]] | None,
        now: datetime,
        *,
        on: str | date | datetime | None = None,
        seen: str | None = None,
        version: int | None = None,
    ) -> Saved:
        """Set the steps of a key result and check in on it at once, or neither; with no values only the steps.

        With a `version` or `seen` that are not the latest, `OutdatedError` as in `change` and `check_in`.
        """
        said = {name: value for name, value in values.items() if value not in (None, "")}

        def done(connection: Any) -> tuple[str, Saved]:
            saved: Saved | None = None
            if steps is not None:
                try:
                    asked = {"milestones": list(steps)}
                    key, saved = change_within(connection, actor, "key_result", key_result, asked, now, version)
                except RefusedError as problem:
                    if problem.reason != "nothing_changes" or not said:
                        raise
            if said or saved is None:
                key, told = check_in_within(connection, actor, key_result, said, now, on=on, sure=False, seen=seen)
                if saved is not None:
                    told = replace(told, changes=(*saved.changes, *told.changes))
                return key, told
            return key, saved

        return audited(self.database, actor, now, "check in", "key_result", done, key_result)

    def progress_after(self, actor: Actor, key_result: str, values: Mapping[str, Any], now: datetime) -> Progressed:
        """What these values, as `change` takes them, would do to the key result's progress today."""
        new = checked("key_result", values)
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            before = {name: getattr(row, name) for name in ("kind", "baseline", "target", "limit")}
            steps = current(connection, actor, "key_result", row)["milestones"]
            zone = zone_named(connection.execute(sa.select(companies.c.timezone).limit(1)).scalar() or "UTC")
        today = day_of(now, zone)

        def far(facts: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Fraction | None:
            done = [Milestone(s["weight"], s["done_on"] is not None and s["done_on"] <= today) for s in steps]
            held = {name: facts[name] for name in before}
            return progress(Measure(**held, value=row.current, milestones=done))

        return Progressed(far(before, steps), far({**before, **new}, new.get("milestones", steps)))
