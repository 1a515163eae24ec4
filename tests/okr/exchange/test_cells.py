"""Exported cells are shown by a spreadsheet program and never run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from okr.exchange.cells import MOST_CELL_CHARACTERS, fill_cell, safe_cell

ATTACKS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "=cmd|' /C calc'!A0", "＝1+1", " =1",
           "\u200b=1+1", "\u202e=1+1", "\x00=1+1", "＠SUM(1)", "|calc"]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_that_could_run_is_marked_as_text_in_a_csv(attack: str) -> None:
    cell = safe_cell(attack)
    assert isinstance(cell, str)
    assert cell.startswith("'")
    out = io.StringIO()
    csv.writer(out).writerow([cell])
    assert next(csv.reader(io.StringIO(out.getvalue()))) == [cell]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_that_could_run_is_typed_as_text_in_a_workbook(attack: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    fill_cell(book.active["A1"], attack)
    book.save(tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A1"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


@pytest.mark.parametrize("value", [-3.5, 0, 18, 1e9])
def test_numbers_stay_numbers(value: float, tmp_path: Path) -> None:
    assert safe_cell(value) == value
    book = openpyxl.Workbook()
    fill_cell(book.active["A1"], value)
    book.save(tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A1"]
    assert (cell.value, cell.data_type) == (value, "n")


def test_other_values_have_one_form() -> None:
    assert [safe_cell(v) for v in (None, True, date(2026, 11, 20), "a\u202eb\x07c", "x = y")] == [
        "", "true", "2026-11-20", "abc", "x = y",
    ]  # fmt: skip


def test_a_workbook_takes_moments_and_long_texts() -> None:
    sheet = openpyxl.Workbook().active
    fill_cell(sheet["A1"], datetime(2026, 11, 20, 9, 15, tzinfo=UTC))
    fill_cell(sheet["A2"], date(2026, 11, 20))
    fill_cell(sheet["A3"], "x" * 50_000)
    fill_cell(sheet["A4"], None)
    fill_cell(sheet["A5"], True)
    assert sheet["A1"].value == datetime(2026, 11, 20, 9, 15)
    assert sheet["A2"].value == date(2026, 11, 20)
    assert len(sheet["A3"].value) == MOST_CELL_CHARACTERS
    assert (sheet["A4"].value, sheet["A5"].value) == (None, True)
