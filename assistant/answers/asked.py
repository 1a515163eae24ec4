"""What a question names, as the arguments of a tool and as words of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import knows, say
from assistant.telling.safe import cite, plain
from okr.language.frames import Frame, Ref, When
from tools.context import TurnContext
from tools.filters import words_for
from tools.result import Found, Row
from tools.selection import NoCycleError, Where


def refs_of(frame: Frame, kind: str) -> tuple[Ref, ...]:
    """The records of a kind that the question is within or about, each once."""
    scope = {"team": frame.teams, "person": frame.people, "objective": frame.objectives}.get(kind, ())
    return tuple(dict.fromkeys((*scope, *(ref for ref in frame.named if ref.kind == kind))))


def where_of(frame: Frame, *, named: bool = True, when: When | None = None) -> Where:
    """Scope, time, filters and rule of the question; with `named` the records it names narrow it too."""
    about = frame if named else replace(frame, named=())
    where = Where(
        teams=_keys(refs_of(about, "team")),
        people=_keys(refs_of(about, "person")),
        objectives=_keys(refs_of(about, "objective")),
        key_results=_keys(refs_of(about, "key_result")),
        cycle=frame.cycle.key if frame.cycle else "",
        rule=frame.rule,
        filters=tuple(words_for(frame.filters)),
        without=left_out(frame),
    )
    return at(where, when or frame.when)


def left_out(frame: Frame) -> tuple[str, ...]:
    """What the question leaves out, as a tool takes it."""
    return tuple(f"{ref.kind}:{ref.key}" for ref in frame.without)


def without_words(frame: Frame) -> str:
    """What is left out, in words; empty when nothing is."""
    names = [f"{plain(ref.title, 120)} {cite(ref.key)}" for ref in frame.without]
    return say(frame.language, "scope.without", names=formats.joined(names, frame.language)) if names else ""


def at(where: Where, when: When | None) -> Where:
    """The same, at that time."""
    if when is None:
        return replace(where, on="", first="", last="", word="")
    if when.moment:
        return replace(where, on=when.last.isoformat(), first="", last="", word=when.word)
    return replace(where, on="", first=when.first.isoformat(), last=when.last.isoformat(), word=when.word)


def _keys(refs: Sequence[Ref]) -> tuple[str, ...]:
    return tuple(ref.key for ref in refs)


def scope_words(frame: Frame, turn: TurnContext, *, named: bool = True) -> str:
    """Where the question looks, in words: "in Sales with the teams below it", "of yours"."""
    language = frame.language
    about = frame if named else replace(frame, named=())
    said: list[str] = []
    teams = refs_of(about, "team")
    for team in teams if len(teams) == 1 else ():
        below = len(turn.store.teams_below(team.id)) > 1
        said.append(say(language, "scope.team_below" if below else "scope.team", team=plain(team.title)))
    if len(teams) > 1:
        names = formats.joined([plain(team.title) for team in teams], language)
        said.append(say(language, "scope.teams", teams=names))
    people = refs_of(about, "person")
    if len(people) > 1:
        names = formats.joined([plain(person.title) for person in people], language)
        said.append(say(language, "scope.people", people=names))
    elif people and people[0].key == turn.actor.email:
        said.append(say(language, "scope.me"))
    elif people:
        said.append(say(language, "scope.person", person=plain(people[0].title)))
    said.extend(
        say(language, "scope.objective", title=plain(objective.title), id=cite(objective.key))
        for objective in refs_of(about, "objective")
    )
    if not said and frame.company:
        said.append(say(language, "scope.company"))
    if frame.cycle is not None:
        said.append(say(language, "scope.cycle", cycle=plain(frame.cycle.title)))
    if frame.without:
        said.append(without_words(frame))
    return " ".join(said)


def moment_words(frame: Frame, found: Found, turn: TurnContext) -> str:
    """The day whose state the answer tells."""
    as_of = found.as_of or turn.now
    return formats.day(as_of.astimezone(turn.zone).date(), frame.language, turn.today)


def day_of(found: Found, turn: TurnContext) -> date:
    """The day whose state the answer tells, as a date."""
    return (found.as_of or turn.now).astimezone(turn.zone).date()


def since(frame: Frame, turn: TurnContext, *, week_back: bool = False) -> date | None:
    """The day from whose end a movement is told; None without a stretch of time."""
    when = frame.when
    if when is None or when.moment:
        return None
    if when.word == "since":
        return when.first
    if week_back and when.last >= turn.today:
        return turn.today - timedelta(days=7)
    return when.first - timedelta(days=1)


def labelled(found: Found, frame: Frame, turn: TurnContext) -> Found:
    """The result with its period named in the language of the question."""
    if found.period is not None:
        found.period = dict(found.period)
        found.period["label"] = period_words(frame.when, frame.language, turn.today) or found.period["label"]
    return found


def period_words(when: When | None, language: str, today: date) -> str:
    """How people say the time the question is about; empty without one."""
    if when is None:
        return ""
    if knows(language, f"period.{when.word}"):
        return say(language, f"period.{when.word}")
    if when.word == "since":
        return say(language, "period.from", date=formats.day(when.first, language, today))
    return formats.days(when.first, when.last, language, today)


def answered(rows: Sequence[Row], turn: TurnContext, most: int = 10) -> tuple[Ref, ...]:
    """What "it" and "they" mean after these rows."""
    found = []
    for row in rows[:most]:
        if row.type in ("key_result", "objective", "team", "person", "kpi"):
            found.append(turn.store.ref(turn.actor, row.type, row.id))
    return tuple(found)


def over_note(frame: Frame, turn: TurnContext) -> str:
    """A sentence for the days after a cycle that nobody has closed; empty while a cycle runs."""
    on = min(frame.when.last, turn.today) if frame.when else turn.today
    running = turn.in_force(on)
    if frame.cycle is not None or not running or any(cycle.end >= on for cycle in running):
        return ""
    names = [f"{plain(cycle.name)} {cite(cycle.key)}" for cycle in running]
    return say(
        frame.language,
        "none.over",
        date=formats.day(on, frame.language, turn.today),
        cycle=formats.joined(names, frame.language),
        end=formats.day(running[0].end, frame.language, turn.today),
    )


def of_running(rows: Sequence[Row], turn: TurnContext) -> bool:
    """Whether the rows are, as far as they say, of the cycle in force."""
    running = {cycle.key for cycle in turn.in_force(turn.today)}
    cycles = {str(row.values["cycle"]) for row in rows if row.values.get("cycle")}
    return not cycles or bool(cycles & running)


def no_cycle(error: NoCycleError, frame: Frame, turn: TurnContext) -> Told:
    """The answer where no cycle is in force, with the one that ended last."""
    language = frame.language
    on = formats.day(error.on, language, turn.today)
    text = say(language, "none.cycle", date=on)
    found = Found("cycles", {}, kind="abstain", missing="cycle")
    if error.ended is not None:
        ended = formats.day(error.ended.end, language, turn.today)
        text += " " + say(language, "none.ended", cycle=plain(error.ended.name), id=cite(error.ended.key), date=ended)
        found.sources = [error.ended.key]
        found.values["end"] = error.ended.end.isoformat()
    if frame.when is not None:
        found.period = {"from": error.on.isoformat(), "to": error.on.isoformat(), "label": error.on.isoformat()}
    return Told(text, found, kind="abstain")
