"""What the rule does and for whom: the verbs of a sentence, their audience and their message."""

from __future__ import annotations

from dataclasses import dataclass, field

from okr.automations import Action, Audience
from okr.language.rules.people import People, Somebody
from okr.language.rules.tokens import Sentence

_TASK_STATUS_TAGS = (
    ("IN_REVIEW", "in_review"), ("IN_PROGRESS", "in_progress"), ("BLOCKED", "blocked"), ("TO_DO", "to_do"),
    ("DONE_STATUS", "done"),
)  # fmt: skip
_INFINITIVES = ("ac", "ic", "yc", "ec", "sc", "uc")


@dataclass(frozen=True)
class Head:
    """Where an action begins: its kind, the place after its verb, and the status it sets."""

    kind: str
    start: int
    end: int
    status: str | None = None


@dataclass
class Acts:
    """The actions of a sentence, who gets them, and what was left unexplained."""

    actions: list[Action] = field(default_factory=list)
    audience: Audience | None = None
    unclear: list[tuple[str, str]] = field(default_factory=list)
    message: str = ""
    said: bool = False


class Deeds:
    """Finds the actions in what the schedule and the condition have left."""

    def __init__(
        self, s: Sentence, people: People, taken: list[bool], quotes: dict[str, str], *, concerned: bool
    ) -> None:
        self.s = s
        self.people = people
        self.taken = taken
        self.quotes = quotes
        self.concerned = concerned

    # -- heads ----------------------------------------------------------------------------------

    def head(self, i: int, *, inner: bool = False) -> Head | None:
        """The action that begins at i; `inner` asks for one that may follow another."""
        s = self.s
        if i >= len(s) or self.taken[i]:
            return None
        if inner and s.language == "pl" and s.plain[i].endswith(_INFINITIVES):
            return None
        setting = self._setting(i)
        if setting:
            return setting
        if s.is_a(i, "COMMENT_ITSELF") and self._comments(i):
            return Head("post_comment", i, i + 1)
        if s.is_a(i, "COMMENT_VERB"):
            after = s.skip(self._free(i + s.is_a(i, "COMMENT_VERB")), "THE")
            for at in range(after, min(after + 4, len(s))):
                if s.is_a(at, "COMMENT"):
                    return Head("post_comment", i, at + s.is_a(at, "COMMENT"))
                if s.is_a(at, "OPEN_MESSAGE", "AND"):
                    break
        if s.is_a(i, "LET_KNOW"):
            known = next((j for j in range(i + 1, min(i + 12, len(s))) if s.is_a(j, "KNOW")), None)
            if known is not None:
                return Head("notify", i, i + 1)
        length = s.is_a(i, "REMIND")
        if length and not (s.is_a(i, "SEND") and self._noun(i + 1, "REPORT") and length == 1):
            return Head("remind", i, i + length)
        sends = s.is_a(i, "SEND")
        if sends:
            found = self._sending(i, sends, inner)
            if found:
                return found
        length = s.is_a(i, "NOTIFY", "NOTIFY_ME")
        if length:
            if s.plain[i] in ("message", "page", "text", "contact", "mail", "email") and not self._audience_follows(
                i + length
            ):
                return None
            return Head("notify", i, i + length)
        length = s.is_a(i, "ASK")
        if length and not (inner and not self._audience_follows(i + length) and not self._asks(i)):
            return Head("ask_check_in" if self._asks(i) else "remind", i, i + length)
        length = s.is_a(i, "REMIND_ME")
        if length and not inner:
            return Head("remind", i, i + length)
        return None

    def _free(self, i: int) -> int:
        while i < len(self.s) and self.taken[i]:
            i += 1
        return i

    def _audience_follows(self, i: int) -> bool:
        at = self._free(i)
        found = self.people.at(at, concerned=self.concerned) if at < len(self.s) else None
        return found is not None

    def _asks(self, i: int) -> bool:
        end = self.clause_end(i + 1)
        return any(self.s.is_a(j, "CHECK_IN", "ASKED_FOR") for j in range(i + 1, end))

    def _comments(self, i: int) -> bool:
        s = self.s
        starts = i == 0 or self._boundary(i)
        return starts and any(
            s.plain[j]
            in (
                "in",
                "on",
                "under",
                "w",
                "we",
                "pod",
                "na",
                "to",
                "threads",
                "thread",
                "zadania",
                "zadanie",
                "taski",
                "tasks",
            )
            for j in range(i + 1, min(i + 5, len(s)))
        )

    def _boundary(self, i: int) -> bool:
        s = self.s
        before = i - 1
        return before < 0 or self.taken[before] or bool(s.is_a(before, "AND", "FILLER", "REQUEST"))

    def _noun(self, i: int, *tags: str) -> int | None:
        """Where such a noun stands before the message of the clause opens."""
        s = self.s
        for j in range(i, self.clause_end(i, shallow=True)):
            if self.taken[j]:
                continue
            if s.is_a(j, *tags):
                return j
            if s.plain[j] in ("that", "about", "ze", "zeby", "aby", "saying", "o", "to") and j > i:
                after = (
                    self.people.at(j + 1, concerned=self.concerned) if s.plain[j] == "to" and j + 1 < len(s) else None
                )
                if after is None:
                    return None
        return None

    def _sending(self, i: int, length: int, inner: bool) -> Head | None:
        s = self.s
        end = i + length
        noun = self._noun(end, "REPORT", "REMINDER", "NOTICE", "CHECK_IN", "COMMENT")
        if noun is None:
            if self._only_a_message(end):
                return Head("notify", i, end)
            if s.plain[i] == "report" and (self._boundary(i) and self._audience_follows(s.skip(end, "OPEN_MESSAGE"))):
                return Head("send_update", i, end)
            return None
        if s.is_a(noun, "REMINDER"):
            return Head("remind", i, noun + 1)
        if s.is_a(noun, "COMMENT"):
            return Head("post_comment", i, noun + s.is_a(noun, "COMMENT"))
        report = self._noun(end, "REPORT")
        if s.is_a(noun, "CHECK_IN") and not (report is not None and not s.is_a(report, "CHECK_IN")):
            return Head("ask_check_in", i, end)
        if report is not None:
            if s.plain[i] in ("get", "make", "need", "want", "chce", "give", "i want", "potrzebuje") and inner:
                return None
            return Head("send_update", i, end)
        return Head("notify", i, noun + s.is_a(noun, "NOTICE"))

    def _only_a_message(self, i: int) -> bool:
        """Whether somebody and nothing but quoted words follow: send the Sales team "…"."""
        s = self.s
        at = self._free(i)
        led = s.plain[at] in ("to", "do") and at + 1 < len(s)
        found = self.people.at(at + led, concerned=self.concerned) if at < len(s) else None
        quoted = at < len(s) and s.plain[at] in self.quotes
        if not (found or quoted):
            return False
        after = found[1] if found else at
        left = [j for j in range(after, self.clause_end(i, shallow=True)) if not self.taken[j]]
        return all(s.plain[j] in self.quotes or not s.plain[j][0].isalnum() for j in left) and (quoted or not left or any(
            s.plain[j] in self.quotes for j in left
        ))  # fmt: skip

    def _setting(self, i: int) -> Head | None:
        """move tasks to in review, zmień status zadań na zablokowane."""
        s = self.s
        if not s.is_a(i, "SET"):
            return None
        about = False
        j = i + 1
        while j < min(i + 14, len(s)):
            if self.taken[j]:
                j += 1
                continue
            if s.is_a(j, "TASK", "STATUS_WORD"):
                about = True
                j += s.is_a(j, "TASK", "STATUS_WORD")
                continue
            if about and (
                s.is_a(j, "OPEN_MESSAGE", "ON", "BECOMES", "UNTIL")
                or s.plain[j] in ("to", "as", "na", "do", "jako", "w", "into", "the")
            ):
                for at in (j, s.skip(j + 1, "THE"), s.skip(s.skip(j + 1, "THE"), "STATUS_WORD")):
                    status = self._status(at)
                    if status and not self._moved_on(status[1]):
                        end = status[1]
                        end += s.is_a(end, "STATUS_WORD") if end < len(s) else 0
                        return Head("set_task_status", i, end, status[0])
            if about:
                status = self._status(j)
                if status and not self._moved_on(status[1]):
                    return Head("set_task_status", i, status[1], status[0])
            if s.is_a(j, "AND") and s.plain[j] in (",", ";") and about:
                return None
            j += 1
        return None

    def _moved_on(self, i: int) -> bool:
        """Whether a status that was named only says which tasks are meant: the ones that are done to in review."""
        s = self.s
        onward = s.plain[i] in ("to", "as", "na", "do", "jako", "into")
        return onward and self._status(s.skip(s.skip(i + 1, "THE"), "STATUS_WORD")) is not None

    def _status(self, i: int) -> tuple[str, int] | None:
        s = self.s
        if i >= len(s):
            return None
        if s.plain[i] in self.quotes:
            inner = Sentence(self.quotes[s.plain[i]], s.language)
            for tag, value in _TASK_STATUS_TAGS:
                if len(inner) and inner.is_a(0, tag) == len(inner):
                    return value, i + 1
            return None
        best = max(_TASK_STATUS_TAGS, key=lambda pair: s.is_a(i, pair[0]))
        length = s.is_a(i, best[0])
        return (best[1], i + length) if length else None

    # -- clauses --------------------------------------------------------------------------------

    def clause_end(self, i: int, *, shallow: bool = False, own: bool = False) -> int:
        """Where the clause that goes on at i ends: before "and" or a comma with another action after it."""
        s = self.s
        for j in range(i, len(s)):
            if self.taken[j]:
                continue
            separator = s.is_a(j, "AND") or s.plain[j] in (".", ";", "-")
            if not separator:
                continue
            at = s.skip(j, "AND", "REQUEST")
            at = at + 1 if at == j else at
            while at < len(s) and (
                self.taken[at]
                or s.plain[at] in ("automatically", "automatycznie", "please", "prosze", "na", "koniec", "to")
            ):
                at += 1
            if shallow:
                if at < len(s) and s.is_a(
                    at, "VERB", "REMIND", "NOTIFY", "SET", "COMMENT_VERB", "SEND", "LET_KNOW", "ASK"
                ):
                    return j
                continue
            if own and s.language == "en" and s.plain[j] in ("and", "&"):
                continue
            if self.head(at, inner=True):
                return j
        return len(s)

    def acts(self) -> Acts:
        """The actions of the sentence in order."""
        s = self.s
        found = Acts()
        i = 0
        while i < len(s):
            if self.taken[i]:
                i += 1
                continue
            head = self.head(i)
            if head is None:
                skipped = s.is_a(i, "REQUEST", "AND")
                i += max(1, skipped if not self.head(i + 1) else 1)
                continue
            i = self._act(head, found)
        return found

    def _act(self, head: Head, found: Acts) -> int:
        s = self.s
        found.said = True
        audience: Audience | Somebody | None = None
        at = self._free(head.end)
        direct = self.people.at(at, concerned=self.concerned) if at < len(s) else None
        own = bool(
            direct and isinstance(direct[0], Audience) and direct[0].kind in ("me", "person") and head.kind == "remind"
        )
        end = self.clause_end(head.end, own=own and not self.concerned)
        for j in range(head.start, head.end):
            self.taken[j] = True
        if head.kind in ("set_task_status", "post_comment"):
            message = self._words(head.end, end) if head.kind == "post_comment" else None
            # Words after the status ("and comment in their threads") belong to it and add nothing.
            self._take(head.end, end)
            found.actions.append(Action(head.kind, message or None, head.status))
            return end
        if direct:
            audience, at = direct
            self._take(self._free(head.end), at)
        else:
            pointed = s.is_a(at, "POINTED") and s.is_a(head.start, "REMIND", "NOTIFY")
            placed = None if pointed else self._placed_audience(at, end)
            if placed:
                audience, place, after = placed
                self._take(place, after)
            else:
                before = self._audience_before(head)
                unknown = None if before else self._unknown(head, at, end)
                if before:
                    audience = before
                if unknown:
                    audience = Somebody("audience", unknown)
        if head.kind == "notify" and s.is_a(head.start, "LET_KNOW"):
            for j in range(head.start, end):
                if s.is_a(j, "KNOW") and not self.taken[j]:
                    self.taken[j] = True
                    if audience is None:
                        told = self.people.at(self._free(j + 1), concerned=self.concerned)
                        if told:
                            audience = told[0]
                            self._take(self._free(j + 1), told[1])
                    break
        if s.is_a(head.start, "NOTIFY_ME", "REMIND_ME") and audience is None:
            audience = None if s.is_a(head.start, "REMIND_ME") else Audience("me")
        message = self._words(head.end, end)
        kind = head.kind
        if kind == "notify" and self._inside("REPORT", head.end, end, before_message=True) and not self.concerned:
            kind = "send_update"
        self._take(head.end, end)
        self._settle(found, audience)
        if kind == "send_update":
            found.actions.append(Action(kind))
        else:
            found.actions.append(Action(kind, message or None))
        return end

    def _audience_before(self, head: Head) -> Audience | Somebody | None:
        """I want the Sales team to get a reminder: who stands before the verb."""
        s = self.s
        end = head.start - 1
        if head.start < 1:
            return None
        if not s.is_a(end, "GETS"):
            end = head.start
        for j in range(max(0, end - 6), end):
            found = self.people.at(j, concerned=self.concerned) if not self.taken[j] else None
            if found and found[1] == end:
                self._take(j, head.start)
                return found[0]
        return None

    def reported(self) -> Audience | Somebody | None:
        """Who gets a report that is only named: "a weekly status report to the board"."""
        s = self.s
        if not any(s.is_a(j, "REPORT") and not self.taken[j] for j in range(len(s))):
            return None
        placed = self._placed_audience(0, len(s))
        if placed is None:
            return None
        self._take(placed[1], placed[2])
        return placed[0]

    def _settle(self, found: Acts, audience: Audience | Somebody | None) -> None:
        if isinstance(audience, Somebody):
            found.unclear.append((audience.about, audience.words))
        elif audience is not None:
            if found.audience is None:
                found.audience = audience
            elif found.audience != audience:
                found.unclear.append(("schedule", self.s.said(0, len(self.s))))

    def _inside(self, tag: str, start: int, end: int, *, before_message: bool) -> bool:
        s = self.s
        for j in range(start, end):
            if before_message and (s.plain[j] in ("that", "about", "to", "o", "ze", "zeby", "if", "when")):
                return False
            if s.is_a(j, tag) and not self.taken[j]:
                return True
        return False

    def _take(self, start: int, end: int) -> None:
        for j in range(start, end):
            self.taken[j] = True

    def _placed_audience(self, start: int, end: int) -> tuple[Audience | Somebody, int, int] | None:
        """An audience that does not follow its verb: "send the report to Ana", "… wszystkim właścicielom"."""
        s = self.s
        fallback: tuple[Audience | Somebody, int, int] | None = None
        for j in range(start, end):
            if self.taken[j]:
                continue
            led = s.plain[j] in ("to", "for", "with", "do", "dla", "z") and j + 1 < end
            if led:
                found = self.people.at(self._free(j + 1), concerned=self.concerned)
                if (
                    found
                    and found[1] <= end
                    and not (isinstance(found[0], Somebody) and s.plain[j] in ("z", "with", "for", "dla"))
                ):
                    if (
                        s.plain[j] in ("z", "with")
                        and isinstance(found[0], Audience)
                        and found[0].kind == "team"
                        and not found[0].team
                    ):
                        continue
                    return found[0], j, found[1]
            elif s.language == "pl" and s.plain[j - 1] not in ("z", "o", "od"):
                found = self.people.at(j, concerned=self.concerned)
                if found and isinstance(found[0], Audience) and self._dative(j, found[1]) and found[1] <= end:
                    fallback = fallback or (found[0], j, found[1])
        return fallback

    def _dative(self, i: int, end: int) -> bool:
        """Whether the Polish words at i can be the one to whom something is sent."""
        endings = ("om", "owi", "mi", "im", "emu", "nam", "ie", "ej", "ii", "wu", "zarzadowi", "kierownictwu")
        return any(self.s.plain[j].endswith(endings) for j in range(i, end))

    def _unknown(self, head: Head, at: int, end: int) -> str | None:
        """Words where the audience should stand and nobody known is named."""
        s = self.s
        if head.kind == "send_update" or s.is_a(head.start, "NOTIFY_ME", "REMIND_ME"):
            return None
        if head.kind == "ask_check_in" and not s.is_a(head.start, "ASK"):
            return None
        opened = ("to", "that", "about", "of", "for", "zeby", "aby", "by", "o", "ze", "if", "when")
        stop = next((j for j in range(at, end) if not self.taken[j] and s.plain[j] in opened), None)
        words = [j for j in range(at, stop if stop is not None else end) if not self.taken[j]]
        pointed = bool(words) and bool(s.is_a(words[0], "POINTED"))
        words = [
            j for j in words if not s.is_a(j, "FILLER") and s.plain[j][0].isalpha() and s.plain[j] not in self.quotes
        ]
        if pointed and head.kind in ("remind", "notify") and s.is_a(head.start, "REMIND", "NOTIFY"):
            return s.said(at, (words[-1] if words else at) + 1) or s.said(at, at + 1)
        if not words or (stop is None and not s.words[words[0]].capital):
            return None
        if s.language == "pl" and s.plain[words[0]].endswith(_INFINITIVES):
            return None
        if head.kind == "notify" and s.is_a(head.start, "SEND"):
            return None
        return s.said(words[0], words[-1] + 1)

    def _words(self, start: int, end: int) -> str:
        """The message: what is left of the clause, without what opens and closes it."""
        s = self.s
        runs: list[str] = []
        begun: int | None = None
        for j in range(start, end + 1):
            if j < end and not self.taken[j]:
                begun = j if begun is None else begun
            elif begun is not None:
                runs.append(s.said(begun, j))
                begun = None
        return tidy(" ".join(runs), s.language, self.quotes)


_OPENERS = {
    "en": ("to ", "that ", "about ", "of ", "regarding ", "for ", "they should ", "they need to ", "saying ", "know "),
    "pl": ("o ", "żeby ", "aby ", "by ", "że ", "zeby ", "ze ", "w sprawie "),
}


def tidy(text: str, language: str, quotes: dict[str, str]) -> str:
    """The message without leading connectives, stray signs and place-holders of quotations."""
    for mark, quoted in quotes.items():
        text = text.replace(mark, f"“{quoted}”" if len(text.strip()) > 1 else quoted)
    text = text.strip(" ,;:-—–.?!()")
    changed = True
    while changed:
        changed = False
        for opener in (*_OPENERS[language], "and ", "i ", "oraz ", "please ", "proszę "):
            if text.lower().startswith(opener):
                text = text[len(opener) :].strip(" ,;:-—–")
                changed = True
        for closer in (" and", " i", " oraz", " on", " at", " w", " o", " the", " to", " a"):
            if text.lower().endswith(closer):
                text = text[: -len(closer)].strip(" ,;:-—–")
                changed = True
    return text
