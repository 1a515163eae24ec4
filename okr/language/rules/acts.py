"""What the rule does and for whom: the verbs of a sentence, their audience and their message."""

from __future__ import annotations

from dataclasses import dataclass, field

from okr.automations import Action, Audience
from okr.language.rules.heads import INFINITIVES, Head
from okr.language.rules.people import Somebody
from okr.language.rules.reports import Reports
from okr.language.rules.tokens import Sentence


@dataclass
class Acts:
    """The actions of a sentence, who gets them, and what was left unexplained."""

    actions: list[Action] = field(default_factory=list)
    audience: Audience | None = None
    unclear: list[tuple[str, str]] = field(default_factory=list)
    message: str = ""
    said: bool = False


class Deeds(Reports):
    """Finds the actions in what the schedule and the condition have left."""

    # The scope of a report that is only named, without a verb.
    reports_on: str | None = None

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
        if head.kind == "send_update" and direct and isinstance(direct[0], Audience) and direct[0].kind == "team":
            others = self._placed_audience(direct[1], self.clause_end(head.end)) is not None
            direct = None if self.owned_report(at, direct[1], others) else direct
        own = bool(
            direct and isinstance(direct[0], Audience) and direct[0].kind in ("me", "person") and head.kind == "remind"
        )
        end = self.clause_end(head.end, own=own and not self.concerned)
        within = None if direct else self._within(head)
        whose = self.whose(head, end) if head.kind in ("set_task_status", "post_comment") else None
        for j in range(head.start, head.end):
            self.taken[j] = True
        if head.kind in ("set_task_status", "post_comment"):
            message = self._comment(head.end, end) if head.kind == "post_comment" else None
            # Words after the status ("and comment in their threads") belong to it and add nothing.
            self._take(head.end, end)
            self._settle(found, whose)
            found.actions.append(Action(head.kind, message or None, head.status))
            return end
        about = self._beside(direct, at, head, end) if head.kind == "send_update" else None
        if about and not (self.may_receive(about[1]) and not direct and not self._reached(about, at, end)):
            # What the report is about is not who gets it.
            self._take(about[1], about[2])
            if isinstance(about[0], Somebody):
                found.unclear.append((about[0].about, about[0].words))
                about = None
        else:
            about = None
        if direct:
            audience, at = direct
            self._take(self._free(head.end), at)
        elif within:
            audience = within
        else:
            pointed = s.is_a(at, "POINTED") and s.is_a(head.start, "REMIND", "NOTIFY")
            placed = None if pointed else self._placed_audience(at, end, head.start)
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
        if audience is None and self._somebody_else(head, end):
            audience = Somebody("audience", s.said(head.start, end))
        message = self._words(head.end, end)
        if head.kind == "ask_check_in" and message:
            inner = Sentence(message, s.language)
            named = inner.skip(0, "THE")
            # "Ask them for a check-in" says what is asked, not what the message is.
            message = "" if named + inner.is_a(named, "CHECK_IN") == len(inner) else message
        message = "" if message and self._empty(message) else message
        kind = head.kind
        if kind == "notify" and self._inside("REPORT", head.end, end, before_message=True) and not self.concerned:
            kind = "send_update"
        self._take(head.end, end)
        self._settle(found, audience)
        if kind == "send_update":
            found.actions.append(Action(kind, scope=about[0] if about and isinstance(about[0], str) else None))
        else:
            found.actions.append(Action(kind, message or None))
        return end

    def _empty(self, message: str) -> bool:
        """Whether the words say nothing to those who read them: "straight away", or the condition once more."""
        words = message.split()
        if len(words) > 4 and not self.concerned:
            return False
        inner = Sentence(" ".join(words[:4]), self.s.language)
        nothing = len(words) <= 4 and inner.skip(0, "SAYS_NOTHING") == len(inner)
        return nothing or (self.concerned and inner.is_a(0, "IF") > 0)

    def _beside(
        self, direct: tuple[Audience | Somebody, int] | None, at: int, head: Head, end: int
    ) -> tuple[str | Somebody, int, int] | None:
        """What the report is about, in the words beside those that say who gets it."""
        after = direct[1] if direct else at
        kept = self.taken[at:after]
        self._take(at, after)
        found = self.scope_of(head, end)
        self.taken[at:after] = kept
        return found

    def _reached(self, about: tuple[object, int, int], start: int, end: int) -> bool:
        """Whether somebody else is named as the one who gets what the words are about."""
        kept = self.taken[about[1] : about[2]]
        self._take(about[1], about[2])
        placed = self._placed_audience(start, end)
        self.taken[about[1] : about[2]] = kept
        return placed is not None

    def _somebody_else(self, head: Head, end: int) -> bool:
        """Whether a group is named in the clause that was not understood as the one to be reached."""
        s = self.s
        if s.is_a(head.start, "REMIND_ME", "NOTIFY_ME") or head.kind in ("post_comment", "set_task_status"):
            return False
        for j in range(head.start + 1, end):
            if self.taken[j]:
                continue
            if s.is_a(j, "OPEN_MESSAGE") or s.plain[j] in (
                "o",
                "ze",
                "zeby",
                "aby",
                "by",
                "w",
                "z",
                "na",
                "in",
                "from",
            ):
                return False
            found = self.people.at(j, concerned=self.concerned) if s.is_a(j, "OWNERS", "LEADS", "LEADERSHIP") else None
            if found and isinstance(found[0], Audience):
                return True
        return False

    def _within(self, head: Head) -> Audience | Somebody | None:
        """Who stands between the verb and its noun: send the owners a reminder, give Magda a heads-up."""
        for j in range(head.start + 1, head.end - 1):
            if self.s.is_a(self.s.skip(j, "THE"), "NOTICE", "REMINDER"):
                return None
            if self.taken[j] or self.s.is_a(j, "THE"):
                found = self.people.at(j, concerned=self.concerned) if not self.taken[j] else None
                if found and found[1] < head.end:
                    return found[0]
                continue
            found = self.people.at(j, concerned=self.concerned)
            return found[0] if found and found[1] <= head.end else None
        return None

    def _audience_before(self, head: Head) -> Audience | Somebody | None:
        """I want the Sales team to get a reminder, leads should receive one: who stands before the verb."""
        s = self.s
        end, got = self._before_getting(head.start)
        if end < 1:
            return None
        for j in range(max(0, end - 8), end):
            found = self.people.at(j, concerned=self.concerned) if not self.taken[j] else None
            if found and found[1] == end:
                self._take(j, head.start)
                return found[0]
        first = end - 1
        while first > 0 and not self.taken[first - 1] and not s.is_a(first - 1, "REQUEST", "AND", "OPEN_MESSAGE"):
            first -= 1
        if got and s.plain[first:end] == ["we"]:
            self._take(first, end)
            return self.people.mine() or Somebody("audience", s.said(first, end))
        named = any(s.plain[j][:1].isalpha() and not s.is_a(j, "FILLER", "REQUEST", "ME") for j in range(first, end))
        if got and named and not s.is_a(first, "FILLER", "ME", "US", "REQUEST", "OPEN_MESSAGE"):
            return Somebody("audience", s.said(first, end))
        return None

    def _before_getting(self, start: int) -> tuple[int, bool]:
        """Where the words before "should get a" end, and whether it is said that somebody gets something.

        A time may stand among them: "leads receive on Fridays at 10 a reminder".
        """
        s = self.s
        end, at = start, start - 1
        got = s.language == "pl" and s.is_a(start, "GETS") > 0
        while at >= 0:
            if s.is_a(at, "GETS", "SHOULD"):
                got = got or s.plain[at] not in ("to", "aby", "zeby")
                end = at
            elif not (self.taken[at] or s.is_a(at, "THE") or s.plain[at] in (",", "a", "an", "automatic")):
                break
            at -= 1
        return (at + 1 if got else end if end == start - 1 else start), got

    def reported(self) -> Audience | Somebody | None:
        """Who gets a report that is only named: "a weekly status report to the board"."""
        s = self.s
        if not any(s.is_a(j, "REPORT") and not self.taken[j] for j in range(len(s))):
            return None
        about = self.scope_of(Head("send_update", 0, 0), len(s))
        if about and isinstance(about[0], str) and self._reached(about, 0, len(s)):
            self._take(about[1], about[2])
            self.reports_on = about[0]
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

    def _placed_audience(
        self, start: int, end: int, head_start: int = -1
    ) -> tuple[Audience | Somebody, int, int] | None:
        """An audience that does not follow its verb: "send the report to Ana", "… wszystkim właścicielom"."""
        s = self.s
        fallback: tuple[Audience | Somebody, int, int] | None = None
        for j in range(start, end):
            if self.taken[j]:
                continue
            asked_of = ("from", "od") if s.is_a(head_start, "ASK") else ()
            led = s.plain[j] in ("to", "for", "with", "do", "dla", "z", *asked_of) and j + 1 < end
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
                asked = s.is_a(head_start, "ASK") and s.is_a(j, "OWNERS", "LEADS", "LEADERSHIP", "EVERYONE")
                if not (found and found[1] <= end):
                    continue
                if isinstance(found[0], Audience) and (asked or self._dative(j, found[1])):
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
        if s.language == "pl" and s.plain[words[0]].endswith(INFINITIVES):
            return None
        if head.kind == "notify" and s.is_a(head.start, "SEND"):
            return None
        return s.said(words[0], words[-1] + 1)

    def _comment(self, start: int, end: int) -> str | None:
        """What the comment says: the words after "asking", "with", "z prośbą", not those that say where it goes."""
        s = self.s
        opener = ("asking", "saying", "with", "about", "that", "z", "ze", "o", "zeby", "proszac", "pytajac")
        for j in range(start, end):
            if s.plain[j] in opener and not self.taken[j]:
                return self._words(j, end) or None
            if s.plain[j] in self.quotes:
                return self._words(j, end) or None
        return None

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
    return "" if text.lower() in ("and", "i", "oraz") else text
