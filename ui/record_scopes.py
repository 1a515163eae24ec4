"""The pages of objectives, teams, people and cycles: how each stands as a whole, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr import health
from okr import measure as measures
from okr.calendar import cycles_in_force, day_of, end_of_day
from okr.language.frames import Filters
from okr.store.directory import Cycle, Person, Team
from okr.store.lessons import LessonQuery
from okr.store.measuring import Measuring
from okr.store.objectives import Objective
from okr.store.opening import Opened
from okr.store.scope import Scope
from okr.store.standing import Query, Tally
from okr.store.tasks import OPEN, TaskQuery
from ui.figures import paced_row, status_html, word
from ui.harmless import escaped, line
from ui.links import address, link, record_link
from ui.record_history import draw_history
from ui.record_key_result import tasks_for
from ui.record_parts import (
    draw_tasks,
    entries_html,
    facts,
    figures,
    key_result_row,
    note,
    part,
    row,
    rows,
    scope_row,
)  # fmt: skip
from ui.session import Visit
from ui.tree_rows import counts_html

MOST = 60
LATEST = 12


@dataclass(frozen=True, slots=True)
class Looked:
    """The cycles that a page looks at, and the moment: that of their end where they are over."""

    cycles: tuple[Cycle, ...]
    measuring: Measuring
    expected: float | None
    as_of: datetime

    @property
    def ids(self) -> tuple[int, ...]:
        """The internal ids of the cycles."""
        return tuple(cycle.id for cycle in self.cycles)


def looked(visit: Visit, cycles: Sequence[Cycle]) -> Looked:
    """The definitions over these cycles at their end, or now while they run."""
    zone = visit.company.tz
    last = max((cycle.end for cycle in cycles), default=visit.today)
    as_of = end_of_day(last, zone) if last < visit.today else visit.now
    rule = health.rule(health.DEFAULT_RULE)
    on = day_of(as_of, zone)
    paces = {measures.number(measures.expected(cycle.start, cycle.end, on)) for cycle in cycles}
    measuring = Measuring(as_of, zone, cycles, rule, settled=visit.store.settled_at(as_of))
    return Looked(tuple(cycles), measuring, paces.pop() if len(paces) == 1 else None, as_of)


def running(visit: Visit) -> Looked:
    """The cycles in force."""
    return looked(visit, cycles_in_force(visit.store.cycles(), visit.today))


def pace_values(at: Looked, tally: Tally | None) -> dict[str, Any]:
    """The figures of a roll-up's pace bar."""
    mean = tally.mean if tally is not None else None
    expected = at.expected if mean is not None else None
    gap = None if mean is None or expected is None else expected - mean
    return {"status": tally.worst if tally else None, "progress": mean, "expected": expected, "gap": gap}


def draw_whole(visit: Visit, at: Looked, tally: Tally | None, *, borrowed: bool = False) -> None:
    """How a scope stands: the share done, its pace bar, how many stand where, and what was left out."""
    words = visit.words
    if tally is None or not tally.total:
        note(visit, "page.whole.none")
        return
    values = pace_values(at, tally)
    counts = counts_html(visit, tally, named=True)
    if tally.mean is None:
        st.markdown(f'<div class="okr-stands">{counts}</div>', unsafe_allow_html=True)
        note(visit, "board.whole.unknown")
        return
    share = line(formats.percent(tally.mean, words.language))
    st.markdown(
        f'<div class="okr-stands"><strong class="okr-stands-share">{share}</strong>'
        f'<div class="okr-drawn">{paced_row(visit, values)}</div></div>{counts}',
        unsafe_allow_html=True,
    )
    said = [words("page.whole", count=tally.counted)]
    if tally.left_out:
        said.append(words("board.whole.left_out", count=tally.left_out))
    if borrowed:
        said.append(words("page.borrowed"))
    said.append(words("page.whole.rule", rule=at.measuring.rule.name))
    st.html(f'<p class="okr-foot">{escaped(" ".join(said))}</p>')


# -- objective ----------------------------------------------------------------------------------------


