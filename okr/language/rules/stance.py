"""Whether a sentence asks for a rule at all, or asks a question, states something, or is an order."""

from __future__ import annotations

import re

from okr.language.rules.tokens import Sentence

_COPULAS = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "will",
        "has",
        "had",
        "isn't",
        "wasn't",
        "jest",
        "sa",
        "byl",
        "byla",
        "bylo",
        "beda",
        "bedzie",
        "ma",
        "odbedzie",
        "odbywa",
        "odbyl",
        "mial",
        "mialo",
        "musi",
        "moze",
        "powinien",
        "powinna",
        "trwa",
        "takes",
        "happens",
        "nastepuje",
        "wynosi",
        "wynosil",
        "wynosila",
        "wynosilo",
        "zaczyna",
        "konczy",
    ]
)
_ASKING = ("REMIND", "NOTIFY", "LET_KNOW", "REMIND_ME", "NOTIFY_ME", "SEND", "ASK")
# What we did and what we do, by the endings of the Polish verb.
_POLISH_WE = ("lismy", "lysmy", "ujemy", "ylamy", "ykamy", "awiamy")
_NOTHING = frozenset([".", ",", ";", ":", "!", "-", "(", ")", "?", "&", "/", "@", "'", "…"])


# What ends a conversation and asks for nothing.
_DONE = re.compile(r"\bthat(?:'s| is) (?:all|it)\b|\bto (?:juz )?(?:wszystko|tyle)\b")
_MOVING = ("move", "shift", "reschedule", "postpone", "przenies", "przesun", "przeloz")


def moves_report(s: Sentence, i: int) -> bool:
    """Whether the word at i is a report that shall be moved, which is always one that exists already."""
    before = i - 1
    while s.is_a(before, "THE"):
        before -= 1
    return before >= 0 and s.plain[before] in _MOVING and bool(s.is_a(i, "REPORT"))


class Stance:
    """What a sentence wants, by its first words and its verbs."""

    s: Sentence
    timed: frozenset[int]

    def _nothing_asked(self) -> bool:
        """Whether the sentence is a question, a statement or an order about rules that exist."""
        s = self.s
        if not len(s):
            return True
        first = (
            s.skip(0, "FILLER") if s.is_a(0, "FILLER") and not s.is_a(0, "REQUEST", "NOT_REQUEST", "QUESTION") else 0
        )
        first = min(first, len(s) - 1)
        while first < len(s) - 1 and s.plain[first] in _NOTHING:
            first += 1
        acts = [
            i
            for i in range(len(s))
            if s.is_a(i, "REMIND", "NOTIFY", "LET_KNOW", "SEND", "ASK", "SET", "COMMENT_VERB", "COMMENT_ITSELF")
        ]
        # "Dear assistant, could you": what asks may stand among words that only fill.
        asking = next((i for i in range(first + 1) if s.is_a(i, "REQUEST")), None)
        requested = s.is_a(asking, "REQUEST") if asking is not None else 0
        if s.is_a(first, "NOT_REQUEST") > s.is_a(first, "REQUEST"):
            # "I need to leave at five" says something; "I need a reminder" asks for one.
            said = first + s.is_a(first, "NOT_REQUEST")
            wished = any(s.plain[i] in ("want", "need", "like") for i in range(first, said))
            sought = _ASKING if wished else ("REMIND", "NOTIFY", "LET_KNOW")
            return not any(s.is_a(i, *sought) for i in range(said, len(s)))
        if self._ordered(first) or self._ordered(0) or self._forbids(acts[0] if acts else len(s)):
            return True
        if _DONE.search(" ".join(s.plain)) and not any(s.is_a(i, *_ASKING) for i in range(len(s))):
            return True
        if requested:
            at = (asking or 0) + requested
            at = s.skip(at, "REQUEST", "FILLER")
            return self._ordered(at)
        asks = "?" in s.plain[max(0, len(s) - 2) : len(s)]
        if asks and not (acts and s.is_a(first, "IF") and not s.is_a(first, "QUESTION")):
            return True
        if self._questions(first) and not (
            s.is_a(first, "IF") and acts and any(s.plain[i] == "," for i in range(len(s)))
        ):
            return True
        if s.is_a(first, "LISTING") and not any(s.is_a(i, "EVERY", "often", "IF", "weekdays") for i in range(len(s))):
            return True
        being = ("is", "are", "was", "were", "jest", "sa", "byl", "byla", "bylo")
        about_reminders = any(
            s.is_a(j, "REMINDER", "ORDER_OBJECT") and (s.plain[j + 1] in being or s.plain[j + 2] in being)
            for j in range(min(5, len(s)))
        )
        if about_reminders and s.is_a(0, "THE", "NOT_REQUEST", "REMINDER", "REMIND_ME"):
            return True
        stated = s.is_a(0, "NOT_REQUEST") or s.is_a(first, "NOT_REQUEST")
        if stated:
            own = s.plain[0] in ("my", "our", "moj", "moja", "moje", "nasz", "nasza", "nasze")
            if not own or self._has_copula():
                return not any(s.is_a(i, "REMIND", "NOTIFY", "LET_KNOW") for i in range(stated, len(s)))
        return False

    def _forbids(self, act: int) -> bool:
        """Whether the first verb is one not to be done: "on holidays do not remind anybody"."""
        s = self.s
        return any(
            s.plain[j] in ("don't", "do", "nie", "never", "dont") and s.is_a(j, "ORDER") > 1 for j in range(act + 1)
        )

    def _questions(self, first: int) -> bool:
        s = self.s
        if not s.is_a(first, "QUESTION") or (
            s.value(first, "month") and first + 1 < len(s) and s.plain[first + 1][0].isdigit()
        ):
            return False
        if s.language == "en" and s.plain[first] in (
            "do",
            "have",
            "will",
            "would",
            "should",
            "may",
            "has",
            "does",
            "did",
            "had",
        ):
            # "Do the dishes" and "have lunch" are things to do; "do we have" asks.
            asked = (
                "i",
                "you",
                "we",
                "they",
                "he",
                "she",
                "it",
                "people",
                "owners",
                "reminders",
                "this",
                "anyone",
                "any",
                "key",
                "krs",
            )
            return s.plain[first] in ("does", "did") or (first + 1 < len(s) and s.plain[first + 1] in asked)
        return True

    def _ordered(self, at: int) -> bool:
        s = self.s
        if at >= len(s):
            return False
        mild = bool(s.is_a(at, "MILD_ORDER"))
        if s.is_a(at, "SEND", "REMIND", "NOTIFY") and s.plain[len(s) - 1 - (s.plain[len(s) - 1] in ".!")] in (
            "instead",
            "zamiast",
        ):
            return True
        about = any(moves_report(s, j) for j in range(at + 1, min(at + 4, len(s)))) or any(
            s.is_a(j, "ORDER_OBJECT")
            and not (s.plain[j] in ("it", "that", "this", "to", "je", "ja", "go") and j != at + 1)
            for j in range(at + 1, min(at + 7, len(s)))
        )
        if s.is_a(at, "ORDER"):
            return about if mild else True
        if s.is_a(at, "ORDER_CHANGE") and about:
            return not any(s.is_a(j, "TASK") for j in range(at, min(at + 8, len(s))))
        return False

    def _has_copula(self) -> bool:
        """Whether a verb that states something is left once the schedule is taken away."""
        s = self.s
        return any(
            (
                s.plain[j] in _COPULAS
                or s.words[j].text.lower() == "mają"
                or (s.language == "pl" and s.plain[j].endswith(_POLISH_WE))
            )
            and j not in self.timed
            for j in range(len(s))
        )
