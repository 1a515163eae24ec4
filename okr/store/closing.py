"""Closing a cycle honestly: a score for each key result with a suggestion and its reason, and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr import health
from okr.access import Actor, may_change_key_result, may_change_objective, sees_key_result
from okr.calendar import day_of, end_of_day
from okr.errors import NotAllowedError, NotFoundError
from okr.measure import (
    Measure,
    band,
    exact,
    holding,
    number,
    objective_score,
    one_decimal,
    progress,
    score_of,
    undefined_reason,
)
from okr.models import key_results, objectives, people
from okr.record_tables import closings
from okr.refusals import OutdatedError, RefusedError
from okr.store.change_log import Changed, add_changes
from okr.store.committing import audited
from okr.store.directory import Cycle, DirectoryPart
from okr.store.keeping import Saved, change_within, create_within, current
from okr.store.lookup import allowed, find
from okr.store.measuring import Measuring
from okr.store.objectives import Objective, ObjectivesPart
from okr.store.scope import Scope
from okr.store.standing import Query, StandingPart, Told
from okr.store.upkeep import chunks, refresh_copied

DECISIONS = ("carry_over", "change", "drop")
UNSEEN = "unseen"
"""Of a decision: nobody looked at the one before."""
MOST = 2_000
"""So many key results of a scope are told at once; beyond them one without a score counts by its progress."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The score that the figures suggest; `reason` is progress, holding, breached, or why there is none."""

    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a key result: carry_over, change or drop; `into` is the id of what goes on from it.

    `into` and `into_title` are None where nothing goes on, or what does is not the person's to see. `by` is the
    name of who decided, None for an import.
    """

    decision: str
    reason: str
    into: str | None
    into_title: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToClose:
    """One key result at the end: how it stood, the suggested score, the owner's (None while there is none).

    `score` is what counts: the owner's, else progress by the contract. `may_change` is whether the
    person may score it.
    """

    told: Told
    suggested: Suggestion
    given: float | None
    score: float | None
    band: str | None
    decided: Decided | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class ClosingObjective:
    """An objective with its key results, and its score: their mean by weight, to one decimal.

    `may_learn` is whether the person may write down lessons for it.
    """

    objective: Objective
    key_results: tuple[ToClose, ...]
    score: float | None
    band: str | None
    may_learn: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A cycle as it is closed, as far as the person sees it; `unscored` have no score of their owner's yet."""

    cycle: Cycle
    objectives: tuple[ClosingObjective, ...]
    unscored: tuple[str, ...]


def suggestion(measure: Measure) -> Suggestion:
    """The score that a key result's figures suggest, with the reason as a word.

    >>> suggestion(Measure(baseline=0, target=10, value=7.2))
    Suggestion(score=0.7, reason='progress')
    >>> suggestion(Measure(kind="boundary", limit="at_most", target=2, value=3))
    Suggestion(score=0.0, reason='breached')
    """
    if measure.kind == "boundary":
        kept = holding(measure)
        if kept is None:
            return Suggestion(None, undefined_reason(measure) or "no_value")
        return Suggestion(1.0 if kept else 0.0, "holding" if kept else "breached")
    share = progress(measure)
    if share is None:
        return Suggestion(None, undefined_reason(measure) or "no_value")
    found = score_of(None, share)
    return Suggestion(None if found is None else number(found), "progress")


@dataclass(frozen=True, slots=True)
class Following:
    """The cycle that would come after another: a suggestion, which nobody has made yet."""

    key: str | None
    name: str
    start: date
    end: date


_QUARTER_KEY = re.compile(r"(\d{4})-Q([1-4])")


def following(cycle: Cycle) -> Following:
    """The days right after the cycle, as many months or days as it has; a quarter is followed by the next one.

    >>> after = following(Cycle(1, "2026-Q4", "Q4 2026", date(2026, 10, 1), date(2026, 12, 31), "active"))
    >>> after.key, after.name, after.end.isoformat()
    ('2027-Q1', 'Q1 2027', '2027-03-31')
    """
    start = cycle.end + timedelta(days=1)
    if cycle.start.day == 1 and start.day == 1:
        months = (start.year - cycle.start.year) * 12 + start.month - cycle.start.month
        years, month = divmod(start.month - 1 + months, 12)
        end = date(start.year + years, month + 1, 1) - timedelta(days=1)
    else:
        end = start + (cycle.end - cycle.start)
    quarter = _QUARTER_KEY.fullmatch(cycle.key)
    if quarter is None:
        return Following(None, "", start, end)
    year, number = int(quarter[1]), int(quarter[2])
    year, number = (year + 1, 1) if number == 4 else (year, number + 1)
    return Following(f"{year}-Q{number}", f"Q{number} {year}", start, end)


