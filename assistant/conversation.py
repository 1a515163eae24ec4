"""One person's conversation: a question in, events out; who answers it and what is kept is decided here."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from assistant import choosing, defects, direct, rule_cues, searching
from assistant.answers.told import Told
from assistant.document import Document, How, answer_document
from assistant.engine import Engine, Exchange, ModelFailedError, Spoken, model_engine
from assistant.events import Choices, Done, Event, Evidence, Failed, Proposed, Step, Words
from assistant.settings import Settings
from assistant.suggestions import follow_ups, openers
from assistant.telling.phrases import LANGUAGES, say
from okr.access import Actor
from okr.errors import OkrError
from okr.language.frame_json import clarify_from_json, clarify_to_json, frame_from_json, frame_to_json
from okr.language.frames import Ask, Clarify, Frame, Reading, Ref, Unread
from okr.store import Store
from tools.context import TurnContext
from tools.result import Found

MOST_PAST = 6  # earlier exchanges that a model is shown
MOST_KEPT = 20_000  # characters of a question that are kept
_NOT_A_SUBJECT = (Ask.DEFINE, Ask.HELP, Ask.GREET, Ask.THANK)


def utc_now() -> datetime:
    """The clock of a conversation that is given no other."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Turn:
    """A question on its way to its answer."""

    question: str
    context: TurnContext
    began: float
    reading: Reading | None = None
    said: str = ""
    document: Document | None = None
    state: str = "stopped"  # until it is done or has failed
    kept_as: int | None = None


