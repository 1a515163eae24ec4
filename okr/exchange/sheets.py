"""The cells of a .csv or .xlsx file with their places, read within limits; nothing in them is run or fetched."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from okr.exchange.records import MOST_TEXT
from okr.exchange.stream import BrokenFile

MOST_SHEET_BYTES = 64 * 1024**2
MOST_UNPACKED_BYTES = 192 * 1024**2
MOST_PARTS = 2_000
MOST_ROWS = 100_000
MOST_EMPTY_ROWS = 1_100_000
MOST_COLUMNS = 200
DELIMITERS = ",;\t|"

# Latin-2 letters of Polish that Windows-1250 has elsewhere, and the region that Latin-2 does not use.
_LATIN_2 = re.compile(rb"[\xa1\xa6\xac\xb1\xb6\xbc]")
_WINDOWS = re.compile(rb"[\x80-\x9f]")

# What reading a damaged workbook raises: the archive's errors, the parser's, and those of a library
# that trusts the parts to be what their names say.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text, a number, a date, true or false, or nothing.

    `percent` says that the number is shown as a percentage; `formula` that it is one whose result
    was never saved, with the formula as its value.
    """

    value: str | float | date | bool | None
    percent: bool = False
    formula: bool = False

    @property
    def text(self) -> str:
        """What it holds as text, without blanks around it."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        if isinstance(self.value, date):
            return self.value.isoformat()
        return "" if self.value is None else str(self.value).strip()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are not empty, each with its number in the file, and what to tell the person."""

    rows: list[tuple[int, list[Cell]]]
    # A cell's place: `line 3` of a text file, `row 3` of a workbook.
    row_word: str
    notices: list[str]


def read_sheet(path: Path, header_score: Callable[[list[str]], int]) -> Sheet:
    """The sheet of a file; of a workbook's sheets, and of the ways to cut a text, the one whose headers score most.

    Raises `BrokenFile`.
    """
    try:
        if path.is_dir():
            raise BrokenFile("", "this is a folder, not a file")
        if path.stat().st_size > MOST_SHEET_BYTES:
            raise BrokenFile("", f"the file is larger than {MOST_SHEET_BYTES // 1024**2} MB")
        content = path.read_bytes()
    except FileNotFoundError:
        raise BrokenFile("", "there is no such file") from None
    except (OSError, ValueError):
        raise BrokenFile("", "the file cannot be opened; check its name and rights") from None
    if not content.strip():
        raise BrokenFile("", "the file is empty")
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content, header_score)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BrokenFile("", "this is an old or a locked Excel file; save it as .xlsx without a password")
    return _text(content, header_score)


def _text(content: bytes, header_score: Callable[[list[str]], int]) -> Sheet:
    text, notices = decoded(content)
    told = re.match(r"sep=(.)\r?\n", text)
    skipped = 1 if told else 0
    if told:
        text = text[told.end() :]
    best: tuple[int, list[tuple[int, list[Cell]]]] | None = None
    broken: BrokenFile | None = None
    for delimiter in told.group(1) if told else DELIMITERS:
        try:
            rows = list(_csv_rows(text, delimiter, skipped))
        except BrokenFile as reason:
            broken = broken or reason
            continue
        score = max((header_score([cell.text for cell in row]) for _, row in rows[:10]), default=0)
        if best is None or score > best[0]:
            best = (score, rows)
    if broken and (best is None or best[0] == 0):
        raise broken
    return Sheet(best[1] if best else [], "line", notices)


