"""What a report is about: the update of the Sales team, podsumowanie celu O-1; and not who gets it."""

from __future__ import annotations

from okr.automations import Audience
from okr.language.rules.heads import Head
from okr.language.rules.people import Somebody
from okr.language.rules.task_owners import TaskOwners

_ABOUT = {
    "en": frozenset(("of", "on", "about", "from", "for", "covering", "regarding", "concerning")),
    "pl": frozenset(("o", "z", "ze", "dla", "dotyczace", "dotyczacy", "na temat")),
}
# What leads to those who get it as well as to what it is about.
_TEAMS = ("team's", "department's", "squad's", "teams'")
_EITHER = frozenset(("for", "dla"))


class Reports(TaskOwners):
    """Finds the scope of the update that a clause asks for."""

    def scope_of(self, head: Head, end: int) -> tuple[str | Somebody, int, int] | None:
        """The scope like `team:sales` with the words that name it; Somebody where it names none that exists."""
        s = self.s
        for j in range(head.start, end):
            length = 0 if self.taken[j] else s.is_a(j, "REPORT")
            if not length:
                continue
            found = self._owning(head.start, j) or self._about(j + length, end)
            if found is not None:
                return found
        return None

    def owned_report(self, i: int, direct_end: int, others: bool) -> bool:
        """Whether a team at i is only the one whose report it is: the Sales team's update, the Sales update.

        "Send Sales a summary" gives it to them. `others` says that somebody else is to get it.
        """
        s = self.s
        first = s.skip(i, "THE")
        if s.language != "en" or self._named(first) is None:
            return False
        at = direct_end
        if s.plain[at - 1].endswith("'s") or s.plain[at] in _TEAMS:
            return True
        if not s.is_a(s.skip(at, "often", "often_adjective"), "REPORT"):
            return False
        return others or (s.plain[i] == "the" and not s.is_a(at - 1, "TEAM"))

    def _owning(self, start: int, noun: int) -> tuple[str | Somebody, int, int] | None:
        """The Sales team's weekly update: who stands before the noun as its owner."""
        s = self.s
        if s.language != "en":
            return None
        end = noun
        while end > start and (self.taken[end - 1] or s.is_a(end - 1, "REPORT", "OKR", "often", "often_adjective")):
            end -= 1
        for i in range(max(start, end - 5), end):
            found = None if self.taken[i] else self._named(i)
            if found and found[1] == end and not isinstance(found[0], Somebody):
                return found[0], i, end
        if s.plain[end - 1] in _TEAMS and end - 2 > start and s.plain[end - 2] not in ("our", "my", "the", "your"):
            return Somebody("audience", s.said(end - 2, end)), end - 2, end
        return None

    def _about(self, i: int, end: int) -> tuple[str | Somebody, int, int] | None:
        """A report of Sales, on O-1, raport zespołu Sales."""
        s = self.s
        at = i
        while at < end and (s.is_a(at, "REPORT", "OKR") or s.plain[at] in ("status", "statusu")) and not self.taken[at]:
            at += 1
        if at >= end or self.taken[at]:
            return None
        led = s.plain[at] in _ABOUT[s.language]
        if not led and s.language == "en":
            return None
        first = s.skip(at + led, "THE")
        found = self._named(first) if first < end and not any(self.taken[at:first]) else None
        if found is None or found[1] > end or any(self.taken[first : found[1]]):
            return None
        unknown = isinstance(found[0], Somebody)
        if unknown and not s.is_a(first, "TEAM") and not s.is_a(found[1] - 1, "TEAM"):
            return None
        if s.language == "pl" and not led and self._receives(first, found[1]):
            return None
        return found[0], at, found[1]

    def may_receive(self, start: int) -> bool:
        """Whether the words that name a scope may just as well name who gets it: a report for Sales."""
        return self.s.plain[start] in _EITHER

    def _receives(self, start: int, end: int) -> bool:
        """Whether the Polish words say to whom: raport zespołowi Sales, raport marketingowi."""
        return any(self.s.plain[j].endswith(("owi", "om", "emu")) for j in range(start, end))

    def _named(self, i: int) -> tuple[str | Somebody, int] | None:
        """The team or the objective at i."""
        s = self.s
        if i >= len(s):
            return None
        plain = s.plain[i]
        at = i + s.is_a(i, "OKR") if s.is_a(i, "OKR") else i
        word = s.plain[at]
        record = self.people.directory.record(self.quotes.get(word, word)) if at < len(s) else None
        if record is not None and record.kind == "objective":
            return f"objective:{record.key}", at + 1
        own = self.people._us(i) if plain in ("our", "my") else None
        if plain in ("mojego", "naszego", "moim", "naszym", "our", "my") and own is None:
            own = self.people._team(i + 1) if s.is_a(i + 1, "TEAM") or s.plain[i + 1] in _TEAMS else None
            if plain in ("our", "my") and s.plain[i + 1] in _TEAMS:
                own = Audience("team"), i + 1
        found = own or self.people._team(i)
        if found is None:
            return None
        who, end = found
        if isinstance(who, Somebody):
            return who, end
        if not isinstance(who, Audience) or who.kind != "team":
            return None
        end += s.language == "en" and s.plain[end] in _TEAMS
        if who.team is None:
            asker = self.people.directory.person(self.people.asker)
            return (f"team:{asker.team}", end) if asker and asker.team else None
        return f"team:{who.team}", end