class ClosingPart(DirectoryPart, StandingPart, ObjectivesPart):
    """The store's questions and commands at the end of a cycle."""

    def closing(self, actor: Actor, cycle_key: str, now: datetime, scope: Scope | None = None) -> Closing:
        """Every objective and key result of the cycle that the person sees, with suggested and given scores.

        Of a cycle that is over, as it stood at its end. Postponed ones are left out.
        """
        cycle = next((one for one in self.cycles() if one.key == cycle_key.strip()), None)
        if cycle is None:
            raise NotFoundError("cycle", cycle_key)
        scope = scope or Scope()
        zone = self.company().tz
        at = min(now, end_of_day(cycle.end, zone))
        measuring = Measuring(at, zone, [cycle], health.rule(health.DEFAULT_RULE), settled=self.settled_at(at))
        told = self.key_results(actor, measuring, Query(scope, earlier=at < now), limit=MOST)
        with self.database.read() as connection:
            decided = _decided(connection, actor, [one.standing.id for one in told])
            mine = _may(connection, key_results, may_change_key_result(actor), [one.standing.id for one in told])
            led = _may(connection, objectives, may_change_objective(actor), [one.standing.objective_id for one in told])
        by_objective: dict[int, list[ToClose]] = {}
        for one in told:
            by_objective.setdefault(one.standing.objective_id, []).append(
                _to_close(one, decided.get(one.standing.id), one.standing.id in mine)
            )
        found = []
        for objective in self.objectives(actor, [cycle.id], scope):
            some = tuple(by_objective.get(objective.id, ()))
            mean = objective_score(
                (None if each.score is None else exact(each.score), each.told.standing.weight) for each in some
            ).mean
            score = None if mean is None else number(mean)
            learns = objective.id in led or any(each.told.owner == actor.email for each in some)
            found.append(ClosingObjective(objective, some, score, None if mean is None else band(mean), learns))
        unscored = tuple(one.standing.key for one in told if one.standing.score is None)
        return Closing(cycle, tuple(found), unscored)

    def scored_by_cycle(self, actor: Actor) -> dict[int, tuple[int, int]]:
        """Of each cycle with key results that the person sees: how many there are, and how many have a score."""
        kr = key_results.c
        query = (
            sa.select(kr.cycle_id, sa.func.count(), sa.func.count(kr.score))
            .where(sa.not_(kr.postponed), sees_key_result(actor))
            .group_by(kr.cycle_id)
        )
        with self.database.read() as connection:
            return {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query)}

    def score(self, actor: Actor, key_result: str, score: Any, now: datetime, *, version: int | None = None) -> Saved:
        """Give a key result its score from 0.0 to 1.0, also after its cycle was closed."""

        def done(connection: Connection) -> tuple[str, Saved]:
            return change_within(connection, actor, "key_result", key_result, {"score": score}, now, version)

        return audited(self.database, actor, now, "score", "key_result", done, key_result)

    def decision_on(self, actor: Actor, key_result: str) -> Decided | None:
        """What was decided on a key result, None for nothing yet; `NotFoundError` for one they cannot see."""
        with self.database.read() as connection:
            row = find(connection, actor, "key_result", key_result)
            return _decided(connection, actor, [row.id]).get(row.id)

    def decide(
        self,
        actor: Actor,
        key_result: str,
        decision: str,
        now: datetime,
        *,
        into: str | None = None,
        reason: str = "",
        values: dict[str, Any] | None = None,
        seen: str | None = UNSEEN,
    ) -> Decided:
        """Carry a key result over into another cycle (`into`, its id), change it there (`values`), or drop it.

        What goes on is a new key result, from where this one ended, under an objective of the same title
        in that cycle, which is made where there is none. The old one stays as it was. A decision to drop
        may be taken anew; what was carried over stays carried over. With `seen`, the decision that the
        person saw (None for none yet), another one taken meanwhile raises `OutdatedError`.
        """

        def done(connection: Connection) -> tuple[str, Decided]:
            row = find(connection, actor, "key_result", key_result)
            if not allowed(connection, actor, "key_result", row.id):
                raise NotAllowedError(f"decide on {row.key}")
            if decision not in DECISIONS:
                raise RefusedError("not_a_choice", words=decision, field="state", choices=", ".join(DECISIONS))
            before = _decided(connection, actor, [row.id]).get(row.id)
            stands = None if before is None else before.decision
            if seen not in (UNSEEN, stands):
                who = "import" if before is None or before.by is None else before.by
                raise OutdatedError(row.key, [("decision", seen or "–", stands or "–", who)])
            if before is not None and before.decision != "drop":
                raise RefusedError("nothing_changes", record=row.key)
            made: int | None = None
            if decision != "drop":
                if into is None:
                    raise RefusedError("missing_field", kind="key_result", field="cycle")
                made = _carry(connection, actor, row, into, values or {}, now)
            connection.execute(sa.delete(closings).where(closings.c.key_result_id == row.id))
            connection.execute(
                sa.insert(closings).values(
                    key_result_id=row.id,
                    decision=decision,
                    reason=reason.strip()[:2_000],
                    into_id=made,
                    actor_id=actor.id,
                    at=now,
                )
            )
            changed = Changed("decision", stands, decision)
            add_changes(connection, actor, now, "key_result", row.id, row.key, row.version, [changed])
            return row.key, _decided(connection, actor, [row.id])[row.id]

        return audited(self.database, actor, now, "decide", "key_result", done, key_result)

    def close_cycle(self, actor: Actor, cycle_key: str, now: datetime, *, with_suggested: bool = False) -> Closing:
        """Close a cycle that has come to its last day; for admins. Afterwards it stays as it is and can be asked about.

        Key results without a score are refused by name, unless `with_suggested` gives them the suggested
        one; where nothing can be suggested they stay without.
        """
        if not actor.is_admin:
            raise NotAllowedError("close a cycle")
        found = self.closing(actor, cycle_key, now)
        cycle = found.cycle
        if cycle.state == "closed":
            raise RefusedError("nothing_changes", record=cycle.key)
        if day_of(now, self.company().tz) < cycle.end:
            raise RefusedError("not_yet_over", cycle=cycle.name, end=cycle.end.isoformat())
        every = [each for objective in found.objectives for each in objective.key_results]
        open_ones = [each for each in every if each.given is None and each.suggested.score is not None]
        if open_ones and not with_suggested:
            keys = [each.told.standing.key for each in open_ones]
            what = ", ".join(keys[:6]) + (", …" if len(keys) > 6 else "")
            raise RefusedError("unscored", count=len(keys), cycle=cycle.name, what=what)

        def done(connection: Connection) -> tuple[str, None]:
            for each in open_ones:
                change_within(
                    connection,
                    actor,
                    "key_result",
                    each.told.standing.key,
                    {"score": each.suggested.score},
                    now,
                    None,
                )
            for table in (objectives, key_results):
                still = sa.and_(table.c.cycle_id == cycle.id, table.c.state == "active")
                connection.execute(sa.update(table).where(still).values(state="closed", version=table.c.version + 1))
            ids = (
                connection.execute(sa.select(objectives.c.id).where(objectives.c.cycle_id == cycle.id)).scalars().all()
            )
            refresh_copied(connection, ids)
            change_within(connection, actor, "cycle", cycle.key, {"state": "closed"}, now, None)
            return cycle.key, None

        audited(self.database, actor, now, "close", "cycle", done, cycle.key)
        return self.closing(actor, cycle_key, now)


