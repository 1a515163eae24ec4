"""Whether a sentence of an update says only what its facts hold: numbers, dates, statuses, names and quotations.

A figure counts in the unit in which it is said: a percentage is none of five key results. Titles and quotations of the
sentence's own facts stand as they are recorded and are taken out first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.claims import Claim, claims, folded_words, readings
from assistant.telling.phrases import patterns, say
from assistant.updates.draft import Draft, Fact, Sentence
from okr.health import Status

_SHARES = frozenset(("progress", "expected", "gap", "change", "previous"))
_QUOTE = re.compile(r"[“„]([^“”„]*)”")
_NUMBER = re.compile("(?<![\\w.,])(?P<digits>\\d{1,3}(?:[\u00a0\u202f]\\d{3})+(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)*)(?!\\w)")
_UNIT = re.compile("[ \u00a0\u202f]?(?:%|percent|per cent|procent\\w*|points?\\b|punkt\\w*|p\\.p\\.|pp\\b)")
_SCALE = re.compile("(?:of|na|z|out of)[ \u00a0]$")
_NOISE = 1e-6
# Figures that are meant only where a word says so.
_SAID_WITH = {
    "expected": re.compile("(?i)expect|oczekiw"),
    "previous": re.compile("(?i)\\b(?:from|was|earlier|before)\\b|było|wcześniej|poprzedn|(?<!\\w)z[  ][−+]?\\d"),
}
# Words with which a sentence may begin; any other capital names somebody or something.
_OPENING = frozenset(
    "a an the overall in on at of by with for from to as so now still here there this that it its we our all both "
    "after since compared despite meanwhile currently progress confidence figures results movement work nothing most "
    "wczesniej oczekiwany lacznie ogolem "
    "obecnie teraz nadal tu to ten ta w we z ze na po od do przy jak mimo postep pewnosc wyniki wynik "
    "calosc razem dotad nic wiekszosc tymczasem".split()
)
_COUNTED = {
    Status.ON_TRACK: re.compile("on track|zgodnie z planem"),
    Status.AT_RISK: re.compile("at risk|zagrożon"),
    Status.OFF_TRACK: re.compile("off track|poza planem"),
    Status.COMPLETED: re.compile("completed|ukończon"),
    Status.UNKNOWN: re.compile("with unknown|z nieznan"),
    Status.PENDING: re.compile("waiting for|bez pierwszej"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something in a sentence that none of its facts holds: `kind` is number, date, status, name or quote."""

    kind: str
    text: str


def doubts(text: str, facts: Sequence[Fact], draft: Draft) -> list[Doubt]:
    """What the text says and its facts do not; empty for a sound sentence."""
    if text == say(draft.language, "update.all_on_track"):
        behind = [fact.id for fact in facts if fact.values.get("off_track") or fact.values.get("at_risk")]
        return [Doubt("status", text)] if behind or not facts else []
    found: list[Doubt] = []
    quotes = {fact.quote.text for fact in facts if fact.quote is not None}
    bare = text
    for quoted in sorted(quotes, key=len, reverse=True):
        bare = bare.replace(f"“{quoted}”", " ").replace(f"„{quoted}”", " ")
    # A title may have quotation marks of its own, and not in pairs.
    for title in sorted({fact.title for fact in facts if fact.title}, key=len, reverse=True):
        bare = bare.replace(title, " ")
    found += [Doubt("quote", quoted) for quoted in _QUOTE.findall(bare)]
    bare = _QUOTE.sub(" ", bare)
    for name in sorted({name for fact in facts for name in _names(fact)}, key=len, reverse=True):
        # Surnames are words of other kinds too, May being one.
        bare = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", bare)
    held = _Held(facts, draft, bare)
    without_dates = bare
    for claim in claims(bare, draft.language):
        if claim.kind == "date":
            without_dates = without_dates.replace(claim.text, " ")
            if not held.day(claim):
                found.append(Doubt("date", claim.text))
        elif claim.kind in ("month", "weekday"):
            found.append(Doubt("date", claim.text))
        elif claim.kind == "status" and not held.status(claim):
            found.append(Doubt("status", claim.text))
        elif claim.kind == "number" and claim.word == "count" and not held.plain(claim.readings[0][0], 0.0):
            found.append(Doubt("number", claim.text))
        elif (claim.kind == "name" and not held.name(claim.text, opens=claim.word == "first")) or claim.kind == "id":
            found.append(Doubt("name", claim.text))
    found += _numbers(without_dates, held)
    return found


