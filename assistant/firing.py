"""The single steps of running rules: settle one, deliver to one person, act on one record. Each may be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from assistant import defects, delivery
from okr.errors import OkrError, StoreBusyError, StoreError
from okr.store import Store
from okr.store.firing import Addressed

BUSY_TRIES = 20
# Figures that were read for one recipient of a run are told to the others so long.
STAYS_TRUE = timedelta(seconds=30)
T = TypeVar("T")


@dataclass
class Worked:
    """What one pass did: rules looked at, messages delivered, people and records skipped, changes made, failures."""

    rules: int = 0
    delivered: int = 0
    skipped: int = 0
    failed: int = 0
    changed: int = 0

    def count(self, outcome: str | None) -> None:
        """Add what became of one step; None when another worker had done it."""
        match outcome:
            case "delivered":
                self.delivered += 1
            case "skipped":
                self.skipped += 1
            case "failed":
                self.failed += 1
            case "done":
                self.changed += 1


class Firing:
    """What is done with the rules of one store; `StoreError` when the database is away, to be tried again."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self.home = home
        self._known: tuple[int, datetime, delivery.Figures] | None = None

    def settle(self, automation_id: int, now: datetime) -> bool:
        """Open the runs of a rule that have come; False when the rule could not be run, which is then recorded."""
        try:
            patiently(lambda: self.store.settle_automation(automation_id, now, delivery.notice))
        except StoreError:
            raise
        except OkrError as problem:
            reason = problem.sentence
        except Exception as defect:  # noqa: BLE001 - one broken rule must not stop the others
            reason = self._defect(defect, now)
        else:
            return True
        patiently(lambda: self.store.note_failed_run(automation_id, now, reason, delivery.notice))
        return False

    def deliver(self, recipient_id: int, now: datetime) -> str | None:
        """Give one person their message: delivered, skipped or failed; None when it was done before."""
        try:
            due = self.store.addressed(recipient_id, now)
            if due is None:
                return None
            letter = None if due.skip else delivery.letter(self.store, due, now, self._figures(due, now))
            patiently(lambda: self.store.deliver(due, letter, now))
        except StoreError:
            raise
        except Exception as defect:  # noqa: BLE001 - one message that cannot be made must not stop the others
            reason = self._defect(defect, now)
            patiently(lambda: self.store.fail_delivery(recipient_id, reason))
            patiently(lambda: self.store.pause_failing(now, delivery.notice))
            return "failed"
        return "skipped" if letter is None else "delivered"

    def act(self, change_id: int, now: datetime) -> str | None:
        """Comment on one record or change it: done, skipped or failed; None when it was done before."""
        try:
            return patiently(lambda: self.store.apply_change(change_id, delivery.comment, now))
        except StoreError:
            raise
        except Exception as defect:  # noqa: BLE001 - one record that cannot be changed must not stop the others
            reason = self._defect(defect, now)
            patiently(lambda: self.store.fail_change(change_id, reason))
            patiently(lambda: self.store.pause_failing(now, delivery.notice))
            return "failed"

    def _figures(self, due: Addressed, now: datetime) -> delivery.Figures:
        """What the messages of a run tell of key results, read anew after a while."""
        known = self._known
        if known is None or known[0] != due.run_id or not timedelta() <= now - known[1] <= STAYS_TRUE:
            known = self._known = (due.run_id, now, delivery.figures(self.store, due, now))
        return known[2]

    def _defect(self, defect: Exception, now: datetime) -> str:
        return f"a defect, kept under {defects.record(self.home, defect, now)}"


def patiently(act: Callable[[], T]) -> T:
    """What it returns, trying again while another writer holds the database."""
    for attempt in range(BUSY_TRIES - 1):
        try:
            return act()
        except StoreBusyError:
            time.sleep(0.05 * (attempt + 1))
    return act()
