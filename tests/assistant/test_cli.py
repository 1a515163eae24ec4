"""The command line as people and scripts use it: one document, one sentence, three exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main

LENA = "lena.fischer@lumen.example"
AT = "2026-11-23T09:00:00+01:00"


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("OKR_", "OPENAI_"))]:
        monkeypatch.delenv(name)


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    printed, complained = capfd.readouterr()
    return status, printed, complained


def document(printed: str) -> dict[str, Any]:
    assert printed.count("\n") == 1
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.mark.parametrize("before", [True, False])
def test_the_options_stand_before_or_after_the_name(
    capfd: pytest.CaptureFixture[str], sample_home: Path, before: bool
) -> None:
    options = ["--home", str(sample_home), "--as", LENA, "--at", AT, "--json", "--engine", "direct"]
    command = ["ask", "Who owns Weekly active users?"]
    status, printed, complained = run(capfd, *([*options, *command] if before else [*command, *options]))
    assert (status, complained) == (0, "")
    found = document(printed)
    assert found["rows"][0]["id"] == LENA
    assert found["as_of"] == AT


@pytest.mark.parametrize(
    "at", ["2026-11-23T09:00", "2026-11-23T09:00:00[Europe/Warsaw]", "2026-11-23T03:00[America/New_York]"]
)
def test_a_moment_without_an_offset_is_the_companys(
    capfd: pytest.CaptureFixture[str], sample_home: Path, at: str
) -> None:
    _, printed, _ = run(capfd, "--home", str(sample_home), "ask", "hello", "--as", LENA, "--at", at, "--json")
    assert document(printed)["as_of"] == AT


def test_an_answer_for_people_is_plain_text(capfd: pytest.CaptureFixture[str], sample_home: Path) -> None:
    status, printed, _ = run(capfd, "--home", str(sample_home), "--as", LENA, "ask", "Who owns Weekly active users?")
    assert status == 0
    assert "KR-WAU" in printed
    assert "\\" not in printed


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["ask", "hi"], 2, "--as EMAIL"),
        (["ask"], 2, "no question"),
        (["ask", "hi", "--as", "nobody@x.test"], 1, "Nobody active"),
        (["ask", "hi", "--as", LENA, "--at", "2026-02-30"], 2, "2026-02-30"),
        (["ask", "hi", "--as", LENA, "--engine", "model"], 1, "OKR_MODEL"),
        (["ask", "hi", "--as", LENA, "--engine", "magic"], 2, "magic"),
        (["ask", "hi", "--batch", "x.jsonl"], 2, "not both"),
        (["ask", "--batch", "/does/not/exist.jsonl"], 2, "cannot be read"),
        (["demo"], 1, "already"),
        (["import", "/does/not/exist.json"], 2, "no file"),
        (["export", "/does/not/exist/out.json"], 1, "written"),
        (["serve", "--port", "0"], 2, "port"),
        (["sing"], 2, "sing"),
        ([], 2, "usage"),
    ],
)
def test_a_failure_is_a_sentence(
    capfd: pytest.CaptureFixture[str], sample_home: Path, arguments: Sequence[str], status: int, says: str
) -> None:
    found, printed, complained = run(capfd, "--home", str(sample_home), *arguments)
    assert (found, printed) == (status, "")
    assert says in complained
    assert "Traceback" not in complained


def test_an_empty_store_says_what_to_do(capfd: pytest.CaptureFixture[str], home: Path) -> None:
    status, _, complained = run(capfd, "--home", str(home), "ask", "hi", "--as", LENA)
    assert status == 1
    assert "okr demo" in complained


def test_a_damaged_store_is_a_sentence(capfd: pytest.CaptureFixture[str], home: Path) -> None:
    home.mkdir()
    (home / "okr.db").write_bytes(b"not a database at all" * 400)
    status, _, complained = run(capfd, "--home", str(home), "ask", "hi", "--as", LENA)
    assert status == 1
    assert "damaged" in complained
    assert run(capfd, "--home", str(home), "doctor")[0] == 1


def test_demo_export_and_import_go_round(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    assert run(capfd, "demo", "--home", first, "--at", AT)[0] == 0
    assert run(capfd, "demo", "--home", first, "--if-empty")[0] == 0
    file, again = tmp_path / "out.json", tmp_path / "again.json"
    assert run(capfd, "--home", first, "export", str(file))[0] == 0
    status, printed, _ = run(capfd, "--home", second, "import", str(file), "--json")
    assert status == 0
    assert document(printed)["changed"] == 0
    status, printed, _ = run(capfd, "--home", second, "import", str(file), "--dry-run", "--json")
    assert (document(printed)["added"], status) == (0, 0)
    assert run(capfd, "--home", second, "export", str(again))[0] == 0
    assert file.read_bytes() == again.read_bytes()
    healthy = document(run(capfd, "--home", second, "doctor", "--json")[1])
    assert healthy["healthy"]


def test_a_refused_file_names_its_problems(capfd: pytest.CaptureFixture[str], home: Path, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"format": "okr-company", "version": 1, "company": {"name": 5}}')
    status, printed, complained = run(capfd, "--home", str(home), "import", str(file), "--json")
    assert status == 1
    assert document(printed)["problems"]
    assert "company" in complained


def test_a_batch_answers_line_by_line_and_keeps_threads(
    capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path
) -> None:
    lines = [
        {"id": "a1", "question": "Who owns Weekly active users?", "as": LENA, "at": AT, "thread": "a"},
        {"id": "b1", "question": "Who leads Sales?", "as": LENA, "at": AT, "thread": "b"},
        {"id": "a2", "question": "when was it last updated?", "as": LENA, "at": AT, "thread": "a"},
        {"id": "c", "question": "hello", "as": "nobody@x.test", "at": AT},
        {"id": "d", "question": "hello", "as": LENA, "at": "never"},
    ]
    batch = tmp_path / "in.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)) + "\n\nnot json\n" + json.dumps(lines[0]) + "\n")
    status, printed, complained = run(capfd, "--home", str(sample_home), "ask", "--batch", str(batch), "--json")
    documents = [json.loads(line) for line in printed.splitlines()]
    assert (status, complained) == (1, "")
    assert [each["id"] for each in documents] == ["a1", "b1", "a2", "c", "d", "line 7", "a1"]
    assert documents[2]["rows"][0]["id"] == "KR-WAU"
    assert [each["id"] for each in documents if "error" in each] == ["c", "d", "line 7"]


def test_a_thread_belongs_to_one_person(capfd: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path) -> None:
    other = "ana.nowak@lumen.example"
    lines = [
        {"id": "1", "question": "Who owns Weekly active users?", "as": LENA, "at": AT, "thread": "a"},
        {"id": "2", "question": "when was it last updated?", "as": other, "at": AT, "thread": "a"},
    ]
    batch = tmp_path / "in.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)))
    _, printed, _ = run(capfd, "--home", str(sample_home), "ask", "--batch", str(batch), "--json")
    assert all(row["id"] != "KR-WAU" for row in json.loads(printed.splitlines()[1])["rows"])


def test_the_installed_command_answers_and_flushes(sample_home: Path) -> None:
    okr = Path(sys.executable).with_name("okr")
    line = json.dumps({"id": "1", "question": "Who leads Sales?", "as": LENA, "at": AT}) + "\n"
    command = [str(okr), "--home", str(sample_home), "ask", "--batch", "-", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line.encode())
        process.stdin.flush()
        # The first answer is there before the input has ended.
        assert json.loads(process.stdout.readline())["id"] == "1"
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def test_a_defect_is_said_without_a_traceback(
    capfd: pytest.CaptureFixture[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("assistant.direct.answer", breaks)
    status, printed, complained = run(capfd, "--home", str(sample_home), "ask", "hello", "--as", LENA, "--json")
    assert status == 1
    assert document(printed)["error"]["code"] == "defect"
    assert "reference" in complained
    assert "hunter2" not in printed + complained
    assert "hunter2" in (sample_home / "okr.log").read_text()
