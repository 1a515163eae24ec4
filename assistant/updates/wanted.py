"""What update somebody wants: of what, for whom, over which days, in which language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from okr.access import Actor
from okr.calendar import Period, cycle_period, day_of, end_of_day, week_named, week_of
from okr.errors import OkrError
from okr.language.frames import Ref
from okr.store import Store
from okr.store.directory import Cycle
from tools.context import TurnContext

AUDIENCES = ("leadership", "all-hands", "team")
PERIODS = ("this-week", "last-week", "cycle")
LANGUAGES = ("en", "pl")
LENGTHS = ("short", "normal", "long")
SCOPES = ("company", "team", "objective", "person")
_SCOPE = re.compile(r"(team|objective|person):(.+)", re.DOTALL)
MOST_KEY = 200


class UnknownValueError(OkrError):
    """A scope, audience, period, language or format that does not exist; wrong usage."""

    code = "usage"

    def __init__(self, what: str, given: str, known: str) -> None:
        super().__init__(f"There is no {what} {given[:MOST_KEY]!r}.", f"It is one of {known}.")


class FuturePeriodError(OkrError):
    """Nothing can have happened in it yet."""

    code = "future-period"

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} has not begun yet.", "Ask for this week, last week or an earlier one.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An update that somebody asks for, in the contract's words; all of them known ones.

    `scopes` holds one scope, or several teams whose key results are taken together.
    """

    scopes: tuple[str, ...] = ("company",)
    audience: str = "leadership"
    period: str = "this-week"
    language: str = ""
    length: str = "normal"

    @property
    def scope(self) -> str:
        """The scope as the document names it."""
        return "+".join(self.scopes)

    def checked(self) -> Wanted:
        """Itself; `UnknownValueError` where one of the words means nothing."""
        if self.audience not in AUDIENCES:
            raise UnknownValueError("audience", self.audience, ", ".join(AUDIENCES))
        if self.language and self.language not in LANGUAGES:
            raise UnknownValueError("language", self.language, ", ".join(LANGUAGES))
        if self.length not in LENGTHS:
            raise UnknownValueError("length", self.length, ", ".join(LENGTHS))
        for scope in self.scopes:
            if scope != "company" and not _SCOPE.fullmatch(scope):
                raise UnknownValueError("scope", scope, "company, team:KEY, objective:KEY, person:EMAIL")
        if self.period not in PERIODS:
            try:
                week_named(self.period)
            except ValueError:
                raise UnknownValueError("period", self.period, "this-week, last-week, YYYY-Www, cycle") from None
        return self


@dataclass(frozen=True, slots=True)
class Target:
    """A wanted update, looked up: the records of the scope, the days, the moment and the cycles it is measured in."""

    wanted: Wanted
    refs: tuple[Ref, ...]
    objectives: tuple[int, ...]
    widened: tuple[Ref, ...]
    period: Period
    label: str
    as_of: datetime
    on: date
    cycles: tuple[Cycle, ...]
    language: str

    @property
    def over(self) -> bool:
        """Whether the period is over."""
        return self.on >= self.period.last

    def ids(self, kind: str) -> tuple[int, ...]:
        """The internal ids of the records of that kind that the scope names."""
        return tuple(ref.id for ref in self.refs if ref.kind == kind)


def looked_up(turn: TurnContext, wanted: Wanted) -> Target:
    """The records and days that are meant.

    `NotFoundError` for a scope that the person does not see, in the words a missing one gets; `FuturePeriodError`
    for a period that has not begun.
    """
    wanted.checked()
    refs = tuple(_ref(turn.store, turn.actor, scope) for scope in wanted.scopes if scope != "company")
    own = tuple(ref.id for ref in refs if ref.kind == "objective")
    widened: tuple[Ref, ...] = ()
    if own and not turn.store.objectives_with_key_results(turn.actor, own):
        below = list(dict.fromkeys(ident for one in own for ident in turn.store.objectives_under(turn.actor, one)))
        found = turn.store.objectives_by_id(turn.actor, below)
        widened = tuple(Ref("objective", one.id, one.key, one.title) for one in found)
    objectives = tuple(ref.id for ref in widened) or own
    period, label = _period(turn, wanted, objectives)
    if period.first > turn.today:
        raise FuturePeriodError(label if wanted.period not in PERIODS else period.first.isoformat())
    over = period.last < turn.today
    as_of = end_of_day(period.last, turn.zone) if over else turn.now
    on = day_of(as_of, turn.zone)
    cycles = _cycles(turn, objectives, on)
    language = wanted.language or (turn.language if turn.language in LANGUAGES else "en")
    return Target(wanted, refs, objectives, widened, period, label, as_of, on, cycles, language)


def _ref(store: Store, actor: Actor, scope: str) -> Ref:
    found = _SCOPE.fullmatch(scope)
    if found is None:
        raise UnknownValueError("scope", scope, "company, team:KEY, objective:KEY, person:EMAIL")
    return store.ref(actor, found[1], found[2])


def _period(turn: TurnContext, wanted: Wanted, objectives: tuple[int, ...]) -> tuple[Period, str]:
    match wanted.period:
        case "this-week":
            return week_of(turn.today), "this week"
        case "last-week":
            return week_of(turn.today).previous(), "last week"
        case "cycle":
            cycles = _cycles(turn, objectives, turn.today)
            if cycles:
                shortest = min(cycles, key=lambda one: (one.end - one.start, one.start, one.key))
                return cycle_period(shortest), "cycle"
            ended = turn.latest_ended(turn.today)
            return (cycle_period(ended), "cycle") if ended is not None else (week_of(turn.today), "cycle")
    week = week_named(wanted.period)
    year, number, _ = week.first.isocalendar()
    return week, f"{year:04}-W{number:02}"


def _cycles(turn: TurnContext, objectives: tuple[int, ...], on: date) -> tuple[Cycle, ...]:
    if objectives:
        of = {one.cycle_id for one in turn.store.objectives_by_id(turn.actor, objectives)}
        return tuple(cycle for cycle in turn.cycles if cycle.id in of)
    return turn.in_force(on)
