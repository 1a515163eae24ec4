"""`okr rule …` and `okr worker`: sentences that become messages."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from assistant.automating import Automating
from assistant.commands.inbox import outside_document
from assistant.commands.proving import dry_run, proof_document, proof_lines
from assistant.commands.running import Run, UsageError, print_json
from okr.access import Actor
from okr.automations import Rule
from okr.errors import OkrError
from okr.language.words import fold
from okr.schedule import RECIPIENT
from okr.store.automations import Automation
from okr.store.dispatches import Dispatch
from okr.store.run_log import AutomationRun

if TYPE_CHECKING:
    from assistant.channels import Dispatcher
    from assistant.worker import Worker


def rule(run: Run) -> int:
    """One act on rules."""
    acts: dict[str, Callable[[Run], int]] = {
        "read": _read,
        "add": _add,
        "list": _list,
        "confirm": _change,
        "pause": _change,
        "resume": _change,
        "remove": _change,
        "runs": _runs,
        "edit": _edit,
        "versions": _versions,
        "dry-run": dry_run,
        "must": _must,
        "ics": _ics,
    }
    return acts[run.given.act](run)


# -- reading ---------------------------------------------------------------------------------------


def _read(run: Run) -> int:
    given = run.given
    if given.batch is not None:
        if given.sentence is not None:
            raise UsageError("Give either a sentence or --batch, not both.")
        return _read_batch(run, given.batch)
    if given.sentence is None:
        raise UsageError("There is no sentence.", 'Write it in quotes: okr rule read "every Friday at 16:00 …".')
    document = Automating(run.store).document("r1", given.sentence, run.actor(), run.clock()())
    if run.as_json:
        print_json(document)
    else:
        print("\n".join(_told(document)))
    return 0


def _told(document: dict[str, Any]) -> Iterator[str]:
    if document["kind"] == "none":
        yield "There is no rule in this sentence."
        return
    if document["readback"]:
        yield document["readback"]
    for ask in document["unclear"]:
        yield f"  to be asked: {ask['question']}"
    for at in document["next"]:
        yield f"  {at}"


def _read_batch(run: Run, source: str) -> int:
    reading = Automating(run.store)
    actors: dict[str, Actor] = {}
    status = 0
    for number, line in enumerate(_lines(source), 1):
        if not line.strip():
            continue
        ident: object = f"line {number}"
        text = ""
        try:
            asked = _line(number, line)
            ident, text = asked.get("id", ident), asked["text"]
            email = asked.get("as") or run.given.asker or ""
            if email not in actors:
                actors[email] = run.actor(email)
            document = reading.document(ident, text, actors[email], run.clock(asked.get("at"))())
        except OkrError as problem:
            # The other lines are read all the same, and this one says what is wrong with it.
            status = 1
            document = {**_nothing(text), "id": ident, "error": {"code": problem.code, "sentence": str(problem)}}
        if run.as_json:
            print_json(document)
        else:
            print(f"{document['id']}: {' '.join(_told(document))}", flush=True)
    return status


def _nothing(text: str) -> dict[str, Any]:
    now = datetime(2000, 1, 1, tzinfo=UTC)
    return {**Rule(text, "en", "none", "UTC", "UTC", now).document(), "ms": 0.0}


def _lines(source: str) -> Iterator[bytes]:
    if source == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(source).open("rb") as file:
            yield from file
    except OSError as reason:
        raise UsageError(f"{source} cannot be read: {reason.strerror}.") from reason


def _line(number: int, line: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(line.lstrip(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise UsageError(f"Line {number} is not JSON.") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise UsageError(f"Line {number} has no text.", 'It looks like {"id": "r1", "text": "…", "as": "…"}.')
    for name in ("as", "at"):
        if asked.get(name) is not None and not isinstance(asked[name], str):
            raise UsageError(f"Line {number}: {name} is not text.")
    return asked


# -- setting ---------------------------------------------------------------------------------------


def _add(run: Run) -> int:
    actor, now = run.actor(), run.clock()()
    reading = Automating(run.store)
    found = reading.read(run.given.sentence, actor, now)
    if found.kind in ("unclear", "none"):
        if run.as_json:
            print_json({"id": None, "state": "refused", "rule": found.document()})
        asks = " ".join(ask.question for ask in found.unclear)
        print(f"okr: {asks or 'There is no rule in this sentence.'} Nothing was stored.", file=sys.stderr)
        return 1
    found = reading.settled(found, actor)
    run.store.check_automation(actor, found, now)
    proof = reading.proof(found, actor, now) if not (run.as_json and run.given.confirm) else None
    kept = run.store.propose_automation(actor, found, now, catch_up=run.given.catch_up)
    if run.given.confirm:
        kept = run.store.confirm_automation(actor, kept.key, now)
    if run.as_json:
        shown = {} if proof is None else {"proof": proof_document(proof)}
        print_json({"id": kept.key, "state": kept.state, "rule": _rule_document(kept.key, found), **shown})
    elif proof is not None:
        print("\n".join(proof_lines(kept, proof, actor)))
    return 0


def _rule_document(key: str, rule: Rule) -> dict[str, Any]:
    return {"id": key, **rule.document(), "ms": 0.0}


def _edit(run: Run) -> int:
    """Let a rule say something else: shown with its proof, and done with --confirm."""
    actor, now = run.actor(), run.clock()()
    reading = Automating(run.store)
    before = run.store.automation(actor, run.given.id)
    found = reading.settled(reading.read(run.given.sentence, actor, now), actor)
    run.store.check_automation(actor, found, now)
    proof = reading.proof(found, actor, now, key=before.key)
    kept = before
    if run.given.confirm:
        kept = reading.edit(actor, before.key, run.given.sentence, now, catch_up=run.given.catch_up)
    if run.as_json:
        shown = {"state": kept.state, "version": kept.version, "confirmed": run.given.confirm}
        print_json({"id": kept.key, **shown, "rule": _rule_document(kept.key, found), "proof": proof_document(proof)})
        return 0
    print(f"Until now: {before.rule.readback}")
    print("\n".join(proof_lines(replace(kept, words=found.text), proof, actor)))
    if not run.given.confirm:
        print("Nothing is changed yet. To change it, say it again with --confirm.")
    return 0


def _versions(run: Run) -> int:
    found = run.store.automation_versions(run.actor(), run.given.id)
    if run.as_json:
        versions = [
            {"version": one.version, "owner": one.owner, "rule": _rule_document(one.key, one.rule)} for one in found
        ]
        print_json({"id": found[-1].key, "versions": versions})
        return 0
    for one in found:
        print(f"{one.key} version {one.version}, {one.owner}: {one.rule.readback}")
    return 0


def _list(run: Run) -> int:
    actor = run.actor()
    given = run.given
    rules = run.store.automations(actor, removed=given.removed or given.state == "removed")
    wanted = fold(given.matching or "")
    rules = [
        one
        for one in rules
        if (not given.state or one.state == given.state)
        and (not given.owner or one.owner == given.owner.strip().lower())
        and (not given.kind or one.rule.kind == given.kind)
        and wanted in fold(f"{one.key} {one.words} {one.rule.readback} {one.owner}")
    ]
    if run.as_json:
        now = run.clock()()
        print_json({"rules": [_document(one, now) for one in rules]})
        return 0
    for one in rules:
        reason = f" ({one.pause_reason})" if one.pause_reason else ""
        print(f"{one.key}  {one.state}{reason}  {one.owner}  {one.rule.readback}")
    if not rules:
        print("There are no rules.")
    return 0


def _document(one: Automation, now: datetime) -> dict[str, Any]:
    document = {**one.rule.document(), "next": [at.isoformat() for at in one.rule.coming(now)]}
    return {
        "id": one.key,
        "state": one.state,
        "owner": one.owner,
        "version": one.version,
        "reason": one.pause_reason,
        "catch_up": one.catch_up,
        "rule": {"id": one.key, **document, "ms": 0.0},
    }


def _change(run: Run) -> int:
    actor, now = run.actor(), run.clock()()
    acts = {
        "confirm": run.store.confirm_automation,
        "pause": run.store.pause_automation,
        "resume": run.store.resume_automation,
        "remove": run.store.remove_automation,
    }
    kept = acts[run.given.act](actor, run.given.id, now)
    if run.as_json:
        print_json(_document(kept, now))
    else:
        print(f"{kept.key}, {kept.state}: {kept.rule.readback}")
    return 0


def _ics(run: Run) -> int:
    from assistant.calendars import calendar_of
    from assistant.channels.listed import public_url

    actor, now = run.actor(), run.clock()()
    stands_at = public_url(run.settings)
    if not run.given.address and not run.given.renew:
        sys.stdout.buffer.write(calendar_of(run.store, actor, now, stands_at))
        sys.stdout.buffer.flush()
        return 0
    path = f"/okr/calendar/{run.store.feed_secret(actor, now, renew=run.given.renew)}.ics"
    if run.as_json:
        print_json({"path": path, "url": f"{stands_at}{path}" if stands_at else None})
    else:
        print(f"{stands_at}{path}" if stands_at else f"{path} (at the address of the page; OKR_PUBLIC_URL is not set)")
    return 0


def _must(run: Run) -> int:
    actor = run.actor()
    kept = run.store.automation(actor, run.given.id)
    run.store.require_rule(actor, kept.key, not run.given.lift, run.clock()())
    if run.as_json:
        print_json({"id": kept.key, "must": not run.given.lift})
    else:
        print(f"{kept.key}: its recipients {'may' if run.given.lift else 'may not'} turn it off.")
    return 0


def _runs(run: Run) -> int:
    actor = run.actor()
    kept = run.store.automation(actor, run.given.id)
    found = run.store.automation_runs(actor, run.given.id)
    outside = {one.message: one for one in run.store.dispatches_of_rule(actor, kept.key)}
    zone = ZoneInfo(kept.rule.company_zone if kept.rule.zone == RECIPIENT else kept.rule.zone)
    if run.as_json:
        print_json({"id": kept.key, "state": kept.state, "runs": [_run_document(one, zone, outside) for one in found]})
        return 0
    for one in found:
        reason = f" ({one.reason})" if one.reason else ""
        print(f"{one.instant.astimezone(zone).isoformat()}  {one.state}{reason}")
        for to in one.recipients:
            sent = outside.get(to.message or "")
            further = f", {sent.channel}: {sent.state}{f' ({sent.reason})' if sent.reason else ''}" if sent else ""
            print(f"  {to.person}: {to.state} {to.message or to.reason or ''}{further}".rstrip())
        for did in one.changes:
            what = f"{did.before} → {did.after}" if did.after else did.comment or ""
            print(f"  {did.record.partition(':')[2]}: {did.state} {did.reason or what}".rstrip())
    if not found:
        print(f"{kept.key} has not run yet.")
    return 0


def _run_document(one: AutomationRun, zone: ZoneInfo, outside: Mapping[str, Dispatch]) -> dict[str, Any]:
    return {
        "instant": one.instant.astimezone(zone).isoformat(),
        "state": one.state,
        "changes": [
            {
                "kind": did.kind,
                "record": did.record.partition(":")[2],
                "state": did.state,
                "reason": did.reason,
                "from": did.before,
                "to": did.after,
                "comment": did.comment,
            }
            for did in one.changes
        ],
        "version": one.version,
        "reason": one.reason,
        "recipients": [
            {
                "person": to.person,
                "state": to.state,
                "message": to.message,
                "reason": to.reason,
                **({"outside": outside_document(sent)} if (sent := outside.get(to.message or "")) else {}),
            }
            for to in one.recipients
        ],
    }


# -- running ---------------------------------------------------------------------------------------


def worker(run: Run) -> int:
    """Run what is due: once, or until the process is ended."""
    from assistant.channels import Dispatcher
    from assistant.worker import Worker

    url = run.settings.database_url
    working = Worker(run.store, run.settings.home, url.get_secret_value() if url else None)
    sending = Dispatcher(run.store, run.settings)
    if not run.given.once:
        _until_stopped(run, working, sending)
        return 0
    worked = working.once(run.clock()())
    if not run.store.is_empty():
        sending.once(run.clock())
    if run.as_json:
        print_json(
            {
                "rules": worked.rules,
                "delivered": worked.delivered,
                "skipped": worked.skipped,
                "failed": worked.failed,
                "changed": worked.changed,
            }
        )
    else:
        print(
            f"{worked.rules} rules looked at, {worked.delivered} messages delivered, "
            f"{worked.changed} records changed, {worked.skipped} skipped, {worked.failed} failed."
        )
    return 0


def _until_stopped(run: Run, working: Worker, sending: Dispatcher) -> None:
    """Work until the process is asked to end, or whoever started it with `--while-open` has ended."""
    stop = threading.Event()
    began, moved = time.monotonic(), run.clock()() if run.given.at is not None else None

    def clock() -> datetime:
        # A clock that was set goes on from there.
        return datetime.now(UTC) if moved is None else moved + timedelta(seconds=time.monotonic() - began)

    def ask_to_end(*_: object) -> None:
        stop.set()

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_end)
    if run.given.while_open:
        threading.Thread(target=wait_for_the_end, daemon=True).start()
    if not run.as_json:
        print("Running the rules; Ctrl-C ends it.", flush=True)
    outside = threading.Thread(target=sending.forever, args=(clock, stop), daemon=True)
    outside.start()
    working.forever(clock, stop)
    # What is being sent is given a moment to end; another worker takes up the rest.
    outside.join(timeout=10)
