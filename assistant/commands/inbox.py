"""`okr inbox` and `okr prefs`: what came, what to do about it, and how it may reach one outside the app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from assistant.commands.running import Run, UsageError, print_json
from assistant.delivery import spoken_by
from assistant.receiving import why_words
from okr.access import Actor
from okr.store.dispatches import Dispatch
from okr.store.messages import Message
from okr.store.preferences import Preferences, clock_time, quiet_hours


def inbox(run: Run) -> int:
    """The asker's messages, newest first, or one act on one of them."""
    given, actor, now = run.given, run.actor(), run.clock()()
    if given.until is not None and given.snooze is None:
        raise UsageError("--until goes with --snooze.")
    if given.why is not None:
        return _why(run, actor, given.why)
    if given.turn_off is not None or given.turn_on is not None:
        return _turn(run, actor, now)
    act = _act(run, actor, now)
    if act is not None:
        return _show(run, actor, [act], now) if isinstance(act, Message) else act
    found = run.store.inbox(actor)
    if given.unread:
        found = [one for one in found if one.is_unread(now)]
    return _show(run, actor, found, now)


def _act(run: Run, actor: Actor, now: datetime) -> Message | int | None:
    given = run.given
    if given.read is not None and given.read.lower() == "all":
        count = run.store.mark_all_read(actor, now)
        if run.as_json:
            print_json({"read": count})
        else:
            print(f"{count} read.")
        return 0
    if given.read is not None:
        run.store.mark_read(actor, given.read, now)
        return run.store.message(actor, given.read)
    if given.acknowledge is not None:
        return run.store.acknowledge(actor, given.acknowledge, now)
    if given.snooze is not None:
        if given.until is None:
            raise UsageError("It is not said until when.", "Add --until 2026-11-30T09:00.")
        return run.store.snooze(actor, given.snooze, _until(run, actor), now)
    return None


def _until(run: Run, actor: Actor) -> datetime:
    from okr.calendar import asked_about

    try:
        return asked_about(run.given.until, actor.tz)
    except ValueError as reason:
        raise UsageError(f"--until: {reason}") from reason


def _show(run: Run, actor: Actor, found: list[Message], now: datetime) -> int:
    if run.as_json:
        outside = {one.message: one for one in run.store.dispatches(actor)}
        documents = [{**_document(one, actor, now), "outside": outside_document(outside.get(one.key))} for one in found]
        print_json({"messages": documents})
        return 0
    for one in found:
        print(f"{one.delivered_at.astimezone(actor.tz):%Y-%m-%d %H:%M}  {one.key}  {one.title}{_mark(one, actor, now)}")
        for line in one.body.splitlines():
            print(f"    {line}".rstrip())
    if not found:
        print("There are no messages.")
    return 0


def _mark(one: Message, actor: Actor, now: datetime) -> str:
    if one.is_snoozed(now) and one.snoozed_until is not None:
        return f"  (put off until {one.snoozed_until.astimezone(actor.tz):%Y-%m-%d %H:%M})"
    if one.acknowledged_at is not None:
        return "  (acknowledged)"
    return "  (new)" if one.is_unread(now) else ""


def _document(one: Message, actor: Actor, now: datetime) -> dict[str, Any]:
    def at(moment: datetime | None) -> str | None:
        return moment.astimezone(actor.tz).isoformat() if moment else None

    return {
        "id": one.key,
        "rule": one.rule,
        "instant": at(one.instant),
        "delivered_at": at(one.delivered_at),
        "kind": one.kind,
        "title": one.title,
        "body": one.body,
        "record": one.record,
        "read": one.read_at is not None,
        "unread": one.is_unread(now),
        "snoozed_until": at(one.snoozed_until),
        "acknowledged_at": at(one.acknowledged_at),
        "records": [str(each["key"]) for each in one.records],
    }


def outside_document(sent: Dispatch | None) -> dict[str, Any] | None:
    """What became of a message outside the app, as JSON; None for one that stays in it."""
    if sent is None:
        return None
    return {"channel": sent.channel, "state": sent.state, "attempts": sent.attempts, "reason": sent.reason}


def _why(run: Run, actor: Actor, key: str) -> int:
    found = run.store.why(actor, key)
    words = why_words(found, actor)
    if run.as_json:
        print_json(
            {
                "message": found.message.key,
                "rule": found.key,
                "owner": found.owner or None,
                "instant": found.message.instant.astimezone(actor.tz).isoformat() if found.message.instant else None,
                "audience": found.audience.document() if found.audience else None,
                "records": list(found.records),
                "must": found.must,
                "turned_off": found.is_off,
                "may_turn_off": found.may_turn_off,
                "words": words,
                "language": spoken_by(actor),
            }
        )
    else:
        print("\n".join(words))
    return 0


def _turn(run: Run, actor: Actor, now: datetime) -> int:
    off = run.given.turn_off is not None
    turn = run.store.turn_off if off else run.store.turn_on
    key = turn(actor, run.given.turn_off if off else run.given.turn_on, now)
    if run.as_json:
        print_json({"rule": key, "turned_off": off})
    else:
        print(f"{key}: {'you get no more of it' if off else 'you get its messages again'}.")
    return 0


# -- preferences -----------------------------------------------------------------------------------


def prefs(run: Run) -> int:
    """How the asker wants to be reached, changed first where something is given."""
    from assistant.channels import channels_of

    given, actor = run.given, run.actor()
    channels = channels_of(run.settings)
    kept = run.store.preferences(actor)
    wanted = _wanted(given, kept)
    if wanted != kept:
        kept = run.store.set_preferences(actor, wanted, run.clock()(), channels=channels.by_name.keys())
    if run.as_json:
        names = ["inbox", *channels.by_name]
        print_json({**kept.document(), "timezone": actor.zone, "usual": channels.usual, "channels": names})
    else:
        print("\n".join(_told(kept, actor, channels.usual, list(channels.by_name))))
    return 0


def _wanted(given: Any, kept: Preferences) -> Preferences:
    wanted = kept
    if given.channel is not None:
        name = given.channel.strip().lower()
        wanted = replace(wanted, channel=None if name == "usual" else name)
    if given.quiet is not None:
        wanted = replace(wanted, quiet=quiet_hours(given.quiet))
    if given.digest is not None:
        wanted = replace(wanted, digest=given.digest)
    if given.digest_at is not None:
        wanted = replace(wanted, digest_at=clock_time(given.digest_at))
    return wanted


def _told(kept: Preferences, actor: Actor, usual: str, names: list[str]) -> Iterator[str]:
    yield f"Channel: {kept.channel or f'{usual} (the usual one)'}. There is: {', '.join(['inbox', *names])}."
    quiet = f"{kept.quiet[0]:%H:%M} to {kept.quiet[1]:%H:%M}" if kept.quiet else "none"
    yield f"Quiet hours: {quiet} ({actor.zone})."
    yield f"Digest: {f'daily at {kept.digest_at:%H:%M}' if kept.digest == 'daily' else 'none, each by itself'}."
