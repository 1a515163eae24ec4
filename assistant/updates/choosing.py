"""Which facts an audience is told, in which order, and how many; what does not fit is left away from the end.

The order for leaders: how it all stands, what changed since the last update and what that promised, decisions asked
for, risks by size (reported on track but off track, off track, at risk, falling confidence), blockers, movement, wins,
missing evidence, next steps. For everybody: wins, movement, direction, and where to catch up without anybody's name.
For the team: the same as for leaders, with more of each, and its tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assistant.telling.phrases import say
from assistant.updates.draft import Draft, Fact, Section, Sentence
from assistant.updates.facts import Facts
from assistant.updates.gathering import Material, asking, blocked_since
from assistant.updates.telling import NOTABLE, Teller
from okr.store.standing import Told
from okr.store.tasks import Task


@dataclass(frozen=True, slots=True)
class Plan:
    """What an audience gets: its sections in order with the most items of each, and the most words in all.

    When it gets too long, `least_first` give way in this order, at first no further than down to what `kept` says
    (one item where it says nothing).
    """

    most: Mapping[str, int]
    words: int
    quoted: int
    kept: Mapping[str, int]
    least_first: tuple[str, ...]


PLANS: Mapping[str, Plan] = {
    "leadership": Plan(
        {
            "headline": 4, "since": 6, "promises": 4, "decisions": 4, "watermelons": 4, "off_track": 5, "at_risk": 3,
            "confidence": 2, "blockers": 3, "moved_up": 3, "moved_down": 2, "wins": 3, "evidence": 2, "late": 2,
            "next": 3,
        },
        560, 110,
        {"decisions": 3, "watermelons": 2, "off_track": 3, "at_risk": 2, "wins": 2, "evidence": 2, "since": 3},
        ("next", "late", "moved_up", "moved_down", "promises", "at_risk", "blockers", "since", "confidence", "wins",
         "evidence", "off_track", "watermelons", "decisions"),
    ),
    "all-hands": Plan(
        {"headline": 4, "wins": 5, "moved_up": 5, "focus": 3, "evidence": 2},
        320, 180,
        {"wins": 3, "moved_up": 3, "focus": 2, "evidence": 1},
        ("evidence", "moved_up", "focus", "wins"),
    ),
    "team": Plan(
        {
            "headline": 4, "since": 10, "promises": 8, "decisions": 6, "watermelons": 6, "off_track": 10, "at_risk": 8,
            "confidence": 6, "blockers": 8, "moved_up": 5, "moved_down": 5, "wins": 6, "evidence": 2, "late": 6,
            "next": 8,
        },
        950, 220,
        {
            "decisions": 4, "watermelons": 4, "off_track": 6, "at_risk": 4, "wins": 3, "evidence": 2, "late": 3,
            "next": 3,
        },
        ("moved_up", "moved_down", "wins", "at_risk", "since", "promises", "next", "late", "blockers", "confidence",
         "off_track", "watermelons", "evidence", "decisions"),
    ),
}  # fmt: skip
LENGTHS = {"short": 0.5, "normal": 1.0, "long": 1.8}
MOST_NAMED = 5


def plan(audience: str, length: str) -> Plan:
    """The plan of an audience; a short one has half as much of everything, a long one nearly twice."""
    chosen, times = PLANS[audience], LENGTHS[length]
    most = {
        name: number if name == "headline" else max(1, round(number * times)) for name, number in chosen.most.items()
    }
    return replace(chosen, most=most, words=round(chosen.words * times))


@dataclass(slots=True)
class Choice:
    """The sections of one update while they are chosen; what is told of once is not told again."""

    facts: Facts
    teller: Teller
    plan: Plan
    whole_team: bool
    sections: dict[str, list[Sentence]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    @property
    def made(self) -> Material:
        """What there is to choose from."""
        return self.facts.made

    def room(self, section: str) -> int:
        """How many more items a section takes."""
        return self.plan.most.get(section, 0) - sum(one.bullet for one in self.sections.get(section, ()))

    def put(self, section: str, sentence: Sentence) -> None:
        """Add a sentence to a section."""
        self.sections.setdefault(section, []).append(sentence)

    def may_name(self, one: Told) -> bool:
        """Whether it may be named before these readers: for everybody, only what everybody may see."""
        return self.teller.names or not one.restricted

    def untold(self, section: str, found: list[Told]) -> list[Told]:
        """Those that no section has told of yet, as many as this one takes."""
        fresh = [one for one in found if one.standing.key not in self.told and self.may_name(one)]
        chosen = fresh[: max(0, self.room(section))]
        self.told |= {one.standing.key for one in chosen}
        return chosen


def chosen(choice: Choice) -> dict[str, list[Sentence]]:
    """The sentences of every section that the plan has, apart from what compares with an earlier update."""
    steps: Mapping[str, Callable[[Choice], None]] = {
        "headline": _headline,
        "decisions": _decisions,
        "watermelons": _watermelons,
        "off_track": lambda made: _behind(made, "off_track"),
        "at_risk": lambda made: _behind(made, "at_risk"),
        "confidence": _confidence,
        "blockers": _blockers,
        "moved_up": _moved_up,
        "moved_down": _moved_down,
        "wins": _wins,
        "focus": _focus,
        "evidence": _evidence,
        "late": _late,
        "next": _next,
    }
    for name in choice.plan.most:
        if name in steps:
            steps[name](choice)
    return choice.sections


def _headline(choice: Choice) -> None:
    tally = choice.made.seen.tally
    left_out = choice.facts.left_out() if tally.left_out else None
    for sentence in choice.teller.headline(choice.facts.headline(), left_out):
        choice.put("headline", sentence)


def _by_key(choice: Choice) -> dict[str, Told]:
    return {one.standing.key: one for one in choice.made.told.values()}


def _decisions(choice: Choice) -> None:
    known = _by_key(choice)
    for entry in choice.made.asking[: choice.room("decisions")]:
        one, part = known.get(entry.key_result), asking(entry)
        if one is None or part is None or choice.facts.quote(entry, part) is None:
            continue
        fact = choice.facts.key_result("decisions", one, quoted=entry, text=part)
        choice.put("decisions", choice.teller.written(fact))


def _falling(choice: Choice, one: Told) -> list[Fact]:
    fall = next((fall for fall in choice.made.falls if fall.id == one.standing.id), None)
    return [] if fall is None else choice.facts.fall(fall)


def _story(choice: Choice, section: str, one: Told, *, melon: bool = False) -> None:
    fact = choice.facts.reason(section, one)
    run = blocked_since(choice.made, one)
    since = ""
    if run is not None and run[0].key != run[1].key and fact.quote is not None and fact.quote.id == run[1].key:
        fact = choice.facts.blocking(fact, run[0])
        since = fact.dates["since"]
    choice.put(section, choice.teller.story(fact, falling=_falling(choice, one), since=since, melon=melon))


def _watermelons(choice: Choice) -> None:
    for one in choice.untold("watermelons", choice.made.seen.watermelons):
        _story(choice, "watermelons", one, melon=True)


def _behind(choice: Choice, section: str) -> None:
    found = choice.untold(section, getattr(choice.made.seen, section))
    count = choice.made.seen.tally.statuses.get(section, 0)
    told = len([s for s in choice.sections.get("watermelons", ()) if s.bullet]) if section == "off_track" else 0
    if count > len(found) + told and found:
        choice.put(section, choice.teller.many(f"many_{section}", choice.facts.headline(), count))
    for one in found:
        _story(choice, section, one)


def _confidence(choice: Choice) -> None:
    for one in choice.untold("confidence", choice.made.falling):
        _story(choice, "confidence", one)


def _blockers(choice: Choice) -> None:
    for one in [one for one in choice.made.seen.blocked if one.standing.key not in choice.told]:
        if choice.room("blockers") <= 0:
            break
        fact = choice.facts.blocked(one)
        if fact is not None:
            choice.told.add(one.standing.key)
            choice.put("blockers", choice.teller.story(fact, since=fact.dates.get("since", "")))


def _notable(found: list[Told], choice: Choice) -> list[Told]:
    if choice.teller.cycle:
        # Since its first day everything has moved; the figures themselves say how far.
        return []
    return [one for one in found if abs(_change(choice, one)) >= NOTABLE]


def _change(choice: Choice, one: Told) -> float:
    then = choice.made.then.get(one.standing.id)
    was = None if then is None else then.standing.verdict.progress
    now = one.standing.verdict.progress
    return 0.0 if was is None or now is None else float(now - was)


def _moved_up(choice: Choice) -> None:
    for one in choice.untold("moved_up", _notable(choice.made.seen.up, choice)):
        choice.put("moved_up", choice.teller.moved(choice.facts.key_result("moved_up", one)))


def _moved_down(choice: Choice) -> None:
    for one in choice.untold("moved_down", _notable(choice.made.seen.down, choice)):
        choice.put("moved_down", choice.teller.moved(choice.facts.key_result("moved_down", one)))


def _is_behind(one: Told) -> bool:
    return one.standing.verdict.status.value in ("off_track", "at_risk")


def _wins(choice: Choice) -> None:
    known = _by_key(choice)
    entries = [entry for entry in choice.made.wins if entry.key_result in known]
    # Those whose figures rose with it first, then the newest.
    entries.sort(key=lambda entry: -max(0.0, round(_change(choice, known[entry.key_result]), 9)))
    for entry in entries:
        one = known[entry.key_result]
        if choice.room("wins") <= 0:
            break
        if choice.facts.quote(entry, entry.wins) is None or (not choice.teller.names and _is_behind(one)):
            continue
        if not choice.may_name(one):
            continue
        fact = choice.facts.key_result("wins", one, quoted=entry, text=entry.wins)
        choice.put("wins", choice.teller.written(fact))


def _focus(choice: Choice) -> None:
    count = choice.made.seen.tally.statuses
    for one in choice.untold("focus", [*choice.made.seen.off_track, *choice.made.seen.at_risk]):
        fact = choice.facts.key_result("focus", one)
        choice.put("focus", choice.teller.story(fact))
    if not count.get("off_track") and not count.get("at_risk"):
        choice.put("focus", replace(choice.teller.plain("all_on_track", choice.facts.headline()), bullet=False))


def _evidence(choice: Choice) -> None:
    seen, named = choice.made.seen, choice.teller.names
    if seen.stale_count:
        # Those whose story was told had their age said with it; here is the whole list.
        items = [choice.facts.key_result("stale", one) for one in seen.stale[:MOST_NAMED]] if named else []
        choice.put("evidence", choice.teller.stale(choice.facts.stale(), items))
    if seen.never_count:
        items = [choice.facts.key_result("never", one) for one in seen.never[:MOST_NAMED]] if named else []
        choice.put("evidence", choice.teller.never(choice.facts.never(), items))


def _worth_telling(choice: Choice, found: list[Task]) -> list[Task]:
    """A team hears of all its tasks, leaders of those for the key results that they are told of."""
    if choice.whole_team:
        return found
    return [task for task in found if choice.told & set(task.key_results)]


def _late(choice: Choice) -> None:
    tasks = _worth_telling(choice, choice.made.overdue)[: choice.room("late")]
    if tasks and choice.made.overdue_count > len(tasks):
        choice.put("late", choice.teller.tasks_late(choice.facts.late()))
    for task in tasks:
        choice.put("late", choice.teller.task("task_late", choice.facts.task("late", task)))


def _next(choice: Choice) -> None:
    for task in _worth_telling(choice, choice.made.due)[: choice.room("next")]:
        fact = choice.facts.task("next", task)
        choice.put("next", choice.teller.task("task_due", fact))


def fitted(draft: Draft, chosen_plan: Plan) -> Draft:
    """The draft within the plan's words: the last items of the least important sections go first."""
    while draft.words() > chosen_plan.words:
        shorter = _without_one(draft, chosen_plan)
        if shorter is None:
            break
        draft = shorter
    return draft


def _without_one(draft: Draft, chosen_plan: Plan) -> Draft | None:
    by_key = {section.key: section for section in draft.sections}
    for all_of_it in (False, True):
        for name in chosen_plan.least_first:
            section = by_key.get(name)
            least = 0 if all_of_it else chosen_plan.kept.get(name, 1)
            if section is None or sum(one.bullet for one in section.sentences) <= least:
                continue
            kept = list(section.sentences)
            del kept[max(at for at, one in enumerate(kept) if one.bullet)]
            if not any(one.bullet for one in kept):
                kept = []
            sections = [replace(s, sentences=tuple(kept)) if s.key == name else s for s in draft.sections]
            return replace(draft, sections=tuple(s for s in sections if s.sentences))
    return None


def sections(found: Mapping[str, list[Sentence]], chosen_plan: Plan, language: str) -> tuple[Section, ...]:
    """The sections that hold something, in the plan's order."""
    return tuple(
        Section(name, say(language, f"update_section.{name}"), tuple(found[name]))
        for name in chosen_plan.most
        if found.get(name)
    )
