"""Why something moved or stands where it stands: figures, what people wrote, and what is only nearby in time."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked
from assistant.answers.notes import quoted
from assistant.answers.standing import span, together, value
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.formats import amount, signed_amount
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.calendar import day_of
from okr.language.frames import Filters, Frame, Ref
from okr.turning import Recorded
from tools.context import TurnContext
from tools.explain import Explained, explain_scope, explained
from tools.notes import search_notes
from tools.result import Found, Quote, Row
from tools.selection import NoCycleError

_DIRECTIONS = ("down", "up")


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The explanation of each named key result or KPI; of a scope, what pulls it down and what was written there."""
    named = [ref for ref in frame.named if ref.kind in ("key_result", "kpi")]
    if not named:
        return _scope(frame, turn)
    told = [_one(frame, ref, turn) for ref in named[:3]]
    return told[0] if len(told) == 1 else together(told)


def _one(frame: Frame, ref: Ref, turn: TurnContext) -> Told:
    when = frame.when
    stretch = when is not None and not when.moment
    direction = frame.filters.moved if frame.filters.moved in _DIRECTIONS else ""
    what = explained(
        turn,
        kind=ref.kind,
        key=ref.key,
        direction=direction,
        on=when.last.isoformat() if when is not None and when.moment else "",
        first=when.first.isoformat() if when is not None and stretch else "",
        last=when.last.isoformat() if when is not None and stretch else "",
    )
    found = asked.labelled(what.found, frame, turn)
    evidence = [quote for quote in found.quotes if not quote.near_only]
    if what.latest is None and not found.quotes and found.rows[0].values.get("progress") is None:
        found.kind, found.missing = "abstain", "value"
        named = say(frame.language, "kr.named", title=plain(ref.title, 200), id=cite(ref.key))
        until = formats.day(asked.day_of(found, turn), frame.language, turn.today)
        text = say(frame.language, "none.value", what=named, date=until)
        return Told(f"{text} {say(frame.language, 'explain.no_notes_at_all')}", found, "abstain", answered=(ref,))
    parts = [_lead(what, frame, turn)]
    parts.append(_evidence(what, evidence, frame, turn))
    parts.append(_nearby([quote for quote in found.quotes if quote.near_only], frame, turn))
    parts.append(_movers(what, frame, turn))
    return Told("\n\n".join(part for part in parts if part), found, found.kind, answered=(ref,))


