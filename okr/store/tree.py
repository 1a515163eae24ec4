"""The company as a tree, from its teams to tasks, read level by level only as far as somebody unfolded it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from okr import health
from okr import measure as measures
from okr.access import Actor, sees_key_result, sees_objective
from okr.calendar import day_of
from okr.models import key_results, objectives, task_key_results
from okr.store.directory import Cycle, DirectoryPart, Team
from okr.store.measuring import Measuring
from okr.store.objectives import ObjectivesPart
from okr.store.scope import Scope, below, objectives_within, visible_key_results
from okr.store.standing import NO_FILTERS, Query, StandingPart, Tally
from okr.store.tasks import TaskQuery, TasksPart
from okr.store.tree_paths import DEEPEST, Branch, Grown, Node, Paths, PathsPart, Tree

LISTED = 40
"""So many of a kind are listed below a branch at first."""
MOST_LISTED = 400
ORDER = ("task", "key_result", "objective", "team")
# A company of this size is read at a glance: its teams are unfolded to begin with.
SMALL_TEAMS = 15
SMALL_OBJECTIVES = 60


@dataclass(slots=True)
class _Growing:
    """What is at hand while the tree is put together."""

    actor: Actor
    wanted: Grown
    measuring: Measuring
    cycles: tuple[int, ...]
    teams: dict[int, Team]
    opened: frozenset[Node]
    paths: Paths | None
    seen: set[int] = field(default_factory=set)  # objectives that stand in the tree already

    def is_open(self, node: Node) -> bool:
        return node in self.opened

    def most(self, node: Node) -> int:
        return MOST_LISTED if node in self.wanted.whole else LISTED


class TreePart(DirectoryPart, StandingPart, ObjectivesPart, TasksPart, PathsPart):
    """The store's question for the tree."""

    def tree(self, actor: Actor, wanted: Grown, cycles: Sequence[Cycle], as_of: datetime, *, now: datetime) -> Tree:
        """The tree of these cycles at a moment, below the team if one is named."""
        zone = self.company().tz
        rule = health.rule(health.DEFAULT_RULE)
        measuring = Measuring(as_of, zone, cycles, rule, settled=self.settled_at(as_of))
        on = day_of(as_of, zone)
        paces = {measures.number(measures.expected(cycle.start, cycle.end, on)) for cycle in cycles}
        teams = {team.id: team for team in self.teams()}
        cycle_ids = tuple(cycle.id for cycle in cycles)
        within = frozenset(self.teams_below(wanted.team.id)) if wanted.team is not None else frozenset(teams)
        paths = self.tree_paths(actor, wanted, cycle_ids, teams, within) if wanted.typed.strip() else None
        opened = wanted.opened
        if opened is None:
            opened = frozenset() if paths is not None else self._at_first(actor, wanted, cycle_ids, teams, within)
        growing = _Growing(actor, wanted, measuring, cycle_ids, teams, opened, paths)
        scope = Scope(teams=(wanted.team.id,)) if wanted.team is not None else Scope()
        query = Query(scope, earlier=as_of < now)
        root = self._root(growing)
        if wanted.aligned:
            root.tally = self.tally(actor, measuring, query)
            self._grow_roots(growing, root, scope)
        else:
            self._grow_teams(growing, root, query)
        _settle(growing, root)
        expected = paces.pop() if len(paces) == 1 else None
        hits = (len(paths.hits), paths.cut) if paths is not None else (0, False)
        return Tree(root, as_of, rule.name, expected, opened, *hits)

    def _at_first(
        self,
        actor: Actor,
        wanted: Grown,
        cycle_ids: tuple[int, ...],
        teams: dict[int, Team],
        within: frozenset[int],
    ) -> frozenset[Node]:
        """What stands unfolded before anybody chose: all teams of a small company, nothing of a large one."""
        scope = Scope(teams=(wanted.team.id,)) if wanted.team is not None else Scope()
        if len(within) > SMALL_TEAMS or self.count_objectives(actor, cycle_ids, scope) > SMALL_OBJECTIVES:
            return frozenset()
        if not wanted.aligned:
            return frozenset(("team", teams[ident].key) for ident in within)
        above = objectives.alias("above")
        supported = (
            sa.select(above.c.key)
            .join(objectives, objectives.c.parent_id == above.c.id)
            .where(above.c.cycle_id.in_(cycle_ids), sees_objective(actor, above), sees_objective(actor))
        )
        with self.database.read() as connection:
            return frozenset(("objective", key) for key in connection.execute(supported.distinct()).scalars())

    def _root(self, growing: _Growing) -> Branch:
        team = growing.wanted.team
        if team is not None:
            return Branch("team", team.key, team.name, team=team, is_open=True)
        tops = [one for one in growing.teams.values() if one.above is None]
        # One team over all others is the company itself, and would say the whole once more.
        only = tops[0] if len(tops) == 1 else None
        return Branch("company", "", self.company().name, team=only, is_open=True)

    # ── teams ──────────────────────────────────────────────────────────────────────────────────

    def _grow_teams(self, growing: _Growing, root: Branch, query: Query) -> None:
        tallies = self.tallies(growing.actor, growing.measuring, query, "tree")
        whole = tallies.get(root.team.id) if root.team is not None else None
        root.tally = whole or self.tally(growing.actor, growing.measuring, query)
        counts = self._objectives_by_team(growing)
        under: dict[str | None, list[Team]] = {}
        for team in growing.teams.values():
            under.setdefault(team.above, []).append(team)
        opened: list[Branch] = []

        def grow(branch: Branch, teams: list[Team], depth: int) -> None:
            own = counts.get(branch.team.id, 0) if branch.team is not None else 0
            branch.inside = len(teams) + own
            if not branch.is_open:
                return
            if branch.team is not None:
                opened.append(branch)
            for team in teams:
                node = ("team", team.key)
                if growing.paths is not None and team.id not in growing.paths.teams and not _whole(growing, branch):
                    continue
                child = Branch("team", team.key, team.name, tally=tallies.get(team.id), team=team)
                _mark(growing, child, team.id, growing.paths.teams if growing.paths else ())
                child.is_open = growing.is_open(node) or child.on_path
                branch.children.append(child)
                if depth < DEEPEST:
                    grow(child, under.get(team.key, []), depth + 1)

        tops = under.get(root.team.key if root.team is not None else None, [])
        grow(root, tops, 0)
        by_team = {branch.team.id: branch for branch in opened if branch.team is not None}
        self._grow_objectives(growing, objectives.c.team_id, by_team)

    def _objectives_by_team(self, growing: _Growing) -> dict[int, int]:
        query = (
            sa.select(objectives.c.team_id, sa.func.count())
            .where(objectives.c.cycle_id.in_(growing.cycles), sees_objective(growing.actor))
            .group_by(objectives.c.team_id)
        )
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    # ── objectives ─────────────────────────────────────────────────────────────────────────────

    def _grow_roots(self, growing: _Growing, root: Branch, scope: Scope) -> None:
        """Begin with the objectives that support none in the scope that the person sees."""
        above = objectives.alias("above")
        there = sa.select(above.c.id).where(
            above.c.id == objectives.c.parent_id, above.c.cycle_id.in_(growing.cycles),
            sees_objective(growing.actor, above), *_in_scope(scope, above),
        )  # fmt: skip
        alone = [~there.correlate(objectives).exists(), *objectives_within(scope)]
        self._grow_objectives(growing, None, {0: root}, *alone)
        root.inside = len(root.children) + root.unlisted

    def _grow_objectives(
        self, growing: _Growing, over: sa.Column[Any] | None, above: dict[int, Branch], *where: sa.ColumnElement[bool]
    ) -> None:
        """Put the objectives below these branches, which `over` names, and what is unfolded of them below those.

        Without `over` there is one branch, of the number 0.
        """
        if not above:
            return
        chosen = [objectives.c.cycle_id.in_(growing.cycles), sees_objective(growing.actor), *where]
        column: sa.ColumnElement[Any] = sa.literal_column("0", sa.Integer)
        if over is not None:
            column = over
            chosen.append(over.in_(list(above)))
        listed = self._listed(growing, objectives, column, above, chosen, "objectives")
        # Where records hang together in a ring, each stands in the tree once.
        ids = [ident for _, ident in listed if ident not in growing.seen]
        growing.seen.update(ids)
        found = {one.id: one for one in self.objectives_by_id(growing.actor, ids)}
        tallies = self.objective_tallies(growing.actor, growing.measuring, ids)
        inside = self._key_results_of(growing, ids)
        supported = self._supporting(growing, ids)
        titles = self._titles([one.parent for one in found.values() if one.parent])
        opened: dict[int, Branch] = {}
        for at, ident in listed:
            one = found.get(ident)
            if one is None:
                continue
            branch = Branch("objective", one.key, one.title, objective=one)
            branch.tally, branch.borrowed = tallies.get(ident, (None, False))
            branch.supported_by = supported.get(ident, 0)
            branch.inside = inside.get(ident, 0) + (branch.supported_by if growing.wanted.aligned else 0)
            if one.parent:
                branch.supports, branch.supports_title = ("objective", one.parent), titles.get(one.parent, "")
            _mark(growing, branch, ident, growing.paths.objectives if growing.paths else ())
            branch.is_open = growing.is_open(branch.node) or branch.on_path
            above[at].children.append(branch)
            if branch.is_open:
                opened[ident] = branch
        if growing.wanted.aligned and opened:
            self._grow_objectives(growing, objectives.c.parent_id, opened)
        self._grow_key_results(growing, opened)

    def _listed(
        self,
        growing: _Growing,
        table: sa.Table,
        column: Any,
        above: dict[int, Branch],
        where: list[sa.ColumnElement[bool]],
        way: str,
    ) -> list[tuple[int, int]]:
        """The first records below each branch as (branch, id); what is not listed is counted on the branch."""
        paths = growing.paths
        if paths is not None:
            free = [ident for ident, branch in above.items() if _whole(growing, branch)]
            on_way = table.c.id.in_(sorted(getattr(paths, way)))
            where = [*where, sa.or_(column.in_(free), on_way) if free else on_way]
        number = sa.func.row_number().over(partition_by=column, order_by=table.c.id).label("number")
        total = sa.func.count().over(partition_by=column).label("total")
        ranked = sa.select(column.label("over"), table.c.id, number, total).where(*where).subquery()
        query = sa.select(ranked).where(ranked.c.number <= MOST_LISTED).order_by(ranked.c.over, ranked.c.number)
        found: list[tuple[int, int]] = []
        with self.database.read() as connection:
            for row in connection.execute(query):
                branch = above[row.over]
                if row.number <= growing.most(branch.node):
                    found.append((row.over, row.id))
                    if row.number == 1:
                        branch.unlisted += max(0, row.total - growing.most(branch.node))
        return found

    def _key_results_of(self, growing: _Growing, ids: list[int]) -> dict[int, int]:
        query = (
            sa.select(key_results.c.objective_id, sa.func.count())
            .where(key_results.c.objective_id.in_(ids), sees_key_result(growing.actor))
            .group_by(key_results.c.objective_id)
        )
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _supporting(self, growing: _Growing, ids: list[int]) -> dict[int, int]:
        query = (
            sa.select(objectives.c.parent_id, sa.func.count())
            .where(
                objectives.c.parent_id.in_(ids),
                objectives.c.cycle_id.in_(growing.cycles),
                sees_objective(growing.actor),
            )
            .group_by(objectives.c.parent_id)
        )
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def objective_tallies(
        self, actor: Actor, measuring: Measuring, ids: Sequence[int]
    ) -> dict[int, tuple[Tally, bool]]:
        """The roll-up of each objective; of one without key results of its own that of all below it, and True."""
        if not ids:
            # A scope of no objectives would be the whole company.
            return {}
        own = self.objectives_with_key_results(actor, ids)
        found = {ident: (tally, False) for ident, tally in self.tallies_of(actor, measuring, ids).items()}
        lent = self._tallies_below(actor, measuring, [ident for ident in ids if ident not in own])
        return found | {ident: (tally, True) for ident, tally in lent.items()}

    def _tallies_below(self, actor: Actor, measuring: Measuring, ids: list[int]) -> dict[int, Tally]:
        """The roll-ups of all that is below these objectives, at any depth."""
        if not ids:
            return {}
        sees = sees_objective(actor)
        below = (
            sa.select(objectives.c.parent_id.label("over"), objectives.c.id)
            .where(objectives.c.parent_id.in_(ids), sees)
            .cte("below", recursive=True)
        )
        # Not "all": a ring of records would never end.
        below = below.union(
            sa.select(below.c.over, objectives.c.id).join(below, objectives.c.parent_id == below.c.id).where(sees)
        )
        kr = measuring.kr.c
        rows = (
            sa.select(
                below.c.over.label("part"),
                measuring.status.label("status"),
                measuring.progress.label("progress"),
                kr.weight.label("weight"),
            )
            .select_from(measuring.kr.join(below, below.c.id == kr.objective_id))
            .where(
                measuring.in_cycles, *visible_key_results(actor, measuring, Scope(), NO_FILTERS.states)
            )
        )  # fmt: skip
        return {ident: tally for ident, tally in self._summed(rows).items() if ident}

    def _titles(self, keys: Iterable[str]) -> dict[str, str]:
        query = sa.select(objectives.c.key, objectives.c.title).where(objectives.c.key.in_(sorted(set(keys))))
        with self.database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    # ── key results and tasks ──────────────────────────────────────────────────────────────────

    def _grow_key_results(self, growing: _Growing, above: dict[int, Branch]) -> None:
        if not above:
            return
        column = key_results.c.objective_id
        chosen = [column.in_(list(above)), sees_key_result(growing.actor)]
        listed = self._listed(growing, key_results, column, above, chosen, "key_results")
        ids = [ident for _, ident in listed]
        found = {
            one.standing.id: one for one in self.key_results_by_id(growing.actor, growing.measuring, ids)
        }  # fmt: skip
        counted = (
            sa.select(task_key_results.c.key_result_id, sa.func.count())
            .where(task_key_results.c.key_result_id.in_(ids))
            .group_by(task_key_results.c.key_result_id)
        )
        with self.database.read() as connection:
            inside = {row[0]: row[1] for row in connection.execute(counted)}
        opened: dict[str, Branch] = {}
        for over, ident in listed:
            told = found.get(ident)
            if told is None:
                continue
            branch = Branch("key_result", told.standing.key, told.standing.title, told=told)
            branch.inside = inside.get(ident, 0)
            _mark(growing, branch, ident, growing.paths.leading if growing.paths else ())
            branch.is_open = growing.is_open(branch.node) or branch.on_path
            above[over].children.append(branch)
            if branch.is_open:
                opened[branch.key] = branch
        if opened:
            self._grow_tasks(growing, opened)

    def _grow_tasks(self, growing: _Growing, above: dict[str, Branch]) -> None:
        chosen = Scope(key_results=tuple(one.told.standing.id for one in above.values() if one.told is not None))
        paths = growing.paths
        for task in self.tasks(growing.actor, TaskQuery(chosen), limit=MOST_LISTED):
            for key in task.key_results:
                branch = above.get(key)
                if branch is None:
                    continue
                if paths is not None and task.id not in paths.tasks and not _whole(growing, branch):
                    continue
                child = Branch("task", task.key, task.title, task=task)
                _mark(growing, child, task.id, paths.tasks if paths else ())
                branch.children.append(child)
        for branch in above.values():
            if paths is None or _whole(growing, branch):
                branch.unlisted = max(0, branch.inside - len(branch.children))


def _in_scope(scope: Scope, table: Any) -> list[sa.ColumnElement[bool]]:
    """Whether the objective above belongs to the scope too."""
    return [table.c.team_id.in_(below(scope.teams))] if scope.teams else []


def _whole(growing: _Growing, branch: Branch) -> bool:
    """Whether all below a branch is shown though something is looked for: somebody unfolded it."""
    return growing.is_open(branch.node)


def _mark(growing: _Growing, branch: Branch, ident: int, on_way: Collection[int]) -> None:
    """Say of a branch that it was found, and that it leads to something that was."""
    paths = growing.paths
    if paths is None:
        return
    branch.is_hit = branch.node in paths.hits
    branch.on_path = ident in on_way


def _settle(growing: _Growing, branch: Branch) -> None:
    """Put the children in order, and fold what was unfolded for the sake of something found below it in vain."""
    branch.on_path = branch.on_path and bool(branch.children) and not growing.is_open(branch.node)
    branch.is_open = branch.is_open and (bool(branch.children) or growing.is_open(branch.node))
    # What is its own comes before what is below it.
    branch.children.sort(key=lambda child: ORDER.index(child.kind))
    for child in branch.children:
        _settle(growing, child)
