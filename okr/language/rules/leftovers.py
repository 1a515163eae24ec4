"""Words that nothing has taken and that set a time or leave something out: they are asked about."""

from __future__ import annotations

import re
from itertools import pairwise

from okr.automations import Unclear
from okr.language.numbers import cardinal, ordinal
from okr.language.rules.acts import Acts, Deeds
from okr.language.rules.clock import Times
from okr.language.rules.pieces import Nth, Placed, Zone
from okr.language.rules.questions import question
from okr.language.rules.scanning import Scanning
from okr.language.rules.timing import Timing, UnclearError

_FUNCTION = ("THE", "OF", "ON", "IN", "AT", "AND", "FILLER", "FROM", "STARTING", "UNTIL", "NEXT", "THIS", "FOR")
_OF_TIME = ("EVERY", "OTHER", "TIMES", "TWICE", "FEW_TIMES", "VAGUE_TIME", "BEFORE", "DAY_BEFORE", "MIDDLE", "HOLIDAY")
_TIME_SENSES = (
    "units", "weekday", "weekdays", "weekday_adjective", "dayclass", "dayclasses", "position", "daypart", "relative",
    "often", "often_adjective", "feast", "month",
)  # fmt: skip


class Leftovers(Scanning):
    """Accounts for every word that could change when a rule runs or whom it reaches."""

    language: str
    waiting: bool
    explained: frozenset[int]
    loose: frozenset[int]
    unclear: list[Unclear]

    def _ask(self, about: str, words: str, asked: str | None = None) -> None:
        self.unclear.append(Unclear(about, words, question(asked or about, words, self.language)))

    def _leftovers(self, acts: Acts, timing: Timing | None) -> None:
        """Asks about words that set a time or leave something out and were not understood."""
        s = self.s
        strong = re.compile(
            r"\b(?:except|excluding|other than|apart from|but not"
            r"|oprocz|poza|z wyjatkiem|za wyjatkiem|z pominieciem|pomijajac|until|till|as long as|dopoki|poki|az do|az"
            + ("" if self.waiting else "|unless|chyba ze")
            + r")\b"
        )
        words = " ".join(s.plain)
        for found in strong.finditer(words):
            place = words[: found.start()].count(" ")
            if place < len(s) and not self._explained(place):
                self._ask("schedule", s.said(place, min(len(s), place + 4)))
                return
        if timing is not None and not self.unclear:
            lost = self._lost_time(acts)
            if lost is None and "day" in timing.assumed and not acts.said:
                lost = self._unknown_day()
            if lost is not None:
                self._ask("schedule", s.said(lost, lost + 2))
                return
        if not acts.said:
            for j in range(len(s)):
                if self.taken[j]:
                    continue
                if s.is_a(j, "MIDDLE") and s.value(s.skip(j + 1, "OF", "THE", "EVERY"), "units"):
                    self._ask("day", s.said(j, j + 3))
                    return
                if (
                    (
                        (
                            s.is_a(j, "weekday", "weekdays", "dayclass", "dayclasses", "relative", "month")
                            and len(s.plain[j]) > 3
                        )
                        or (
                            s.is_a(j, "EVERY")
                            and s.plain[j] in ("every", "each", "kazdy", "kazda", "kazdego", "kazdej")
                        )
                        or s.is_a(j, "UNLESS")
                    )
                    and timing is not None
                    and not s.value(j, "month")
                ):
                    self._ask("schedule", s.said(j, j + 1))
                    return

    def _lost_time(self, acts: Acts) -> int | None:
        """Where a time of day, a part of the day or a stretch of time stands that the schedule has not used.

        What an action is about may hold any of them; before it begins they would have set the time.
        """
        s = self.s
        opened = self._message_opens() if acts.said else None
        run = self._idle_run(opened if opened is not None or not acts.said else self._about())
        if run is not None:
            return run
        for j in sorted(self.loose):
            if opened is not None and j >= opened:
                return None
            if acts.said and opened is None and s.is_a(j, "OPEN_MESSAGE") and not s.is_a(j, "ON"):
                return None
            if re.fullmatch(r"\d{1,2}:\d{2}", s.plain[j]) or s.plain[j] in ("kwadrans", "wpol", "half", "o'clock"):
                return j
            if s.value(j, "daypart") and len(s.plain[j]) > 2 and not s.is_a(j - 1, "THIS", "POINTED"):
                return j
            length = self.dates.length(j) if s.plain[j] not in ("a", "an", "one") else None
            if length and s.plain[j][:1].isdigit() and s.value(length[2] - 1, "units"):
                return j
        return None

    def _unknown_day(self) -> int | None:
        """Where "on" stands before a name that no calendar of ours has: on Thanksgiving."""
        s = self.s
        named = (
            j
            for j in sorted(self.loose)
            if s.plain[j] in ("on", "w", "we") and j + 1 in self.loose and s.words[j + 1].capital and not s.known(j + 1)
        )
        return next(named, None)

    def _about(self) -> int:
        """Where a sentence with an action begins to say what it is about, if no opener of a message says it."""
        s = self.s
        found = (j for j in sorted(self.loose) if s.is_a(j, "OPEN_MESSAGE") and not s.is_a(j, "ON"))
        return next(found, 0)

    def _idle_run(self, before: int | None) -> int | None:
        """Where words stand together that are all about time, with nothing that could be done in them."""
        s = self.s
        run: list[int] = []
        for j in range(len(s) + 1):
            if j < len(s) and j in self.loose and (before is None or j < before):
                run.append(j)
                continue
            words = [k for k in run if s.plain[k][0].isalnum() and not s.is_a(k, *_FUNCTION)]
            timely = [
                k
                for k in words
                if s.is_a(k, *_OF_TIME)
                or any(s.value(k, tag) for tag in _TIME_SENSES)
                or cardinal(s.plain[k : k + 1], s.language)
                or ordinal(s.plain[k : k + 1], s.language)
            ]
            if words and len(timely) == len(words):
                return words[0]
            run = []
        return None

    def _ask_about_lost_repetition(self, timing: Timing | None) -> None:
        """A one-off from a sentence that says "every": what repeats was not understood."""
        s = self.s
        if timing is None or timing.at is None:
            return
        opened = self._message_opens() or len(s)
        for j in range(min(opened, len(s))):
            if s.value(j, "often_adjective") or s.value(j, "often"):
                if j in self.loose and not s.is_a(j - 1, "THE"):
                    self._ask("schedule", s.said(j, j + 2))
                    return
            lost = s.is_a(j, "EVERY") and j not in self.timed
            lost = lost and s.plain[j] not in ("any", "wszystkie", "wszystkich")
            if (
                lost
                and not s.is_a(j, "EVERYONE", "THE")
                and not s.is_a(j + s.is_a(j, "EVERY"), "OWNERS", "OKR", "KR", "TEAM", "LEADS")
            ):
                self._ask("schedule", s.said(j, j + 2))
                return

    def _ask_about_distances(self) -> None:
        """A week before something that is no date of the calendar: words that set a time nobody can know."""
        s = self.s
        for j in range(len(s)):
            if j in self.timed or self.taken[j]:
                continue
            length = self.dates.length(j)
            if length and s.is_a(length[2], "BEFORE") and length[1] not in ("second", "minute", "hour"):
                self._ask("schedule", s.said(j, length[2] + 3))
                return

    def _ask_once_or_yearly(self, placed: list[Placed]) -> None:
        """ "The second Saturday in December" alone is one day or one in each year; neither may be guessed."""
        s = self.s
        nths = [p for p in placed if isinstance(p.piece, Nth)]
        if len(nths) != 1 or any(not isinstance(p.piece, Nth | Times | Zone) for p in placed):
            return
        nth, start = nths[0].piece, nths[0].start
        assert isinstance(nth, Nth)
        month = re.fullmatch(r"months:\d+", nth.period or "")
        if not month or len(nth.positions) * max(1, len(nth.days)) != 1:
            return
        if any(s.is_a(j, "EVERY") for j in range(max(0, start - 2), nths[0].end)):
            return
        raise UnclearError("schedule", s.said(start, nths[0].end), "once_or_yearly")

    def _ask_about_second_rule(self, placed: list[Placed], deeds: Deeds) -> None:
        """ "Every Monday remind Sales, and every Thursday Marketing": other days for other people."""
        based = [p for p in placed if self._is_base(p)]
        for before, after in pairwise(based):
            acted = any(deeds.head(j) for j in range(before.end, after.start))
            first = self.s.skip(before.end, "AND")
            first += self.s.plain[first] in ("a", "zas", "while", "but")
            other = deeds.people.at(first) if before.end < first < after.start else None
            if other is not None and other[1] == after.start:
                self._ask("schedule", self.s.said(before.start, after.end))
                return
            if acted and self._repeats(after) and isinstance(deeds.people.at(after.end), tuple):
                self._ask("schedule", self.s.said(before.start, after.end + 1))
                return

    def _explained(self, j: int) -> bool:
        return j in self.timed or j in self.explained
