"""Where a scope is going, in one answer: forecasts, what only looks well, falling confidence, and the last week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from okr.access import Actor
from okr.forecast import BackTest, TooLittle
from okr.language.frames import Filters
from okr.measure import number
from okr.store.boards import BoardPart, Look
from okr.store.insight import ConfidenceWorth, InsightPart, Outlook
from okr.store.records import RecordsPart
from okr.store.shifts import ShiftsPart
from okr.store.standing import Told

LISTED = 12
SIDES = ("misses", "perhaps", "reaches")


@dataclass(frozen=True, slots=True)
class Falling:
    """A key result whose latest check-in was less confident than the one before; both with their ids, as evidence."""

    told: Told
    was: int
    now: int
    check_ins: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Moved:
    """A key result whose progress is another than a week ago, as shares."""

    told: Told
    was: float
    now: float


@dataclass(frozen=True, slots=True)
class Shifted:
    """A key result whose computed status is another than a week ago."""

    told: Told
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Where a scope is going, as far as the person sees it.

    `forecasts` are those that there are, by side and then by key; `without` counts the others by the reason.
    Lists hold the first few, what ends in `_count` is of all. `back_test` and `worth` are of all finished
    cycles, None for too few of them.
    """

    look: Look
    rule: str
    forecasts: list[Outlook]
    without: dict[str, int]
    back_test: BackTest | None
    worth: ConfidenceWorth | None
    watermelons: list[Told]
    watermelon_count: int
    falling: list[Falling]
    falling_count: int
    moved: list[Moved]
    shifted: list[Shifted]


def side(outlook: Outlook) -> str:
    """`reaches` or `misses` where the whole range lies on that side of the target, else `perhaps`."""
    if not outlook.certain:
        return "perhaps"
    return "reaches" if outlook.reaches else "misses"


class LookAheadPart(BoardPart, ShiftsPart, RecordsPart, InsightPart):
    """The store's question where a scope is going."""

    def look_ahead(self, actor: Actor, look: Look, now: datetime) -> LookAhead:
        """The whole of it at the look's moment; what changed counts from the look's `since`."""
        measuring, query = self.looked_at(look, now)
        outlooks = self.forecasts(actor, [cycle.id for cycle in look.cycles], look.scope, look.as_of)
        without: dict[str, int] = {}
        for one in outlooks:
            if isinstance(one.found, TooLittle):
                without[one.found.reason] = without.get(one.found.reason, 0) + 1
        known = [one for one in outlooks if not isinstance(one.found, TooLittle)]
        overview = self.overview(actor, measuring, query, limit=LISTED, most_unmeasured=0)
        doubting = replace(query, before=None, filters=Filters(confidence_falling=True))
        falling = self.key_results(actor, measuring, doubting, by="confidence", limit=LISTED)
        shifts = self.shifts(actor, measuring, query, limit=LISTED)
        ids = [shift.id for shift in shifts]
        by_id = {one.standing.id: one for one in self.key_results_by_id(actor, measuring, ids)}
        return LookAhead(
            look=look,
            rule=measuring.rule.name,
            forecasts=sorted(known, key=lambda one: (SIDES.index(side(one)), one.key)),
            without=without,
            back_test=self.back_test(actor),
            worth=self.confidence_worth(actor),
            watermelons=overview.watermelons,
            watermelon_count=overview.watermelon_count,
            falling=[fall for one in falling if (fall := self._fall(actor, one, look.as_of)) is not None],
            falling_count=self.count_key_results(actor, measuring, doubting),
            moved=self._moved(actor, look, now, [*overview.up, *overview.down]),
            shifted=[Shifted(by_id[shift.id], shift.was, shift.now) for shift in shifts if shift.id in by_id],
        )

    def _fall(self, actor: Actor, one: Told, as_of: datetime) -> Falling | None:
        said = [
            each
            for each in self.check_ins(actor, [one.standing.id], last=as_of, limit=60)
            if each.confidence is not None
        ]
        if len(said) < 2:
            return None
        before, latest = said[-2:]
        return Falling(one, before.confidence or 0, latest.confidence or 0, (before.key, latest.key))

    def _moved(self, actor: Actor, look: Look, now: datetime, rows: list[Told]) -> list[Moved]:
        """The rows with their progress at both ends, the largest change first."""
        _, query = self.looked_at(look, now)
        if query.before is None or not rows:
            return []
        ids = [one.standing.id for one in rows]
        was = {one.standing.id: one for one in self.key_results_by_id(actor, query.before, ids)}
        found = []
        for one in rows:
            before = was.get(one.standing.id)
            ends = (None if before is None else before.standing.verdict.progress, one.standing.verdict.progress)
            if ends[0] is not None and ends[1] is not None:
                found.append(Moved(one, number(ends[0]), number(ends[1])))
        return sorted(found, key=lambda each: -abs(each.now - each.was))