def draw_objective(visit: Visit, found: Opened) -> None:
    """Everything below the heading and the buttons of an objective."""
    store, words = visit.store, visit.words
    ref = store.ref(visit.actor, "objective", found.key)
    one = store.objectives_by_id(visit.actor, [ref.id])[0]
    at = looked(visit, [cycle for cycle in store.cycles() if cycle.id == one.cycle_id])
    tally, borrowed = store.objective_tallies(visit.actor, at.measuring, [ref.id]).get(ref.id, (None, False))
    if one.state == "postponed":
        st.markdown(f'<div class="okr-stands">{status_html(visit, "postponed")}</div>', unsafe_allow_html=True)
        note(visit, "page.postponed")
    else:
        draw_whole(visit, at, tally, borrowed=borrowed)
    facts(
        visit,
        [
            ("name.owner", record_link(one.owner, one.owner_name, "okr-link")),
            ("name.team", record_link(one.team, one.team_name, "okr-link")),
            ("name.cycle", record_link(one.cycle, at.cycles[0].name, "okr-link")),
            ("name.kind", line(word(visit, one.kind))),
            ("name.state", "" if one.state == "active" else line(word(visit, one.state))),
            ("page.seen_by", line(words("tree.restricted")) if one.visibility == "team" else ""),
        ],
    )
    _alignment(visit, one, ref.id)
    krs = store.key_results_by_id(visit.actor, at.measuring, _key_results(visit, ref.id, at))
    part(visit, "page.key_results")
    late = one.state == "postponed"
    figures(rows([key_result_row(visit, told, weight=True, postponed=late) for told in krs]))
    if not krs:
        note(visit, "page.key_results.none")
    draw_tasks(visit, tasks_for(visit, Scope(objectives=(ref.id,))), "page.tasks")
    entries = store.entries_of_objective(visit.actor, found.key, limit=LATEST)
    if entries:
        part(visit, "page.entries.latest")
        figures(f'<ul class="okr-entries">{entries_html(visit, entries, named=True)}</ul>')
    _lessons(visit, LessonQuery(Scope(objectives=(ref.id,))))
    draw_history(visit, "objective", found.key)


def _key_results(visit: Visit, objective_id: int, at: Looked) -> list[int]:
    every = ("active", "postponed", "closed")
    query = Query(Scope(objectives=(objective_id,)), Filters(states=every))
    return sorted(told.standing.id for told in visit.store.key_results(visit.actor, at.measuring, query, limit=MOST))


def _alignment(visit: Visit, one: Objective, ident: int) -> None:
    store = visit.store
    above = store.objectives_by_id(visit.actor, store.parents_of(visit.actor, ident)[:1])
    below = store.objectives_by_id(visit.actor, store.children_of(visit.actor, [ident])[:MOST])
    of_root = one.team in visit.teams and visit.teams[one.team].above is None
    if not above and not below and of_root:
        return
    part(visit, "page.alignment")
    if above:
        figures(f'<p class="okr-over">{line(visit.words("page.supports"))}</p>' + rows(_objectives(visit, above)))
    elif not of_root:
        note(visit, "page.alone")
    if below:
        said = line(visit.words("page.supported", count=len(below)))
        figures(f'<p class="okr-over">{said}</p>' + rows(_objectives(visit, below)))


def _objectives(visit: Visit, some: Sequence[Objective], *, of_team: str = "", of_person: str = "") -> list[str]:
    """Objectives as rows with their roll-ups, each at the moment of its own cycle, without what is clear anyway."""
    cycles = {cycle.id: cycle for cycle in visit.store.cycles()}
    drawn = []
    by_cycle: dict[int, list[Objective]] = {}
    for one in some:
        by_cycle.setdefault(one.cycle_id, []).append(one)
    figures_of: dict[int, dict[str, Any]] = {}
    for cycle_id, group in by_cycle.items():
        at = looked(visit, [cycles[cycle_id]])
        tallies = visit.store.objective_tallies(visit.actor, at.measuring, [one.id for one in group])
        for one in group:
            figures_of[one.id] = pace_values(at, tallies.get(one.id, (None, False))[0])
    for one in some:
        small = [line(one.owner_name)] if one.owner != of_person else []
        small += [line(one.team_name)] if one.team != of_team else []
        if len(by_cycle) > 1 or cycles[one.cycle_id].state == "closed":
            small.append(line(cycles[one.cycle_id].name))
        if one.state == "postponed":
            drawn.append(row(record_link(one.key, one.title), small, "", status_html(visit, "postponed")))
        else:
            drawn.append(scope_row(visit, one.key, one.title, small, figures_of[one.id]))
    return drawn


def _lessons(visit: Visit, query: LessonQuery, *, of_cycle: bool = False) -> None:
    lessons = visit.store.lessons(visit.actor, query, limit=MOST)
    if not lessons:
        return
    part(visit, "page.lessons")
    items = []
    for one in lessons:
        small = [line(word(visit, one.kind)), line(one.author_name), "" if of_cycle else line(one.cycle_name)]
        items.append(row(record_link(one.key, one.text), small))
    figures(rows(items))


# -- team ---------------------------------------------------------------------------------------------


