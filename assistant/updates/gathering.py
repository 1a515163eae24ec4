"""What is recorded for an update: every list in a stated order, so that the same store gives the same draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from assistant.updates.quoting import sentences
from assistant.updates.wanted import Target
from okr import health
from okr.calendar import day_of, end_of_day, start_of_day
from okr.store.journal import JournalQuery
from okr.store.measuring import Measuring
from okr.store.overviews import PARTS, Overview
from okr.store.records import CheckIn
from okr.store.scope import Scope
from okr.store.shifts import Fall
from okr.store.standing import Query, Told
from okr.store.tasks import OPEN, Task, TaskQuery
from tools.context import TurnContext

# More of a kind than any audience is told.
MOST = 12
MOST_READ = 120
MOST_MISSING = 5_000
WEEKS_FALLING = 2
DUE_WITHIN = timedelta(days=14)
REASON_WITHIN = timedelta(days=45)
# Parts of words with which people ask for a decision; the expression below then looks at the whole sentence.
_ASKING_STEMS = (
    "decision",
    "decide",
    "approv",
    "sign off",
    "sign-off",
    "decyzj",
    "zdecyd",
    "zatwierd",
    "zgod",
    "akcept",
)
_ASKING = re.compile(
    r"""(?ix)
    \b(?:need|needs|needed|require[sd]?|wait(?:ing|s)?\ (?:for|on)|await(?:ing|s)?|ask(?:ing|s)?\ for|please|pending|
       request(?:ing|s|ed)?|want|seek(?:ing|s)?|must|should|to)\b[^.!?]{0,60}
       \b(?:decision|decide|approv(?:al|e|es)|sign[- ]?off)\b
  | \bdecision\s+(?:needed|required|pending|by|on)\b
  | \b(?:approval|sign[- ]?off)\s+(?:needed|required|pending)\b
  | \b(?:potrzeb\w+|czeka\w*|pros\w+|wymaga\w*|brak\w*|bez)\b[^.!?]{0,60}
       \b(?:decyzj\w+|zgod\w+|akceptacj\w+|zatwierdz\w+)
  | \b(?:trzeba|musimy|proszę|należy)\b[^.!?]{0,60}\b(?:zdecydowa\w+|zatwierdz\w+|zaakceptowa\w+|podjąć\ decyzj\w+)
    """
)


@dataclass(slots=True)
class Material:
    """Everything that an update may be made of, before it is chosen from."""

    measuring: Measuring
    query: Query
    seen: Overview
    falls: list[Fall] = field(default_factory=list)
    falling: list[Told] = field(default_factory=list)
    wins: list[CheckIn] = field(default_factory=list)
    asking: list[CheckIn] = field(default_factory=list)
    overdue: list[Task] = field(default_factory=list)
    overdue_count: int = 0
    due: list[Task] = field(default_factory=list)
    # By internal id of the key result.
    then: dict[int, Told] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)
    said: dict[str, list[CheckIn]] = field(default_factory=dict)

    def take(self, found: Iterable[Told]) -> list[Told]:
        """Remember these key results, so that what else is to be known of them is read at once."""
        kept = list(found)
        self.told |= {one.standing.id: one for one in kept}
        return kept


def gather(turn: TurnContext, target: Target) -> Material:
    """What is recorded of the target by its moment, as far as the person sees it."""
    store = turn.store
    rule = health.rule()
    measuring = Measuring(target.as_of, turn.zone, target.cycles, rule, settled=store.settled_at(target.as_of))
    before = Measuring(started(turn, target), turn.zone, target.cycles, rule)
    query = Query(scope_of(target), before=before, earlier=target.as_of < turn.now)
    return gathered(turn, target, measuring, before, query)


def scope_of(target: Target) -> Scope:
    """The scope in internal ids; a team takes in those below it."""
    return Scope(target.ids("team"), target.ids("person"), target.objectives)


def started(turn: TurnContext, target: Target) -> datetime:
    """The moment from which movement counts: a week before by the same weekday, or the day before the cycle."""
    if target.wanted.period == "cycle":
        return end_of_day(target.period.first - timedelta(days=1), turn.zone)
    return end_of_day(target.on - timedelta(days=7), turn.zone)


def gathered(turn: TurnContext, target: Target, measuring: Measuring, before: Measuring, query: Query) -> Material:
    """The same, with the definitions made by the caller."""
    store, actor = turn.store, turn.actor
    seen = store.overview(actor, measuring, query, limit=MOST, most_unmeasured=MOST_MISSING)
    made = Material(measuring, query, seen)
    if not seen.tally.total:
        return made
    for part in PARTS:
        made.take(getattr(seen, part))
    plain = replace(query, before=None)
    made.falls = store.falls(actor, measuring, plain, weeks=WEEKS_FALLING, limit=MOST)
    if len(made.falls) == MOST:
        # There may be more, and some of those may be told of for another reason.
        these = replace(plain, scope=replace(plain.scope, key_results=tuple(made.told)))
        more = store.falls(actor, measuring, these, weeks=WEEKS_FALLING, limit=len(made.told))
        made.falls += [fall for fall in more if fall not in made.falls]
    falling = {one.standing.id: one for one in store.key_results_by_id(actor, measuring, [f.id for f in made.falls])}
    made.falling = made.take(falling[fall.id] for fall in made.falls if fall.id in falling)
    _notes(turn, target, made)
    _tasks(turn, target, made)
    made.then = {one.standing.id: one for one in store.key_results_by_id(actor, before, list(made.told))}
    return made


def change(made: Material, one: Told) -> float:
    """How much the progress of a key result changed over the period; 0 where that cannot be said."""
    then = made.then.get(one.standing.id)
    progress = one.standing.verdict.progress
    was = None if then is None else then.standing.verdict.progress
    return 0.0 if progress is None or was is None else float(progress - was)


def _notes(turn: TurnContext, target: Target, made: Material) -> None:
    store, actor, zone = turn.store, turn.actor, turn.zone
    first = start_of_day(target.period.first, zone)
    if target.wanted.period != "cycle":
        # On a Monday a week's news would otherwise be none.
        first = min(first, start_of_day(target.on - timedelta(days=6), zone))
    cycle_ids = tuple(cycle.id for cycle in target.cycles)
    written = JournalQuery(scope_of(target), target.as_of, first, cycle_ids=cycle_ids, live=True)
    made.wins = _one_each(store.journal(actor, replace(written, said=("wins",)), limit=MOST_READ))
    asked = store.journal(actor, replace(written, words=_ASKING_STEMS), limit=MOST_READ)
    made.asking = _one_each(one for one in asked if asking(one) is not None)
    keys = {entry.key_result for entry in (*made.wins, *made.asking)}
    refs = store.refs(actor, [("key_result", key) for key in sorted(keys)])
    missing = [ref.id for ref in refs if ref.id not in made.told]
    made.take(store.key_results_by_id(actor, made.measuring, missing))
    seen = made.seen
    wanted = [*seen.off_track, *seen.at_risk, *seen.watermelons, *made.falling, *seen.blocked, *seen.down]
    ids = list(dict.fromkeys(one.standing.id for one in wanted))
    if ids:
        since = target.as_of - REASON_WITHIN
        entries = store.check_ins(actor, ids, last=target.as_of, first=since, limit=40 * len(ids))
        for entry in entries:
            made.said.setdefault(entry.key_result, []).append(entry)


def asking(entry: CheckIn) -> str | None:
    """The part of a check-in in which somebody asks for a decision; None where nobody does."""
    for text in (entry.blockers, entry.note):
        for part in sentences(text):
            if _ASKING.search(part):
                return part
    return None


def _one_each(entries: Iterable[CheckIn]) -> list[CheckIn]:
    """The newest of each key result, in the order given."""
    found: dict[str, CheckIn] = {}
    for entry in entries:
        found.setdefault(entry.key_result, entry)
    return list(found.values())[: 4 * MOST]


def _tasks(turn: TurnContext, target: Target, made: Material) -> None:
    # How a task stood on an earlier day nobody recorded; only whether it was done by then.
    store, actor = turn.store, turn.actor
    scope = Scope(target.ids("team"), target.ids("person"), target.objectives)
    on: date = target.on
    late = TaskQuery(scope, overdue_on=on)
    made.overdue = store.tasks(actor, late, limit=MOST)
    made.overdue_count = len(made.overdue)
    if made.overdue_count >= MOST:
        made.overdue_count = sum(store.count_tasks(actor, late).values())
    ahead = TaskQuery(scope, statuses=OPEN, due=(on, on + DUE_WITHIN))
    made.due = store.tasks(actor, ahead, limit=MOST)


def reason(made: Material, one: Told) -> CheckIn | None:
    """The newest check-in on the key result that says something: what blocks it, or else a note."""
    entries: Sequence[CheckIn] = made.said.get(one.standing.key, ())
    return next((entry for entry in reversed(entries) if entry.blockers.strip() or entry.note.strip()), None)


def blocked_since(made: Material, one: Told) -> tuple[CheckIn, CheckIn] | None:
    """The first and the latest check-in of the unbroken run that names a blocker; None where the latest names none."""
    entries = made.said.get(one.standing.key, [])
    run: list[CheckIn] = []
    for entry in reversed(entries):
        if not entry.blockers.strip():
            break
        run.append(entry)
    return (run[-1], run[0]) if run else None


def day_text(moment: datetime, turn: TurnContext) -> str:
    """The company's day of a moment, as ISO text."""
    return day_of(moment, turn.zone).isoformat()
