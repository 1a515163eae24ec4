"""The words of messages that rules send, in the recipient's language, from closed fields alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from assistant.telling import standing
from assistant.telling.formats import counted, day, joined, number, out_of, percent, points
from assistant.telling.phrases import say
from assistant.telling.safe import unlinked, visible
from assistant.updates import by_rule as updating
from assistant.updates import drafting
from assistant.updates.rendering import as_text
from okr import health
from okr.access import Actor
from okr.automations import Action, AllOf, Condition, Rule
from okr.calendar import cycles_in_force, day_of
from okr.errors import NotFoundError
from okr.language.words import fold
from okr.store import Store
from okr.store.automations import Automation
from okr.store.conditions import Record
from okr.store.directory import Cycle
from okr.store.firing import Addressed
from okr.store.measuring import Measuring
from okr.store.messages import Detail, Letter
from okr.store.scope import Scope
from okr.store.standing import Query, Tally, Told
from okr.store.tasks import TaskQuery
from okr.store.upkeep import chunks
from tools.context import TurnContext
from tools.result import Row
from tools.rows import key_result_row

KINDS = {"remind": "reminder", "ask_check_in": "reminder", "notify": "notification", "send_update": "update"}
MOST_LISTED = 10
LONGEST = 4_000
LONGEST_UPDATE = 12_000
LONGEST_TITLE = 200
LANGUAGES = ("en", "pl")

# Words that make up the usual requests; a message of nothing else is said in whatever language.
COMMON = {
    "en": frozenset(
        "add and bring check checkin confidence current date fill for goal goals in its key kr krs latest "
        "new of okr okrs on our please progress result results send status submit the their this to up "
        "update updates value values week weekly with write your".split()
    ),
    "pl": frozenset(
        "aktualny aktualna dodac dodaj do i ich key kluczowe kluczowych o okr okry okrach okrow oraz "
        "pewnosc pewnosci postep postepu prosze rezultaty rezultatow swoich swoje swoj status statusy "
        "tygodnia tygodniu tym uaktualnic uaktualnij uaktualnienie uzupelnic uzupelnij w wpis wpisac "
        "wpisow wpisu wpisz wpisy wyniki wynikow z zaktualizowac zaktualizowanie zaktualizuj aktualizacja "
        "aktualizacji check checkin in".split()
    ),
}
CHECKING_IN = frozenset(("check", "checkin", "confidence", "pewnosc", "pewnosci", "wpis", "wpisu", "wpisy"))
_SIGNS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "=": "equal"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What was read a moment ago, by internal id: key results as they stand, and how those of objectives do."""

    key_results: Mapping[int, Told] = field(default_factory=dict)
    objectives: Mapping[int, Tally] = field(default_factory=dict)


def figures(store: Store, due: Addressed, now: datetime) -> Figures:
    """The key results that the messages of its run are about, as its owner sees them, read once for all of them."""
    ids = store.ids_told(due.run_id, MOST_LISTED)
    measuring = _measuring(store, now)
    read = store.key_results_by_id(due.owner, measuring, ids["key_result"])
    objectives: dict[int, Tally] = {}
    for part in chunks(ids["objective"]):
        # An objective and its key results are seen by the same people, so that these figures are everybody's.
        query = Query(scope=Scope(objectives=tuple(part)))
        objectives |= store.tallies(due.owner, measuring, query, "objective")
    return Figures({told.standing.id: told for told in read}, objectives)


def letter(store: Store, due: Addressed, now: datetime, known: Figures | None = None) -> Letter:
    """What the message says to this person; everything in it is visible to them.

    `known` are figures that were read a moment ago; only of records that the person sees is anything said.
    """
    language = spoken_by(due.person)
    rule = due.automation.rule
    kind = KINDS[rule.messages()[0].kind]
    asked = _asked(due, kind, language)
    reason = condition_met(rule.condition, language)
    details = _details(store, due, now, language, known or Figures())
    lines = [_sentence(part) for part in asked]
    if reason:
        lines.append(_sentence(reason))
    longest = LONGEST
    if any(action.kind == "send_update" for action in rule.actions):
        lines += update(store, due, now, language)
        longest = LONGEST_UPDATE
    lines += _about(details, len(due.records), bool(reason), language)
    own = due.owner.id == due.person.id
    named = {"rule": due.automation.key} if own else {"rule": due.automation.key, "owner": harmless(due.owner.name)}
    lines += ["", say(language, f"message.from_{'self' if own else 'other'}", **named)]
    title = _title(store, due, kind, asked, reason, language)
    first = due.records[0].key if due.records else None
    return Letter(kind, title, "\n".join(lines).strip()[:longest], first, tuple(details))


