"""The end of a cycle in answers: what goes on, what was reached and scored, and whether the targets will be met."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence

from assistant import retrospective
from assistant.answers.outlook import forecast_worth
from assistant.answers.reviews import Reviewed, scope_named
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.forecast import Forecast
from okr.language.ending import Ending
from okr.language.frames import Ref
from okr.language.recorded_names import named_in
from okr.language.reviewing import Asked
from okr.language.words import tokens
from okr.measure import GREEN_FROM, number
from okr.store.closing import ClosingObjective, ToClose
from okr.store.directory import Cycle
from okr.store.insight import Outlook
from okr.store.look_ahead import SIDES, side
from tools.context import TurnContext
from tools.result import Found, Row

MOST = 12
_KEEPS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SIGNS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}


def answer(asked: Ending, turn: TurnContext) -> Told | None:
    """The answer; None where the words name something else, or the cycle is not one that the question fits."""
    if asked.topic == "forecast_worth":
        return forecast_worth(turn)
    if asked.topic == "final":
        return _final(asked, turn)
    latest = turn.latest_ended(turn.today)
    past = () if latest is None else (latest,)
    running = turn.in_force(turn.today)
    # Without a time what people reach is what they reach now, which check-ins tell.
    unsaid = running if asked.topic in ("ahead", "unscored", "reached") else past
    if asked.topic in ("carry_over", "drop"):
        unsaid = (*past, *(cycle for cycle in running if cycle not in past))
    seen = scope_named(Asked(asked.rest), turn, unsaid)
    if seen is None or isinstance(seen, Told):
        return seen
    if not seen.cycles or not seen.whole or not _named_whole(asked.rest, seen):
        return None
    if asked.topic == "closed":
        return _closed(asked, seen, turn)
    if asked.topic == "ahead":
        return _ahead(asked, seen, turn)
    return _Closings(asked, seen, turn).told()


def _named_whole(rest: str, seen: Reviewed) -> bool:
    """Whether an objective that is meant was named by half of its words at least; a single one may be of any."""
    if not seen.scope.objectives:
        return True
    said, title = ({token.plain for token in tokens(text) if token.is_word} for text in (rest, seen.name))
    return len(said & title) * 2 >= len(title)


def _cycles(cycles: Iterable[Cycle], language: str) -> str:
    return formats.joined([plain(cycle.name, 60) for cycle in cycles], language)


def _record(key: str, title: str) -> str:
    return f"{plain(title, 160)} {cite(key)}"


def _more(lines: list[str], language: str) -> str:
    shown = lines[:MOST]
    if len(lines) > MOST:
        shown.append(say(language, "listing.more", count=str(len(lines) - MOST)))
    return "\n".join(shown)


class _Closings:
    """An answer from the closing of the cycles that are meant."""

    def __init__(self, asked: Ending, seen: Reviewed, turn: TurnContext) -> None:
        self.asked, self.seen, self.turn, self.language = asked, seen, turn, turn.language
        self.closings = [turn.store.closing(turn.actor, one.key, turn.now, seen.scope) for one in seen.cycles]
        self.every = [kr for one in self.closings for each in one.objectives for kr in each.key_results]
        self.slots = {"cycle": _cycles(seen.cycles, self.language), "scope": seen.name}

    def told(self) -> Told | None:
        topic = self.asked.topic
        if topic in ("carry_over", "drop", "decided"):
            return self._decisions()
        if topic == "unscored":
            return self._unscored()
        if topic == "reached":
            over = [cycle for cycle in self.seen.cycles if cycle.end < self.turn.today]
            return self._reached() if len(over) == len(self.seen.cycles) else None
        return self._scores()

    def _say(self, name: str, /, **values: str) -> str:
        return say(self.language, f"ending.{name}", **values)

    def _counted(self, count: int, noun: str = "key_result") -> str:
        return formats.counted(count, noun, self.language)

    def _found(self, tool: str) -> Found:
        return Found(tool, {"scope": self.seen.name, "cycle": [one.key for one in self.seen.cycles]})

    # ── what becomes of them ───────────────────────────────────────────────────────────────────

    def _decisions(self) -> Told:
        topic = self.asked.topic
        wanted = {"carry_over": ("carry_over", "change"), "drop": ("drop",)}.get(
            topic, ("carry_over", "change", "drop")
        )
        some = [one for one in self.every if one.decided is not None and one.decided.decision in wanted]
        found = self._found("list_decisions")
        found.values = {"count": len(some)}
        if not some:
            left = sum(one.decided is None for one in self.every)
            undecided = self._say("undecided", count=self._counted(left)) if left else ""
            found.kind, found.missing = "abstain", "decision"
            return Told(self._say(f"no_{topic}", undecided=undecided, **self.slots), found, kind="abstain")
        with_some = {one.told.cycle for one in some}
        cycles = [cycle for cycle in self.seen.cycles if cycle.key in with_some]
        slots = self.slots | {"cycle": _cycles(cycles, self.language)}
        found.rows = [self._row(one) for one in some]
        found.sources = [one.told.standing.key for one in some]
        lead = self._say(topic, count=self._counted(len(some)), **slots)
        return Told(f"{lead}\n\n{_more([self._decision(one) for one in some], self.language)}", found)

    def _decision(self, one: ToClose) -> str:
        decided = one.decided
        assert decided is not None
        into = f" → {cite(decided.into)}" if decided.into else ""
        because = ""
        if decided.reason and decided.by:
            because = self._say("because", text=plain(decided.reason, 300), person=plain(decided.by, 80))
        return self._say(
            "line",
            record=_record(one.told.standing.key, one.told.standing.title),
            decision=self._say(f"said_{decided.decision}"),
            into=into,
            because=because,
        )

    def _row(self, one: ToClose) -> Row:
        standing = one.told.standing
        row = Row(standing.key, "key_result", standing.title, {"score": one.score, "owner": one.told.owner})
        if one.decided is not None:
            row.values |= {"decision": one.decided.decision, "into": one.decided.into}
        return row

    # ── scores ─────────────────────────────────────────────────────────────────────────────────

    def _score(self, score: float, given: bool) -> str:
        said = formats.score(score, self.language)
        return said if given else f"{said} ({self._say('from_figures')})"

    def _reached(self) -> Told:
        green = float(number(GREEN_FROM))
        limit = formats.score(green, self.language)
        counted = [one for one in self.every if one.score is not None]
        some = sorted(
            (one for one in counted if retrospective.is_reached(one)),
            key=lambda one: (-(one.score or 0.0), one.told.standing.key),
        )
        found = self._found("list_scores")
        found.values = {"count": len(some), "total": len(counted)}
        if not counted:
            found.kind, found.missing = "abstain", "score"
            return Told(self._say("scored_none", **self.slots), found, kind="abstain")
        if not some:
            return Told(self._say("reached_none", **self.slots, **{"from": limit}), found)
        found.rows = [self._row(one) for one in some]
        found.sources = [one.told.standing.key for one in some]
        lines = [
            self._say(
                "reached_line",
                record=_record(one.told.standing.key, one.told.standing.title),
                score=self._score(one.score or 0.0, one.given is not None),
                person=plain(one.told.owner_name, 80),
            )
            for one in some
        ]
        lead = self._say(
            "reached",
            reached=formats.number(len(some), self.language),
            total=formats.out_of(len(counted), "key_result", self.language),
            **self.slots,
            **{"from": limit},
        )
        return Told(f"{lead}\n\n{_more(lines, self.language)}", found)

    def _scores(self) -> Told:
        rows = self._scored()
        found = self._found("list_scores")
        if not rows:
            found.kind, found.missing = "abstain", "score"
            return Told(self._say("scored_none", **self.slots), found, kind="abstain")
        if self.asked.bound is not None:
            return self._bounded(rows, found)
        worst = self.asked.end == "worst"
        rows.sort(key=lambda each: (each[1] if worst else -each[1], each[0].id))
        top = [each for each in rows if each[1] == rows[0][1]]
        found.rows = [row for row, _, _ in rows[:MOST]]
        found.sources = [row.id for row in found.rows]
        found.values = {"score": rows[0][1], "count": len(top)}
        score = self._score(rows[0][1], rows[0][2])
        if len(top) == 1:
            lead = self._say(self.asked.end, record=_record(top[0][0].id, top[0][0].title), score=score, **self.slots)
            rest = [self._scored_line(each) for each in rows[1:4]]
            return Told(f"{lead}\n\n{self._say('next')}\n" + "\n".join(rest) if rest else lead, found)
        found.rows = [row for row, _, _ in top]
        lead = self._say(
            f"{self.asked.end}_tied",
            count=self._counted(len(top), self.asked.of),
            score=formats.score(rows[0][1], self.language),
            **self.slots,
        )
        return Told(f"{lead}\n\n{_more([self._scored_line(each) for each in top], self.language)}", found)

    def _bounded(self, rows: list[tuple[Row, float, bool]], found: Found) -> Told:
        assert self.asked.bound is not None
        sign, bound = self.asked.bound
        keeps = _KEEPS[sign]
        some = sorted((each for each in rows if keeps(each[1], bound)), key=lambda each: (each[1], each[0].id))
        if sign.startswith(">"):
            some.reverse()
        found.values = {"count": len(some)}
        found.rows = [row for row, _, _ in some]
        found.sources = [row.id for row in found.rows]
        slots = self.slots | {
            "sign": self._say(_SIGNS[sign]),
            "bound": formats.score(bound, self.language),
        }
        if not some:
            noun = formats.noun(self.asked.of, 1, self.language)
            return Told(self._say("bounded_none", noun=noun, **slots), found)
        lead = self._say("bounded", count=self._counted(len(some), self.asked.of), **slots)
        return Told(f"{lead}\n\n{_more([self._scored_line(each) for each in some], self.language)}", found)

    def _scored(self) -> list[tuple[Row, float, bool]]:
        """Each objective or key result with a score, and whether somebody gave it; of a running cycle only those."""
        over = {cycle.id for cycle in self.seen.cycles if cycle.end < self.turn.today or cycle.state == "closed"}
        found: list[tuple[Row, float, bool]] = []
        for closing in self.closings:
            for each in closing.objectives:
                some = self._of_objective(each) if self.asked.of == "objective" else self._of_key_results(each)
                found += [one for one in some if one[2] or closing.cycle.id in over]
        return found

    def _of_objective(self, each: ClosingObjective) -> list[tuple[Row, float, bool]]:
        if each.score is None:
            return []
        row = Row(each.objective.key, "objective", each.objective.title, {"score": each.score})
        return [(row, each.score, any(one.given is not None for one in each.key_results))]

    def _of_key_results(self, each: ClosingObjective) -> list[tuple[Row, float, bool]]:
        return [(self._row(one), one.score, one.given is not None) for one in each.key_results if one.score is not None]

    def _scored_line(self, each: tuple[Row, float, bool]) -> str:
        row, score, given = each
        return f"- **{_record(row.id, row.title)}**: {self._score(score, given)}"

    def _unscored(self) -> Told:
        some = [one for one in self.every if one.given is None]
        found = self._found("list_scores")
        found.values = {"count": len(some)}
        if not some:
            return Told(self._say("all_scored", **self.slots), found)
        found.rows = [self._row(one) for one in some]
        found.sources = [one.told.standing.key for one in some]
        lead = self._say("unscored", count=self._counted(len(some)), **self.slots)
        lines = [
            f"- **{_record(one.told.standing.key, one.told.standing.title)}**, {plain(one.told.owner_name, 80)}"
            for one in some
        ]
        return Told(f"{lead}\n\n{_more(lines, self.language)}", found)


# ── whether we will make it ────────────────────────────────────────────────────────────────────


def _ahead(asked: Ending, seen: Reviewed, turn: TurnContext) -> Told | None:
    if any(cycle.end < turn.today for cycle in seen.cycles):
        return None
    language = turn.language
    slots = {"scope": seen.name, "cycle": _cycles(seen.cycles, language)}
    every = turn.store.forecasts(turn.actor, [cycle.id for cycle in seen.cycles], seen.scope, turn.now)
    known = [one for one in every if isinstance(one.found, Forecast)]
    found = Found("forecast", {"scope": seen.name, "cycle": [cycle.key for cycle in seen.cycles]})
    if not known:
        found.kind, found.missing = "abstain", "few_values"
        return Told(say(language, "ending.ahead_none", **slots), found, kind="abstain")
    sides = {name: [one for one in known if side(one) == name] for name in SIDES}
    counts = {name: len(some) for name, some in sides.items()}
    found.values = {"count": len(known), **counts}
    listed = sides[asked.side or "misses"]
    counted = formats.number(len(known), language)
    if not asked.side:
        told = {name: formats.number(count, language) for name, count in counts.items()}
        lead = say(language, "ending.ahead", count=counted, **told, **slots)
    elif listed:
        number_of = formats.counted(len(listed), "key_result", language)
        lead = say(language, f"ending.ahead_{asked.side}", count=number_of, **slots)
        found.values["count"] = len(listed)
    else:
        lead = say(language, "ending.ahead_side_none", count=counted, **slots)
        found.values["count"] = 0
    found.rows = [
        Row(
            one.key, "key_result", one.title, {"forecast": _forecast(one).value, "target": one.target, "unit": one.unit}
        )
        for one in listed
    ]
    found.sources = [one.key for one in listed]
    parts = [lead, _more([_line(one, language) for one in listed], language)]
    left = len(every) - len(known)
    small = [say(language, "ending.ahead_rule")]
    if left:
        small.insert(0, say(language, "ending.ahead_left", count=formats.counted(left, "key_result", language)))
    small.append(forecast_worth(turn).text)
    return Told("\n\n".join(part for part in (*parts, " ".join(small)) if part), found)


def _forecast(one: Outlook) -> Forecast:
    assert isinstance(one.found, Forecast)
    return one.found


def _line(one: Outlook, language: str) -> str:
    found = _forecast(one)

    def amount(value: float) -> str:
        return formats.amount(round(value, 1), one.unit, language)

    return say(
        language,
        "ending.ahead_line",
        record=_record(one.key, one.title),
        value=amount(found.value),
        low=amount(found.low),
        high=amount(found.high),
        target="–" if one.target is None else amount(one.target),
    )


# ── one key result, and the cycle itself ───────────────────────────────────────────────────────


def _final(asked: Ending, turn: TurnContext) -> Told | None:
    """How one key result of a cycle that is over ended."""
    over = [cycle for cycle in turn.cycles if cycle.end < turn.today or cycle.state == "closed"]
    for words, cycles in _readings(asked.rest, over):
        named = named_in(words, ("key_result",), actor=turn.actor, store=turn.store, cycles=[one.id for one in cycles])
        if len(named) == 1:
            return _ended(named[0].key, cycles, turn)
    return None


def _readings(rest: str, over: Sequence[Cycle]) -> Iterable[tuple[str, list[Cycle]]]:
    """The words as a name with a cycle behind it, then as a name alone."""
    folded = rest.lower()
    for cycle in over:
        for name in (cycle.name, cycle.key, cycle.name.split(" ")[0]):
            for before in (" in ", " for ", " za ", " w ", " na koniec ", " at the end of "):
                if folded.endswith(f"{before}{name.lower()}"):
                    yield rest[: len(rest) - len(before) - len(name)], [cycle]
    yield rest, list(over)


def _ended(key: str, cycles: Sequence[Cycle], turn: TurnContext) -> Told | None:
    language = turn.language
    for cycle in cycles:
        closing = turn.store.closing(turn.actor, cycle.key, turn.now)
        one = next((kr for each in closing.objectives for kr in each.key_results if kr.told.standing.key == key), None)
        if one is None:
            continue
        standing = one.told.standing
        found = Found("list_scores", {"key": key})
        value, target = (
            None if end is None else float(end) for end in (standing.measure.value, standing.measure.target)
        )
        found.values = {"score": one.score, "value": value, "target": target}
        found.rows = [Row(key, "key_result", standing.title, {**found.values, "unit": standing.unit})]
        found.sources = [key, *([one.told.value_check_in] if one.told.value_check_in else [])]
        if one.score is None:
            score = say(language, "ending.final_none")
        else:
            name = "final_score" if one.given is not None else "final_figures"
            score = say(language, f"ending.{name}", score=formats.score(one.score, language))
        ended = ""
        if value is not None and standing.measure.kind in ("measure", "boundary"):
            said = {"value": formats.amount(value, standing.unit, language)}
            if target is not None:
                said["target"] = formats.amount(target, standing.unit, language)
            ended = say(language, "ending.final_target" if target is not None else "ending.final_ended", **said)
        record = _record(key, standing.title)
        text = say(language, "ending.final", record=record, cycle=plain(cycle.name, 60), score=score, ended=ended)
        told = Told(text, found)
        told.answered = (Ref("key_result", standing.id, key, standing.title),)
        return told
    return None


def _closed(asked: Ending, seen: Reviewed, turn: TurnContext) -> Told | None:
    """Whether one cycle is closed; None where the words name anything besides it."""
    if not asked.rest or len(seen.cycles) != 1 or not seen.scope.is_company:
        return None
    cycle, language = seen.cycles[0], turn.language
    days = formats.days(cycle.start, cycle.end, language, turn.today)
    name = "closed" if cycle.state == "closed" else "over_not_closed" if cycle.end < turn.today else "not_closed"
    found = Found("list_cycles", {})
    found.rows = [Row(cycle.key, "cycle", cycle.name, {"state": cycle.state})]
    found.sources = [cycle.key]
    record = f"{plain(cycle.name, 60)} {cite(cycle.key)}"
    return Told(say(language, f"ending.{name}", cycle=record, days=days), found)
