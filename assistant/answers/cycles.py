"""Which cycles there are."""

from __future__ import annotations

from assistant.answers import listing
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from okr.language.frames import Ask, Frame
from tools.context import TurnContext
from tools.cycles import list_cycles
from tools.result import Row


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The cycles, newest first; "in_force" as the field keeps those that run now."""
    language = frame.language
    found = list_cycles(turn, states=frame.filters.states, in_force=frame.field == "in_force")
    total = int(str(found.values["count"]))
    states = [say(language, f"cycles.{state}") for state in frame.filters.states]
    if frame.field == "in_force":
        states.append(say(language, "cycles.in_force"))
    words = listing.details(states, language)
    if total == 0:
        return Told(say(language, "cycles.none", details=words), found)
    cycles = formats.counted(total, "cycle", language)
    name = "cycles.count" if frame.ask is Ask.COUNT else "cycles.some"
    if frame.ask is Ask.COUNT and total == 1:
        name = "cycles.count_one"
    lead = say(language, name, cycles=cycles, details=words)

    def line(row: Row) -> str:
        v = row.values
        start, end = (listing.day(v[name], language, turn) for name in ("start", "end"))
        state = say(language, "cycles.in_force" if v["in_force"] else f"cycles.{v['state']}")
        return f"{listing.record(row, language)}: {say(language, 'cycles.span', start=start, end=end)}, {state}"

    return Told(f"{lead}\n\n{listing.bullets(found.rows, line, total, language, 12)}", found)
