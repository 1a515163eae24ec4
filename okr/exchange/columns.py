"""Which column of a sheet holds what: headers matched by name, and by content where a name has two meanings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from okr.exchange.problems import Problems
from okr.exchange.sheets import Cell, Sheet
from okr.exchange.vocabulary import NUMBERS, VOCABULARY, plain
from okr.exchange.wording import shown

# A title and a remark may stand above the headers, not more.
HEADER_WITHIN = 10
_IN_BRACKETS = re.compile(r"[(\[]\s*(.{1,12}?)\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands, the unit that a header names for it, and the rows below the headers."""

    at: dict[str, int]
    units: dict[str, str]
    header: str
    rows: list[tuple[int, list[Cell]]]

    def cell(self, row: list[Cell], field: str) -> Cell:
        """The cell of a field, an empty one where the sheet has none."""
        at = self.at.get(field)
        return row[at] if at is not None and at < len(row) else Cell(None)


def header_score(texts: list[str]) -> int:
    """How many of the texts are headers that we know; 0 unless there are two, or one that names the rows."""
    fields = [VOCABULARY.fields(text) for text in texts if text]
    score = sum(bool(found) for found in fields)
    return score if score > 1 or any("title" in found for found in fields) else 0


def find_columns(sheet: Sheet, problems: Problems, notices: list[str], *, ignore_unknown: bool) -> Columns | None:
    """The columns of a sheet; None, with the problem, when it has no headers that we know.

    A column that nobody recognises is a problem, or with `ignore_unknown` a notice.
    """
    scores = [header_score([cell.text for cell in row]) for _, row in sheet.rows[:HEADER_WITHIN]]
    if not scores or max(scores) == 0:
        problems.add("", "no headers were found, such as key result, owner, baseline, target, current")
        return None
    top = scores.index(max(scores))
    number, header = sheet.rows[top]
    rows = sheet.rows[top + 1 :]
    where = f"{sheet.row_word} {number}"
    candidates: dict[int, list[str]] = {}
    unknown: list[str] = []
    for at, cell in enumerate(header):
        held = any(at < len(row) and row[at].text for _, row in rows)
        if not cell.text:
            if held:
                unknown.append(f"column {at + 1} without a header")
            continue
        fields = VOCABULARY.fields(cell.text)
        if fields:
            candidates[at] = fields
        else:
            unknown.append(shown(cell.text) + _hint(cell.text))
    if unknown and ignore_unknown:
        notices.append(f"left out, not recognised: {', '.join(unknown)}")
    elif unknown:
        for name in unknown:
            problems.add(where, f"{name} is not recognised; rename it, or leave it out on request (--ignore-unknown)")
    at_field = _assigned(candidates, header, rows, where, problems)
    units = {}
    for field, at in at_field.items():
        match = _IN_BRACKETS.search(header[at].text)
        if match and field in ("baseline", "target", "current"):
            units[field] = match.group(1)
    return Columns(at_field, units, where, rows)


def _assigned(
    candidates: dict[int, list[str]],
    header: list[Cell],
    rows: list[tuple[int, list[Cell]]],
    where: str,
    problems: Problems,
) -> dict[str, int]:
    found: dict[str, int] = {}

    def take(field: str, at: int) -> None:
        if field == "row_number":
            return
        if field in found:
            both = f"{shown(header[found[field]].text)} and {shown(header[at].text)}"
            problems.add(where, f"{both} both mean the {VOCABULARY.names[field]}; keep one of them")
        else:
            found[field] = at

    open_ones = []
    for at, fields in candidates.items():
        if len(fields) == 1:
            take(fields[0], at)
        else:
            open_ones.append(at)
    for at in open_ones:
        left = [field for field in candidates[at] if field not in found] or candidates[at]
        if len(left) > 1:
            numeric = _mostly_numbers(at, rows)
            left = [field for field in left if (field in NUMBERS) == numeric] or left
        take(left[0], at)
    return found


def _mostly_numbers(at: int, rows: list[tuple[int, list[Cell]]]) -> bool:
    held = [row[at] for _, row in rows[:200] if at < len(row) and row[at].text]
    numbers = sum(isinstance(c.value, float) or bool(re.match(r"^[^a-z]{0,4}[-−]?\d", c.text.lower())) for c in held)
    return numbers * 2 > len(held)


def _hint(header: str) -> str:
    close = get_close_matches(plain(header), [name for name in VOCABULARY.columns if len(name) > 3], n=1, cutoff=0.8)
    return f" (did you mean {close[0]}?)" if close else ""
