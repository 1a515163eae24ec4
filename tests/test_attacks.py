"""What clumsy and hostile people type at the command line: one sentence, the right status, nothing lost."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.cli import main
from okr.store import open_store

LENA = "lena.fischer@lumen.example"
AT = "2026-11-23T09:00:00+01:00"
LONG = "a" * 5_000
PASSWORD = "hunter2"


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("OKR_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    printed, complained = capfd.readouterr()
    return status, printed, complained


def is_a_sentence(complained: str) -> bool:
    return (
        complained.startswith("okr: ")
        and complained.rstrip().endswith((".", "…"))
        and "Traceback" not in complained
        and "our side" not in complained
        and len(complained) < 600
    )


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ask", "hi", "--as", LENA, "--at", "yesterday"], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", ""], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", LONG], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", "0001-01-01T00:00+14:00"], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", "9999-12-31"], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", "2026-11-23T09:00[Mars/Base]"], 2, "Mars/Base"),
        (["ask", "hi", "--as", LENA, "--at", "2026-11-23T09:00[../../etc/passwd]"], 2, "--at"),
        (["ask", "hi", "--as", LENA, "--at", "2026-11-23T09:00+99:00"], 2, "calendar"),
        (["ask", "hi", "--as", ""], 2, "--as EMAIL"),
        (["ask", "hi", "--as", "' OR 1=1 --"], 1, "Nobody active"),
        (["ask", "hi", "--as", LONG], 1, "Nobody active"),
        (["ask", "hi", "--as", "\udcff\udcfe"], 1, "Nobody active"),
        (["ask", "hi", "--as", "lena\0fischer"], 1, "Nobody active"),
        (["ask", "hi", "--as", "dominik.sroka@lumen.example"], 1, "Nobody active"),
        (["ask", "hi", "extra", "--as", LENA], 2, "extra"),
        (["ask", "hi", "--bogus"], 2, "--bogus"),
        (["--engine"], 2, "--engine"),
        (["ask", "--batch", ""], 2, "read"),
        (["ask", "--batch", "/"], 2, "read"),
        (["serve", "--port", "99999"], 2, "port"),
        (["serve", "--port", "abc"], 2, "--port"),
        (["serve", "--host", "not.a.host.invalid"], 1, "not.a.host.invalid"),
        (["serve", "--host", "a" * 300], 1, "--host"),
        (["export", "/"], 1, "folder"),
        (["export", ""], 1, "folder"),
        (["export", "."], 1, "folder"),
        (["export", "/dev/null"], 1, "ordinary"),
        (["import", "/"], 1, "folder"),
        (["import", "/dev/null"], 1, "empty"),
    ],
)
def test_a_wrong_command_is_told_in_a_sentence(
    capfd: pytest.CaptureFixture[str], sample_home: Path, arguments: Sequence[str], status: int, says: str
) -> None:
    found, printed, complained = run(capfd, "--home", str(sample_home), *arguments)
    assert (found, printed) == (status, "")
    assert says in complained
    assert "Traceback" not in complained
    assert "our side" not in complained
    assert len(complained) < 600


@pytest.mark.parametrize(
    ("folder", "status"),
    [("", 2), (" ", 2), ("/dev/null", 1), ("/proc/nothing", 1), (LONG, 1), ("~nobody-of-that-name/x", 1)],
)
def test_a_wrong_home_is_told_and_nothing_is_made(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, folder: str, status: int
) -> None:
    found, printed, complained = run(capfd, "--home", folder, "ask", "hi", "--as", LENA)
    assert (found, printed) == (status, "")
    assert is_a_sentence(complained)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "mysql://someone:hunter2@127.0.0.1/x",
        "postgresql://someone:hunter2@127.0.0.1:1/x",
        "postgresql://someone:hunter2@nowhere.invalid/x",
        "postgresql://someone:hunter2@127.0.0.1:port/x",
        "postgresql://someone:hun%er2hunter2@[::1/x",
        "postgresql://someone:hunter2@127.0.0.1:1/x?bogus=1",
        "hunter2",
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    capfd: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("OKR_DATABASE_URL", address)
    status, printed, complained = run(capfd, "--home", str(home), "ask", "hi", "--as", LENA)
    assert (status, printed) == (1, "")
    assert is_a_sentence(complained)
    assert PASSWORD not in complained
    assert "OKR_DATABASE_URL" in complained
    status, printed, complained = run(capfd, "--home", str(home), "doctor")
    assert status == 1
    assert PASSWORD not in printed + complained


def test_a_database_that_the_server_does_not_have_is_told(
    capfd: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    address = sa.make_url(postgres_url).set(database="no_such_database", drivername="postgresql")
    monkeypatch.setenv("OKR_DATABASE_URL", address.render_as_string(hide_password=False))
    assert "no such database" in run(capfd, "--home", str(home), "doctor")[1]


@pytest.mark.parametrize("name", ["okr.db", "okr.db-wal", "okr.db-shm"])
def test_an_export_does_not_go_over_the_database(
    capfd: pytest.CaptureFixture[str], sample_home: Path, name: str
) -> None:
    link = sample_home.parent / "innocent.json"
    link.symlink_to(sample_home / name)
    (sample_home / name).touch()
    for place in (sample_home / name, sample_home / ".." / "home" / name, link):
        status, _, complained = run(capfd, "--home", str(sample_home), "export", str(place))
        assert status == 1
        assert "database itself" in complained
    with_company = open_store(sample_home)
    assert with_company.company().name == "Lumen"
    with_company.close()


def test_a_port_that_is_taken_is_told(capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, _, complained = run(capfd, "--home", str(sample_home), "serve", "--port", port)
    assert status == 1
    assert is_a_sentence(complained)
    assert port in complained


def test_a_defect_before_the_settings_are_read_is_logged_at_home(
    capfd: pytest.CaptureFixture[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("assistant.commands.running.read_settings", breaks)
    before = set(tmp_path.iterdir())
    status, _, complained = run(capfd, "--home", str(sample_home), "doctor")
    assert status == 1
    assert PASSWORD not in complained
    assert PASSWORD in (sample_home / "okr.log").read_text()
    assert set(tmp_path.iterdir()) == before


BROKEN_LINES: list[bytes] = [
    b"{",
    b"[]",
    b'"text"',
    b"{}",
    b'{"id": 5, "question": null}',
    b'{"id": "x", "question": ["a"], "as": "a"}',
    b'{"id": "x", "question": "hi"}',
    b'{"id": "x", "question": "hi", "as": 7}',
    b'{"id": "x", "question": "hi", "as": "nobody@x.test"}',
    b'{"id": "x", "question": "hi", "as": "lena.fischer@lumen.example", "at": "soon"}',
    b'{"id": "x", "question": "hi", "as": "lena.fischer@lumen.example", "thread": {}}',
    b"\xff\xfe\x00",
    b'{"id": "x", "question": "\\ud800", "as": "lena.fischer@lumen.example"}',
    b"\x00" * 50,
    b"[" * 3_000,
    b"x" * 100_000,
]


def test_a_batch_with_broken_lines_answers_the_others_and_names_the_line(
    capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path
) -> None:
    good = json.dumps({"id": "good", "question": "Who leads Sales?", "as": LENA, "at": AT}).encode()
    batch = tmp_path / "in.jsonl"
    batch.write_bytes(b"\n".join(line for broken in BROKEN_LINES for line in (broken, good)))
    status, printed, complained = run(capfd, "--home", str(sample_home), "ask", "--batch", str(batch), "--json")
    documents: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines()]
    assert (status, complained) == (1, "")
    assert len(documents) == 2 * len(BROKEN_LINES)
    assert {document["kind"] for document in documents[1::2]} == {"answer"}
    for document in documents[::2]:
        assert document["kind"] != "answer"
        assert document["answer"].endswith(".")
        assert "error" in document or "question" in document
        assert len(document["answer"]) < 600


def test_whoever_reads_along_may_stop(sample_home: Path, tmp_path: Path) -> None:
    line = json.dumps({"id": "1", "question": "Who leads Sales?", "as": LENA, "at": AT}) + "\n"
    batch = tmp_path / "in.jsonl"
    batch.write_text(line * 400)
    command = [sys.executable, "-m", "assistant.cli", "--home", str(sample_home), "ask", "--batch", str(batch)]
    root = Path(__file__).parents[1]
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == "1"
        process.stdout.close()
        assert process.wait(timeout=60) == 1
        assert process.stderr.read() == b""
