"""Sides beside one another: teams, people, records, or one of them at two moments."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked, kpis, roll_ups
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.formats import percent, points, signed_amount, signed_points
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Frame, Ref, When
from tools.comparisons import compare
from tools.context import TurnContext
from tools.kpis import read_kpi
from tools.result import Found, Row
from tools.selection import NoCycleError, Where


def answer(frame: Frame, turn: TurnContext) -> Told:
    """Both sides and the difference."""
    try:
        if frame.versus is not None:
            return _moments(frame, frame.versus, turn)
        return _sides(frame, turn)
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)


def refs(frame: Frame) -> tuple[Ref, ...]:
    """The records that are compared, in the order in which they were named."""
    found = (*frame.named, *frame.teams, *frame.people, *frame.objectives)
    return tuple(dict.fromkeys(found))


def _where(frame: Frame, ref: Ref | None, when: When | None) -> Where:
    base = Where(cycle=frame.cycle.key if frame.cycle else "", rule=frame.rule)
    if ref is None:
        return asked.at(base, when)
    match ref.kind:
        case "team":
            base = replace(base, teams=(ref.key,))
        case "person":
            base = replace(base, people=(ref.key,))
        case "objective":
            base = replace(base, objectives=(ref.key,))
        case "key_result":
            base = replace(base, key_results=(ref.key,), cycle="")
    return asked.at(base, when)


def _sides(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    named = refs(frame)
    cycles = [ref for ref in named if ref.kind == "cycle"]
    if len(cycles) >= 2:
        sides = [replace(_where(frame, None, None), cycle=ref.key) for ref in cycles]
        found = compare(turn, sides=sides)
        for row, ref in zip(found.rows, cycles, strict=True):
            row.id, row.type, row.title = ref.key, "cycle", ref.title
        return _told(found, frame, turn, tuple(cycles))
    sides = []
    if named and all(ref.kind == "kpi" for ref in named):
        found = Found("compare", {"kpis": [ref.key for ref in named]})
        for ref in named:
            part = read_kpi(turn, key=ref.key, where=asked.at(Where(), frame.when))
            found.rows += part.rows
            found.sources += part.sources
            found.as_of, found.period = part.as_of, part.period
        asked.labelled(found, frame, turn)
        lines = [kpis.bullet(row, turn, language) for row in found.rows]
        return Told("\n".join(lines), found, answered=named)
    named = tuple(ref for ref in named if ref.kind != "kpi")
    for ref in named:
        sides.append(_where(frame, ref, frame.when))
    if len(named) == 1:
        # One side was named: the other is the whole company.
        sides.append(_where(frame, None, frame.when))
    found = asked.labelled(compare(turn, sides=sides), frame, turn)
    return _told(found, frame, turn, named)


def _told(found: Found, frame: Frame, turn: TurnContext, named: tuple[Ref, ...]) -> Told:
    language = frame.language
    first, *others = found.rows
    if found.kind == "abstain":
        scope = formats.joined([_name(row, language) for row in found.rows], language)
        return Told(say(language, "none.figures", scope=scope), found, "abstain")
    parts = []
    shares = [row.values.get("progress") for row in found.rows]
    if len(found.rows) == 2:
        lead = say(language, "compare.incomparable")
        if isinstance(shares[0], float) and isinstance(shares[1], float):
            difference = shares[0] - shares[1]
            if abs(difference) < standing.SAME:
                lead = say(language, "compare.same")
            else:
                ahead = first if difference > 0 else others[0]
                lead = say(language, "compare.ahead", name=plain(ahead.title, 200), points=points(difference, language))
        parts.append(
            say(
                language,
                "compare.sides",
                date=asked.moment_words(frame, found, turn),
                first=_name(first, language),
                share=_share(first, language),
                second=_name(others[0], language),
                other=_share(others[0], language),
                lead=lead,
            )
        )
    lines = [
        say(language, "compare.bullet", name=_name(row, language), said=_side(row, language)) for row in found.rows
    ]
    parts.append("\n".join(lines))
    if found.rule:
        parts.append(say(language, "compare.rule", rule=found.rule))
    return Told("\n\n".join(parts), found, answered=named)


def _name(row: Row, language: str) -> str:
    if row.type in ("key_result", "objective"):
        return standing.named(row, language)
    if row.type == "team" and row.values.get("below"):
        return say(language, "scopes.team_below", team=plain(row.title), id=cite(row.id))
    if row.type == "company":
        return f"{say(language, 'scopes.company')} [company]"
    return f"{plain(row.title, 200)} {cite(row.id)}"


def _share(row: Row, language: str) -> str:
    progress = row.values.get("progress")
    return (
        standing.share(float(progress), language)
        if isinstance(progress, int | float)
        else say(language, "compare.no_share")
    )


def _side(row: Row, language: str) -> str:
    if row.type == "key_result":
        gap = row.values.get("gap")
        return standing.clauses(
            standing.progress(row, language),
            standing.gap(float(gap), language) if isinstance(gap, float) else "",
            standing.verdict(row, language, None),
        )
    v = row.values
    said = []
    if isinstance(v.get("progress"), float):
        said.append(say(language, "kr.progress_alone", progress=percent(roll_ups.figure(v["progress"]), language)))
    else:
        said.append(say(language, "compare.undefined"))
    if isinstance(v.get("expected"), float) and "score" not in v:
        said.append(say(language, "compare.expected", expected=percent(roll_ups.figure(v["expected"]), language)))
    if "score" in v:
        said.append(say(language, "kr.score", score=formats.score(roll_ups.figure(v["score"]), language)))
    counts = roll_ups.counts(Found("", {}, values=v), language)
    count = formats.counted(roll_ups.whole(v.get("count") or 0), "key_result", language)
    said.append(f"{count}: {counts}" if counts else count)
    if left := roll_ups.whole(v.get("left_out") or 0):
        count = formats.counted(left, "key_result", language)
        said.append(say(language, "compare.left_out", count=count))
    return "; ".join(said)


def _moments(frame: Frame, versus: When, turn: TurnContext) -> Told:
    language = frame.language
    now = frame.when or When(turn.today, turn.today, moment=True, word="today")
    named = refs(frame)
    ref = named[0] if named else None
    if ref is not None and ref.kind == "kpi":
        found = compare(turn, sides=[asked.at(Where(), now), asked.at(Where(), versus)], kpi=ref.key)
    elif ref is not None and ref.kind == "cycle":
        ref = None
        found = compare(turn, sides=[_where(frame, None, now), _where(frame, None, versus)])
    else:
        found = compare(turn, sides=[_where(frame, ref, now), _where(frame, ref, versus)])
    first, second = found.rows
    later = first if now.last >= versus.last else second
    earlier = second if later is first else first
    found.as_of = turn.moment(max(now.last, versus.last))
    first_day, last_day = min(now.last, versus.last), max(now.last, versus.last)
    found.period = {
        "from": first_day.isoformat(),
        "to": min(last_day, turn.today).isoformat(),
        "label": formats.days(first_day, min(last_day, turn.today), language, turn.today),
    }
    field = "value" if ref is not None and ref.kind in ("kpi", "key_result") else "progress"
    if later.values.get(field) is None or earlier.values.get(field) is None:
        field = "progress"
    what = _name(first, language) if ref is not None else roll_ups.scope(frame, turn)
    was, is_now = earlier.values.get(field), later.values.get(field)
    if not isinstance(was, int | float) or not isinstance(is_now, int | float):
        found.kind, found.missing = "abstain", "before"
        date = formats.day(first_day, language, turn.today)
        return Told(say(language, "none.before", what=what, date=date), found, "abstain")
    found.values |= {"previous": was, field: is_now, "change": round(is_now - was, 12)}
    unit = None if first.values.get("unit") is None else str(first.values["unit"])

    def shown(size: float) -> str:
        return formats.amount(size, unit, language) if field == "value" else percent(size, language)

    slots = {
        "what": what,
        "field": "" if field == "value" else say(language, "compare.progress"),
        "share": shown(is_now),
        "date": formats.day(min(last_day, turn.today), language, turn.today),
        "other_date": formats.day(first_day, language, turn.today),
    }
    if abs(is_now - was) < standing.SAME:
        text = say(language, "compare.moments_same", **slots)
    else:
        change = is_now - was
        moved = signed_amount(round(change, 9), unit, language) if field == "value" else signed_points(change, language)
        text = say(language, "compare.moments", **slots, other=shown(was), change=moved)
    if first.type == "key_result" and later.values.get("progress") is not None:
        verdict = standing.verdict(later, language, found.rule)
        text += " " + standing.sentence(standing.clauses(standing.progress(later, language), verdict))
    return Told(text, found, answered=(ref,) if ref else ())
