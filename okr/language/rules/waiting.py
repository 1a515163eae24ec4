"""Owners who have not checked in this week, in any of the ways people say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okr.automations import Audience
from okr.language.rules.tokens import Sentence

if TYPE_CHECKING:
    from okr.language.rules.people import Found


class Waiting:
    """Finds those whose check-in is still missing in one sentence."""

    s: Sentence

    def _owners(self, i: int) -> Found | None:
        """The owners at i; who they are is told where people are read."""
        raise NotImplementedError

    def _waiting(self, i: int) -> Found | None:
        """Owners without a check-in this week, in any of the ways people say it."""
        s = self.s
        at = s.skip(i, "THE", "EVERYONE") if not s.is_a(i, "OWNERS", "WHO") else i
        owners = self._owners(i)
        team: str | None = None
        if owners and isinstance(owners[0], Audience):
            at, team = owners[1], owners[0].team
        elif s.is_a(i, "WHO"):
            at = i + s.is_a(i, "WHO")
        elif at == i:
            return None
        after = at + 1 if at < len(s) and s.plain[at] == "," else at
        end = self._not_checked_in(after) or self._not_yet(after)
        if end is None and at > i and s.is_a(i, "WHO"):
            end = self._not_checked_in(i)
        return (Audience("owners_without_check_in", team), end) if end else None

    def _not_checked_in(self, i: int) -> int | None:
        s = self.s
        length = s.is_a(i, "WITHOUT")
        if length:
            at = self._filled(i + length)
            if s.is_a(at, "CHECK_IN"):
                return self._this_week(at + s.is_a(at, "CHECK_IN"))
            if s.is_a(at, "ASKED_FOR") and s.plain[at].startswith(("update", "aktualiz", "status")):
                return self._this_week(at + s.is_a(at, "ASKED_FOR"))
        length = s.is_a(i, "NOT_DONE")
        if not length:
            at = (s.is_a(i, "WHO") and i + s.is_a(i, "WHO")) or i
            length = s.is_a(at, "NOT_DONE") if at > i else 0
            i = at
        if not length:
            return None
        at = self._filled(i + length)
        if s.is_a(at, "DONE"):
            end = at + s.is_a(at, "DONE")
            object_at = self._filled(end)
            if s.is_a(object_at, "CHECK_IN", "ASKED_FOR", "OKR", "KR") and not s.is_a(object_at, "TO"):
                end = object_at + s.is_a(object_at, "CHECK_IN", "ASKED_FOR", "OKR", "KR")
                more = s.skip(self._filled(end), "CHECK_IN", "ASKED_FOR", "OKR", "KR")
                end = more if more > self._filled(end) else end
            return self._this_week(end)
        if s.is_a(at, "CHECK_IN"):
            return self._this_week(at + s.is_a(at, "CHECK_IN"))
        return None

    def _not_yet(self, i: int) -> int | None:
        """którzy jeszcze go w tym tygodniu nie dodali: with the words for it and for the week in between."""
        s = self.s
        if s.language != "pl" or s.plain[i] not in ("ktorzy", "ktore", "ktory", "kto"):
            return None
        at = i + 1
        while s.is_a(at, "BESIDE_CHECK_IN", "IN_THIS_WEEK") or s.plain[at] in ("go", "dotad", "nadal"):
            at += 1
        if at == i + 1 or s.plain[at] != "nie":
            return None
        done = self._filled(at + 1)
        return done + s.is_a(done, "DONE") if s.is_a(done, "DONE") else None

    def _filled(self, i: int) -> int:
        while self.s.is_a(i, "BESIDE_CHECK_IN") and not self.s.is_a(i, "CHECK_IN"):
            i += 1
        return i

    def _this_week(self, i: int) -> int:
        """Past "this week", "w tym tygodniu", "yet": the window every such audience has anyway."""
        s = self.s
        end = i
        while s.is_a(end, "IN_THIS_WEEK"):
            end += 1
        said = s.plain[i:end]
        useful = {"week", "yet", "tygodniu", "tygodnia", "tydzien", "jeszcze", "far"}
        if not useful & set(said):
            return i
        while said and said[-1] not in useful:
            said = said[:-1]
            end -= 1
        return end
