"""What must hold when workers are killed and databases are busy, full or read-only: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from assistant.worker import Worker
from okr.automations import Action, Audience, Rule
from okr.errors import StoreError, StoreFullError
from okr.models import people
from okr.rule_tables import automation_changes, automation_recipients, automation_runs, messages
from okr.schedule import Schedule
from okr.store import Store, engine, open_store
from tests.assistant.killed import POINTS

ADMIN = "irena.maj@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
DUE = NOW + timedelta(hours=1, seconds=10)
KILLED = Path(__file__).with_name("killed.py")
EVERYTHING = (
    Action("remind"),
    Action("set_task_status", status="in_review"),
    Action("post_comment", message="How far?"),
)


def daily(audience: Audience, *actions: Action) -> Rule:
    schedule = Schedule("FREQ=DAILY;BYHOUR=10;BYMINUTE=0", datetime(2026, 11, 23, 10), WARSAW)
    return Rule(
        "…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=audience, actions=actions or (Action("remind"),)
    )


def active(store: Store, rule: Rule) -> str:
    admin = store.actor(ADMIN)
    return store.confirm_automation(admin, store.propose_automation(admin, rule, NOW).key, NOW).key


def once_each(store: Store, runs: int) -> None:
    """Every run is done, and whoever stands in it has exactly the message that it names."""
    to, run, did = automation_recipients.c, automation_runs.c, automation_changes.c
    with store.database.read() as connection:
        assert Counter(connection.execute(sa.select(run.state)).scalars()) == {"done": runs}
        assert set(connection.execute(sa.select(to.state)).scalars()) <= {"delivered"}
        assert set(connection.execute(sa.select(did.state)).scalars()) <= {"done", "skipped"}
        named = sorted(connection.execute(sa.select(to.message)).scalars())
        sent = sorted(connection.execute(sa.select(messages.c.key)).scalars())
        posted = [key for key in connection.execute(sa.select(did.comment)).scalars() if key]
        kept = connection.execute(sa.text("SELECT count(*) FROM comment")).scalar()
    assert named == sent
    assert len(set(posted)) == len(posted) == kept
    assert store.audit_is_whole()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_a_named_point_loses_and_doubles_nothing(sample_home: Path, point: str) -> None:
    store = open_store(sample_home)
    rules = [active(store, daily(Audience("team", "sales"), *EVERYTHING)) for _ in range(3)]
    command = [sys.executable, str(KILLED), point, "2", "--home", str(sample_home)]
    killed = subprocess.run([*command, "worker", "--once", "--at", DUE.isoformat()], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    Worker(store, sample_home).once(DUE + timedelta(minutes=1))
    once_each(store, len(rules))
    store.close()


def working(home: Path, url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "--home", str(home), "worker", "--at", DUE.isoformat()],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "OKR_DATABASE_URL": url},
    )


def delivered(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(messages)).scalar_one()


def unfinished(store: Store, firings: int) -> bool:
    with store.database.read() as connection:
        done = sa.select(sa.func.count()).where(automation_runs.c.state == "done")
        return connection.execute(done).scalar_one() < firings


def survive(store: Store, home: Path, url: str, *, firings: int, kills: int, seed: int) -> None:
    """Let two workers run that many rules while one of them is killed, again and again, in the middle of its work."""
    chance = random.Random(seed)
    with store.database.read() as connection:
        found = sa.select(people.c.email).where(people.c.active, people.c.email != ADMIN).order_by(people.c.id)
        emails = list(connection.execute(found).scalars())
    for _ in range(firings):
        active(store, daily(Audience("person", people=tuple(sorted(chance.sample(emails, 5))))))
    in_all = firings * 5
    workers = [working(home, url) for _ in range(2)]
    try:
        for kill in range(kills):
            goal = in_all * (kill + 1) // (kills + 2) + chance.randint(0, 9)
            while delivered(store) < goal:
                for number, one in enumerate(workers):
                    if one.poll() is not None:
                        raise AssertionError((number, one.communicate()))
                time.sleep(0.02)
            struck = chance.randrange(2)
            workers[struck].kill()
            workers[struck].wait()
            workers[struck] = working(home, url)
        while unfinished(store, firings):
            time.sleep(0.2)
    finally:
        for one in workers:
            one.terminate()
    for one in workers:
        # One that has just begun may not have learnt yet to end in good order.
        assert one.wait(timeout=120) in (0, -signal.SIGTERM)
    assert delivered(store) == in_all
    once_each(store, firings)


@pytest.mark.slow
def test_two_workers_on_postgresql_survive_kills(
    postgres_server: sa.Engine, sampled_postgres: str, tmp_path: Path
) -> None:
    with postgres_copy(postgres_server, sampled_postgres) as url:
        store = open_store(tmp_path, url)
        survive(store, tmp_path, url, firings=30, kills=3, seed=11)
        store.close()


@pytest.mark.soak
def test_twenty_kills_in_five_hundred_firings(
    postgres_server: sa.Engine, sampled_postgres: str, tmp_path: Path
) -> None:
    with postgres_copy(postgres_server, sampled_postgres) as url:
        store = open_store(tmp_path, url)
        survive(store, tmp_path, url, firings=500, kills=20, seed=12)
        store.close()


@contextmanager
def postgres_copy(server: sa.Engine, template: str) -> Iterator[str]:
    """A database of the test's own with the sample company in it."""
    name = f"w_{os.getpid()}_{random.SystemRandom().randrange(10**9)}"
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


# -- the database in every bad state ---------------------------------------------------------------


def test_a_busy_database_is_waited_for_and_nothing_is_lost(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(sample_home)
    active(store, daily(Audience("team", "sales")))
    store.close()
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    store = open_store(sample_home)
    with closing(sqlite3.connect(sample_home / engine.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy"):
            Worker(store, sample_home).once(DUE)
        assert store.inbox(store.actor(ADMIN)) == []
        other.execute("ROLLBACK")
    Worker(store, sample_home).once(DUE)
    once_each(store, 1)
    store.close()


def test_a_full_database_says_so_and_the_rest_is_delivered_when_there_is_room(sample_home: Path) -> None:
    store = open_store(sample_home)
    rules = [active(store, daily(Audience("okr_owners"), Action("remind", "x" * 900))) for _ in range(2)]
    full = True

    @event.listens_for(store.database.engine, "begin")
    def _room(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() if full else 1_000_000
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with pytest.raises(StoreFullError):
        Worker(store, sample_home).once(DUE)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    full = False
    Worker(store, sample_home).once(DUE)
    once_each(store, len(rules))
    store.close()


def test_a_database_that_may_only_be_read_says_so(sample_home: Path) -> None:
    store = open_store(sample_home)
    active(store, daily(Audience("me")))

    @event.listens_for(store.database.engine, "begin")
    def _closed(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only=ON")

    with pytest.raises(StoreError, match="cannot be written"):
        Worker(store, sample_home).once(DUE)
    assert store.inbox(store.actor(ADMIN)) == []
    event.remove(store.database.engine, "begin", _closed)
    store.close()
    store = open_store(sample_home)
    Worker(store, sample_home).once(DUE)
    once_each(store, 1)
    store.close()
