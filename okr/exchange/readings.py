"""What the cells of one row say, each read as its column asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from okr.exchange.columns import Columns
from okr.exchange.dates import read_date
from okr.exchange.figures import decimal_mark, read_figure
from okr.exchange.problems import Problems
from okr.exchange.records import LARGEST_NUMBER, MOST_KEY, MOST_TEXT, MOST_TITLE
from okr.exchange.sheets import Cell
from okr.exchange.vocabulary import NUMBERS, VOCABULARY
from okr.exchange.wording import shown
from okr.language.words import fold

# The values of one row by field; a field that the row leaves blank is absent.
Values = dict[str, Any]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LENGTHS = {"key": MOST_KEY, "objective_key": MOST_KEY, "title": MOST_TITLE, "objective": MOST_TITLE, "unit": MOST_KEY}
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_WORDS = ("status", "restricted", "cadence", "kind")


class RowReader:
    """Reads the rows of one sheet; what cannot be read is noted with its row and column."""

    def __init__(self, columns: Columns, problems: Problems) -> None:
        self.columns = columns
        self.problems = problems
        self.silent = 0
        figures = [f for f in NUMBERS if f in columns.at]
        texts = [columns.cell(row, f).value for _, row in columns.rows for f in figures]
        self.mark = decimal_mark(text for text in texts if isinstance(text, str))
        shares = [self._bare_number(columns.cell(row, "progress")) for _, row in columns.rows]
        # 0.4 is four tenths where nothing in the column exceeds one, and under half a percent otherwise.
        self.in_hundreds = any(share is not None and abs(share) > 1 for share in shares)

    def read(self, where: str, row: list[Cell]) -> Values:
        """What the row says, by field."""
        values: Values = {}
        for name in self.columns.at:
            cell = self.columns.cell(row, name)
            text = cell.text
            if VOCABULARY.is_blank(text) and not cell.formula:
                continue
            found = self._cell(name, cell, values)
            if isinstance(found, _Wrong):
                self.problems.add(f"{where}, {VOCABULARY.names[name]}", found.message)
            elif found is not None:
                values[name] = found
        if "owner_email" in values:
            values["owner"] = values.pop("owner_email")
        if "unit" not in values:
            unit = values.pop("unit_beside", None) or next(iter(self.columns.units.values()), None)
            if unit:
                values["unit"] = unit
        values.pop("unit_beside", None)
        return values

    def _cell(self, name: str, cell: Cell, values: Values) -> Any:
        text = cell.text
        if _CONTROL.search(text):
            return _Wrong(f"holds a control character (U+{ord(_CONTROL.search(text)[0]):04X})")  # type: ignore[index]
        if name in NUMBERS or name == "confidence":
            if cell.formula:
                return _Wrong("is a formula without a saved result; open the file, save it and import it again")
            read: Callable[[Cell, Values], Any] = getattr(self, f"_{name}", self._figure)
            return read(cell, values)
        if name in _WORDS:
            if name == "restricted" and isinstance(cell.value, bool):
                return "team" if cell.value else "company"
            word = VOCABULARY.value(name, text)
            if word == "silent":
                self.silent += 1
                return None
            return word or _Wrong(f"{shown(text)} is not known; it may be {_some(name)}")
        if name in ("due", "date"):
            return self._date(name, cell)
        most = _LENGTHS.get(name, MOST_TEXT)
        if len(text) > most:
            return _Wrong(f"is longer than {most:,} characters")
        if name in ("key", "objective_key") and re.search(r"[\t\n\r]", text):
            return _Wrong("may not hold a tab or a line end")
        return text

    def _figure(self, cell: Cell, values: Values) -> Any:
        if isinstance(cell.value, bool):
            return 1.0 if cell.value else 0.0
        if isinstance(cell.value, date):
            return _Wrong(f"{shown(cell.text)} is a date, not a number")
        if isinstance(cell.value, float):
            if abs(cell.value) > LARGEST_NUMBER:
                return _Wrong("is absurdly large")
            if cell.percent:
                values.setdefault("unit_beside", "%")
            return cell.value
        if fold(cell.text) in VOCABULARY.yes | VOCABULARY.no:
            return 1.0 if fold(cell.text) in VOCABULARY.yes else 0.0
        found = read_figure(cell.text, self.mark)
        if isinstance(found, str):
            return _Wrong(found)
        if found.unit:
            values.setdefault("unit_beside", found.unit)
        return found.value

    def _target(self, cell: Cell, values: Values) -> Any:
        """A target; "at most 5" makes a boundary and "yes" something that is done or not."""
        text = fold(cell.text)
        if isinstance(cell.value, bool) or text in VOCABULARY.yes:
            values.setdefault("kind", "binary")
            return 1.0
        for word, limit in VOCABULARY.limits:
            if text.startswith(word) and (not word[-1].isalpha() or not text[len(word) : len(word) + 1].isalpha()):
                found = self._figure(Cell(cell.text[len(word) :].strip()), values)
                if not isinstance(found, _Wrong):
                    values["kind"], values["limit"] = "boundary", limit
                return found
        return self._figure(cell, values)

    def _weight(self, cell: Cell, values: Values) -> Any:
        found = self._figure(cell, {})
        return _Wrong(f"may not be negative, but is {found:g}") if isinstance(found, float) and found < 0 else found

    def _progress(self, cell: Cell, values: Values) -> _Wrong | None:
        """A share of the way, kept under `share` as a fraction; it is no value of the row's own."""
        share = self._bare_number(cell)
        if share is None:
            found = self._figure(cell, {})
            if isinstance(found, _Wrong):
                return found
            share = found / 100 if cell.percent or "%" in cell.text else found
        elif self.in_hundreds:
            share /= 100
        values["share"] = share
        return None

    def _bare_number(self, cell: Cell) -> float | None:
        """A number without a percent sign, else None."""
        if cell.percent or isinstance(cell.value, bool) or "%" in cell.text:
            return None
        if isinstance(cell.value, float):
            return cell.value
        found = read_figure(cell.text, self.mark) if isinstance(cell.value, str) else "not a text"
        return None if isinstance(found, str) else found.value

    def _confidence(self, cell: Cell, values: Values) -> Any:
        word = VOCABULARY.value("confidence", cell.text)
        if word:
            return int(word)
        match = re.fullmatch(r"([1-5])(?:[.,]0+)?\s*(?:/\s*5)?", cell.text)
        return int(match[1]) if match and not cell.percent else _Wrong(f"{shown(cell.text)} is not from 1 to 5")

    def _date(self, name: str, cell: Cell) -> Any:
        found: date | datetime | None = cell.value if isinstance(cell.value, date) else None
        text = cell.text
        if found is None:
            read = read_date(text)
            found = read if isinstance(read, date) else None
        match = _DAY_FIRST.fullmatch(text) if found is None else None
        if match:
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            if match[2] != "." and first <= 12 and second <= 12 and first != second:
                return _Wrong(f"{shown(text)} may be day first or month first; write it like {year}-12-31")
            day, month = (second, first) if match[2] != "." and second > 12 else (first, second)
            try:
                found = date(year, month, day)
            except ValueError:
                return _Wrong(f"{shown(text)} is a day that does not exist")
        if name == "due":
            # What is not a day may name a cycle, such as Q4 2026.
            return found.date() if isinstance(found, datetime) else found or text
        return found.isoformat() if found else _Wrong(f"{shown(text)} is not a date like 2026-11-20")


class _Wrong:
    """What is wrong with a cell."""

    def __init__(self, message: str) -> None:
        self.message = message


def _some(group: str) -> str:
    words = dict.fromkeys(VOCABULARY.values[group].values())
    return ", ".join(word for word in words if word != "silent").replace("_", " ")