def _asked(due: Addressed, kind: str, language: str) -> list[str]:
    """What the rule asks for: the words of who set it, or ours."""
    rule = due.automation.rule
    actions = rule.messages()
    said = [_in_language(action.message, rule, language) for action in actions if action.message]
    if any(action.kind == "ask_check_in" for action in actions):
        said.append(say(language, "message.ask_check_in"))
    if not said and due.automation.rule.condition is None and kind != "update":
        said.append(say(language, "message.update_progress"))
    return [part for part in said if part]


def _in_language(message: str, rule: Rule, language: str) -> str:
    """The words of who set the rule; what everybody asks for alike is said in the recipient's own language."""
    written_in = rule.language
    if language == written_in:
        led = language == "pl" and f" o {message.casefold()}" in f" {rule.text.casefold()}"
        # "Przypomnij o umowie" keeps its case, which wants its little word.
        return say(language, "message.led", message=harmless(message)) if led else harmless(message)
    words = set(fold(message).replace("-", " ").split())
    if not words <= COMMON[written_in if written_in in COMMON else "en"]:
        return harmless(message)
    return say(language, f"message.{'ask_check_in' if words & CHECKING_IN else 'update_progress'}")


def _title(store: Store, due: Addressed, kind: str, asked: Sequence[str], reason: str, language: str) -> str:
    if kind == "update" and not asked:
        audience = due.automation.rule.audience
        team = next((one.name for one in store.teams() if audience and one.key == audience.team), None)
        return say(language, "message.update_of", team=harmless(team)) if team else say(language, "message.update")
    if asked:
        what = asked[0]
    elif len(due.records) == 1:
        what = say(language, "message.about_what", what=harmless(due.records[0].title), reason=reason)
    else:
        many = counted(len(due.records), _noun(due.records), language)
        what = say(language, "message.about_what", what=many, reason=reason)
    if kind == "update":
        return _shortened(what)
    return _shortened(say(language, f"message.{kind}", what=what))


def _noun(records: Sequence[Record]) -> str:
    kinds = {record.kind for record in records}
    return kinds.pop() if len(kinds) == 1 else "record"


def comment(rule: Automation, action: Action) -> str:
    """What the rule writes into a thread, in the language in which it was set."""
    language = rule.rule.language if rule.rule.language in LANGUAGES else LANGUAGES[0]
    said = harmless(action.message) if action.message else ""
    return said or _sentence(say(language, "message.update_this"))


def notice(rule: Automation, person: Actor, why: str) -> Letter:
    """The notice that a rule was paused, and why, to its owner or, when they left, to an admin."""
    language = spoken_by(person)
    reason = say(language, f"message.{why}", **({"owner": rule.owner} if why == "owner_left" else {}))
    body = [reason, say(language, "message.words", words=harmless(rule.words))]
    pattern = "message.paused" if rule.owner == person.email else "message.paused_of"
    return Letter("notice", say(language, pattern, rule=rule.key), "\n".join(body)[:LONGEST])


def update(store: Store, due: Addressed, now: datetime, language: str) -> list[str]:
    """The status update that the rule sends, from templates alone and of what this person may see.

    One that its owner wants to approve first is kept as a draft of theirs.
    """
    wanted = updating.wanted(due.automation, language)
    turn = TurnContext(store, due.person, store.company(), now, language)
    try:
        made = drafting.draft(turn, wanted)
    except NotFoundError:
        # The team it was set for is no more.
        return [say(language, "message.none")]
    lines = [made.title, as_text(made)]
    if updating.for_approval(due.automation) and due.person.id == due.owner.id:
        key = f"UPD-{due.automation.key}-{due.automation.version}-{due.instant:%Y%m%d%H%M}"
        kept = store.save_update(due.person, made.document(), now, key=key)
        lines = [say(language, "message.to_approve", key=kept.key), "", *lines]
    return lines


