"""Whether what a model says stands in the records: each claim of a sentence against this turn's tool results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.claims import Claim, claims, day_of, folded_words, readings, spelt_numbers
from assistant.directions import Moves, directions, moves_of, ways
from assistant.telling.phrases import LANGUAGES
from okr.calendar import day_of as day_in_zone
from okr.language.words import stems
from tools.context import TurnContext
from tools.result import Found, Row
from tools.rows import key_result_line, objective_line

# Figures that are fractions of one and are said in percent or points.
_SHARE_NAMES = """
    progress expected gap change previous previous_gap gap_change previous_progress progress_change difference
    average score ratio share mean
"""
SHARES = frozenset(_SHARE_NAMES.split())
_STATUSES = ("on_track", "at_risk", "off_track", "completed", "pending", "unknown")
_TEXTS = ("wins", "blockers", "note", "text")
_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w*@)")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_CITED = re.compile(r"\[([^\[\]\n]{1,200})\]")
# Capitals that name nothing of the company's.
_FREE = """
    okr okrs kr krs kpi kpis q1 q2 q3 q4 id ids i ok no yes tak nie iso monday tuesday wednesday thursday friday
    saturday sunday january february march april may june july august september october november december
"""
_FREE_NAMES = frozenset(_FREE.split())
# Words with which a number may be the days between a recorded date and today.
_SINCE = re.compile(r"(?i)\b(?:days?|dni|dnia|dzień|ago|temu)\b")
# Words that say whose a record is or who said something of it: there the name has to be that record's.
_WHOSE = re.compile(
    r"(?i)\b(?:own(?:s|ed|er|ers)|responsible|led by|leads|wrote|written|says|said|report(?:s|ed)|rates|assigned"
    r"|odpowiada\w*|właściciel\w*|prowadzi|napisa\w+|pisze|mówi|powiedzia\w+|zgłasza|ocenia|twierdzi|przypisan\w+)\b"
)
_NOISE = 1e-9


@dataclass(slots=True)
class Facts:
    """What is recorded of one record, or of the turn as a whole."""

    numbers: set[float] = field(default_factory=set)
    shares: set[float] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    statuses: set[str] = field(default_factory=set)
    moves: Moves = field(default_factory=Moves)
    ways: set[bool] = field(default_factory=set)

    def add_text(self, text: str) -> None:
        """Take in what a text says: its words, its figures and its dates."""
        self.words.update(folded_words(text))
        self.days.update(_days(text))
        self.ways |= ways(text)
        for match in _DIGITS.finditer(_ISO.sub(" ", text)):
            self.numbers.update(value for value, _ in readings(match.group()))
        # A colleague may have written "dwadzieścia" where the answer says 20 or "twenty".
        for language in LANGUAGES:
            self.numbers.update(spelt_numbers(text, language))

    def add(self, name: str, value: object) -> None:
        """Take in a figure, word or list of a record."""
        if isinstance(value, bool) or value is None:
            if name == "holding" and value is False:
                self.statuses.add("breached")
            return
        if isinstance(value, int | float):
            (self.shares if name in SHARES else self.numbers).add(float(value))
            if name == "change" or name.startswith("previous") or name == "value_difference":
                # Of values the change is in their own unit, of progress it is a share.
                self.numbers.add(float(value))
            if name in _STATUSES and value > 0:
                self.statuses.add(name)
        elif isinstance(value, str):
            if name in ("status", "reported", "freshness", "state"):
                self.statuses.add(value)
            self.add_text(value)
        elif isinstance(value, list):
            for one in value:
                self.add("", one)

    def hold(self, other: Facts) -> None:
        """Take in another's facts too."""
        self.numbers |= other.numbers
        self.shares |= other.shares
        self.days |= other.days
        self.words |= other.words
        self.statuses |= other.statuses
        self.moves.hold(other.moves)
        self.ways |= other.ways


def _days(text: str) -> Iterable[date]:
    for match in _ISO.finditer(text):
        try:
            yield date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue


class Evidence:
    """This turn's tool results as facts, and the check of sentences against them."""

    def __init__(self, turn: TurnContext, question: str, founds: Sequence[Found], refusals: Sequence[str] = ()) -> None:
        self.turn = turn
        self.of: dict[str, Facts] = {}
        self.titles: dict[str, str] = {}
        self.ids: set[str] = set()
        self.common = Facts()
        self.every = Facts()
        self.common.days.add(turn.today)
        self.common.words.update(folded_words(f"{turn.actor.name} {turn.company.name}"))
        self.asked = set(folded_words(question))
        for found in founds:
            self._take(found)
        for refusal in refusals:
            # A tool that finds two records of a name says which; asking back may name them.
            self.common.add_text(refusal)
            self.ids.update(_CITED.findall(refusal))
        for facts in (self.common, *self.of.values()):
            self.every.hold(facts)

    def _take(self, found: Found) -> None:
        for name, value in found.values.items():
            self.common.add(name, value)
        for name, value in found.args.items():
            self.common.add(name, value if isinstance(value, str | list | int | float) else None)
        for moment in (found.as_of,):
            if moment is not None:
                self.common.days.add(day_in_zone(moment, self.turn.zone))
        if found.period:
            self.common.add_text(" ".join(found.period.values()))
        self.common.add_text(found.rule or "")
        self.common.numbers |= {float(len(found.rows)), float(len(found.apart)), float(found.more)}
        self.common.numbers.add(float(len(found.rows) + len(found.apart) + found.more))
        for name in ("status", "reported", "freshness", "why", "team", "owner", "state", "role", "kind", "assignee"):
            counted = Counter(str(row.values.get(name)) for row in (*found.rows, *found.apart))
            self.common.numbers |= {float(count) for count in counted.values()}
        self.ids.update(found.sources)
        for key, moves in moves_of(found).items():
            self._facts(key).moves.hold(moves)
        for row in (*found.rows, *found.apart):
            self._take_row(row)
        for line in found.lines:
            head = _CITED.match(line)
            facts = self._facts(head[1]) if head else self.common
            facts.add_text(line)
            facts.statuses |= {name for name in _STATUSES if name in line}
            for key in _CITED.findall(line):
                self.ids.add(key)
        for quote in found.quotes:
            for facts in (
                (self._facts(quote.id), self._facts(quote.key_result)) if quote.key_result else (self._facts(quote.id),)
            ):
                facts.add_text(f"{quote.text} {quote.author} {quote.on.isoformat()}")
            self.titles.setdefault(quote.id, "")
        if found.chart is not None:
            for series in found.chart.series:
                for moment, value, key in series.points:
                    facts = self._facts(key)
                    facts.numbers.add(value)
                    facts.days.add(day_in_zone(moment, self.turn.zone))

    def _take_row(self, row: Row) -> None:
        facts = self._facts(row.id)
        self.titles[row.id] = row.title
        facts.add_text(f"{row.title} {row.id}")
        for name, value in row.values.items():
            facts.add(name, value)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and name not in _TEXTS:
                    self.ids.add(one)
        if row.type == "key_result":
            facts.add_text(key_result_line(row))
        elif row.type == "objective" and "left_out" in row.values:
            facts.add_text(objective_line(row))
        above = row.values.get("key_result")
        if isinstance(above, str):
            self._facts(above).hold(facts)

    def _facts(self, key: str) -> Facts:
        self.ids.add(key)
        return self.of.setdefault(key, Facts())

    # ── checking ───────────────────────────────────────────────────────────────────────────────

    def cited(self, sentence: str) -> list[str]:
        """The ids of the records that the sentence names, by id or by title, in its order."""
        places: dict[str, int] = {}
        for match in _CITED.finditer(sentence):
            for part in re.split(r"[,;]\s*", match[1]):
                if part.strip() in self.of:
                    places.setdefault(part.strip(), match.start())
        lowered = sentence.lower()
        for key, title in self.titles.items():
            for name in (title, key):
                at = lowered.find(name.lower()) if len(name) > 3 else -1
                if at >= 0:
                    places.setdefault(key, at)
        return sorted(places, key=lambda key: places[key])

    def unsupported(self, sentence: str, context: Sequence[str] = ()) -> list[Claim]:
        """The claims of the sentence that no tool result holds.

        Figures are looked for among the facts of the records that the sentence names (else of those in
        `context`), so that one record's figure does not pass for another's.
        """
        named = self.cited(sentence) or [key for key in context if key in self.of]
        facts = self._together(named)
        since = _SINCE.search(sentence) is not None
        whose = bool(named) and _WHOSE.search(sentence) is not None
        found: list[Claim] = []
        for claim in claims(sentence, self.turn.language):
            if not self._holds(claim, facts, since):
                found.append(claim)
            elif whose and self._anothers(claim, facts):
                found.append(Claim("person", claim.text))
        for said in directions(sentence):
            facts = self._together(self.cited(said.part) or named)
            if not said.stands(facts.moves, facts.ways):
                found.append(Claim("direction", said.text))
        return found

    def _together(self, named: Sequence[str]) -> Facts:
        """The facts of the records named and of the turn; all there are where none is named."""
        if not named:
            return self.every
        facts = Facts()
        facts.hold(self.common)
        # How many are off track in all says nothing about the one that is spoken of.
        facts.statuses = set()
        for key in named:
            facts.hold(self.of[key])
        return facts

    def _anothers(self, claim: Claim, facts: Facts) -> bool:
        """Whether the claim names a person of the directory whom none of the records spoken of knows."""
        if claim.kind != "name":
            return False
        known = facts.words | self.asked
        return any(
            not (word in known or any(_alike(word, one) for one in known)) and self._in_directory(word, ("person",))
            for word in folded_words(claim.text)
        )

    def _holds(self, claim: Claim, facts: Facts, since: bool) -> bool:
        match claim.kind:
            case "number":
                return self._number(claim, facts, since)
            case "date":
                return self._date(claim, facts)
            case "month":
                _, month, year = claim.day
                return any(d.month == month and year in (0, d.year) for d in self.every.days) or self._said(claim.text)
            case "weekday":
                return any(d.weekday() == claim.day[0] for d in self.every.days) or self._said(claim.text)
            case "id":
                return claim.text in self.ids or claim.text.lower() in self.ids
            case "status":
                known = {"breached"} & facts.statuses | facts.statuses
                return bool(known - {claim.word}) if claim.negated else claim.word in known
        return self._name(claim)

    def _number(self, claim: Claim, facts: Facts, since: bool) -> bool:
        if claim.word == "week":
            return any(claim.readings[0][0] == d.isocalendar().week for d in self.every.days)
        for value, slack in claim.readings:
            if any(abs(abs(one) - value) <= slack + _NOISE for one in facts.numbers):
                return True
            if any(abs(abs(one) * 100 - value) <= slack + 1e-6 for one in facts.shares):
                return True
            if value <= 1 and any(abs(abs(one) - value) <= slack + _NOISE for one in facts.shares):
                return True
            whole = value == int(value)
            if whole and since and any(abs((self.turn.today - day).days) == value for day in facts.days):
                return True
            if whole and any(day.year == value for day in self.every.days):
                return True
        return False

    def _date(self, claim: Claim, facts: Facts) -> bool:
        day, month, _ = claim.day
        if (exact := day_of(claim)) is not None:
            return exact in facts.days
        return any((one.day, one.month) == (day, month) for one in facts.days)

    def _said(self, text: str) -> bool:
        return all(word in self.asked for word in folded_words(text))

    def _name(self, claim: Claim) -> bool:
        known = self.every.words | self.asked | _FREE_NAMES
        for word in folded_words(claim.text):
            if word.isdigit() or word in known or any(_alike(word, one) for one in known):
                continue
            # A sentence begins with a capital anyway; only a name of the directory counts there.
            if claim.word != "first" or self._in_directory(word):
                return False
        return True

    def _in_directory(self, word: str, kinds: Sequence[str] = ("person", "team")) -> bool:
        bearing = self.turn.store.bearing({word})
        return any(kind in kinds for refs in bearing.values() for kind, _ in refs)


def _alike(word: str, known: str) -> bool:
    """Whether two words are forms of one: "Grzegorza" is Grzegorz."""
    if 3 <= len(known) <= 4 and known[-1] in "aeo" and word[:-1] in (known[:-1], f"{known[:-1]}i"):
        # "Anę", "Anie" and "Any" are Ana.
        return True
    if word[:3] != known[:3]:
        return False
    if stems(word) & stems(known):
        return True
    short = min(len(word), len(known))
    same = next((i for i in range(short) if word[i] != known[i]), short)
    return same >= 4 and max(len(word), len(known)) - same <= 3
