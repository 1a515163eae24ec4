"""Sending what is due: taken one by one, tried again with growing pauses, given up in the end; never lost silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from assistant import defects
from assistant.channels.listed import Channels, channels_of
from assistant.channels.outcomes import Outcome, Outgoing
from assistant.channels.writing import written
from assistant.settings import Settings
from okr.errors import StoreError
from okr.store import Store
from okr.store.dispatches import Bundle

PAUSES = (30.0, 120.0, 600.0, 1_800.0, 7_200.0, 21_600.0)
"""The seconds between one attempt and the next; after the last attempt it is given up."""
LEASE = timedelta(minutes=10)
"""So long one worker keeps what it is sending; longer than any sending may take."""
TICK_SECONDS = 5.0


@dataclass
class Dispatched:
    """What one pass did outside the app: sent, to be tried again, failed for good, unknown."""

    delivered: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0


class Dispatcher:
    """Sends the messages of one store over the channels of its settings; any number may work at once."""

    def __init__(self, store: Store, settings: Settings, channels: Channels | None = None) -> None:
        self.store = store
        self.home: Path = settings.home
        self.channels = channels_of(settings) if channels is None else channels

    def once(self, clock: Callable[[], datetime]) -> Dispatched:
        """Decide what leaves the app, and send everything that is due."""
        done = Dispatched()
        self.store.route_messages(self.channels.by_name.keys(), self.channels.usual, clock())
        for bundle in self.store.due_bundles(clock()):
            self.send(bundle, clock, done)
        return done

    def forever(self, clock: Callable[[], datetime], stopped: Event) -> None:
        """Look every few seconds until told to stop, beside the worker: a far side that hangs delays no reminder."""
        while not stopped.wait(TICK_SECONDS):
            try:
                self.once(clock)
            except StoreError as problem:
                # The database is away or busy: what is due waits for the next look.
                defects.record(self.home, problem, clock())

    def send(self, bundle: str, clock: Callable[[], datetime], done: Dispatched) -> None:
        """Send one thing, unless another worker has it, and keep what became of it."""
        taken = self.store.claim_bundle(bundle, clock(), LEASE)
        if taken is None:
            return
        try:
            outcome = deliver(written(taken, self.channels), taken.channel, self.channels)
        except Exception as defect:  # noqa: BLE001 - one that cannot be written must not stop the others
            reference = defects.record(self.home, defect, clock())
            outcome = Outcome.retry(f"a defect, kept under {reference}")
        self._keep(taken, outcome, clock(), done)

    def _keep(self, taken: Bundle, outcome: Outcome, now: datetime, done: Dispatched) -> None:
        if outcome.state == "delivered":
            done.delivered += 1
            self.store.settle_bundle(taken.id, now, "delivered", provider_id=outcome.provider_id)
            return
        again = outcome.state == "retry" or (outcome.state == "unknown" and outcome.safe)
        if again and taken.attempts <= len(PAUSES):
            done.waiting += 1
            pause = PAUSES[taken.attempts - 1]
            at = now + timedelta(seconds=pause if outcome.after is None else max(outcome.after, 1.0))
            reason = f"unknown: {outcome.reason}" if outcome.state == "unknown" else outcome.reason
            self.store.settle_bundle(taken.id, now, "waiting", again_at=at, reason=reason)
            if outcome.all_wait:
                self.store.hold_channel(taken.channel, at)
            return
        if outcome.state == "unknown":
            done.unknown += 1
            self.store.settle_bundle(taken.id, now, "unknown", reason=outcome.reason)
        else:
            done.failed += 1
            self.store.settle_bundle(taken.id, now, "failed", reason=outcome.reason)


def deliver(outgoing: Outgoing, name: str, channels: Channels) -> Outcome:
    """Send one thing over the channel of that name; dead where there is none any more."""
    channel = channels.by_name.get(name)
    if channel is None:
        return Outcome.dead("no_such_channel")
    return channel.send(outgoing)
