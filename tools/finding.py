"""One record by its name, whatever its kind: as it stands, over time, beside another, and what was written about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from okr.errors import NotFoundError, OkrError
from okr.language.frames import Ref
from tools import meant
from tools.context import TurnContext
from tools.meant import Span
from tools.result import Found, Row
from tools.selection import Where

MOST_FOUND = 8
ROLES = ("employee", "lead", "admin")
LESSON_KINDS = ("helped", "hindered", "root_cause", "lesson")
TASK_STATUSES = ("to_do", "in_progress", "in_review", "blocked", "done")


class ChoiceError(OkrError):
    """A word that is none of those that may be chosen."""

    code = "choice"

    def __init__(self, word: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{word[:80]!r} cannot be chosen here.", f"There are: {', '.join(allowed)}.")


def find_records(turn: TurnContext, *, words: str) -> Found:
    """The visible records that the words name, the best first; abstains where there is none."""
    found = Found("find_records", {"words": words})
    refs: list[Ref] = []
    for kinds in (meant.KINDS, *((kind,) for kind in meant.KINDS)):
        try:
            refs.append(meant.record(turn, words, kinds))
        except meant.SeveralFitError as several:
            refs += several.options
        except NotFoundError:
            continue
    refs = list(dict.fromkeys(refs))[:MOST_FOUND]
    places = turn.store.places(turn.actor, refs)
    for ref in refs:
        where = ", ".join(places.get((ref.kind, ref.id), ()))
        found.rows.append(Row(ref.key, ref.kind, ref.title))
        found.lines.append(f"[{ref.key}] {ref.kind.replace('_', ' ')} {ref.title}{f' ({where})' if where else ''}")
    found.values = {"count": len(refs)}
    found.sources = [row.id for row in found.rows]
    if not refs:
        found.kind, found.missing = "abstain", "record"
    return found


def list_records(
    turn: TurnContext, kind: str, *, of: Sequence[str] = (), only: Sequence[str] = (), by: str = "", when: str = ""
) -> Found:
    """Objectives, teams, people, lessons or cycles of a scope; `only` are filters, roles or kinds of lessons."""
    from tools.cycles import list_cycles
    from tools.lessons import list_lessons
    from tools.people import list_people, people_by_key_results
    from tools.scopes import list_objectives
    from tools.teams import rank_teams

    if kind == "cycle":
        return list_cycles(turn)
    if kind == "lesson":
        about = meant.where(turn, of, when, kinds=("team", "person", "objective"))
        return list_lessons(
            turn,
            cycles=[about.cycle] if about.cycle else [],
            objectives=about.objectives,
            teams=about.teams,
            people=about.people,
            kinds=_among(only, LESSON_KINDS, "kind="),
            first=about.first or about.on,
            last=about.last or about.on,
            limit=20,
        )
    if kind == "person":
        roles = [word.removeprefix("role=") for word in only if word.removeprefix("role=") in ROLES]
        filters = [word for word in only if word.removeprefix("role=") not in ROLES]
        if filters:
            return people_by_key_results(turn, where=meant.where(turn, of, when, filters), limit=20)
        about = meant.where(turn, of, kinds=("team", "person"))
        return list_people(turn, teams=about.teams, people=about.people, roles=roles)
    where = meant.where(turn, of, when, only)
    if kind == "team":
        return rank_teams(turn, by=by or "gap", where=where)
    return list_objectives(turn, by=by if by in ("gap", "progress") else "", where=where)


def _among(words: Sequence[str], allowed: Sequence[str], prefix: str) -> list[str]:
    """The words without the prefix; `ChoiceError` for one that is not allowed."""
    bare = [word.removeprefix(prefix) for word in words]
    if odd := next((word for word in bare if word not in allowed), None):
        raise ChoiceError(odd, allowed)
    return bare


def read_record(turn: TurnContext, ref: Ref | None, where: Where) -> Found:
    """The record as it stood at the moment, the company where there is none: a roll-up for whatever has key results."""
    from tools.cycles import list_cycles
    from tools.key_results import read_key_result
    from tools.kpis import read_kpi
    from tools.people import list_people
    from tools.scopes import roll_up
    from tools.tasks import list_tasks

    if ref is None:
        return roll_up(turn, where=where, limit=5)
    match ref.kind:
        case "key_result":
            return read_key_result(turn, key=ref.key, where=where)
        case "kpi":
            return read_kpi(turn, key=ref.key, where=where, limit=6)
        case "task":
            return list_tasks(turn, tasks=[ref.key])
        case "cycle":
            found = roll_up(turn, where=replace(where, cycle=ref.key), limit=5)
            cycles = list_cycles(turn)
            found.lines = [line for line in cycles.lines if line.startswith(f"[{ref.key}]")] + found.lines
            found.rows = [row for row in cycles.rows if row.id == ref.key] + found.rows
            found.kind = "answer"
            return found
        case "person":
            known = list_people(turn, people=[ref.key])
            found = roll_up(turn, where=replace(where, people=(ref.key,)), limit=8)
            found.lines = known.lines + found.lines
            found.rows = found.rows or known.rows
            found.kind = "answer"
            return found
        case "team":
            found = roll_up(turn, where=replace(where, teams=(ref.key,)), limit=5)
            team = next(team for team in turn.store.teams() if team.key == ref.key)
            found.lines.insert(
                0, f"[{ref.key}] {ref.title}: led by {team.lead or 'nobody'}, part of {team.above or 'no team'}"
            )
            found.kind = "answer"
            return found
    return _objective(turn, ref, where)


def _objective(turn: TurnContext, ref: Ref, where: Where) -> Found:
    from tools.alignment import read_alignment
    from tools.rows import objective_line
    from tools.scopes import roll_up

    found = roll_up(turn, where=replace(where, objectives=(ref.key,)), limit=8)
    found.lines[:1] = [objective_line(row) for row in found.rows[:1] if row.type == "objective"] or found.lines[:1]
    for direction, said in (("children", "fed by"), ("parents", "feeds")):
        linked = read_alignment(turn, direction=direction, objectives=[ref.key])
        found.lines += [f"[{ref.key}] {said} {line}" for line in linked.lines]
        found.sources += [key for key in linked.sources if key not in found.sources]
        found.rows += [row for row in linked.rows if row.id not in {one.id for one in found.rows}]
    found.kind = "answer"
    return found


def read_history(turn: TurnContext, ref: Ref, span: Span) -> Found:
    """Check-ins or points over the days, oldest first, with the change; of a key result also that of its progress."""
    from tools.history import read_change
    from tools.history import read_history as history_of
    from tools.kpis import read_kpi

    where = Where(first=span.first, last=span.last, word=span.word)
    if ref.kind == "kpi":
        return read_kpi(turn, key=ref.key, where=where)
    found = history_of(turn, key=ref.key, where=where)
    if not span.first or found.kind == "abstain":
        return found
    moved = read_change(turn, key=ref.key, where=where)
    if moved.kind == "abstain":
        return found
    found.values |= moved.values | {"count": found.values["count"]}
    found.rows = moved.rows + found.rows
    found.lines = [_moved_line(moved.rows[0]), *found.lines]
    found.sources += [key for key in moved.sources if key not in found.sources]
    found.rule = moved.rule
    return found


def _moved_line(row: Row) -> str:
    v = row.values
    said = []
    if v.get("previous") is not None:
        said.append(f"value from {v['previous']:g} on {v.get('previous_date')} to {v['value']:g} on {v['date']}")
        said.append(f"change {v['change']:+g}{' ' + str(v['unit']) if v.get('unit') else ''}")
    if isinstance(was := v.get("previous_progress"), float) and isinstance(now := v.get("progress"), float):
        said.append(f"progress from {round(was * 100, 1):g}% to {round(now * 100, 1):g}%")
    said.append(f"status {v.get('status', v.get('state'))}")
    return f"[{row.id}] {row.title}: {'; '.join(said)}"


def compare_sides(turn: TurnContext, sides: Sequence[str], when: str, versus: str) -> Found:
    """The sides beside one another; the first of them at two times where `versus` is given."""
    from tools.comparisons import compare

    kpi = ""
    if len(sides) == 1:
        only = meant.record(turn, sides[0], (*meant.SCOPES, "kpi")) if not meant.is_company(sides[0]) else None
        kpi = only.key if only is not None and only.kind == "kpi" else ""
    each: list[Where] = []
    for side in sides:
        of = [] if kpi or meant.is_company(side) else [side]
        each.append(_ending(meant.where(turn, of, when)))
        if versus:
            each.append(_ending(meant.where(turn, of, versus)))
    return compare(turn, sides=each, kpi=kpi)


def _ending(where: Where) -> Where:
    # Beside one another stand states; a stretch of time stands for the state at its end.
    return replace(where, on=where.on or where.last, first="", last="", word="")


def notes(turn: TurnContext, words: str, of: Sequence[str], part: str, when: str) -> Found:
    """What people wrote: by words where there are some, else the latest check-ins of the scope with text in them."""
    from tools.check_ins import list_check_ins

    span = meant.days(turn, when)
    about = meant.where(turn, of)
    if words.strip():
        from tools.notes import search_notes

        # No filter at all is not the same as an empty one, which lets nothing through.
        return search_notes(
            turn,
            words=words,
            parts=[part] if part else [],
            key_results=about.key_results or None,
            objectives=about.objectives or None,
            teams=about.teams or None,
            people=about.people or None,
            first=span.first,
            last=span.last,
        )
    return list_check_ins(
        turn,
        key_results=about.key_results,
        objectives=about.objectives,
        teams=about.teams,
        people=about.people,
        first=span.first,
        last=span.last,
        said=[part] if part else ["wins", "blockers", "note"],
        limit=12,
    )


def explanation(turn: TurnContext, name: str, when: str) -> Found:
    """Why a record moved: the turn of its series and what was written around it; of a scope how it stands and why."""
    from tools.explain import explain_change

    if meant.is_company(name):
        return read_record(turn, None, meant.where(turn, (), when))
    ref = meant.record(turn, name, ("key_result", "kpi", "objective", "team", "person"))
    span = meant.spoken(turn, when)
    if ref.kind in ("key_result", "kpi"):
        return explain_change(turn, kind=ref.kind, key=ref.key, on=span.on, first=span.first, last=span.last)
    found = read_record(turn, ref, meant.where(turn, (), when))
    written = notes(turn, "", [ref.key], "blockers", when)
    found.lines += written.lines[:6]
    found.rows += written.rows[:6]
    found.sources += [key for key in written.sources[:6] if key not in found.sources]
    return found


def tasks(turn: TurnContext, of: Sequence[str], only: Sequence[str], due: str) -> Found:
    """The tasks of a scope, narrowed by status words, by being overdue and by when they are due."""
    from tools.tasks import list_tasks

    about = meant.where(turn, of)
    span = meant.days(turn, due)
    chosen = _among(only, (*TASK_STATUSES, "overdue"), "status=")
    return list_tasks(
        turn,
        teams=about.teams,
        people=about.people,
        objectives=about.objectives,
        key_results=about.key_results,
        statuses=[word for word in chosen if word != "overdue"],
        overdue="overdue" in chosen,
        due_first=span.first,
        due_last=span.last,
        limit=20,
    )
