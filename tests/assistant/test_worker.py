"""The worker that goes on: durable workflows, killed and taken over, on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from okr.automations import Action, Audience, Rule
from okr.schedule import Schedule
from okr.store import Store, open_store

ADMIN = "irena.maj@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
FRIDAY = NOW + timedelta(days=4, hours=7)


def active(store: Store, *, hour: int = 16, audience: str = "okr_owners", actions: tuple[Action, ...] = ()) -> str:
    schedule = Schedule(f"FREQ=WEEKLY;BYDAY=FR;BYHOUR={hour};BYMINUTE=0", datetime(2026, 11, 27, hour), WARSAW)
    rule = Rule(
        "…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=Audience(audience),
        actions=actions or (Action("remind"),),
    )  # fmt: skip
    actor = store.actor(ADMIN)
    return store.confirm_automation(actor, store.propose_automation(actor, rule, NOW).key, NOW).key


def start(home: Path, at: datetime | None, *arguments: str) -> subprocess.Popen[bytes]:
    clock = [] if at is None else ["--at", at.isoformat()]
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "--home", str(home), "worker", *clock, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(os.environ),
    )


def until(happens: Callable[[], bool], working: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until it is so; a worker that ends before is told with what it said."""
    for _ in range(1200):
        if happens():
            return
        if working is not None and working.poll() is not None:
            raise AssertionError(working.communicate())
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def ended(working: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    _, complained = working.communicate(timeout=120)
    return working.returncode, complained


def test_a_worker_that_goes_on_delivers_once_and_ends_in_good_order(sample_home: Path) -> None:
    store = open_store(sample_home)
    key = active(store, actions=(Action("remind"), Action("post_comment", message="How far?")))
    working = start(sample_home, FRIDAY - timedelta(seconds=1))
    until(lambda: [run.state for run in store.automation_runs(store.actor(ADMIN), key)] == ["done"], working)
    assert store.worker_seen() is not None
    working.send_signal(signal.SIGTERM)
    assert ended(working) == (0, b"")
    assert store.worker_beats() == {}
    (run,) = store.automation_runs(store.actor(ADMIN), key)
    assert {to.state for to in run.recipients} | {did.state for did in run.changes} == {"delivered", "done"}
    for to in run.recipients:
        assert [one.key for one in store.inbox(store.actor(to.person))] == [to.message]
    store.close()


def test_a_worker_started_by_another_program_ends_with_it(sample_home: Path) -> None:
    working = start(sample_home, None, "--while-open")
    store = open_store(sample_home)
    until(lambda: store.worker_beats() != {}, working)
    store.close()
    assert ended(working) == (0, b"")


def test_what_a_killed_worker_left_is_taken_over(sample_home: Path) -> None:
    store = open_store(sample_home)
    key = active(store)
    admin = store.actor(ADMIN)
    first = start(sample_home, FRIDAY)
    until(lambda: bool(store.automation_runs(admin, key)), first)
    first.kill()
    first.wait()
    second = start(sample_home, FRIDAY + timedelta(seconds=30))
    until(lambda: [run.state for run in store.automation_runs(admin, key)] == ["done"], second)
    second.send_signal(signal.SIGTERM)
    assert ended(second) == (0, b"")
    (run,) = store.automation_runs(admin, key)
    for to in run.recipients:
        assert [one.key for one in store.inbox(store.actor(to.person))] == [to.message]
    store.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_damaged_file_of_workflows_is_made_anew(sample_home: Path, content: bytes) -> None:
    (sample_home / "worker.db").write_bytes(content)
    store = open_store(sample_home)
    key = active(store)
    working = start(sample_home, FRIDAY)
    until(lambda: [run.state for run in store.automation_runs(store.actor(ADMIN), key)] == ["done"], working)
    working.send_signal(signal.SIGTERM)
    assert ended(working) == (0, b"")
    store.close()
