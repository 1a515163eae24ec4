"""Runs of rules as durable workflows: one each, one step for every recipient and record, taken up again after a kill.

The store decides what is due and holds what was done, under unique keys; this only carries it out. So a step
that runs twice changes nothing, and the file of the workflows may be lost without losing a reminder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID, StepOptions

from assistant import defects
from assistant.firing import Firing
from okr.errors import StoreError
from okr.store.firing import OpenRun

FILE_NAME = "worker.db"
# Workflows of one version of the program are taken up by the next, so the version is fixed.
VERSION = "1"
AT_ONCE = 8
# More than are ever at once: a workflow that another worker took over holds its thread until that one is done.
THREADS = 64
MOST_LOOKED_AT = 400
KEPT = timedelta(days=1)
WAITS = ("PENDING", "ENQUEUED", "DELAYED")


class Durable:
    """The workflows of this process; there is one of it at a time."""

    def __init__(
        self, firing: Firing, name: str, clock: Callable[[], datetime], *, home: Path, url: str | None = None
    ) -> None:
        self.name = name
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        address = f"sqlite:///{home.absolute() / FILE_NAME}" if url is None else _address(url)
        config: DBOSConfig = {
            "name": "okr-worker",
            "system_database_url": address,
            "application_version": VERSION,
            "executor_id": name,
            "log_level": "CRITICAL",
            "max_executor_threads": THREADS,
            "notification_listener_polling_interval_sec": 5.0,
            "scheduler_polling_interval_sec": 600.0,
        }
        DBOS(config=config)

        def deliver(recipient_id: int) -> str | None:
            return firing.deliver(recipient_id, clock())

        def act(change_id: int) -> str | None:
            return firing.act(change_id, clock())

        @DBOS.workflow(name="run_of_a_rule", max_recovery_attempts=None)
        def carry_out(run_id: int) -> None:
            for recipient_id in DBOS.run_step(_step("recipients"), firing.store.waiting_in, run_id):
                DBOS.run_step(_step(f"recipient:{recipient_id}"), deliver, recipient_id)
            for change_id in DBOS.run_step(_step("records"), firing.store.waiting_changes, run_id):
                DBOS.run_step(_step(f"record:{change_id}"), act, change_id)

        self._carry_out = carry_out
        DBOS.launch()

    def carry_out(self, runs: Sequence[OpenRun], is_gone: Callable[[str], bool]) -> bool:
        """See to it that open runs have a workflow that somebody executes; repeating this changes nothing.

        This process takes so many at once, so that others share the work; True when more are left than it took.
        `is_gone` says of another worker whether it has ended, so that what it left is taken over.
        """
        names = [run.name for run in runs[:MOST_LOOKED_AT]]
        known = {
            one.workflow_id: one for one in DBOS.list_workflows(workflow_ids=names, load_input=False, load_output=False)
        }
        at_work = {one.executor_id or "" for one in known.values() if one.status == "PENDING"}
        if left := [other for other in sorted(at_work) if other != self.name and is_gone(other)]:
            # Only what is still theirs is taken, so that two who notice at once do not take it from each other.
            DBOS._recover_pending_workflows(left)
        mine = sum(one.status in WAITS and one.executor_id in (self.name, None) for one in known.values())
        waiting = [run for run in runs[:MOST_LOOKED_AT] if run.name not in known or known[run.name].status not in WAITS]
        for run in waiting[: max(0, AT_ONCE - mine)]:
            if run.name in known:
                # It ended, and yet something waits: it gave up while the database was away.
                DBOS.delete_workflow(run.name)
            with SetWorkflowID(run.name):
                DBOS.start_workflow(self._carry_out, run.id)
        return len(waiting) > AT_ONCE - mine or len(runs) > MOST_LOOKED_AT

    def end(self) -> None:
        """Let what runs come to the end of its step, and close."""
        DBOS.destroy(workflow_completion_timeout_sec=3, destroy_registry=True)

    def tidy(self, today: datetime) -> None:
        """Forget workflows that began a day ago or earlier and have ended; what they did stands in the store."""
        before = (today - KEPT).isoformat()
        ended = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], end_time=before, limit=1000, load_input=False, load_output=False
        )
        if ended:
            DBOS.delete_workflows([one.workflow_id for one in ended])


def _step(name: str) -> StepOptions:
    # Half an hour in all, in which a database that was away comes back; the next look takes it up after that.
    return {
        "name": name,
        "retries_allowed": True,
        "interval_seconds": 1.0,
        "backoff_rate": 2.0,
        "max_attempts": 11,
        "should_retry": lambda problem: isinstance(problem, StoreError),
    }


def _address(url: str) -> str:
    parsed = sa.make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def opened(firing: Firing, name: str, clock: Callable[[], datetime], *, home: Path, url: str | None = None) -> Durable:
    """The engine, ready; an embedded file that cannot be read is made anew. `StoreError` when it cannot be used."""
    try:
        return Durable(firing, name, clock, home=home, url=url)
    except Exception as first:
        DBOS.destroy(destroy_registry=True)
        defects.record(home, first, clock())
        if url is not None:
            raise StoreError("The worker's tables cannot be used.", "Check OKR_DATABASE_URL and its rights.") from first
        _forget(home)
    try:
        return Durable(firing, name, clock, home=home, url=url)
    except Exception as second:
        DBOS.destroy(destroy_registry=True)
        raise StoreError(f"The file {FILE_NAME} cannot be used.", "Check the rights of the home folder.") from second


def _forget(home: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            (home / f"{FILE_NAME}{ending}").unlink()
