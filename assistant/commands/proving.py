"""The proof of a rule and its dry run, as lines and as documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from assistant import delivery
from assistant.automating import Proof
from assistant.commands.running import Run, print_json
from okr.access import Actor
from okr.schedule import RECIPIENT
from okr.store.acting import Planned
from okr.store.automations import Automation
from okr.store.rehearsing import Heard

MOST_NAMED = 12
_RIGHTS = {
    "own": "it messages only you, which everybody may set.",
    "admin": "you may set it as an admin: it {acts}.",
    "lead": "you may set it as the lead of the team: it {acts}.",
}
_ACTS = {"message_others": "messages others", "comment": "comments in threads", "change_tasks": "changes tasks"}
WHY = {
    "not_visible": "may not see what it is about",
    "turned_off": "has turned it off",
    "inactive": "has left",
    "not_allowed": "not yours to change",
}


def proof_lines(kept: Automation, proof: Proof, actor: Actor) -> Iterator[str]:
    """The proof for a person to read."""
    found = proof.rule
    conditional = found.condition is not None
    yield f"{kept.key}, {kept.state}"
    yield f"You wrote: {kept.words}"
    yield f"It does: {found.readback}"
    yield f"Assumed: {', '.join(found.assumed) or 'nothing'}"
    shown: dict[str, list[str]] = {}
    for zone, instants in proof.coming.items():
        local = [at.astimezone(ZoneInfo(zone)) for at in instants]
        shown.setdefault(", ".join(f"{at:%a %Y-%m-%d %H:%M}" for at in local), []).append(zone)
    for instants_there, zones in shown.items():
        what = "Next checks" if conditional and found.schedule is None else "Next"
        yield f"{what} ({', '.join(zones)}): {instants_there}"
    turned: dict[str, list[str]] = {}
    for zone, turn in proof.turns.items():
        before, after = (at.astimezone(ZoneInfo(zone)) for at in (turn.before, turn.after))
        turned.setdefault(f"{before:%a %Y-%m-%d %H:%M}, then {after:%a %Y-%m-%d %H:%M}", []).append(zone)
    for around, zones in turned.items():
        yield f"Over the next clock change ({', '.join(zones)}): {around}"
    if found.messages():
        names = [f"{one.name} <{one.email}>" for one in proof.reaches]
        who = "Meeting it already, so not told" if conditional else "Reaches today"
        yield f"{who} ({len(names)}): {_some(names) or 'nobody'}"
        if proof.passed_over:
            yield f"Passed over ({len(proof.passed_over)}): {_some(_passed(proof.passed_over))}"
    if found.acts_on_records():
        said = "Would change if it began to be so today" if conditional else "Would change today"
        yield f"{said} ({len(proof.changes)}): {_some(_changed(proof.changes)) or 'nothing'}"
    yield _past(proof, actor)
    acts = [_ACTS[need] for need in proof.needs]
    yield f"Rights: {_RIGHTS[proof.right].format(acts=' and '.join(acts))}"
    if kept.state == "proposed":
        yield f"Nothing runs yet. To confirm: okr rule confirm {kept.key} --as {actor.email}"


def _past(proof: Proof, actor: Actor) -> str:
    unit = "records" if proof.rule.condition is not None else "people"
    told = []
    for one in proof.past:
        line = f"{one.instant.astimezone(actor.tz):%a %Y-%m-%d %H:%M}"
        if proof.rule.messages():
            line += f" to {one.people} {unit}"
        if proof.rule.acts_on_records():
            line += f" with {one.changes} changes"
        if one.passed_over:
            line += f", {len(one.passed_over)} passed over"
        told.append(line)
    return f"In the past four weeks it would have run {len(told)} times{': ' if told else ''}{'; '.join(told)}"


def proof_document(proof: Proof) -> dict[str, Any]:
    """The proof for a program to read."""
    return {
        "coming": {
            zone: [at.astimezone(ZoneInfo(zone)).isoformat() for at in instants]
            for zone, instants in proof.coming.items()
        },
        "clock_changes": [
            {
                "timezone": zone,
                "at": turn.at.astimezone(ZoneInfo(zone)).isoformat(),
                "before": turn.before.astimezone(ZoneInfo(zone)).isoformat(),
                "after": turn.after.astimezone(ZoneInfo(zone)).isoformat(),
            }
            for zone, turn in proof.turns.items()
        ],
        "reaches": [
            {"person": one.email, "name": one.name, "timezone": one.zone, "records": one.records}
            for one in proof.reaches
        ],
        "skipped": [_skipped(one) for one in proof.passed_over],
        "changes": [_planned(one) for one in proof.changes],
        "past": [
            {
                "instant": one.instant.isoformat(),
                "records" if proof.rule.condition is not None else "people": one.people,
                "skipped": [_skipped(each) for each in one.passed_over],
                "changes": one.changes,
            }
            for one in proof.past
        ],
        "rights": {"as": proof.right, "needs": list(proof.needs)},
    }


def dry_run(run: Run) -> int:
    """What a rule would do now; nothing is sent, changed or stored."""
    actor, now = run.actor(), run.clock()()
    kept = run.store.automation(actor, run.given.id)
    whose = run.store.actor(kept.owner)
    found = run.store.rehearse(whose, kept.rule, now, key=kept.key)
    due = run.store.addressed_now(actor, kept.key, now)
    letters = {one.person.email: delivery.letter(run.store, one, now) for one in due}
    zone = ZoneInfo(kept.rule.company_zone if kept.rule.zone == RECIPIENT else kept.rule.zone)
    if run.as_json:
        recipients = [
            {
                "person": one.email,
                "state": "skipped" if one.reason else "would_get",
                "reason": one.reason,
                "title": letters[one.email].title if one.email in letters else None,
                "body": letters[one.email].body if one.email in letters else None,
            }
            for one in found.heard
        ]
        at = now.astimezone(zone).isoformat()
        changes = [_planned(one) for one in found.changes]
        print_json({"id": kept.key, "state": kept.state, "instant": at, "recipients": recipients, "changes": changes})
        return 0
    print(f"{kept.key}, {kept.state}: {kept.rule.readback}")
    print("This is a dry run: nothing is sent and nothing changed.")
    gets = [f"{one.name} <{one.email}>" for one in found.heard if not one.reason]
    print(f"Would get it now ({len(gets)}): {_some(gets) or 'nobody'}")
    if passed := [one for one in found.heard if one.reason]:
        print(f"Passed over ({len(passed)}): {_some(_passed(passed))}")
    if found.changes:
        print(f"Would change ({len(found.changes)}): {_some(_changed(found.changes))}")
    for email, letter in list(letters.items())[:1]:
        print(f"To {email}: {letter.title}")
        for line in letter.body.splitlines():
            print(f"    {line}")
    return 0


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return f"{', '.join(every[:MOST_NAMED])}{more}"


def _passed(people: Iterable[Heard]) -> Iterator[str]:
    return (f"{one.name} ({WHY.get(one.reason or '', one.reason)})" for one in people)


def _changed(changes: Iterable[Planned]) -> Iterator[str]:
    for one in changes:
        key = one.record.partition(":")[2]
        what = f"{key} {one.before} → {one.after}" if one.after else f"comment on {key}"
        yield f"{what} ({WHY.get(one.reason, one.reason)})" if one.reason else what


def _skipped(one: Heard) -> dict[str, Any]:
    return {"person": one.email, "name": one.name, "reason": one.reason}


def _planned(one: Planned) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "record": one.record.partition(":")[2],
        "from": one.before,
        "to": one.after,
        "state": "skipped" if one.reason else "would_be_done",
        "reason": one.reason,
    }
