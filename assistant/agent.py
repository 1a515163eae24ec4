"""A model with the catalogue's tools answers a question: streamed, limited, checked against the records.

The model runs in a thread of its own. Whoever listens may stop at any moment and is not kept waiting;
the thread then ends at the model's next word, and what it spent stays on the account.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ToolErrorMiddleware
from langchain.agents.middleware.types import ModelRequest, ModelResponse, ToolCallRequest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langsmith import tracing_context

import prompts
from assistant import defects, provider
from assistant.briefing import briefing, closed, history, understood
from assistant.budget import MOST_CALLS, Budget, BudgetSpentError
from assistant.engine import Exchange, ModelFailedError, Spoken
from assistant.events import Event, Step, Words
from assistant.evidence import Evidence
from assistant.findings import choices, told
from assistant.settings import Settings
from assistant.speaking import Speaker, kind_said, wanted_words
from assistant.telling.phrases import knows, say
from assistant.trace import ToolTrace, Trace, keep
from okr.errors import OkrError
from okr.language.frames import Ask, Frame, Reading
from tools.catalogue import TOOLS
from tools.context import TurnContext
from tools.meant import SeveralFitError
from tools.result import Found

# One call of the eight is kept for the repair of an answer.
MOST_LOOKING = MOST_CALLS - 1
RECURSION_LIMIT = 4 * MOST_CALLS
TIMES_LONGER = 3  # the whole turn may take this many times as long as one call
NAMES = frozenset(tool.name for tool in TOOLS)
_COURTESIES = (Ask.GREET, Ask.THANK, Ask.HELP, Ask.DEFINE)
_NOW_ANSWER = "Answer now with what the tools have returned; there are no more tool calls."
_TRY_AGAIN = "That was no answer. Call a tool with valid JSON arguments, or answer in words."
_LOOK_UP = "No tool has returned that. Look it up with a tool first, then answer."
_DEFECT = "This tool does not work at the moment (reference {reference}). Answer without it and say so."

Item = Event | Spoken | BaseException | None


class _StoppedError(Exception):
    """Nobody listens any more."""


class ModelEngine:
    """The engine of the configured model; the model itself is made with the first question."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._model: BaseChatModel | None = None

    @property
    def name(self) -> str:
        """How the answer document names the model."""
        return f"model:{self.settings.model_name}"

    def answer(
        self, question: str, turn: TurnContext, past: Sequence[Exchange], reading: Reading
    ) -> Iterator[Event | Spoken]:
        """Steps and words as they come, then `Spoken` last; `ModelFailedError` when the model fails."""
        if self._model is None:
            self._model = provider.chat_model(self.settings, turn.language)
        return _Answering(self, self._model, question, turn, past, reading).events()


