"""Whatever a file holds, it is imported or refused in words, and an import that began can be finished."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okr.exchange.importing import import_files, is_sheet
from okr.exchange.problems import ImportRefused
from okr.store import Store
from tests.okr.exchange.companies import small, written

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHOLE = written(small())

_odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["KR-1", "O-2", "all", "ana@acme.test", "T-2", "2026-11-20", "", " ", "=1+1", "\0", "9999-12-31"]),
    st.just([]),
    st.just({}),
    st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),
)


def tried(store: Store, path: Path, content: bytes) -> str:
    path.write_bytes(content)
    try:
        import_files(store, [path], now=NOW, dry_run=True)
    except ImportRefused as refused:
        return str(refused.problems[0])
    return ""


@given(data=st.data())
@settings(max_examples=150)
def test_a_damaged_company_file_never_breaks_the_program(
    sqlite_store: Store, tmp_path: Path, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(WHOLE)))
    gone = data.draw(st.integers(0, 30))
    tried(sqlite_store, tmp_path / "a.json", WHOLE[:at] + data.draw(st.binary(max_size=8)) + WHOLE[at + gone :])


@given(data=st.data())
@settings(max_examples=300)
def test_any_value_anywhere_is_taken_or_refused(store: Store, tmp_path: Path, data: st.DataObject) -> None:
    document = small()
    holder: Any = document
    while True:
        key: Any = data.draw(
            st.sampled_from(sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))), label="key"
        )
        if not isinstance(holder[key], dict | list) or not holder[key] or data.draw(st.integers(0, 5)) == 0:
            break
        holder = holder[key]
    holder[key] = data.draw(_odd)
    tried(store, tmp_path / "a.json", written(document))


_cells = st.one_of(
    st.sampled_from(
        ["Objective", "Key result", "Owner", "Cel", "Termin", "Current", "Progress", "Status", "ana@acme.test", "12,5",
         "1,234", "40%", "≤ 5", "tak", "2026-12-31", "1/2/2026", "Q4 2026", "-", "=1+1", "Win more", "Win rate", "KR-1",
         "id"]
    ),
    st.text(max_size=6),
)  # fmt: skip


@given(rows=st.lists(st.lists(_cells, max_size=6), max_size=6), sign=st.sampled_from(",;\t"))
@settings(max_examples=200)
def test_any_table_is_taken_or_refused(sqlite_store: Store, tmp_path: Path, rows: list[list[str]], sign: str) -> None:
    company = tmp_path / "company.json"
    if not company.exists():
        company.write_bytes(WHOLE)
        import_files(sqlite_store, [company], now=NOW)
    headers = ["Objective", "Key result", "Owner", "Target", "Current", "Due"]
    table = "\n".join(sign.join(row) for row in [headers, *rows])
    tried(sqlite_store, tmp_path / "a.csv", table.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("name", "content", "sheet"),
    [
        ("a.json", b"a,b", False),
        ("a.CSV", b"{", True),
        ("company", b'\xef\xbb\xbf {"format"', False),
        ("table", b"Objective,Owner", True),
        ("empty", b"", False),
    ],
)
def test_kinds_of_files_are_told_apart(tmp_path: Path, name: str, content: bytes, sheet: bool) -> None:
    (tmp_path / name).write_bytes(content)
    assert is_sheet(tmp_path / name) is sheet
    assert is_sheet(tmp_path / "none") is False
