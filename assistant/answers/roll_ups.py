"""How far along a scope is as a whole: the company, teams, people, objectives, a cycle."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from assistant.answers import asked
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.formats import percent
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.health import WORST_FIRST
from okr.language.frames import Ask, Frame, Ref
from okr.measure import band, exact
from tools.context import TurnContext
from tools.result import Found, Row
from tools.scopes import list_objectives, roll_up
from tools.selection import NoCycleError

SCORED = 12


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The scope's progress, its worst key result, and what had to be left out."""
    try:
        found = roll_up(turn, where=asked.where_of(frame), confidence=frame.field == "confidence")
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    asked.labelled(found, frame, turn)
    named = scope(frame, turn)
    on = asked.moment_words(frame, found, turn)
    if found.kind == "abstain":
        text = say(frame.language, "scopes.empty", scope=named, date=on)
        return Told(text, found, kind="abstain")
    if frame.field == "confidence":
        return _confidence(frame, turn, found, named, on)
    if frame.field == "score":
        return _scored(frame, turn, found, named)
    parts = [_lead(frame, found, named, on), *rest(frame, found, turn), asked.over_note(frame, turn)]
    return Told(" ".join(part for part in parts if part), found, answered=scope_refs(frame, found, turn))


def scope_refs(frame: Frame, found: Found, turn: TurnContext) -> tuple[Ref, ...]:
    """What "it" means after an answer about a scope: the scope, else its first rows."""
    named = tuple(ref for kind in ("team", "person", "objective") for ref in asked.refs_of(frame, kind))
    return named or asked.answered(found.rows, turn)


def _lead(frame: Frame, found: Found, named: str, on: str) -> str:
    language = frame.language
    v = found.values
    mean = v.get("progress")
    said = []
    if isinstance(mean, float) and "score" in v:
        said.append(_score(found, language, named))
        said.append(say(language, "scopes.progress_alone", progress=percent(mean, language), date=on))
    elif frame.ask is Ask.STATUS:
        said.append(
            say(
                language,
                "scopes.stands",
                scope=named,
                status=standing.status(v["status"], language),
                rule=found.rule or "",
                count=formats.counted(whole(v["count"]), "key_result", language),
                counts=counts(found, language),
            )
        )
        if isinstance(mean, float):
            expected = v.get("expected")
            slots = {"progress": percent(mean, language), "date": on}
            if isinstance(expected, float):
                said.append(say(language, "scopes.progress", **slots, expected=percent(expected, language)))
            else:
                said.append(say(language, "scopes.progress_alone", **slots))
    elif not isinstance(mean, float):
        said.append(say(language, "scopes.undefined", scope=named, date=on))
    elif isinstance(v.get("expected"), float):
        said.append(
            say(
                language,
                "scopes.roll_up",
                scope=named,
                progress=percent(mean, language),
                date=on,
                expected=percent(figure(v["expected"]), language),
                gap=standing.gap(figure(v["gap"]), language),
            )
        )
    else:
        slots = {"progress": percent(mean, language), "date": on}
        said.append(say(language, "scopes.roll_up_alone", scope=named, **slots))
    return " ".join(said)


def rest(frame: Frame, found: Found, turn: TurnContext) -> list[str]:
    """What else belongs to a roll-up: the change, what was left out, the worst."""
    language = frame.language
    v = found.values
    said = []
    begins = asked.since(frame, turn)
    if begins is not None and isinstance(v.get("change"), float) and frame.cycle is None:
        day = formats.day(begins, language, turn.today)
        if abs(figure(v["change"])) < standing.SAME:
            said.append(say(language, "scopes.unchanged", date=day))
        else:
            change = formats.signed_points(figure(v["change"]), language)
            said.append(say(language, "scopes.changed", change=change, date=day))
    left = whole(v.get("left_out") or 0)
    if left:
        count = formats.counted(left, "key_result", language)
        said.append(say(language, "scopes.left_one" if left == 1 else "scopes.left_out", count=count))
    if (frame.ask is not Ask.STATUS or "score" in v) and v.get("status"):
        said.append(say(language, "scopes.worst_status", rule=found.rule or "", counts=counts(found, language)))
    worst = next((row for row in found.rows if row.type == "key_result"), None)
    if worst is not None:
        said.append(worst_of(worst, language, asked.day_of(found, turn), turn.today))
    return said


def worst_of(row: Row, language: str, on: date, today: date) -> str:
    """The worst key result of a scope, in a sentence."""
    gap = row.values.get("gap")
    told = standing.clauses(
        standing.verdict(row, language, None),
        standing.gap(float(gap), language) if isinstance(gap, float) else "",
        standing.progress(row, language),
        standing.stale_note(row, language, on, today),
    )
    return say(language, "scopes.worst", kr=standing.named(row, language), said=told)


