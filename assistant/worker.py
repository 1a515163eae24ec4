"""The worker: what is due is settled and carried out, by any number of workers at once.

Each rule is settled in one transaction and each message delivered in one, under unique keys. A worker that
is killed at any point leaves either nothing or something that the next one finishes.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import defects
from assistant.firing import Firing, Worked, patiently
from okr.errors import StoreError
from okr.store import Store
from okr.store.firing import OpenRun

if TYPE_CHECKING:
    from assistant.durable import Durable

TICK_SECONDS = 5.0
# Between two looks while there is more to do than one takes.
SHORT_SECONDS = 0.25
BEAT_SECONDS = 10.0
# So long after its last beat a worker counts as gone, and what it left is taken over.
GONE_SECONDS = 120.0
REST_AFTER_SECONDS = 60.0
STUCK_SECONDS = 60.0
MOST_A_LOOK = 200


class Worker:
    """Runs the rules of one store."""

    def __init__(self, store: Store, home: Path, url: str | None = None) -> None:
        self.store = store
        self.home = home
        self.url = url
        self.firing = Firing(store, home)
        self.name = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._beats: dict[str, tuple[int, float]] = {}
        self._last_beat = -BEAT_SECONDS
        self._engine: Durable | None = None
        self._busy_at = 0.0
        self._waiting = (0, time.monotonic())

    def once(self, now: datetime, *, all_conditions: bool = True) -> Worked:
        """Run everything due up to the moment, then finish what other workers left."""
        worked = Worked()
        if self.store.is_empty():
            return worked
        patiently(lambda: self.store.note_worker(now))
        for automation_id in self.store.due_automations(now, all_conditions=all_conditions):
            worked.rules += 1
            if not self.firing.settle(automation_id, now):
                worked.failed += 1
        for run in self.store.open_runs():
            for recipient_id in self.store.waiting_in(run.id):
                worked.count(self.firing.deliver(recipient_id, now))
            for change_id in self.store.waiting_changes(run.id):
                worked.count(self.firing.act(change_id, now))
        return worked

    def forever(self, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Look every few seconds until `stop` is set; what runs is finished by whoever looks next."""
        try:
            while not stop.is_set():
                began = time.monotonic()
                more = False
                try:
                    more = self._look(clock)
                except StoreError as problem:
                    # The database is away or busy: what is due waits for the next look.
                    defects.record(self.home, problem, clock())
                except Exception as defect:  # noqa: BLE001 - a worker that ends sends nothing more; it begins afresh
                    defects.record(self.home, defect, clock())
                    self._rest()
                stop.wait(SHORT_SECONDS if more else max(SHORT_SECONDS, TICK_SECONDS - (time.monotonic() - began)))
        finally:
            self._rest()
            self._leave(clock)

    def _look(self, clock: Callable[[], datetime]) -> bool:
        """Settle what is due and see to it that it is carried out; True when there is more than one look takes."""
        if self.store.is_empty():
            return False
        now = clock()
        self._beat(now)
        due = self.store.due_automations(now, most=MOST_A_LOOK)
        for automation_id in due:
            self.firing.settle(automation_id, now)
        return self._carry_out(clock) or len(due) == MOST_A_LOOK

    def _carry_out(self, clock: Callable[[], datetime]) -> bool:
        """Hand what is open to the engine, which runs only while there is something to do: idle it would still poll."""
        runs = self.store.open_runs()
        if runs:
            self._busy_at = time.monotonic()
            if self._engine is None:
                # It takes more than a second to import, which a command that runs once should not wait for.
                from assistant import durable

                self._engine = durable.opened(self.firing, self.name, clock, home=self.home, url=self.url)
            if self._is_stuck():
                self._by_hand(runs, clock)
                return False
            return self._engine.carry_out(runs, self._is_gone)
        self._waiting = (0, time.monotonic())
        if self._engine is not None and time.monotonic() - self._busy_at > REST_AFTER_SECONDS:
            # The engine stamps its notes by the machine's clock, whatever clock the rules go by.
            self._engine.tidy(datetime.now(UTC))
            self._rest()
        return False

    def _is_stuck(self) -> bool:
        """Whether nothing of what waits was carried out for a while, by this worker or any other."""
        waiting, moment = self.store.waiting_count(), time.monotonic()
        if waiting != self._waiting[0]:
            self._waiting = (waiting, moment)
        return moment - self._waiting[1] > STUCK_SECONDS

    def _by_hand(self, runs: Sequence[OpenRun], clock: Callable[[], datetime]) -> None:
        """Do what the engine does not; should it do it after all, nothing is done twice."""
        for run in runs:
            for recipient_id in self.store.waiting_in(run.id):
                self.firing.deliver(recipient_id, clock())
            for change_id in self.store.waiting_changes(run.id):
                self.firing.act(change_id, clock())

    def _rest(self) -> None:
        if self._engine is not None:
            self._engine.end()
            self._engine = None

    def _beat(self, now: datetime) -> None:
        moment = time.monotonic()
        if moment - self._last_beat < BEAT_SECONDS:
            return
        patiently(lambda: self.store.beat(self.name, now))
        self._last_beat = moment
        self._listen()

    def _listen(self) -> None:
        """Note whose beats have gone on since the last time."""
        moment, known = time.monotonic(), self._beats
        self._beats = {
            name: known[name] if name in known and known[name][0] == count else (count, moment)
            for name, count in self.store.worker_beats().items()
        }

    def _is_gone(self, name: str) -> bool:
        """Whether that worker has ended: its process is no more, or its beats have stopped for a while."""
        if name not in self._beats:
            # It may have begun a moment ago.
            self._listen()
        if name not in self._beats:
            return True
        host, _, rest = name.partition("/")
        if host == socket.gethostname():
            # Here it can be seen; a worker that waits long for the database is not gone.
            return not _runs(int(rest.partition("/")[0]))
        return time.monotonic() - self._beats[name][1] > GONE_SECONDS

    def _leave(self, clock: Callable[[], datetime]) -> None:
        try:
            self.store.forget_worker(self.name)
        except StoreError as problem:
            defects.record(self.home, problem, clock())


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
