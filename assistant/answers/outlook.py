"""Where a key result will end by the named forecast rule, and what owners' confidence was worth."""

from __future__ import annotations

from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.forecast import BackTest, TooLittle
from okr.language.frames import Ref
from okr.language.recorded_names import named_in
from okr.store.insight import Outlook
from tools.context import TurnContext
from tools.key_results import read_key_result
from tools.result import Found


def answer(words: str, turn: TurnContext, *, only_if_known: bool) -> Told | None:
    """The forecast for the key result that the words name; None where they name none, or several.

    With `only_if_known` None too where there is too little data: the question has another answer.
    """
    running = [cycle.id for cycle in turn.in_force(turn.today)]
    named = named_in(words, ("key_result",), actor=turn.actor, store=turn.store, cycles=running)
    if len(named) != 1:
        return None
    outlook = turn.store.forecast(turn.actor, named[0].key, turn.now)
    if isinstance(outlook.found, TooLittle) and only_if_known:
        return None
    tested = None if isinstance(outlook.found, TooLittle) else turn.store.back_test(turn.actor)
    told = told_of(outlook, tested, turn)
    told.answered = (Ref(named[0].kind, named[0].id, named[0].key, named[0].name),)
    return told


def told_of(outlook: Outlook, tested: BackTest | None, turn: TurnContext) -> Told:
    """The forecast in words, with its range, its rule, and how the rule did before; or why there is none."""
    language = turn.language
    record = f"{plain(outlook.title, 120)} {cite(outlook.key)}"
    found = outlook.found
    if isinstance(found, TooLittle):
        slots = {"record": record}
        if found.reason == "few_values":
            slots["values"] = formats.counted(found.values, "recorded_value", language)
        empty = Found("forecast", {"key": outlook.key}, kind="abstain", missing=found.reason)
        return Told(say(language, f"insight.{found.reason}", **slots), empty, kind="abstain")

    def amount(value: float) -> str:
        return formats.amount(round(value, 1), outlook.unit, language)

    end = formats.day(outlook.end, language, turn.today)
    parts = [
        say(
            language,
            "insight.ends",
            record=record,
            value=amount(found.value),
            date=end,
            low=amount(found.low),
            high=amount(found.high),
        )
    ]
    if outlook.target is not None:
        pattern = ("reaches" if outlook.reaches else "misses") + ("" if outlook.certain else "_maybe")
        parts.append(say(language, f"insight.{pattern}", target=amount(outlook.target)))
    parts.append(say(language, "insight.rule", values=str(found.values)))
    parts.append(_tested(tested, language))
    told = read_key_result(turn, key=outlook.key)
    told.tool, told.args = "forecast", {"key": outlook.key}
    told.values |= {"forecast": found.value, "low": found.low, "high": found.high}
    if tested is not None:
        told.values |= {"tried": tested.tried, "within": tested.within, "error": tested.error}
    told.rows[0].values |= {"forecast": found.value, "low": found.low, "high": found.high}
    return Told(f"{parts[0]} {parts[1]}\n\n" + " ".join(parts[2:]), told)


def _tested(tested: BackTest | None, language: str) -> str:
    if tested is None:
        return say(language, "insight.untested")
    return say(
        language,
        "insight.tested",
        tried=str(tested.tried),
        within=str(tested.within),
        direction=str(tested.direction),
    )


def forecast_worth(turn: TurnContext) -> Told:
    """How well forecasts half way through would have done in the cycles that are over."""
    tested = turn.store.back_test(turn.actor)
    found = Found("back_test", {})
    text = _tested(tested, turn.language)
    if tested is None:
        found.kind, found.missing = "abstain", "few_values"
        return Told(text, found, kind="abstain")
    found.values = {"tried": tested.tried, "within": tested.within, "error": tested.error}
    return Told(text, found)


def confidence(turn: TurnContext) -> Told:
    """What owners' confidence half way said about final scores, over the cycles that are over."""
    language = turn.language
    worth = turn.store.confidence_worth(turn.actor)
    if worth is None:
        empty = Found("confidence_worth", {}, kind="abstain", missing="score")
        return Told(say(language, "insight.worth_none"), empty, kind="abstain")

    def score(value: float) -> str:
        return formats.number(value, language, 2)

    if worth.high is not None and worth.low is not None:
        lead = say(language, "insight.worth", high=score(worth.high), low=score(worth.low), counted=str(worth.counted))
    else:
        lead = say(language, "insight.worth_some", counted=str(worth.counted))
    lines = [
        lead,
        "",
        *(
            say(
                language,
                "insight.worth_level",
                level=str(level),
                score=score(mean),
                counted=formats.counted(count, "key_result", language),
            )
            for level, count, mean in worth.levels
        ),
        "",
        say(language, "insight.worth_rule"),
    ]
    found = Found("confidence_worth", {})
    found.values = {"count": worth.counted, "high": worth.high, "low": worth.low}
    return Told("\n".join(lines), found)
