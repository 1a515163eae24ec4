"""What was learnt, by cycle, objective, team and kind."""

from __future__ import annotations

from collections.abc import Sequence

from okr.calendar import day_named, day_of, end_of_day, start_of_day
from okr.store.lessons import LessonQuery
from okr.store.scope import Scope
from tools.context import TurnContext
from tools.result import Found, Quote, Row


def list_lessons(
    turn: TurnContext,
    *,
    cycles: Sequence[str] = (),
    objectives: Sequence[str] = (),
    teams: Sequence[str] = (),
    people: Sequence[str] = (),
    kinds: Sequence[str] = (),
    first: str = "",
    last: str = "",
    limit: int = 200,
) -> Found:
    """The lessons that people wrote down, newest first; `kinds` are helped, hindered, root_cause, lesson.

    `first` and `last` are the days between which they were written.
    """

    def ids(kind: str, keys: Sequence[str]) -> tuple[int, ...]:
        return tuple(turn.store.ref(turn.actor, kind, key).id for key in keys)

    stretch = None
    if first or last:
        begins = day_named(first or last)
        ends = day_named(last) if last else turn.today
        stretch = (start_of_day(begins, turn.zone), end_of_day(ends, turn.zone))
    query = LessonQuery(
        Scope(ids("team", teams), ids("person", people), ids("objective", objectives)),
        ids("cycle", cycles),
        tuple(kinds),
        stretch,
    )
    args = {
        "cycles": list(cycles),
        "objectives": list(objectives),
        "teams": list(teams),
        "people": list(people),
        "kinds": list(kinds),
        "first": first,
        "last": last,
    }
    found = Found("list_lessons", {name: value for name, value in args.items() if value})
    lessons = turn.store.lessons(turn.actor, query, limit=limit)
    for lesson in lessons:
        on = day_of(lesson.at, turn.zone)
        found.rows.append(
            Row(
                lesson.key,
                "lesson",
                lesson.text,
                {
                    "kind": lesson.kind,
                    "cycle": lesson.cycle,
                    "objective": lesson.objective,
                    "author": lesson.author,
                    "date": on.isoformat(),
                },
            )
        )
        found.quotes.append(Quote(lesson.key, lesson.objective or "", lesson.author_name, on, lesson.kind, lesson.text))
        of = f" on {lesson.objective}" if lesson.objective else ""
        found.lines.append(
            f"[{lesson.key}] {lesson.kind}, {lesson.cycle}{of}, {lesson.author_name} {on}: {lesson.text}"
        )
    count = len(lessons) if len(lessons) < limit else turn.store.count_lessons(turn.actor, query)
    found.values = {"count": count}
    found.more = count - len(lessons)
    found.sources = [*(row.id for row in found.rows), *cycles, *objectives]
    return found