def draw_team(visit: Visit, found: Opened) -> None:
    """Everything below the heading and the buttons of a team."""
    store, words = visit.store, visit.words
    team = visit.teams[found.key]
    at = running(visit)
    scope = Scope(teams=(team.id,))
    if at.cycles:
        tallies = store.tallies(visit.actor, at.measuring, Query(scope), "tree")
        draw_whole(visit, at, tallies.get(team.id))
    else:
        tallies = {}
        note(visit, "tree.no_cycle")
    above = visit.teams.get(team.above or "")
    facts(
        visit,
        [
            ("name.lead", record_link(team.lead, visit.person_name(team.lead), "okr-link") if team.lead else ""),
            ("page.above", record_link(above.key, above.name, "okr-link") if above else ""),
            ("page.in_tree", link(address("tree", {"team": team.key}), words("page.tree"))),
            ("page.on_board", link(address("board", {"team": team.key}), words("page.board"))),
        ],
    )
    every = store.objectives(visit.actor, at.ids, scope) if at.cycles else []
    own = sorted((one for one in every if one.team == team.key), key=lambda one: one.id)
    part(visit, "page.objectives")
    figures(rows(_objectives(visit, own[:MOST], of_team=team.key)))
    if not own:
        note(visit, "page.objectives.none")
    below = [one for one in visit.teams.values() if one.above == team.key]
    if below:
        part(visit, "page.teams")
        figures(rows([_team_row(visit, at, one, tallies.get(one.id)) for one in below]))
    kpis = store.kpis(visit.actor, team_ids=[team.id])
    if kpis:
        part(visit, "page.kpis")
        figures(rows([row(record_link(one.key, one.name), [line(one.owner_name)]) for one in kpis[:MOST]]))
    people = store.people(team.id)
    part(visit, "page.members")
    figures(rows([_person_row(visit, one, lead=one.email == team.lead) for one in people[:MOST]]))
    if not people:
        note(visit, "page.members.none")
    draw_history(visit, "team", found.key)


def _team_row(visit: Visit, at: Looked, team: Team, tally: Tally | None) -> str:
    small = [line(visit.words("tree.led_by", name=visit.person_name(team.lead)))] if team.lead else []
    if tally is None or not tally.total:
        return row(record_link(team.key, team.name), [*small, line(visit.words("tree.no_key_results"))])
    small.append(line(formats.counted(tally.total, "key_result", visit.words.language)))
    return scope_row(visit, team.key, team.name, small, pace_values(at, tally))


def _person_row(visit: Visit, person: Person, *, lead: bool) -> str:
    role = visit.words("word.lead") if lead else "" if person.role != "admin" else word(visit, person.role)
    return row(record_link(person.email, person.name), [line(role), line(person.email)])


# -- person -------------------------------------------------------------------------------------------


def draw_person(visit: Visit, found: Opened) -> None:
    """What a person owns and is to do, as far as whoever looks may see it."""
    store = visit.store
    person = visit.people[found.key]
    fields = store.record_fields(visit.actor, "person", found.key).fields
    manager = str(fields.get("manager") or "")
    led = [team for team in visit.teams.values() if team.lead == person.email]
    facts(
        visit,
        [
            ("name.role", line(word(visit, person.role))),
            ("name.team", record_link(person.team, visit.team_name(person.team), "okr-link") if person.team else ""),
            ("page.leads", ", ".join(record_link(team.key, team.name, "okr-link") for team in led)),
            ("name.manager", record_link(manager, visit.person_name(manager), "okr-link") if manager else ""),
            ("page.email", line(person.email).replace("@", "<wbr>@")),
        ],
    )
    if not person.active:
        note(visit, "page.left")
    at = running(visit)
    mine = Scope(people=(person.id,))
    own = store.objectives(visit.actor, at.ids, mine, limit=MOST) if at.cycles else []
    krs = store.key_results(visit.actor, at.measuring, Query(mine), by="status", limit=MOST) if at.cycles else []
    tasks = store.tasks(visit.actor, TaskQuery(mine, statuses=OPEN), limit=MOST)
    if own:
        part(visit, "page.objectives")
        figures(rows(_objectives(visit, own, of_person=person.email)))
    part(visit, "page.key_results")
    figures(rows([key_result_row(visit, told, owner=False) for told in krs]))
    if not krs:
        note(visit, "page.person.none")
    draw_tasks(visit, tasks, "page.tasks.open", "page.person.no_tasks")
    draw_history(visit, "person", found.key)


# -- cycle --------------------------------------------------------------------------------------------


def draw_cycle(visit: Visit, found: Opened) -> None:
    """A stretch of days, how it stands or ended, and what was learnt in it."""
    store, words = visit.store, visit.words
    cycle = next(one for one in store.cycles() if one.key == found.key)
    at = looked(visit, [cycle])
    tally = store.tally(visit.actor, at.measuring, Query(earlier=at.as_of < visit.now))
    draw_whole(visit, at, tally)
    count = store.count_objectives(visit.actor, at.ids, Scope())
    days = formats.days(cycle.start, cycle.end, words.language, visit.today)
    facts(
        visit,
        [
            ("page.days", line(days)),
            ("name.state", line(word(visit, cycle.state))),
            ("page.objectives", line(formats.number(count, words.language))),
            ("page.in_tree", link(address("tree", {"cycle": cycle.key}), words("page.tree"))),
            ("page.on_board", link(address("board", {"cycle": cycle.key}), words("page.board"))),
            ("page.its_end", link(address("cycle", {"key": cycle.key}), words("view.cycle"))),
        ],
    )
    _lessons(visit, LessonQuery(Scope(), cycle_ids=(cycle.id,)), of_cycle=True)
    draw_history(visit, "cycle", found.key)
