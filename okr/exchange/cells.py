"""Cells of an exported spreadsheet that a spreadsheet program shows and never runs.

Text that a program would take for a formula is marked as text; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

Value = str | int | float | bool | date | None

# Signs that turn the reading direction, or that nobody sees: they make a text look like another.
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_STARTS = frozenset("=+-@|%")
MOST_CELL_CHARACTERS = 32_767  # what a cell of a workbook holds


def clean_text(text: str) -> str:
    """The text without control, direction and invisible signs; line ends become \\n and tabs blanks.

    >>> clean_text("a\\x00b\\u202ec\\td")
    'abc d'
    """
    text = _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program may take the text for a formula, full-width signs included.

    >>> [looks_like_formula(t) for t in ("=1+1", " @SUM(1)", "＝1+1", "4 = 2 + 2")]
    [True, True, True, False]
    """
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])[:1]
    return first in _STARTS


def safe_cell(value: Value) -> str | int | float:
    """What to write into a .csv cell: numbers as they are, text that cannot run, days as ISO dates.

    >>> safe_cell("=1+1"), safe_cell(-3.5), safe_cell(None)
    ("'=1+1", -3.5, '')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = clean_text(value or "")
    return f"'{text}" if looks_like_formula(text) else text


def fill_cell(cell: Cell, value: Value) -> None:
    """Put a value into a cell of a workbook: text is typed as text and marked so that editing keeps it text."""
    if value is None or isinstance(value, bool | int | float):
        cell.value = value
        return
    if isinstance(value, date):
        # A workbook's times have no zone.
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        return
    text = clean_text(value)[:MOST_CELL_CHARACTERS]
    cell.value = text
    cell.data_type = "s"
    if looks_like_formula(text):
        cell.quotePrefix = True
