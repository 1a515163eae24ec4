"""What a tree of the company is made of, and the way down to what somebody looks for in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_objective
from okr.language.words import tokens
from okr.models import key_results, objectives, task_key_results
from okr.store.at_hand import AtHandPart
from okr.store.directory import Team
from okr.store.objectives import Objective
from okr.store.standing import Tally, Told
from okr.store.tasks import Task

Node = tuple[str, str]
"""A kind (company, team, objective, key_result, task) and a public id."""

MOST_HITS = 120
DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Grown:
    """What the tree is to show: below which team, what is unfolded, which branches list all, what is looked for.

    `opened` is None where nobody has chosen. With `aligned` objectives stand below the objective that they
    support, without it below their teams.
    """

    team: Team | None = None
    opened: frozenset[Node] | None = None
    whole: frozenset[Node] = frozenset()
    typed: str = ""
    aligned: bool = False


@dataclass(slots=True)
class Branch:
    """One line of the tree.

    `tally` is the roll-up of a company, team or objective (of an objective without key results of its own,
    that of all below it). `supports` is the objective above, as far as the person sees it, and
    `supported_by` how many are below. `inside` counts what is right below, `unlisted` what of it is not in
    `children`; only an open branch has any.
    """

    kind: str
    key: str
    title: str
    tally: Tally | None = None
    told: Told | None = None
    objective: Objective | None = None
    team: Team | None = None
    task: Task | None = None
    supports: Node | None = None
    supports_title: str = ""
    supported_by: int = 0
    borrowed: bool = False
    inside: int = 0
    is_open: bool = False
    is_hit: bool = False
    on_path: bool = False
    children: list[Branch] = field(default_factory=list)
    unlisted: int = 0

    @property
    def node(self) -> Node:
        """Its kind and public id."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree as far as it is unfolded, as of a moment.

    `expected` is the share of the cycle that has passed, None where several cycles are looked at; `opened` is
    what stands unfolded; `found` how many records were found by what was typed, `cut` whether there were more.
    """

    root: Branch
    as_of: datetime
    rule: str
    expected: float | None
    opened: frozenset[Node]
    found: int = 0
    cut: bool = False


@dataclass(slots=True)
class Paths:
    """The ids of what was found and of everything on the way to it.

    `leading` are those key results of them that have found tasks.
    """

    hits: set[Node] = field(default_factory=set)
    leading: set[int] = field(default_factory=set)
    teams: set[int] = field(default_factory=set)
    objectives: set[int] = field(default_factory=set)
    key_results: set[int] = field(default_factory=set)
    tasks: set[int] = field(default_factory=set)
    cut: bool = False


class PathsPart(AtHandPart):
    """The store's way from what was typed to where it stands in the tree."""

    def tree_paths(
        self, actor: Actor, wanted: Grown, cycle_ids: tuple[int, ...], teams: dict[int, Team], within: Collection[int]
    ) -> Paths:
        """What bears the typed words in the teams `within`, and everything from the top down to it, in ids."""
        found = Paths()
        words = [token.plain for token in tokens(wanted.typed[:200]) if token.is_word]
        named = self._named_so(actor, words, wanted.typed[:200]) if words else []
        kinds = ("objective", "key_result", "task", *(() if wanted.aligned else ("team",)))
        named = [one for one in named if one.kind in kinds and (one.cycle_id is None or one.cycle_id in cycle_ids)]
        found.cut = len(named) > MOST_HITS
        named = named[:MOST_HITS]
        by_kind = {kind: {one.id: one for one in named if one.kind == kind} for kind in kinds}
        links: list[Any] = []
        with self.database.read() as connection:
            if by_kind["task"]:
                query = (
                    sa.select(task_key_results.c.task_id, key_results.c.id)
                    .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
                    .where(
                        task_key_results.c.task_id.in_(list(by_kind["task"])),
                        key_results.c.cycle_id.in_(cycle_ids),
                        sees_key_result(actor),
                    )
                )
                links = list(connection.execute(query).all())
            kr_ids = {*by_kind["key_result"], *(row[1] for row in links)}
            of = sa.select(key_results.c.id, key_results.c.objective_id).where(key_results.c.id.in_(sorted(kr_ids)))
            objective_of = {row[0]: row[1] for row in connection.execute(of)}
            ids = {*by_kind["objective"], *objective_of.values()}
            rows = sa.select(objectives.c.id, objectives.c.team_id).where(
                objectives.c.id.in_(sorted(ids)), sees_objective(actor)
            )
            team_of = {row[0]: row[1] for row in connection.execute(rows)}
            over = _all_above(connection, actor, ids, cycle_ids) if wanted.aligned else set()
        found.objectives = {ident for ident in ids if team_of.get(ident) in within} | over
        found.key_results = {ident for ident in kr_ids if objective_of.get(ident) in found.objectives}
        found.tasks = {row[0] for row in links if row[1] in found.key_results}
        found.leading = {row[1] for row in links} & found.key_results
        found.teams = {team_of[ident] for ident in found.objectives if ident in team_of}
        by_key = {team.key: team for team in teams.values()}
        own = {ident for ident in by_kind.get("team", {}) if ident in within}
        for ident in list(found.teams | own):
            at: Team | None = teams[ident]
            for _ in range(DEEPEST):
                if at is None:
                    break
                found.teams.add(at.id)
                at = by_key.get(at.above or "")
        ways = {
            "objective": found.objectives, "key_result": found.key_results, "task": found.tasks, "team": own,
        }  # fmt: skip
        found.hits = {
            (kind, one.key) for kind, some in by_kind.items() for one in some.values() if one.id in ways[kind]
        }
        return found


def _all_above(connection: Connection, actor: Actor, ids: Collection[int], cycle_ids: tuple[int, ...]) -> set[int]:
    sees = [sees_objective(actor), objectives.c.cycle_id.in_(cycle_ids)]
    up = sa.select(objectives.c.id, objectives.c.parent_id).where(objectives.c.id.in_(sorted(ids)), *sees)
    walk = up.cte("up", recursive=True)
    walk = walk.union(
        sa.select(objectives.c.id, objectives.c.parent_id).join(walk, objectives.c.id == walk.c.parent_id).where(*sees)
    )
    return set(connection.execute(sa.select(walk.c.id)).scalars())