def _lead(what: Explained, frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    row = what.found.rows[0]
    named = standing.named(row, language)
    has_status = row.type == "key_result" and "status" in row.values
    it = say(language, "explain.instead")
    if what.asked:
        said = [say(language, f"explain.not_{what.asked}", what=named)] if what.contradicted else []
        said.append(_movement(what, it if said else named, language, turn) or _steady(what, language, turn))
        if has_status:
            said.append(_status(what, language, turn, named=""))
    else:
        said = [_status(what, language, turn, named=named)] if has_status else []
        subject = say(language, "explain.it_moved") if said else named
        said.append(_movement(what, subject, language, turn) or _steady(what, language, turn))
    return " ".join(part for part in said if part)


def _day(recorded: Recorded, language: str, turn: TurnContext) -> str:
    return formats.day(day_of(recorded.at, turn.zone), language, turn.today)


def _movement(what: Explained, named: str, language: str, turn: TurnContext) -> str:
    moved = what.moved
    if moved is None:
        return ""
    slots = {
        "what": named,
        "previous": amount(moved.start.value, what.unit, language),
        "start": _day(moved.start, language, turn),
        "extreme": amount(moved.end.value, what.unit, language),
        "end": _day(moved.end, language, turn),
    }
    change = signed_amount(round(moved.end.value - moved.start.value, 9), what.unit, language)
    went = say(language, f"explain.{moved.direction}", **slots, change=change)
    turned = say(
        language,
        f"explain.turn_{moved.direction}",
        start=_day(moved.start, language, turn),
        turn=_day(moved.first, language, turn),
        first=amount(moved.first.value, what.unit, language),
    )
    said = [went, turned]
    if what.turned_round:
        better = moved.direction != what.worse
        said.append(say(language, "explain.for_better" if better else "explain.for_worse"))
    if moved.came_back:
        now = amount(moved.now.value, what.unit, language)
        said.append(say(language, "explain.came_back", value=now, date=_day(moved.now, language, turn)))
    return " ".join(said)


def _steady(what: Explained, language: str, turn: TurnContext) -> str:
    first, latest = what.first, what.latest
    if first is None or latest is None:
        return ""
    now, was = amount(latest.value, what.unit, language), amount(first.value, what.unit, language)
    if first is latest:
        return say(language, "explain.single", value=now, date=_day(latest, language, turn))
    name = "explain.level" if first.value == latest.value else "explain.between"
    slots = {"value": now, "date": _day(latest, language, turn), "start": _day(first, language, turn)}
    return say(language, name, **slots, **({} if name == "explain.level" else {"previous": was}))


def _status(what: Explained, language: str, turn: TurnContext, *, named: str) -> str:
    found, row = what.found, what.found.rows[0]
    on = asked.day_of(found, turn)
    gap = row.values.get("gap")
    verdict = standing.verdict(row, language, found.rule)
    numbers = standing.clauses(
        standing.progress(row, language),
        standing.gap(float(gap), language) if isinstance(gap, float) else "",
        value(row, language, turn.today) if named and row.values.get("kind") != "boundary" else "",
        span(row, language),
        standing.stale_note(row, language, on, turn.today),
    )
    subject = named or say(language, "explain.it")
    return say(language, "explain.status", what=subject, verdict=verdict, numbers=numbers)


def _evidence(what: Explained, quotes: list[Quote], frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    if not quotes and what.reasons_from is not None and what.reasons_to is not None:
        period = formats.days(what.reasons_from, what.reasons_to, language, turn.today)
        return say(language, "explain.nobody", period=period)
    about = what.found.rows[0].id
    head = say(language, "explain.evidence" if what.moved is not None else "explain.latest")
    return "\n".join([head, *(f"- {quoted(quote, language, turn, about)}" for quote in quotes)])


def _nearby(quotes: list[Quote], frame: Frame, turn: TurnContext) -> str:
    if not quotes:
        return ""
    head = say(frame.language, "explain.nearby")
    return "\n".join([head, *(f"- {quoted(quote, frame.language, turn)}" for quote in quotes)])


def _movers(what: Explained, frame: Frame, turn: TurnContext) -> str:
    language = frame.language
    if not what.movers or what.moved is None:
        return ""
    lines = [say(language, "explain.movers", start=_day(what.moved.start, language, turn))]
    lines += [f"- {_mover(row, language)}" for row in what.movers]
    return "\n".join(lines)


def _mover(row: Row, language: str) -> str:
    v = row.values
    if row.type == "kpi":
        unit = None if v["unit"] is None else str(v["unit"])
        was, now = amount(float(str(v["previous"])), unit, language), amount(float(str(v["value"])), unit, language)
        return say(language, "explain.mover", what=standing.named(row, language), previous=was, value=now)
    was, now = (formats.percent(float(str(v[name])), language) for name in ("previous", "progress"))
    return say(language, "explain.mover_progress", what=standing.named(row, language), previous=was, value=now)


# ── a scope ─────────────────────────────────────────────────────────────────────────────────────


def _scope(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    frame = replace(frame, filters=Filters())
    where = asked.where_of(frame)
    try:
        found, doubted = explain_scope(turn, where=where)
    except NoCycleError as error:
        return asked.no_cycle(error, frame, turn)
    total = int(str(found.values["count"]))
    scope = asked.scope_words(frame, turn) or say(language, "scope.company")
    rows = [row for row in found.rows if float(str(row.values["gap"])) > 0]
    behind = sum(int(str(found.values.get(name) or 0)) for name in ("at_risk", "off_track"))
    found.rows = list(rows)
    if not total:
        found.kind, found.missing = "abstain", "key_results"
        return Told(say(language, "none.key_results", scope=f"{scope} "), found, "abstain")
    found.values["behind"] = behind
    whole = formats.counted(total, "key_result", language)
    lead = say(
        language,
        "explain.scope" if behind else "explain.scope_well",
        scope=scope,
        **({"behind": str(behind)} if behind else {}),
        count=formats.out_of(total, "key_result", language) if behind else whole,
        date=asked.moment_words(frame, found, turn),
        rule=str(found.rule),
    )
    asked.labelled(found, frame, turn)
    parts = [lead]
    if rows:
        lines = [say(language, "explain.scope_worst")]
        on = asked.day_of(found, turn)
        for row in rows:
            gap = standing.gap(float(str(row.values["gap"])), language)
            verdict = standing.verdict(row, language, None)
            lines.append(standing.bullet(row, language, on, turn.today, gap, standing.progress(row, language), verdict))
            found.sources.append(row.id)
            lines += _written(row, found, frame, turn)
        parts.append("\n".join(lines))
    unknown = int(str(found.values.get("unknown") or 0))
    if unknown:
        lead += " " + say(language, "explain.scope_unknown", count=str(unknown))
        parts[0] = lead
    parts += _doubted(doubted, found, frame, turn)
    if rows and not found.quotes:
        parts.append(say(language, "explain.nobody_here"))
    return Told("\n\n".join(parts), found, answered=asked.answered(rows, turn))


def _doubted(rows: list[Row], found: Found, frame: Frame, turn: TurnContext) -> list[str]:
    """Those that no rule can judge or that it judges well, and of which the owner says at risk or off track."""
    language = frame.language
    if not rows:
        return []
    lines = [say(language, "explain.scope_doubted")]
    for row in rows:
        said = standing.status(row.values["reported"], language)
        lines.append(f"- {standing.named(row, language)}: {said}")
        found.rows.append(row)
        found.sources.append(row.id)
        lines += _written(row, found, frame, turn)
    return ["\n".join(lines)]


def _written(row: Row, found: Found, frame: Frame, turn: TurnContext) -> list[str]:
    """The latest blocker of a key result, or else its latest note."""
    last = asked.day_of(found, turn).isoformat()
    for part in ("blockers", "note"):
        wrote = search_notes(turn, parts=(part,), key_results=(row.id,), last=last, limit=1, lessons=False)
        if wrote.quotes:
            found.quotes += wrote.quotes[:1]
            found.sources += [key for key in wrote.sources if key not in found.sources]
            return [f"  - {quoted(wrote.quotes[0], frame.language, turn, row.id)}"]
    return []
