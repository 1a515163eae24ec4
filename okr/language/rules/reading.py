"""A sentence read as a rule: when, on what condition, for whom, and what; or what has to be asked."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from okr.automations import Action, AllOf, Audience, Condition, Rule, Unclear
from okr.language.numbers import cardinal
from okr.language.rules.acts import Acts, Deeds, tidy
from okr.language.rules.bounds import Bounds
from okr.language.rules.building import Building
from okr.language.rules.clauses import Clauses
from okr.language.rules.conditions import Conditions, Read
from okr.language.rules.dates import Dates
from okr.language.rules.directory import Directory
from okr.language.rules.framing import unframed
from okr.language.rules.heads import status_named
from okr.language.rules.people import People
from okr.language.rules.pieces import Placed
from okr.language.rules.readback import read_back
from okr.language.rules.recurring import Recurring
from okr.language.rules.sent_back import sent_to_me
from okr.language.rules.timing import Said, Timing, UnclearError, gathered
from okr.language.rules.tokens import Sentence, language_of
from okr.language.words import fold
from okr.schedule import RECIPIENT, Schedule

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]|(?<![\w’'])[‘']([^‘’']{2,})[’'](?!\w)")
_ASSUMED = re.compile(r"\s*\((?:assumed|przyjęto|przyjeto)[^)]*\)\s*\.?\s*$", re.IGNORECASE)
_LABEL = re.compile(
    r"^\s*(?:fyi,? )?"
    r"(?:reminder|automation|rule|przypomnienie|automatyzacja|reguła|todo|task|note|memo|for me|dla mnie)"
    r"(?: (?:to|for) (?:self|myself|me)| dla mnie| dla siebie| do siebie)?\s*:\s*",
    re.IGNORECASE,
)
# Weekdays by their letters, as calendars print them: M/W/F, MWF, T/Th.
_LETTERED = re.compile(r"(?<![\w/])(?:M/W/F|MWF|M-W-F|T/Th|TTh|Tu/Th|TuTh|M/W|W/F|M/F|M-F|T-Th|M-Th)(?![\w/])")
_LETTERS = {"M": "Monday", "T": "Tuesday", "Tu": "Tuesday", "W": "Wednesday", "Th": "Thursday", "F": "Friday"}
# What other programs put into their sentences and nobody says: every!, day-of-week.
_MARKED = re.compile(r"(?<=every)!|(?:every )?day-of-week (?:from )?", re.IGNORECASE)
_MOST = 2_000
# Control, format (direction, zero width, tags), private and unassigned characters.
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cn", "Cs"))


def _seen(text: str) -> str:
    """The text without characters that cannot be seen: what is said back shall look like what it is."""
    if text.isprintable():
        return text
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)


def _weekdays_spelled(found: re.Match[str]) -> str:
    letters = re.findall(r"Th|Tu|M|T|W|F", found[0])
    ranged = "-" in found[0] and len(letters) == 2
    return (" to " if ranged else ", ").join(_LETTERS[letter] for letter in letters)


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
    said = read_back(rule)
    if rule.schedule is not None and not plainly_said(rule.schedule):
        # The schedule alone is read again: only its words can be spelled out instead.
        bare = replace(rule, kind="recurring", audience=None, actions=(), condition=None, assumed=(), unclear=())
        if not _same_times(rule, again(read_back(bare))):
            said = read_back(rule, spelled=True)
    return rule.with_readback(said)


def plainly_said(schedule: Schedule) -> bool:
    """Whether the schedule is of the kinds whose words always read the same: one line, one sort of day."""
    lines = schedule.rules()
    if len(lines) > 1 or schedule.exceptions:
        return False
    line = lines[0]
    if line.positions or line.count or line.until or line.months or line.easter or line.weeks or line.year_days:
        return False
    if line.freq == "MONTHLY":
        nth = len(line.weekdays) == 1 and line.weekdays[0][0] in (1, 2, 3, 4, -1)
        return line.interval == 1 and (nth if not line.month_days else len(line.month_days) == 1 and not line.weekdays)
    return line.freq in ("DAILY", "WEEKLY")


def _same_times(a: Rule, b: Rule) -> bool:
    return a.zone == b.zone and a.coming(a.asked_at, 6, inclusive=True) == b.coming(b.asked_at, 6, inclusive=True)


def same_rule(a: Rule, b: Rule) -> bool:
    """Whether two readings do the same: kind, times, condition, audience, actions."""
    kinds = {"unclear"} if a.kind == "unclear" else {a.kind}
    return (
        (b.kind in kinds or a.kind == "unclear")
        and a.coming(a.asked_at, 6, inclusive=True) == b.coming(b.asked_at, 6, inclusive=True)
        and a.zone == b.zone
        and (a.condition, a.audience) == (b.condition, b.audience)
        and [(x.kind, x.status, x.scope) for x in a.actions] == [(x.kind, x.status, x.scope) for x in b.actions]
    )


class _Reading(Clauses):
    def __init__(
        self, text: str, now: datetime, zone: str, country: str, asker: str, directory: Directory,
        cycle: tuple[date, date] | None,
    ) -> None:  # fmt: skip
        text = _seen(text)
        self.original = text
        self.now = now
        self.zone = zone
        self.country = country
        self.asker = asker
        self.cycle = cycle
        self.quotes: dict[str, str] = {}
        self.message: str | None = None
        plain = unframed(_LABEL.sub("", _ASSUMED.sub("", text[:_MOST])))
        plain = _QUOTED.sub(self._quote, plain)
        plain = _LETTERED.sub(_weekdays_spelled, plain)
        plain = _MARKED.sub("", plain)
        lead = plain.partition(": ")[0]
        # A message after a colon may be in another language than what sets the rule.
        self.language = language_of(lead if len(lead.split()) > 3 else plain)
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
        self.loose: frozenset[int] = frozenset()
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
            lead.plain[i] not in ("run", "create", "make", "get", "need", "want", "set")
            and lead.is_a(i, "REMIND", "NOTIFY", "SEND", "ASK", "COMMENT", "COMMENT_ITSELF", "LET_KNOW", "REMIND_ME")
            for i in range(len(lead))
        )
        tail = Sentence(after, self.language)
        acts_first = len(tail) > 0 and bool(
            tail.is_a(0, "REMIND", "NOTIFY", "LET_KNOW", "SEND", "ASK", "SET", "COMMENT_VERB", "REQUEST", "IF")
        )
        timed_first = tail.is_a(0, "EVERY", "AT", "weekday", "weekdays", "often", "dayclasses") or (
            tail.plain[0][:1].isdigit() and (tail.plain[1] in (".", ",", ":") or not tail.plain[0].isdecimal())
        )
        late = "," in after and (timed_first or tail.value(0, "position")) and not self._says_when(lead)
        if (heads and not late) or not (acts_first or timed_first or late):
            self.message = self._verbatim(after)
            return before
        return before + " , " + after

    def _says_when(self, lead: Sentence) -> bool:
        """Whether anything in the words before a colon says when: without it the time may only follow."""
        named = ("weekday", "weekdays", "often", "relative", "daypart", "dayclass", "dayclasses", "month", "units")
        return any(
            (lead.is_a(i, "EVERY", "IF") and not lead.is_a(i, "EVERYONE", "OWNERS"))
            or lead.plain[i][:1].isdigit()
            or any(lead.value(i, tag) for tag in named)
            for i in range(len(lead))
        )

    def _verbatim(self, after: str) -> str:
        """What stands after a colon, as it was typed."""
        for mark, quoted in self.quotes.items():
            alone = after.strip(" .,;!") == mark
            after = after.replace(f" {mark} ", quoted if alone else f" “{quoted}” ").replace(mark, quoted)
        return after.strip(" ,;.")

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
            self._ask_once_or_yearly(placed)
            said = gathered(placed, self._time_words(placed))
            timing = self._timing(said)
        except UnclearError as problem:
            self._ask(problem.about, problem.words or self._time_words(placed), problem.asked)
        if clause and read and self._skips(clause, read, timing):
            read = None
        deeds = Deeds(self.s, self.people, self.taken, self.quotes, concerned=read is not None, told=bool(self.message))
        self.loose = frozenset(j for j in range(len(self.s)) if not self.taken[j])
        self._ask_about_second_rule(placed, deeds)
        acts = deeds.acts()
        if not acts.said and read is None and (who := deeds.reported()):
            acts.actions.append(Action("send_update", scope=deeds.reports_on))
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
        clock = self.zone if rule.zone == RECIPIENT else rule.zone
        if rule.at is not None and rule.at.replace(tzinfo=ZoneInfo(clock)) < self.now.replace(second=0, microsecond=0):
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
            if condition is not None and self.explained and self._left_over():
                self._ask("action", self.original.strip())
            actions = [Action("notify" if condition else "remind", self._bare())]
            assumed.append("action")
            if actions[0].message:
                assumed = []
        names = self._quoted_names(audience, condition, actions) if self.quotes else set()
        message = self.message or next((q for q in self.quotes.values() if q and fold(q) not in names), None)
        holding = next((n for n, a in enumerate(actions) if message and message in (a.message or "")), None)
        if message and holding is not None:
            # The words around the quotation only say that it is one.
            actions[holding] = replace(actions[holding], message=message)
        elif message:
            place = next((n for n, a in enumerate(actions) if a.kind in ("post_comment",)), 0)
            if actions[place].kind in ("set_task_status", "send_update"):
                place = next((n for n, a in enumerate(actions) if a.kind not in ("set_task_status", "send_update")), -1)
            if place >= 0:
                actions[place] = replace(actions[place], message=message)
        if audience is None and any(a.kind not in ("set_task_status", "post_comment") for a in actions):
            audience = Audience("me")
            assumed.append("audience")
        if isinstance(condition, Condition) and condition.scope is None and self._of_their_own():
            # "Tell Marketing when one of their key results …": theirs, and not those of the whole company.
            self._ask("threshold", self.original.strip())
        if condition is None and audience == Audience("team"):
            # "The team" without a name is the asker's own.
            asker = self.people.directory.person(self.asker)
            if asker is not None and asker.team:
                audience = Audience("team", asker.team)
                assumed.append("audience")
            else:
                self._ask("audience", self.original.strip())
        if (
            self.waiting
            and audience is not None
            and audience.kind in ("okr_owners", "kr_owners", "owners_without_check_in", "everyone")
        ):
            audience = Audience("owners_without_check_in", audience.team)
        elif self.waiting:
            self._ask("audience", self.original.strip())
        return audience, tuple(actions), assumed

    def _of_their_own(self) -> bool:
        """Whether the condition speaks of the records of somebody named outside it."""
        theirs = ("their", "his", "her", "ich", "swoich", "jego", "jej")
        return any(
            self.s.plain[j] in theirs and self.s.is_a(j + 1, "KR", "OKR", "TASK") for j in sorted(self.explained)
        ) and not any(self.s.is_a(j, "OWNERS", "SOMEBODY") for j in self.explained)

    def _quoted_names(
        self, audience: Audience | None, condition: Condition | AllOf | None, actions: list[Action]
    ) -> set[str]:
        """What may stand in quotation marks because it is a name: a team, a record, a status."""
        parts = condition.conditions if isinstance(condition, AllOf) else (condition,) if condition else ()
        keys = {(part.scope or "").partition(":")[2] for part in parts} | {audience.team or "" if audience else ""}
        keys |= {(action.scope or "").partition(":")[2] for action in actions}
        names = {fold(key) for key in keys}
        names |= {fold(team.name) for team in self.people.directory.teams() if team.key in keys}
        names |= {fold(record.title) for key in keys if key and (record := self.people.directory.record(key))}
        set_to = {action.status for action in actions if action.status}
        names |= {fold(q) for q in self.quotes.values() if status_named(q, self.language) in set_to}
        return names | {(action.status or "").replace("_", " ") for action in actions}

    def _left_over(self) -> bool:
        """Whether a word is left that the condition and the schedule have not used, or cannot have understood."""
        s = self.s
        strange = [
            j
            for j in self.explained
            if s.plain[j].isalpha() and not s.words[j].capital and s.plain[j] not in s.lexicon.known
        ]
        return any(
            cardinal([s.plain[j]], s.language) is None and s.plain[j] not in self.quotes for j in strange
        ) or any(
            not self.taken[j] and s.plain[j][0].isalpha() and not s.is_a(j, "FILLER", "REQUEST", "AND")
            for j in range(len(s))
        )

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
