"""What has to become true: a status, progress, a gap, confidence, silence, a task, a KPI."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from okr.automations import AllOf, Condition
from okr.language.numbers import cardinal
from okr.language.rules.dates import Dates
from okr.language.rules.directory import RecordEntry
from okr.language.rules.people import People, Somebody
from okr.language.rules.tokens import Sentence, cut
from okr.language.words import fold


@dataclass(frozen=True)
class Read:
    """What a stretch of words says: a condition, or what is unclear about it."""

    condition: Condition | AllOf | None
    unclear: tuple[str, str] | None = None
    used: frozenset[int] = frozenset()


_STATUS_TAGS = (("OFF", "off_track"), ("RISK", "at_risk"), ("ONTRACK", "on_track"), ("COMPLETE", "completed"))
_TASK_STATUS_TAGS = (
    ("BLOCKED", "blocked"), ("IN_REVIEW", "in_review"), ("IN_PROGRESS", "in_progress"), ("TO_DO", "to_do"),
    ("DONE_STATUS", "done"),
)  # fmt: skip
_COMPARED = (("AT_MOST", "<="), ("AT_LEAST", ">="), ("BELOW", "<"), ("ABOVE", ">"))


@lru_cache(maxsize=4096)
def _title_words(title: str) -> list[str]:
    return [word.plain for word in cut(title)]


class Conditions:
    """Reads conditions in one sentence."""

    def __init__(
        self, s: Sentence, dates: Dates, people: People, quotes: dict[str, str], edge_at: Callable[[int], int | None]
    ) -> None:
        self.edge_at = edge_at
        self.s = s
        self.dates = dates
        self.people = people
        self.quotes = quotes

    def read(self, start: int, end: int) -> Read:
        """What the words from start up to end ask for."""
        split = self._split(start, end)
        if len(split) > 1:
            parts = [self._single(a, b) for a, b in split]
            if all(isinstance(p.condition, Condition) for p in parts):
                found = tuple(p.condition for p in parts if isinstance(p.condition, Condition))
                scope = next((c.scope for c in found if c.scope), None)
                found = tuple(Condition(c.field, c.operator, c.value, c.unit, c.scope or scope) for c in found)
                return Read(AllOf(found), used=frozenset().union(*(p.used for p in parts)))
        whole = self._single(start, end)
        if isinstance(whole.condition, Condition) and self._numbers(start, end) > self._used(whole.condition):
            # "blocked for 3 days", "more than 3 tasks": a number that no condition of ours has a place for.
            return Read(None, ("threshold", self.s.said(start, end)))
        return whole

    def _numbers(self, start: int, end: int) -> int:
        """How many numbers the words have, apart from those in names and in distances from a period's edge."""
        s = self.s
        found = 0
        i = start
        while i < end:
            edge = self.edge_at(i)
            if edge and edge <= end:
                i = edge
                continue
            number = None if s.plain[i] in ("a", "an", "one") else cardinal(s.plain[i : i + 3], s.language)
            single = s.plain[i].startswith("jed") or s.plain[i] in self.quotes
            if (number and not single) or re.fullmatch(r"\d+[.,]\d+", s.plain[i]):
                found += 1
                i += number.words if number else 1
                while re.fullmatch(r"\d{3}", s.plain[i]):
                    i += 1
            else:
                i += 1
        return found

    def _used(self, condition: Condition) -> int:
        key = (condition.scope or "").partition(":")[2]
        record = self.people.directory.record(key) if key else None
        in_name = sum(any(c.isdigit() for c in word) for word in _title_words(record.title)) if record else 0
        return in_name + (1 if isinstance(condition.value, int | float) else 0)

    def _split(self, start: int, end: int) -> list[tuple[int, int]]:
        """The words around "and" where both sides name something to watch."""
        s = self.s
        for i in range(start + 1, end - 1):
            if s.plain[i] == "and" or (s.language == "pl" and s.plain[i] in ("i", "oraz", "a", "jednoczesnie")):
                left = self._watches(start, i)
                right = self._watches(i + 1, end)
                if left and right:
                    return [(start, i), *self._split(i + 1, end)]
        return [(start, end)]

    def _watches(self, a: int, b: int) -> bool:
        return any(
            self.s.is_a(
                i,
                "PROGRESS",
                "GAP",
                "CONFIDENCE",
                "RISK",
                "OFF",
                "ONTRACK",
                "UPDATED",
                "OVERDUE",
                "BLOCKED",
                "KPI_WORD",
            )
            or re.fullmatch(r"\d+", self.s.plain[i])
            for i in range(a, b)
        )

    def _single(self, start: int, end: int) -> Read:
        s = self.s
        either = any(s.is_a(i, "OR") and s.plain[i] in ("or", "lub", "albo") for i in range(start, end))
        for read in (self._silence, self._task, self._confidence, self._gap, self._measured, self._status):
            found = read(start, end)
            if found:
                if either and found.condition and self._several_statuses(start, end):
                    return Read(None, ("threshold", s.said(start, end)))
                return found
        for i in range(start, end):
            if s.is_a(i, "UNSUPPORTED"):
                return Read(None, ("schedule", s.said(start, end)))
        for i in range(start, end):
            if s.is_a(i, "VAGUE_LEVEL", "STALE", "FALLS", "GAP"):
                return Read(None, ("threshold", s.said(start, end)))
        return Read(None)

    def _several_statuses(self, start: int, end: int) -> bool:
        found = {value for i in range(start, end) for tag, value in _STATUS_TAGS if self.s.is_a(i, tag)}
        return len(found) > 1

    # -- what it is about ---------------------------------------------------------------------

    def scope(self, start: int, end: int) -> tuple[str | None, Somebody | None]:
        """The team, objective, key result or KPI that is named; unclear where it names none that exists."""
        s = self.s
        for i in range(start, end):
            record = self._record_at(i)
            if record:
                return f"{record.kind}:{record.key}", None
            if re.fullmatch(r"(?:kr|o|kpi|obj)-[\w-]*\d[\w-]*", s.plain[i]):
                return None, Somebody("threshold", s.words[i].text)
        for i in range(start, end):
            named = self.people._team_name(i)
            if named and named[0] and named[1] <= end:
                near = (
                    s.is_a(i - 1, "TEAM")
                    or s.is_a(named[1], "TEAM", "KR", "OKR", "TASK")
                    or (i > start and s.language == "pl" and self._owned(i - 1))
                    or s.words[i].capital
                    or s.plain[i].endswith("'s")
                    or (i > start and s.plain[i - 1] in ("in", "of", "from", "w", "z"))
                )
                if near:
                    return f"team:{named[0]}", None
        for i in range(start, end):
            if s.is_a(i, "TEAM"):
                unknown = self.people._unknown_name(i + 1)
                if unknown and unknown <= end and s.language == "pl":
                    return None, Somebody("audience", s.said(i, unknown))
                before = i - 1
                if s.language == "en" and before >= start and s.words[before].capital and not s.known(before):
                    return None, Somebody("audience", s.said(before, i + 1))
        return self._titled(start, end)

    def _owned(self, i: int) -> bool:
        """Whether the word is what a team may have: "KR marketingu", "kluczowy wynik sprzedaży"."""
        return bool(self.s.is_a(i, "KR", "OKR", "TASK")) or self.s.plain[i].startswith(("wynik", "rezultat"))

    def _record_at(self, i: int) -> RecordEntry | None:
        word = self.s.plain[i]
        if word in self.quotes:
            return self._by_title(self.quotes[word])
        if "-" in word or any(c.isdigit() for c in word):
            return self.people.directory.record(word)
        for length in (5, 3):
            joined = "".join(self.s.plain[i : i + length])
            if "-" in joined and self.s.words[i].capital and (found := self.people.directory.record(joined)):
                return found
        return None

    def _by_title(self, title: str) -> RecordEntry | None:
        plain = fold(title).strip()
        by_key = self.people.directory.record(plain)
        if by_key:
            return by_key
        first = plain.split()
        if not first:
            return None
        found = [r for r in self.people.directory.records_like(first[0][:2]) if fold(r.title) == plain]
        return found[0] if len(found) == 1 else None

    def _titled(self, start: int, end: int) -> tuple[str | None, Somebody | None]:
        """A record named by its whole title inside the words, longest first."""
        s = self.s
        for i in range(start, end):
            if (
                len(s.plain[i]) < 3
                or not s.plain[i].isalpha()
                or not s.words[i].capital
                or (i == start and s.is_a(i, "IF"))
            ):
                continue
            best: tuple[int, RecordEntry] | None = None
            for record in self.people.directory.records_like(s.plain[i][:3]):
                words = _title_words(record.title)
                length = len(words)
                said = list(s.plain[i : i + length])
                if said == words and (best is None or length > best[0]):
                    best = length, record
            if best and (best[0] > 1 or best[1].kind == "kpi"):
                return f"{best[1].kind}:{best[1].key}", None
        # A name that is nobody's would otherwise widen the condition to everything.
        for i in range(start, end):
            named = s.plain[i] in self.quotes or (s.words[i].capital and s.plain[i].isalpha() and not s.known(i))
            if named and (i > 0 or s.plain[i] in self.quotes):
                return None, Somebody("threshold", self.quotes.get(s.plain[i], s.words[i].text))
        return None, None

    # -- kinds ----------------------------------------------------------------------------------

    def _silence(self, start: int, end: int) -> Read | None:
        """not updated for ten days, brak check-inu od dwóch tygodni, stale for 14 days."""
        s = self.s
        subject = next((i for i in range(start, end) if s.is_a(i, "UPDATED", "STALE", "CHECK_IN")), None)
        if subject is None:
            return None
        negated = any(s.is_a(i, "NO") for i in range(start, end)) or any(s.is_a(i, "STALE") for i in range(start, end))
        older = any(s.is_a(i, "ABOVE") for i in range(start, end)) or s.plain[end - 1 : end] in (["ago"], ["temu"])
        span = self._span(start, end)
        if not negated and not (older and span):
            return None
        if any(s.is_a(i, "TASK") for i in range(start, end)) and not any(
            s.is_a(i, "KR", "OKR") for i in range(start, end)
        ):
            return Read(None, ("schedule", s.said(start, end)))
        if span is None:
            return Read(None, ("threshold", s.said(start, end)))
        scope, problem = self.scope(start, end)
        if problem:
            return Read(None, (problem.about, problem.words))
        return Read(Condition("last_check_in", "older_than", span, "days", scope))

    def _span(self, start: int, end: int) -> int | None:
        s = self.s
        for i in range(start, end):
            length = self.dates.length(i)
            if length and length[2] <= end and length[1] in ("day", "week", "month", "business"):
                number = cardinal(s.plain[i : i + 3], s.language)
                bare = number is None and s.language == "pl"
                if bare and s.plain[i] not in ("tydzien", "miesiac", "tygodnia", "miesiaca", "dzien", "dnia"):
                    continue
                if bare and i > start and s.plain[i - 1] in ("tym", "w", "ten", "tego", "biezacym", "ostatni", "kazdy"):
                    continue
                return length[0] * {"day": 1, "week": 7, "month": 30, "business": 1}[length[1]]
        return None

    def _task(self, start: int, end: int) -> Read | None:
        s = self.s
        tasks = any(s.is_a(i, "TASK") for i in range(start, end))
        scope, problem = self.scope(start, end)
        for i in range(start, end):
            if s.is_a(i, "OVERDUE") and (
                tasks or not any(s.is_a(j, "KR", "OKR", "CHECK_IN") for j in range(start, end))
            ):
                if problem:
                    return Read(None, (problem.about, problem.words))
                return Read(Condition("task_due", "overdue", None, None, scope))
        if tasks:
            for tag, value in _TASK_STATUS_TAGS:
                if any(s.is_a(i, tag) for i in range(start, end)):
                    if any(s.is_a(i, "UNSUPPORTED") for i in range(start, end)):
                        return None
                    return Read(Condition("task_status", "is", value, None, scope))
        elif any(s.is_a(i, "BLOCKED") for i in range(start, end)):
            return Read(Condition("task_status", "is", "blocked", None, scope))
        return None

    def _number(self, start: int, end: int) -> tuple[float, str | None, int, int] | None:
        """The number to compare with: (value, unit, place, end)."""
        s = self.s
        for i in range(start, end):
            word = s.plain[i]
            if self._record_at(i):
                continue
            if re.fullmatch(r"\d+[.,]\d+", word):
                value, after = float(word.replace(",", ".")), i + 1
            else:
                number = cardinal(s.plain[i : i + 3], s.language)
                if number is None or (
                    word in ("a", "an", "one", "jeden", "jedna", "jednego", "jednej") and not s.is_a(i + 1, "POINTS")
                ):
                    continue
                value, after = float(number.value), i + number.words
                while word.isdecimal() and re.fullmatch(r"\d{3}", s.plain[after]) and after < end:
                    value, after = value * 1000 + int(s.plain[after]), after + 1
            scale = {"k": 1e3, "tys": 1e3, "m": 1e6, "mln": 1e6, "million": 1e6, "thousand": 1e3}.get(s.plain[after], 1)
            if scale > 1 and after < end:
                value, after = value * scale, after + 1
            unit = None
            if s.is_a(after, "PERCENT"):
                unit, after = "percent", after + s.is_a(after, "PERCENT")
                if s.is_a(after, "POINTS"):
                    unit, after = "points", after + s.is_a(after, "POINTS")
            elif s.is_a(after, "POINTS"):
                unit, after = "points", after + s.is_a(after, "POINTS")
            return value, unit, i, after
        return None

    def _operator(self, start: int, end: int, at: int) -> str | None:
        """How the number at `at` is compared: the words nearest before it, or "or more" after it."""
        s = self.s
        for i in range(at, min(end, at + 4)):
            for tag, operator in (("AT_MOST", "<="), ("AT_LEAST", ">=")):
                if s.is_a(i, tag) and s.plain[i] in ("or", "lub", "albo", "i"):
                    return operator
        for i in range(at - 1, start - 1, -1):
            best = max(_COMPARED, key=lambda pair: s.is_a(i, pair[0]))
            if s.is_a(i, best[0]) and i + s.is_a(i, best[0]) <= at:
                longer = max((j for j in range(max(start, i - 3), i)), key=lambda j: self._spans(j, i), default=i)
                if longer < i and self._spans(longer, i):
                    best = max(_COMPARED, key=lambda pair: s.is_a(longer, pair[0]))
                negated = i > start and s.plain[i - 1] in ("not", "nie", "doesn't", "isn't") and longer >= i
                flipped = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
                return flipped[best[1]] if negated else best[1]
        return None

    def _spans(self, j: int, i: int) -> bool:
        """Whether a comparison that begins at j reaches over i: "does not exceed"."""
        return any(j + self.s.is_a(j, tag) > i for tag, _ in _COMPARED if self.s.is_a(j, tag))

    def _confidence(self, start: int, end: int) -> Read | None:
        s = self.s
        subject = next((i for i in range(start, end) if s.is_a(i, "CONFIDENCE")), None)
        if subject is None:
            return None
        scope, problem = self.scope(start, end)
        if problem:
            return Read(None, (problem.about, problem.words))
        falls = any(s.is_a(i, "FALLS") for i in range(start, end))
        row = any(s.is_a(i, "IN_A_ROW") for i in range(start, end))
        if falls or row:
            weeks = self._weeks(start, end)
            if weeks and row:
                return Read(Condition("confidence", "falls", weeks, "weeks", scope))
        number = self._number(start, end)
        if number is None:
            weeks = self._weeks(start, end)
            if weeks and falls:
                return Read(Condition("confidence", "falls", weeks, "weeks", scope))
            return Read(None, ("threshold", s.said(start, end)))
        value, _, at, _ = number
        plain = int(value) if value == int(value) else value
        if falls and at > start and s.plain[at - 1] in ("by", "o"):
            return Read(Condition("confidence", "falls_by", plain, "points", scope))
        if falls and not self._operator(start, end, at) and s.is_a(at + 1, "POINTS"):
            return Read(Condition("confidence", "falls_by", plain, "points", scope))
        if self._weeks(start, end) and falls and not self._operator(start, end, at):
            return Read(Condition("confidence", "falls", plain, "weeks", scope))
        operator = self._operator(start, end, at)
        if operator is None:
            if any(s.is_a(i, "BECOMES") for i in range(start, at)):
                operator = "<="
            else:
                return Read(None, ("threshold", s.said(start, end)))
        if not 1 <= value <= 5:
            return Read(None, ("threshold", s.said(start, end)))
        return Read(Condition("confidence", operator, plain, "points", scope))

    def _weeks(self, start: int, end: int) -> int | None:
        for i in range(start, end):
            number = cardinal(self.s.plain[i : i + 2], self.s.language)
            if number:
                at = self.s.skip(i + number.words, "IN_A_ROW")
                unit = self.s.value(at, "units")
                if unit and unit[0] == "week":
                    return number.value
        return None

    def _gap(self, start: int, end: int) -> Read | None:
        s = self.s
        subject = next((i for i in range(start, end) if s.is_a(i, "GAP")), None)
        if subject is None:
            return None
        number = self._number(start, end)
        if number is None:
            return None
        if s.language == "pl" and s.plain[subject] == "w" and s.plain[subject + 1] != "tyle":
            return None
        scope, problem = self.scope(start, end)
        if problem:
            return Read(None, (problem.about, problem.words))
        operator = self._operator(start, end, number[2]) or ">="
        share = number[0] if number[0] < 1 and number[1] is None else number[0] / 100
        return Read(Condition("gap", operator, round(share, 6), "fraction", scope))

    def _measured(self, start: int, end: int) -> Read | None:
        """Progress by a percentage, or a KPI by its own number."""
        s = self.s
        number = self._number(start, end)
        if number is None:
            return None
        value, unit, at, _ = number
        operator = self._operator(start, end, at)
        progress = any(s.is_a(i, "PROGRESS") for i in range(start, end))
        kr = any(s.is_a(i, "KR", "OKR") for i in range(start, end))
        scope, problem = self.scope(start, end)
        if problem:
            return Read(None, (problem.about, problem.words))
        kpi = scope is not None and scope.startswith("kpi:")
        if operator is None:
            if any(s.is_a(i, "FALLS") for i in range(start, at)) and (progress or kr or kpi):
                return Read(None, ("threshold", s.said(start, end)))
            return None
        if kpi and not progress:
            plain = int(value) if value == int(value) else value
            return Read(Condition("kpi", {"<=": "<", ">=": ">"}.get(operator, operator), plain, None, scope))
        if progress or kr or (unit == "percent" and scope is not None):
            if unit is None and value > 1 and not progress:
                return Read(None, ("threshold", s.said(start, end)))
            share = value if value <= 1 and unit is None else value / 100
            return Read(Condition("progress", operator, round(share, 6), "fraction", scope))
        if any(s.is_a(i, "KPI_WORD") for i in range(start, end)) or any(
            s.words[i].text.isupper() and len(s.words[i].text) > 1 for i in range(start, end)
        ):
            return Read(None, ("threshold", s.said(start, end)))
        return None

    def _status(self, start: int, end: int) -> Read | None:
        s = self.s
        if self._several_statuses(start, end):
            # "from on track to at risk": what it becomes stands last.
            came_from = next((i for i in range(start, end) if s.plain[i] in ("from", "z", "ze")), None)
            turned = [i for i in range(start, end) if s.plain[i] in ("to", "na", "into")]
            if came_from is not None and turned and turned[-1] > came_from:
                return self._status(turned[-1], end)
        for i in range(start, end):
            if i == start and s.is_a(i, "COMPLETE") and not s.is_a(i, "RISK"):
                continue
            for tag, value in _STATUS_TAGS:
                length = s.is_a(i, tag)
                if not length or i + length > end:
                    continue
                if any(s.is_a(i, other) > length for other, _ in _STATUS_TAGS):
                    continue
                if i > start and s.plain[i - 1] in ("not", "nie", "isn't", "no"):
                    return Read(None, ("threshold", s.said(start, end)))
                if value == "completed" and any(s.is_a(j, "TASK") for j in range(start, end)):
                    continue
                if value == "completed" and not any(
                    s.is_a(j, "KR", "OKR", "BECOMES") or self._record_at(j) for j in range(start, i)
                ):
                    continue
                scope, problem = self.scope(start, end)
                if problem:
                    return Read(None, (problem.about, problem.words))
                return Read(Condition("status", "becomes", value, None, scope))
        return None