# -- what has come true ----------------------------------------------------------------------------


def condition_met(condition: Condition | AllOf | None, language: str) -> str:
    """What has come true, in words; empty for a rule without a condition."""
    if condition is None:
        return ""
    parts: Sequence[Condition] = condition.conditions if isinstance(condition, AllOf) else (condition,)
    return joined([_met(part, language) for part in parts], language)


def _met(part: Condition, language: str) -> str:
    value = part.value
    amount = float(value) if isinstance(value, int | float) else 0.0
    match part.field, part.operator:
        case "status", _:
            return say(language, "met.status", value=standing.status(str(value), language))
        case "task_status", _:
            return say(language, "met.task_status", value=say(language, f"task.{value}"))
        case "task_due", _:
            late = out_of(int(amount), "day", language)
            return say(language, "met.task_due_late", count=late) if amount else say(language, "met.task_due")
        case "last_check_in", _:
            return say(language, "met.last_check_in", count=out_of(int(amount), "day", language))
        case "confidence", "falls":
            if amount <= 1:
                return say(language, "met.falls_once")
            return say(language, "met.falls", count=out_of(int(amount), "week", language))
        case "confidence", "falls_by":
            return say(language, "met.falls_by", value=number(amount, language))
        case (("progress" | "gap"), _):
            share = amount / 100 if part.unit in ("percent", "points") else amount
            said = percent(share, language) if part.field == "progress" else _points(share, language)
        case _:
            said = number(amount, language)
    sign = say(language, f"sign.{_SIGNS.get(part.operator, 'equal')}")
    return say(language, f"met.{part.field}", sign=sign, value=said)


def _points(share: float, language: str) -> str:
    # Behind "powyżej" a Polish noun would need another case than behind "co najmniej".
    return f"{number(share * 100, language)} p.p." if language == "pl" else points(share, language)


# -- the records that it is about ------------------------------------------------------------------


def _details(store: Store, due: Addressed, now: datetime, language: str, known: Figures) -> list[Detail]:
    """Each record with its figures of this moment; beyond those that are listed only its name."""
    if not due.records:
        return []
    listed, measuring = due.records[:MOST_LISTED], _measuring(store, now)
    said = {
        **_key_results(store, due.person, listed, measuring, language, known),
        **_objectives(store, due.person, listed, measuring, language, known),
        **_tasks(store, due.person, listed, measuring, language),
    }
    details: list[Detail] = []
    for record in due.records:
        detail: Detail = {"name": record.name, "key": record.key, "title": harmless(record.title)}
        details.append({**detail, **said.get(record.name, {})})
    return details


def _key_results(
    store: Store, person: Actor, records: Sequence[Record], measuring: Measuring, language: str, known: Figures
) -> dict[str, Detail]:
    ids = [record.id for record in records if record.kind == "key_result"]
    if not ids:
        return {}
    today = measuring.on
    found: dict[str, Detail] = {}
    at_hand = all(ident in known.key_results for ident in ids)
    read = [known.key_results[ident] for ident in ids] if at_hand else store.key_results_by_id(person, measuring, ids)
    for told in read:
        row = key_result_row(told, measuring.zone)
        values = row.values
        own = ""
        if told.owner == person.email and values.get("reported") not in (None, values.get("status")):
            own = say(language, "message.you_say", reported=standing.status(values["reported"], language))
            row = replace(row, values={**values, "reported": None})
        said = standing.clauses(
            _pace(row, language),
            standing.verdict(row, language, measuring.rule.name),
            own,
            standing.freshness(row, language, today, today),
        )
        found[f"key_result:{row.id}"] = {
            "said": said.replace("\\", ""),
            "yours": told.owner == person.email,
            **{name: values.get(name) for name in ("progress", "expected", "gap", "status", "freshness", "kind")},
        }
    return found