def sound(sentence: Sentence, draft: Draft) -> bool:
    """Whether everything that the sentence says stands in its facts; one edited by hand is nobody's to vouch for."""
    return not doubts(sentence.text, [draft.fact(ident) for ident in sentence.facts], draft)


def _numbers(text: str, held: _Held) -> list[Doubt]:
    found = []
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        scale = match["digits"] == "5" and _SCALE.search(text[: match.start()])
        if scale:
            continue
        said = readings(match["digits"])
        after = text[match.end() :].lstrip()
        status = next((status for status, words in _COUNTED.items() if words.match(after)), None)
        if status is not None and not held.counts(status, said[0][0]):
            found.append(Doubt("number", match.group()))
            continue
        known = held.share if unit else held.plain
        if not any(known(value, slack) for value, slack in said):
            found.append(Doubt("number", text[match.start() : unit.end() if unit else match.end()]))
    return found


def _names(fact: Fact) -> tuple[str, ...]:
    return fact.names if fact.quote is None else (*fact.names, fact.quote.author)


class _Held:
    """What facts hold, as sets to look into."""

    def __init__(self, facts: Sequence[Fact], draft: Draft, text: str) -> None:
        self.text = text
        self.facts = facts
        self.shares: list[float] = []
        self.numbers: list[float] = []
        self.percents: list[float] = []
        self.statuses: set[str] = set()
        self.words: set[str] = set(folded_words(f"{draft.company} {draft.title} {draft.rule}"))
        self.days = {date.fromisoformat(draft.period[end]) for end in ("from", "to")}
        self.days.add(datetime.fromisoformat(draft.as_of).date())
        for fact in facts:
            self._take(fact)
        self.words |= _own_words(draft.language)

    def _take(self, fact: Fact) -> None:
        for name, value in fact.values.items():
            if isinstance(value, str):
                self.statuses.add(value)
            elif name in _SHARES:
                if name not in _SAID_WITH or _SAID_WITH[name].search(self.text):
                    self.shares.append(float(value))
            elif name not in ("value", "baseline", "target") or "progress" not in fact.values:
                # Where there is progress, it is said instead of the figures that it is made of.
                self.numbers.append(float(value))
                if name in ("value", "baseline", "target") and _UNIT.fullmatch(fact.unit):
                    self.percents.append(float(value))
                if name in {status.value for status in Status} and value:
                    self.statuses.add(name)
        if fact.kind == "stale_count":
            self.statuses.add("stale")
        if fact.values.get("status") == "off_track" and "progress" not in fact.values:
            self.statuses.add("breached")
        self.statuses |= set(fact.then.values())
        self.days |= {date.fromisoformat(day) for day in fact.dates.values()}
        if fact.quote is not None:
            self.days.add(date.fromisoformat(fact.quote.date))
            self.words |= set(folded_words(fact.quote.author))
        for name in (*fact.names, fact.title, fact.unit):
            self.words |= set(folded_words(name))

    def share(self, value: float, slack: float) -> bool:
        """Whether it is one of the shares in percent or points, or a value recorded in percent."""
        near = [abs(share) * 100 for share in self.shares] + [abs(one) for one in self.percents]
        return any(abs(one - value) <= slack + _NOISE for one in near)

    def plain(self, value: float, slack: float) -> bool:
        """Whether it is one of the other figures."""
        return any(abs(abs(one) - value) <= slack + _NOISE for one in self.numbers)

    def counts(self, status: Status, value: float) -> bool:
        """Whether so many are in that status."""
        return any(fact.values.get(status.value) == value for fact in self.facts)

    def day(self, claim: Claim) -> bool:
        """Whether it is one of the days."""
        day, month, year = claim.day
        return any((one.day, one.month) == (day, month) and year in (0, one.year) for one in self.days)

    def status(self, claim: Claim) -> bool:
        """Whether it is one of the statuses; "nothing is off track" needs their absence."""
        return bool(self.statuses - {claim.word}) if claim.negated else claim.word in self.statuses

    def name(self, text: str, *, opens: bool) -> bool:
        """Whether every word of it belongs to somebody or something of the facts."""
        words = folded_words(text)
        known = self.words | _OPENING if opens else self.words
        return all(word in known or word.isdigit() for word in words)


def _own_words(language: str) -> set[str]:
    """The words that our own patterns begin with a capital."""
    found: set[str] = set()
    for name, pattern in patterns(language).items():
        if name.startswith(("update.", "update_section.", "retro.")):
            found |= {word for part in re.findall(r"[A-ZĄĆĘŁŃÓŚŹŻ][\w-]*", pattern) for word in folded_words(part)}
    return found
