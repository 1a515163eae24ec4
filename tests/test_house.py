"""What holds in every file we keep: no trace of one machine, locks with hashes, modules of a readable size."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("okr", "tools", "prompts", "assistant", "ui", "evals")
LOCKS = ("requirements-setup.lock", "requirements.lock", "requirements-dev.lock")

MOST_LINES = 500
# Longer modules that read better whole, each with its reason.
LONG_WITH_REASON: dict[str, str] = {}

# Where a clock may be read; everything below is told what time it is.
CLOCK_READERS = re.compile(r"^(assistant/(conversation|worker|cli|commands/)|ui/|evals/)")
# Measuring how long something took is not asking what time it is.
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())
    # An unpacked archive has no git; what is kept is then everything outside hidden folders.
    found = (p.relative_to(ROOT) for folder in (*OURS, "tests", "docs", "scripts") for p in (ROOT / folder).rglob("*"))
    return sorted(str(p) for p in found if (ROOT / p).is_file() and "__pycache__" not in p.parts)


def text_of(name: str) -> str | None:
    """The text of a file; None for pictures, fonts and other files that are not text."""
    content = (ROOT / name).read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def modules() -> list[str]:
    return [name for name in tracked() if name.endswith(".py") and name.split("/")[0] in OURS]


@functools.cache
def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(), filename=module)


def imported_by(module: str) -> set[str]:
    """The top names of every package that a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_no_file_names_a_folder_of_one_machine() -> None:
    mine = re.escape(str(ROOT))
    # Home folders of people, and this very checkout; both mean nothing on another machine.
    pattern = re.compile(rf"{mine}(?![\w-])|/(?:home|Users)/(?!\.\.\.)[a-z][\w.-]*/|/ro{2}t/")
    found = [
        f"{n}:{t[: m.start()].count(chr(10)) + 1}" for n in tracked() if (t := text_of(n)) for m in pattern.finditer(t)
    ]
    assert not found


def test_no_file_names_a_place_to_fetch_packages_from() -> None:
    pattern = re.compile(
        "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "--" + "(extra-)?index-url", "--" + "find-links"])
    )
    allowed = {"scripts/lock.sh", "scripts/setup.sh", "tests/test_house.py"}
    found = [n for n in tracked() if n not in allowed and (t := text_of(n)) and pattern.search(t)]
    assert not found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_its_version_and_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / lock).read_text().strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
        assert "://" not in entry
        assert "@" not in entry.split("--hash")[0], entry.splitlines()[0]


def test_the_locks_agree_and_bring_no_weights() -> None:
    pins = {lock: dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.M)) for lock in LOCKS}
    program, tests = pins["requirements.lock"], pins["requirements-dev.lock"]
    assert {name: tests.get(name) for name in program} == program
    assert pins["requirements-setup.lock"]["uv"] == program["uv"]
    assert not {"torch", "tensorflow", "transformers"} & tests.keys()


def test_every_package_that_is_asked_for_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.M))
    asked = {re.split(r"[\[<>=~! ]", line)[0].lower().replace("_", "-") for line in project["dependencies"]}
    assert asked <= locked


def test_modules_stay_readable() -> None:
    long = {m: n for m in modules() if (n := (ROOT / m).read_text().count("\n")) > MOST_LINES}
    assert long.keys() == LONG_WITH_REASON.keys(), long


def test_every_module_says_what_it_is() -> None:
    assert not [m for m in modules() if not ast.get_docstring(tree_of(m))]


@pytest.mark.parametrize(("package", "floor"), [("chromadb", "tools"), ("dbos", "assistant")])
def test_a_library_that_may_have_to_go_is_imported_in_one_place(package: str, floor: str) -> None:
    users = [m for m in modules() if package in imported_by(m)]
    assert len(users) <= 1
    assert all(m.startswith(f"{floor}/") for m in users)


def test_only_screens_import_streamlit() -> None:
    assert not [m for m in modules() if "streamlit" in imported_by(m) and not m.startswith("ui/")]


def test_the_subject_reads_no_clock() -> None:
    found = []
    for module in modules():
        if CLOCK_READERS.match(module):
            continue
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ".".join(ast.unparse(node.func).split(".")[-2:])
                if called in CLOCK_CALLS:
                    found.append(f"{module}:{node.lineno} {called}")
    assert not found


def test_no_error_is_swallowed() -> None:
    found = []
    for module in modules():
        for node in ast.walk(tree_of(module)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
            if broad and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body):
                found.append(f"{module}:{node.lineno}")
    assert not found


def test_nothing_is_left_for_later() -> None:
    # The brackets keep this very line from being found.
    words = re.compile(r"\bT[O]DO\b|\bFIX[M]E\b|\bX{3}\b|(?i:not imp[l]emented|coming s[o]on)")
    kept = (name for name in tracked() if name.endswith((".py", ".md", ".toml", ".sh")))
    assert not [name for name in kept if (text := text_of(name)) and words.search(text)]


def test_no_test_is_passed_over() -> None:
    found = []
    for name in (n for n in tracked() if n.startswith("tests/") and n.endswith(".py")):
        for node in ast.walk(tree_of(name)):
            if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
                found.append(f"{name}:{node.lineno}")
    assert not found


def test_no_key_or_password_is_kept() -> None:
    pattern = re.compile(
        r"(?<![\w-])sk-[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30,}"
    )
    assert not [n for n in tracked() if (t := text_of(n)) and pattern.search(t)]


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_what_is_run_by_name_may_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("target", ["setup", "run", "test", "evals", "bench", "soak", "help", "lint", "types"])
def test_make_knows_its_targets_and_says_what_they_do(target: str) -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^make {target} ", said, re.M)


@pytest.mark.parametrize("script", sorted(p.name for p in (ROOT / "scripts").glob("*.sh")))
def test_a_script_is_sound_shell(script: str) -> None:
    assert subprocess.run(["sh", "-n", f"scripts/{script}"], cwd=ROOT, check=False).returncode == 0
