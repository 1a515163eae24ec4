"""Check-ins as such, over any scope: which, how many, by whom."""

from __future__ import annotations

from collections.abc import Sequence

from okr.calendar import day_named, end_of_day, start_of_day
from okr.store.journal import JournalQuery
from okr.store.scope import Scope
from tools.context import TurnContext
from tools.result import Found
from tools.rows import check_in_line, check_in_row


def list_check_ins(
    turn: TurnContext,
    *,
    key_results: Sequence[str] = (),
    objectives: Sequence[str] = (),
    teams: Sequence[str] = (),
    people: Sequence[str] = (),
    cycle: str = "",
    first: str = "",
    last: str = "",
    said: Sequence[str] = (),
    oldest: bool = False,
    limit: int = 20,
) -> Found:
    """Check-ins, newest first, with value, confidence, the reported status and what was written.

    `people` wrote them; `said` keeps those with text in wins, blockers or note; `values` hold the count.
    """

    def ids(kind: str, keys: Sequence[str]) -> tuple[int, ...]:
        return tuple(turn.store.ref(turn.actor, kind, key).id for key in keys)

    ends = min(end_of_day(day_named(last), turn.zone), turn.now) if last else turn.now
    query = JournalQuery(
        scope=Scope(ids("team", teams), (), ids("objective", objectives), ids("key_result", key_results)),
        last=ends,
        first=start_of_day(day_named(first), turn.zone) if first else None,
        authors=ids("person", people),
        cycle_ids=ids("cycle", (cycle,)) if cycle else (),
        said=tuple(said),
    )
    args = {
        "key_results": list(key_results),
        "objectives": list(objectives),
        "teams": list(teams),
        "people": list(people),
        "cycle": cycle,
        "first": first,
        "last": last,
        "said": list(said),
        "oldest": oldest,
    }
    found = Found("list_check_ins", {name: value for name, value in args.items() if value})
    entries = turn.store.journal(turn.actor, query, limit=limit, oldest=oldest)
    count = len(entries) if len(entries) < limit else turn.store.count_journal(turn.actor, query)
    found.rows = [check_in_row(entry, turn.zone) for entry in entries]
    found.lines = [check_in_line(row) for row in found.rows]
    found.values = {"count": count}
    found.more = count - len(entries)
    found.sources = [row.id for row in found.rows]
    if first or last:
        told = {"from": first or last, "to": last or turn.today.isoformat()}
        found.period = told | {"label": f"{told['from']}/{told['to']}"}
        found.as_of = ends
    return found