def _pace(row: Row, language: str) -> str:
    done, expected, gap = (row.values.get(name) for name in ("progress", "expected", "gap"))
    if not isinstance(done, float | int) or not isinstance(expected, float | int) or not isinstance(gap, float | int):
        return standing.progress(row, language)
    return say(
        language,
        "message.expected",
        progress=standing.share(done, language),
        expected=percent(expected, language),
        gap=standing.gap(gap, language),
    )


def _objectives(
    store: Store, person: Actor, records: Sequence[Record], measuring: Measuring, language: str, known: Figures
) -> dict[str, Detail]:
    named = {record.id: record for record in records if record.kind == "objective"}
    if not named:
        return {}
    tallies: Mapping[int, Tally] = {ident: known.objectives[ident] for ident in named if ident in known.objectives}
    if len(tallies) < len(named):
        tallies = store.tallies_of(person, measuring, tuple(named))
    found: dict[str, Detail] = {}
    for ident, tally in tallies.items():
        slots = {"count": counted(tally.total, "key_result", language), "counts": _counts(tally, language)}
        said = say(language, "message.objective_unknown", **slots)
        if tally.mean is not None:
            said = say(language, "message.objective", share=percent(tally.mean, language), **slots)
        found[named[ident].name] = {"said": said, "status": tally.worst}
    return found


def _counts(tally: Tally, language: str) -> str:
    order = [status.value for status in health.WORST_FIRST if tally.statuses.get(status.value)]
    return joined([standing.status_count(status, tally.statuses[status], language) for status in order], language)


def _tasks(
    store: Store, person: Actor, records: Sequence[Record], measuring: Measuring, language: str
) -> dict[str, Detail]:
    ids = tuple(record.id for record in records if record.kind == "task")
    if not ids:
        return {}
    today = measuring.on
    found: dict[str, Detail] = {}
    for task in store.tasks(person, TaskQuery(ids=ids)):
        said = [say(language, f"task.{task.status}")]
        if task.due is not None:
            late = task.due < today and task.status != "done"
            said.append(say(language, f"message.{'was_due' if late else 'due'}", date=day(task.due, language, today)))
        found[f"task:{task.key}"] = {"said": standing.clauses(*said), "status": task.status}
    return found


def _measuring(store: Store, now: datetime) -> Measuring:
    zone = store.company().tz
    today = day_of(now, zone)
    # The end of the minute: nothing is recorded after now, and many letters of one minute share the definitions.
    minute = now.replace(second=0, microsecond=0) + (
        timedelta(minutes=1) if now.second or now.microsecond else timedelta()
    )
    return _measured_at(minute if day_of(minute, zone) == today else now, zone, cycles_in_force(store.cycles(), today))


@lru_cache(maxsize=4)
def _measured_at(now: datetime, zone: ZoneInfo, in_force: tuple[Cycle, ...]) -> Measuring:
    # The definitions as SQL take longer to put together than to run, and a rule writes to many at one moment.
    return Measuring(now, zone, in_force, health.rule())


def _about(details: Sequence[Detail], total: int, concerned: bool, language: str) -> list[str]:
    if not details:
        return []
    lines = ["", say(language, "message.concerned" if concerned else "message.yours")]
    lines += [f"- {line_of(detail, language)}" for detail in details[:MOST_LISTED]]
    if total > MOST_LISTED:
        lines.append(say(language, "message.more", count=number(total - MOST_LISTED, language)))
    return lines


def line_of(detail: Detail, language: str) -> str:
    """One record of a message on a line: its title, its key and how it stands."""
    named: dict[str, Any] = {"title": str(detail["title"]), "key": str(detail["key"])}
    if not detail.get("said"):
        return say(language, "message.record", **named)
    return say(language, "message.record_said", said=str(detail["said"]), **named)


# -- words -----------------------------------------------------------------------------------------


def spoken_by(person: Actor) -> str:
    """The person's language; English for any that we do not speak."""
    return person.language if person.language in LANGUAGES else "en"


def harmless(text: str) -> str:
    """The text on one line, without control and bidirectional characters, in which no address is a link."""
    return unlinked(visible(text))


def _sentence(said: str) -> str:
    said = f"{said[:1].upper()}{said[1:]}"
    return said if said[-1:] in ".!?…:" else f"{said}."


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
