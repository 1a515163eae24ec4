"""Finds the pieces of a schedule in a sentence and leaves those that its message is about."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from okr.language.rules.bounds import Bounds
from okr.language.rules.clock import Times, times_at
from okr.language.rules.dates import Dates, Day
from okr.language.rules.pieces import (
    DayClass,
    Edge,
    Every,
    Feast,
    MonthDays,
    Nth,
    Placed,
    Vague,
    Weekdays,
    YearDay,
)  # fmt: skip
from okr.language.rules.recurring import Recurring
from okr.language.rules.stance import Stance
from okr.language.rules.timing import UnclearError

_OPENING = {"en": ("to", "about", "that"), "pl": ("zeby", "aby", "by", "ze", "o", "to", "about", "that")}
_ASIDE = ("after", "following", "past", "po", "before", "przed", "near", "okolo")
_ADDING = ("and", "&", "plus", "i", "oraz", "also", "tudziez", "takze", "as well as", "a takze")


class Scanning(Stance):
    """Scans one sentence for the pieces of a schedule."""

    dates: Dates
    recurring: Recurring
    bounds: Bounds
    taken: list[bool]

    def _pieces(self) -> list[Placed]:
        s = self.s
        found: list[Placed] = []
        i = 0
        while i < len(s):
            if self.taken[i]:
                i += 1
                continue
            best = self._piece(i)
            if best is None:
                i += 1
                continue
            piece, end = best[0], min(best[1], len(s))
            if any(self.taken[i:end]):
                i += 1
                continue
            found.append(Placed(piece, i, end))
            i = end
        return found

    def _piece(self, i: int) -> tuple[object, int] | None:
        s = self.s
        if not s.timely(i):
            return self.bounds.zone(i) if self.bounds.may_be_zone(i) else None
        if s.is_a(i, "VAGUE_STRETCH"):
            end = i + s.is_a(i, "VAGUE_STRETCH")
            return Vague("time", s.said(i, end)), end
        if s.is_a(i, "BIMONTHLY"):
            end = i + s.is_a(i, "BIMONTHLY")
            return Vague("schedule", s.said(i, end)), end
        candidates: list[tuple[object, int]] = []
        bound = self.bounds.at(i)
        if bound:
            candidates.append(bound)
        repeating = self.recurring.at(i)
        if repeating:
            candidates.append(repeating)
        months = self.recurring.months_at(i)
        if months:
            candidates.append(months)
        when = times_at(s, i)
        if when and not self._not_a_time(i, when):
            candidates.append(when)
        day = self.dates.at(i)
        if day and not (day[0].weekday and repeating and repeating[1] >= day[1]):
            candidates.append(day)
        if not candidates:
            return None
        return max(candidates, key=lambda c: (c[1], not isinstance(c[0], MonthDays)))

    def _not_a_time(self, i: int, when: tuple[object, int]) -> bool:
        s = self.s
        plain = s.plain[i]
        if s.language == "en" and plain in ("am", "pm"):
            return True
        # "am" inside "a.m." has been taken with its hour; "na" before a number is a place.
        return (
            s.language == "pl"
            and plain in ("na", "w")
            and not s.value(i, "daypart")
            and not any(s.value(j, "daypart") for j in range(i, when[1]))
            and not re.search(r"[:.]", "".join(s.plain[i : when[1]]))
        )

    def _settled(self, placed: list[Placed]) -> list[Placed]:
        """Without the pieces that describe what the message is about: Friday's demo, by 5 pm, next week."""
        s = self.s
        opened = self._message_opens()
        kept: list[Placed] = []
        based = [p for p in placed if self._is_base(p)]
        outer = [p for p in based if opened is None or p.start < opened]
        if len(based) == 1 and self._only_about(based[0]):
            raise UnclearError("day", s.said(max(0, based[0].start - 1), based[0].end))
        for p in placed:
            inner = opened is not None and p.start >= opened
            others = [b for b in based if b is not p]
            due = (p.start > 0 and s.plain[p.start - 1] in ("by", "due", "before", "najpozniej", "przed")) or (
                s.plain[p.start] in ("by", "do", "na", "przed") and isinstance(p.piece, Day)
            )
            monthly = isinstance(p.piece, Every) and p.piece.unit == "month"
            if monthly and others and all(isinstance(b.piece, MonthDays) for b in others):
                kept.append(p)
                continue
            if isinstance(p.piece, Every) and p.piece.soft and others:
                continue
            noun = (
                s.plain[p.start - 1] in ("the", "our", "their")
                and p.end == p.start + 1
                and not s.plain[p.end].isalpha()
            )
            if isinstance(p.piece, Every) and noun and any(self._repeats(b) for b in others):
                # "Remind them of the daily": the meeting.
                continue
            if isinstance(p.piece, Day) and p.piece.loose and any(self._repeats(b) for b in others):
                continue
            weekly = all(isinstance(b.piece, Every) and b.piece.unit == "week" for b in others)
            lone = isinstance(p.piece, Weekdays) or (isinstance(p.piece, Day) and p.piece.weekday)
            if due and others and not isinstance(p.piece, Every) and not (lone and weekly and not inner):
                continue
            single = isinstance(p.piece, Day) or (
                isinstance(p.piece, Weekdays | DayClass | MonthDays) and not p.piece.every
            )
            if inner and outer and single and not s.is_a(p.start, "ON"):
                continue
            if single and inner and outer and any(self._repeats(b) for b in outer):
                continue
            if inner and isinstance(p.piece, Times) and self._timed_before(placed, opened):
                continue
            possessive = isinstance(p.piece, Weekdays) and s.plain[p.end - 1].endswith("'s")
            if possessive and others:
                continue
            described = (
                isinstance(p.piece, Weekdays) and not p.piece.every and p.start > 0 and s.is_a(p.start - 1, "THE")
                and s.plain[p.start - 1] != "on" and p.end < len(s) and s.plain[p.end].isalpha() and others
            )  # fmt: skip
            told_of = (
                isinstance(p.piece, Day)
                and p.piece.weekday
                and s.is_a(p.start, "THE")
                and s.plain[p.end].isalpha()
                and others
            )
            if (described or told_of) and not s.is_a(p.start, "ON"):
                continue
            if isinstance(p.piece, MonthDays | Nth) and s.plain[p.start - 1] in _ASIDE and p.start > 0:
                # "The day after the 15th" is not the 15th.
                raise UnclearError("day", s.said(p.start - 1, p.end))
            kept.append(p)
        self._ask_about_unjoined(kept)
        return self._beside(kept)

    def _ask_about_unjoined(self, placed: list[Placed]) -> None:
        """Two days of different sorts beside each other: after each month end, on the 3rd working day."""
        s = self.s
        sorts = (Nth, Edge, MonthDays, YearDay)
        based = [p for p in placed if isinstance(p.piece, sorts)]
        for one, other in pairwise(based):
            joints = range(one.end - 1, other.start + 1)
            joined = any(s.plain[j] in (*_ADDING, "or", "lub", "albo", ";") for j in joints)
            listed = any(s.plain[j] == "," for j in joints) and not isinstance(one.piece, Edge)
            if type(one.piece) is not type(other.piece) and not joined and not listed:
                raise UnclearError("day", s.said(one.start, other.end))

    def _beside(self, placed: list[Placed]) -> list[Placed]:
        """Days of the month that "and" adds to a weekday: every Saturday and the 1st."""
        s = self.s
        found = list(placed)
        for n, (one, other) in enumerate(pairwise(placed)):
            joined = any(s.plain[j] in _ADDING for j in range(one.end, other.start))
            # "and" may have been taken with the piece before it or after it.
            joined = joined or s.plain[other.start] in _ADDING or s.plain[one.end - 1] in _ADDING
            for here, there, place in ((one, other, n), (other, one, n + 1)):
                if joined and isinstance(here.piece, MonthDays) and isinstance(there.piece, Weekdays):
                    found[place] = replace(here, piece=replace(here.piece, besides=True))
        return found

    def _timed_before(self, placed: list[Placed], opened: int | None) -> bool:
        """Whether a time of day was said before the message opened, so that one inside it is only told of."""
        return any(
            isinstance(p.piece, Times) and p.piece.clocks and opened is not None and p.start < opened for p in placed
        )

    def _only_about(self, p: Placed) -> bool:
        """Whether the one day that is named is only near the meant one: before Friday, some Friday, last Friday."""
        s = self.s
        single = isinstance(p.piece, Day) and p.piece.moment is None
        single = single or (isinstance(p.piece, Weekdays | DayClass) and not p.piece.every)
        before = p.start - 1
        while s.is_a(before, "THE"):
            before -= 1
        if single and s.is_a(before, "NEAR"):
            return True
        lone = isinstance(p.piece, Nth) and p.piece.period is None and p.piece.positions == (-1,)
        return lone and s.plain[p.start] == "last" and (p.start == 0 or not s.is_a(p.start - 1, "EVERY", "THE"))

    def _message_opens(self) -> int | None:
        s = self.s
        for i in range(len(s)):
            length = s.is_a(i, "REMIND", "NOTIFY", "ASK")
            if length:
                for j in range(i + length, len(s)):
                    if s.plain[j] in _OPENING[s.language] and not self._clocklike(j):
                        return j
                return None
        return None

    def _clocklike(self, j: int) -> bool:
        return self.s.plain[j] == "o" and times_at(self.s, j) is not None

    def _is_base(self, p: Placed) -> bool:
        return isinstance(p.piece, Day | Weekdays | DayClass | Every | Nth | MonthDays | Edge | Feast | YearDay)

    def _repeats(self, p: Placed) -> bool:
        if isinstance(p.piece, Every):
            return not p.piece.soft
        if isinstance(p.piece, Weekdays | DayClass | MonthDays):
            return p.piece.every
        return isinstance(p.piece, Nth | Edge | Feast | YearDay)
