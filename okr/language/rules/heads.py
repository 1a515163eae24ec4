"""Where the actions of a sentence begin, and where their clauses end."""

from __future__ import annotations

from dataclasses import dataclass

from okr.language.rules.people import People
from okr.language.rules.tokens import Sentence

_TASK_STATUS_TAGS = (
    ("IN_REVIEW", "in_review"), ("IN_PROGRESS", "in_progress"), ("BLOCKED", "blocked"), ("TO_DO", "to_do"),
    ("DONE_STATUS", "done"),
)  # fmt: skip
INFINITIVES = ("ac", "ic", "yc", "ec", "sc", "uc")


def status_named(text: str, language: str) -> str | None:
    """The status of a task that the text is the name of."""
    inner = Sentence(text, language)
    found = (value for tag, value in _TASK_STATUS_TAGS if len(inner) and inner.is_a(0, tag) == len(inner))
    return next(found, None)


@dataclass(frozen=True)
class Head:
    """Where an action begins: its kind, the place after its verb, and the status it sets."""

    kind: str
    start: int
    end: int
    status: str | None = None


class Heads:
    """Finds where actions begin in what the schedule and the condition have left."""

    def __init__(
        self, s: Sentence, people: People, taken: list[bool], quotes: dict[str, str], *, concerned: bool,
        told: bool = False,
    ) -> None:  # fmt: skip
        self.s = s
        self.people = people
        self.taken = taken
        self.quotes = quotes
        self.concerned = concerned
        self.told = told

    def head(self, i: int, *, inner: bool = False) -> Head | None:
        """The action that begins at i; `inner` asks for one that may follow another."""
        s = self.s
        if i >= len(s) or self.taken[i]:
            return None
        if inner and s.language == "pl" and s.plain[i].endswith(INFINITIVES):
            return None
        setting = self._setting(i)
        if setting:
            return setting
        if s.is_a(i, "COMMENT_ITSELF") and self._comments(i):
            return Head("post_comment", i, i + 1)
        if s.is_a(i, "COMMENT_VERB"):
            quoted = self._free(i + s.is_a(i, "COMMENT_VERB"))
            if quoted < len(s) and s.plain[quoted] in self.quotes and self._threaded(quoted + 1):
                return Head("post_comment", i, i + s.is_a(i, "COMMENT_VERB"))
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

    def _threaded(self, i: int) -> bool:
        """Whether the next words say that something goes into threads."""
        return any(self.s.plain[j].startswith(("thread", "watk", "watek")) for j in range(i, min(i + 6, len(self.s))))

    def _comments(self, i: int) -> bool:
        s = self.s
        starts = i == 0 or self._boundary(i)
        after = s.plain[i + 1] if i + 1 < len(s) else ""
        if starts and (after in self.quotes or (self.told and i + 1 == len(s))):
            # What follows in quotation marks or after a colon is what the comment says.
            return True
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
        if not all(s.plain[j] in self.quotes or not s.plain[j][0].isalnum() for j in left):
            return False
        return quoted or not left or any(s.plain[j] in self.quotes for j in left)

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
            spoken_of = self.concerned or any(s.is_a(k, "TASK") for k in range(i))
            if spoken_of and s.plain[j] in ("it", "them", "je", "go"):
                # What met the condition, or the tasks that were named before.
                about = True
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
            value = status_named(self.quotes[s.plain[i]], s.language)
            return (value, i + 1) if value else None
        best = max(_TASK_STATUS_TAGS, key=lambda pair: s.is_a(i, pair[0]))
        length = s.is_a(i, best[0])
        return (best[1], i + length) if length else None

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