def _score(found: Found, language: str, named: str) -> str:
    score = exact(figure(found.values["score"]))
    said = formats.score(float(score), language)
    return say(language, "scopes.score", scope=named, score=said, band=colour(score, language))


def colour(score: Fraction, language: str) -> str:
    """The band of a score in words."""
    return say(language, f"scopes.{band(score)}")


def counts(found: Found, language: str) -> str:
    """How many stand where, the worst first."""
    said = []
    for status in WORST_FIRST:
        if number := found.values.get(status.value):
            said.append(standing.status_count(status.value, whole(number), language))
    return ", ".join(said)


def scope(frame: Frame, turn: TurnContext) -> str:
    """The scope as the subject of a sentence."""
    language = frame.language
    names = []
    for team in asked.refs_of(frame, "team"):
        word = "scopes.team_below" if len(turn.store.teams_below(team.id)) > 1 else "scopes.team"
        names.append(say(language, word, team=plain(team.title), id=cite(team.key)))
    for person in asked.refs_of(frame, "person"):
        if person.key == turn.actor.email:
            names.append(say(language, "scopes.me"))
        else:
            names.append(say(language, "scopes.person", person=plain(person.title), id=cite(person.key)))
    for kind in ("objective", "key_result"):
        for ref in asked.refs_of(frame, kind):
            names.append(say(language, "scopes.objective", title=plain(ref.title), id=cite(ref.key)))
    whole = formats.joined(names, language) if names else say(language, "scopes.company")
    if frame.without:
        whole = f"{whole} {asked.without_words(frame)}"
    if len(names) > 1:
        whole = say(language, "scopes.together", scopes=whole)
    if frame.cycle is not None:
        return say(language, "scopes.in_cycle", scope=whole, cycle=plain(frame.cycle.title))
    return whole


def _scored(frame: Frame, turn: TurnContext, found: Found, named: str) -> Told:
    """The score of the scope with that of each of its objectives; before a cycle's end there is none."""
    language = frame.language
    if "score" not in found.values:
        found.kind, found.missing = "abstain", "score"
        name = say(language, "value.field_score")
        text = say(language, "none.field", what=named, field=name)
        found.rows, found.values = [], {}
        return Told(text, found, "abstain", answered=scope_refs(frame, found, turn))
    parts = [_score(found, language, named)]
    if not any(row.type == "objective" for row in found.rows):
        listed = list_objectives(turn, where=asked.where_of(frame))
        found.rows = [*listed.rows, *found.rows]
        found.sources += [key for key in listed.sources if key not in found.sources]
        lines = [objective_line(row, language) for row in listed.rows[:SCORED]]
        if lines:
            parts.append("\n".join([say(language, "scopes.objectives_scored"), *lines]))
            if listed.rule:
                found.rule = listed.rule
                parts.append(say(language, "list.rule", rule=listed.rule))
    return Told("\n\n".join(parts), found, answered=scope_refs(frame, found, turn))


def objective_line(row: Row, language: str) -> str:
    """One line of a list of objectives: status, score, progress, and over how many key results."""
    v = row.values
    said = []
    if v.get("status") is not None:
        said.append(standing.status(v["status"], language))
    if v.get("state") not in ("active", None):
        said.append(standing.status(v["state"], language))
    if v.get("score") is not None:
        said.append(say(language, "kr.score", score=formats.score(figure(v["score"]), language)))
    said.append(objective_progress(row, language))
    said.append(formats.counted(whole(v.get("count") or 0), "key_result", language))
    return f"- {standing.named(row, language)}: {standing.clauses(*said)}"


def objective_progress(row: Row, language: str) -> str:
    """How far along an objective is."""
    mean, expected = row.values.get("progress"), row.values.get("expected")
    if not isinstance(mean, float):
        return say(language, "compare.undefined")
    if not isinstance(expected, float):
        return say(language, "kr.progress_alone", progress=percent(mean, language))
    return say(language, "kr.progress", progress=percent(mean, language), expected=percent(expected, language))


def _confidence(frame: Frame, turn: TurnContext, found: Found, named: str, on: str) -> Told:
    average, number = found.values.get("average"), whole(found.values.get("confident") or 0)
    if not isinstance(average, float):
        found.kind, found.missing = "abstain", "confidence"
        field = say(frame.language, "value.field_confidence")
        return Told(say(frame.language, "none.field", what=named, field=field), found, kind="abstain")
    found.rule = None
    text = say(
        frame.language,
        "scopes.average_confidence",
        scope=named,
        average=formats.number(average, frame.language, 2),
        date=on,
        count=formats.out_of(number, "key_result", frame.language),
    )
    return Told(text, found)


def figure(value: object) -> float:
    """The number a result holds; 0 where it holds none."""
    return float(value) if isinstance(value, int | float) else 0.0


def whole(value: object) -> int:
    """The whole number a result holds; 0 where it holds none."""
    return int(value) if isinstance(value, int | float) else 0
