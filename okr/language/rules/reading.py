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
from okr.language.rules.conditions import Conditions, Read
from okr.language.rules.dates import Dates, Day
from okr.language.rules.directory import Directory
from okr.language.rules.leftovers import Leftovers
from okr.language.rules.people import People
from okr.language.rules.pieces import Placed
from okr.language.rules.readback import read_back
from okr.language.rules.recurring import Recurring
from okr.language.rules.sent_back import sent_to_me
from okr.language.rules.timing import Said, Timing, UnclearError, gathered
from okr.language.rules.tokens import Sentence, language_of

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]|(?<![\w’'])[‘']([^‘’']{2,})[’'](?!\w)")
_ASSUMED = re.compile(r"\s*\((?:assumed|przyjęto|przyjeto)[^)]*\)\s*\.?\s*$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:reminder|automation|rule|przypomnienie|automatyzacja|reguła|todo|task)\s*:\s*", re.IGNORECASE
)
_MOST = 2_000


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
        and a.coming(a.asked_at, 6, inclusive=True) == b.coming(b.asked_at, 6, inclusive=True)
        and a.zone == b.zone
        and (a.condition, a.audience) == (b.condition, b.audience)
        and [(x.kind, x.status) for x in a.actions] == [(x.kind, x.status) for x in b.actions]
    )


class _Reading(Leftovers):
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
        self.conditions = Conditions(self.s, self.dates, self.people, self.quotes, self._edge_end)
        self.taken = [False] * len(self.s)
        self.timed: frozenset[int] = frozenset()
        self.explained: frozenset[int] = frozenset()
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
        heads = any(
            lead.is_a(i, "REMIND", "NOTIFY", "SEND", "ASK", "COMMENT", "LET_KNOW", "REMIND_ME")
            for i in range(len(lead))
        )
        tail = Sentence(after, self.language)
        acts_first = len(tail) > 0 and bool(
            tail.is_a(0, "REMIND", "NOTIFY", "LET_KNOW", "SEND", "ASK", "SET", "COMMENT_VERB", "REQUEST", "IF")
        )
        if heads or not acts_first:
            self.message = tidy(after, self.language, self.quotes)
            return before
        return before + " , " + after

    # -- conditions -----------------------------------------------------------------------------

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
            if self.bounds._policy(i):
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

    # -- the whole --------------------------------------------------------------------------------

    def rule(self) -> Rule:
        blank = Rule(self.original, self.language, "none", self.zone, self.zone, self.now)
        if self._nothing_asked():
            return blank
        clause = self._clause()
        edge: tuple[object, int] | None = None
        read: Read | None = None
        if clause:
            marker, first, end = clause
            read = self.conditions.read(first, end)
            if self.s.is_a(marker, "UNLESS") and read.condition is not None:
                # What must not be true is no condition that a rule can wait for.
                read = Read(None, ("threshold", self.s.said(marker, end)))
            edge = next((e for j in range(first, end) if (e := self.recurring._edge(j)) and e[1] <= end), None)
            for j in range(marker, end):
                self.taken[j] = True
            self.explained = frozenset(range(marker, end))
        timing: Timing | None = None
        placed: list[Placed] = []
        try:
            placed = self._settled(self._pieces())
            if clause and edge and read and read.condition:
                # "two weeks before the quarter ends": when the condition is looked at.
                placed.append(Placed(edge[0], clause[1], clause[2]))
            if clause is None and not any(self._repeats(p) for p in placed):
                watched = self._watched(placed)
                if watched:
                    read = watched
                    placed = []
            for p in placed:
                for j in range(p.start, p.end):
                    self.taken[j] = True
            self.timed = frozenset(j for p in placed for j in range(p.start, p.end))
            self._ask_about_distances()
            said = gathered(placed, self._time_words(placed))
            timing = self._timing(said)
        except UnclearError as problem:
            self._ask(problem.about, problem.words or self._time_words(placed))
        if clause and read and self._skips(clause, read, timing):
            read = None
        deeds = Deeds(self.s, self.people, self.taken, self.quotes, concerned=read is not None)
        acts = deeds.acts()
        if not acts.said and read is None and (who := deeds.reported()):
            acts.actions.append(Action("send_update"))
            deeds._settle(acts, who)
            acts.said = True
        if [action.kind for action in acts.actions] == ["send_update"] and sent_to_me(self.s.plain):
            # "Draft the leadership update and send it to me": whom it is written for does not get it.
            acts.audience, acts.unclear = Audience("me"), [one for one in acts.unclear if one[0] != "audience"]
        return self._assembled(blank, timing, read, clause, acts)

    def _edge_end(self, i: int) -> int | None:
        found = self.recurring._edge(i)
        return found[1] if found else None

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

    def _assembled(
        self, blank: Rule, timing: Timing | None, read: Read | None, clause: tuple[int, int, int] | None, acts: Acts
    ) -> Rule:
        s = self.s
        for about, words in acts.unclear:
            self._ask(about, words)
        for j in range(len(s)):
            stranger = "@" in s.plain[j] and len(s.plain[j]) > 3 and self.people.directory.person(s.plain[j]) is None
            handle = (
                s.plain[j] in ("@", "#") and not self.taken[j] and s.touching(j + 1) and s.plain[j + 1][:1].isalpha()
            )
            if handle:
                self._ask("audience", s.said(j, j + 2))
            if stranger and not any(u.about == "address" for u in self.unclear):
                self._ask("address", s.words[j].text)
        condition: Condition | AllOf | None = read.condition if read else None
        if read is not None and condition is None:
            about, words = read.unclear or ("threshold", s.said(clause[1], clause[2]) if clause else s.said(0, len(s)))
            self._ask(about, words)
        if timing is None and condition is None and not self.unclear:
            vague = next((i for i in range(len(s)) if s.is_a(i, "VAGUE_TIME")), None)
            if acts.said or vague is not None:
                words = (
                    s.said(vague, vague + s.is_a(vague, "VAGUE_TIME")) if vague is not None else self.original.strip()
                )
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
        self._ask_about_lost_repetition(timing)
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
        if (
            rule.schedule is not None
            and condition is None
            and audience is not None
            and audience.kind != "me"
            and rule.too_often(self.now)
        ):
            self._ask("limit", self.original.strip())
        if rule.at is not None and rule.at.replace(tzinfo=ZoneInfo(self._clock())) < self.now.replace(
            second=0, microsecond=0
        ):
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
        if (
            self.waiting
            and audience is not None
            and audience.kind in ("okr_owners", "kr_owners", "owners_without_check_in", "everyone")
        ):
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
