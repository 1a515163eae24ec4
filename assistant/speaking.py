"""A model's words on their way to the person: cut into sentences, checked, made safe, and only then said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.claims import Claim, says_it_changed_something
from assistant.evidence import Evidence
from assistant.telling.phrases import say
from assistant.telling.spoken import spoken

# A remark before a tool call ("Let me look.") is shorter than this and is not the answer.
FIRST_HELD = 110
_END = re.compile(r"\n+|(?<=[.!?…])(?:\s*\[[^\[\]\n]{1,200}\][.,]?)*[ \t]+(?=[A-ZĄĆĘŁŃÓŚŹŻ„“\"*])")
_FIRST_WORD = re.compile(r"^\s*\[(answer|abstain|ask|refuse)\]\s*", re.IGNORECASE)
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
# Kinds of claim that are plainly false when no record holds them; a name may be a word we do not know.
_HARD = frozenset({"number", "date", "id", "status", "month", "weekday", "direction", "person"})
KINDS = {"answer": "answer", "abstain": "abstain", "ask": "clarify", "refuse": "refuse"}


@dataclass(slots=True)
class Speaker:
    """What of the model's text has been said, and what waits because the records do not hold it.

    `kind` is what the model said the answer is; None when it did not say.
    """

    language: str
    evidence: Callable[[], Evidence]
    say_aloud: Callable[[str], None]
    said: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    doubts: list[Claim] = field(default_factory=list)
    kind: str | None = None
    left_out: int = 0
    marked: int = 0
    claimed: bool = False
    _raw: str = ""
    _taken: int = 0
    _live: bool = False
    _began: bool = False
    _line: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that was said so far."""
        return "".join(self.said).strip()

    def begin(self, *, live: bool) -> None:
        """The model begins a message; `live` when sentences may be said before it ends."""
        self._raw, self._taken, self._live, self._began = "", 0, live, False

    def hear(self, piece: str) -> None:
        """Take in a piece of the message and say what is ready."""
        self._raw += piece
        if self._live and (self._began or len(self._raw) - self._taken > FIRST_HELD):
            self._take(last=False)

    def drop(self) -> None:
        """The message turned out to be the beginning of a tool call: what was not said of it is forgotten."""
        if self._began and self.said:
            self._add("\n\n")
        self._raw, self._taken = "", 0

    def end(self, whole: str) -> None:
        """The message is whole: say the rest of it, or hold it where it is in doubt."""
        if len(whole) > len(self._raw):
            # A provider that does not stream, or one whose pieces were not all text.
            self._raw = whole
        self._take(last=True)

    def _take(self, *, last: bool) -> None:
        text = _THOUGHT.sub("", self._raw)
        if first := _FIRST_WORD.match(text):
            if self.kind is None:
                self.kind = KINDS[first[1].lower()]
            text = text[first.end() :]
        elif not last and text.lstrip().startswith("[") and len(text) < 12:
            return
        for unit in units(text[self._taken :], last=last):
            self._taken += len(unit)
            self._began = True
            self._unit(unit)

    def _unit(self, unit: str) -> None:
        if self.held:
            self.held.append(unit)
            return
        if not unit.strip():
            self._add(unit if self.said else "")
            return
        if says_it_changed_something(unit):
            self._replace_claim(unit)
            return
        doubts = self._doubts(unit)
        if doubts:
            self.doubts += doubts
            self.held.append(unit)
            return
        self._aloud(unit)

    def _doubts(self, unit: str) -> list[Claim]:
        evidence = self.evidence()
        found = evidence.unsupported(unit, self._line)
        self._line = [] if "\n" in unit else (evidence.cited(unit) or self._line)
        return found

    def _replace_claim(self, unit: str) -> None:
        ending = unit[len(unit.rstrip()) :]
        if not self.claimed:
            self._add(say(self.language, "model.unchanged") + (ending or " "))
        self.claimed = True

    def _aloud(self, unit: str, mark: str = "") -> None:
        body = unit.rstrip()
        ending = unit[len(body) :]
        safe = spoken(body, self.evidence().ids)
        self._add(f"{safe}{f' ({mark})' if mark else ''}{ending}")

    def _add(self, text: str) -> None:
        if text:
            self.said.append(text)
            self.say_aloud(text)

    # ── what was in doubt ──────────────────────────────────────────────────────────────────────

    @property
    def in_doubt(self) -> str:
        """The part of the answer that waits, as the model wrote it."""
        return "".join(self.held).strip()

    def settle(self, part: str) -> None:
        """Say the repaired part; sentences that still are in no record are left out or marked, and counted."""
        self.held = []
        self._line = []
        part = _FIRST_WORD.sub("", _THOUGHT.sub("", part))
        if self.said and not self.said[-1].endswith(("\n", " ")):
            self._add(" ")
        for unit in units(part, last=True):
            if not unit.strip():
                self._add(unit if self.said else "")
            elif says_it_changed_something(unit):
                self._replace_claim(unit)
            elif doubts := self._doubts(unit):
                if any(claim.kind in _HARD for claim in doubts):
                    self.left_out += 1
                else:
                    self.marked += 1
                    self._aloud(unit, say(self.language, "model.unconfirmed"))
            else:
                self._aloud(unit)

    def finish(self) -> None:
        """Say how many sentences were left out, where any were."""
        if self.left_out and self.text:
            one = self.left_out == 1
            slots = {} if one else {"count": str(self.left_out)}
            note = say(self.language, "model.left_out_one" if one else "model.left_out", **slots)
            self._add(f"\n\n*{note}*")


def kind_said(text: str) -> str | None:
    """The kind of answer that the model's first word names; None where it names none."""
    first = _FIRST_WORD.match(_THOUGHT.sub("", text))
    return KINDS[first[1].lower()] if first else None


def units(text: str, *, last: bool) -> list[str]:
    """The sentences and lines of a text, each with the space after it; without `last` only those that are over.

    >>> units("A is 12.4. [KR-1] B is 3.\\nC", last=True)
    ['A is 12.4. [KR-1] ', 'B is 3.\\n', 'C']
    """
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if match.end() > start and (match.end() < len(text) or last):
            found.append(text[start : match.end()])
            start = match.end()
    if last and start < len(text):
        found.append(text[start:])
    return found


def wanted_words(doubts: Sequence[Claim], most: int = 12) -> str:
    """The words in doubt for the model, each once."""
    return ", ".join(dict.fromkeys(f'"{claim.text}"' for claim in doubts[:most]))
