"""Which words of a sentence are its condition, and what they leave to the schedule."""

from __future__ import annotations

from okr.automations import Condition
from okr.language.rules.acts import Deeds
from okr.language.rules.conditions import Conditions, Read
from okr.language.rules.dates import Day
from okr.language.rules.leftovers import Leftovers
from okr.language.rules.people import People
from okr.language.rules.pieces import Placed
from okr.language.rules.timing import Timing


class Clauses(Leftovers):
    """Finds the condition of one sentence."""

    people: People
    conditions: Conditions
    quotes: dict[str, str]
    message: str | None

    def _clause(self) -> tuple[int, int, int] | None:
        """The words of a condition: (marker, first, end)."""
        s = self.s
        for i in range(len(s)):
            length = s.is_a(i, "IF", "UNLESS")
            if not length or self.taken[i]:
                continue
            if (s.plain[i] in ("should",) and i > 0) or (
                s.plain[i] == "once" and (self.recurring._per_unit(i) or (i > 0 and not s.is_a(i - 1, "AND")))
            ):
                continue
            if s.plain[i] == "jak" and i > 0 and not s.is_a(i - 1, "AND", "ME"):
                continue
            if s.plain[i] == "jak" and length == 1 and not self._reads(i + 1, self._clause_end(i + 1, i)):
                # "Zapytaj ich, jak idzie" is what is asked.
                continue
            if s.plain[i] in ("every", "each") and not (i + length < len(s)):
                continue
            before = s.plain[i - 1] if i else ""
            if before in (
                "check",
                "see",
                "know",
                "verify",
                "confirm",
                "sure",
                "sprawdzic",
                "sprawdz",
                "ask",
                "zobaczyc",
            ):
                continue
            if self.bounds._policy(i) or self.bounds._except(i) or (i and self.bounds._except(i - 1)):
                continue
            if self.recurring._edge_target(i + length) or (
                i + length < len(s)
                and s.is_a(i + length, "THE")
                and self.recurring._edge_target(s.skip(i + length, "THE"))
            ):
                self.taken[i] = True
                continue
            return i, i + length, self._clause_end(i + length, i)
        return None

    def _clause_end(self, first: int, marker: int) -> int:
        s = self.s
        deeds = Deeds(s, self.people, self.taken, self.quotes, concerned=True)
        for j in range(first, len(s)):
            if s.plain[j] in (",", "-", ";") or s.plain[j] in ("then", "to", "wtedy", "wowczas"):
                at = s.skip(j, "AND", "FILLER")
                at = max(at, j + 1)
                if at < len(s) and deeds.head(at):
                    return j
                if s.plain[j] == "," and marker == 0 and self._schedule_at(at):
                    return j
            elif j > first + 1 and s.is_a(j, "REMIND", "NOTIFY", "LET_KNOW", "ASK", "SEND", "SET", "COMMENT_VERB"):
                # Without a comma only a verb that cannot belong to the condition ends it.
                head = deeds.head(j, inner=True)
                if head and marker <= 3 and self._reads(first, j):
                    return j
        if marker == 0:
            comma = next((j for j in range(first, len(s)) if s.plain[j] == ","), None)
            if comma is not None:
                return comma
        return len(s)

    def _reads(self, a: int, b: int) -> bool:
        found = self.conditions.read(a, b)
        return found.condition is not None or found.unclear is not None

    def _schedule_at(self, i: int) -> bool:
        return i < len(self.s) and bool(self.recurring.at(i))

    def _watched(self, placed: list[Placed]) -> Read | None:
        """A condition without "if": alert me about overdue tasks, zadanie jest zaległe."""
        s = self.s
        alerts = any(s.is_a(i, "NOTIFY", "LET_KNOW", "NOTIFY_ME") for i in range(len(s)))
        stated = self._has_copula()
        events = any(s.is_a(i, "UNSUPPORTED") for i in range(len(s)))
        owners = any(s.is_a(i, "OWNERS") for i in range(len(s)))
        if not (alerts or stated or events or owners or any(s.is_a(i, "VAGUE_LEVEL") for i in range(len(s)))):
            return None
        if any(isinstance(p.piece, Day) for p in placed) or self.message:
            return None
        found = self.conditions.read(0, len(s))
        if found.condition is not None:
            named = isinstance(found.condition, Condition) and (found.condition.scope or "").partition(":")[0]
            if not alerts and not owners and named in ("key_result", "objective", "kpi"):
                # "KR-1 is at risk" tells how one record is; it asks for nothing.
                return None
            if (
                owners
                and not alerts
                and any(s.is_a(i, "WITHOUT", "NOT_DONE") for i in range(len(s)))
                and found.condition == Condition("last_check_in", "older_than", 7, "days")
            ):
                return None
            return found
        if found.unclear and not placed and (alerts or events or any(s.is_a(i, "VAGUE_LEVEL") for i in range(len(s)))):
            return found
        return None

    def _skips(self, clause: tuple[int, int, int], read: Read, timing: Timing | None) -> bool:
        """ "unless they have checked in": not a condition but who is left out of a schedule."""
        s = self.s
        if timing is None or timing.schedule is None:
            return False
        marker, first, end = clause
        about = any(s.is_a(j, "CHECK_IN", "DONE", "UPDATED") for j in range(first, end))
        # "unless they already did": what they did is the check-in that the sentence asks for.
        about = about or (
            any(s.plain[j] in ("already", "juz") for j in range(first, end))
            and any(s.is_a(j, "CHECK_IN") for j in range(marker))
        )
        negative = any(s.is_a(j, "NO", "NOT_DONE") for j in range(first, end))
        unless = bool(s.is_a(marker, "UNLESS"))
        numbered = (
            isinstance(read.condition, Condition)
            and read.condition.field == "last_check_in"
            and any(s.plain[j].isdecimal() for j in range(first, end))
        )
        if (
            about
            and not numbered
            and unless != negative
            and not any(s.is_a(j, "TASK", "KR") for j in range(first, end))
        ):
            self.waiting = True
            return True
        return False
