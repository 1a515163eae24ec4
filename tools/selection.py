"""From the words of a tool call to what the store is asked: scope, moment, cycles and rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from okr import health
from okr.calendar import day_named, end_of_day, start_of_day
from okr.errors import OkrError
from okr.language.frames import Filters, Ref
from okr.store.directory import Cycle
from okr.store.measuring import Measuring
from okr.store.scope import Scope
from okr.store.standing import Query
from tools.context import TurnContext
from tools.filters import FilterError, filters_from
from tools.result import Found


class NoCycleError(OkrError):
    """No cycle is in force on the day, so that nothing can be held against a pace."""

    code = "no-cycle"

    def __init__(self, on: date, ended: Cycle | None) -> None:
        self.on = on
        self.ended = ended
        known = f"The one that ended last is {ended.name}, on {ended.end.isoformat()}." if ended else ""
        super().__init__(f"No cycle is in force on {on.isoformat()}.", known)


@dataclass(frozen=True, slots=True)
class Where:
    """Within what and when a tool looks, in public ids, ISO dates and words.

    `teams` take in those below them; `people` are owners' e-mails. `cycle` names one instead of the
    cycle in force. `on` is a day whose end is meant; `first` and `last` are a stretch, which `word`
    names (this_week, last_month, since, …). `rule` is a status rule, the default where it is empty.
    `without` leaves out, as kind:id ("team:sales", "person:ana@acme.test").
    """

    teams: Sequence[str] = ()
    people: Sequence[str] = ()
    objectives: Sequence[str] = ()
    key_results: Sequence[str] = ()
    cycle: str = ""
    on: str = ""
    first: str = ""
    last: str = ""
    word: str = ""
    rule: str = ""
    filters: Sequence[str] = ()
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a tool call is about, resolved; `before` is where a stretch starts from."""

    scope: Scope
    query: Query
    measuring: Measuring
    before: Measuring | None
    cycles: tuple[Cycle, ...]
    period: dict[str, str] | None
    refs: dict[str, list[Ref]] = field(default_factory=dict)

    @property
    def cycle_ids(self) -> list[int]:
        """The internal ids of the cycles."""
        return [cycle.id for cycle in self.cycles]

    @property
    def filtered(self) -> bool:
        """Whether anything but the scope narrows it."""
        return self.query.filters != Filters()

    def found(self, tool: str, where: Where, **args: object) -> Found:
        """An empty result of the tool that says when and by which rule."""
        return Found(
            tool=tool,
            args=arguments(where) | {name: value for name, value in args.items() if value not in ("", None, (), [])},
            as_of=self.measuring.as_of,
            period=self.period,
        )


def arguments(where: Where) -> dict[str, object]:
    """The arguments that were given, as they stand in an answer's document."""
    given = {name: getattr(where, name) for name in Where.__slots__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value}


def chosen(turn: TurnContext, where: Where, *, week_back: bool = False, children: bool = False) -> Chosen:
    """The scope, moment and cycles that the words mean.

    An objective without key results of its own stands for those below it; with `children` each
    objective stands for those below it, where there are any.
    With `week_back` a stretch that is still running starts from the same weekday a week before.
    Raises `NotFoundError` for what the person does not see and `NoCycleError` where no cycle was in force.
    """
    refs = {
        kind: [turn.store.ref(turn.actor, kind, key) for key in keys]
        for kind, keys in (
            ("team", where.teams),
            ("person", where.people),
            ("objective", where.objectives),
            ("key_result", where.key_results),
        )
    }
    scope = Scope(*(tuple(ref.id for ref in refs[kind]) for kind in ("team", "person", "objective", "key_result")))
    scope = replace(scope, objectives=_widened(turn, scope.objectives, children))
    scope = leaving_out(turn, scope, where.without)
    first, last, period = _days(turn, where)
    cycles = _cycles(turn, where, scope, last or turn.today)
    if last is None and cycles and max(cycle.end for cycle in cycles) < turn.today:
        # Of a cycle that is over people want to know how it ended.
        over = max(cycle.end for cycle in cycles)
        if all(cycle.state == "closed" for cycle in cycles) or where.cycle:
            last = over
    rule = health.rule(where.rule or health.DEFAULT_RULE)
    as_of = turn.now if last is None else turn.moment(last)
    measuring = Measuring(as_of, turn.zone, cycles, rule, settled=turn.store.settled_at(as_of))
    before = None
    stretch = None
    if first is not None:
        begins = first if where.word == "since" else first - timedelta(days=1)
        if week_back and last is not None and last >= turn.today:
            begins = turn.today - timedelta(days=7)
        before = Measuring(end_of_day(begins, turn.zone), turn.zone, cycles, rule)
        stretch = (start_of_day(first, turn.zone), as_of)
    filters = filters_from(where.filters)
    query = Query(scope, filters, before, stretch, earlier=as_of < turn.now)
    return Chosen(scope, query, measuring, before, cycles, period, refs)


def leaving_out(turn: TurnContext, scope: Scope, without: Sequence[str]) -> Scope:
    """The scope without what words such as "team:sales" name; `NotFoundError` for what the person does not see."""
    ids: dict[str, tuple[int, ...]] = {"team": (), "person": (), "objective": (), "key_result": ()}
    for word in without:
        kind, _, key = word.partition(":")
        if kind not in ids:
            raise FilterError(word)
        ids[kind] = (*ids[kind], turn.store.ref(turn.actor, kind, key).id)
    return replace(
        scope,
        not_teams=ids["team"],
        not_people=ids["person"],
        not_objectives=ids["objective"],
        not_key_results=ids["key_result"],
    )


def _widened(turn: TurnContext, objectives: tuple[int, ...], children: bool) -> tuple[int, ...]:
    if not objectives:
        return objectives
    own = set() if children else turn.store.objectives_with_key_results(turn.actor, objectives)
    found: dict[int, None] = {}
    for objective in objectives:
        below = [] if objective in own else turn.store.objectives_under(turn.actor, objective)
        found |= dict.fromkeys(below or [objective])
    return tuple(found)


def _days(turn: TurnContext, where: Where) -> tuple[date | None, date | None, dict[str, str] | None]:
    label = where.word.replace("_", " ")
    if where.on:
        on = day_named(where.on)
        return None, on, {"from": where.on, "to": where.on, "label": label or where.on}
    if where.first or where.last:
        first = day_named(where.first or where.last)
        last = day_named(where.last) if where.last else turn.today
        told = {"from": first.isoformat(), "to": last.isoformat()}
        return first, last, told | {"label": label or f"{told['from']}/{told['to']}"}
    return None, None, None


def _cycles(turn: TurnContext, where: Where, scope: Scope, on: date) -> tuple[Cycle, ...]:
    if where.cycle:
        wanted = turn.store.ref(turn.actor, "cycle", where.cycle)
        return tuple(cycle for cycle in turn.cycles if cycle.id == wanted.id)
    if scope.key_results:
        return tuple(turn.store.record_cycle(turn.actor, scope.key_results))
    if scope.objectives:
        of = {found.cycle_id for found in turn.store.objectives_by_id(turn.actor, scope.objectives)}
        return tuple(cycle for cycle in turn.cycles if cycle.id in of)
    running = turn.in_force(min(on, turn.today))
    if not running:
        raise NoCycleError(min(on, turn.today), turn.latest_ended(min(on, turn.today)))
    return running


def moment_of(turn: TurnContext, day: str) -> datetime:
    """The moment that an ISO day means; now for an empty one."""
    return turn.moment(day_named(day)) if day else turn.now
