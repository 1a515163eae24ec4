"""The worker: what is due is settled and delivered, by any number of workers at once.

Each rule is settled in one transaction and each message delivered in one, under unique keys. A worker that
is killed at any point leaves either nothing or something that the next one finishes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant import defects, delivery
from okr.errors import OkrError, StoreBusyError, StoreError
from okr.store import Store

TICK_SECONDS = 5.0
BUSY_TRIES = 20


@dataclass
class Worked:
    """What one pass did: rules looked at, messages delivered, people skipped, failures."""

    rules: int = 0
    delivered: int = 0
    skipped: int = 0
    failed: int = 0


class Worker:
    """Runs the rules of one store."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self.home = home

    def once(self, now: datetime, *, all_conditions: bool = True) -> Worked:
        """Run everything due up to the moment, then finish what other workers left."""
        worked = Worked()
        if self.store.is_empty():
            return worked
        patiently(lambda: self.store.note_worker(now))
        for automation_id in self.store.due_automations(now, all_conditions=all_conditions):
            worked.rules += 1
            self._settle(automation_id, now, worked)
        for recipient_id in self.store.waiting_recipients():
            self._deliver(recipient_id, now, worked)
        return worked

    def forever(self, clock: Callable[[], datetime]) -> None:
        """Look every few seconds until the process is ended."""
        while True:
            began = time.monotonic()
            try:
                self.once(clock(), all_conditions=False)
            except StoreError as problem:
                # The database is away or busy: what is due waits for the next look.
                defects.record(self.home, problem, clock())
            time.sleep(max(0.5, TICK_SECONDS - (time.monotonic() - began)))

    def _settle(self, automation_id: int, now: datetime, worked: Worked) -> None:
        try:
            patiently(lambda: self.store.settle_automation(automation_id, now, delivery.notice))
        except StoreError:
            raise
        except OkrError as problem:
            self._failed(automation_id, now, problem.sentence, worked)
        except Exception as defect:  # noqa: BLE001 - one broken rule must not stop the others
            reference = defects.record(self.home, defect, now)
            self._failed(automation_id, now, f"a defect, kept under {reference}", worked)

    def _failed(self, automation_id: int, now: datetime, reason: str, worked: Worked) -> None:
        worked.failed += 1
        patiently(lambda: self.store.note_failed_run(automation_id, now, reason, delivery.notice))

    def _deliver(self, recipient_id: int, now: datetime, worked: Worked) -> None:
        try:
            due = self.store.addressed(recipient_id, now)
            if due is None:
                return
            letter = None if due.skip else delivery.letter(self.store, due, now)
            patiently(lambda: self.store.deliver(due, letter, now))
        except StoreError:
            raise
        except Exception as defect:  # noqa: BLE001 - one message that cannot be made must not stop the others
            reference = defects.record(self.home, defect, now)
            patiently(lambda: self.store.fail_delivery(recipient_id, f"a defect, kept under {reference}"))
            worked.failed += 1
            return
        if letter is None:
            worked.skipped += 1
        else:
            worked.delivered += 1


def patiently(act: Callable[[], None]) -> None:
    """Do it, trying again while another writer holds the database."""
    for attempt in range(BUSY_TRIES):
        try:
            act()
        except StoreBusyError:
            if attempt == BUSY_TRIES - 1:
                raise
            time.sleep(0.05 * (attempt + 1))
        else:
            return
