"""A sentence read as a rule: when, on what condition, for whom, and what; or what has to be asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from okr.automations import Action, AllOf, Audience, Condition, Rule, Unclear
from okr.language.rules.acts import Acts, Deeds, tidy
from okr.language.rules.bounds import Bounds
from okr.language.rules.building import Building
from okr.language.rules.clock import times_at
from okr.language.rules.conditions import Conditions, Read
from okr.language.rules.dates import Dates, Day
from okr.language.rules.people import Directory, People
from okr.language.rules.pieces import DayClass, Every, MonthDays, Placed, Vague, Weekdays
from okr.language.rules.questions import question
from okr.language.rules.readback import read_back
from okr.language.rules.recurring import Recurring
from okr.language.rules.timing import Said, Timing, UnclearError, gathered
from okr.language.rules.tokens import Sentence, language_of
from okr.language.words import fold

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]|(?<![\w’'])[‘']([^‘’']{2,})[’'](?!\w)")
_ASSUMED = re.compile(r"\s*\((?:assumed|przyjęto|przyjeto)[^)]*\)\s*\.?\s*$", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:reminder|automation|rule|przypomnienie|automatyzacja|reguła|todo|task)\s*:\s*", re.IGNORECASE)
_MOST = 2_000
_COPULAS = frozenset(
    """is are was were will has had isn't wasn't jest sa byl byla bylo beda bedzie ma odbedzie odbywa odbyl
    mial mialo musi moze powinien powinna trwa zaczyna konczy""".split()
)
_NOTHING = frozenset(". , ; : ! - ( ) ? & / @ ' …".split())


def read_rule(
    text: str,
    *,
    now: datetime,
    zone: str,
    country: str,
    asker: str,
    directory: Directory,
    cycle: tuple[date, date] | None,
) -> Rule:
    """The rule that the sentence asks for, as of `now`; of kind `unclear` or `none` where there is none.

    `zone` is the asker's, `country` the one whose public holidays count, `cycle` the first and
    last day of the cycle in force.
    """
    def again(words: str) -> Rule:
        return _Reading(words, now, zone, country, asker, directory, cycle).rule()

    rule = again(text)
    for spelled in (False, True):
        said = read_back(rule, spelled=spelled)
        if not said or same_rule(rule, again(said)):
            break
    return rule.with_readback(said)


def same_rule(a: Rule, b: Rule) -> bool:
    """Whether two readings do the same: kind, times, condition, audience, actions."""
    kinds = {"unclear"} if a.kind == "unclear" else {a.kind}
    return (
        (b.kind in kinds or a.kind == "unclear")
        and a.coming(a.asked_at, 12, inclusive=True) == b.coming(b.asked_at, 12, inclusive=True)
        and a.zone == b.zone
        and (a.condition, a.audience) == (b.condition, b.audience)
        and [(x.kind, x.status) for x in a.actions] == [(x.kind, x.status) for x in b.actions]
    )


class _Reading:
    def __init__(
        self, text: str, now: datetime, zone: str, country: str, asker: str, directory: Directory,
        cycle: tuple[date, date] | None,
    ) -> None:  # fmt: skip
        self.original = text
        self.now = now
        self.zone = zone
        self.country = country
        self.asker = asker
        self.cycle = cycle
        self.quotes: dict[str, str] = {}
        self.message: str | None = None
        plain = _LABEL.sub("", _ASSUMED.sub("", text[:_MOST]))
        plain = _QUOTED.sub(self._quote, plain)
        self.language = language_of(plain)
        plain = self._colon(plain)
        self.s = Sentence(plain, self.language)
        local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        self.dates = Dates(self.s, local, cycle)
        self.recurring = Recurring(self.s, self.dates)
        self.bounds = Bounds(self.s, self.dates, self.recurring)
        self.people = People(self.s, directory, asker, self.quotes)
        self.conditions = Conditions(self.s, self.dates, self.people, self.quotes)
        self.taken = [False] * len(self.s)
        self.timed: frozenset[int] = frozenset()
        self.waiting = False
        self.unclear: list[Unclear] = []

    # -- before the grammar ---------------------------------------------------------------------

    def _quote(self, found: re.Match[str]) -> str:
        mark = chr(0xE000 + len(self.quotes))
        self.quotes[mark] = (found[1] if found[1] is not None else found[2]).strip()
        return f" {mark} "

    def _colon(self, plain: str) -> str:
        """Takes a message after a colon away from the grammar."""
        found = re.search(r":(?=\s)", plain)
        if not found:
            return plain
        before, after = plain[: found.start()], plain[found.end() :]
        lead = Sentence(before, self.language)
        if len(lead) and lead.is_a(len(lead) - 1, "ON", "AT", "IN"):
            return before + " " + after
        heads = any(lead.is_a(i, "REMIND", "NOTIFY", "SEND", "ASK", "COMMENT", "LET_KNOW", "REMIND_ME") for i in range(len(lead)))
        tail = Sentence(after, self.language)
        acts_first = len(tail) > 0 and bool(tail.is_a(0, "REMIND", "NOTIFY", "LET_KNOW", "SEND", "ASK", "SET", "COMMENT_VERB", "REQUEST", "IF"))
        if heads or not acts_first:
            self.message = tidy(after, self.language, self.quotes)
            return before
        return before + " , " + after

    def _nothing_asked(self) -> bool:
        """Whether the sentence is a question, a statement or an order about rules that exist."""
        s = self.s
        if not len(s):
            return True
        first = s.skip(0, "FILLER") if s.is_a(0, "FILLER") and not s.is_a(0, "REQUEST", "NOT_REQUEST", "QUESTION") else 0
        first = min(first, len(s) - 1)
        while first < len(s) - 1 and s.plain[first] in _NOTHING:
            first += 1
        acts = [i for i in range(len(s)) if s.is_a(i, "REMIND", "NOTIFY", "LET_KNOW", "SEND", "ASK")]
        requested = s.is_a(0, "REQUEST") or s.is_a(first, "REQUEST")
        if self._ordered(first) or self._ordered(0):
            return True
        if requested:
            at = (0 if s.is_a(0, "REQUEST") else first) + requested
            at = s.skip(at, "REQUEST", "FILLER")
            return self._ordered(at)
        asks = s.plain[-1] == "?" or (len(s) > 1 and s.plain[-2] == "?")
        if asks and not (acts and s.is_a(first, "IF") and not s.is_a(first, "QUESTION")):
            return True
        if self._questions(first) and not (
            s.is_a(first, "IF") and acts and any(s.plain[i] == "," for i in range(len(s)))
        ):
            return True
        if s.is_a(first, "LISTING") and not any(s.is_a(i, "EVERY", "often", "IF", "weekdays") for i in range(len(s))):
            return True
        stated = s.is_a(0, "NOT_REQUEST") or s.is_a(first, "NOT_REQUEST")
        if stated:
            own = s.plain[0] in ("my", "our", "moj", "moja", "moje", "nasz", "nasza", "nasze")
            if not own or self._has_copula():
                return not any(s.is_a(i, "REMIND", "NOTIFY", "LET_KNOW") for i in range(stated, len(s)))
        return False

    def _questions(self, first: int) -> bool:
        s = self.s
        if not s.is_a(first, "QUESTION") or s.value(first, "month") and first + 1 < len(s) and s.plain[first + 1][0].isdigit():
            return False
        if s.language == "en" and s.plain[first] in ("do", "have", "will", "would", "should", "may", "has", "does", "did", "had"):
            # "Do the dishes" and "have lunch" are things to do; "do we have" asks.
            asked = ("i", "you", "we", "they", "he", "she", "it", "people", "owners", "reminders", "this", "anyone", "any", "key", "krs")
            return s.plain[first] in ("does", "did") or (first + 1 < len(s) and s.plain[first + 1] in asked)
        return True

    def _ordered(self, at: int) -> bool:
        s = self.s
        if at >= len(s):
            return False
        mild = s.plain[at] in ("skip", "edit", "modify", "kill", "undo", "forget", "rename", "restart", "activate", "quit", "mute",
                               "hold", "remove", "delete", "usun", "skasuj", "edytuj", "wlacz", "odlacz", "przywroc")  # fmt: skip
        about = any(
            s.is_a(j, "ORDER_OBJECT") and not (s.plain[j] in ("it", "that", "this", "to", "je", "ja", "go") and j != at + 1)
            for j in range(at + 1, min(at + 7, len(s)))
        )
        if s.is_a(at, "ORDER"):
            return about if mild else True
        if s.is_a(at, "ORDER_CHANGE") and about:
            return not any(s.is_a(j, "TASK") for j in range(at, min(at + 8, len(s))))
        return False

    # -- conditions -----------------------------------------------------------------------------

    def _clause(self) -> tuple[int, int, int] | None:
        """The words of a condition: (marker, first, end)."""
        s = self.s
        for i in range(len(s)):
            length = s.is_a(i, "IF", "UNLESS")
            if not length or self.taken[i]:
                continue
            if s.plain[i] in ("should",) and i > 0 or s.plain[i] == "once" and (self.recurring._per_unit(i) or i > 0 and not s.is_a(i - 1, "AND")):
                continue
            if s.plain[i] == "jak" and i > 0 and not s.is_a(i - 1, "AND", "ME"):
                continue
            if s.plain[i] in ("every", "each") and not (i + length < len(s)):
                continue
            before = s.plain[i - 1] if i else ""
            if before in ("check", "see", "know", "verify", "confirm", "sure", "sprawdzic", "sprawdz", "ask", "zobaczyc"):
                continue
            if self.bounds._policy(i):
                continue
            if self.recurring._edge_target(i + length) or (
                i + length < len(s) and s.is_a(i + length, "THE") and self.recurring._edge_target(s.skip(i + length, "THE"))
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

    # -- schedule pieces --------------------------------------------------------------------------

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
        return s.language == "pl" and plain in ("na", "w") and not s.value(i, "daypart") and not any(
            s.value(j, "daypart") for j in range(i, when[1])
        ) and not re.search(r"[:.]", "".join(s.plain[i : when[1]]))

    def _settled(self, placed: list[Placed]) -> list[Placed]:
        """Without the pieces that describe what the message is about: Friday's demo, by 5 pm, next week."""
        s = self.s
        opened = self._message_opens()
        kept: list[Placed] = []
        based = [p for p in placed if self._is_base(p)]
        outer = [p for p in based if opened is None or p.start < opened]
        for p in placed:
            inner = opened is not None and p.start >= opened
            others = [b for b in based if b is not p]
            due = p.start > 0 and s.plain[p.start - 1] in ("by", "due", "before", "najpozniej", "przed") or (
                s.plain[p.start] in ("by", "do", "na", "przed") and isinstance(p.piece, Day)
            )
            if isinstance(p.piece, Every) and p.piece.soft and others:
                continue
            if isinstance(p.piece, Day) and p.piece.loose and any(self._repeats(b) for b in others):
                continue
            if due and others and not isinstance(p.piece, Every):
                continue
            single = isinstance(p.piece, Day) or (isinstance(p.piece, Weekdays | DayClass | MonthDays) and not p.piece.every)
            if inner and outer and single and not s.is_a(p.start, "ON"):
                continue
            if single and inner and outer and any(self._repeats(b) for b in outer):
                continue
            possessive = isinstance(p.piece, Weekdays) and s.plain[p.end - 1].endswith("'s")
            if possessive and others:
                continue
            described = (
                isinstance(p.piece, Weekdays) and not p.piece.every and p.start > 0 and s.is_a(p.start - 1, "THE")
                and s.plain[p.start - 1] != "on" and p.end < len(s) and s.plain[p.end].isalpha() and others
            )  # fmt: skip
            if described and not s.is_a(p.start, "ON"):
                continue
            kept.append(p)
        return kept

    def _message_opens(self) -> int | None:
        s = self.s
        for i in range(len(s)):
            length = s.is_a(i, "REMIND", "NOTIFY", "ASK")
            if length:
                for j in range(i + length, len(s)):
                    if s.plain[j] in ("to", "about", "that", "zeby", "aby", "by", "ze", "o") and not self._clocklike(j):
                        return j
                return None
        return None

    def _clocklike(self, j: int) -> bool:
        return self.s.plain[j] == "o" and times_at(self.s, j) is not None

    def _is_base(self, p: Placed) -> bool:
        from okr.language.rules.pieces import Edge, Feast, Nth, YearDay

        return isinstance(p.piece, Day | Weekdays | DayClass | Every | Nth | MonthDays | Edge | Feast | YearDay)

    def _repeats(self, p: Placed) -> bool:
        from okr.language.rules.pieces import Edge, Feast, Nth, YearDay

        if isinstance(p.piece, Every):
            return not p.piece.soft
        if isinstance(p.piece, Weekdays | DayClass | MonthDays):
            return p.piece.every
        return isinstance(p.piece, Nth | Edge | Feast | YearDay)

    # -- the whole --------------------------------------------------------------------------------

    def rule(self) -> Rule:
        blank = Rule(self.original, self.language, "none", self.zone, self.zone, self.now)
        if self._nothing_asked():
            return blank
        clause = self._clause()
        read: Read | None = None
        if clause:
            marker, first, end = clause
            read = self.conditions.read(first, end)
            for j in range(marker, end):
                self.taken[j] = True
        timing: Timing | None = None
        placed: list[Placed] = []
        try:
            placed = self._settled(self._pieces())
            if clause is None and not any(self._repeats(p) for p in placed):
                watched = self._watched(placed)
                if watched:
                    read = watched
                    placed = []
            for p in placed:
                for j in range(p.start, p.end):
                    self.taken[j] = True
            self.timed = frozenset(j for p in placed for j in range(p.start, p.end))
            said = gathered(placed, self._time_words(placed))
            timing = self._timing(said)
        except UnclearError as problem:
            self._ask(problem.about, problem.words or self._time_words(placed))
        if clause and read and self._skips(clause, read, timing):
            read = None
        deeds = Deeds(self.s, self.people, self.taken, self.quotes, concerned=read is not None)
        acts = deeds.acts()
        return self._assembled(blank, timing, read, clause, acts)

    def _timing(self, said: Said) -> Timing | None:
        either = any(self.s.plain[i] in ("or", "lub", "albo") for i in range(len(self.s)))
        building = Building(said, now=self.now, zone=self.zone, country=self.country, cycle=self.cycle, either=either)
        return building.timing()

    def _time_words(self, placed: list[Placed]) -> str:
        if not placed:
            return self.original.strip()
        return self.s.said(min(p.start for p in placed), max(p.end for p in placed))

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
            if owners and not alerts and any(s.is_a(i, "WITHOUT", "NOT_DONE") for i in range(len(s))) and found.condition == Condition(
                "last_check_in", "older_than", 7, "days"
            ):
                return None
            return found
        if found.unclear and not placed and (alerts or events or any(s.is_a(i, "VAGUE_LEVEL") for i in range(len(s)))):
            return found
        return None

    def _skips(self, clause: tuple[int, int, int], read: Read, timing: Timing | None) -> bool:
        """"unless they have checked in": not a condition but who is left out of a schedule."""
        s = self.s
        if timing is None or timing.schedule is None:
            return False
        marker, first, end = clause
        about = any(s.is_a(j, "CHECK_IN", "DONE", "UPDATED") for j in range(first, end))
        negative = any(s.is_a(j, "NO", "NOT_DONE") for j in range(first, end))
        unless = bool(s.is_a(marker, "UNLESS"))
        numbered = isinstance(read.condition, Condition) and read.condition.field == "last_check_in" and any(
            s.plain[j].isdecimal() for j in range(first, end)
        )
        if about and not numbered and unless != negative and not any(s.is_a(j, "TASK", "KR") for j in range(first, end)):
            self.waiting = True
            return True
        return False

    def _ask(self, about: str, words: str) -> None:
        self.unclear.append(Unclear(about, words, question(about, words, self.language)))

    def _assembled(
        self, blank: Rule, timing: Timing | None, read: Read | None, clause: tuple[int, int, int] | None, acts: Acts
    ) -> Rule:
        s = self.s
        for about, words in acts.unclear:
            self._ask(about, words)
        for j in range(len(s)):
            if "@" in s.plain[j] and len(s.plain[j]) > 3 and self.people.directory.person(s.plain[j]) is None:
                if not any(u.about == "address" for u in self.unclear):
                    self._ask("address", s.words[j].text)
        condition: Condition | AllOf | None = read.condition if read else None
        if read is not None and condition is None:
            about, words = read.unclear or ("threshold", s.said(clause[1], clause[2]) if clause else s.said(0, len(s)))
            self._ask(about, words)
        if timing is None and condition is None and not self.unclear:
            vague = next((i for i in range(len(s)) if s.is_a(i, "VAGUE_TIME")), None)
            if acts.said or vague is not None:
                words = s.said(vague, vague + s.is_a(vague, "VAGUE_TIME")) if vague is not None else self.original.strip()
                self._ask("schedule", words)
            else:
                return blank
        if timing is not None and timing.at is not None and "time" in timing.assumed:
            for j in range(len(s)):
                if s.is_a(j, "VAGUE_TIME") and not self.taken[j]:
                    self._ask("schedule", s.said(j, j + s.is_a(j, "VAGUE_TIME")))
                    break
        if not acts.said and condition is None and read is None and self._states():
            return blank
        self._leftovers(acts, timing)
        audience, actions, assumed = self._deeds(acts, condition, timing)
        rule = replace(
            blank,
            zone=timing.zone if timing else self.zone,
            schedule=timing.schedule if timing else None,
            at=timing.at if timing else None,
            condition=condition,
            audience=audience,
            actions=actions,
            assumed=tuple(dict.fromkeys([*(timing.assumed if timing else []), *assumed])),
        )
        if rule.at is not None and condition is not None:
            self._ask("schedule", self.original.strip())
        if rule.schedule is not None and condition is None and audience is not None and audience.kind != "me" and rule.too_often(self.now):
            self._ask("limit", self.original.strip())
        if rule.at is not None and rule.at.replace(tzinfo=ZoneInfo(self._clock())) < self.now.replace(second=0, microsecond=0):
            self._ask("past", self.original.strip())
        if self.unclear:
            kind = "unclear"
        elif condition is not None:
            kind = "condition"
        elif rule.at is not None:
            kind = "once"
        else:
            kind = "recurring"
        return replace(rule, kind=kind, unclear=tuple(dict.fromkeys(self.unclear)))

    def _clock(self) -> str:
        return self.zone

    def _states(self) -> bool:
        """Whether a sentence without any action verb only says how things are."""
        return self._has_copula() and not self.message

    def _has_copula(self) -> bool:
        """Whether a verb that states something is left once the schedule is taken away."""
        s = self.s
        return any(
            (s.plain[j] in _COPULAS or s.words[j].text.lower() == "mają") and j not in self.timed for j in range(len(s))
        )

    def _deeds(
        self, acts: Acts, condition: Condition | AllOf | None, timing: Timing | None
    ) -> tuple[Audience | None, tuple[Action, ...], list[str]]:
        assumed: list[str] = []
        actions = list(acts.actions)
        audience = acts.audience
        if not actions:
            actions = [Action("notify" if condition else "remind", self._bare())]
            assumed.append("action")
            if actions[0].message:
                assumed = []
        message = self.message or next((q for q in self.quotes.values() if q), None)
        if message and not any(a.message == message for a in actions):
            place = next((n for n, a in enumerate(actions) if a.kind in ("post_comment",)), 0)
            if actions[place].kind in ("set_task_status", "send_update"):
                place = next((n for n, a in enumerate(actions) if a.kind not in ("set_task_status", "send_update")), -1)
            if place >= 0:
                actions[place] = replace(actions[place], message=message)
        if audience is None and any(a.kind not in ("set_task_status", "post_comment") for a in actions):
            audience = Audience("me")
            assumed.append("audience")
        if self.waiting and audience is not None and audience.kind in ("okr_owners", "kr_owners", "owners_without_check_in", "everyone"):
            audience = Audience("owners_without_check_in", audience.team)
        elif self.waiting:
            self._ask("audience", self.original.strip())
        return audience, tuple(actions), assumed

    def _bare(self) -> str | None:
        """What is left of a sentence without an action verb: the thing to be reminded of."""
        s = self.s
        left = [j for j in range(len(s)) if not self.taken[j]]
        if not any(s.plain[j][0].isalpha() and not s.is_a(j, "FILLER") for j in left):
            return None
        runs: list[str] = []
        begun: int | None = None
        for j in range(len(s) + 1):
            if j < len(s) and not self.taken[j]:
                begun = j if begun is None else begun
            elif begun is not None:
                runs.append(s.said(begun, j))
                begun = None
        for j in left:
            self.taken[j] = True
        return tidy(" ".join(runs), self.language, self.quotes) or None

    def _leftovers(self, acts: Acts, timing: Timing | None) -> None:
        """Asks about words that set a time or leave something out and were not understood."""
        s = self.s
        strong = re.compile(
            r"\b(?:except|excluding|other than|apart from|but not|oprocz|poza|z wyjatkiem|za wyjatkiem|z pominieciem|pomijajac"
            r"|until|till|as long as|dopoki|poki|az do|az"
            + ("" if self.waiting else "|unless|chyba ze")
            + r")\b"
        )
        words = " ".join(s.plain)
        for found in strong.finditer(words):
            place = words[: found.start()].count(" ")
            if place < len(s) and not self._explained(place) and not self._named(place):
                self._ask("schedule", s.said(place, min(len(s), place + 4)))
                return
        if not acts.said:
            for j in range(len(s)):
                if self.taken[j]:
                    continue
                if s.is_a(j, "MIDDLE") and s.value(s.skip(j + 1, "OF", "THE", "EVERY"), "units"):
                    self._ask("day", s.said(j, j + 3))
                    return
                if s.is_a(j, "weekday", "weekdays", "dayclass", "dayclasses", "relative", "month") and len(s.plain[j]) > 3 or (
                    s.is_a(j, "EVERY") and s.plain[j] in ("every", "each", "kazdy", "kazda", "kazdego", "kazdej")
                ) or s.is_a(j, "UNLESS"):
                    if timing is not None and not s.value(j, "month"):
                        self._ask("schedule", s.said(j, j + 1))
                        return

    def _explained(self, j: int) -> bool:
        return j in self.timed

    def _named(self, j: int) -> bool:
        return False


__all__ = ["fold", "read_rule"]