def _csv_rows(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1 + skipped
    count = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as reason:
            said = "a cell is absurdly long" if "limit" in str(reason) else "a quote is missing or stands too many"
            raise BrokenFile(f"line {line}", said) from None
        if len(row) > MOST_COLUMNS:
            raise BrokenFile(f"line {line}", f"there are more than {MOST_COLUMNS} columns")
        if any(cell.strip() for cell in row):
            count += 1
            if count > MOST_ROWS:
                raise BrokenFile(f"line {line}", f"there are more than {MOST_ROWS:,} rows")
            yield line, [Cell(cell if cell.strip() else None) for cell in row]
        line = reader.line_num + 1 + skipped


def decoded(content: bytes) -> tuple[str, list[str]]:
    """The text of a file whose encoding nobody said, and a note where it had to be guessed.

    Raises `BrokenFile` when no likely encoding fits.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding), []
            except UnicodeDecodeError:
                raise BrokenFile("", f"the text is not the {encoding.upper()} that its first bytes say") from None
    head = content[:4096]
    if head.count(0) > len(head) // 3:
        encoding = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        try:
            return content.decode(encoding), []
        except UnicodeDecodeError:
            raise BrokenFile("", "this is not text") from None
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    latin = bool(_LATIN_2.search(content)) and not _WINDOWS.search(content)
    encoding, name = ("iso-8859-2", "ISO 8859-2") if latin else ("cp1250", "Windows-1250")
    try:
        return content.decode(encoding), [f"the text was read as {name}; check the letters with accents"]
    except UnicodeDecodeError:
        raise BrokenFile("", "the encoding is unknown; save the file as UTF-8") from None


def _workbook(content: bytes, header_score: Callable[[list[str]], int]) -> Sheet:
    _check_archive(content)
    # Loaded only here: it takes a fifth of a second, and most commands read no workbook.
    import openpyxl

    try:
        saved = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        typed = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        names = [sheet.title for sheet in saved.worksheets if sheet.sheet_state == "visible"]
        best: tuple[int, str, list[tuple[int, list[Cell]]]] | None = None
        for name in names:
            rows = list(_sheet_rows(saved[name], typed[name]))
            score = max((header_score([cell.text for cell in row]) for _, row in rows[:10]), default=0)
            if best is None or score > best[0]:
                best = (score, name, rows)
    except BrokenFile:
        raise
    except _DAMAGED as reason:
        raise BrokenFile("", "the workbook is damaged or not one; open it and save it as .xlsx again") from reason
    if best is None:
        raise BrokenFile("", "the workbook has no visible sheet")
    left = [name for name in names if name != best[1]]
    notices = [f"only the sheet {best[1]!r} was read, not {', '.join(map(repr, left))}"] if left else []
    return Sheet(best[2], "row", notices)


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            # A part is never unpacked beyond the size that its entry declares.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise BrokenFile("", f"the workbook unpacks to more than {MOST_UNPACKED_BYTES // 1024**2} MB")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if _declares_type(file):
                            raise BrokenFile(
                                "", "the workbook declares XML entities, which no spreadsheet program does"
                            )
    except BrokenFile:
        raise
    except _DAMAGED as reason:
        raise BrokenFile("", "the workbook is damaged or locked with a password") from reason


def _declares_type(file: IO[bytes]) -> bool:
    held = b""
    while part := file.read(1 << 20):
        # Without the zeros, so that UTF-16 hides nothing.
        held = held[-16:] + part.replace(b"\0", b"")
        if b"<!DOCTYPE" in held or b"<!ENTITY" in held:
            return True
    return False


def _sheet_rows(saved: Any, typed: Any) -> Iterator[tuple[int, list[Cell]]]:
    # The size that a sheet declares is not to be trusted; without it rows are counted as they come.
    saved.reset_dimensions()
    typed.reset_dimensions()
    count = 0
    for number, (results, sources) in enumerate(zip_longest(saved.iter_rows(), typed.iter_rows(), fillvalue=()), 1):
        if number > MOST_EMPTY_ROWS:
            raise BrokenFile(f"row {number}", "there are far too many rows")
        if len(results) > MOST_COLUMNS and any(c.value is not None for c in results[MOST_COLUMNS:]):
            raise BrokenFile(f"row {number}", f"there are more than {MOST_COLUMNS} columns")
        row = [_cell(a, b) for a, b in zip(results[:MOST_COLUMNS], sources[:MOST_COLUMNS], strict=False)]
        if any(cell.text for cell in row):
            count += 1
            if count > MOST_ROWS:
                raise BrokenFile(f"row {number}", f"there are more than {MOST_ROWS:,} rows")
            yield number, row


def _cell(saved: Any, typed: Any) -> Cell:
    value = saved.value
    if typed.data_type == "f" and value is None:
        return Cell(str(typed.value), formula=True)
    if isinstance(value, bool):
        return Cell(value)
    if isinstance(value, int | float):
        percent = "%" in str(saved.number_format or "")
        # 0.07 shown as 7 % has to come out as 7 and not as 7.000000000000001.
        return Cell(round(float(value) * 100, 9) if percent else float(value), percent=percent)
    if isinstance(value, datetime):
        return Cell(value.date() if value.time() == time() else value)
    if isinstance(value, date):
        return Cell(value)
    if value is None:
        return Cell(None)
    return Cell(str(value)[: MOST_TEXT + 1])
