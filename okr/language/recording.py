"""Sentences that tell us to record something: a check-in, the status of a task, a new target, a new task.

"NPS is 52, confidence 3, blocked by the survey tool" and "oznacz zadanie T-4 jako zrobione" are such; "what is
NPS?" is none, nor is anything conditional or repeated. This module cuts the sentence up; `recorded_names`
finds the record that it names. A word that has no part in it makes it no such sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from okr.language.milestone_orders import read_reached
from okr.language.signs_of_language import language_of
from okr.language.words import fold

LONGEST = 2_000
LONGEST_HEAD = 300
"""So many signs before any free text; no record's name is longer."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence would record.

    `act` is check_in, task (its status or who has it), set (a field of a key result), milestone (`step` is
    reached), or new_task. `name`
    are the words for the record as typed, at `start` to `end` of `text`. `values` are texts as typed, under
    the fields' own names; `on` is a day. `sure` says that no question could look like this.
    """

    act: str
    text: str
    name: str
    start: int
    end: int
    values: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None
    language: str = ""
    sure: bool = False


def _words(text: str) -> str:
    return "|".join(sorted((re.escape(w).replace(r"\*", r"\w*") for w in text.split()), key=len, reverse=True))


# A sentence that begins so asks, or is about something that will come again.
_ASKING = re.compile(
    r"\W*(?:"
    + _words(
        "what which who whom whose how why when where is are was were do does did has have had will would can could "
        "should may show list compare give tell find explain describe summari* count rank name any remind every each "
        "if whenever once after before unless let notify ask send alert review check-ins "
        "co jak jaki jaka jakie jakim jakiej ile czy kto kogo komu kiedy czemu dlaczego gdzie ktory ktora ktore "
        "ktorego pokaz podaj wymien porownaj powiedz wyjasnij opisz podsumuj znajdz policz przypomnij przypominaj "
        "kazdego kazda jesli jezeli gdy kiedy powiadom zapytaj wyslij wysylaj daj sprawdz"
    )
    + r")\b"
)
# A question may stand behind what it is about: "logistyka - co jest zielone", "NPS: is it on track".
_ASKING_AFTER = re.compile(
    r"(?:[,:;-]|\ba)\s*(?:what|which|who|whose|how|why|when|where|is it|are they|is that|any of|"
    r"co|jak|ile|czy|kto|kiedy|czemu|dlaczego|gdzie|ktor\w+|jaki\w*|jaka|czyj\w*)\b"
)
_REPEATED = re.compile(
    r"\b(?:every|each|whenever|weekly|daily|monthly|co (?:poniedzialek|wtorek|srode|czwartek|piatek|sobote|niedziele|"
    r"tydzien|miesiac|dzien|kwartal)|codziennie|kazd\w+|zawsze gdy|jesli|jezeli|if|unless)\b"
)
_POLITE = (
    r"(?:\W*(?:please|pls|hi|hey|hello|ok|okay|so|just|now|prosze|hej|czesc|dzien dobry|no to|teraz)\b[\s,:!.-]*)*"
)

# Where free text begins; what stands after it is a colleague's words up to the next of these.
_PARTS = (
    ("blockers", r"(?:blocked|held up|stuck) (?:by|on)|blocker is|zablokowan\w+ przez|blokuj[ea](?: nas| mnie)?"),
    ("note", r"because|bo|poniewaz"),
)
# The name of a part with a colon; "wards on electronic notes: 9" is none, so it needs a pause or a figure before it.
_HEADED = (
    ("blockers", r"blockers?(?: is| are)?|blokery?|przeszkod\w*|blokad\w*"),
    ("wins", r"wins?|success(?:es)?|wygran\w+|sukces\w*"),
    ("note", r"notes?|comments?|notatk\w*|komentarz\w*|uwag\w*"),
)
_PAUSE = r"(?:^|[,;.\n]\s*|\s-+\s*|\s(?:and|but|i|a|oraz|ale)\s+|(?<=[\d%])\s)(?:and |i |oraz )?"
_TEXT = re.compile(
    r"(?:"
    + r"(?:[,;.\n]\s*|\s-+\s*|\s)(?:and |but |i |a |oraz |ale )?(?:"
    + "|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(_PARTS))
    + r")(?!\w)|"
    + _PAUSE
    + r"(?:"
    + "|".join(f"(?P<h{i}>{pattern})" for i, (_, pattern) in enumerate(_HEADED))
    + r")\s*[:=-])\s*"
)
_NUMBER = r"[$€£]?\s?[+-]?\d{1,3}(?:[ \u00a0]\d{3})+(?:[.,]\d+)?|[$€£]?\s?[+-]?\d+(?:[.,]\d+)*"
_COLOUR = r"red|yellow|amber|green|czerwon[yae]\w*|zolt[yae]\w*|zielon[yae]\w*"
_STATUSES = (
    ("on_track", r"on[ -]track|zgodnie z planem|w planie|na dobrej drodze"),
    ("at_risk", r"at[ -]risk|zagrozon\w+"),
    ("off_track", r"off[ -]track|poza planem|niezgodnie z planem"),
    ("completed", r"completed|ukonczon\w+"),
)
_STATUS = "|".join(pattern for _, pattern in _STATUSES)
_CONFIDENCE = re.compile(
    r"(?:(?:my |our |with |moja |z )?(?:confidence|conf|pewnosc\w*|pewnosci\w*)(?: level)?\s*(?:is|at|of|to|now|wynosi|jest|na|:|=)?\s*"
    r"(?P<level>-?\d+(?:[.,]\d+)?|" + _COLOUR + r")(?:\s*(?:/|out of|of|z|na)\s*5)?|(?P<colour>" + _COLOUR + r"))"
)
_ONLY_STATUS = re.compile(r"(?:status|stan)?\s*(?:is|jest|to|:|=)?\s*(?:now )?(?P<status>" + _STATUS + ")")
# What may stand between the name and its value.
_LINK = (
    r"(?!\s+(?:na|do|up|down)\s)(?:'s|\s+(?:is|was|are|were|stands|reached|hit|has|fell|rose|went|dropped|grew|jumped|climbed|up|down|now|at|to|"
    r"currently|wynosi\w*|jest|ma|to|teraz|obecnie|spad\w+|wzros\w+|urosl\w+|osiagn\w+|skoczyl\w*|zeszl\w*|do|na|"
    r"poziomie|doszl\w+|mamy)\b|\s*[:=](?=\s)|(?<!\d)[:=]|\s+-+(?=\s))+"
)
_VALUE = re.compile(r"(?P<name>.+?)(?P<link>" + _LINK + r")\s*(?P<value>" + _NUMBER + r")\s*(?P<unit>%|[^\d,;]*)")
_BARE = re.compile(r"(?P<name>.*?[^\W\d].*?)\s+(?P<value>" + _NUMBER + r")\s*(?P<unit>%|[^\d,;]*)")
# "fell from 50" before "to 40" is what it was, not a part of its name.
_MOVED_FROM = re.compile(
    r"\s+(?:fell|rose|went|moved|dropped|grew|spad\w+|wzros\w+|urosl\w+)\s+(?:from|z)\s+(?:"
    + _NUMBER
    + r")\s*%?(?:\s+(?:do|na|to))?$"
)
# Words by which a name turns out to be a description of many.
_MANY = re.compile(
    r"(?<![\w-])(?:that|which|who|where|everything|nothing|things|ones|krs|kr-y|objectives|teams|tasks|all|any|than|except|"
    r"ktore|ktorych|wszystk\w+|nic|oprocz|procz|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight|"
    r"jutro|poniedzialek|wtorek|srode|czwartek|piatek|sobote|niedziele)\b"
)
_SURE_OF = re.compile(
    r"(?:(?:my |our |the |moja |nasza )?(?:confidence|pewnosc\w*))\s+(?:in |of |for |on |dla |w |co do )?(?P<name>.+?)"
    r"(?:\s+(?:is|at|to|wynosi|jest|na)|\s*[:=])+\s*(?P<level>\d(?:[.,]\d+)?|" + _COLOUR + ")"
)
_UNCHANGED = re.compile(r"(?P<name>.+?)(?:" + _LINK + r"|\s*,|\s)\s*(?:no change|unchanged|bez zmian)")
# A yes-or-no key result that is reached; whether it is one is known by who records it.
REACHED = "reached"
_REACHED = re.compile(
    r"(?P<name>.+?)(?:\s*[:=]\s*|\s+(?:is|jest)\s+)(?:done|reached|achieved|zrobione|gotowe|osiagniete)"
)
_NAMED = re.compile(r"(?P<name>.+?)(?:" + _LINK + r"|\s*,)\s*(?P<rest>" + _COLOUR + "|" + _STATUS + r")")
_PREFIX = re.compile(
    r"(?:(?:check[ -]?in|update|log|record|report|save|wpis|zapisz|odnotuj|zanotuj|zaktualizuj|aktualizuj\w*|raportuj\w*)"
    r"(?:\s+(?:on|for|to|do|dla|na|w|that|ze))?\s*[:,-]?\s+)"
)
_SET = re.compile(
    r"(?:set|put|change|move|ustaw|zmien|wpisz)\s+(?P<name>.+?)\s+(?:to|at|na|do)\s+(?P<value>"
    + _NUMBER
    + r")\s*(?P<unit>%|[^\d,;]*)"
)
_FIELDS = (
    ("target", r"target|goal|cel|wartosc\w* docelow\w*"),
    ("baseline", r"baseline|start(?:ing)? value|wartosc\w* poczatkow\w*|baze"),
    ("owner", r"owner|wlascicie\w+"),
)
_FIELD = "|".join(f"(?P<f{i}>{pattern})" for i, (_, pattern) in enumerate(_FIELDS))
_SET_FIELD = (
    re.compile(r"(?:set|change|raise|lower|move|update)\s+(?:the\s+)?(?:" + _FIELD + r")\s+(?:of|for|on)\s+(?P<name>.+?)\s+(?:to|at)\s+(?P<value>.+)"),
    re.compile(r"(?:set|change|raise|lower|move|update)\s+(?P<name>.+?)(?:'s)?\s+(?:" + _FIELD + r")\s+(?:to|at)\s+(?P<value>.+)"),
    re.compile(r"(?:ustaw|zmien|podnies|obniz|przesun)\s+(?:" + _FIELD + r")\s+(?:dla\s+|w\s+)?(?P<name>.+?)\s+(?:na|do)\s+(?P<value>.+)"),
)  # fmt: skip

_TASK_STATUS = (
    (
        "done",
        r"done|finished|complete|completed|closed|zrobion\w+|gotow\w+|wykonan\w+|zakonczon\w+|skonczon\w+|ukonczon\w+",
    ),
    ("in_progress", r"in[ -]progress|started|w toku|w trakcie|rozpoczet\w+"),
    ("in_review", r"(?:in[ -])?review|w recenzji|w ocenie|do sprawdzenia|w przegladzie"),
    ("blocked", r"blocked|zablokowan\w+"),
    ("to_do", r"to[ -]?do|open|reopened|do zrobienia|otwart\w+"),
)
_TASK_WORD = "|".join(f"(?P<s{i}>{pattern})" for i, (_, pattern) in enumerate(_TASK_STATUS))
_TASK_SET = re.compile(
    r"(?P<verb>set|mark|move|put|change|oznacz|ustaw|zmien|przenies)\s+(?:status (?:of|zadania)?\s*)?(?:the )?(?P<task>task |zadanie |zadania )?"
    r"(?P<name>.+?)\s+(?:status\s+)?(?:to|as|jako|na|do|w)?\s*(?:" + _TASK_WORD + ")"
)
_TASK_IS = re.compile(
    r"(?:the )?(?P<task>task |zadanie )?(?P<name>.+?)\s*(?:is|jest|has been|was|zostalo|:|=|-)?\s+(?:now |already |juz )?(?:"
    + _TASK_WORD
    + ")"
)
_TASK_DO = re.compile(
    r"(?:(?P<done>finish|complete|close|zakoncz|zamknij|ukoncz)|(?P<start>start|begin|zacznij|rozpocznij)|(?P<open>reopen))\s+"
    r"(?:the )?(?:(?P<task>task|zadanie)\s+)?(?P<name>.+)"
)
_ASSIGN = re.compile(
    r"(?:assign|give|reassign|hand|przypisz|przekaz|oddaj)\s+(?:the )?(?:task |zadanie )?(?P<name>.+?)\s+(?:over )?(?:to|do|dla)?\s*(?P<who>\S+@\S+|me|mnie|mi|[^\d]+)"
)
_NEW_TASK = re.compile(
    r"(?:add|create|new|make|dodaj|utworz|nowe|stworz|zaloz)\s+(?:a |new |an |nowe )*(?:task|to-?do|zadanie)\s*[:,-]?\s+(?P<title>.+)"
)
_NEW_FOR = re.compile(r"[\s,]+(?:for|to|dla|do)\s+(?P<key>[a-z]+-[\w.-]*[\w])(?=[\s,.]|$)")
_NEW_DUE = re.compile(r"[\s,]+(?:due|by|until|termin|do)\s*:?\s*(?P<due>\d{4}-\d{2}-\d{2})(?=[\s,.]|$)")
_KEY = re.compile(r"[a-z]+(?:[-_][a-z0-9]+)+", re.I)
_ON = re.compile(
    r"[\s,(]*(?:as of |from |on |dated |z dnia |z |na dzien |w )?(?P<day>today|yesterday|dzis(?:iaj)?|wczoraj|\d{4}-\d{2}-\d{2})[\s)]*$"
)


def read_recording(text: str, today: date, usual: str = "en") -> Said | None:
    """What the sentence would record; None for any that asks, is conditional, or has words without a part in it."""
    composed = unicodedata.normalize("NFC", text).strip()
    if not composed or len(composed) > LONGEST:
        return None
    folded = "".join(fold(sign)[:1] or " " for sign in composed)
    begins = re.match(_POLITE, folded)
    at = begins.end() if begins else 0
    if _ASKING.match(folded, at) or _ASKING_AFTER.search(folded[at : at + LONGEST_HEAD]):
        return None
    language = language_of(composed, usual)
    sentence = _Sentence(composed, folded, at, today, language)
    found = (
        sentence.new_task() or sentence.milestone() or sentence.set_field() or sentence.task() or sentence.check_in()
    )
    return found


class _Sentence:
    def __init__(self, text: str, folded: str, at: int, today: date, language: str) -> None:
        self.text, self.folded, self.at = text, folded, at
        self.today, self.language = today, language

    # ── check-ins ──────────────────────────────────────────────────────────────────────────────

    def check_in(self) -> Said | None:
        head_end, values = self._free_text()
        head = self.folded[self.at : head_end].rstrip(" .,;!")
        if len(head) > LONGEST_HEAD or "?" in head or _REPEATED.search(head):
            return None
        start = self.at
        told = _PREFIX.match(head)
        strong = bool(values) or told is not None
        if told:
            start, head = start + told.end(), head[told.end() :]
        clauses = [(m.start(), m.end()) for m in re.finditer(r"(?:[^,;]|,(?=\d))+", head)]
        if not clauses:
            return None
        rest: list[str] = []
        first = head[clauses[0][0] : clauses[0][1]]
        for begin, end in clauses[1:]:
            rest.append(head[begin:end])
        found = self._first(first, strong or bool(rest))
        if found is None:
            return None
        name_at, name_end, more, on = found
        values |= more
        for clause in rest:
            told_more, day = self._clause(clause)
            if told_more is None:
                return None
            on = day or on
            values |= told_more
        if not values:
            return None
        begin = start + clauses[0][0] + name_at
        end = start + clauses[0][0] + name_end
        strong = strong or "confidence" in values or bool(_KEY.fullmatch(self.folded[begin:end]))
        return self._said("check_in", begin, end, values, on, sure=strong)

    def _free_text(self) -> tuple[int, dict[str, str]]:
        """Where the free text begins, and its parts as they were typed."""
        marks = [m for m in _TEXT.finditer(self.folded, self.at) if m.end() < len(self.folded)]
        values: dict[str, str] = {}
        for place, mark in enumerate(marks):
            end = marks[place + 1].start() if place + 1 < len(marks) else len(self.folded)
            parts = [name for i, (name, _) in enumerate(_PARTS) if mark[f"p{i}"] is not None]
            part = next(iter(parts or [name for i, (name, _) in enumerate(_HEADED) if mark[f"h{i}"] is not None]))
            said = self.text[mark.end() : end].strip(" ,;.\n")
            if said:
                values[part] = f"{values[part]}; {said}" if part in values else said
        return (marks[0].start() if marks else len(self.folded)), values

    def _first(self, clause: str, more_follows: bool) -> tuple[int, int, dict[str, str], date | None] | None:
        """The clause that names the record: where its name stands, and what it says."""
        on: date | None = None
        day = _ON.search(clause)
        if day:
            on, clause = self._day(day["day"]), clause[: day.start()]
        confident = re.search(r"\s+(?:with |and |z |i )?" + _CONFIDENCE.pattern + r"\s*$", clause)
        values: dict[str, str] = {}
        if confident and confident["level"]:
            values["confidence"] = _level(confident["level"])
            clause = clause[: confident.start()]
        if _SURE_OF.fullmatch(clause):
            return self._named(clause, values, on)
        for pattern in (_SET, _VALUE, _BARE):
            match = pattern.fullmatch(clause)
            if match is None:
                continue
            unit = match["unit"].strip()
            if pattern is _BARE and not (more_follows or values or _KEY.fullmatch(match["name"].strip())):
                continue
            if len(unit.split()) > 2 or re.match(r"(?:of|out|z|from|and|than|do|by|times|razy)\b", unit):
                return None
            moved = _MOVED_FROM.search(match["name"])
            place = match.start("name"), moved.start() if moved else match.end("name")
            if _MANY.search(match["name"]):
                return None
            typed = f"{match['value'].strip()} {unit}".strip() if unit != "%" else f"{match['value'].strip()}%"
            return (*place, {"value": typed, **values}, on)
        return self._named(clause, values, on, more_follows)

    def _named(
        self, clause: str, values: dict[str, str], on: date | None, more_follows: bool = False
    ) -> tuple[int, int, dict[str, str], date | None] | None:
        """The name in a clause that gives no value: what it says is a confidence, a status, or follows it."""
        match = _SURE_OF.fullmatch(clause)
        if match is not None:
            return match.start("name"), match.end("name"), {"confidence": _level(match["level"])}, on
        match = _UNCHANGED.fullmatch(clause)
        if match is not None and (values or more_follows):
            return match.start("name"), match.end("name"), values, on
        match = _REACHED.fullmatch(clause)
        if match is not None and not _MANY.search(match["name"]):
            return match.start("name"), match.end("name"), {"value": REACHED, **values}, on
        match = _NAMED.fullmatch(clause)
        if match is not None and not _MANY.search(match["name"]):
            told, _ = self._clause(match["rest"])
            if told:
                return match.start("name"), match.end("name"), {**told, **values}, on
        if (
            (values or more_follows)
            and not _MANY.search(clause)
            and re.fullmatch(r"[^\d]+|" + _KEY.pattern, clause.strip(" :"), re.I)
        ):
            name = clause.rstrip(" :")
            return len(name) - len(name.lstrip()), len(name), values, on
        return None

    def _clause(self, clause: str) -> tuple[dict[str, str] | None, date | None]:
        """What a clause after the first one says; None where it says something else."""
        clause = re.sub(r"^\s*(?:and|i|oraz|with|z)\s+", "", clause).strip(" .!")
        if not clause:
            return {}, None
        confident = _CONFIDENCE.fullmatch(clause)
        if confident:
            return {"confidence": _level(confident["level"] or confident["colour"])}, None
        status = _ONLY_STATUS.fullmatch(clause)
        if status:
            word = next(name for name, pattern in _STATUSES if re.fullmatch(pattern, status["status"]))
            return {"status": word}, None
        day = _ON.fullmatch(clause)
        if day:
            return {}, self._day(day["day"])
        value = re.fullmatch(r"(?:value|wartosc)\s*(?:is|:|=|to|wynosi)?\s*(" + _NUMBER + r"\s*%?)", clause)
        if value:
            return {"value": value[1].strip()}, None
        return None, None

    def _day(self, word: str) -> date | None:
        if word in ("yesterday", "wczoraj"):
            return self.today - timedelta(days=1)
        if word[0].isdigit():
            try:
                return date.fromisoformat(word)
            except ValueError:
                return None
        return None

    # ── tasks and fields ───────────────────────────────────────────────────────────────────────

    def task(self) -> Said | None:
        whole = self.folded[self.at :].rstrip(" .!")
        if len(whole) > LONGEST_HEAD or "?" in whole or "," in whole or _REPEATED.search(whole):
            return None
        for pattern in (_TASK_SET, _TASK_IS):
            match = pattern.fullmatch(whole)
            if match is None:
                continue
            key = re.fullmatch(r"(?=\S*\d)[\w/.#-]+", match["name"].strip())
            if pattern is _TASK_IS and not (match["task"] or key):
                continue
            status = next(name for i, (name, _) in enumerate(_TASK_STATUS) if match[f"s{i}"] is not None)
            return self._of_task(match, {"status": status}, sure=bool(match["task"] or key))
        match = _TASK_DO.fullmatch(whole)
        if match is not None and (match["task"] or re.fullmatch(r"t[a-z]*-[\w-]+", match["name"])):
            status = "done" if match["done"] else "in_progress" if match["start"] else "to_do"
            return self._of_task(match, {"status": status}, sure=True)
        match = _ASSIGN.fullmatch(whole)
        if match is not None:
            who = self.text[self.at + match.start("who") : self.at + match.end("who")]
            return self._of_task(match, {"assignee": who}, sure=False)
        return None

    def _of_task(self, match: re.Match[str], values: dict[str, str], *, sure: bool) -> Said:
        return self._said("task", self.at + match.start("name"), self.at + match.end("name"), values, None, sure=sure)

    def milestone(self) -> Said | None:
        whole = self.folded[self.at :].rstrip(" .!")
        if len(whole) > LONGEST_HEAD or "?" in whole or _REPEATED.search(whole):
            return None
        found = read_reached(whole)
        if found is None:
            return None
        step = self.text[self.at + found.step[0] : self.at + found.step[1]].strip(" \"'“”„:")
        name = self.at + found.name[0], self.at + found.name[1]
        if not step:
            return None
        self.language = "pl" if found.polish else self.language
        return self._said("milestone", *name, {"step": step}, None, sure=True)

    def set_field(self) -> Said | None:
        whole = self.folded[self.at :].rstrip(" .!")
        if len(whole) > LONGEST_HEAD or "?" in whole or _REPEATED.search(whole):
            return None
        for pattern in _SET_FIELD:
            match = pattern.fullmatch(whole)
            if match is None:
                continue
            name = next(name for i, (name, _) in enumerate(_FIELDS) if match[f"f{i}"] is not None)
            typed = self.text[self.at + match.start("value") : self.at + match.end("value")].strip()
            if name != "owner" and not re.fullmatch(r"(?:" + _NUMBER + r")\s*(?:%|[^\d,;]{0,20})", typed):
                return None
            return self._said(
                "set", self.at + match.start("name"), self.at + match.end("name"), {name: typed}, None, sure=True
            )
        return None

    def new_task(self) -> Said | None:
        whole = self.folded[self.at :].rstrip(" .!")
        match = _NEW_TASK.fullmatch(whole)
        if match is None or "?" in whole:
            return None
        title_at = match.start("title")
        end = len(whole)
        values: dict[str, str] = {}
        cut = end
        for name, pattern in (("due", _NEW_DUE), ("key_results", _NEW_FOR)):
            told = next(iter(pattern.finditer(whole, title_at)), None)
            if told is not None:
                group = "due" if name == "due" else "key"
                values[name] = self.text[self.at + told.start(group) : self.at + told.end(group)]
                cut = min(cut, told.start())
        values["title"] = self.text[self.at + title_at : self.at + cut].strip(' ,;:"“”„')
        return (
            self._said("new_task", self.at + title_at, self.at + cut, values, None, sure=True)
            if values["title"]
            else None
        )

    def _said(self, act: str, start: int, end: int, values: Mapping[str, str], on: date | None, *, sure: bool) -> Said:
        while start < end and self.text[start] in " \"“”„':":
            start += 1
        while end > start and self.text[end - 1] in " \"“”„':":
            end -= 1
        return Said(act, self.text, self.text[start:end], start, end, dict(values), on, self.language, sure)


def _level(word: str) -> str:
    for colour, beginning in (("red", "czerwon"), ("yellow", "zolt"), ("yellow", "amber"), ("green", "zielon")):
        if word.startswith(beginning):
            return colour
    return word
