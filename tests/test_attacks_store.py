"""A store that is busy, full, read-only, newer or damaged, and who may write to a sound one."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from assistant.cli import main
from assistant.conversation import Conversation
from assistant.settings import Settings
from okr import models
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.store import Store, engine, open_store

ROOT = Path(__file__).parents[1]
READER = "noor.haddad@lumen.example"
OTHER = "ana.nowak@lumen.example"
ADMIN = "irena.maj@lumen.example"
AT = "2026-11-23T09:00:00+01:00"
QUESTION = "Who leads Sales?"


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("OKR_", "OPENAI_")) and name != "OKR_TEST_POSTGRES"]:
        monkeypatch.delenv(name)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    printed, complained = capfd.readouterr()
    assert "Traceback" not in printed + complained
    assert "our side" not in printed + complained
    return status, printed, complained


def ask(capfd: pytest.CaptureFixture[str], home: Path, who: str = READER) -> tuple[int, str, str]:
    return run(capfd, "--home", str(home), "ask", QUESTION, "--as", who, "--at", AT)


# ── the database in every bad state ────────────────────────────────────────────────────────────


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Another program in the middle of a write."""
    other = sqlite3.connect(home / engine.FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_while_another_writes_questions_are_answered_and_writes_refused_in_words(
    capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    file = tmp_path / "out.json"
    assert run(capfd, "--home", str(sample_home), "export", str(file))[0] == 0
    document = json.loads(file.read_text())
    document["company"]["name"] = "Renamed"
    file.write_text(json.dumps(document))
    with held(sample_home):
        assert ask(capfd, sample_home)[0] == 0
        status, _, complained = run(capfd, "--home", str(sample_home), "import", str(file))
        assert (status, "busy" in complained) == (1, True)
    assert run(capfd, "--home", str(sample_home), "import", str(file))[0] == 0


def test_a_conversation_goes_on_while_nothing_can_be_kept(
    sample_home: Path, sample_now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    store = open_store(sample_home)
    talk = Conversation(store, store.actor(READER), Settings(home=sample_home), clock=lambda: sample_now)
    with held(sample_home):
        assert talk.answer(QUESTION)["kind"] == "answer"
        assert talk.id is None
    assert talk.answer(QUESTION)["kind"] == "answer"
    assert talk.id is not None
    store.close()


def test_a_full_database_answers_and_says_that_it_is_full(sample_home: Path, sample_now: datetime) -> None:
    store = open_store(sample_home)

    @event.listens_for(store.database.engine, "begin")
    def _no_room(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    talk = Conversation(store, store.actor(READER), Settings(home=sample_home), clock=lambda: sample_now)
    said = [type(each).__name__ for each in talk.ask("What is new this week? " + "a" * 15_000)]
    assert said[-1] == "Done"
    reader, refused = store.actor(READER), ""
    for _ in range(200):
        try:
            store.begin_turn(reader, None, "b" * 20_000, sample_now)
        except OkrError as problem:
            refused = str(problem)
    assert "full" in refused
    assert talk.answer(QUESTION)["kind"] == "answer"
    with store.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()


def test_a_store_of_a_newer_version_is_left_as_it_is(capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    file = sample_home / engine.FILE_NAME
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = file.read_bytes()
    for arguments in (["ask", QUESTION, "--as", READER], ["demo"], ["export", str(sample_home.parent / "x.json")]):
        status, printed, complained = run(capfd, "--home", str(sample_home), *arguments)
        assert (status, printed) == (1, "")
        assert "newer version" in complained
    assert file.read_bytes() == before


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _scribbled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for start in range(4096, len(content), 8192):
        content[start : start + 4096] = b"\xa5" * 4096
    file.write_bytes(content)


def _other_program(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE people (x)")
    connection.close()


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "damage",
    [_cut, _scribbled, _other_program, _folder, lambda file: file.write_bytes(b"SQLite format 3\0" + b"x" * 90)],
)
def test_a_damaged_store_is_told_and_never_overwritten(
    capfd: pytest.CaptureFixture[str], sample_home: Path, damage: Callable[[Path], object]
) -> None:
    file = sample_home / engine.FILE_NAME
    for beside in sample_home.glob("okr.db-*"):
        beside.unlink()
    damage(file)
    kept = file.read_bytes() if file.is_file() else b""
    status, printed, complained = ask(capfd, sample_home)
    assert (status, printed) == (1, "")
    assert complained.startswith("okr: ")
    assert run(capfd, "--home", str(sample_home), "doctor")[0] == 1
    if kept:
        assert len(file.read_bytes()) >= len(kept)


# ── several at once, and stopped half way ──────────────────────────────────────────────────────


def test_two_that_begin_at_once_make_one_company(home: Path) -> None:
    command = [sys.executable, "-m", "assistant.cli", "--home", str(home), "demo", "--if-empty", "--at", AT]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(2)]
    said = [process.communicate(timeout=90) for process in both]
    assert [process.returncode for process in both] in ([0, 0], [0, 1], [1, 0])
    assert all(b"Traceback" not in error and b"our side" not in error for _, error in said)
    store = open_store(home)
    assert store.sizes()["people"] == 45
    assert store.audit_is_whole()
    store.close()


def test_stopped_from_the_keyboard_it_ends_with_a_word(sample_home: Path) -> None:
    command = [sys.executable, "-m", "assistant.cli", "--home", str(sample_home), "ask", "--batch", "-", "--json"]
    line = json.dumps({"id": "1", "question": QUESTION, "as": READER, "at": AT}) + "\n"
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # Where the tests run in the background the keyboard's signal is ignored, and a child would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(line.encode())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["kind"] == "answer"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == b"okr: stopped.\n"


def test_many_questions_at_once_keep_every_turn(sample_store: Store, sample_home: Path, sample_now: datetime) -> None:
    def talk(number: int) -> str:
        asker = sample_store.actor((READER, OTHER)[number % 2])
        found = Conversation(sample_store, asker, Settings(home=sample_home), clock=lambda: sample_now)
        return str(found.answer(QUESTION)["kind"])

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(talk, range(24))) == {"answer"}
    kept = [one for who in (READER, OTHER) for one in sample_store.conversations(sample_store.actor(who))]
    assert len(kept) == 24
    assert all(sample_store.turns(sample_store.actor(READER), one.id)[0].state == "done" for one in kept[:12])


# ── who may write ──────────────────────────────────────────────────────────────────────────────

# Every command of the store that writes, and the tables that it may touch. None is a table of facts:
# a reader changes nothing but their own conversations, their account and what is made anew from facts.
OWN = {"conversations", "turns", "audits"}
ACCOUNT = {"spent_tokens"}
INDEX = {"notes", "note_places"}
RULES = {"automations", "automation_pauses", "automation_met", "automation_runs", "automation_recipients", "messages",
         "automation_changes", "automation_versions", "audits"}  # fmt: skip
RECEIVED = {"messages", "automations", "rules_turned_off", "preferences", "dispatches", "audits"}
KEPT = {"facts", "changes", "audits"}
PROPOSED = {"proposals", "audits"}
DRAFTED = {"check_in_drafts"}
FORMS = {"form_drafts"}
BOARDS = {"boards", "audits"}
AT_HAND = {"at_hand"}
UPDATES = {"updates", "update_versions", "update_recipients", "messages", "audits"}
WRITES: dict[str, set[str]] = {
    "begin_turn": OWN,
    "finish_turn": OWN,
    "rate_turn": OWN,
    "forget_conversation": OWN,
    "reserve_tokens": ACCOUNT,
    "settle_tokens": ACCOUNT,
    "note_unknown_tool": {"audits"},
    "notes_index": INDEX,
    "rebuild_notes": INDEX,
    # A rule and what it sends; who may set one for whom is held by tests/okr/store/test_automations.py.
    **dict.fromkeys(
        (
            "check_automation",
            "propose_automation",
            "confirm_automation",
            "pause_automation",
            "resume_automation",
            "remove_automation",
            "edit_automation",
            "settle_automation",
            "note_failed_run",
            "deliver",
            "fail_delivery",
            "mark_read",
            "fail_change",
            "pause_failing",
        ),
        RULES,
    ),
    # Whoever sees a record comments on it, and what a rule does is its owner's: tests/okr/store/test_threads.py.
    **{key: {"comments", "audits"} for key in ("post_comment", "edit_comment", "remove_comment")},
    "apply_change": RULES | {"tasks", "changes", "comments"},
    **{key: {"marks", "workers"} for key in ("note_worker", "beat", "forget_worker")},
    # One's own messages and wishes, held by tests/okr/store/test_receiving.py.
    **dict.fromkeys(("mark_all_read", "snooze", "acknowledge"), RECEIVED),
    **dict.fromkeys(("turn_off", "turn_on", "require_rule"), RECEIVED),
    **dict.fromkeys(("set_preferences", "feed_secret"), RECEIVED),
    **dict.fromkeys(("route_messages", "claim_bundle", "settle_bundle", "hold_channel"), RECEIVED),
    # Records that people keep; who may change which is held by tests/okr/store/test_keeping.py and its neighbours.
    **dict.fromkeys(
        (
            "create",
            "change",
            "remove",
            "hand_over",
            "check_in",
            "correct_check_in",
            "withdraw_check_in",
            "record_point",
            "confirm_proposal",
            "score",
            "decide",
            "close_cycle",
            # tests/okr/store/test_forms.py
            "create_together",
            "check_in_with_steps",
            "leave",
        ),
        KEPT,
    ),
    **dict.fromkeys(("note_opened", "pin", "unpin"), AT_HAND),
    **dict.fromkeys(("propose", "discard_proposal"), PROPOSED),
    **dict.fromkeys(("keep_draft", "drop_draft"), DRAFTED),
    **dict.fromkeys(("keep_form", "drop_form"), FORMS),
    **dict.fromkeys(("keep_board", "change_board", "drop_board", "begin_with_board"), BOARDS),
    # One's own updates; who sees which is held by tests/okr/store/test_updates.py.
    **dict.fromkeys(("save_update", "change_update", "approve_update", "send_update"), UPDATES),
}
FACTS = [
    models.companies, models.teams, models.people, models.cycles, models.objectives, models.key_results,
    models.check_ins, models.kpis, models.kpi_points, models.tasks, models.lessons, models.milestones,
]  # fmt: skip


def _commands_that_write() -> set[str]:
    """The public commands of the store in whose code, or in a function of its module that they call, a write begins."""
    found: set[str] = set()
    for file in (ROOT / "okr" / "store").glob("*.py"):
        if file.name in ("engine.py", "committing.py"):
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

        def begins(name: str, seen: frozenset[str] = frozenset(), among: Any = functions) -> bool:
            if name in seen or name not in among:
                return False
            called = [node.func for node in ast.walk(among[name]) if isinstance(node, ast.Call)]
            names = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in called}
            return bool({"write", "audited"} & names) or any(begins(other, seen | {name}, among) for other in names)

        found |= {name for name in functions if hasattr(Store, name) and not name.startswith("_") and begins(name)}
    return found


def test_every_command_that_writes_is_known() -> None:
    assert _commands_that_write() == set(WRITES)


def _facts(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.database.read() as connection:
        return {table.name: [tuple(row) for row in connection.execute(sa.select(table))] for table in FACTS}


@contextmanager
def written(store: Store) -> Iterator[list[str]]:
    """The statements that change something, as they are sent."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().split(None, 1)[0].upper() not in {"SELECT", "WITH", "BEGIN", "PRAGMA", "SET", "SHOW"}:
            found.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(store.database.engine, "before_cursor_execute", note)


def test_a_reader_reaches_no_write_of_facts(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    reader, other = store.actor(READER), store.actor(OTHER)
    theirs, their_turn = store.begin_turn(other, None, "mine", sample_now)
    before = _facts(store)
    done: dict[str, Any] = {"state": "done", "said": "x", "answer": None, "frame": None, "now": sample_now}
    with written(store) as statements:
        own, turn = store.begin_turn(reader, None, "what is new?", sample_now)
        store.finish_turn(reader, turn, **done)
        store.rate_turn(reader, turn, 1)
        day = sample_now.date()
        assert store.reserve_tokens(reader, day, 5, most_own=10, most_all=10)
        assert not store.reserve_tokens(reader, day, 6, most_own=10, most_all=10)
        store.settle_tokens(reader, day, 5, 3)
        store.note_unknown_tool(reader, "run_sql", sample_now)
        for act in (
            lambda: store.begin_turn(reader, theirs, "let me in", sample_now),
            lambda: store.finish_turn(reader, their_turn, **done),
            lambda: store.rate_turn(reader, their_turn, 0),
            lambda: store.forget_conversation(reader, theirs, sample_now),
        ):
            with pytest.raises(NotFoundError):
                act()
        store.forget_conversation(reader, own, sample_now)
    names = {table.name for table in FACTS}
    assert statements
    assert not [each for each in statements if names & set(each.replace('"', " ").replace("(", " ").split()[:4])]
    store.notes_index()
    store.rebuild_notes()
    assert _facts(store) == before
    assert store.turns(other, theirs)[0].state == "answering"


QUESTIONS = (
    "How are we doing?", "Which KR is most behind?", "Why is our NPS falling?", "What changed last week?",
    "List overdue tasks", "Who has not checked in?", "Set KR-WAU to 100%", "Delete KR-WAU", "Lessons of last quarter",
    "Remind me every Friday", "' OR 1=1; DROP TABLE objectives;--", "Jak nam idzie?", "Usuń KR-WAU", "Zmień wynik na 5",
)  # fmt: skip


def test_a_turn_sends_nothing_that_changes_something(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    talk = Conversation(store, store.actor(READER), Settings(home=store.home), clock=lambda: sample_now, kept=False)
    with written(store) as statements:
        kinds = {talk.answer(question)["kind"] for question in QUESTIONS}
    assert statements == []
    assert "answer" in kinds


def test_the_audit_is_for_admins_is_only_added_to_and_notices_a_change(
    sample_store: Store, sample_now: datetime
) -> None:
    with pytest.raises(NotAllowedError):
        sample_store.audit(sample_store.actor(READER))
    sample_store.note_unknown_tool(sample_store.actor(READER), "run_sql", sample_now)
    sample_store.note_unknown_tool(sample_store.actor(READER), "drop_all", sample_now + timedelta(minutes=1))
    latest = sample_store.audit(sample_store.actor(ADMIN))[0]
    assert (latest.record, latest.allowed) == ("drop_all", False)
    assert sample_store.audit_is_whole()
    audits = models.audits.name
    for change in (
        f"UPDATE {audits} SET allowed = 1 WHERE record = 'run_sql'",
        f"DELETE FROM {audits} WHERE record = 'run_sql'",
    ):
        folder = sample_store.home.parent / f"copy-{len(change)}"
        folder.mkdir()
        with sqlite3.connect(sample_store.home / engine.FILE_NAME) as source:
            with sqlite3.connect(folder / engine.FILE_NAME) as copy:
                source.backup(copy)
                copy.execute(change)
            copy.close()
        source.close()
        changed = open_store(folder)
        assert not changed.audit_is_whole()
        changed.close()
        shutil.rmtree(folder)
