"""So many days before or after the beginning or the end of a period, in words."""

from __future__ import annotations

from okr.language.rules.lists import Lists
from okr.language.rules.pieces import Edge, Vague

_PERIODS = ("week", "month", "quarter", "year", "cycle")
_SUB_DAILY = ("second", "minute", "hour")


class Edges(Lists):
    """Reads distances from the edges of periods in one sentence."""

    def _edge(self, i: int) -> tuple[object, int] | None:
        s = self.s
        at = i
        if s.is_a(at, "ON", "IN") and s.plain[at] in ("on", "na", "w"):
            at += 1
        at = at + 1 if s.language == "en" and at < len(s) and s.plain[at] == "the" else at
        before_day = s.is_a(at, "DAY_BEFORE")
        if before_day:
            target = self._edge_target(at + before_day)
            if target:
                return Edge(1, "day", "before", target[0], target[1], target[3]), target[2]
        length = self.dates.length(at)
        if length and length[1] not in _SUB_DAILY:
            number, unit, after = length
            side = "before" if s.is_a(after, "BEFORE") else "after" if s.is_a(after, "AFTER") else None
            if side:
                target = self._edge_target(after + s.is_a(after, "BEFORE", "AFTER"))
                if target and unit in ("day", "week", "business", "month"):
                    if unit == "month":
                        return Vague("day", s.said(i, target[2])), target[2]
                    days = number * 7 if unit == "week" else number
                    kind = "business" if unit == "business" else "day"
                    return Edge(days, kind, side, target[0], target[1], target[3]), target[2]
        target = self._edge_target(at if not s.is_a(at, "AT") else at + s.is_a(at, "AT"))
        if target and target[3]:
            return Edge(0, "day", "before" if target[0] == "end" else "after", target[0], target[1]), target[2]
        return None

    def _edge_target(self, i: int) -> tuple[str, str, int, bool] | None:
        """the end of each quarter, quarter end, a cycle ends: (edge, period, end, repeating)."""
        s = self.s
        at = s.skip(i, "THE", "EVERY") if s.language == "en" else s.skip(i, "ON", "EVERY")
        repeating = any(s.is_a(j, "EVERY") for j in range(i, at))
        which = "end" if s.is_a(at, "END") else "start" if s.is_a(at, "BEGIN") else None
        if which:
            after = at + s.is_a(at, "END" if which == "end" else "BEGIN")
            linked = s.skip(after, "OF", "THE")
            if s.is_a(linked, "EVERY"):
                repeating = True
                linked += s.is_a(linked, "EVERY")
            if linked < len(s) and s.plain[linked] in ("calendar", "fiscal", "okr"):
                linked += 1
            unit = s.value(linked, "units")
            if unit and unit[0] in _PERIODS:
                repeating = repeating or (s.plain[linked].endswith("s") and s.language == "en")
                return which, unit[0], linked + unit[1], repeating
            return None
        unit = s.value(at, "units")
        if unit and unit[0] in _PERIODS:
            after = at + unit[1]
            after += after < len(s) and s.plain[after] in ("-", "'")
            after += after < len(s) and s.plain[after] == "is" and s.is_a(after + 1, "END", "BEGIN") > 0
            if s.is_a(after, "END") and not (s.language == "pl" and s.plain[after] == "konca"):
                return "end", unit[0], after + s.is_a(after, "END"), repeating
            if s.is_a(after, "BEGIN") and s.plain[after] not in ("starting",):
                return "start", unit[0], after + s.is_a(after, "BEGIN"), repeating
            sie = after < len(s) and s.plain[after] == "sie"
            if sie and s.is_a(after + 1, "END"):
                return "end", unit[0], after + 2, repeating
        return None