class Conversation:
    """What one person asks, one thing after another; `ask` is all that a screen needs.

    With `kept` the questions and answers are kept in the store and `id` names them there (None until
    the first question); without it they are forgotten with this object. One conversation is used by
    one thread at a time.
    """

    def __init__(
        self,
        store: Store,
        actor: Actor,
        settings: Settings,
        conversation_id: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        *,
        kept: bool = True,
    ) -> None:
        self.store = store
        self.actor = actor
        self.settings = settings
        self.id = conversation_id
        self.clock = clock
        self.kept = kept
        self.company = store.company()
        searching.prepare(store, settings)
        self._previous: Frame | None = None
        self._pending: Clarify | None = None
        self._update: dict[str, Any] | None = None
        self._rule: str | None = None  # the rule that "it" means in an order
        self._rule_choices: list[str] = []  # what a number stands for after a question about a rule
        self._past: list[Exchange] = []
        self._engine: Engine | None = None
        if conversation_id is not None:
            self._restore(conversation_id)

    def openers(self) -> list[str]:
        """Questions for an empty conversation, from the person's own role."""
        return openers(self.actor, self._language())

    def answer(self, text: str) -> Document:
        """The answer document alone."""
        for event in self.ask(text):
            if isinstance(event, Done):
                return event.document
        raise AssertionError("a turn always ends with Done")

    def ask(self, text: str) -> Iterator[Event]:
        """Answer a question, event by event; the last is always `Done`.

        Closed half way, the turn is kept as stopped with what was said so far. A defect of ours ends in
        `Failed` with a reference and in a document of kind abstain.
        """
        context = TurnContext(self.store, self.actor, self.company, self.clock(), self._language())
        turn = _Turn(_storable(text), context, time.perf_counter())
        yield from self._begin(turn)
        try:
            yield from self._answered(turn)
        except Exception as problem:  # noqa: BLE001 - whatever went wrong, the person gets a sentence, never a traceback
            yield from self._failed(turn, problem)
        finally:
            trouble = self._keep(turn)
        yield from trouble
        yield Done(turn.document or {}, list((turn.document or {}).get("suggestions", [])), turn.kept_as)

    # ── answering ──────────────────────────────────────────────────────────────────────────────

    def _answered(self, turn: _Turn) -> Iterator[Event]:
        yield Step(say(turn.context.language, "steps.reading"))
        drafted = self._drafted(turn)
        if drafted is not None:
            yield from self._tell(turn, Spoken(drafted), How())
            return
        self._update = None
        unframed = self._unframed(turn)
        if unframed is not None:
            yield from self._tell(turn, Spoken(unframed), How())
            return
        reading = self._read(turn)
        turn.reading = reading
        turn.context = replace(turn.context, language=reading.language)
        about_rules = self._about_rules(turn, reading)
        if about_rules is not None:
            # What is to be sent, when and to whom is never a model's reading.
            turn.reading = None
            self._rule = (about_rules.proposal or {}).get("id") or self._rule
            yield from self._tell(turn, Spoken(about_rules), How())
            return
        looks_up = isinstance(reading, Frame) and reading.ask not in _NOT_A_SUBJECT
        if isinstance(reading, Frame) and looks_up and self.settings.engine != "model":
            yield Step(say(reading.language, f"steps.{reading.ask.value}"))
        spoken: Spoken | None = None
        how, notice = How(), ""
        if self.settings.engine == "model" or (self.settings.engine == "auto" and isinstance(reading, Unread)):
            engine = self._model()
            if engine is not None:
                try:
                    spoken = yield from self._by_model(engine, turn, reading)
                    how = How(engine.name, spoken.tools, spoken.tokens)
                except ModelFailedError as problem:
                    notice = f"{problem.sentence} {say(reading.language, 'failed.model')}"
                    how = How(tokens=problem.tokens)
                    if problem.said:
                        # What was shown before it broke off stays on the screen; the answer begins below it.
                        yield Words("\n\n")
                    yield Failed(notice)
        if spoken is None:
            spoken = Spoken(direct.answer(reading, turn.question, turn.context))
        yield from self._tell(turn, spoken, how)
        if notice and turn.document is not None:
            turn.document["notice"] = notice

    def _drafted(self, turn: _Turn) -> Told | None:
        """A status update, or the one just written in another form; None for everything else."""
        from assistant import update_talk

        language = self._previous.language if self._previous is not None else turn.context.language
        found = update_talk.answer(turn.question, replace(turn.context, language=language), self._update)
        if found is None:
            return None
        told, language, self._update = found
        turn.context = replace(turn.context, language=language)
        return told

    def _unframed(self, turn: _Turn) -> Told | None:
        """The answer to what no question frame holds, such as a check-in to be proposed; None for a question."""
        if self._pending is not None and choosing.chosen(turn.question, self._pending) is not None:
            return None
        from assistant import unframed

        language = self._previous.language if self._previous is not None else turn.context.language
        context = replace(turn.context, language=language)
        found = unframed.answer(turn.question, context, keep=turn.kept_as is not None)
        if found is None:
            return None
        turn.context = replace(turn.context, language=found[1])
        return found[0]

    def _read(self, turn: _Turn) -> Reading:
        # Loaded on first use: its vocabulary is not needed to show a page or to list commands.
        from okr.language import reader

        if self._pending is not None:
            index = choosing.chosen(turn.question, self._pending)
            if index is not None and index < len(self._pending.readings):
                return self._pending.readings[index]
        return reader.read(
            turn.question, actor=self.actor, store=self.store, now=turn.context.now, previous=self._previous
        )

    def _about_rules(self, turn: _Turn, reading: Reading) -> Told | None:
        question, choices = turn.question, self._rule_choices
        number = question.strip(" .)#")
        if number.isdecimal() and 1 <= int(number) <= len(choices):
            question = choices[int(number) - 1]
        if not rule_cues.may_be_about_rules(question, self._rule):
            return None
        # Loaded on first use, like every reader.
        from assistant import rule_talk

        told = rule_talk.answer(reading, question, turn.context, self._rule, keep=self.kept, settings=self.settings)
        self._rule_choices = [asked for _, asked in told.options] if told is not None else []
        return told

    def _by_model(self, engine: Engine, turn: _Turn, reading: Reading) -> Generator[Event, None, Spoken]:
        yield Step(say(reading.language, "steps.model"))
        spoken: Spoken | None = None
        for part in engine.answer(turn.question, turn.context, self._past[-MOST_PAST:], reading):
            if isinstance(part, Spoken):
                spoken = part
            else:
                if isinstance(part, Words):
                    turn.said += part.text
                yield part
        if spoken is None:
            raise ModelFailedError(say(reading.language, "failed.model"))
        return spoken

    def _tell(self, turn: _Turn, spoken: Spoken, how: How) -> Iterator[Event]:
        told, reading = spoken.told, turn.reading
        if isinstance(reading, Frame):
            answered = told.answered or self._refs(told.found)
            if not told.suggestions:
                told.suggestions = follow_ups(replace(reading, answered=answered))
            if reading.ask not in _NOT_A_SUBJECT:
                self._previous = replace(reading, answered=answered)
            self._pending = None
        elif isinstance(reading, Clarify):
            self._pending = reading
        elif told.answered:
            # A model answered what was not read: what comes next may speak of its records.
            self._previous = _about(told.answered, reading.language if reading else turn.context.language)
        if not spoken.streamed:
            turn.said = told.text
            yield Words(told.text)
        found = told.found
        if found is not None and (found.rows or found.apart or found.quotes or found.chart or found.sources):
            yield Evidence(found.rows, found.apart, found.quotes, found.chart, found.sources)
        if told.options:
            yield Choices(told.options)
        if told.proposal is not None:
            yield Proposed(str(told.proposal.get("id") or ""), str(told.proposal.get("kind", "")), told.proposal)
        language = turn.context.language
        turn.document = answer_document(
            told,
            reading,
            turn.question,
            language,
            turn.context.now,
            self.company.tz,
            replace(how, ms=_since(turn.began)),
        )
        turn.state = "done"
        self._past.append(Exchange(turn.question, turn.said))

    def _refs(self, found: Found | None) -> tuple[Ref, ...]:
        """The first rows as what "it" and "they" mean, where an answer did not say so itself."""
        if found is None or not found.rows:
            return ()
        return self.store.refs(self.actor, [(row.type, row.id) for row in found.rows[:10]])

    def _failed(self, turn: _Turn, problem: Exception) -> Iterator[Event]:
        language = turn.context.language
        if isinstance(problem, OkrError):
            text, reference = str(problem), ""
        else:
            secrets = (self.settings.openai_api_key, self.settings.database_url)
            hidden = tuple(secret.get_secret_value() for secret in secrets if secret is not None)
            reference = defects.record(self.settings.home, problem, turn.context.now, hidden)
            text = say(language, "failed.defect", reference=reference)
        turn.state = "failed"
        told = Told(text, Found(tool="", args={}, kind="abstain", missing="failure"), kind="abstain")
        how = How(ms=_since(turn.began))
        turn.document = answer_document(told, None, turn.question, language, turn.context.now, self.company.tz, how)
        turn.document["error"] = {"code": getattr(problem, "code", "defect"), "reference": reference}
        yield Failed(text, reference)

    def _model(self) -> Engine | None:
        if self._engine is None:
            self._engine = model_engine(self.settings)
        return self._engine

    def _language(self) -> str:
        return self.actor.language if self.actor.language in LANGUAGES else "en"

    # ── keeping ────────────────────────────────────────────────────────────────────────────────

    def _restore(self, conversation_id: str) -> None:
        frame = self.store.conversation(self.actor, conversation_id).frame or {}
        self._previous = frame_from_json(frame.get("frame"))
        self._pending = clarify_from_json(frame.get("clarify"))
        self._rule = frame.get("rule")
        self._rule_choices = [str(each) for each in frame.get("rule_choices", [])]
        self._update = frame.get("update")
        turns = self.store.turns(self.actor, conversation_id, MOST_PAST)
        self._past = [Exchange(turn.question, turn.said) for turn in turns if turn.said]

    def _begin(self, turn: _Turn) -> Iterator[Event]:
        if not self.kept:
            return
        try:
            self.id, turn.kept_as = self.store.begin_turn(
                self.actor, self.id, turn.question[:MOST_KEPT], turn.context.now
            )
        except OkrError as problem:
            # Reading goes on while nothing can be written.
            yield Failed(say(turn.context.language, "failed.not_kept", reason=problem.sentence))

    def _keep(self, turn: _Turn) -> list[Event]:
        if turn.kept_as is None:
            return []
        try:
            self.store.finish_turn(
                self.actor,
                turn.kept_as,
                state=turn.state,
                said=turn.said,
                answer=turn.document,
                frame=self._memory(),
                now=self.clock(),
            )
        except OkrError as problem:
            return [Failed(say(turn.context.language, "failed.not_kept", reason=problem.sentence))]
        return []

    def _memory(self) -> dict[str, Any]:
        return {
            "frame": None if self._previous is None else frame_to_json(self._previous),
            "clarify": None if self._pending is None else clarify_to_json(self._pending),
            "rule": self._rule,
            "rule_choices": self._rule_choices,
            "update": self._update,
        }


def _storable(text: str) -> str:
    """The text without half characters and NULs, which no database and no document takes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _about(answered: tuple[Ref, ...], language: str) -> Frame:
    """What a follow-up leans on after an answer that no frame led to."""
    ask = Ask.STATUS if len(answered) == 1 else Ask.LIST
    named = answered if len(answered) == 1 else ()
    return Frame(ask, language, of=answered[0].kind, named=named, answered=answered)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