class _Ledger(AgentMiddleware[Any, TurnContext, Any]):
    """Around each call: tokens reserved and settled, open tool calls closed, no tools any more in the last one."""

    def __init__(self, budget: Budget, heard: _Listener) -> None:
        super().__init__()
        self.budget = budget
        self.heard = heard

    def wrap_model_call(
        self, request: ModelRequest[TurnContext], handler: Callable[[ModelRequest[TurnContext]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """The call, on the account."""
        messages = closed(request.messages)
        request = request.override(messages=messages)
        if self.budget.calls >= MOST_LOOKING:
            raise BudgetSpentError(say(self.budget.turn.language, "model.calls", count=str(MOST_LOOKING)))
        if self.budget.calls == MOST_LOOKING - 1:
            request = request.override(tools=[], messages=[*messages, HumanMessage(_NOW_ANSWER)])
        system = request.system_message
        characters = _size(([system] if system else []) + list(messages)) + (_TOOLS_SIZE if request.tools else 0)
        with self.heard.paid(self.budget, characters) as pay:
            response = handler(request)
            pay(response.result[-1])
        return response


class _Listener(BaseCallbackHandler):
    """Counts what the model streams, and ends the stream when nobody listens any more."""

    raise_error = True
    run_inline = True

    def __init__(self, stopped: threading.Event) -> None:
        self.stopped = stopped
        self.characters = 0

    def on_llm_new_token(self, token: str | list[Any], **_: Any) -> None:
        """A piece of the answer."""
        self.characters += len(token)
        if self.stopped.is_set():
            raise _StoppedError

    def paid(self, budget: Budget, characters: int) -> _Paid:
        """One call on the account; see `_Paid`."""
        return _Paid(budget, characters, self)


class _Paid:
    """Reserves on entering and settles on leaving, whether the call came to an end or not."""

    def __init__(self, budget: Budget, characters: int, heard: _Listener) -> None:
        self.budget, self.characters, self.heard = budget, characters, heard
        self.used: tuple[int, int] | None = None

    def __enter__(self) -> Callable[[Any], None]:
        if self.heard.stopped.is_set():
            raise _StoppedError
        self.reserved = self.budget.reserve(self.characters)
        self.heard.characters = 0
        return self._pay

    def _pay(self, message: Any) -> None:
        usage = getattr(message, "usage_metadata", None)
        if usage and usage.get("input_tokens"):
            self.used = int(usage["input_tokens"]), int(usage.get("output_tokens") or 0)

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, _: object) -> None:
        if self.used is None:
            refused = problem is not None and getattr(problem, "status_code", None) is not None
            # A provider that refuses a call does not charge for it; one that is cut off does.
            prompt = 0 if refused else self.characters // 4
            self.used = prompt, self.heard.characters // 4
        self.budget.settle(self.reserved, *self.used)


def _size(messages: Sequence[AnyMessage]) -> int:
    size = 0
    for message in messages:
        size += len(message.text) + 40
        if isinstance(message, AIMessage):
            size += sum(len(str(call["args"])) + len(call["name"]) for call in message.tool_calls)
    return size


_TOOLS_SIZE = sum(len(tool.description) + len(str(tool.tool_call_schema)) for tool in TOOLS)


class _Answering:
    """One question on its way through the model."""

    def __init__(
        self,
        engine: ModelEngine,
        model: BaseChatModel,
        question: str,
        turn: TurnContext,
        past: Sequence[Exchange],
        reading: Reading,
    ) -> None:
        self.engine, self.settings, self.model = engine, engine.settings, model
        self.question, self.turn, self.past, self.reading = question, turn, past, reading
        self.out: queue.Queue[Item] = queue.Queue()
        self.stopped = threading.Event()
        self.heard = _Listener(self.stopped)
        self.budget = Budget(turn, self.settings)
        self.prompt = prompts.load("ask", **briefing(turn))
        self.trace = Trace(turn.actor.id, self.engine.name, self.prompt.version)
        self.founds: list[Found] = []
        self.refusals: list[OkrError] = []
        self.calls: list[dict[str, Any]] = []
        self.messages: list[AnyMessage] = [*history(past), HumanMessage(_asked(question, reading))]
        self._step = ""
        self._evidence: Evidence | None = None
        self._evidence_of = -1
        self.speaker = Speaker(turn.language, self.evidence, lambda text: self.out.put(Words(text)))

    # ── the listener's side ────────────────────────────────────────────────────────────────────

    def events(self) -> Iterator[Event | Spoken]:
        """What the thread has to say, as it comes."""
        began = time.monotonic()
        until = began + self.settings.model_seconds * TIMES_LONGER
        threading.Thread(target=self._work, name="model", daemon=True).start()
        try:
            while True:
                try:
                    item = self.out.get(timeout=max(0.05, until - time.monotonic()))
                except queue.Empty:
                    raise self._failed(TimeoutError()) from None
                if item is None:
                    return
                if isinstance(item, BaseException):
                    raise self._failed(item) from None
                if isinstance(item, Spoken):
                    self.trace.outcome = "repaired" if self.trace.unsupported else "answered"
                yield item
        finally:
            self.stopped.set()
            self.trace.ms = round((time.monotonic() - began) * 1000, 1)
            self._keep_trace()

    def _failed(self, problem: BaseException) -> ModelFailedError:
        language = self.turn.language
        sentence = provider.sentence(problem, language)
        self.trace.outcome = "failed"
        self.trace.code = getattr(problem, "code", type(problem).__name__)
        if not isinstance(problem, OkrError | TimeoutError):
            self.trace.reference = defects.record(self.settings.home, problem, self.turn.now, self._hidden())
        failure = ModelFailedError(sentence)
        failure.tokens = self.budget.tokens
        failure.said = self.speaker.text
        return failure

    def _keep_trace(self) -> None:
        self.trace.calls = self.budget.calls
        self.trace.prompt_tokens, self.trace.completion_tokens = self.budget.prompt, self.budget.completion
        self.trace.left_out = self.speaker.left_out + self.speaker.marked
        keep(self.settings.home, self.trace, self.turn.now)

    # ── the thread's side ──────────────────────────────────────────────────────────────────────

    def _work(self) -> None:
        try:
            # Whatever tracing the surroundings have switched on, questions and records stay here.
            with tracing_context(enabled=False):
                self._look()
                self._repair()
            self.speaker.finish()
            if not self.speaker.text:
                raise ModelFailedError(say(self.turn.language, "model.unsupported"))
            answer = told(self.speaker, self.founds, self.evidence(), self.turn)
            several = next((one for one in reversed(self.refusals) if isinstance(one, SeveralFitError)), None)
            if answer.kind == "clarify" and several is not None:
                answer.options = choices(several, self.question, self.turn)
            self.out.put(Spoken(answer, self.calls, self.budget.tokens, streamed=True))
            self.out.put(None)
        except _StoppedError:
            self.out.put(None)
        except BaseException as problem:  # noqa: BLE001 - it is raised again where somebody listens
            self.out.put(problem)

    def _look(self) -> None:
        """Let the model look things up and answer; once more where what came was no answer or rests on nothing."""
        again = self._run()
        if again:
            self.messages.append(HumanMessage(again))
            if again := self._run():
                key = "model.unsupported" if again == _LOOK_UP else "model.broken"
                raise ModelFailedError(say(self.turn.language, key))

    def _run(self) -> str:
        """One run of the agent; what it should be asked to do better, empty where it answered.

        What it said and looked up is kept.
        """
        # The generics of create_agent are lost on a list of several middlewares.
        middleware: list[Any] = [_Ledger(self.budget, self.heard), ToolErrorMiddleware(self._tool_failed)]
        agent: Any = create_agent(
            self.model,
            tools=list(TOOLS),
            system_prompt=self.prompt.text,
            middleware=middleware,
            context_schema=TurnContext,
        )
        config = {"recursion_limit": RECURSION_LIMIT, "callbacks": [self.heard]}
        again = _TRY_AGAIN
        self.speaker.begin(live=bool(self.founds))
        stream = agent.stream(
            {"messages": list(self.messages)},
            config,
            context=self.turn,
            stream_mode=["messages", "updates"],
            version="v2",
        )
        for part in stream:
            if self.stopped.is_set():
                raise _StoppedError
            if part["type"] == "messages":
                self._hear(*part["data"])
                continue
            # Middleware adds nodes of its own, some without data.
            if update := part["data"].get("model"):
                for message in update.get("messages", []):
                    again = self._heard_all(message)
            if update := part["data"].get("tools"):
                for message in update.get("messages", []):
                    self._looked_up(message)
                self.speaker.begin(live=bool(self.founds))
        return again

    def _hear(self, chunk: Any, metadata: dict[str, Any]) -> None:
        # Tool messages are streamed too; only what the model itself says is spoken.
        if metadata.get("langgraph_node") != "model" or not isinstance(chunk, AIMessageChunk):
            return
        if chunk.tool_call_chunks or chunk.tool_calls:
            self.speaker.drop()
        elif chunk.text:
            self.speaker.hear(chunk.text)

    def _heard_all(self, message: Any) -> str:
        """Take in a whole message of the model; what is wrong with it as an answer, empty where nothing is."""
        if not isinstance(message, AIMessage):
            return _TRY_AGAIN
        if message.tool_calls:
            self.speaker.drop()
            self.messages.append(message)
            for call in message.tool_calls:
                self._called(call)
            return _TRY_AGAIN
        if message.invalid_tool_calls or not message.text.strip():
            self.speaker.drop()
            return "" if self.speaker.text else _TRY_AGAIN
        if self._was_cut(message):
            raise ModelFailedError(say(self.turn.language, "model.cut"))
        self.messages.append(message)
        if not self.founds and not self._needs_no_record(message.text):
            self.speaker.drop()
            return _LOOK_UP
        self.speaker.end(message.text)
        return ""

    def _needs_no_record(self, text: str) -> bool:
        # To refuse, to ask back and to greet one need not look anything up; whatever else is said, one must.
        courtesy = isinstance(self.reading, Frame) and self.reading.ask in _COURTESIES
        looked = bool(self.refusals) and kind_said(text) == "abstain"
        return courtesy or looked or kind_said(text) in ("refuse", "clarify")

    def _was_cut(self, message: AIMessage) -> bool:
        # A connection that closes politely in mid-answer leaves no error, only no reason for the end.
        speaks_openai = (self.settings.model or "").startswith("openai:")
        return speaks_openai and bool(message.text) and not message.response_metadata.get("finish_reason")

    def _called(self, call: Any) -> None:
        name = str(call["name"])
        self.calls.append({"name": name, "args": call["args"]})
        known = name in NAMES
        self.trace.tools.append(ToolTrace(name if known else "unknown", sorted(call["args"]) if known else []))
        if not known:
            self.turn.store.note_unknown_tool(self.turn.actor, name, self.turn.now)
        elif self._step != name and knows(self.turn.language, f"tool.{name}"):
            self._step = name
            self.out.put(Step(say(self.turn.language, f"tool.{name}")))

    def _looked_up(self, message: Any) -> None:
        if not isinstance(message, ToolMessage):
            return
        self.messages.append(message)
        found = message.artifact
        traced = next((one for one in self.trace.tools if one.name == message.name and not one.rows), None)
        if isinstance(found, Found):
            self.founds.append(found)
            if traced is not None:
                traced.rows = len(found.rows)
        elif traced is not None:
            traced.state = "error"

    def _tool_failed(self, problem: Exception, _: ToolCallRequest) -> str | None:
        if isinstance(problem, OkrError):
            self.refusals.append(problem)
            return str(problem)
        reference = defects.record(self.settings.home, problem, self.turn.now, self._hidden())
        return _DEFECT.format(reference=reference)

    def evidence(self) -> Evidence:
        """What this turn's tools have returned, as facts."""
        size = len(self.founds) + len(self.refusals)
        if self._evidence is None or self._evidence_of != size:
            self._evidence = Evidence(self.turn, self.question, self.founds, [str(one) for one in self.refusals])
            self._evidence_of = size
        return self._evidence

    def _repair(self) -> None:
        """One more call for the part of the answer that no record holds; what then is left is left out or marked."""
        if not self.speaker.held:
            return
        self.trace.unsupported = len(self.speaker.doubts)
        self.out.put(Step(say(self.turn.language, "tool.checking")))
        part = self.speaker.in_doubt
        wanted = prompts.load("repair", words=wanted_words(self.speaker.doubts), part=part)
        messages = [SystemMessage(self.prompt.text), *closed(self.messages), HumanMessage(wanted.text)]
        repaired = ""
        try:
            with self.heard.paid(self.budget, _size(messages)) as pay:
                answer = self.model.invoke(messages, {"callbacks": [self.heard]})
                pay(answer)
            repaired = answer.text
        except _StoppedError:
            raise
        except Exception as problem:  # noqa: BLE001 - without a repair the first wording is marked instead
            self.trace.reference = defects.record(self.settings.home, problem, self.turn.now, self._hidden())
        self.speaker.settle(repaired.strip() or part)

    def _hidden(self) -> tuple[str, ...]:
        key = self.settings.openai_api_key
        return (key.get_secret_value(),) if key is not None else ()


def _asked(question: str, reading: Reading) -> str:
    hint = understood(reading)
    return f"{question}\n\n{hint}" if hint else question
