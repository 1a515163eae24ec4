"""Each tool of the catalogue has a label, an access test and an eval; it shows nobody what they may not see."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from langchain.tools import BaseTool, ToolRuntime
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ValidationError

from assistant.telling.phrases import LANGUAGES, knows
from okr.errors import NotFoundError, OkrError
from okr.store import Store
from tools.catalogue import TOOLS
from tools.context import TurnContext
from tools.result import Found

BY_NAME = {tool.name: tool for tool in TOOLS}
EVALS = tomllib.loads((Path(__file__).parents[2] / "evals" / "tool_calls.toml").read_text(encoding="utf-8"))

# Arguments with which an admin is shown something of the restricted objective O-FUNDING, and an outsider nothing.
ACCESS: dict[str, list[dict[str, Any]]] = {
    "find_records": [{"words": "months of runway"}, {"words": "KR-RUNWAY"}],
    "list_key_results": [{"by": "id", "limit": 50, "of": "beata.krawczyk@lumen.example"}],
    "list_records": [
        {"kind": "objective", "of": "company"},
        {"kind": "objective", "of": "O-FUNDING"},
        {"kind": "person", "of": "O-FUNDING", "only": "status=on_track, status=unknown, status=off_track"},
    ],
    "read_record": [{"id": "KR-RUNWAY"}, {"id": "O-FUNDING"}, {"id": "Data room complete"}, {"id": "T-41"}],
    "read_history": [{"id": "KR-RUNWAY"}],
    "compare": [{"sides": "KR-RUNWAY, KR-NPS"}],
    "search_notes": [{"words": "lawyers folder tree contracts"}, {"of": "KR-DATA-ROOM"}],
    "explain_change": [{"id": "KR-RUNWAY"}, {"id": "O-FUNDING"}],
    "list_tasks": [{"of": "KR-DATA-ROOM"}, {"of": "sven.halvorsen@lumen.example"}],
    # It takes nobody's name, so that only one's own week can be asked for.
    "my_week": [{}],
}
HIDDEN = ("RUNWAY", "DATA-ROOM", "O-FUNDING", "Data room", "funding round", "T-41", "CI-132", "Seventeen months")


def use(tool: BaseTool, turn: TurnContext, **args: Any) -> tuple[str, Found]:
    """Call a tool the way the agent does, with the turn slipped in behind the model's back."""
    runtime: ToolRuntime[TurnContext] = ToolRuntime(
        state={}, context=turn, config={}, stream_writer=print, tool_call_id="t", store=None
    )
    message = tool.invoke({"name": tool.name, "args": {**args, "runtime": runtime}, "id": "t", "type": "tool_call"})
    return str(message.content), message.artifact


def turn_of(store: Store, email: str, now: datetime) -> TurnContext:
    return TurnContext(store, store.actor(email), store.company(), now, "en")


@pytest.fixture
def lena(sample_store: Store, sample_now: datetime) -> TurnContext:
    return turn_of(sample_store, "lena.fischer@lumen.example", sample_now)


def test_each_tool_has_a_label_an_access_test_and_an_eval_in_both_languages() -> None:
    cases = EVALS["case"]
    for name in BY_NAME:
        assert all(knows(language, f"tool.{name}") for language in LANGUAGES), name
        assert ACCESS.get(name), name
        assert [case for case in cases if case["tool"] == name and case["en"] and case["pl"]], name
    assert ACCESS.keys() == BY_NAME.keys()
    assert {case["tool"] for case in cases} == BY_NAME.keys()


@pytest.mark.parametrize("name", ACCESS)
def test_nobody_is_shown_what_they_may_not_see(sample_store: Store, sample_now: datetime, name: str) -> None:
    admin = turn_of(sample_store, "irena.maj@lumen.example", sample_now)
    outsider = turn_of(sample_store, "yusuf.demir@lumen.example", sample_now)
    shown = False
    for args in ACCESS[name]:
        whole, _ = use(BY_NAME[name], admin, **args)
        shown = shown or any(word in whole for word in HIDDEN)
        try:
            content, found = use(BY_NAME[name], outsider, **args)
        except NotFoundError as missing:
            content, found = str(missing), Found(name, {})
        asked = json.dumps(args)
        leaked = [word for word in HIDDEN if word in content and word not in asked]
        assert not leaked, (args, content)
        assert not {row.id for row in found.rows} & {"KR-RUNWAY", "KR-DATA-ROOM", "O-FUNDING", "T-41"}
        assert not any("RUNWAY" in key or "DATA-ROOM" in key for key in found.sources)
    assert shown or name == "my_week"


@pytest.mark.parametrize("case", EVALS["case"], ids=lambda case: f"{case['tool']}-{case['first']}")
def test_the_call_an_eval_wants_gives_what_the_question_asks(lena: TurnContext, case: dict[str, Any]) -> None:
    content, found = use(BY_NAME[case["tool"]], lena, **case["args"])
    assert found.rows[0].id == case["first"]
    assert json.loads(content)["lines"][0].startswith("[") or case["tool"] == "list_key_results"


@pytest.mark.parametrize("name", BY_NAME)
def test_an_argument_that_a_tool_does_not_know_is_refused(lena: TurnContext, name: str) -> None:
    good = next(case["args"] for case in EVALS["case"] if case["tool"] == name)
    for surplus in ("user", "actor", "now", "where", "context"):
        with pytest.raises(ValidationError):
            use(BY_NAME[name], lena, **good, **{surplus: "x"})


def test_the_schemas_are_small_and_hold_only_the_models_own_arguments() -> None:
    sent = [convert_to_openai_tool(tool) for tool in TOOLS]
    assert len(json.dumps(sent)) < 3_600
    for one in sent:
        parameters = one["function"]["parameters"]["properties"]
        assert "runtime" not in parameters
        assert one["function"]["description"]


@pytest.mark.parametrize(
    ("name", "args", "says"),
    [
        ("read_record", {"id": "Zzyzx"}, "No record called 'Zzyzx'"),
        ("read_history", {"id": "NPS", "when": "the day after never"}, "no time I can read"),
        ("list_key_results", {"only": "drop table"}, "is not a filter"),
        ("list_tasks", {"only": "someday"}, "cannot be chosen here"),
        ("list_records", {"kind": "lesson", "only": "funny"}, "cannot be chosen here"),
        ("list_key_results", {"of": "Nowak"}, "could be any of"),
    ],
)
def test_a_failure_says_what_to_do_about_it(lena: TurnContext, name: str, args: dict[str, Any], says: str) -> None:
    with pytest.raises(OkrError, match=says):
        use(BY_NAME[name], lena, **args)


def test_lists_may_come_as_one_name_or_as_several(lena: TurnContext) -> None:
    one, _ = use(BY_NAME["list_key_results"], lena, of="Sales, Marketing", limit=3)
    two, _ = use(BY_NAME["list_key_results"], lena, of=["Sales", "Marketing"], limit=3)
    assert one == two


def test_names_are_understood_in_polish_cases_and_with_other_hyphens(lena: TurnContext) -> None:
    content, _ = use(BY_NAME["read_record"], lena, id="zespołu sprzedaży")
    assert "[sales]" in content
    content, _ = use(BY_NAME["read_record"], lena, id=" kr‑win‑RATE ")
    assert "[KR-WIN-RATE]" in content


def test_what_was_left_out_is_counted(lena: TurnContext) -> None:
    content, found = use(BY_NAME["list_key_results"], lena, limit=2)
    assert json.loads(content)["lines_left_out"] == found.values["count"] - 2  # type: ignore[operator]
