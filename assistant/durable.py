"""Runs of rules as durable workflows: one each, one step for every recipient and record, taken up again after a kill.

The store decides what is due and holds what was done, under unique keys; this only carries it out. So a step
that runs twice changes nothing, and the file of the workflows may be lost without losing a reminder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
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
AT_ONCE = 4
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
            "max_executor_threads": AT_ONCE,
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

    def carry_out(self, runs: Iterable[OpenRun], is_gone: Callable[[str], bool]) -> None:
        """See to it that each open run has a workflow that somebody executes; repeating this changes nothing.

        `is_gone` says of another worker whether it has ended, so that what it left is taken over.
        """
        wanted = {run.name: run for run in runs}
        if not wanted:
            return
        known = {
            one.workflow_id: one
            for one in DBOS.list_workflows(workflow_ids=list(wanted), load_input=False, load_output=False)
        }
        for name, run in wanted.items():
            there = known.get(name)
            if there is None:
                self._start(run)
            elif there.status not in WAITS:
                # It ended, and yet something waits: it gave up while the database was away.
                DBOS.delete_workflow(name)
                self._start(run)
            elif there.status == "PENDING" and there.executor_id != self.name and is_gone(there.executor_id or ""):
                DBOS.resume_workflow(name)

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

    def _start(self, run: OpenRun) -> None:
        with SetWorkflowID(run.name):
            DBOS.start_workflow(self._carry_out, run.id)


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
