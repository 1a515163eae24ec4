"""From a sentence that wants something recorded to a proposal with old and new, or to the words why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.answers import unread
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import knows, say
from assistant.telling.safe import cite, plain
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.fields import KNOWN_UNITS, amount, same_unit
from okr.language.frames import Ref
from okr.language.recorded_names import named_in, people_in
from okr.language.recording import REACHED, Said, read_recording
from okr.refusals import RefusedError, field_word, said
from okr.steps import steps_changed
from okr.store.change_log import Changed
from okr.store.naming import Named
from okr.store.proposals import Proposal, Wish
from tools.context import TurnContext
from tools.result import Found, Row

# What has to be said otherwise before it can be recorded, as against what may not be recorded at all.
_CLOSED = ("closed_cycle", "closed_record", "cycle_not_open")


def offered(text: str, turn: TurnContext, *, keep: bool) -> tuple[Told, str] | None:
    """The proposal that the sentence asks for, and its language; None for a sentence that wants nothing recorded.

    With `keep` it is kept as a row that can be confirmed, without it it is only shown.
    """
    found = read_recording(text, turn.today, turn.language)
    if found is None:
        return None
    turn = replace(turn, language=found.language)
    acts = {"check_in": _check_in, "set": _set, "milestone": _milestone, "task": _task, "new_task": _new_task}
    told = acts[found.act](found, turn, keep)
    return None if told is None else (told, found.language)


def _check_in(found: Said, turn: TurnContext, keep: bool) -> Told | None:
    named = _named(found.name, ("key_result",), turn)
    if not named:
        return _missing(turn) if found.sure and any(c.isdigit() or c == "-" for c in found.name) else None
    if not found.sure and found.values.get("value", REACHED) != REACHED:
        # "Win rate na 30 lutego" gives no value in any unit that somebody would measure in.
        unit = found.values["value"].lstrip("+-$€£ 0123456789.,\u00a0").strip()
        known = turn.store.record_fields(turn.actor, "key_result", named[0].key).fields["unit"]
        if unit and not same_unit(unit, known) and not _is_unit(unit):
            return None
    named = _own(named, "key_result", turn)
    if len(named) > 1:
        return _which(found, named, turn)
    values = dict(found.values)
    if values.get("value") == REACHED:
        if turn.store.record_fields(turn.actor, "key_result", named[0].key).fields["kind"] != "binary":
            return None
        values["value"] = "1"
    on = found.on.isoformat() if found.on is not None else None
    return _proposed(Wish("check_in", "key_result", named[0].key, values, on), named[0], found, turn, keep)


def _is_unit(word: str) -> bool:
    return any(same_unit(word, unit) for unit in KNOWN_UNITS)


def _set(found: Said, turn: TurnContext, keep: bool) -> Told | None:
    named = _own(_named(found.name, ("key_result",), turn), "key_result", turn)
    if not named:
        return None
    if len(named) > 1:
        return _which(found, named, turn)
    values: dict[str, Any] = dict(found.values)
    if "owner" in values:
        owner = _person(values["owner"], turn)
        if isinstance(owner, Told):
            return owner
        values["owner"] = owner
    else:
        name = next(iter(values))
        fields = turn.store.record_fields(turn.actor, "key_result", named[0].key).fields
        near = [fields[each] for each in ("baseline", "target") if fields[each] is not None]
        try:
            values[name] = amount(values[name], fields["unit"], named[0].key, near)
        except RefusedError as problem:
            return _refused(problem, turn)
    return _proposed(Wish("change", "key_result", named[0].key, values), named[0], found, turn, keep)


def _milestone(found: Said, turn: TurnContext, keep: bool) -> Told | None:
    named = _own(_named(found.name, ("key_result",), turn), "key_result", turn)
    if not named:
        return _missing(turn)
    # Of several that bear the name, those count that are measured by milestones.
    by_steps = tuple(one for one in named if _by_milestones(one.key, turn)) or named
    if len(by_steps) > 1:
        return _which(found, by_steps, turn)
    key = by_steps[0].key
    try:
        steps = turn.store.ticked(turn.actor, key, [found.values["step"]], turn.today)
    except OkrError as problem:
        return _refused(problem, turn)
    return _proposed(Wish("change", "key_result", key, {"milestones": steps}), by_steps[0], found, turn, keep)


def _by_milestones(key: str, turn: TurnContext) -> bool:
    return bool(turn.store.record_fields(turn.actor, "key_result", key).fields["kind"] == "milestones")


def _task(found: Said, turn: TurnContext, keep: bool) -> Told | None:
    named = _named(found.name, ("task",), turn)
    if not named:
        return _missing(turn) if found.sure else None
    named = _own(named, "task", turn)
    if len(named) > 1:
        return _which(found, named, turn)
    values: dict[str, Any] = dict(found.values)
    if "assignee" in values:
        who = _person(values["assignee"], turn)
        if isinstance(who, Told):
            return who
        values["assignee"] = who
    return _proposed(Wish("change", "task", named[0].key, values), named[0], found, turn, keep)


def _new_task(found: Said, turn: TurnContext, keep: bool) -> Told:
    values: dict[str, Any] = dict(found.values)
    values["assignee"] = turn.actor.email
    if "key_results" in values:
        values["key_results"] = [values["key_results"]]
    return _proposed(Wish("create", "task", "", values), None, found, turn, keep)


# ── whom and what is meant ─────────────────────────────────────────────────────────────────────


def _named(name: str, kinds: Sequence[str], turn: TurnContext) -> tuple[Named, ...]:
    running = [cycle.id for cycle in turn.in_force(turn.today)]
    found = named_in(name, kinds, actor=turn.actor, store=turn.store, cycles=running)
    closed = {cycle.id for cycle in turn.cycles if cycle.state == "closed"}
    # A closed cycle's record is meant only where nothing else bears the name.
    return tuple(one for one in found if one.cycle_id not in closed) or found


def _own(named: tuple[Named, ...], kind: str, turn: TurnContext) -> tuple[Named, ...]:
    """Of several that bear the name, those that the person may change; all where that is none."""
    if len(named) < 2:
        return named
    mine = tuple(one for one in named[:8] if turn.store.record_fields(turn.actor, kind, one.key).may_change)
    return mine or named[:8]


def _person(words: str, turn: TurnContext) -> str | Told:
    words = words.strip()
    if words.lower() in ("me", "mnie", "mi"):
        return turn.actor.email
    if "@" in words:
        return words
    people = [one for one in people_in(words, actor=turn.actor, store=turn.store) if one.active]
    if len(people) == 1:
        return people[0].key
    name = "who" if people else "nobody"
    options = [(plain(one.name, 80), one.key) for one in people]
    lines = [say(turn.language, f"record.{name}", words=plain(words, 80)), *(f"- {label}" for label, _ in options)]
    return Told("\n".join(lines), Found("", {}, missing="record"), kind="clarify" if people else "abstain")


def _which(found: Said, named: Sequence[Named], turn: TurnContext) -> Told:
    refs = tuple(Ref(one.kind, one.id, one.key, one.name) for one in named)
    asked = [f"{found.text[: found.start]}{one.key}{found.text[found.end :]}" for one in named]
    options = list(zip(unread.labels(refs, turn), asked, strict=True))
    lines = [say(turn.language, "record.which", words=plain(found.name, 80)), ""]
    lines += [f"{number}. {label}" for number, (label, _) in enumerate(options, 1)]
    return Told("\n".join(lines), kind="clarify", options=options)


def _missing(turn: TurnContext) -> Told:
    found = Found("", {}, kind="abstain", missing="record")
    return Told(say(turn.language, "record.missing"), found, kind="abstain")


# ── the proposal ───────────────────────────────────────────────────────────────────────────────


def _proposed(wish: Wish, named: Named | None, found: Said, turn: TurnContext, keep: bool) -> Told:
    doubt = ""
    try:
        try:
            made = _made(wish, found.text, turn, keep)
        except RefusedError as problem:
            if problem.reason != "unlikely":
                raise
            doubt = problem.said(turn.language)
            made = _made(replace(wish, sure=True), found.text, turn, keep)
    except OkrError as problem:
        if isinstance(problem, NotFoundError) and named is not None:
            return _missing(turn)
        return _refused(problem, turn)
    return _told(made, named, turn, doubt, found.on)


def _made(wish: Wish, words: str, turn: TurnContext, keep: bool) -> Proposal:
    act = turn.store.propose if keep else turn.store.preview
    return act(turn.actor, wish, words, turn.now)


def _refused(problem: OkrError, turn: TurnContext) -> Told:
    text = plain_sentence(said(problem, turn.language))
    never = isinstance(problem, NotAllowedError) or getattr(problem, "reason", "") in _CLOSED
    missing = isinstance(problem, NotFoundError)
    kind = "refuse" if never else "abstain" if missing else "clarify"
    return Told(text, Found("", {}, missing="record" if missing else ""), kind=kind)


def plain_sentence(text: str) -> str:
    """A sentence of a refusal, in which names that people typed may stand, made safe to show."""
    return plain(text, 1_000)


def _told(made: Proposal, named: Named | None, turn: TurnContext, doubt: str, on: date | None) -> Told:
    language = turn.language
    unit = None
    if made.act != "create" and named is not None and named.kind == "key_result":
        unit = turn.store.record_fields(turn.actor, "key_result", made.key).fields["unit"]
    record = f"{plain(made.title, 120)} {cite(made.key)}" if made.key else ""
    head = {"check_in": "offer", "create": "offer_new"}.get(made.act, "offer_task")
    slots = {"record": record} if head != "offer_new" else {}
    lines = [say(language, f"record.{head}", **slots), "", *change_lines(made.changes, made.kind, unit, turn)]
    if on is not None:
        lines.append(say(language, "record.on", date=formats.day(on, language, turn.today)))
    if doubt:
        lines += ["", say(language, "record.doubt", why=plain_sentence(doubt))]
    document = made.document()
    document["unit"] = unit
    if doubt:
        document["doubt"] = doubt
    found = Found("propose_change", {"record": made.key or made.kind})
    refs: tuple[Ref, ...] = ()
    if named is not None:
        values = {each.field: each.new for each in made.changes if isinstance(each.new, int | float | str)}
        found.rows = [Row(made.key, named.kind, named.name, dict(values))]
        found.sources = [made.key]
        refs = (Ref(named.kind, named.id, named.key, named.name),)
    return Told("\n".join(lines), found, kind="proposal", proposal=document, answered=refs)


def change_lines(changes: Iterable[Changed], kind: str, unit: str | None, turn: TurnContext) -> list[str]:
    """Old and new of each field, one a line, in the turn's language."""
    lines = []
    for one in changes:
        if one.field in ("created", "removed"):
            continue
        if one.field == "milestones":
            lines += [
                say(turn.language, f"record.step_{each.act}", step=plain(each.title, 120))
                for each in steps_changed(one.old or [], one.new or [])
            ]
            continue
        field, new = field_word(one.field, turn.language), value_words(one.field, one.new, kind, unit, turn)
        if one.old is None or one.old in ("", []):
            lines.append(say(turn.language, "record.new", field=field, new=new))
        else:
            old = value_words(one.field, one.old, kind, unit, turn)
            lines.append(say(turn.language, "record.changed", field=field, old=old, new=new))
    return lines


def value_words(field: str, value: Any, kind: str, unit: str | None, turn: TurnContext) -> str:
    """A value of a field as people say it."""
    language = turn.language
    if value is None or value in ("", []):
        return say(language, "record.nothing")
    if field == "status":
        family = "task" if kind == "task" else "status"
        if knows(language, f"{family}.{value}"):
            return say(language, f"{family}.{value}")
    if isinstance(value, date):
        return formats.day(value, language, turn.today)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return formats.amount(float(value), unit if field in ("value", "target", "baseline") else None, language)
    if isinstance(value, list):
        return ", ".join(value_words(field, each, kind, unit, turn) for each in value)
    if isinstance(value, dict):
        return plain(str(value.get("title", "")), 80)
    return plain(str(value), 400)