def _to_close(one: Told, decided: Decided | None, may_change: bool) -> ToClose:
    standing = one.standing
    share = progress(standing.measure)
    counted = score_of(standing.score, share)
    return ToClose(
        one,
        suggestion(standing.measure),
        standing.score,
        None if counted is None else number(counted),
        None if counted is None else band(one_decimal(counted) if standing.score is None else counted),
        decided,
        may_change,
    )


def _may(connection: Connection, table: sa.Table, rule: sa.ColumnElement[bool], ids: list[int]) -> set[int]:
    return {
        ident
        for part in chunks(ids)
        for ident in connection.execute(sa.select(table.c.id).where(table.c.id.in_(part), rule)).scalars()
    }


def _decided(connection: Connection, actor: Actor, ids: list[int]) -> dict[int, Decided]:
    after = key_results.alias("after")
    c = closings.c
    query = (
        sa.select(c.key_result_id, c.decision, c.reason, after.c.key, after.c.title, people.c.name, c.at)
        .select_from(closings)
        .outerjoin(after, sa.and_(after.c.id == c.into_id, sees_key_result(actor, after)))
        .outerjoin(people, people.c.id == c.actor_id)
    )
    return {
        row[0]: Decided(*row[1:])
        for part in chunks(ids)
        for row in connection.execute(query.where(c.key_result_id.in_(part)))
    }


def _carry(connection: Connection, actor: Actor, row: Any, into: str, values: dict[str, Any], now: datetime) -> int:
    """Make the key result that goes on from this one; its internal id."""
    cycle = find(connection, actor, "cycle", into)
    if cycle.state == "closed" or cycle.id == row.cycle_id:
        raise RefusedError("cycle_not_open", cycle=cycle.name)
    old = connection.execute(sa.select(objectives).where(objectives.c.id == row.objective_id)).one()
    same = sa.select(objectives.c.key).where(
        objectives.c.cycle_id == cycle.id, objectives.c.team_id == old.team_id, objectives.c.title == old.title
    )
    objective = connection.execute(same.order_by(objectives.c.id).limit(1)).scalar()
    if objective is None:
        fields = current(connection, actor, "objective", old)
        # What it hung under belongs to the old cycle.
        made = {**fields, "cycle": cycle.key, "parent": None, "state": "active"}
        objective, _ = create_within(connection, actor, "objective", made, now)
    fields = current(connection, actor, "key_result", row)
    fields |= {"objective": objective, "score": None, "state": "active"}
    if row.kind == "measure" and row.baseline is not None and row.current is not None:
        fields["baseline"] = row.current
    if row.kind == "milestones":
        fields["milestones"] = [step for step in fields["milestones"] if step["done_on"] is None]
    key, _ = create_within(connection, actor, "key_result", {**fields, **values}, now)
    return int(connection.execute(sa.select(key_results.c.id).where(key_results.c.key == key)).scalar_one())
