"""Rules in words on the pages: moments, zones, states, who gets it and why somebody did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.rule_naming import told
from assistant.telling import formats
from okr.errors import OkrError
from okr.store.automations import Automation
from okr.store.run_log import AutomationRun
from ui.harmless import line
from ui.session import Visit

MOST_NAMED = 12
# A state never speaks by a colour; each has a shape of its own beside its word.
_SHAPES = {
    "active": '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
    "paused": '<path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor"/>',
    "proposed": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" '
    'stroke-dasharray="2.2 1.9"/>',
    "ended": '<path d="M2.2 6.4 5 9.1l5-6.2" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    "removed": '<path d="M2.5 6h7" fill="none" stroke="currentColor" stroke-width="1.7"/>',
}


def moment(visit: Visit, at: datetime, zone: str | None = None) -> str:
    """A moment as clocks of that zone show it, else of the reader's own: "Fri 4 December, 16:00"."""
    there = at.astimezone(ZoneInfo(zone) if zone else visit.actor.tz)
    language = visit.words.language
    short = visit.words.many("weekdays")[there.weekday()]
    return f"{short} {formats.day(there.date(), language, visit.today)}, {there:%H:%M}"


def city(zone: str) -> str:
    """The part of a zone's name that people know it by."""
    return zone.rpartition("/")[2].replace("_", " ")


def readback(visit: Visit, kept: Automation) -> str:
    """How a rule was read, in the reader's language; without what was filled in, which the card tells apart."""
    words = visit.words.language
    return told(kept.rule, words, zone=visit.actor.zone, team=visit.team_name, person=visit.person_name)


def state_html(visit: Visit, kept: Automation) -> str:
    """The state of a rule: a shape and a word, and why it is paused where that is not by hand."""
    why = kept.pause_reason if kept.state == "paused" and kept.pause_reason != "asked" else None
    said = visit.words(f"state.{kept.state}")
    if why and visit.words.has(f"pause.{why}"):
        said = f"{said}: {visit.words(f'pause.{why}')}"
    return f'<span class="okr-state okr-state-{kept.state}">{mark(kept.state)}{line(said)}</span>'


def mark(state: str) -> str:
    """The shape of a state; its word stands beside it."""
    shape = _SHAPES.get(state, _SHAPES["removed"])
    return f'<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">{shape}</svg>'


def names_html(visit: Visit, names: Sequence[str]) -> str:
    """The names in a sentence's list, the rest of a long list behind "and 26 more"."""
    shown = ", ".join(line(name) for name in names[:MOST_NAMED])
    if rest := names[MOST_NAMED:]:
        more = line(visit.words("card.who.more", count=len(rest)))
        hidden = ", ".join(line(name) for name in rest)
        return f'{shown} <details class="okr-inline"><summary>{more}</summary>, {hidden}</details>'
    return shown


def tally(visit: Visit, states: dict[str, int]) -> str:
    """How many messages became what: "36 delivered, 2 skipped"."""
    keys = {"delivered": "run.delivered", "skipped": "run.skipped", "failed": "run.not_sent", "waiting": "run.waiting"}
    said = [visit.words(key, count=states[state]) for state, key in keys.items() if states.get(state)]
    return ", ".join(said) or visit.words("run.nobody")


def what_came_of(visit: Visit, run: AutomationRun) -> str:
    """What became of one run in a few words."""
    words = visit.words
    if run.state in ("missed", "paused"):
        return words(f"run.{run.state}")
    counted: dict[str, int] = {}
    for to in run.recipients:
        counted[to.state] = counted.get(to.state, 0) + 1
    if run.state == "failed" and not counted:
        return words("run.failed")
    done = sum(did.state == "done" for did in run.changes)
    changed = words("run.changed", count=done) if done else ""
    if not counted and changed:
        return changed
    return ", ".join(part for part in (tally(visit, counted), changed) if part)


def why_html(visit: Visit, reason: str | None) -> str:
    """Why somebody did not get a message; a reason we have no sentence for as it was noted."""
    if not reason:
        return ""
    return line(visit.words(f"why.{reason}") if visit.words.has(f"why.{reason}") else reason)


def change_html(visit: Visit, record: str, before: str | None, after: str | None) -> str:
    """What is done to a record (kind:key): a task's status from one to another, or a comment in its thread."""
    words, key = visit.words, line(record.partition(":")[2] or record)
    opener = f'<button type="button" class="okr-cite" data-open="{key}">{key}</button>'
    if after is None:
        return f"{opener} {line(words('run.commented'))}"
    return f"{opener} {line(words('run.status', before=_status(visit, before), after=_status(visit, after)))}"


def _status(visit: Visit, status: str | None) -> str:
    key = f"word.{status}"
    return visit.words(key) if visit.words.has(key) else status or "–"


def refusal(visit: Visit, reason: OkrError) -> str:
    """What stands against an act, in the reader's language."""
    key = f"doubt.refused.{reason.code}"
    if visit.words.language == "en" and reason.code != "not-allowed":
        return str(reason)
    return visit.words(key if visit.words.has(key) else "doubt.refused")
