"""Reading a JSON file record by record, so that a file of gigabytes needs the memory of one record.

The standard scanner is used because it alone reports an object's repeated names and the numbers
that JSON does not have, and it is as quick as the others at making Python values.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from json.decoder import JSONDecodeError
from json.scanner import make_scanner
from pathlib import Path
from typing import BinaryIO

from okr.exchange.records import MOST_FILE_BYTES, MOST_RECORD_CHARACTERS

CHUNK_BYTES = 1 << 20
_BLANK = re.compile(r"[ \t\n\r]*")

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


class BrokenFile(Exception):
    """The file cannot be read on from here; `place` is a line and column, or empty for the whole file."""

    def __init__(self, place: str, message: str) -> None:
        self.place = place
        self.message = message
        super().__init__(message)


class JsonRecords:
    """The members of a JSON object in a file, lists one element at a time.

    After each value, `repeated` holds the names that an object in it gives more than once; the
    reader empties it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.repeated: list[str] = []
        self._decode = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._at = 0
        self._lines = 0  # in the text that was let go
        self._column = 0  # of the first sign that is still held
        self._ended = False
        self._first = True
        self._scan: Callable[[str, int], tuple[object, int]] = make_scanner(
            json.JSONDecoder(object_pairs_hook=self._object)  # type: ignore[arg-type]
        )

    def members(self, lists: frozenset[str]) -> Iterator[tuple[str, object]]:
        """Each member's name and value; for a name in `lists` whose value is a list, an iterator over it.

        Such an iterator has to be used up before the next member is asked for. Raises `BrokenFile`.
        """
        if self._peek() == "":
            raise BrokenFile("", "the file is empty")
        if self._peek() != "{":
            raise BrokenFile(self._place(), "a company file begins with {")
        self._at += 1
        if self._peek() == "}":
            self._at += 1
        else:
            while True:
                if self._peek() != '"':
                    raise BrokenFile(self._place(), "a name in double quotes is expected here")
                name = self._value()
                self._expect(":", "a colon is expected after the name")
                if name in lists and self._peek() == "[":
                    yield str(name), self._elements()
                else:
                    yield str(name), self._value()
                if self._peek() == ",":
                    self._at += 1
                    continue
                self._expect("}", "a comma or } is expected here")
                break
        if self._peek() != "":
            raise BrokenFile(self._place(), "something stands after the end of the company file")

    def _elements(self) -> Iterator[object]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            if self._peek() == ",":
                self._at += 1
                continue
            self._expect("]", "a comma or ] is expected here")
            return

    def _value(self) -> object:
        self._peek()
        while True:
            self.repeated.clear()
            try:
                value, end = self._scan(self._text, self._at)
            except (JSONDecodeError, StopIteration) as reason:
                if self._ended:
                    raise self._broken(reason) from None
                if len(self._text) - self._at > MOST_RECORD_CHARACTERS:
                    raise BrokenFile(self._place(), "this record is broken or far too long") from None
            except RecursionError:
                raise BrokenFile(self._place(), "this is nested too deeply") from None
            except ValueError:
                raise BrokenFile(self._place(), "a number here has far too many digits") from None
            else:
                # A number may go on in the next chunk.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._more()

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    self.repeated.append(name)
                seen.add(name)
        return found

    def _peek(self) -> str:
        """The next sign that is not blank, or nothing at the end."""
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def _expect(self, sign: str, message: str) -> None:
        found = self._peek()
        if found != sign:
            raise BrokenFile(self._place(), message if found else "the file ends too early")
        self._at += 1

    def _more(self) -> None:
        """Read on, letting go of what was used. A long record doubles the step, to stay linear."""
        kept = self._text[self._at :]
        self._let_go(self._text[: self._at])
        chunk = self.file.read(max(CHUNK_BYTES, len(kept)))
        if self._first:
            self._first = False
            for mark, name in _MARKS.items():
                if chunk.startswith(mark):
                    raise BrokenFile("", f"the file is in {name}; save it as UTF-8")
            chunk = chunk.removeprefix(codecs.BOM_UTF8)
        try:
            text = self._decode.decode(chunk, final=not chunk)
        except UnicodeDecodeError as reason:
            line = self._lines + kept.count("\n") + reason.object[: reason.start].count(b"\n") + 1
            raise BrokenFile(f"line {line}", "the text is not UTF-8; save the file as UTF-8") from None
        self._ended = not chunk
        self._text = kept + text
        self._at = 0

    def _let_go(self, text: str) -> None:
        lines = text.count("\n")
        self._lines += lines
        self._column = len(text) - text.rfind("\n") - 1 if lines else self._column + len(text)

    def _place(self, at: int | None = None) -> str:
        at = self._at if at is None else at
        before = self._text[:at]
        lines = before.count("\n")
        column = at - before.rfind("\n") if lines else self._column + at + 1
        return f"line {self._lines + lines + 1}, column {column}"

    def _broken(self, reason: JSONDecodeError | StopIteration) -> BrokenFile:
        if isinstance(reason, StopIteration):
            at = reason.value if isinstance(reason.value, int) else self._at
            if at >= len(self._text):
                return BrokenFile(self._place(at), "the file ends too early")
            return BrokenFile(self._place(at), f"{self._text[at : at + 12].split()[0]!r} is not JSON")
        if reason.pos >= len(self._text) or reason.msg.startswith("Unterminated string"):
            return BrokenFile(self._place(reason.pos), "the file ends too early, or a quote is missing")
        return BrokenFile(self._place(reason.pos), _EXPLAINED.get(reason.msg.split(":")[0], "this is not JSON"))


_EXPLAINED = {
    "Expecting ',' delimiter": "a comma is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected here",
    "Illegal trailing comma before end of object": "there is a comma too many here",
    "Illegal trailing comma before end of array": "there is a comma too many here",
    "Expecting value": "a value is expected here",
    "Invalid control character at": "a raw control character or line end stands inside a text",
    "Invalid \\escape": "this backslash sequence is not JSON",
    "Invalid \\uXXXX escape": "this \\u sequence is not JSON",
}


def open_checked(path: Path) -> BinaryIO:
    """The file, open for reading; `BrokenFile` when it is missing, a folder, not readable or absurdly large."""
    try:
        if path.is_dir():
            raise BrokenFile("", "this is a folder, not a file")
        if path.stat().st_size > MOST_FILE_BYTES:
            raise BrokenFile("", f"the file is larger than {MOST_FILE_BYTES // 1024**3} GB")
        return path.open("rb")
    except FileNotFoundError:
        raise BrokenFile("", "there is no such file") from None
    except (PermissionError, OSError, ValueError):
        raise BrokenFile("", "the file cannot be opened; check its name and rights") from None
