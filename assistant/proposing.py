"""A sentence on its way to a rule: what it comes to, what stands against it, and what else could have been meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from rapidfuzz import fuzz, process

from assistant.automating import Automating, StoreDirectory
from assistant.telling import formats
from okr.access import Actor
from okr.automations import Rule, Unclear
from okr.errors import OkrError
from okr.language.words import fold
from okr.store.automations import RUNNABLE, Automation

MOST_CHOICES = 5
LONGEST = 1_000
"""So many characters of a sentence are read; a rule is a sentence, not a document."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that an unclear sentence may have meant: the words for a button, and the whole sentence then."""

    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be asked about a sentence, where the words in question stand in it, and likely answers."""

    asked: Unclear
    begin: int
    end: int
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sentence comes to.

    `trouble` is empty for a rule that may be set; else `none` (no rule in it), `unclear` (see
    `questions`), `too_long`, `too_often`, `over` (that time is past or never comes), or `refused`,
    and then `reason` says what stands against it.
    """

    rule: Rule
    trouble: str = ""
    reason: OkrError | None = None
    questions: tuple[Question, ...] = field(default_factory=tuple)


def offer(
    reading: Automating, text: str, actor: Actor, now: datetime, helped: Callable[[Rule], Rule] | None = None
) -> Offer:
    """Read the sentence as this person means it now; nothing is stored but a refusal in the audit.

    `helped` may make a rule of one that the reader has to ask about; it passes the same checks as any other.
    """
    text = " ".join(text.split())
    rule = reading.settled(reading.read(text[:LONGEST], actor, now), actor)
    if len(text) > LONGEST:
        return Offer(rule, "too_long")
    if rule.kind == "none":
        return Offer(rule, "none")
    if rule.unclear and helped is not None:
        rule = helped(rule)
    if rule.kind not in RUNNABLE or rule.unclear:
        return Offer(rule, "unclear", questions=tuple(_questions(reading, rule, actor, now)))
    if rule.too_often(now):
        return Offer(rule, "too_often")
    if not rule.coming(now, 1):
        return Offer(rule, "over")
    try:
        reading.store.check_automation(actor, rule, now)
    except OkrError as reason:
        return Offer(rule, "refused", reason)
    return Offer(rule)


def propose(reading: Automating, found: Offer, actor: Actor, now: datetime) -> Automation:
    """Keep the offered rule as a proposal, which does nothing until it is confirmed."""
    return reading.store.propose_automation(actor, found.rule, now)


# -- what may have been meant ----------------------------------------------------------------------


def _questions(reading: Automating, rule: Rule, actor: Actor, now: datetime) -> Iterator[Question]:
    for asked in rule.unclear:
        begin = fold(rule.text).find(fold(asked.words)) if asked.words else -1
        begin, end = (begin, begin + len(asked.words)) if begin >= 0 else (0, 0)
        known = {fold(rule.text)}
        choices: list[Choice] = []
        for label, sentence in _meant(reading, rule, asked, (begin, end), actor, now):
            if len(choices) < MOST_CHOICES and fold(sentence) not in known and _settles(reading, sentence, actor, now):
                known.add(fold(sentence))
                choices.append(Choice(label, sentence))
        yield Question(asked, begin, end, tuple(choices))


def _settles(reading: Automating, sentence: str, actor: Actor, now: datetime) -> bool:
    """Whether the sentence is a rule; what only sounds like an answer is not offered as one."""
    found = reading.read(sentence, actor, now)
    return found.kind in RUNNABLE and not found.unclear


def _meant(
    reading: Automating, rule: Rule, asked: Unclear, place: tuple[int, int], actor: Actor, now: datetime
) -> Iterator[tuple[str, str]]:
    if asked.about in ("audience", "address"):
        yield from _people(reading, rule, asked, place, actor)
        return
    records = list(_records(reading, rule, asked, actor)) if asked.about == "threshold" else []
    yield from records
    if asked.about in _LIKELY and not records:
        yield from _times(rule, asked, place, now.date())


def _people(
    reading: Automating, rule: Rule, asked: Unclear, place: tuple[int, int], actor: Actor
) -> Iterator[tuple[str, str]]:
    directory = StoreDirectory(reading.names, actor)
    found: dict[str, tuple[str, str | None]] = {}
    for word in fold(asked.words).replace("@", " ").replace(".", " ").split():
        # A name in another case begins like the name ("Annie", "Annę" of Anna).
        for stem in (word, word[:-1], word[:-2]):
            if len(stem) >= 3 and stem == word[: len(stem)]:
                for person in directory.people_like(stem):
                    found.setdefault(person.email, (person.name, person.team))
                if found:
                    break
    if not found:
        found = _of_like_names(reading, fold(asked.words).split())
    teams = {team.key: team.name for team in reading.names.teams}
    for email, (name, team) in list(found.items())[:MOST_CHOICES]:
        where = f" · {teams[team]}" if team in teams else ""
        yield f"{name}{where}", _put(rule.text, place, email)
    likely = process.extract(fold(asked.words), {k: fold(n) for k, n in teams.items()}, scorer=fuzz.WRatio, limit=3)
    for _, score, key in likely:
        if score >= 60:
            named = f"the {teams[key]} team" if rule.language != "pl" else f"zespół {teams[key]}"
            yield teams[key], _put(rule.text, place, named)
    if place[1]:
        begin = place[0] - 4 if fold(rule.text[: place[0]]).endswith(" the ") else place[0]
        label, words = ("Ja", "mi") if rule.language == "pl" else ("Me", "me")
        yield label, _put(rule.text, (begin, place[1]), words)


def _records(reading: Automating, rule: Rule, asked: Unclear, actor: Actor) -> Iterator[tuple[str, str]]:
    """A name that a key result and a KPI share: each by its id."""
    directory = StoreDirectory(reading.names, actor)
    title = fold(asked.words)
    place = fold(rule.text).find(title)
    for word in title.split()[:1]:
        for record in directory.records_like(word):
            if fold(record.title) == title and place >= 0:
                label = f"{record.title} · {record.key}"
                yield label, _put(rule.text, (place, place + len(asked.words)), record.key)


def _of_like_names(reading: Automating, words: list[str]) -> dict[str, tuple[str, str | None]]:
    """People of whom some part of the name sounds like one of the words."""
    everybody = {person.email: person for person in reading.store.people()}
    parts = {(email, part): part for email, person in everybody.items() for part in fold(person.name).split()}
    close = [hit for word in words for hit in process.extract(word, parts, scorer=fuzz.ratio, limit=3, score_cutoff=74)]
    best = sorted(close, key=lambda hit: -hit[1])[:3]
    return {email: (everybody[email].name, everybody[email].team) for _, _, (email, _) in best}


_HOUR = re.compile(r"\b(?:at|around|about|o|około|koło)\s+(\d{1,2})(?!\d|[:.]\d|\s*[ap]\.?m)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:\b(?:at|o)\s+)?\b\d{1,2}[:.]\d{2}\b", re.IGNORECASE)
_OFTEN = re.compile(
    r"\b(?:every|each|co|każd\w+)\s+(?:\d+\s+)?(?:minutes?|seconds?|mins?|secs?|minut\w*|sekund\w*)\b", re.IGNORECASE
)
_WHEN = re.compile(r"\b(?:when(?:ever)?|if|once|gdy|kiedy|jeśli|jeżeli|jak)\b", re.IGNORECASE)
_TWO_NUMBERS = re.compile(r"\b(\d{1,2})[./](\d{1,2})\b")
_LIKELY = ("time", "day", "limit", "schedule", "threshold", "past")


def _times(rule: Rule, asked: Unclear, place: tuple[int, int], today: date) -> Iterator[tuple[str, str]]:
    text, polish = rule.text, rule.language == "pl"
    if asked.about == "time" and not polish and (hour := _HOUR.search(text)) and 1 <= int(hour[1]) <= 12:
        for part in ("am", "pm"):
            words = f"at {hour[1]} {part}"
            yield words, _put(text, hour.span(), words)
        return
    if asked.about == "time" and (clock := _CLOCK.search(text)):
        # Only the hour is in doubt: the days that were said stay.
        for words in ("o 9:00", "o 16:00") if polish else ("at 9:00", "at 16:00"):
            yield words, _put(text, clock.span(), words)
        return
    if asked.about == "day" and (both := _TWO_NUMBERS.search(asked.words)):
        for day, month in ((int(both[1]), int(both[2])), (int(both[2]), int(both[1]))):
            if 1 <= month <= 12 and 1 <= day <= 31:
                words = f"{day} {formats.MONTHS[rule.language][month - 1]}"
                yield words, _put(text, place, words if polish else f"on {words}")
        return
    if asked.about == "limit" and (often := _OFTEN.search(text)):
        for words in ("co godzinę", "codziennie o 9:00") if polish else ("every hour", "every day at 9:00"):
            yield words, _put(text, often.span(), words)
        return
    if asked.about == "threshold" and (when := _WHEN.search(text)):
        states = (
            ("status KR zmieni się na off track", "status KR zmieni się na at risk")
            if polish
            else ("a key result becomes off track", "a key result becomes at risk")
        )
        for words in states:
            yield words, f"{text[: when.end()]} {words}"
        return
    likely = (
        {
            ("time", False): ("at 9:00", "at 16:00"),
            ("time", True): ("o 9:00", "o 16:00"),
            ("day", False): ("every Monday", "every Friday", "every weekday"),
            ("day", True): ("co poniedziałek", "co piątek", "w dni robocze"),
            ("schedule", False): ("every Monday at 9:00", "every Friday at 16:00"),
            ("schedule", True): ("co poniedziałek o 9:00", "co piątek o 16:00"),
            ("past", False): ("tomorrow at 9:00", "on Monday at 9:00"),
            ("past", True): ("jutro o 9:00", "w poniedziałek o 9:00"),
        }[asked.about, polish]
        if asked.about in ("time", "day", "schedule", "past")
        else ()
    )
    for words in likely:
        whole = place == (0, len(text))
        # Where the doubt is about the whole sentence the answer is added to it.
        yield words, f"{text.rstrip(' .')} {words}" if whole or place == (0, 0) else _put(text, place, words)


def _put(text: str, place: tuple[int, int], words: str) -> str:
    begin, end = place
    return f"{text[:begin].rstrip()} {words} {text[end:].lstrip()}".strip() if end else f"{text} {words}"
